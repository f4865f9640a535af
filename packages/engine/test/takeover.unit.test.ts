import { parseCatalog, parsePolicy } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, seededRandom, VirtualClock, type ModelChannel, type ModelSource } from '@stockwright/testkit';
import { describe, expect, it } from 'vitest';
import { ERP, MUG, SHOP, W1 } from './rig.ts';

/** Engines that follow each other on one store, as processes do that die and come back. */
function world(): { clock: VirtualClock; shop: ModelChannel; erp: ModelSource; begin(seed: string): Engine; pass(ms: number): Promise<void> } {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const store = createMemoryStore({ clock });
  const shop = createModelChannel({ id: SHOP });
  const erp = createModelSource({ id: ERP });
  return {
    clock, shop, erp,
    begin: (seed) => createEngine({
      store, clock, random: seededRandom(seed), catalog: parseCatalog([{ sku: 'MUG' }]),
      policy: parsePolicy({ version: '1', channels: [{ id: SHOP, locations: [W1] }] }),
      sources: [{ adapter: erp, pollMs: 60_000 }], channels: [{ adapter: shop, ordersPollMs: 30_000 }], owners: [{ source: ERP, measures: ['onHand', 'committed'] }],
    }),
    pass: async (ms) => {
      let over = false;
      clock.sleep(ms).then(() => { over = true; }, () => { over = true; });
      await clock.runUntil(() => over);
    },
  };
}

describe('an engine that dies in the middle of a write', () => {
  it.each([
    ['before it was written', false],
    ['after it was written', true],
  ])('%s is followed by one that finds out what the channel shows, waits for a late twin, and ends right', async (_when, written) => {
    const { clock, shop, erp, begin, pass } = world();
    erp.count(MUG, W1, 10);
    const first = begin('first');
    await first.start();
    await pass(5_000);
    expect(shop.shows(MUG)).toBe(10);

    const { publish } = shop;
    let died = false;
    shop.publish = async (request, context) => {
      if (died) return publish(request, context);
      died = true;
      if (written) await publish(request, context);
      return new Promise(() => undefined);
    };
    erp.count(MUG, W1, 4);
    await pass(70_000);
    expect(died).toBe(true);
    const second = begin('second');
    await second.start();
    shop.buy({ orderId: 'between', sku: MUG, quantity: 1, atMs: clock.now() });
    await pass(300_000);

    expect(shop.shows(MUG)).toBe(3);
    const { channels, quarantined } = await second.status();
    expect([channels[0]?.outOfSync, quarantined]).toEqual([[], []]);
    const stopped = second.stop();
    let over = false;
    stopped.then(() => { over = true; }, () => { over = true; });
    await clock.runUntil(() => over);
  });
});
