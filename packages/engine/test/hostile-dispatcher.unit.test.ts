import type { Instant, QuantityText, StockObservation } from '@stockwright/core';
import type { Dispatcher, Drain } from '@stockwright/engine/ports';
import { describe, expect, it } from 'vitest';
import { createInProcessDispatcher } from '../src/shell/in-process-dispatcher.ts';
import { createRig, ERP, MUG, SHOP, W1, type Rig } from './rig.ts';

const FIVE: StockObservation = { kind: 'stock', source: ERP, sku: MUG, location: W1, asOf: '2026-01-01T00:00:01.000Z' as Instant, measures: { onHand: '5' as QuantityText } };

/** A rig whose dispatcher is the usual one but for what is given. */
async function hosted(hostile: (inner: Dispatcher, hearDrain: () => Drain | undefined) => Partial<Dispatcher>): Promise<Rig> {
  return createRig({
    channel: { latencyMs: 5_000 },
    dispatcher: (clock) => {
      const inner = createInProcessDispatcher({ clock });
      let given: Drain | undefined;
      const start = (drain: Drain): Promise<void> => {
        given = drain;
        return inner.start(drain);
      };
      return { wake: inner.wake, start, stop: inner.stop, ...hostile(inner, () => given) };
    },
  });
}

describe('a dispatcher of which nothing can be expected', () => {
  it.each([
    ['throws', () => { throw new Error('no wakes today'); }],
    ['rejects', async () => { throw new Error('no wakes today'); }],
  ] as const)('that %s where it is to wake loses a wake, and what was committed is told as committed', async (_how, wake) => {
    const rig = await hosted(() => ({ wake: wake as () => void }));
    rig.erp.count(MUG, W1, 9);
    await rig.driven(rig.engine.start());
    await rig.driven(rig.engine.ingest([FIVE]));
    const { status } = await rig.driven(rig.engine.hold({ id: 'cart', channel: SHOP, expiresAt: '2026-01-01T01:00:00.000Z' as Instant, grant: 'all', lines: [{ sku: MUG, quantity: 1 }] }));
    expect(status).toBe('granted');
    await rig.stop();
  });

  it('that does not wait for drains when it stops has them waited for', async () => {
    const rig = await hosted(() => ({ stop: async () => undefined }));
    rig.erp.count(MUG, W1, 9);
    await rig.engine.start();
    await rig.pass(6_000);
    rig.shop.publish = ((publish) => async (request, context) => {
      await rig.clock.sleep(4_000);
      return publish(request, context);
    })(rig.shop.publish);
    rig.erp.count(MUG, W1, 4);
    await rig.engine.requestRead({ source: ERP });
    await rig.pass(500);
    await rig.stop();
    for await (const { kind, leaseUntilMs } of rig.store.scanWork()) expect([kind, leaseUntilMs]).toEqual([kind, null]);
  });

  it('that cannot stop is told to the host once everything else has ended, and may be stopped again', async () => {
    let stops = 0;
    const rig = await hosted((inner) => ({ stop: async () => {
      stops += 1;
      await inner.stop();
      if (stops === 1) throw new Error('the queue is away');
    } }));
    await rig.engine.start();
    const [one, two] = [rig.engine.stop({ graceMs: 60_000 }), rig.engine.stop()];
    await rig.driven(Promise.allSettled([one, two]));
    await expect(one).rejects.toThrow('the queue is away');
    await expect(two).rejects.toThrow('the queue is away');
    expect(stops).toBe(1);
    const calls = rig.erp.calls.readStock;
    await rig.pass(600_000);
    expect(rig.erp.calls.readStock).toBe(calls);
    await rig.stop();
    expect(stops).toBe(2);
  });

  it('that calls after the stop, twice at once and for shards that are not there, begins nothing', async () => {
    let drain: (() => Drain | undefined) | undefined;
    const rig = await hosted((_inner, hearDrain) => {
      drain = hearDrain;
      return {};
    });
    await rig.engine.start();
    await rig.pass(20_000);
    const given = drain?.() as Drain;
    expect(await Promise.all(['nowhere', 'project', 'project'].map((shard) => given(shard, new AbortController().signal)))).toHaveLength(3);
    await rig.stop();
    const before = { ...rig.erp.calls };
    for (const shard of ['source:erp', 'channel:shop', 'project', '\u0000']) expect(await given(shard, new AbortController().signal)).toEqual({});
    expect(rig.erp.calls).toEqual(before);
  });
});
