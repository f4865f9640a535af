import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailability, instantToMs, parseCatalog, parsePolicy, parseSku,
  type Availability, type AvailabilityCalculator, type AvailabilityKey, type Catalog, type Instant, type LocationId, type Policy, type Position, type Sku,
} from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';
import { evaluate } from './trace-evaluator.ts';

type World = ReadonlyMap<Sku, Position>;
const RUNS = { numRuns: 300 };

const allKeys = ({ catalog, policy }: { catalog: Catalog; policy: Policy }): readonly AvailabilityKey[] =>
  [...catalog.items.keys()].flatMap((sku) => policy.channels.map(({ id }) => ({ channel: id, sku })));

const answers = (calculator: AvailabilityCalculator, world: World, asOf: Instant = NOON): readonly Availability[] =>
  calculator.computeMany(allKeys(calculator), readerOf(world), { asOf });

const numbers = (calculator: AvailabilityCalculator, world: World, asOf?: Instant): unknown =>
  answers(calculator, world, asOf).map(({ channel, sku, immediate, parts }) => [channel, sku, immediate, [...parts]]);

describe('explain', () => {
  it('ends in the number of compute, total and parts', () => {
    fc.assert(fc.property(catalogs(), policies(), worlds(), (catalog, policy, world) => {
      const calculator = createAvailability({ catalog, policy });
      for (const key of allKeys(calculator)) {
        const { availability } = calculator.explain(key, readerOf(world), { asOf: NOON });
        expect(availability).toEqual(calculator.compute(key, readerOf(world), { asOf: NOON }));
      }
    }), RUNS);
  });

  it('ends in the number of compute where policies are plain, at one moment and the next', () => {
    const kinds = ['buffer', 'hideAtOrBelow', 'pin', 'cap'] as const;
    fc.assert(fc.property(catalogs(), policies({ kinds, publish: 'total' }), worlds(), fc.boolean(), (catalog, policy, drawn, unclaimed) => {
      const world: World = new Map([...drawn].map(([sku, position]) => [sku, { ...position, holds: [], unrouted: unclaimed ? new Map() : position.unrouted }]));
      const calculator = createAvailability({ catalog, policy });
      const single = createAvailability({ catalog, policy: parsePolicy({ ...policy, channels: policy.channels.map((channel) => ({ ...channel, locations: policy.channels[0]?.locations ?? [] })) }) });
      for (const { compute, explain } of [calculator, single]) {
        for (const minute of [0, 7, -7, 7]) {
          const asOf = addMs(NOON, minute * 60_000);
          for (const key of allKeys(calculator)) expect(compute(key, readerOf(world), { asOf })).toEqual(explain(key, readerOf(world), { asOf }).availability);
        }
      }
    }), RUNS);
  });

  it('has steps that come to the total and to each part', () => {
    fc.assert(fc.property(catalogs(), policies(), worlds(), (catalog, policy, world) => {
      const calculator = createAvailability({ catalog, policy });
      for (const key of allKeys(calculator)) {
        const { availability, steps, totalStep, partSteps, backorderStep, preorderStep } = calculator.explain(key, readerOf(world), { asOf: NOON });
        if (backorderStep !== undefined) expect(evaluate(steps, backorderStep)).toBe(BigInt(Number(availability.backorder)));
        if (preorderStep !== undefined) expect(evaluate(steps, preorderStep)).toBe(BigInt(Number(availability.preorder)));
        if (totalStep === undefined) {
          expect(availability.immediate).toBeUndefined();
          continue;
        }
        expect(evaluate(steps, totalStep)).toBe(BigInt(Number(availability.immediate)));
        expect([...partSteps].map(([location, step]) => [location, Number(evaluate(steps, step))])).toEqual([...availability.parts]);
      }
    }), { numRuns: 150 });
  });
});

describe('compute', () => {
  it('is never negative', () => {
    fc.assert(fc.property(catalogs(), policies(), worlds(), (catalog, policy, world) => {
      for (const { immediate, parts } of answers(createAvailability({ catalog, policy }), world)) {
        for (const value of [immediate ?? 0, ...parts.values()]) expect(value).toBeGreaterThanOrEqual(0);
      }
    }), RUNS);
  });

  it('is the same when only the affected keys are worked out after each change', () => {
    const changes = fc.array(worlds(), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(catalogs(), policies(), worlds(), changes, fc.infiniteStream(fc.constantFrom('A', 'B', 'C')), (catalog, policy, world, next, picks) => {
      const calculator = createAvailability({ catalog, policy });
      const id = ({ channel, sku }: AvailabilityKey): string => `${channel} ${sku}`;
      const current = new Map(world);
      const kept = new Map(answers(calculator, current).map((answer) => [id(answer), answer]));
      for (const change of next) {
        const sku = parseSku(picks.next().value);
        const position = change.get(sku);
        if (position === undefined) current.delete(sku);
        else current.set(sku, position);
        for (const answer of calculator.computeMany(calculator.affectedKeys(sku), readerOf(current), { asOf: NOON })) kept.set(id(answer), answer);
      }

      expect([...kept.values()]).toEqual(answers(calculator, current));
    }), { numRuns: 150 });
  });

  it('reads no position but those it names', () => {
    fc.assert(fc.property(catalogs(), policies(), worlds(), (catalog, policy, world) => {
      const calculator = createAvailability({ catalog, policy });
      for (const key of allKeys(calculator)) {
        const read = new Set<Sku>();
        const positions = { ...readerOf(world), position: (sku: Sku) => { read.add(sku); return world.get(sku); } };
        calculator.compute(key, positions, { asOf: NOON });
        for (const sku of read) expect(calculator.readsOf(key.sku)).toContain(sku);
      }
    }), { numRuns: 100 });
  });

  it('never falls when more is on hand', () => {
    const more = fc.record({ sku: fc.constantFrom('A', 'B', 'C').map((sku) => parseSku(sku)), location: fc.constantFrom('W1', 'W2', 'W3'), by: fc.integer({ min: 1, max: 10 }) });
    fc.assert(fc.property(catalogs(), policies(), worlds(), more, (catalog, policy, world, { sku, location, by }) => {
      const calculator = createAvailability({ catalog, policy });
      const before = answers(calculator, world);
      const after = answers(calculator, withStock(world, { sku, location: location as LocationId, by }));

      before.forEach(({ immediate }, index) => { expect(Number(after[index]?.immediate ?? 0)).toBeGreaterThanOrEqual(Number(immediate ?? 0)); });
    }), RUNS);
  });

  it('does not tell one channel anything of another\'s cap', () => {
    const most = fc.integer({ min: 0, max: 6 });
    fc.assert(fc.property(catalogs(), policies({ kinds: ['safetyStock', 'buffer'] }), worlds(), most, most, (catalog, policy, world, one, other) => {
      const capped = (cap: number): AvailabilityCalculator => createAvailability({
        catalog,
        policy: parsePolicy({ ...policy, rules: [...policy.rules, { id: 'cap', owner: 'o', reason: 'r', kind: 'cap', scope: { channel: 'market' }, most: cap }] }),
      });
      const others = (cap: number): unknown => answers(capped(cap), world).filter(({ channel }) => channel !== 'market');
      expect(others(one)).toEqual(others(other));
    }), { numRuns: 100 });
  });

  it('holds until validUntil, and forever where there is none', () => {
    fc.assert(fc.property(catalogs(), policies(), worlds(), fc.integer({ min: -15, max: 15 }), fc.double({ min: 0, max: 1, noNaN: true }), (catalog, policy, world, minute, share) => {
      const calculator = createAvailability({ catalog, policy });
      const asOf = addMs(NOON, minute * 60_000);
      for (const answer of answers(calculator, world, asOf)) {
        const { validUntil } = answer;
        if (validUntil !== undefined) expect(validUntil > asOf).toBe(true);
        const span = validUntil === undefined ? 86_400_000 : instantToMs(validUntil) - instantToMs(asOf) - 1;
        const later = calculator.compute(answer, readerOf(world), { asOf: addMs(asOf, Math.floor(span * share)) });
        expect([later.immediate, later.parts, later.backorder, later.preorder]).toEqual([answer.immediate, answer.parts, answer.backorder, answer.preorder]);
      }
    }), RUNS);
  });

  it('leaves the caller\'s own holds out', () => {
    fc.assert(fc.property(catalogs(), policies(), worlds(), (catalog, policy, world) => {
      const calculator = createAvailability({ catalog, policy });
      const without = new Map([...world].map(([sku, position]) => [sku, { ...position, holds: position.holds.filter(({ id }) => id !== 'hold-0') }]));
      const own = calculator.computeMany(allKeys(calculator), readerOf(world), { asOf: NOON, ownHolds: ['hold-0'].values() });
      expect(own).toEqual(answers(calculator, without));
    }), { numRuns: 100 });
  });
});

describe('parts', () => {
  it('sum to the total, and show no more than each location has unless pinned', () => {
    const kinds = ['safetyStock', 'buffer', 'hideAtOrBelow', 'cap'] as const;
    fc.assert(fc.property(catalogs(), policies({ publish: 'perLocation', kinds }), worlds(), (catalog, policy, world) => {
      const calculator = createAvailability({ catalog, policy });
      for (const answer of answers(calculator, world)) {
        if (answer.immediate === undefined) continue;
        expect(sum(answer.parts.values())).toBe(answer.immediate);
        if (!['A', 'B', 'C'].includes(answer.sku)) continue;
        for (const [location, part] of answer.parts) expect(Number(part)).toBeLessThanOrEqual(Math.max(0, supplyAt(world.get(answer.sku), location)));
      }
    }), RUNS);
  });

  it('sum to a pin as well', () => {
    fc.assert(fc.property(catalogs(), policies({ publish: 'perLocation' }), worlds(), (catalog, policy, world) => {
      for (const { immediate, parts } of answers(createAvailability({ catalog, policy }), world)) {
        if (immediate !== undefined) expect(sum(parts.values())).toBe(immediate);
      }
    }), RUNS);
  });
});

describe('worlds that are the same', () => {
  it('give the same numbers when a location is split in two', () => {
    const options = { clamp: 'total', kits: 'pooled', publish: 'total', kinds: ['buffer', 'hideAtOrBelow', 'pin', 'cap'] } as const;
    fc.assert(fc.property(catalogs(), policies(options), worlds({ least: 0, routed: false }), fc.integer({ min: 0, max: 10 }), (catalog, policy, world, share) => {
      const [first, second] = ['W1', 'W1b'] as string[] as LocationId[];
      const channels = policy.channels.map((channel) => ({ ...channel, locations: channel.locations.flatMap((location) => (location === first ? ['W1', 'W1b'] : [location])) }));
      const split = new Map([...world].map(([sku, position]): [Sku, Position] => {
        const stock = position.locations.get(first ?? ('' as LocationId));
        if (stock === undefined || first === undefined || second === undefined) return [sku, position];
        const there = Math.min(share, Number(stock.onHand));
        return [sku, { ...position, locations: new Map([...position.locations, [first, { ...stock, onHand: Number(stock.onHand) - there }], [second, { ...stock, onHand: there }]]) }];
      }));
      expect(numbers(createAvailability({ catalog, policy: parsePolicy({ ...policy, channels }) }), split)).toEqual(numbers(createAvailability({ catalog, policy }), world));
    }), RUNS);
  });

  it('give a kit of one what its component has', () => {
    const catalog = parseCatalog([{ sku: 'A' }, { sku: 'ONE', components: [{ sku: 'A', quantityPer: 1 }] }]);
    fc.assert(fc.property(policies({ publish: 'total', kinds: ['safetyStock'] }), worlds(), (policy, world) => {
      const calculator = createAvailability({ catalog, policy });
      for (const { id } of policy.channels) {
        const of = (sku: string): unknown => calculator.compute({ channel: id, sku: parseSku(sku) }, readerOf(world), { asOf: NOON }).immediate;
        expect(of('ONE')).toBe(of('A'));
      }
    }), RUNS);
  });
});

function sum(values: Iterable<unknown>): number {
  let total = 0;
  for (const value of values) total += Number(value);
  return total;
}

/** What stands at a location and is not spoken for, before anything is held back. */
function supplyAt(position: Position | undefined, location: LocationId): number {
  const stock = position?.locations.get(location);
  const held = position?.holds.filter((hold) => hold.location === location && hold.expiresAt > NOON) ?? [];
  return Number(stock?.onHand ?? 0) - Number(stock?.unavailable ?? 0) - Number(stock?.committed ?? 0) - sum(held.map(({ quantity }) => quantity));
}

function withStock(world: World, { sku, location, by }: { sku: Sku; location: LocationId; by: number }): World {
  const position = world.get(sku);
  const stock = position?.locations.get(location);
  if (position === undefined || stock === undefined) return world;
  return new Map([...world, [sku, { ...position, locations: new Map([...position.locations, [location, { ...stock, onHand: Number(stock.onHand) + by }]]) }]]);
}
