import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAvailability, parseCatalog, parsePolicy, parseSku, type AvailabilityCalculator, type ChannelId, type Policy, type PolicyInput, type Position } from '../../src/index.ts';
import { leftByMaximumFlow, type Needs } from '@stockwright/testkit';
import { NOON, policies, readerOf, worlds } from './arbitraries.ts';

const SKU = parseSku('A');
const catalog = parseCatalog([{ sku: 'A' }]);
const world = worlds({ least: 0, most: 12, routed: false }).map((positions) => positions.get(SKU)).filter((position) => position !== undefined);
type Rule = NonNullable<PolicyInput['rules']>[number];

function ask(calculator: AvailabilityCalculator, channel: ChannelId, position: Position): number {
  return Number(calculator.compute({ channel, sku: SKU }, readerOf(new Map([[SKU, position]])), { asOf: NOON }).immediate);
}

/** Supply, and every claim as a demand on its channel's own locations; on those of the asking channel where the policy does not list whose it is. */
function needsOf(policy: Policy, position: Position, asking: readonly string[]): Needs {
  const claims = [...[...position.unrouted].map(([id, units]) => ({ id, units: Number(units) })), ...position.holds.filter(({ expiresAt }) => expiresAt > NOON).map(({ channel, quantity }) => ({ id: channel, units: Number(quantity) }))];
  return {
    supply: new Map([...position.locations].map(([location, { onHand }]) => [location, Number(onHand)])),
    demands: claims.map(({ id, units }) => ({ units, from: policy.channels.find((channel) => channel.id === id)?.locations ?? asking })),
  };
}

it('leaves each channel what a maximum flow leaves it', () => {
  fc.assert(fc.property(policies({ kinds: [], bounded: false }), world, (policy, position: Position) => {
    const calculator = createAvailability({ policy, catalog });
    for (const { id, locations } of policy.channels) expect(ask(calculator, id, position)).toBe(leftByMaximumFlow(locations, needsOf(policy, position, locations)));
  }), { numRuns: 400 });
});

describe('protections', () => {
  const levels = fc.record({ market: fc.integer({ min: 0, max: 20 }), shop: fc.integer({ min: 0, max: 20 }), wholesale: fc.integer({ min: 0, max: 20 }) }, { requiredKeys: [] });
  const keeping = (policy: Policy, kept: Readonly<Record<string, number | undefined>>): Policy => parsePolicy({
    ...policy,
    rules: Object.entries(kept).flatMap(([channel, level]): Rule[] => (level === undefined ? [] : [{ id: channel, owner: 'o', reason: 'r', kind: 'protection', scope: { channel }, keep: { level } }])),
  });
  const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((location) => b.includes(location));

  /** One unit at a time to the channel with the largest quotient, of equal ones to the smaller id. */
  function cut(units: number, kept: readonly (readonly [string, number])[]): Map<string, number> {
    const parts = new Map(kept.map(([id]) => [id, 0]));
    for (let left = Math.min(units, kept.reduce((sum, [, level]) => sum + level, 0)); left > 0; left -= 1) {
      const [best] = kept.toSorted(([a, x], [b, y]) => y / ((parts.get(b) ?? 0) + 1) - x / ((parts.get(a) ?? 0) + 1) || (a < b ? -1 : 1));
      if (best !== undefined) parts.set(best[0], (parts.get(best[0]) ?? 0) + 1);
    }
    return parts;
  }

  it('leave each channel what a maximum flow leaves it, those of one set cut to what is there', () => {
    fc.assert(fc.property(policies({ kinds: [], bounded: false }), levels, world, (plain, kept, position: Position) => {
      const policy = keeping(plain, kept);
      const calculator = createAvailability({ policy, catalog });
      for (const { id, locations } of policy.channels) {
        const needs = needsOf(policy, position, locations);
        const others = policy.channels.filter((other) => !sameSet(other.locations, locations)).map((other) => ({ from: other.locations, units: kept[other.id as 'shop'] ?? 0 }));
        const pool = leftByMaximumFlow(locations, { ...needs, demands: [...needs.demands, ...others] });
        const peers = policy.channels.filter((other) => sameSet(other.locations, locations)).map((other) => [other.id as string, kept[other.id as 'shop'] ?? 0] as const);
        const rest = [...cut(pool, peers)].reduce((left, [peer, units]) => (peer === id ? left : left - units), pool);
        expect(ask(calculator, id, position)).toBe(rest);
      }
    }), { numRuns: 600 });
  });

  it('never raise another channel\'s number, and never lower their own', () => {
    fc.assert(fc.property(policies({ kinds: [], bounded: false }), levels, world, fc.constantFrom('market', 'shop', 'wholesale'), fc.integer({ min: 0, max: 9 }), (plain, kept, position: Position, whose, more) => {
      const before = createAvailability({ policy: keeping(plain, kept), catalog });
      const after = createAvailability({ policy: keeping(plain, { ...kept, [whose]: (kept[whose as 'shop'] ?? 0) + more }), catalog });
      for (const { id } of plain.channels) {
        const [was, is] = [ask(before, id, position), ask(after, id, position)];
        if (id === whose) expect(is).toBeGreaterThanOrEqual(was);
        else expect(is).toBeLessThanOrEqual(was);
      }
    }), { numRuns: 300 });
  });
});

describe('a share', () => {
  const weights = fc.record({ market: fc.integer({ min: 1, max: 9 }), shop: fc.integer({ min: 1, max: 9 }), wholesale: fc.integer({ min: 1, max: 9 }) });
  const shares = (between: Readonly<Record<string, number>>, onHand: number): number[] => {
    const ids = ['market', 'shop', 'wholesale'];
    const policy = parsePolicy({ version: '1', channels: ids.map((id) => ({ id, locations: ['W1'] })), rules: [{ id: 's', owner: 'o', reason: 'r', kind: 'share', between }] });
    const position = { sku: SKU, scale: 0, locations: new Map([['W1', { onHand, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }]]), unrouted: new Map(), holds: [] };
    return ids.map((id) => ask(createAvailability({ policy, catalog }), id as ChannelId, position as unknown as Position));
  };

  it('gives every unit to exactly one, none less than its share rounded down, and more to none when there is less', () => {
    fc.assert(fc.property(weights, fc.integer({ min: 0, max: 200 }), (between, onHand) => {
      const all = between.market + between.shop + between.wholesale;
      const parts = shares(between, onHand);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(onHand);
      parts.forEach((part, index) => { expect(part).toBeGreaterThanOrEqual(Math.floor((onHand * (Object.values({ m: between.market, s: between.shop, w: between.wholesale })[index] ?? 0)) / all)); });
      shares(between, onHand + 1).forEach((part, index) => { expect(part).toBeGreaterThanOrEqual(parts[index] ?? 0); });
    }), { numRuns: 200 });
  });
});
