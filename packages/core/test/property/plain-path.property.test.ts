import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainNumbers } from '../../src/availability/plain/plain-number.ts';
import { heldAlways } from '../../src/availability/stages/02-safety-stock.ts';
import {
  addMs, addQuantities, createAvailability, formatQuantity, parseCatalog, parsePolicy,
  type Availability, type AvailabilityCalculator, type Catalog, type Instant, type LocationId, type LocationStock, type Policy, type Position, type Quantity, type Sku,
} from '../../src/index.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';
import { evaluate } from './trace-evaluator.ts';

/*
 * `compute` has a second way to a number that is nothing but sums and minima. It must come to what the pipeline comes
 * to, which is what `explain` says and what its steps evaluate to; and the worlds here must really go that way.
 */
type World = ReadonlyMap<Sku, Position>;

const MOST = Number.MAX_SAFE_INTEGER;
const extremes: readonly Quantity[] = [MOST, -MOST, MOST - 1, 2 ** 52, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 30, addQuantities(MOST, 1), addQuantities(-MOST, -5)];
const small = fc.integer({ min: -9, max: 30 });
const quantity: fc.Arbitrary<Quantity> = fc.oneof({ arbitrary: small, weight: 3 }, { arbitrary: fc.constantFrom(...extremes), weight: 1 });

/** Other figures at some locations. */
function replacements(value: fc.Arbitrary<Quantity>): fc.Arbitrary<[string, number, keyof LocationStock, Quantity][]> {
  return fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.nat(2), fc.constantFrom<keyof LocationStock>('onHand', 'unavailable', 'committed'), value), { maxLength: 4 });
}

/** What is asked: the worlds of all other laws, made plainer or more extreme. */
const questions = fc.record({
  catalog: fc.oneof(catalogs(), fc.integer({ min: 1, max: 9 }).map((each) => parseCatalog([...['A', 'B'].map((sku) => ({ sku })), { sku: 'C', scale: 1 }, { sku: 'SET', components: [{ sku: 'A', quantityPer: each }, { sku: 'C', quantityPer: 1 }] }]))),
  drawn: policies({ kinds: ['buffer', 'hideAtOrBelow', 'pin', 'cap'], publish: 'total' }),
  oneSet: fc.boolean(),
  world: worlds(),
  unclaimed: fc.boolean(),
  replaced: replacements(quantity),
  minute: fc.integer({ min: -25, max: 25 }),
});

function policyOf({ drawn, oneSet }: { readonly drawn: Policy; readonly oneSet: boolean }): Policy {
  return oneSet ? parsePolicy({ ...drawn, channels: drawn.channels.map((channel) => ({ ...channel, locations: drawn.channels[0]?.locations ?? [] })) }) : drawn;
}

function worldOf({ world, unclaimed, replaced }: { readonly world: World; readonly unclaimed: boolean; readonly replaced: readonly [string, number, keyof LocationStock, Quantity][] }): World {
  const plain = new Map([...world].map(([sku, position]): [Sku, Position] => [sku, { ...position, holds: [], unrouted: unclaimed ? new Map() : position.unrouted }]));
  for (const [sku, place, measure, value] of replaced) {
    const position = plain.get(sku as Sku);
    const entry = [...(position?.locations ?? [])][place];
    if (position !== undefined && entry !== undefined) plain.set(sku as Sku, { ...position, locations: new Map<LocationId, LocationStock>([...position.locations, [entry[0], { ...entry[1], [measure]: value }]]) });
  }
  return plain;
}

const taken = { asked: 0, plain: 0, kits: 0, claims: 0, timed: 0, clipped: 0, long: 0, past: 0 };

/** Counts what kinds of numbers went the second way, and which of the largest did not. */
function count({ catalog, policy }: { readonly catalog: Catalog; readonly policy: Policy }, world: World, { asOf, answers }: { readonly asOf: Instant; readonly answers: readonly Availability[] }): void {
  const plain = new PlainNumbers(compilePolicy(policy, catalog));
  for (const answer of answers) {
    taken.asked += 1;
    const parts = catalog.items.get(answer.sku)?.components?.map(({ sku }) => sku) ?? [answer.sku];
    const positions = parts.flatMap((sku) => world.get(sku) ?? []);
    const stocks = positions.flatMap(({ locations }) => [...locations.values()]);
    const long = stocks.some(({ onHand, unavailable, committed }) => [onHand, unavailable, committed].some((value) => typeof value !== 'number' || Math.abs(value) > 2 ** 31));
    const found = plain.answer(answer, readerOf(world), asOf);
    if (found === undefined) {
      taken.past += Number(long);
      continue;
    }
    expect(found).toEqual(answer);
    taken.plain += 1;
    taken.kits += Number(catalog.items.get(answer.sku)?.components !== undefined);
    taken.claims += Number(positions.some(({ unrouted }) => unrouted.size > 0));
    taken.timed += Number(answer.validUntil !== undefined);
    taken.clipped += Number(answer.immediate === 0 && stocks.some(({ onHand, committed }) => Number(onHand) < Number(committed)));
    taken.long += Number(long);
  }
}

function explainedAs(calculator: AvailabilityCalculator, world: World, asOf: Instant): readonly Availability[] {
  return [...calculator.catalog.items.keys()].flatMap((sku) => calculator.policy.channels.map(({ id: channel }) => {
    const { availability, steps, totalStep } = calculator.explain({ channel, sku }, readerOf(world), { asOf });
    if (totalStep !== undefined && availability.immediate !== undefined) expect(evaluate(steps, totalStep)).toBe(BigInt(formatQuantity(availability.immediate)));
    return availability;
  }));
}

describe('the second way to a number in plain worlds', () => {
  it('is taken by most of them, and comes to what the pipeline explains', () => {
    fc.assert(fc.property(questions, (question) => {
      const [policy, world] = [policyOf(question), worldOf(question)];
      const calculator = createAvailability({ catalog: question.catalog, policy });
      for (const minutes of [question.minute, question.minute + 9, question.minute]) {
        const asOf = addMs(NOON, minutes * 60_000);
        const answers = explainedAs(calculator, world, asOf);
        expect(calculator.computeMany(answers, readerOf(world), { asOf })).toEqual(answers);
        count(calculator, world, { asOf, answers });
      }
    }), { numRuns: 400 });
    expect(taken.plain).toBeGreaterThan(taken.asked * 0.4);
    for (const kind of ['kits', 'claims', 'timed', 'clipped', 'long', 'past'] as const) expect(taken[kind], kind).toBeGreaterThan(taken.asked / 200);
  });
});

const held = { asked: 0, always: 0, sometimes: 0, long: 0, scarce: 0, finer: 0 };

/** Counts what is held back at every moment, and what is not. */
function countHeld({ catalog, policy }: AvailabilityCalculator, world: World): void {
  const compiled = compilePolicy(policy, catalog);
  for (const item of catalog.items.values()) {
    const { safetyStock } = compiled.rules.of(item);
    const stocks = [...(world.get(item.sku)?.locations.values() ?? [])];
    if (safetyStock === undefined || stocks.length === 0) continue;
    const wishes = heldAlways(safetyStock, item.scale);
    held.asked += 1;
    held.sometimes += Number(wishes === undefined);
    if (wishes?.some((wish) => wish > 0) !== true) continue;
    held.always += 1;
    held.long += Number(stocks.some(({ onHand, unavailable, committed }) => [onHand, unavailable, committed].some((value) => typeof value !== 'number' || Math.abs(value) > 2 ** 52)));
    held.scarce += Number(stocks.some(({ onHand, committed }) => Number(onHand) < Number(committed)));
    held.finer += Number(item.scale > 0);
  }
}

describe('the one sum of what all locations have beyond their safety stock', () => {
  it('is what each location has beyond it, step by step', () => {
    const kinds = ['safetyStock', 'safetyStock', 'buffer'] as const;
    const kept = fc.oneof(policies({ kinds, publish: 'total', windows: false }), policies({ kinds, publish: 'total' }));
    fc.assert(fc.property(questions, kept, replacements(fc.constantFrom(...extremes)), (question, drawn, large) => {
      const world = worldOf({ ...question, replaced: [...question.replaced, ...large] });
      const calculator = createAvailability({ catalog: question.catalog, policy: policyOf({ drawn, oneSet: question.oneSet }) });
      for (const minutes of [question.minute, question.minute + 9]) {
        const asOf = addMs(NOON, minutes * 60_000);
        const answers = explainedAs(calculator, world, asOf);
        expect(calculator.computeMany(answers, readerOf(world), { asOf })).toEqual(answers);
      }
      countHeld(calculator, world);
    }), { numRuns: 400 });
    for (const kind of ['always', 'sometimes', 'long', 'scarce', 'finer'] as const) expect(held[kind], kind).toBeGreaterThan(held.asked / 100);
  });
});
