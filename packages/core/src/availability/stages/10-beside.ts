import type { LocationId, Sku } from '../../identity/ids.ts';
import type { ContestedGroup, ContestedUnion } from '../../policy/contested.ts';
import type { PerKit } from '../../quantity/per-kit.ts';
import { compareQuantities, subtractQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { demandOn, lessDemands, type Pool } from './04-pools.ts';
import { kitsBesideIn, roomsOf, unitsStep, worstOf, type Room } from './06-contested.ts';
import { Ahead, type Together } from './10-ahead.ts';

/** A stocked sku that is sold, as itself or in kits, and where it is. */
export interface Taken<N> {
  readonly sku: Sku;
  readonly quantityPer: PerKit;
  readonly pool: Pool<N>;
}

/** What one location may show of something, beside what other channels ask of the same locations. */
export interface Beside<N> {
  /** Whether what a location may show is found once and apart from what the others show, in {@link Beside.atMost}. */
  isApart(location: LocationId): boolean;
  /**
   * @param shown - What the locations show so far; each was told by {@link Beside.show}.
   * @returns `wish`, or the less that is at nobody's cost.
   */
  atMost(location: LocationId, wish: N, shown: ReadonlyMap<LocationId, N>): N;
  /** Notes that a location shows so much more. */
  show(location: LocationId, more: Quantity): void;
  /**
   * Looks ahead to what locations can show together. Absent where that is not needed: whatever some of them show at nobody's
   * cost then leaves the others what they have together.
   *
   * @param of - The step in which parts count.
   */
  readonly ahead: ((room: ReadonlyMap<LocationId, Quantity>, of: Quantity) => Ahead) | undefined;
}

/** What a union of the other channels' sets has of one sku, and how much of it is shown so far. */
interface Watched<N> {
  readonly taken: Taken<N>;
  readonly room: Room;
  readonly rooms: readonly Room[];
  /** How much more may be shown there, in what is sold. */
  more: Quantity;
  /** The step that says so once nothing may: then it never can again. */
  nothing: N | undefined;
}

/** A group of locations, and its unions that somebody asks something of; absent where there are too many. */
interface WatchedGroup<N> {
  readonly group: ContestedGroup;
  readonly unions: readonly Watched<N>[] | undefined;
  /** Whether each of its locations is bound for itself. */
  readonly apart: boolean;
}

/**
 * Keeps the parts of a channel from promising at one location what only that one can give somebody else: what is kept for,
 * or owed to, a channel of fewer or other locations is served from those, so it is not enough that all parts together
 * leave it its units.
 *
 * @remarks
 * The units that may be taken at nobody's cost are, for every union of other channels' sets, at most what that union has
 * beyond what is asked of it. Vectors of parts that keep to this are a polymatroid where one sku is sold as itself, by the
 * step: going through the locations in any order and taking what each may still give comes to the most there is. More on
 * hand takes no vector away, so the most never falls.
 *
 * Of kits, and in multiples, what one location shows may leave others less than it shows: then {@link Beside.ahead} says
 * how far the rest can still come. It is exact for as many parts of a group as kits are counted exactly, and for the same
 * reason; where a kit takes a fraction it counts what may be lost to rounding, as the count does.
 *
 * With more parts each location is bound apart from what the others show. In multiples it is by what a maximum flow gives
 * it after the locations before it, each unlimited: that is less by less than a multiple for each location than the most,
 * and since supply at one location never takes from what such a flow gives another, more on hand never lowers any of it.
 * Of kits all that may be asked of a location is taken off it, as where they are counted. All of this depends on the
 * policy alone, so that no change of stock leads from one way to another.
 *
 * @returns Absent where nobody asks anything of single locations.
 * @see stages 4 and 10 of the README
 */
export function besideOthers<N>(context: StageContext<N>, sold: Sku, { taken, multiple }: Selling<N>): Beside<N> | undefined {
  const { compiled: { placeOf } } = context;
  const looksAhead = multiple || taken.some(({ sku }) => sku !== sold);
  const groups = watchedGroups(context, { taken, looksAhead });
  const groupAt = new Map(groups.flatMap((watched) => [...watched.group.rivalsAt.keys()].map((location) => [location, watched])));
  if (groups.length === 0) return undefined;
  const together = groups.flatMap(({ group: { parts }, unions, apart }): Together[] => (apart || unions === undefined ? [] : [{ parts, unions }]));
  return {
    isApart: (location) => groupAt.get(location)?.apart === true,
    atMost: (location, wish, shown) => {
      const [watched, place] = [groupAt.get(location), placeOf.get(location)];
      if (watched === undefined || place === undefined) return wish;
      const { group, unions } = watched;
      if (unions === undefined) return lessAllThatMayBeAsked(context, taken, { sold, group, location, place, wish });
      const tightest = tightestOf(context, unions, { place, wish });
      return tightest === undefined ? wish : (tightest.nothing ?? boundStep(context, tightest, { sold, location, shown }));
    },
    show: (location, more) => {
      const place = placeOf.get(location);
      for (const union of groupAt.get(location)?.unions ?? []) {
        if (place !== undefined && union.room.set.has.has(place)) union.more = subtractQuantities(union.more, more);
      }
    },
    ahead: looksAhead ? (room, of) => new Ahead(together, { room, of }) : undefined,
  };
}

/** The groups of which somebody asks something. */
function watchedGroups<N>(context: StageContext<N>, { taken, looksAhead }: { readonly taken: readonly Taken<N>[]; readonly looksAhead: boolean }): readonly WatchedGroup<N>[] {
  return context.channel.contested.filter((group) => taken.some(({ pool }) => asksAnything(context, pool, group))).map((group) => {
    const { all } = group;
    const apart = all === undefined || (looksAhead && group.unions === undefined);
    const isKit = taken.length !== 1 || taken.some(({ quantityPer }) => quantityPer !== 1);
    return { group, apart, unions: all === undefined || (apart && isKit) ? undefined : taken.flatMap((one) => watchedOf(context, one, all)) };
  });
}

/** What is sold. */
interface Selling<N> {
  readonly taken: readonly Taken<N>[];
  /** Whether parts count in multiples. */
  readonly multiple: boolean;
}

function asksAnything<N>(context: StageContext<N>, pool: Pool<N>, { rivalsAt }: ContestedGroup): boolean {
  const rivals = new Set([...rivalsAt.values()].flat());
  return compareQuantities(demandOn(context, pool, [...rivals]), 0) > 0;
}

function watchedOf<N>(context: StageContext<N>, taken: Taken<N>, unions: readonly ContestedUnion[]): readonly Watched<N>[] {
  const { sku, quantityPer, pool } = taken;
  const rooms = roomsOf(context, pool, { sku, quantityPer, unions });
  const unserved = worstOf(rooms)?.left ?? 0;
  return rooms.filter(({ asks }) => asks).map((room) => ({ taken, room, rooms, more: kitsBesideIn(room, unserved), nothing: undefined }));
}

/** The union that leaves a location the least, where that is less than it would show. */
function tightestOf<N>({ ops }: StageContext<N>, unions: readonly Watched<N>[], { place, wish }: { readonly place: number; readonly wish: N }): Watched<N> | undefined {
  let tightest: Watched<N> | undefined;
  for (const union of unions) {
    if (union.room.set.has.has(place) && compareQuantities(union.more, tightest?.more ?? ops.value(wish)) < 0) tightest = union;
  }
  return tightest;
}

/** The same number in arithmetic. */
function boundStep<N>(context: StageContext<N>, union: Watched<N>, { sold, location, shown }: { readonly sold: Sku; readonly location: LocationId; readonly shown: ReadonlyMap<LocationId, N> }): N {
  const { ops, channel } = context;
  const { taken: { sku, quantityPer, pool }, room, rooms } = union;
  const about = ops.about?.('spread', sold, location);
  const ofPart = ops.about?.('spread', sku, location);
  const units = unitsStep(context, pool, { room, rooms, about: ofPart });
  const whole = sku === sold ? units : ops.floorDivide(units, quantityPer, ops.note?.(ofPart, `kits that ${sku} allows beside what other channels ask of ${room.set.name}`));
  const before = channel.locations.flatMap((other, order) => {
    const part = room.set.has.has(channel.places[order] ?? -1) ? shown.get(other) : undefined;
    return part === undefined || compareQuantities(ops.value(part), 0) === 0 ? [] : [part];
  });
  const left = before.length === 0 ? whole : ops.subtract(whole, ops.sum(before, ops.note?.(about, `shown at ${room.set.name} so far`)), ops.note?.(about, `left beside what other channels ask of ${room.set.name}`, 'SHARED_POOL'));
  const more = ops.notNegative(left, ops.note?.(about, 'at nobody\'s cost', 'SHARED_POOL'));
  if (compareQuantities(union.more, 0) <= 0) union.nothing = more;
  return more;
}

/** Where there are too many unions: all that may be asked of a location is taken off it, which is safe. */
function lessAllThatMayBeAsked<N>(context: StageContext<N>, taken: readonly Taken<N>[], { sold, group, location, place, wish }: { readonly sold: Sku; readonly group: ContestedGroup; readonly location: LocationId; readonly place: number; readonly wish: N }): N {
  const { ops } = context;
  const rivals = group.rivalsAt.get(location) ?? [];
  const asked = taken.filter(({ pool }) => compareQuantities(demandOn(context, pool, rivals), 0) > 0);
  if (asked.length === 0) return wish;
  const counts = asked.map(({ sku, quantityPer, pool }) => {
    const about = ops.about?.('spread', sku, location);
    const left = lessDemands(context, pool, { from: pool.at(place), channels: rivals, about });
    return sku === sold ? left : ops.floorDivide(left, quantityPer, ops.note?.(about, `kits that ${sku} allows here beside all that others may ask`));
  });
  const about = ops.about?.('spread', sold, location);
  return ops.notNegative(ops.min([wish, ...counts], ops.note?.(about, 'beside all that other channels may ask of this location', 'SHARED_POOL')), ops.note?.(about, 'at nobody\'s cost', 'SHARED_POOL'));
}
