import type { Catalog, CatalogItem } from '../catalog/catalog.ts';
import { StockwrightError } from '../errors/error.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Policy, PolicyChannel, PolicyRule } from './policy.ts';

/** Past this many unions of eligible sets a channel subtracts every overlapping claim instead, which is safe. */
export const MAX_UNIONS = 256;

/** A set of locations that some union of eligible sets makes, and the channels whose own set lies inside. */
export interface UnionSet {
  /** The locations as a person reads them. */
  readonly name: string;
  readonly locations: readonly LocationId[];
  readonly channels: readonly ChannelId[];
}

/** A channel with what stage 4 needs of it. */
export interface CompiledChannel extends PolicyChannel {
  /** Its locations as a person reads them. */
  readonly name: string;
  readonly eligible: ReadonlySet<LocationId>;
  /** Unions that contain the channel's own set, that one first; absent where there were too many. */
  readonly supersets: readonly UnionSet[] | undefined;
  /** Channels whose set shares a location with this one's, itself included. */
  readonly overlapping: readonly ChannelId[];
}

/** A policy in the form that the pipeline reads. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly catalog: Catalog;
  readonly channels: ReadonlyMap<ChannelId, CompiledChannel>;
  /** Every union of eligible sets, the empty one left out. */
  readonly unions: readonly UnionSet[];
  readonly rules: ReadonlyMap<PolicyRule['kind'], readonly PolicyRule[]>;
}

/** Prepares a policy for a catalogue, once per activation. */
export function compilePolicy(policy: Policy, catalog: Catalog): CompiledPolicy {
  const unions = unionsOf(policy.channels);
  const channels = new Map<ChannelId, CompiledChannel>();
  for (const channel of policy.channels) {
    const eligible = new Set(channel.locations);
    const supersets = unions?.filter(({ locations }) => channel.locations.every((location) => locations.includes(location)))
      .sort((a, b) => a.locations.length - b.locations.length);
    const overlapping = policy.channels.filter(({ locations }) => locations.some((location) => eligible.has(location))).map(({ id }) => id);
    channels.set(channel.id, { ...channel, name: channel.locations.join(', '), eligible, supersets, overlapping });
  }
  const rules = new Map<PolicyRule['kind'], PolicyRule[]>();
  for (const rule of [...policy.rules].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const known = rules.get(rule.kind);
    if (known === undefined) rules.set(rule.kind, [rule]);
    else known.push(rule);
  }
  return { policy, catalog, channels, unions: unions ?? [], rules };
}

function unionsOf(channels: readonly PolicyChannel[]): readonly UnionSet[] | undefined {
  const sets = new Map<string, readonly LocationId[]>();
  for (const { locations } of channels) {
    const own = [...locations].sort();
    for (const other of [[], ...sets.values()]) {
      const union = [...new Set([...other, ...own])].sort();
      sets.set(union.join('\u001f'), union);
      if (sets.size > MAX_UNIONS) return undefined;
    }
  }
  return [...sets.values()].map((locations) => ({
    name: locations.join(', '),
    locations,
    channels: channels.filter((channel) => channel.locations.every((location) => locations.includes(location))).map(({ id }) => id),
  }));
}

/** The channel, or a clear refusal. @throws `INVALID_INPUT` */
export function channelOf(compiled: CompiledPolicy, id: ChannelId): CompiledChannel {
  const channel = compiled.channels.get(id);
  if (channel !== undefined) return channel;
  const known = [...compiled.channels.keys()].join(', ');
  throw new StockwrightError(`Policy ${compiled.policy.version} lists no channel ${id}; it lists ${known}.`, { code: 'INVALID_INPUT' });
}

/** The item, or a clear refusal. @throws `INVALID_INPUT` */
export function itemOf(compiled: CompiledPolicy, sku: Sku): CatalogItem {
  const item = compiled.catalog.items.get(sku);
  if (item !== undefined) return item;
  throw new StockwrightError(`The catalogue has no sku ${sku}. Add it to the catalogue, or map the identifier to a sku that is there.`, { code: 'INVALID_INPUT' });
}

/** What a rule is asked about. */
export interface RuleSubject {
  readonly item: CatalogItem;
  readonly location?: LocationId;
  readonly channel?: ChannelId;
  readonly asOf: Instant;
  /** Collects the moments at which another rule may win. */
  readonly boundaries: (instant: Instant) => void;
}

type RuleOf<Kind extends PolicyRule['kind']> = Extract<PolicyRule, { kind: Kind }>;

/**
 * The rule of a kind that applies: the most specific of those in effect; of equal ones the smallest id.
 * Specific means: sku before category, either before a bare location or channel, and that before none.
 */
export function ruleFor<Kind extends PolicyRule['kind']>(compiled: CompiledPolicy, kind: Kind, subject: RuleSubject): RuleOf<Kind> | undefined {
  const rules = compiled.rules.get(kind);
  if (rules === undefined) return undefined;
  let winner: PolicyRule | undefined;
  let best = -1;
  for (const rule of rules) {
    const rank = specificity(rule, subject);
    if (rank < 0) continue;
    if (rule.from !== undefined) subject.boundaries(rule.from);
    if (rule.until !== undefined) subject.boundaries(rule.until);
    const inEffect = (rule.from === undefined || rule.from <= subject.asOf) && (rule.until === undefined || subject.asOf < rule.until);
    if (!inEffect || rank <= best) continue;
    winner = rule;
    best = rank;
  }
  return winner as RuleOf<Kind> | undefined;
}

/** The shape of every rule's scope; a kind lacks what it cannot name. */
interface AnyScope {
  readonly sku?: string | undefined;
  readonly category?: string | undefined;
  readonly location?: string | undefined;
  readonly channel?: string | undefined;
}

/** How closely a rule's scope fits, or -1 where it does not. */
function specificity(rule: PolicyRule, subject: RuleSubject): number {
  const scope: AnyScope | undefined = rule.scope;
  if (scope === undefined) return 0;
  if (!fits(scope, subject)) return -1;
  const place = scope.location ?? scope.channel;
  return (scope.sku === undefined ? 0 : 8) + (scope.category === undefined ? 0 : 4) + (place === undefined ? 0 : 2);
}

/** Runs for every rule of a kind, hence without a loop. */
function fits(scope: AnyScope, { item, location, channel }: RuleSubject): boolean {
  return (scope.sku === undefined || scope.sku === item.sku)
    && (scope.category === undefined || scope.category === item.category)
    && (scope.location === undefined || scope.location === location)
    && (scope.channel === undefined || scope.channel === channel);
}
