import { parsePolicy } from './parse.ts';
import type { Policy, PolicyInput } from './policy.ts';

type RuleInput = NonNullable<PolicyInput['rules']>[number];
type ChannelInput = PolicyInput['channels'][number];
type LocationInput = NonNullable<PolicyInput['locations']>[number];
type OverlayInput = NonNullable<PolicyInput['overlays']>[number];

type ScopeFor<Scope, Channels extends string> = Scope extends { channel: string }
  ? Omit<Scope, 'channel'> & { channel: Channels }
  : Scope extends { channel?: string | undefined } ? Omit<Scope, 'channel'> & { channel?: Channels | undefined } : Scope;

type ForChannels<Rule, Channels extends string> = Rule extends RuleInput
  ? Omit<Rule, 'scope' | 'between' | 'order'>
    & (Rule extends { scope: infer Scope } ? { scope: ScopeFor<Scope, Channels> } : Rule extends { scope?: infer Scope } ? { scope?: ScopeFor<Scope, Channels> } : unknown)
    & (Rule extends { between: unknown } ? { between: Partial<Record<Channels, string | number>> } : unknown)
    & (Rule extends { order: unknown } ? { order: Channels[] } : unknown)
  : never;

/** A rule that can name only these channels. @public */
export type RuleForChannels<Channels extends string> = ForChannels<RuleInput, Channels>;

/** Puts a policy together; a rule can name only channels that were added before, and the compiler says so. @public */
export interface PolicyBuilder<Channels extends string> {
  location(location: LocationInput): PolicyBuilder<Channels>;
  channel<const Id extends string>(id: Id, channel: Omit<ChannelInput, 'id'>): PolicyBuilder<Channels | Id>;
  rule(rule: RuleForChannels<Channels>): PolicyBuilder<Channels>;
  overlay(overlay: Omit<OverlayInput, 'rules'> & { rules?: RuleForChannels<Channels>[] }): PolicyBuilder<Channels>;
  /** The policy as JSON carries it. */
  toJSON(): PolicyInput;
  /** @throws `INVALID_POLICY` as {@link parsePolicy} does. */
  build(): Policy;
}

/**
 * Begins a policy in code.
 *
 * @param version - The policy's version, or all that is said of the policy as a whole.
 * @example
 * ```ts
 * const policy = buildPolicy('1')
 *   .channel('shop', { locations: ['W1'] })
 *   .channel('wholesale', { locations: ['W1'] })
 *   .rule({ id: 'smith', owner: 'sales', reason: 'contract', kind: 'protection', scope: { channel: 'wholesale' }, keep: { level: 8 } })
 *   .build();
 * policy.rules.length // => 1
 * ```
 * @public
 */
export function buildPolicy(version: string | Omit<PolicyInput, 'channels' | 'rules' | 'locations' | 'overlays'>): PolicyBuilder<never> {
  return builderOf<never>({ ...(typeof version === 'string' ? { version } : version), channels: [], locations: [], rules: [], overlays: [] });
}

type Draft = PolicyInput & { readonly locations: LocationInput[]; readonly rules: RuleInput[]; readonly overlays: OverlayInput[] };

/** Every step gives a new builder, so that a common beginning can be continued in several ways. */
function builderOf<Channels extends string>(draft: Draft): PolicyBuilder<Channels> {
  return {
    location: (location) => builderOf<Channels>({ ...draft, locations: [...draft.locations, location] }),
    channel: (id, channel) => builderOf({ ...draft, channels: [...draft.channels, { id, ...channel }] }),
    rule: (rule) => builderOf<Channels>({ ...draft, rules: [...draft.rules, rule as RuleInput] }),
    overlay: (overlay) => builderOf<Channels>({ ...draft, overlays: [...draft.overlays, overlay as OverlayInput] }),
    toJSON: () => draft,
    build: () => parsePolicy(draft),
  };
}
