import { adapterError } from '@stockwright/adapter';
import { describe, expect, it } from 'vitest';
import { createRig, MUG, W1 } from './rig.ts';

const DAY_MS = 86_400_000;

describe('a wait that an adapter asks for and that is none', () => {
  it.each([Number.NaN, -5_000, Number.POSITIVE_INFINITY, 1e300, 'soon' as unknown as number])('%d: a write is tried again as after any failure', async (retryAfterMs) => {
    const rig = await createRig();
    const failed: string[] = [];
    rig.engine.events.on('shard-failed', ({ error }) => { failed.push(error); });
    const { publish } = rig.shop;
    let asks = true;
    rig.shop.publish = (request, context) => (asks ? Promise.resolve(request.lines.map(() => ({ status: 'notSent', reason: 'busy', retryAfterMs }))) : publish(request, context));
    rig.erp.count(MUG, W1, 9);
    await rig.engine.start();
    await rig.pass(5_000);
    asks = false;
    const most = retryAfterMs > DAY_MS ? DAY_MS + 60_000 : 30_000;
    await rig.pass(most);
    expect([failed, rig.shop.shows(MUG)]).toEqual([[], 9]);
    await rig.stop();
  });

  it('a read is made again after a day at the latest', async () => {
    const rig = await createRig();
    const failed: string[] = [];
    rig.engine.events.on('shard-failed', ({ error }) => { failed.push(error); });
    const { readOrders } = rig.shop;
    let refused = 0;
    rig.shop.readOrders = (...given) => {
      if (refused > 0) return readOrders(...given);
      refused += 1;
      return Promise.reject(adapterError('RATE_LIMITED', 'wait', { adapter: 'shop', operation: 'readOrders', retryAfterMs: Number.MAX_SAFE_INTEGER }));
    };
    rig.erp.count(MUG, W1, 9);
    await rig.engine.start();
    await rig.pass(DAY_MS + 600_000);
    expect([failed, rig.shop.shows(MUG)]).toEqual([[], 9]);
    await rig.stop();
  });
});
