import { modelAvailability, modelLocationSupply } from '@stockwright/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailability, decideHold, defineRule, holdsOf, locationSupply, parseCatalog, parsePolicy, parseSku, planFulfilment, subtractQuantities,
  type CatalogItemInput, type ChannelId, type LocationId, type Policy, type PolicyInput, type Position, type PositionReader, type PromisedBeyondStock, type Sku,
} from '../../src/index.ts';
import { NOON, policies, readerOf, worlds } from './arbitraries.ts';

/*
 * What one location can give, and what is decided over it, where preorders wait: they are routed to locations, consume
 * what is incoming there, and ask for no stock until it is received.
 */
type Rule = NonNullable<PolicyInput['rules']>[number];
const CATALOG: readonly CatalogItemInput[] = [{ sku: 'A' }, { sku: 'B' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 1 }] }, { sku: 'FREE', tracked: false }];
const SKUS = ['A', 'B', 'SET', 'FREE'].map((sku) => parseSku(sku));
const LOCATIONS = ['W1', 'W2', 'W3'] as LocationId[];
const CHANNELS = ['shop', 'market'] as ChannelId[];

const counts = fc.nat(6);
const told: fc.Arbitrary<PromisedBeyondStock> = fc.tuple(fc.array(counts, { minLength: 2, maxLength: 2 }), fc.array(counts, { minLength: 6, maxLength: 6 })).map(([unrouted, routed]) => {
  const at = CHANNELS.map((channel, index) => [channel, new Map(LOCATIONS.map((location, place) => [location, routed[index * 3 + place] ?? 0]))] as const);
  return { backordered: new Map(), preordered: new Map(at.map(([channel, places], index) => [channel, (unrouted[index] ?? 0) + [...places.values()].reduce((all, units) => all + units, 0)])), preorderedAt: new Map(at) };
});
const promises = fc.record({ A: told, B: told, SET: told }, { requiredKeys: [] });
const preorderRules = fc.array(fc.record({ limit: fc.oneof(fc.nat(20), fc.constant('incoming')), scope: fc.record({ sku: fc.constantFrom('A', 'B', 'SET'), channel: fc.constantFrom('shop', 'market') }, { requiredKeys: [] }) }), { minLength: 1, maxLength: 3 })
  .map((drawn) => drawn.map((rule, index): Rule => ({ id: `preorder-${String(index)}`, owner: 'o', reason: 'r', kind: 'preorderLimit', ...rule })));
const withPreorders = fc.tuple(policies({ kinds: ['safetyStock'] }), preorderRules).map(([policy, rules]) => parsePolicy({ ...policy, rules: [...policy.rules, ...rules] }));

interface Scene {
  readonly policy: Policy;
  readonly reader: PositionReader;
}
const scenes: fc.Arbitrary<Scene> = fc.record({ policy: fc.oneof(withPreorders, policies()), positions: worlds({ least: -3, most: 9 }), said: promises })
  .map(({ policy, positions, said }) => ({ policy, reader: { ...readerOf(positions), promised: (sku: Sku) => said[sku as 'A'] } }));

describe('locationSupply', () => {
  it('is what the stages count at each location of a channel, preorders that wait there included', () => {
    fc.assert(fc.property(scenes, ({ policy, reader }) => {
      const calculator = createAvailability({ catalog: parseCatalog(CATALOG), policy });
      for (const { id, locations } of policy.channels) {
        for (const sku of SKUS) {
          const question = { policy, catalog: CATALOG, key: { channel: id, sku }, reader, asOf: NOON };
          for (const location of locations) expect(locationSupply(calculator, { channel: id, sku, location }, { positions: reader, moment: { asOf: NOON } })).toBe(modelLocationSupply(question, location));
        }
      }
    }), { numRuns: 300 });
  });

  it('is never less than what a part of the channel shows, and a calculator that somebody wrapped says the same', () => {
    fc.assert(fc.property(policies({ kinds: ['safetyStock', 'buffer', 'cap', 'hideAtOrBelow'], publish: 'perLocation' }), preorderRules, scenes, (plain, more, { reader }) => {
      const shown = parsePolicy({ ...plain, rules: [...plain.rules, ...more] });
      const calculator = createAvailability({ catalog: parseCatalog(CATALOG), policy: shown });
      for (const { id } of shown.channels) {
        for (const sku of SKUS.slice(0, 3)) {
          for (const [location, part] of calculator.compute({ channel: id, sku }, reader, { asOf: NOON }).parts) {
            const supply = locationSupply(calculator, { channel: id, sku, location }, { positions: reader, moment: { asOf: NOON } });
            expect(Number(supply)).toBeGreaterThanOrEqual(Number(part));
            expect(locationSupply({ ...calculator }, { channel: id, sku, location }, { positions: reader, moment: { asOf: NOON } })).toBe(supply);
          }
        }
      }
    }), { numRuns: 100 });
  });
});

const half = defineRule<Record<string, never>>({
  rule: 'test.half', version: 1, stage: 'supply', label: 'half of it', laws: [], settings: { parse: () => ({}) } as never,
  apply: ({ quantity }) => Math.max(0, Math.floor(Number(quantity) / 2)),
});

describe('what is decided where preorders wait', () => {
  const custom: Rule = { id: 'half', owner: 'o', reason: 'r', kind: 'custom', rule: 'test.half', ruleVersion: 1, stage: 'supply', scope: { location: 'W1' } };
  const kitScenes = fc.record({ rules: preorderRules, sets: fc.tuple(fc.subarray(LOCATIONS, { minLength: 1 }), fc.subarray(LOCATIONS, { minLength: 1 })), positions: worlds({ least: 0, most: 9, holds: false }), said: promises, isHalved: fc.boolean() }).map(({ rules, sets, positions, said, isHalved }) => ({
    policy: parsePolicy({ version: '1', kits: 'perLocation', channels: CHANNELS.map((id, index) => ({ id, locations: sets[index]! })), rules: [...rules, ...(isHalved ? [custom] : [])] }),
    reader: { ...readerOf(positions), promised: (sku: Sku) => said[sku as 'A'] },
    isHalved,
  }));

  it('a hold of kits takes at each location what that can give, and the count falls by what it granted', () => {
    fc.assert(fc.property(kitScenes, fc.integer({ min: 1, max: 6 }), ({ policy, reader, isHalved }, quantity) => {
      const calculator = createAvailability({ catalog: parseCatalog(CATALOG), policy, rules: [half] });
      const key = { channel: CHANNELS[0]!, sku: parseSku('SET') };
      const before = calculator.compute(key, reader, { asOf: NOON }).immediate ?? 0;
      const { lines, hold } = decideHold(calculator, { id: 'cart', channel: key.channel, expiresAt: addMs(NOON, 60_000), grant: 'part', lines: [{ sku: key.sku, quantity }] }, { positions: reader, asOf: NOON });
      expect(lines[0]?.granted).toBe(Math.min(quantity, Number(before)));
      for (const { sku, location, quantity: units } of hold?.lines ?? []) {
        expect(location).not.toBe('');
        expect(Number(units)).toBeLessThanOrEqual(Number(locationSupply(calculator, { channel: key.channel, sku, location: location as LocationId }, { positions: reader, moment: { asOf: NOON } })));
      }
      const then: PositionReader = { ...reader, position: (sku) => { const there = reader.position(sku); return there === undefined || hold === undefined ? there : { ...there, holds: [...there.holds, ...holdsOf(sku, [hold], () => false)] } as Position; } };
      // Half of what is left is more than half of it less what was taken.
      if (!isHalved) expect(calculator.compute(key, then, { asOf: NOON }).immediate).toEqual(subtractQuantities(before, lines[0]?.granted ?? 0));
    }), { numRuns: 400 });
  });

  it('a plan ships from a location no less than what waiting preorders leave there', () => {
    const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }], rules: [{ id: 'p', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' }] });
    const calculator = createAvailability({ catalog: parseCatalog(CATALOG), policy });
    const there = { sku: SKUS[0]!, scale: 0, locations: new Map([[LOCATIONS[0]!, { onHand: 5, unavailable: 0, committed: 4, incoming: 3, inTransit: 0 }]]), unrouted: new Map(), holds: [] };
    const reader: PositionReader = { position: (sku) => (sku === 'A' ? there : undefined), promised: (sku) => (sku === 'A' ? { backordered: new Map(), preordered: new Map([[CHANNELS[0]!, 4]]), preorderedAt: new Map([[CHANNELS[0]!, new Map([[LOCATIONS[0]!, 4]])]]) } : undefined) };
    const supply = (sku: Sku, location: LocationId) => locationSupply(calculator, { channel: CHANNELS[0]!, sku, location }, { positions: reader, moment: { asOf: NOON } });
    // Of the 4 that are committed 3 wait for what is incoming, and 1 asks for stock.
    expect(planFulfilment({ lines: [{ sku: SKUS[0]!, quantity: 9 }], locations: [LOCATIONS[0]!] }, { catalog: parseCatalog(CATALOG), supply }).allocations).toEqual([{ sku: 'A', location: 'W1', quantity: 4 }]);
    expect(modelAvailability({ policy, catalog: CATALOG, key: { channel: CHANNELS[0]!, sku: SKUS[0]! }, reader, asOf: NOON }).immediate).toBe(4);
    expect(supply(SKUS[0]!, 'W9' as LocationId)).toBe(0);
  });
});
