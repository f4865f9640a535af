import type { Catalog, CatalogItem } from '../catalog/catalog.ts';
import { invalidInput, StockwrightError, type Issue } from '../errors/error.ts';
import { listed, shown } from '../errors/issue.ts';
import { named, type ChannelId, type LocationId, type Sku } from '../identity/ids.ts';
import { contestedGroups, type ContestedGroup } from './contested.ts';
import { boundRules, type BoundRule, type CustomRule } from './define-rule.ts';
import { LocationSets, numberLocations, SupersetOf, type LocationUnion, type NumberedLocations, type Superset, type UnionSet } from './location-sets.ts';
import { ruleBook, type RuleBook, type RulesByPlace, type RuleOf } from './item-rules.ts';
import type { Policy, PolicyChannel, PolicyLocation } from './policy.ts';
import type { PerKit } from '../quantity/per-kit.ts';
import { effectiveRules } from './windows.ts';

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
  /** The same, to look one up. */
  readonly isPeer: ReadonlySet<number>;
  /** Locations that other channels tie together; none where kits of the channel are not counted per location. */
  readonly contested: readonly ContestedGroup[];
}

/** Something that sells a stocked sku: itself, or a kit of it. */
export interface SoldOf {
  readonly sku: Sku;
  /** How many steps of the stocked sku one takes. */
  readonly quantityPer: PerKit;
  /** The rules that let it be preordered, absent where there are none. */
  readonly limits: RulesByPlace<RuleOf<'preorderLimit'>> | undefined;
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
  /** The number of each location. */
  readonly placeOf: ReadonlyMap<LocationId, number>;
  /** What the policy says of the location of a number, where it is more than that it is live. */
  readonly settingsAt: readonly (PolicyLocation | undefined)[];
  /** Whether the policy says nothing of any location but that it is live. */
  readonly plainPlaces: boolean;
  /** Every union of eligible sets, the empty one left out. */
  readonly unions: readonly UnionSet[];
  readonly rules: RuleBook;
  /** All that sells a stocked sku; absent where no rule lets anything be preordered. */
  readonly soldOf: ((item: CatalogItem) => readonly SoldOf[]) | undefined;
  /** The rules of one's own that the policy uses, by the id of the rule in the policy. */
  readonly custom: ReadonlyMap<string, BoundRule>;
  /** The definitions of the rules of one's own. */
  readonly definitions: readonly CustomRule<unknown>[];
}

/** Prepares a policy for a catalogue, once per activation. */
export function compilePolicy(policy: Policy, catalog: Catalog, definitions: readonly CustomRule<unknown>[] = []): CompiledPolicy {
  refuseUnread(policy, catalog);
  const numbered = numberLocations(policy.channels);
  const { locationAt, placeOf } = numbered;
  const sets = new LocationSets(numbered);
  const unions = sets.unions();
  const ids = policy.channels.map(({ id }) => id);
  const bySet = new Map<number, CompiledSet>();
  const channelAt = policy.channels.map((channel, index) => {
    const set = sets.setOf(index);
    let eligible = bySet.get(set);
    if (eligible === undefined) bySet.set(set, (eligible = compileSet(set, { places: numbered.placesOf[index] ?? [], ids, sets, unions, count: locationAt.length })));
    return compileChannel(channel, { index, policy, numbered, eligible });
  });
  const settings = new Map(policy.locations.filter(({ lifecycle, stale }) => lifecycle !== 'live' || stale !== undefined).map((known) => [known.id, known]));
  const settingsAt = locationAt.map((location) => (settings.size === 0 ? undefined : settings.get(location)));
  const rules = effectiveRules(policy);
  const book = ruleBook(rules, {
    locations: locationAt,
    channels: ids,
    peers: channelAt.map(({ peers }) => peers),
  });
  return {
    policy, catalog, definitions, channelAt, locationAt, placeOf, settingsAt,
    plainPlaces: settings.size === 0 || settingsAt.every((known) => known === undefined),
    channels: new Map(channelAt.map((channel) => [channel.id, channel])),
    unions: unions ?? [],
    custom: boundRules(policy, definitions),
    rules: book,
    soldOf: rules.some(({ kind }) => kind === 'preorderLimit') ? sellers(catalog, book) : undefined,
  };
}

/** Documents that nobody has read yet look like policies and catalogues, and lack their defaults. */
function refuseUnread(policy: unknown, catalog: unknown): void {
  const { channels, rules, overlays, locations } = (policy ?? {}) as Readonly<Record<string, unknown>>;
  const { items, kitsUsing } = (catalog ?? {}) as Readonly<Record<string, unknown>>;
  const issues: Issue[] = [];
  if (![channels, rules, overlays, locations].every(Array.isArray)) issues.push({ path: ['policy'], message: `${shown(policy)} is no policy; read it with parsePolicy first` });
  if (![items, kitsUsing].every((map) => typeof (map as Partial<Catalog['items']> | undefined)?.get === 'function')) issues.push({ path: ['catalog'], message: `${shown(catalog)} is no catalogue; read it with parseCatalog first` });
  if (issues.length > 0) throw invalidInput('policy or catalogue', issues);
}

/** Finds what sells a stocked sku, once for each. */
function sellers({ items, kitsUsing }: Catalog, rules: RuleBook): (item: CatalogItem) => readonly SoldOf[] {
  const known = new Map<Sku, readonly SoldOf[]>();
  return (item) => {
    let found = known.get(item.sku);
    if (found === undefined) {
      const kits = (kitsUsing.get(item.sku) ?? []).flatMap((sku) => items.get(sku) ?? []).filter(({ tracked }) => tracked);
      found = [item, ...kits].map((one) => ({ sku: one.sku, quantityPer: one.components?.find(({ sku }) => sku === item.sku)?.quantityPer ?? 1, limits: rules.of(one).preorderLimit }));
      known.set(item.sku, found);
    }
    return found;
  };
}

/** What all channels of exactly the same locations share. */
type CompiledSet = Pick<CompiledChannel, 'supersets' | 'overlapping' | 'peers' | 'isPeer' | 'owns'>;

interface AroundSet {
  /** The numbers of its locations, as one of its channels orders them. */
  readonly places: readonly number[];
  /** The ids of the channels by number. */
  readonly ids: readonly ChannelId[];
  readonly sets: LocationSets;
  readonly unions: readonly LocationUnion[] | undefined;
  /** How many locations there are. */
  readonly count: number;
}

/** Lists as long as all channels or all locations are made when somebody asks for them: most sets never are. */
function compileSet(set: number, { places, ids, sets, unions, count }: AroundSet): CompiledSet {
  let overlapping: readonly number[] | undefined;
  let owns: readonly boolean[] | undefined;
  const peers = sets.channelsOf(set).toSorted((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1));
  return {
    supersets: unions?.filter((union) => union.sets.has(set))
      .sort((a, b) => a.size - b.size)
      .map((union) => new SupersetOf(union, union.size === sets.countOf(set))),
    peers,
    isPeer: new Set(peers),
    get overlapping() {
      return (overlapping ??= sets.overlapping(set));
    },
    get owns() {
      if (owns === undefined) {
        const own = Array.from({ length: count }, () => false);
        for (const place of places) own[place] = true;
        owns = own;
      }
      return owns;
    },
  };
}

interface AroundChannel {
  readonly index: number;
  readonly policy: Policy;
  readonly numbered: NumberedLocations;
  readonly eligible: CompiledSet;
}

function compileChannel(channel: PolicyChannel, { index, policy, numbered: { placeOf, placesOf }, eligible }: AroundChannel): CompiledChannel {
  let name: string | undefined;
  let contested: readonly ContestedGroup[] | undefined;
  return {
    ...channel,
    index,
    get name() {
      return (name ??= channel.locations.join(', '));
    },
    places: placesOf[index] ?? [],
    get owns() {
      return eligible.owns;
    },
    supersets: eligible.supersets,
    get overlapping() {
      return eligible.overlapping;
    },
    peers: eligible.peers,
    isPeer: eligible.isPeer,
    get contested() {
      return (contested ??= policy.kits === 'perLocation' || channel.publish === 'perLocation' ? contestedGroups(channel, { channels: policy.channels, placeOf }) : []);
    },
  };
}

/** The channel, or a clear refusal. @throws `INVALID_INPUT` */
export function channelOf(compiled: CompiledPolicy, id: ChannelId): CompiledChannel {
  const channel = compiled.channels.get(id);
  if (channel !== undefined) return channel;
  const message = `Policy ${compiled.policy.version} lists no channel ${named(id)}; it lists ${listed([...compiled.channels.keys()])}.`;
  throw new StockwrightError(message, { code: 'INVALID_INPUT', issues: [{ path: ['channel'], message }] });
}

/** The item, or a clear refusal. @throws `INVALID_INPUT` */
export function itemOf(compiled: CompiledPolicy, sku: Sku): CatalogItem {
  const item = compiled.catalog.items.get(sku);
  if (item !== undefined) return item;
  const message = `The catalogue has no sku ${named(sku)}. Add it to the catalogue, or map the identifier to a sku that is there.`;
  throw new StockwrightError(message, { code: 'INVALID_INPUT', issues: [{ path: ['sku'], message }] });
}
