import { modelAvailability } from '@stockwright/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailability, decideHold, holdsOf, parseCatalog, parsePolicy, parseSku, subtractQuantities,
  type AvailabilityCalculator, type CatalogItemInput, type ChannelId, type HoldRecord, type LocationId, type Policy, type PolicyInput, type Position, type Quantity, type Sku,
} from '../../src/index.ts';
import { contestedGroups } from '../../src/policy/contested.ts';
import { numberLocations } from '../../src/policy/location-sets.ts';
import { NOON, readerOf } from './arbitraries.ts';

/*
 * Kits counted per location among channels whose locations cross, in worlds so tight that claims often take a kit away.
 * Counts for one kit are the most that can be placed at nobody's cost, and less only past the stated number of parts.
 */
const LOCATIONS = ['W1', 'W2', 'W3', 'W4'];
const PARTS = ['A', 'B', 'C'];
const KIT = parseSku('KIT');
type World = ReadonlyMap<Sku, Position>;
type Rule = NonNullable<PolicyInput['rules']>[number];

const catalogs: fc.Arbitrary<readonly CatalogItemInput[]> = fc.uniqueArray(fc.record({ sku: fc.constantFrom(...PARTS), quantityPer: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 3, selector: ({ sku }) => sku })
  .map((components) => [...PARTS.map((sku) => ({ sku })), { sku: KIT, components }]);
const policies = (channels: number): fc.Arbitrary<Policy> => fc.tuple(
  fc.array(fc.subarray(LOCATIONS, { minLength: 1 }), { minLength: 2, maxLength: channels }),
  fc.array(fc.record({ channel: fc.nat(), sku: fc.constantFrom(...PARTS), level: fc.integer({ min: 1, max: 3 }) }), { maxLength: 1 }),
).map(([sets, kept]) => parsePolicy({
  version: '1', kits: 'perLocation', channels: sets.map((locations, index) => ({ id: `c${String(index)}`, locations })),
  rules: kept.map(({ channel, sku, level }, index): Rule => ({ id: `r${String(index)}`, owner: 'o', reason: 'r', kind: 'protection', scope: { sku, channel: `c${String(channel % sets.length)}` }, keep: { level } })),
}));
const positions = (sku: string): fc.Arbitrary<Position> => fc.tuple(fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }), fc.array(fc.nat(4), { minLength: 5, maxLength: 5 })).map(([onHand, claims]) => ({
  sku: parseSku(sku), scale: 0, holds: [],
  locations: new Map(LOCATIONS.map((location, index) => [location as LocationId, { onHand: onHand[index] ?? 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }])),
  unrouted: new Map(claims.flatMap((units, index): [ChannelId, number][] => (units < 2 ? [] : [[`c${String(index)}` as ChannelId, units - 1]]))),
}));
const worlds: fc.Arbitrary<World> = fc.tuple(...PARTS.map(positions)).map((all) => new Map(all.map((position) => [position.sku, position])));
/** Claims of channels that a policy lists. */
const within = ({ channels }: Policy, world: World): World => new Map([...world].map(([sku, position]) => [sku, { ...position, unrouted: new Map([...position.unrouted].filter(([id]) => channels.some((channel) => channel.id === id))) }]));
const count = (calculator: AvailabilityCalculator, channel: ChannelId, world: World): Quantity => calculator.compute({ channel, sku: KIT }, readerOf(world), { asOf: NOON }).immediate ?? 0;
const isExact = (policy: Policy): boolean => policy.channels.every((channel) => contestedGroups(channel, { channels: policy.channels, placeOf: numberLocations(policy.channels).placeOf }).every(({ unions }) => unions !== undefined));

function withHold(world: World, hold: HoldRecord | undefined): World {
  return hold === undefined ? world : new Map([...world].map(([sku, position]) => [sku, { ...position, holds: [...position.holds, ...holdsOf(sku, [hold], () => false)] }]));
}

describe.each([['three channels', 3, 250], ['five channels', 5, 250]])('the kits of %s', (_, channels, numRuns) => {
  it('are the most that can be placed at nobody\'s cost, or fewer past the stated number of parts', () => {
    fc.assert(fc.property(catalogs, policies(channels), worlds, (catalog, policy, drawn) => {
      const world = within(policy, drawn);
      const calculator = createAvailability({ catalog: parseCatalog(catalog), policy });
      for (const { id } of policy.channels) {
        const key = { channel: id, sku: KIT };
        const model = modelAvailability({ policy, catalog, key, reader: readerOf(world), asOf: NOON }).immediate;
        const { availability } = calculator.explain(key, readerOf(world), { asOf: NOON });
        expect(count(calculator, id, world)).toEqual(availability.immediate);
        if (isExact(policy)) expect(availability.immediate).toBe(model);
        else expect(availability.immediate).toBeLessThanOrEqual(model ?? 0);
      }
    }), { numRuns });
  });

  it('fall by just what a hold takes, and no hold takes from another channel what it could have', () => {
    fc.assert(fc.property(catalogs, policies(channels).map((policy) => parsePolicy({ ...policy, rules: [] })), worlds, fc.integer({ min: 1, max: 6 }), (catalog, policy, drawn, quantity) => {
      const world = within(policy, drawn);
      const calculator = createAvailability({ catalog: parseCatalog(catalog), policy });
      const [channel] = policy.channels;
      if (channel === undefined) return;
      const before = count(calculator, channel.id, world);
      const { lines, hold } = decideHold(calculator, { id: 'cart', channel: channel.id, expiresAt: addMs(NOON, 60_000), grant: 'part', lines: [{ sku: KIT, quantity }] }, { positions: readerOf(world), asOf: NOON });
      expect(lines[0]?.granted).toBe(Math.min(quantity, Number(before)));
      expect(count(calculator, channel.id, withHold(world, hold))).toEqual(subtractQuantities(before, lines[0]?.granted ?? 0));
      for (const part of PARTS) {
        const left = (of: World): Quantity => calculator.compute({ channel: channel.id, sku: parseSku(part) }, readerOf(of), { asOf: NOON }).immediate ?? 0;
        const taken = (hold?.lines ?? []).filter(({ sku }) => sku === part).reduce((sum, line) => sum + Number(line.quantity), 0);
        expect(left(withHold(world, hold))).toEqual(subtractQuantities(left(world), taken));
      }
    }), { numRuns });
  });

  it('never fall when more is on hand, and never rise when more is asked for', () => {
    fc.assert(fc.property(catalogs, policies(channels), worlds, fc.constantFrom(...PARTS), fc.constantFrom(...LOCATIONS), fc.nat(), (catalog, policy, drawn, part, location, whose) => {
      const world = within(policy, drawn);
      const calculator = createAvailability({ catalog: parseCatalog(catalog), policy });
      const position = world.get(parseSku(part));
      const stock = position?.locations.get(location as LocationId);
      const asking = policy.channels[whose % policy.channels.length]?.id;
      if (position === undefined || stock === undefined || asking === undefined) return;
      const more = new Map([...world, [position.sku, { ...position, locations: new Map([...position.locations, [location as LocationId, { ...stock, onHand: Number(stock.onHand) + 1 }]]) }]]);
      const asked = new Map([...world, [position.sku, { ...position, unrouted: new Map([...position.unrouted, [asking, Number(position.unrouted.get(asking) ?? 0) + 1]]) }]]);
      for (const { id } of policy.channels) {
        expect(count(calculator, id, more)).toBeGreaterThanOrEqual(Number(count(calculator, id, world)));
        expect(count(calculator, id, asked)).toBeLessThanOrEqual(Number(count(calculator, id, world)));
      }
    }), { numRuns });
  });
});
