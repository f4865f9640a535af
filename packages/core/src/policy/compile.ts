import type { Catalog, CatalogItem } from '../catalog/catalog.ts';
import { StockwrightError } from '../errors/error.ts';
import { listed } from '../errors/issue.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { contestedGroups, type ContestedGroup } from './contested.ts';
import { boundRules, type BoundRule, type CustomRule } from './define-rule.ts';
import { ruleBook, type RuleBook } from './item-rules.ts';
import type { Policy, PolicyChannel, PolicyLocation } from './policy.ts';
import { unionsOf, type UnionSet } from './unions.ts';
import { effectiveRules } from './windows.ts';

/** A union that contains a channel's own set. */
export interface Superset extends UnionSet {
  /** Whether it has no other locations. */
  readonly own: boolean;
}

/** A channel with what stages 4 and 5 need of it. */
export interface CompiledChannel extends PolicyChannel {
  /** Its number: channels are counted in the order of the policy. */
  readonly index: number;
  /** Its locations as a person reads them. */
  readonly name: string;
  /** The numbers of its locations, most preferred first. */
  readonly places: readonly number[];
  /** Whether the location of a number is its own. */
  readonly owns: readonly boolean[];
  /** Unions that contain the channel's own set, that one first; absent where there were too many. */
  readonly supersets: readonly Superset[] | undefined;
  /** Numbers of the channels whose set shares a location with this one's, itself included. */
  readonly overlapping: readonly number[];
  /** Numbers of the channels that have exactly its set, itself included, in the order of their ids. */
  readonly peers: readonly number[];
  /** Locations that other channels tie together; none where kits of the channel are not counted per location. */
  readonly contested: readonly ContestedGroup[];
}

/** A policy in the form that the pipeline reads. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly catalog: Catalog;
  readonly channels: ReadonlyMap<ChannelId, CompiledChannel>;
  /** The channels by number. */
  readonly channelAt: readonly CompiledChannel[];
  /** The locations by number: all that some channel may draw on. */
  readonly locationAt: readonly LocationId[];
  /** What the policy says of the location of a number, where it is more than that it is live. */
  readonly settingsAt: readonly (PolicyLocation | undefined)[];
  /** Whether the policy says nothing of any location but that it is live. */
  readonly plainPlaces: boolean;
  /** Every union of eligible sets, the empty one left out. */
  readonly unions: readonly UnionSet[];
  readonly rules: RuleBook;
  /** The rules of one's own that the policy uses, by the id of the rule in the policy. */
  readonly custom: ReadonlyMap<string, BoundRule>;
}

/** Prepares a policy for a catalogue, once per activation. */
export function compilePolicy(policy: Policy, catalog: Catalog, definitions: readonly CustomRule<unknown>[] = []): CompiledPolicy {
  const locationAt = [...new Set(policy.channels.flatMap(({ locations }) => locations))];
  const places = new Map(locationAt.map((location, place) => [location, place]));
  const unions = unionsOf(policy.channels, places);
  const channelAt = policy.channels.map((channel, index) => compileChannel(channel, { index, policy, locationAt, places, unions }));
  const settings = new Map(policy.locations.filter(({ lifecycle, stale }) => lifecycle !== 'live' || stale !== undefined).map((known) => [known.id, known]));
  const settingsAt = locationAt.map((location) => settings.get(location));
  return {
    policy, catalog, channelAt, locationAt,
    settingsAt,
    plainPlaces: settings.size === 0 || settingsAt.every((known) => known === undefined),
    channels: new Map(channelAt.map((channel) => [channel.id, channel])),
    unions: unions ?? [],
    custom: boundRules(policy, definitions),
    rules: ruleBook(effectiveRules(policy), {
      locations: locationAt,
      channels: policy.channels.map(({ id }) => id),
      peers: channelAt.map(({ peers }) => new Set(peers.map((number) => policy.channels[number]?.id ?? ''))),
    }),
  };
}

interface Surroundings {
  readonly index: number;
  readonly policy: Policy;
  readonly locationAt: readonly LocationId[];
  readonly places: ReadonlyMap<LocationId, number>;
  readonly unions: readonly UnionSet[] | undefined;
}

function compileChannel(channel: PolicyChannel, { index, policy, locationAt, places, unions }: Surroundings): CompiledChannel {
  const eligible = new Set(channel.locations);
  const others = policy.channels.map((other, number) => ({ ...other, number }));
  return {
    ...channel,
    index,
    name: channel.locations.join(', '),
    places: channel.locations.map((location) => places.get(location) ?? -1),
    owns: locationAt.map((location) => eligible.has(location)),
    supersets: unions?.filter(({ channels }) => channels.includes(index))
      .sort((a, b) => a.locations.length - b.locations.length)
      .map((set) => ({ ...set, own: set.locations.length === eligible.size })),
    overlapping: others.filter(({ locations }) => locations.some((location) => eligible.has(location))).map(({ number }) => number),
    peers: others.filter(({ locations }) => locations.length === eligible.size && locations.every((location) => eligible.has(location)))
      .sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ number }) => number),
    contested: policy.kits === 'perLocation' || channel.publish === 'perLocation' ? contestedGroups(channel, { channels: policy.channels, unionsOf: (some) => unionsOf(some, places) }) : [],
  };
}

/** The channel, or a clear refusal. @throws `INVALID_INPUT` */
export function channelOf(compiled: CompiledPolicy, id: ChannelId): CompiledChannel {
  const channel = compiled.channels.get(id);
  if (channel !== undefined) return channel;
  const message = `Policy ${compiled.policy.version} lists no channel ${id}; it lists ${listed([...compiled.channels.keys()])}.`;
  throw new StockwrightError(message, { code: 'INVALID_INPUT', issues: [{ path: ['channel'], message }] });
}

/** The item, or a clear refusal. @throws `INVALID_INPUT` */
export function itemOf(compiled: CompiledPolicy, sku: Sku): CatalogItem {
  const item = compiled.catalog.items.get(sku);
  if (item !== undefined) return item;
  const message = `The catalogue has no sku ${sku}. Add it to the catalogue, or map the identifier to a sku that is there.`;
  throw new StockwrightError(message, { code: 'INVALID_INPUT', issues: [{ path: ['sku'], message }] });
}
