import { addMs, instantToMs, parseSku, type Observation, type QuantityText, type Sku } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Query, Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, histories, NOON, rearrivals, VirtualClock } from '@stockwright/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drivenBy, engineOptions, ERP, SHOP, W1 } from '../rig.ts';

const [SKU, OTHER] = [parseSku('A'), parseSku('B')];

/** What a process does: takes something in, or holds something for a buyer for some minutes; with a count of something else in the same commit. */
type Step = { readonly process: number; readonly afterMs: number; readonly beside: boolean } & ({ readonly said: readonly Observation[] } | { readonly held: number; readonly minutes: number });

const TABLES = ['item', 'ledger', 'position', 'sourceBase', 'channelOrder', 'claim', 'channelSale', 'hold', 'holdLine'] as const;
const EVERYTHING: readonly Query[] = TABLES.map((table) => ({ table, where: {} }));

const steps: fc.Arbitrary<readonly Step[]> = histories().chain(rearrivals).chain((history) => {
  const what = fc.oneof(
    { weight: 4, arbitrary: fc.record({ said: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ held: fc.integer({ min: 1, max: 30 }), minutes: fc.integer({ min: 1, max: 2_000 }) }) },
  );
  const drawn = fc.record({ process: fc.constantFrom(0, 0, 1), beside: fc.boolean(), afterMs: fc.constantFrom(0, 0, 1_000, 20_000, 90_000_000), what });
  return fc.array(drawn, { minLength: 1, maxLength: 30 }).map((all) => {
    let from = 0;
    return all.map(({ what: each, ...rest }): Step => {
      if ('held' in each) return { ...rest, ...each };
      const said = history.slice(from, from + each.said);
      from += each.said;
      return { ...rest, said };
    });
  });
});

it('a process that remembers what it wrote writes what one writes that reads everything anew', async () => {
  let fromMemory = 0;
  await fc.assert(fc.asyncProperty(steps, async (all) => {
    const clock = new VirtualClock(instantToMs(addMs(NOON, 3_600_000)));
    const [kept, anew] = [createMemoryStore({ clock }), createMemoryStore({ clock })];
    let looks = 0;
    const counted = new Proxy(kept, { get: (target, name: keyof Store) => {
      const value: unknown = target[name];
      return typeof value !== 'function' ? value : (...given: unknown[]): unknown => {
        if (name === 'look') looks += 1;
        return Reflect.apply(value, target, given);
      };
    } });
    const start = (store: Store, seed: string): Engine => createEngine(engineOptions({ store, clock, shop: createModelChannel({ id: SHOP }), erp: createModelSource({ id: ERP }) }, { seed, catalog: [{ sku: SKU }, { sku: OTHER }] }));
    const processes = [start(counted, 'first'), start(counted, 'second')];
    for (const [index, step] of all.entries()) {
      await drivenBy(clock)(clock.sleep(step.afterMs));
      const before = looks;
      const [ours, theirs] = await Promise.all([processes[step.process], start(anew, `anew ${String(index)}`)].map((engine) => done(engine as Engine, step, index, clock)));
      expect(ours).toEqual(theirs);
      if (looks === before) fromMemory += 1;
      expect(await kept.load(EVERYTHING), JSON.stringify(step)).toEqual(await anew.load(EVERYTHING));
    }
  }), { numRuns: 300 });
  expect(fromMemory).toBeGreaterThan(150);
});

/** What came of a step, as the caller hears it. */
async function done(engine: Engine, step: Step, index: number, clock: VirtualClock): Promise<unknown> {
  try {
    const beside = step.beside ? engine.ingest([{ kind: 'stock', source: ERP, sku: OTHER, location: W1, asOf: addMs(NOON, index), measures: { onHand: String(index) as QuantityText } }]) : undefined;
    const [answer] = await Promise.all(['said' in step ? engine.ingest(step.said) : engine.hold({ id: `cart-${String(index)}`, channel: SHOP, expiresAt: addMs(NOON, clock.now() - instantToMs(NOON) + step.minutes * 60_000), grant: 'all', lines: [{ sku: SKU, quantity: step.held }] }), beside]);
    return answer;
  } catch (error) {
    return String(error);
  }
}

it('a commit of a history that is gone is not built on, whatever its version', async () => {
  const clock = new VirtualClock(instantToMs(addMs(NOON, 3_600_000)));
  const [lost, left] = [createMemoryStore({ clock }), createMemoryStore({ clock })];
  let current = lost;
  const store = new Proxy(lost, { get: (_target, name: keyof Store) => {
    const value: unknown = current[name];
    return typeof value === 'function' ? value.bind(current) : value;
  } });
  const start = (on: Store, seed: string): Engine => createEngine(engineOptions({ store: on, clock, shop: createModelChannel({ id: SHOP }), erp: createModelSource({ id: ERP }) }, { seed, catalog: [{ sku: SKU }] }));
  const counted = (onHand: string, minute: number): Observation => ({ kind: 'stock', source: ERP, sku: SKU, location: W1, asOf: addMs(NOON, minute * 60_000), measures: { onHand: onHand as QuantityText } });
  const [survivor, other] = [start(store, 'survivor'), start(left, 'other')];
  // The failover keeps the first count and loses the second, in whose place somebody else counts something else.
  await survivor.ingest([counted('5', 1)]);
  await other.ingest([counted('5', 1)]);
  await survivor.ingest([counted('7', 2)]);
  await other.ingest([counted('3', 2)]);
  current = left;
  await survivor.ingest([counted('9', 3)]);
  const [positions = [], ledger = []] = await left.load([{ table: 'position', where: { sku: SKU } }, { table: 'ledger', where: { sku: SKU } }]);
  expect(positions).toMatchObject([{ account: 'onHand', quantity: '9' }]);
  expect(ledger.map(({ quantity }) => quantity)).toEqual(['5', '2', '6']);
});

it('a hold is not refused for what somebody else has changed since, also beside what is committed', async () => {
  const clock = new VirtualClock(instantToMs(addMs(NOON, 3_600_000)));
  const store = createMemoryStore({ clock });
  const start = (seed: string): Engine => createEngine(engineOptions({ store, clock, shop: createModelChannel({ id: SHOP }), erp: createModelSource({ id: ERP }) }, { seed, catalog: [{ sku: SKU }, { sku: OTHER }] }));
  const counted = (sku: Sku, onHand: string, minute: number): Observation => ({ kind: 'stock', source: ERP, sku, location: W1, asOf: addMs(NOON, minute * 60_000), measures: { onHand: onHand as QuantityText } });
  const [one, another] = [start('one'), start('another')];
  await one.ingest([counted(SKU, '0', 1)]);
  await another.ingest([counted(SKU, '5', 2)]);
  const [held] = await Promise.all([
    one.hold({ id: 'cart', channel: SHOP, expiresAt: addMs(NOON, 7_200_000), grant: 'all', lines: [{ sku: SKU, quantity: 3 }] }),
    one.ingest([counted(OTHER, '1', 1)]),
  ]);
  expect(held.status).toBe('granted');
});
