import type { Clock } from '@stockwright/adapter';
import { createMemoryStore } from '@stockwright/store-memory';
import type { VirtualClock } from '@stockwright/testkit';
import { describe, expect, it } from 'vitest';
import { createRig, MUG, W1 } from './rig.ts';

describe('a host whose clock is set back by an hour', () => {
  it('goes on working, where its store has no other clock', async () => {
    let aheadMs = 0;
    const host = (clock: VirtualClock): Clock => ({ now: () => clock.now() + aheadMs, sleep: (ms, signal) => clock.sleep(ms, signal) });
    const rig = await createRig({ hostClock: host, store: (clock) => createMemoryStore({ clock: host(clock) }) });
    // Vendors go by clocks of their own.
    const { readStock } = rig.erp;
    const { publish } = rig.shop;
    rig.shop.publish = (request, context) => publish(request, { ...context, clock: rig.clock });
    rig.erp.readStock = (request, page, context) => readStock(request, page, { ...context, clock: rig.clock });
    rig.erp.count(MUG, W1, 9);
    await rig.engine.start();
    await rig.pass(120_000);
    expect(rig.shop.shows(MUG)).toBe(9);
    aheadMs = -3_600_000;
    rig.erp.count(MUG, W1, 5);
    // What is read every minute is read every other minute now.
    await rig.pass(180_000);
    expect(rig.shop.shows(MUG)).toBe(5);
    const { clockSkewMs } = await rig.engine.health();
    expect(clockSkewMs).toBeGreaterThan(3_000_000);
    await rig.stop();
  });
});
