import fc from 'fast-check';
import { parsePolicy, type ChannelId, type Policy, type PolicyInput, type Position, type PositionReader, type PromisedBeyondStock, type Sku } from '@stockwright/core';
import { policies, type PolicyArbitraryOptions } from './policies.ts';
import { readerOf } from './positions.ts';
import { LOCATIONS, minutes, STOCKED } from './words.ts';

type Rule = NonNullable<PolicyInput['rules']>[number];
const base = { id: '', owner: 'o', reason: 'r' };
const few = fc.integer({ min: 0, max: 12 });
const allotted = fc.oneof(few.map((level) => ({ level })), few.map((quota) => ({ quota })));

const window = fc.oneof(
  { arbitrary: fc.constant({}), weight: 1 },
  { arbitrary: fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 30 })).map(([from, length]) => ({ from: minutes(from), until: minutes(from + length) })), weight: 5 },
);

/** Rules that divide what is there between the channels of a policy. */
function divisions(channels: readonly string[]): fc.Arbitrary<Rule[]> {
  const channel = fc.constantFrom(...channels);
  const item = fc.record({ sku: fc.constantFrom(...STOCKED), category: fc.constantFrom('mugs', 'plates') }, { requiredKeys: [] });
  const scope = fc.tuple(channel, item).map(([id, rest]) => ({ channel: id, ...rest }));
  const some = fc.uniqueArray(channel, { minLength: 1 });
  const rule = fc.oneof(
    fc.tuple(scope, allotted).map(([of, keep]): Rule => ({ ...base, kind: 'protection', scope: of, keep })),
    fc.tuple(scope, few, fc.boolean()).map(([of, segment, shared]): Rule => ({ ...base, kind: 'ringfence', scope: of, segment, shared })),
    fc.tuple(item, some.chain((ids) => fc.tuple(...ids.map((id) => fc.tuple(fc.constant(id), fc.integer({ min: 1, max: 5 })))))).map(([of, weights]): Rule =>
      ({ ...base, kind: 'share', scope: of, between: Object.fromEntries(weights) })),
    fc.tuple(item, fc.shuffledSubarray([...channels], { minLength: Math.min(2, channels.length) }).filter(({ length }) => length > 1 || channels.length < 2))
      .map(([of, order]): Rule => (order.length < 2 ? { ...base, kind: 'buffer', withhold: { fixed: 1 } } : { ...base, kind: 'priority', scope: of, order })),
    fc.tuple(scope, fc.integer({ min: 0, max: 100 })).map(([of, percent]): Rule => ({ ...base, kind: 'percentOfPool', scope: of, percent })),
    fc.tuple(scope, allotted).map(([of, most]): Rule => ({ ...base, kind: 'drawCap', scope: of, most })),
  );
  const listing = fc.record({ channel, sku: fc.constantFrom(...STOCKED, 'SET', 'BOX', 'FREE') }, { requiredKeys: [] });
  const more = fc.oneof(
    fc.tuple(listing, fc.oneof(few, fc.constant('unlimited'))).map(([of, limit]): Rule => ({ ...base, kind: 'backorderLimit', scope: of, limit })),
    fc.tuple(listing, fc.oneof(few, fc.constant('incoming')), window).map(([of, limit, when]): Rule => ({ ...base, ...when, kind: 'preorderLimit', scope: of, limit })),
    fc.tuple(listing, window).map(([of, when]): Rule => ({ ...base, ...when, kind: 'forceOut', scope: of })),
    fc.tuple(listing, fc.integer({ min: 1, max: 4 })).map(([of, multiple]): Rule => ({ ...base, kind: 'sellMultiple', scope: of, of: multiple })),
    fc.tuple(listing, few, few).map(([of, small, more]): Rule => ({ ...base, kind: 'buffer', scope: of, withhold: { levels: [{ from: 0, fixed: small }, { from: 6, fixed: small + 1 }, { from: 12, percent: Math.min(9, more) }] } })),
    fc.integer({ min: 1, max: 9 }).map((daysOfCover): Rule => ({ ...base, kind: 'safetyStock', withhold: { daysOfCover } })),
  );
  return fc.array(fc.oneof(rule, more), { maxLength: 6 }).map((rules) => rules.map((drawn, index) => ({ ...drawn, id: `division-${String(index)}` })));
}

/**
 * Policies with rules of every kind that a policy can hold but `custom`, overlays, and locations that are not live or
 * whose sources are silent; of the given kinds only, and none of the rest, where `kinds` is given.
 *
 * @public
 */
export function everyPolicies(options: PolicyArbitraryOptions = {}): fc.Arbitrary<Policy> {
  const plain = policies(options);
  if (options.kinds !== undefined) return plain;
  return plain.chain((policy) => fc.tuple(divisions(policy.channels.map(({ id }) => id)), fc.option(settings, { freq: 2, nil: [] }), fc.integer({ min: 0, max: 8 }), window)
    .map(([drawn, locations, own, during]) => {
      const rules = [...policy.rules, ...drawn];
      const overlays = 'from' in during ? [{ ...base, id: 'campaign', ...during, suspends: rules.slice(0, own % 3).map(({ id }) => id), rules: rules.slice(own).map((rule) => ({ ...rule })) }] : [];
      return parsePolicy({ ...policy, locations, rules: overlays.length === 0 ? rules : rules.slice(0, own), overlays: overlays.map((overlay) => ({ ...overlay, suspends: overlay.suspends.slice(0, own) })) });
    }));
}

type LocationInput = NonNullable<PolicyInput['locations']>[number];
const settings: fc.Arbitrary<LocationInput[]> = fc.tuple(...LOCATIONS.map((id) => fc.record({
  id: fc.constant(id),
  lifecycle: fc.constantFrom<NonNullable<LocationInput['lifecycle']>>('live', 'live', 'onboarding', 'closed', { frozen: 'keep' }, { frozen: 'zero' }),
  stale: fc.option(fc.record({
    afterMinutes: fc.integer({ min: 1, max: 20 }),
    becomes: fc.constantFrom<NonNullable<LocationInput['stale']>['becomes']>('keep', 'zero', { extraBuffer: { fixed: 3 } }, { extraBuffer: { percent: 40 } }),
  }), { nil: undefined }),
})));

const [SHOP, MARKET] = ['shop', 'market'] as string[] as [ChannelId, ChannelId];
const OPEN: PromisedBeyondStock = { backordered: new Map([[SHOP, 2]]), preordered: new Map([[SHOP, 3], [MARKET, 1]]) };
const ROUTED: PromisedBeyondStock = { ...OPEN, preorderedAt: new Map([[SHOP, new Map(LOCATIONS.slice(0, 1).map((location) => [location, 2]))]]) };
const OF_KITS: PromisedBeyondStock = { backordered: new Map(), preordered: new Map([[MARKET, 1]]) };
const PROMISED: ReadonlyMap<string, PromisedBeyondStock> = new Map([['A', OPEN], ['B', ROUTED], ['SET', OF_KITS]]);

/**
 * Reads positions from a map and answers everything else that a policy can ask: every channel took as many of everything as its
 * name has letters, less one where the window has a beginning; every source spoke ten minutes before noon.
 *
 * @public
 */
export function knowingReaderOf(positions: ReadonlyMap<Sku, Position>): PositionReader {
  return { ...readerOf(positions), consumed: ({ channel, from }) => channel.length - (from === undefined ? 0 : 1), heardAt: () => minutes(-10), velocity: ({ location }) => (location === 'W3' ? undefined : { units: 5, days: 7 }), promised: (sku) => PROMISED.get(sku) };
}
