import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addMs, createAvailability, createAvailabilityIndex, formatQuantity, type AvailabilityIndex, type IndexEvent, type LocationId, type Measure, type Position, type Sku } from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

type World = Map<Sku, Position>;

const { position: _, ...reads } = readerOf(new Map());
const kinds = ['buffer', 'hideAtOrBelow', 'pin', 'cap', 'safetyStock'] as const;
const steps = fc.array(fc.oneof(
  fc.record({ kind: fc.constant('delta' as const), sku: fc.constantFrom('A', 'B', 'C'), location: fc.constantFrom('W1', 'W2', 'W3', 'W9'), measure: fc.constantFrom<Measure>('onHand', 'unavailable', 'committed', 'incoming'), by: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER)) }),
  fc.record({ kind: fc.constant('position' as const), world: worlds(), plain: fc.boolean() }),
  fc.record({ kind: fc.constant('time' as const), minutes: fc.integer({ min: 0, max: 15 }) }),
), { minLength: 1, maxLength: 12 });

function expectFull(index: AvailabilityIndex, world: World, asOf: typeof NOON): void {
  const { calculator } = index;
  for (const sku of calculator.catalog.items.keys()) {
    for (const { id } of calculator.policy.channels) {
      const key = { channel: id, sku };
      expect(index.compute(key)).toEqual(calculator.compute(key, readerOf(world), { asOf }));
    }
  }
}

function moved(world: World, { sku, location, measure, by }: { sku: string; location: string; measure: Measure; by: number }, scale: number): IndexEvent {
  const of = sku as Sku;
  const position = world.get(of) ?? { sku: of, scale, locations: new Map(), unrouted: new Map(), holds: [] };
  const full = new Map(position.locations);
  const stock = full.get(location as LocationId) ?? { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
  full.set(location as LocationId, { ...stock, [measure]: Number(stock[measure]) + by });
  world.set(of, { ...position, locations: full });
  return { kind: 'delta', sku: of, location: location as LocationId, measure, delta: formatQuantity(by, scale) };
}

it.each([['plain policies', policies({ kinds, publish: 'total' })], ['policies of every kind', policies()]])('gives what a full calculation gives after every event, for %s', (_name, arbitrary) => {
  fc.assert(fc.property(catalogs(), arbitrary, steps, (catalog, policy, history) => {
    const index = createAvailabilityIndex({ catalog, policy, asOf: NOON, reads });
    const world: World = new Map();
    let asOf = NOON;
    for (const step of history) {
      if (step.kind === 'time') index.advanceTo((asOf = addMs(asOf, step.minutes * 60_000)));
      else if (step.kind === 'delta') {
        const before = world.get(step.sku as Sku)?.locations.get(step.location as LocationId)?.[step.measure] ?? 0;
        if (!Number.isSafeInteger(Number(before) + step.by)) continue;
        index.apply(moved(world, step, catalog.items.get(step.sku as Sku)?.scale ?? 0));
      } else {
        for (const [sku, drawn] of step.world) {
          const position = step.plain ? { ...drawn, unrouted: new Map(), holds: [] } : drawn;
          world.set(sku, position);
          index.apply({ kind: 'position', position });
        }
      }
      expectFull(index, world, asOf);
    }
  }), { numRuns: 150 });
});

it('begins with the positions it is given as if events had brought them, and working all out anew changes nothing', () => {
  fc.assert(fc.property(catalogs(), policies(), worlds(), fc.boolean(), (catalog, policy, drawn, plain) => {
    const world: World = new Map([...drawn].map(([sku, position]) => [sku, plain ? { ...position, unrouted: new Map(), holds: [] } : position]));
    const index = createAvailabilityIndex({ catalog, policy, asOf: NOON, reads, positions: world.values() });
    expect(index.drainChanges()).toEqual([]);
    expectFull(index, world, NOON);
    index.recompute();
    expect(index.drainChanges()).toEqual([]);
    expectFull(index, world, NOON);
  }), { numRuns: 150 });
});

it('names the keys whose answer changed, each once', () => {
  fc.assert(fc.property(catalogs(), policies(), worlds(), worlds(), (catalog, policy, first, second) => {
    const index = createAvailabilityIndex({ catalog, policy, asOf: NOON, reads });
    const keys = [...catalog.items.keys()].flatMap((sku) => policy.channels.map(({ id }) => ({ channel: id, sku })));
    const numbers = () => new Map(keys.map((key) => [`${key.channel} ${key.sku}`, JSON.stringify([index.compute(key).immediate, [...index.compute(key).parts], index.compute(key).backorder, index.compute(key).preorder])]));
    for (const position of first.values()) index.apply({ kind: 'position', position });
    index.drainChanges();
    const before = numbers();
    for (const position of second.values()) index.apply({ kind: 'position', position });
    const changed = index.drainChanges().map(({ channel, sku }) => `${channel} ${sku}`);
    expect(new Set(changed).size).toBe(changed.length);
    for (const [key, value] of numbers()) if (value !== before.get(key)) expect(changed).toContain(key);
    expect(index.drainChanges()).toEqual([]);
    expect(createAvailability({ catalog, policy }).affectedKeys('A' as Sku)).toEqual(index.affectedKeys('A' as Sku));
  }), { numRuns: 100 });
});
