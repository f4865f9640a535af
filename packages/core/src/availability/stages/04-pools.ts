import type { About, PlainStocks } from '../../explanation/arithmetic.ts';
import type { ReasonCode, Stage } from '../../explanation/trace.ts';
import type { LocationId } from '../../identity/ids.ts';
import type { CompiledChannel, CompiledPolicy } from '../../policy/compile.ts';
import type { UnionSet } from '../../policy/location-sets.ts';
import { addQuantities, compareQuantities, maxQuantity, subtractQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext, Stocked } from '../context.ts';
import type { Guards } from './05-guards.ts';

/** What the locations can give, after stages 1 to 3, and what is asked of them by number of channel. */
export interface Pool<N> {
  /** Whose arithmetic it is, where not that of stage 4. */
  readonly stage?: Stage | undefined;
  at(place: number): N;
  /** What each location's number is made of, where that is plain. */
  readonly net: PlainStocks | undefined;
  /** Whether anybody may have claims. */
  readonly asked: boolean;
  /** Unrouted orders and live unrouted holds of a channel, absent where it has none. */
  claims(channel: number): N | undefined;
  /** Unrouted orders and live unrouted holds of channels that the policy does not list, absent where there are none. */
  unlisted(): N | undefined;
  /** What is kept for a channel; absent where nothing is kept for anybody. */
  readonly guards: Guards<N> | undefined;
}

/**
 * Stage 4: what a channel's own set may draw when every claim, and everything that is kept for a channel of another
 * set, is served from that channel's own eligible locations. The answer is the least, over every union S of eligible
 * sets that contains the channel's, of supply(S) less what can only be served inside S, plus what nothing could serve
 * anyway: what one location cannot serve never empties another. Locations that are not the channel's never count below
 * zero.
 *
 * Nobody says from where the demand of a channel is served that the policy does not list, so it is left alone wherever it
 * may be served: every channel counts it as a claim on its own set, and the explanation names it.
 *
 * @see stage 4 of the README
 */
export function pooled<N>(context: StageContext<N>, stocked: Stocked, pool: Pool<N>): N {
  const { ops, channel } = context;
  const about = ops.about?.(pool.stage ?? 'pools', stocked.item.sku);
  const { supersets = [allNear(channel)] } = channel;
  const [own] = supersets;
  const asked = pool.asked || pool.guards !== undefined;
  if (own !== undefined && supersets.length === 1) {
    const left = leftOf(context, pool, { set: own, about });
    return asked && channel.supersets !== undefined ? plusUnserved(context, pool, { least: left, about }) : left;
  }
  const least = ops.min(supersets.map((set) => leftOf(context, pool, { set, about })), ops.note?.(about, 'least over the shared pools', 'SHARED_POOL'));
  return asked ? plusUnserved(context, pool, { least, about }) : least;
}

/** The same with nothing kept for anybody, and nothing asked for by a channel. */
export function unguarded<N>(pool: Pool<N>, without?: number): Pool<N> {
  const { stage, net, asked } = pool;
  return { stage, net, asked, guards: undefined, at: (place) => pool.at(place), claims: (channel) => (channel === without ? undefined : pool.claims(channel)), unlisted: () => pool.unlisted() };
}

/** A channel's own set with every channel that shares a location with it, where there are too many unions: safe. */
function allNear({ name, locations, places, overlapping }: CompiledChannel): Asked & { readonly own: boolean } {
  return { name, locations, places, channels: overlapping, own: true };
}

/** What steps are about. */
export interface Part {
  readonly about: About | undefined;
}

type Asked = Pick<UnionSet, 'places' | 'locations' | 'name' | 'channels'>;

/** What a set of locations has beyond what is asked of it. */
function leftOf<N>(context: StageContext<N>, pool: Pool<N>, { set, about }: Part & { set: Asked & { readonly own: boolean } }): N {
  const { ops, channel, compiled } = context;
  const signed = compiled.policy.clamp === 'total';
  const own = signed && set.own;
  const owns = own || !signed ? undefined : channel.owns;
  const read = own ? (place: number): N => pool.at(place) : (place: number): N => (owns?.[place] === true ? pool.at(place) : countedAt(context, pool, { place, about }));
  const supply = ops.total(set.places, { read, net: own && pool.net !== undefined ? { stocks: pool.net, locations: set.locations } : undefined }, ops.note?.(about, `supply of ${set.name}`));
  return pool.asked || pool.guards !== undefined ? lessDemands(context, pool, { from: supply, channels: set.channels, about }) : supply;
}

/** What a location that is not the channel's own alone counts for. */
export function countedAt<N>({ ops, compiled }: StageContext<N>, pool: Pool<N>, { place, about }: Part & { place: number }): N {
  return ops.notNegative(pool.at(place), ops.note?.(aboutPlace(about, compiled.locationAt[place]), 'counted, not below zero', 'NOT_NEGATIVE'));
}

function aboutPlace(about: About | undefined, location: LocationId | undefined): About | undefined {
  return about === undefined ? undefined : { ...about, location };
}

/** Demands on a set of channels: their claims, and what is kept for those whose set is not the asking channel's. */
export function lessDemands<N>({ ops, channel, compiled }: StageContext<N>, pool: Pool<N>, { from, channels, about }: Part & { from: N; channels: readonly number[] }): N {
  let left = from;
  for (const number of channels) {
    const claims = pool.asked ? pool.claims(number) : undefined;
    if (claims !== undefined) left = ops.subtract(left, claims, ops.note?.(about, `after open demand of ${nameOf(compiled, number)}`, 'CLAIMS'));
    const guard = channel.isPeer.has(number) ? undefined : pool.guards?.(number);
    if (guard !== undefined) left = ops.subtract(left, guard.kept, ops.note?.(ops.because?.(about, guard.rule), `after what is kept for ${nameOf(compiled, number)}`, 'PROTECTED'));
  }
  const unlisted = unlistedOn(channel, pool, channels);
  return unlisted === undefined ? left : ops.subtract(left, unlisted, ops.note?.(about, 'after open demand of channels that the policy does not list', 'UNLISTED_CHANNEL'));
}

/** Demand of channels that the policy does not list, where a set has all of the channel's own. */
function unlistedOn<N>({ index }: CompiledChannel, pool: Pool<N>, channels: readonly number[]): N | undefined {
  return pool.asked && channels.includes(index) ? pool.unlisted() : undefined;
}

function nameOf({ channelAt }: CompiledPolicy, number: number): string {
  return channelAt[number]?.id ?? '';
}

/** Gives back what nothing could serve anyway. */
function plusUnserved<N>(context: StageContext<N>, pool: Pool<N>, { least, about }: Part & { least: N }): N {
  const { ops, compiled } = context;
  // What is left of the one set there is says that all demand on it can be served.
  if (compiled.unions.length === 1 && compareQuantities(ops.value(least), 0) >= 0) return least;
  const unserved = compiled.unions.flatMap((set) => (isServed(context, pool, set) ? [] : [unservedIn(context, pool, { set, about })]));
  const [first] = unserved;
  if (first === undefined) return least;
  const most = unserved.length === 1 ? first.beyond : ops.max(unserved.map(({ beyond }) => beyond), ops.note?.(about, 'most demand that nothing can serve'));
  const reason = unserved.every(({ reasonCode }) => reasonCode === 'PROTECTED') ? 'PROTECTED' : 'CLAIMS';
  return ops.add(least, most, ops.note?.(about, 'left, since demand that nothing can serve takes nothing', reason));
}

/** What {@link lessDemands} takes off, looked at before any arithmetic is written down. */
export function demandOn<N>({ ops, channel }: StageContext<N>, pool: Pool<N>, channels: readonly number[]): Quantity {
  let open: Quantity = 0;
  for (const number of channels) {
    const claims = pool.asked ? pool.claims(number) : undefined;
    if (claims !== undefined) open = addQuantities(open, ops.value(claims));
    const guard = channel.isPeer.has(number) ? undefined : pool.guards?.(number);
    if (guard !== undefined) open = addQuantities(open, ops.value(guard.kept));
  }
  const unlisted = unlistedOn(channel, pool, channels);
  return unlisted === undefined ? open : addQuantities(open, ops.value(unlisted));
}

/** Whether a set of locations has what is asked of it. */
function isServed<N>(context: StageContext<N>, pool: Pool<N>, set: UnionSet): boolean {
  const { ops } = context;
  let open = demandOn(context, pool, set.channels);
  for (const place of set.places) {
    if (compareQuantities(open, 0) <= 0) return true;
    open = subtractQuantities(open, maxQuantity(ops.value(pool.at(place)), 0));
  }
  return compareQuantities(open, 0) <= 0;
}

/** What is asked of a set of locations beyond what they have. */
export function unservedIn<N>(context: StageContext<N>, pool: Pool<N>, { set, about }: Part & { set: UnionSet }): { readonly beyond: N; readonly reasonCode: ReasonCode } {
  const { ops, channel } = context;
  const claims = claimsOn(channel, pool, set.channels);
  const kept = set.channels.flatMap((number) => (channel.isPeer.has(number) ? [] : (pool.guards?.(number)?.kept ?? [])));
  const demands = [...claims, ...kept];
  const [only] = demands;
  const asked = demands.length === 1 && only !== undefined ? only : ops.sum(demands, ops.note?.(about, `open demand that only ${set.name} can serve`));
  const supply = ops.total(set.places, { read: (place) => countedAt(context, pool, { place, about }), net: undefined }, ops.note?.(about, `supply of ${set.name}`));
  const beyond = ops.subtract(asked, supply, ops.note?.(about, `demand that ${set.name} cannot serve`));
  return { beyond, reasonCode: claims.length === 0 ? 'PROTECTED' : 'CLAIMS' };
}

function claimsOn<N>(channel: CompiledChannel, pool: Pool<N>, channels: readonly number[]): readonly N[] {
  return pool.asked ? [...channels.map((number) => pool.claims(number)), unlistedOn(channel, pool, channels)].filter((claim) => claim !== undefined) : [];
}

/**
 * How much demand the stock cannot serve, counting what locations owe. Under the clamp `perLocation` nothing at another
 * location makes up for what one owes, so all of that is lacking. @see stage 7 of the README
 */
export function shortOf<N>(context: StageContext<N>, { item }: Stocked, pool: Pool<N>): N {
  const { ops, channel, compiled } = context;
  const about = ops.about?.('beyondStock', item.sku);
  const sets: readonly Asked[] = channel.supersets === undefined ? [allNear(channel)] : compiled.unions;
  const owing = compiled.policy.clamp === 'total' ? [] : [...new Set(sets.flatMap(({ places }) => places))].filter((place) => compareQuantities(ops.value(pool.at(place)), 0) < 0);
  const read = owing.length === 0 ? (place: number): N => pool.at(place) : (place: number): N => countedAt(context, pool, { place, about });
  const nothing = ops.input(0, ops.note?.(about, 'nothing'));
  const short = sets.map(({ places, locations, channels, name }) => {
    const claims = claimsOn(channel, pool, channels);
    const net = pool.net === undefined || owing.length > 0 ? undefined : { stocks: pool.net, locations };
    const supply = ops.total(places, { read, net }, ops.note?.(about, `supply of ${name}`));
    return ops.subtract(ops.sum([nothing, ...claims], ops.note?.(about, `open demand that only ${name} can serve`)), supply, ops.note?.(about, `demand that ${name} cannot serve`));
  });
  const unserved = ops.notNegative(ops.max(short, ops.note?.(about, 'most demand that stock cannot serve')), ops.note?.(about, 'demand that stock cannot serve'));
  if (owing.length === 0) return unserved;
  const owed = owing.map((place) => ops.subtract(nothing, pool.at(place), ops.note?.(aboutPlace(about, compiled.locationAt[place]), 'owed here')));
  return ops.sum([unserved, ...owed], ops.note?.(about, 'demand that stock cannot serve, and what locations owe'));
}
