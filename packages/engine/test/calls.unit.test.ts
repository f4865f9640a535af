import { parseSku, type Instant, type OrderObservation, type QuantityText, type Sku, type StockObservation } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { describe, expect, it } from 'vitest';
import { createRig, engineOptions, ERP, SHOP, W1, type Rig } from './rig.ts';

const SKUS = Array.from({ length: 100 }, (_, index) => parseSku(`S${String(index)}`));
const AT = '2026-01-01T00:00:00.000Z' as Instant;

function count(sku: Sku, onHand = 5): StockObservation {
  return { kind: 'stock', source: ERP, sku, location: W1, asOf: AT, measures: { onHand: String(onHand) as QuantityText } };
}

function later(sku: Sku, index: number): StockObservation {
  return { ...count(sku, index), asOf: `2026-01-01T00:01:00.${String(index).padStart(3, '0')}Z` as Instant };
}

function order(sku: Sku, ordered = '1'): OrderObservation {
  const none = '0' as QuantityText;
  return { kind: 'order', channel: SHOP, orderId: `order-${sku}`, revision: AT, placedAt: AT, lines: [{ id: '1', sku, location: W1, ordered: ordered as QuantityText, fulfilled: none, cancelled: none, returned: none }] };
}

/** A rig that says which calls of the store were made. */
async function counted(): Promise<{ readonly rig: Rig; readonly calls: () => readonly string[] }> {
  let calls: string[] = [];
  const rig = await createRig({
    catalog: [...SKUS.map((sku) => ({ sku })), { sku: 'KIT', components: [{ sku: 'S0', quantityPer: 2 }] }],
    store: (clock) => {
      const inner = createMemoryStore({ clock });
      return new Proxy(inner, {
        get: (target, name: keyof Store) => {
          const value: unknown = target[name];
          if (typeof value !== 'function') return value;
          return (...given: unknown[]): unknown => {
            calls.push(name);
            return Reflect.apply(value, target, given);
          };
        },
      });
    },
  });
  const told = (): readonly string[] => {
    const made = calls;
    calls = [];
    return made;
  };
  await rig.store.migrate();
  told();
  return { rig, calls: told };
}

describe('what a call of the engine costs the store', () => {
  it('takes one event in by one look and one commit', async () => {
    const { rig, calls } = await counted();
    for (const event of [count(SKUS[0] as Sku), order(SKUS[0] as Sku), order(parseSku('KIT'))]) {
      await rig.engine.ingest([event]);
      expect(calls()).toEqual(['look', 'commit']);
    }
  });

  it('takes a count of what it wrote itself in by one commit, and looks again where the store was not heard of lately', async () => {
    const { rig, calls } = await counted();
    await rig.engine.ingest([count(SKUS[0] as Sku)]);
    calls();
    await rig.engine.ingest([later(SKUS[0] as Sku, 1)]);
    expect(calls()).toEqual(['commit']);
    await rig.pass(10_000);
    await rig.engine.ingest([later(SKUS[0] as Sku, 2)]);
    expect(calls()).toEqual(['look', 'commit']);
  });

  it('takes a new order of what it knows in by one commit, and looks where the order is not new to it', async () => {
    const { rig, calls } = await counted();
    const sku = SKUS[0] as Sku;
    await rig.engine.ingest([order(sku)]);
    calls();
    const another: OrderObservation = { ...order(sku), orderId: 'another' };
    await rig.engine.ingest([another]);
    expect(calls()).toEqual(['commit']);
    await rig.engine.ingest([{ ...another, revision: '2026-01-01T00:01:00.000Z' as Instant }]);
    expect(calls()).toEqual(['look', 'commit']);
    await rig.engine.ingest([{ ...order(sku), orderId: 'third', lines: order(sku).lines.map((line) => ({ ...line, fulfilled: '1' as QuantityText })) }]);
    expect(calls()).toEqual(['look', 'commit']);
  });

  it('loses one commit to an order that is there already, and forgets nothing that it knows', async () => {
    const { rig, calls } = await counted();
    const other = createEngine(engineOptions(rig, { seed: 'other', catalog: [{ sku: 'S0' }, { sku: 'S1' }] }));
    const [sku, beside] = SKUS as [Sku, Sku];
    // The other process takes it in with a line that this one does not hear of: no version of what it knows says so.
    await rig.engine.ingest([order(sku)]);
    const told: OrderObservation = { ...order(beside), orderId: 'told' };
    await other.ingest([told]);
    calls();
    await rig.engine.ingest([{ ...order(sku), orderId: 'told', revision: '2026-01-01T00:01:00.000Z' as Instant }]);
    expect(calls()).toEqual(['commit', 'look', 'load', 'commit']);
    await rig.engine.ingest([{ ...order(sku), orderId: 'another' }]);
    expect(calls()).toEqual(['commit']);
  });

  it('builds on nothing that was long ago: a store keeps the ids of commits for days, and one that it has forgotten would cost all that is remembered', async () => {
    const { rig, calls } = await counted();
    const [old, hot] = SKUS as [Sku, Sku];
    await rig.engine.ingest([count(old)]);
    await rig.pass(2 * 86_400_000);
    await rig.engine.ingest([count(hot)]);
    calls();
    for (const [index, [sku, costs]] of ([[hot, ['commit']], [old, ['look', 'commit']], [old, ['commit']], [hot, ['commit']]] as const).entries()) {
      await rig.engine.ingest([later(sku, index)]);
      expect(calls()).toEqual(costs);
    }
  });

  it('refuses nothing on what it remembers, the moment included', async () => {
    let setBackMs = 0;
    const rig = await createRig({ times: { aheadMs: 0 }, catalog: [{ sku: 'S0' }], hostClock: (clock) => ({ now: () => clock.now() - setBackMs, sleep: (ms, signal) => clock.sleep(ms, signal) }) });
    await rig.store.migrate();
    await rig.engine.ingest([count(SKUS[0] as Sku)]);
    await rig.pass(9_000);
    setBackMs = 8_000;
    await rig.engine.ingest([{ ...count(SKUS[0] as Sku, 6), asOf: '2026-01-01T00:00:08.000Z' as Instant }]);
    expect((await rig.store.load([{ table: 'sourceBase', where: { sku: 'S0' } }]))[0]).toMatchObject([{ quantity: '6' }]);
  });

  it('loses one commit to somebody else who writes the same, and reads it until two of its own have followed each other', async () => {
    const { rig, calls } = await counted();
    const other = createEngine(engineOptions(rig, { seed: 'other', catalog: [{ sku: 'S0' }] }));
    const sku = SKUS[0] as Sku;
    await rig.engine.ingest([count(sku)]);
    await other.ingest([later(sku, 1)]);
    calls();
    for (const [index, costs] of [['commit', 'look', 'commit'], ['look', 'commit'], ['commit']].entries()) {
      await rig.engine.ingest([later(sku, 10 + index)]);
      expect(calls()).toEqual(costs);
    }
  });

  it('looks once and commits nothing where nothing is new', async () => {
    const { rig, calls } = await counted();
    await rig.engine.ingest([count(SKUS[0] as Sku)]);
    calls();
    await rig.engine.ingest([count(SKUS[0] as Sku)]);
    expect(calls()).toEqual(['look']);
  });

  it('commits nothing for an order that is told again, whether its payment is told or not', async () => {
    const { rig, calls } = await counted();
    const paid: OrderObservation = { ...order(SKUS[0] as Sku), payment: 'paid' };
    await rig.engine.ingest([paid]);
    calls();
    await rig.engine.ingest([paid]);
    expect(calls()).not.toContain('commit');
  });

  it('takes what is asked for at once into one commit, whoever asks', async () => {
    const { rig, calls } = await counted();
    await Promise.all(SKUS.map((sku) => rig.engine.ingest([count(sku)])));
    expect(calls()).toEqual(['look', 'commit']);
    await rig.engine.ingest(Array.from({ length: 1_000 }, (_, index) => later(SKUS[index % SKUS.length] as Sku, index)));
    expect(calls()).toEqual(['commit']);
  });

  it('computes a hundred numbers from one look', async () => {
    const { rig, calls } = await counted();
    await rig.engine.ingest(SKUS.map((sku, index) => count(sku, index)));
    calls();
    const keys = [...SKUS, parseSku('KIT')].map((sku) => ({ channel: SHOP, sku }));
    const answers = await rig.engine.computeMany(keys);
    expect(calls()).toEqual(['look']);
    expect(answers.map(({ immediate }) => immediate)).toEqual([...SKUS.map((_, index) => index), 0]);
    for (const [index, key] of keys.entries()) expect(await rig.engine.compute(key)).toEqual(answers[index]);
  });

  it('lets an order that cannot be taken in fail alone', async () => {
    const { rig } = await counted();
    const [good, bad] = await Promise.allSettled([rig.engine.ingest([count(SKUS[1] as Sku)]), rig.engine.ingest([order(parseSku('KIT'), 'many')])]);
    expect([good?.status, bad]).toEqual(['fulfilled', expect.objectContaining({ status: 'rejected', reason: expect.objectContaining({ code: 'INVALID_INPUT' }) })]);
    expect((await rig.engine.compute({ channel: SHOP, sku: SKUS[1] as Sku })).immediate).toBe(5);
  });
});
