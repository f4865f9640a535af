import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { served, type Needs } from '@stockwright/testkit';
import { createAvailability, parseCatalog, parsePolicy, parseSku, type ChannelId, type LocationId, type Policy, type PolicyInput, type Position } from '../../src/index.ts';
import { NOON, readerOf } from './arbitraries.ts';
import { evaluate } from './trace-evaluator.ts';

/*
 * How a number is divided over locations, against a search through every way to divide it: what other channels ask of some
 * of the locations, and what is kept for them, must still be served from theirs.
 */
type Rule = NonNullable<PolicyInput['rules']>[number];
const SKU = parseSku('A');
const catalog = parseCatalog([{ sku: 'A' }]);
const LOCATIONS = ['W1', 'W2', 'W3'] as LocationId[];
const [SHOP, OTHERS] = ['shop', ['market', 'till']] as [ChannelId, ChannelId[]];

interface World {
  readonly policy: Policy;
  readonly position: Position;
  readonly needs: Needs;
}
const worlds: fc.Arbitrary<World> = fc.record({
  sets: fc.tuple(...OTHERS.map(() => fc.subarray(LOCATIONS, { minLength: 1 }))), own: fc.shuffledSubarray(LOCATIONS, { minLength: 2 }), spread: fc.constantFrom('priority', 'proportional'),
  onHand: fc.tuple(...LOCATIONS.map(() => fc.integer({ min: -2, max: 5 }))), claims: fc.tuple(fc.nat(3), fc.nat(5), fc.nat(5)), kept: fc.tuple(...OTHERS.map(() => fc.nat(3))), buffer: fc.nat(2), clamp: fc.constantFrom('total', 'perLocation'),
}).map(({ sets, own, spread, onHand, claims, kept, buffer, clamp }) => {
  const sameSet = (locations: readonly string[]): boolean => locations.length === own.length && locations.every((location) => own.includes(location as LocationId));
  const rules: Rule[] = [
    ...OTHERS.map((channel, index): Rule => ({ id: channel, owner: 'o', reason: 'r', kind: 'protection', scope: { channel }, keep: { level: kept[index] ?? 0 } })),
    { id: 'buffer', owner: 'o', reason: 'r', kind: 'buffer', withhold: { fixed: buffer } },
  ];
  const policy = parsePolicy({ version: '1', clamp, channels: [{ id: SHOP, locations: own, publish: 'perLocation', spread }, ...OTHERS.map((id, index) => ({ id, locations: sets[index]! }))], rules });
  const units = [SHOP, ...OTHERS].map((id, index): [ChannelId, number] => [id, claims[index] ?? 0]);
  return {
    policy,
    position: { sku: SKU, scale: 0, holds: [], unrouted: new Map(units.filter(([, asked]) => asked > 0)), locations: new Map(LOCATIONS.map((location, index) => [location, { onHand: onHand[index] ?? 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }])) },
    needs: {
      supply: new Map(LOCATIONS.map((location, index) => [location, Math.max(0, onHand[index] ?? 0)])),
      demands: units.map(([id, asked], index) => ({ from: index === 0 ? own : sets[index - 1]!, units: asked + (index === 0 || sameSet(sets[index - 1]!) ? 0 : (kept[OTHERS.indexOf(id)] ?? 0)) })),
    },
  };
});

/** Whether everybody is served as well as before when so many units are gone from each location. */
function spares({ supply, demands }: Needs, locations: readonly string[], parts: readonly number[]): boolean {
  const left = new Map([...supply].map(([location, units]) => [location, units - (parts[locations.indexOf(location)] ?? 0)]));
  return [...left.values()].every((units) => units >= 0) && served({ supply: left, demands }) === served({ supply, demands });
}

/** Every way to divide a number over so many locations. */
function divisions(number: number, locations: number): readonly (readonly number[])[] {
  if (locations === 1) return [[number]];
  return Array.from({ length: number + 1 }, (_, first) => number - first).flatMap((first) => divisions(number - first, locations - 1).map((rest) => [first, ...rest]));
}

describe('the parts of a channel', () => {
  it('sum to its number and are at nobody\'s cost; by priority the first shows the most that it can, then the next', () => {
    fc.assert(fc.property(worlds, ({ policy, position, needs }) => {
      const calculator = createAvailability({ catalog, policy });
      const { availability, steps, partSteps } = calculator.explain({ channel: SHOP, sku: SKU }, readerOf(new Map([[SKU, position]])), { asOf: NOON });
      const [channel] = policy.channels;
      const parts = [...availability.parts.values()].map(Number);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(availability.immediate);
      expect(spares(needs, channel!.locations, parts)).toBe(true);
      expect([...partSteps.values()].map((step) => Number(evaluate(steps, step)))).toEqual(parts);
      // Listed with the first location's largest part first.
      if (channel!.spread === 'priority') expect(parts).toEqual(divisions(Number(availability.immediate), parts.length).find((division) => spares(needs, channel!.locations, division)));
    }), { numRuns: 600 });
  });

  it('are in proportion to supply where nobody else asks for any of it', () => {
    const policy = parsePolicy({ version: '1', channels: [{ id: SHOP, locations: ['W1', 'W2'], publish: 'perLocation', spread: 'proportional' }, { id: 'market', locations: ['W1'] }], rules: [{ id: 'b', owner: 'o', reason: 'r', kind: 'buffer', withhold: { fixed: 3 } }] });
    const there = (units: number): Position => ({ sku: SKU, scale: 0, holds: [], unrouted: new Map([['market' as ChannelId, units]]), locations: new Map([['W1', 10], ['W2', 5]].map(([location, onHand]) => [location as LocationId, { onHand: Number(onHand), unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }])) });
    const parts = (units: number): unknown => [...createAvailability({ catalog, policy }).compute({ channel: SHOP, sku: SKU }, readerOf(new Map([[SKU, there(units)]])), { asOf: NOON }).parts.values()];
    // 8 of 10 are the market's: of the 4 that are left 2 at most can be at W1.
    expect([parts(0), parts(8), parts(10)]).toEqual([[8, 4], [2, 2], [0, 2]]);
  });
});
