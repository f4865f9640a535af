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
type Step = { readonly process: number; readonly afterMs: number; readonly beside: boolean } & ({ readonly said: readonly Observation[] } | { readonly held: number; readonly sku: Sku; readonly minutes: number } | { /** Which of the holds so far. */ readonly paid: number; readonly orderId: string });

const TABLES = ['item', 'ledger', 'position', 'sourceBase', 'channelOrder', 'claim', 'channelSale', 'hold', 'holdLine'] as const;
const EVERYTHING: readonly Query[] = TABLES.map((table) => ({ table, where: {} }));

const steps: fc.Arbitrary<readonly Step[]> = histories().chain(rearrivals).chain((history) => {
  const what = fc.oneof(
    { weight: 4, arbitrary: fc.record({ said: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ held: fc.integer({ min: 1, max: 12 }), sku: fc.constantFrom(SKU, OTHER), minutes: fc.integer({ min: 1, max: 2_000 }) }) },
    { weight: 2, arbitrary: fc.record({ paid: fc.nat({ max: 3 }), ahead: fc.option(fc.nat({ max: 3 }), { freq: 1 }) }) },
    { weight: 6, arbitrary: fc.record({ again: fc.option(fc.nat({ max: 3 }), { freq: 1 }), isOlder: fc.boolean(), skus: fc.subarray([SKU, OTHER], { minLength: 1 }), place: fc.constantFrom(W1, W1, W1, undefined), ordered: fc.integer({ min: 1, max: 3 }) }) },
  );
  const drawn = fc.record({ process: fc.constantFrom(0, 0, 0, 1), beside: fc.boolean(), afterMs: fc.constantFrom(0, 0, 0, 0, 1_000, 1_000, 20_000, 90_000_000), what });
  return fc.array(drawn, { minLength: 1, maxLength: 30, size: 'max' }).map((all) => {
    let [from, fresh] = [0, 0];
    // There is something to hold, until the owner says otherwise.
    const opening: Step = { process: 0, afterMs: 0, beside: true, said: [SKU, OTHER].map((sku) => ({ kind: 'stock', source: ERP, sku, location: W1, asOf: addMs(NOON, -3_600_000), measures: { onHand: '40' as QuantityText } })) };
    return [opening, ...all.map(({ what: each, ...rest }, step): Step => {
      if ('held' in each) return { ...rest, ...each };
      if ('paid' in each) {
        // What is paid becomes the order that is told next, or one of those that were told before.
        const told = history.slice(Math.max(0, from - 3)).filter((one) => one.kind === 'order');
        return { ...rest, paid: each.paid, orderId: each.ahead === null ? `fresh-${String(fresh)}` : (told[each.ahead % Math.max(1, told.length)]?.orderId ?? 'none') };
      }
      if ('again' in each) {
        const id = each.again === null ? (fresh += 1) - 1 : Math.max(0, fresh - 1 - each.again);
        return { ...rest, said: [freshOrder(id, each, each.isOlder ? 0 : step)] };
      }
      const said = history.slice(from, from + each.said);
      from += each.said;
      return { ...rest, said };
    })];
  });
});

/** An order of which nothing has happened yet. */
function freshOrder(id: number, { skus, place, ordered }: { readonly skus: readonly Sku[]; readonly place: typeof W1 | undefined; readonly ordered: number }, revision: number): Observation {
  const none = '0' as QuantityText;
  return {
    kind: 'order', channel: SHOP, orderId: `fresh-${String(id)}`, revision: addMs(NOON, revision), placedAt: NOON,
    lines: skus.map((sku) => ({ id: sku, sku, ...(place === undefined ? {} : { location: place }), ordered: String(ordered) as QuantityText, fulfilled: none, cancelled: none, returned: none })),
  };
}

it('a process that remembers what it wrote writes what one writes that reads everything anew', async () => {
  let [fromMemory, ordersFromMemory] = [0, 0];
  await fc.assert(fc.asyncProperty(steps, async (all) => {
    const clock = new VirtualClock(instantToMs(addMs(NOON, 3_600_000)));
    const [kept, anew] = [createMemoryStore({ clock }), createMemoryStore({ clock })];
    let [looks, commits] = [0, 0];
    const carts: string[] = [];
    const counted = new Proxy(kept, { get: (target, name: keyof Store) => {
      const value: unknown = target[name];
      return typeof value !== 'function' ? value : (...given: unknown[]): unknown => {
        if (name === 'look') looks += 1;
        if (name === 'commit') commits += 1;
        return Reflect.apply(value, target, given);
      };
    } });
    const start = (store: Store, seed: string): Engine => createEngine(engineOptions({ store, clock, shop: createModelChannel({ id: SHOP }), erp: createModelSource({ id: ERP }) }, { seed, catalog: [{ sku: SKU }, { sku: OTHER }] }));
    const processes = [start(counted, 'first'), start(counted, 'second')];
    for (const [index, step] of all.entries()) {
      await drivenBy(clock)(clock.sleep(step.afterMs));
      const before = [looks, commits];
      if ('held' in step) carts.push(`cart-${String(index)}`);
      const [ours, theirs] = await Promise.all([processes[step.process], start(anew, `anew ${String(index)}`)].map((engine) => done(engine as Engine, step, { index, clock, carts })));
      expect(ours).toEqual(theirs);
      if (looks === before[0]) fromMemory += 1;
      if (looks === before[0] && commits > (before[1] ?? 0) && 'said' in step && step.said.some(({ kind }) => kind === 'order')) ordersFromMemory += 1;
      expect(await kept.load(EVERYTHING), JSON.stringify(step)).toEqual(await anew.load(EVERYTHING));
    }
  }), { numRuns: 400 });
  expect(fromMemory).toBeGreaterThan(300);
  expect(ordersFromMemory).toBeGreaterThan(200);
// Each try drives an engine a step, which takes its time where others work on the machine as well.
}, 180_000);

/** What came of a step, as the caller hears it. */
async function done(engine: Engine, step: Step, { index, clock, carts }: { readonly index: number; readonly clock: VirtualClock; readonly carts: readonly string[] }): Promise<unknown> {
  try {
    const beside = step.beside ? engine.ingest([{ kind: 'stock', source: ERP, sku: OTHER, location: W1, asOf: addMs(NOON, index), measures: { onHand: String(index) as QuantityText } }]) : undefined;
    const [answer] = await Promise.all([asked(engine, step, { index, clock, carts }), beside]);
    return answer;
  } catch (error) {
    return String(error);
  }
}

function asked(engine: Engine, step: Step, { index, clock, carts }: { readonly index: number; readonly clock: VirtualClock; readonly carts: readonly string[] }): Promise<unknown> {
  if ('said' in step) return engine.ingest(step.said);
  if ('paid' in step) return engine.convertHold(carts.at(-1 - (step.paid % Math.max(1, carts.length))) ?? 'none', step.orderId);
  return engine.hold({ id: `cart-${String(index)}`, channel: SHOP, expiresAt: addMs(NOON, clock.now() - instantToMs(NOON) + step.minutes * 60_000), grant: 'all', lines: [{ sku: step.sku, quantity: step.held }] });
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

it('an order of what is remembered ends the hold that became it elsewhere, also one of something else', async () => {
  const clock = new VirtualClock(instantToMs(addMs(NOON, 3_600_000)));
  const store = createMemoryStore({ clock });
  const start = (seed: string): Engine => createEngine(engineOptions({ store, clock, shop: createModelChannel({ id: SHOP }), erp: createModelSource({ id: ERP }) }, { seed, catalog: [{ sku: SKU }, { sku: OTHER }] }));
  const [one, another] = [start('one'), start('another')];
  await one.ingest([SKU, OTHER].map((sku) => ({ kind: 'stock', source: ERP, sku, location: W1, asOf: NOON, measures: { onHand: '9' as QuantityText } })));
  await one.ingest([freshOrder(0, { skus: [SKU], place: W1, ordered: 1 }, 0)]);
  await another.hold({ id: 'cart', channel: SHOP, expiresAt: addMs(NOON, 7_200_000), grant: 'all', lines: [{ sku: OTHER, quantity: 3 }] });
  await another.convertHold('cart', 'fresh-1');
  await one.ingest([freshOrder(1, { skus: [SKU], place: W1, ordered: 3 }, 0)]);
  expect(await Promise.all([SKU, OTHER].map(async (sku) => (await one.compute({ channel: SHOP, sku })).immediate))).toEqual([5, 9]);
});

it('what was sold is not gone by where somebody else has moved it, also where nothing else of the sku moved', async () => {
  for (const again of [{ ordered: 1 }, { ordered: 3 }, { place: undefined }]) {
    const clock = new VirtualClock(instantToMs(addMs(NOON, 3_600_000)));
    const store = createMemoryStore({ clock });
    const start = (seed: string): Engine => createEngine(engineOptions({ store, clock, shop: createModelChannel({ id: SHOP }), erp: createModelSource({ id: ERP }) }, { seed, catalog: [{ sku: SKU }] }));
    const [one, another] = [start('one'), start('another')];
    const first = { skus: [SKU], place: W1, ordered: 2 };
    await one.ingest([freshOrder(0, first, 0)]);
    // The same revision in other words: the books keep to what they heard first, and what was sold goes by the order.
    await another.ingest([freshOrder(0, { ...first, ...again }, 0)]);
    await one.ingest([freshOrder(1, first, 0)]);
    const [sales = []] = await store.load([{ table: 'channelSale', where: { sku: SKU } }]);
    const [orders = []] = await store.load([{ table: 'channelOrder', where: {} }]);
    const sold = sales.reduce((sum, row) => sum + Number(row['sold']), 0);
    expect(sold).toBe(orders.reduce((sum, row) => sum + Number((JSON.parse(String(row['lines'])) as { ordered: string }[])[0]?.ordered), 0));
  }
});
