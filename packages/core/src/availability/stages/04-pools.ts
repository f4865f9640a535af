import type { ChannelId, LocationId } from '../../identity/ids.ts';
import type { Note } from '../../explanation/arithmetic.ts';
import { compareQuantities } from '../../quantity/quantity.ts';
import type { UnionSet } from '../../policy/compile.ts';
import type { StageContext, Stocked } from '../context.ts';

/** What the locations can give, after stages 1 and 2, and what unrouted demand asks of them. */
export interface Pool<N> {
  supply(location: LocationId): N;
  /** Unrouted orders and live unrouted holds of a channel, absent where it has none; absent where nobody has any. */
  readonly claims: ((channel: ChannelId) => N | undefined) | undefined;
}

/**
 * Stage 4: what a channel may draw when every claim is served from its own eligible locations. For channel c the
 * answer is the least, over every union S of eligible sets that contains c's, of supply(S) less the claims that can
 * only be served inside S, plus the demand that nothing could serve anyway: what one location cannot serve never
 * empties another. Locations that are not c's never count below zero.
 *
 * @see design.md section 6, stage 4
 */
export function pooled<N>(context: StageContext<N>, stocked: Stocked, pool: Pool<N>): N {
  const { ops, channel, compiled } = context;
  const note = { stage: 'pools' as const, sku: stocked.item.sku };
  if (channel.supersets === undefined) {
    const own = supplyOf(context, pool, { set: channel, note });
    return lessClaims(context, pool, { from: own, channels: channel.overlapping, note });
  }
  const offers = channel.supersets.map((set) => lessClaims(context, pool, { from: supplyOf(context, pool, { set, note }), channels: set.channels, note }));
  const [only] = offers;
  const least = offers.length === 1 && only !== undefined ? only : ops.min(offers, { ...note, label: 'least over the shared pools', reasonCode: 'SHARED_POOL' });
  if (pool.claims === undefined) return least;
  const unserved = compiled.unions.flatMap((set) => unservedIn(context, pool, { set, note }));
  const [first] = unserved;
  if (first === undefined) return least;
  const most = unserved.length === 1 ? first : ops.max(unserved, { ...note, label: 'most demand that nothing can serve' });
  return ops.sum([least, most], { ...note, label: 'left, since demand that nothing can serve takes nothing', reasonCode: 'CLAIMS' });
}

interface Part {
  readonly note: Omit<Note, 'label'>;
}

function supplyOf<N>({ ops, channel, compiled }: StageContext<N>, pool: Pool<N>, { set, note }: Part & { set: Pick<UnionSet, 'locations' | 'name'> }): N {
  const parts = set.locations.map((location) => {
    const supply = pool.supply(location);
    const signed = compiled.policy.clamp === 'total' && channel.eligible.has(location);
    return signed ? supply : ops.max([supply, ops.input(0, ops.note(note, 'nothing'))], { ...note, location, label: 'counted, not below zero', reasonCode: 'NOT_NEGATIVE' });
  });
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : ops.sum(parts, ops.note(note, `supply of ${set.name}`));
}

function lessClaims<N>({ ops }: StageContext<N>, pool: Pool<N>, { from, channels, note }: Part & { from: N; channels: readonly ChannelId[] }): N {
  let left = from;
  if (pool.claims === undefined) return left;
  for (const channel of channels) {
    const claims = pool.claims(channel);
    if (claims === undefined) continue;
    left = ops.subtract(left, claims, ops.note(note, `after open demand of ${channel}`, 'CLAIMS'));
  }
  return left;
}

/** What is asked of a set of locations beyond what they have, where it is more. */
function unservedIn<N>({ ops }: StageContext<N>, pool: Pool<N>, { set, note }: Part & { set: UnionSet }): N[] {
  const claims = set.channels.flatMap((channel) => pool.claims?.(channel) ?? []);
  if (claims.length === 0) return [];
  const supply = set.locations.map((location) =>
    ops.max([pool.supply(location), ops.input(0, { ...note, label: 'nothing' })], { ...note, location, label: 'counted, not below zero' }));
  const [only] = claims;
  const asked = claims.length === 1 && only !== undefined ? only : ops.sum(claims, { ...note, label: `open demand that only ${set.name} can serve` });
  const beyond = ops.subtract(asked, ops.sum(supply, { ...note, label: `supply of ${set.name}` }), { ...note, label: `demand that ${set.name} cannot serve` });
  return compareQuantities(ops.value(beyond), 0) > 0 ? [beyond] : [];
}
