import { parsePolicy } from './parse.ts';
import type { Policy, PolicyInput } from './policy.ts';

type RuleInput = NonNullable<PolicyInput['rules']>[number];
type ChannelInput = PolicyInput['channels'][number];
type LocationInput = NonNullable<PolicyInput['locations']>[number];
type OverlayInput = NonNullable<PolicyInput['overlays']>[number];

/** What a scope says of itself, with its channel and its location out of those that there are. */
type ScopeFor<Scope, Channels extends string, Locations extends string> = Scope extends object
  ? Omit<Scope, 'channel' | 'location'>
    & (Scope extends { channel: string } ? { channel: Channels } : 'channel' extends keyof Scope ? { channel?: Channels | undefined } : unknown)
    & ('location' extends keyof Scope ? { location?: Locations | undefined } : unknown)
  : Scope;

/** Of several forms exactly one: `{ fixed: 1, percent: 5 }` is neither. */
type OneForm<Forms, All = Forms> = Forms extends object ? Forms & { [Other in Exclude<All extends object ? keyof All : never, keyof Forms>]?: never } : Forms;

type ForChannels<Rule, Channels extends string, Locations extends string> = Rule extends RuleInput
  ? Omit<Rule, 'scope' | 'between' | 'order' | 'withhold' | 'keep' | 'most'>
    & { [Amount in Extract<keyof Rule, 'withhold' | 'keep' | 'most'>]: OneForm<Rule[Amount]> }
    & (Rule extends { scope: infer Scope } ? { scope: ScopeFor<Scope, Channels, Locations> } : Rule extends { scope?: infer Scope } ? { scope?: ScopeFor<Scope, Channels, Locations> } : unknown)
    & (Rule extends { between: unknown } ? { between: Partial<Record<Channels, string | number>> } : unknown)
    & (Rule extends { order: unknown } ? { order: Channels[] } : unknown)
  : never;

/** A rule that can name only these channels, and only these locations. @public */
export type RuleForChannels<Channels extends string, Locations extends string = string> = ForChannels<RuleInput, Channels, Locations>;

/** A channel with the locations that serve it, by name, by sourcing or by both. @public */
export type ChannelWithLocations<Own extends string> = Omit<ChannelInput, 'id' | 'locations'>
  & ({ locations: readonly Own[] } | { locations?: readonly Own[] | undefined; sourcing: NonNullable<ChannelInput['sourcing']> });

/** An overlay whose rules can name only what a rule can, and which suspends only rules that are there. @public */
export type OverlayFor<Channels extends string, Locations extends string, Rules extends string, Own extends string> = Omit<OverlayInput, 'rules' | 'suspends'>
  & { suspends?: readonly NoInfer<Rules>[] | undefined; rules?: readonly (RuleForChannels<Channels, Locations> & { id: Own })[] | undefined };

/**
 * Puts a policy together. A rule can name only channels that were added before, and locations that a channel or
 * `location` named before; an overlay suspends only rules that were added before. The compiler says so, and an editor
 * offers them. Where a name is not known before the program runs, any will do.
 *
 * @public
 */
export interface PolicyBuilder<Channels extends string, Locations extends string = string, Rules extends string = string> {
  location<const Id extends string>(location: LocationInput & { id: Id }): PolicyBuilder<Channels, Locations | Id, Rules>;
  channel<const Id extends string, const Own extends string = never>(id: Id, channel: ChannelWithLocations<Own>): PolicyBuilder<Channels | Id, Locations | Own, Rules>;
  rule<const Id extends string>(rule: RuleForChannels<Channels, Locations> & { id: Id }): PolicyBuilder<Channels, Locations, Rules | Id>;
  overlay<const Own extends string = never>(overlay: OverlayFor<Channels, Locations, Rules, Own>): PolicyBuilder<Channels, Locations, Rules | Own>;
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
export function buildPolicy(version: string | Omit<PolicyInput, 'channels' | 'rules' | 'locations' | 'overlays'>): PolicyBuilder<never, never, never> {
  return builderOf<never, never, never>({ ...(typeof version === 'string' ? { version } : version), channels: [], locations: [], rules: [], overlays: [] });
}

type Draft = PolicyInput & { readonly locations: LocationInput[]; readonly rules: RuleInput[]; readonly overlays: OverlayInput[] };

/** Every step gives a new builder, so that a common beginning can be continued in several ways. */
function builderOf<Channels extends string, Locations extends string, Rules extends string>(draft: Draft): PolicyBuilder<Channels, Locations, Rules> {
  return {
    location: (location) => builderOf({ ...draft, locations: [...draft.locations, location] }),
    channel: (id, channel) => builderOf({ ...draft, channels: [...draft.channels, { id, ...channel } as ChannelInput] }),
    rule: (rule) => builderOf({ ...draft, rules: [...draft.rules, rule as RuleInput] }),
    overlay: (overlay) => builderOf({ ...draft, overlays: [...draft.overlays, overlay as OverlayInput] }),
    toJSON: () => draft,
    build: () => parsePolicy(draft),
  };
}
