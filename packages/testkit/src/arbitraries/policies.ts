import fc from 'fast-check';
import { parsePolicy, type Policy, type PolicyInput } from '@stockwright/core';
import { CHANNELS, LOCATIONS, minutes, STOCKED } from './words.ts';

type RuleInput = NonNullable<PolicyInput['rules']>[number];

/** What an arbitrary policy may hold. @public */
export interface PolicyArbitraryOptions {
  /** The kinds of rules; all where absent. */
  readonly kinds?: readonly (typeof ALL_KINDS)[number][];
  /** Rules with a window may begin or end; on by default. */
  readonly windows?: boolean;
  readonly clamp?: Policy['clamp'];
  readonly kits?: Policy['kits'];
  readonly publish?: 'total' | 'perLocation';
  readonly spread?: 'priority' | 'proportional';
  /** Channels may be unable to express a number; on by default. */
  readonly bounded?: boolean;
}

const ALL_KINDS = ['safetyStock', 'buffer', 'hideAtOrBelow', 'pin', 'cap'] as const;
const few = fc.integer({ min: 0, max: 8 });
const withhold = fc.oneof(few.map((fixed) => ({ fixed })), fc.constantFrom(0, 10, 33.3, 50, 100).map((percent) => ({ percent })));

function rules({ kinds = ALL_KINDS, windows = true }: PolicyArbitraryOptions): fc.Arbitrary<RuleInput[]> {
  if (kinds.length === 0) return fc.constant([]);
  const scope = {
    sku: fc.option(fc.constantFrom(...STOCKED, 'SET', 'BOX', 'FREE'), { nil: undefined, freq: 2 }),
    category: fc.option(fc.constantFrom('mugs', 'plates', 'sets'), { nil: undefined, freq: 1 }),
  };
  return fc.array(fc.record({
    kind: fc.constantFrom(...kinds),
    scope: fc.record({
      ...scope,
      location: fc.option(fc.constantFrom(...LOCATIONS), { nil: undefined }),
      channel: fc.option(fc.constantFrom(...CHANNELS), { nil: undefined }),
    }),
    withhold,
    quantity: few,
    window: windows ? fc.option(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 30 })), { nil: undefined }) : fc.constant(undefined),
  }), { maxLength: 5 }).map((drawn) => drawn.map(({ kind, scope: { location, channel, ...shared }, withhold: withheld, quantity, window }, index): RuleInput => {
    const base = {
      id: `rule-${String(index)}`, owner: 'merchandising', reason: `reason ${String(index)}`,
      ...(window === undefined ? {} : { from: minutes(window[0]), until: minutes(window[0] + window[1]) }),
    };
    const listing = { ...shared, channel };
    switch (kind) {
      case 'safetyStock': return { ...base, kind, scope: { ...shared, location }, withhold: withheld };
      case 'buffer': return { ...base, kind, scope: listing, withhold: withheld };
      case 'hideAtOrBelow': return { ...base, kind, scope: listing, threshold: quantity };
      case 'pin': return { ...base, kind, scope: { ...listing, location }, quantity };
      case 'cap': return { ...base, kind, scope: listing, most: quantity };
    }
  }));
}

/** Policies of one to three channels whose location sets overlap or do not. @public */
export function policies(options: PolicyArbitraryOptions = {}): fc.Arbitrary<Policy> {
  const channel = fc.record({
    locations: fc.uniqueArray(fc.constantFrom(...LOCATIONS), { minLength: 1, maxLength: LOCATIONS.length }),
    publish: options.publish === undefined ? fc.constantFrom('total', 'perLocation') : fc.constant(options.publish),
    spread: options.spread === undefined ? fc.constantFrom('priority', 'proportional') : fc.constant(options.spread),
    ...(options.bounded === false ? {} : { maximum: fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary: fc.integer({ min: 1, max: 20 }), weight: 1 }), wholeUnits: fc.constantFrom(undefined, undefined, true) }),
  });
  return fc.record({
    channels: fc.tuple(...CHANNELS.map((id) => channel.map((rest) => ({ id: id as string, ...rest }))))
      .chain((all) => fc.integer({ min: 1, max: all.length }).map((count) => all.slice(0, count))),
    clamp: options.clamp === undefined ? fc.constantFrom('total', 'perLocation') : fc.constant(options.clamp),
    kits: options.kits === undefined ? fc.constantFrom('pooled', 'perLocation') : fc.constant(options.kits),
    rules: rules(options),
  }).map((input) => parsePolicy({ version: '1', ...input }));
}
