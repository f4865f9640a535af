import type { About } from '../../explanation/arithmetic.ts';
import type { ReasonCode } from '../../explanation/trace.ts';
import { compareQuantities } from '../../quantity/quantity.ts';
import type { UnionSet } from '../../policy/compile.ts';
import type { StageContext, Stocked } from '../context.ts';
import type { Guards } from './05-guards.ts';

/** What the locations can give, after stages 1 and 2, and what is asked of them by number of channel. */
export interface Pool<N> {
  supply(place: number): N;
  /** Unrouted orders and live unrouted holds of a channel, absent where it has none; absent where nobody has any. */
  readonly claims: ((channel: number) => N | undefined) | undefined;
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
 * @see design.md section 6, stage 4
 */
export function pooled<N>(context: StageContext<N>, stocked: Stocked, pool: Pool<N>): N {
  const { ops, channel, compiled } = context;
  const about = ops.about('pools', stocked.item.sku);
  if (channel.supersets === undefined) {
    const own = supplyOf(context, pool, { set: channel, about });
    return lessDemands(context, pool, { from: own, channels: channel.overlapping, about });
  }
  const offers = channel.supersets.map((set) => lessDemands(context, pool, { from: supplyOf(context, pool, { set, about }), channels: set.channels, about }));
  const [only] = offers;
  const least = offers.length === 1 && only !== undefined ? only : ops.min(offers, ops.note(about, 'least over the shared pools', 'SHARED_POOL'));
  if (pool.claims === undefined && pool.guards === undefined) return least;
  const unserved = compiled.unions.flatMap((set) => unservedIn(context, pool, { set, about }));
  const [first] = unserved;
  if (first === undefined) return least;
  const most = unserved.length === 1 ? first.beyond : ops.max(unserved.map(({ beyond }) => beyond), ops.note(about, 'most demand that nothing can serve'));
  const reason = unserved.every(({ reasonCode }) => reasonCode === 'PROTECTED') ? 'PROTECTED' : 'CLAIMS';
  return ops.sum([least, most], ops.note(about, 'left, since demand that nothing can serve takes nothing', reason));
}

interface Part {
  readonly about: About;
}

function supplyOf<N>(context: StageContext<N>, pool: Pool<N>, { set, about }: Part & { set: Pick<UnionSet, 'places' | 'name'> }): N {
  const { ops, channel, compiled } = context;
  const signed = compiled.policy.clamp === 'total';
  const parts = set.places.map((place) => (signed && channel.owns[place] === true ? pool.supply(place) : countedAt(context, pool, { place, about })));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : ops.sum(parts, ops.note(about, `supply of ${set.name}`));
}

function countedAt<N>({ ops, compiled }: StageContext<N>, pool: Pool<N>, { place, about: { stage, sku } }: Part & { place: number }): N {
  const about = ops.about(stage, sku, compiled.locationAt[place]);
  return ops.notNegative(pool.supply(place), ops.note(about, 'counted, not below zero', 'NOT_NEGATIVE'));
}

/** Demands on a set of channels: their claims, and what is kept for those whose set is not the asking channel's. */
function lessDemands<N>({ ops, channel, compiled }: StageContext<N>, pool: Pool<N>, { from, channels, about }: Part & { from: N; channels: readonly number[] }): N {
  let left = from;
  if (pool.claims === undefined && pool.guards === undefined) return left;
  for (const number of channels) {
    const id = compiled.channelAt[number]?.id ?? '';
    const claims = pool.claims?.(number);
    if (claims !== undefined) left = ops.subtract(left, claims, ops.note(about, `after open demand of ${id}`, 'CLAIMS'));
    const guard = channel.peers.includes(number) ? undefined : pool.guards?.(number);
    if (guard !== undefined) left = ops.subtract(left, guard.kept, ops.note(ops.because(about, guard.rule), `after what is kept for ${id}`, 'PROTECTED'));
  }
  return left;
}

/** What is asked of a set of locations beyond what they have, where it is more. */
function unservedIn<N>(context: StageContext<N>, pool: Pool<N>, { set, about }: Part & { set: UnionSet }): { readonly beyond: N; readonly reasonCode: ReasonCode }[] {
  const { ops, channel } = context;
  const claims = set.channels.flatMap((number) => pool.claims?.(number) ?? []);
  const kept = set.channels.flatMap((number) => (channel.peers.includes(number) ? [] : (pool.guards?.(number)?.kept ?? [])));
  const demands = [...claims, ...kept];
  const [only] = demands;
  if (only === undefined) return [];
  const supply = set.places.map((place) => countedAt(context, pool, { place, about }));
  const asked = demands.length === 1 ? only : ops.sum(demands, ops.note(about, `open demand that only ${set.name} can serve`));
  const beyond = ops.subtract(asked, ops.sum(supply, ops.note(about, `supply of ${set.name}`)), ops.note(about, `demand that ${set.name} cannot serve`));
  return compareQuantities(ops.value(beyond), 0) > 0 ? [{ beyond, reasonCode: claims.length === 0 ? 'PROTECTED' : 'CLAIMS' }] : [];
}

/** How much demand the stock cannot serve, counting what locations owe. @see design.md section 6, stage 7 */
export function shortOf<N>(context: StageContext<N>, { item }: Stocked, pool: Pool<N>): N {
  const { ops, channel, compiled } = context;
  const about = ops.about('beyondStock', item.sku);
  const sets: readonly Pick<UnionSet, 'places' | 'channels' | 'name'>[] = channel.supersets === undefined ? [{ ...channel, channels: channel.overlapping }] : compiled.unions;
  const short = sets.map(({ places, channels, name }) => {
    const claims = channels.flatMap((number) => pool.claims?.(number) ?? []);
    const supply = ops.sum(places.map((place) => pool.supply(place)), ops.note(about, `supply of ${name}`));
    return ops.subtract(ops.sum([ops.input(0, ops.note(about, 'nothing')), ...claims], ops.note(about, `open demand that only ${name} can serve`)), supply, ops.note(about, `demand that ${name} cannot serve`));
  });
  return ops.notNegative(ops.max(short, ops.note(about, 'most demand that stock cannot serve')), ops.note(about, 'demand that stock cannot serve'));
}
