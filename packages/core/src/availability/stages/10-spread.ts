import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import { compareQuantities, maxQuantity, subtractQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import type { Multiple } from './08-listing.ts';
import { expressed } from './09-clamp.ts';
import type { Ahead } from './10-ahead.ts';
import { besideOthers, type Beside, type Taken } from './10-beside.ts';
import { inMultiples } from './10-multiples.ts';
import { besidePins, withPins, type Pins } from './10-pins.ts';

/**
 * Stage 10: divides the number over the channel's locations. The parts sum to it, and none exceeds what its location
 * has, nor do all of them together take what other channels ask of some of the locations: where a multiple, a kit or what
 * the channel can express leaves no such parts, the number is the most for which there are some. By priority the first
 * location shows as much as it can, then the next; in proportion each shows its share of all supply, rounded down, and
 * what is left over goes by priority.
 *
 * A pinned part stands as it is, and the other locations divide what it leaves.
 *
 * @remarks
 * More on hand never lowers the number: see {@link besideOthers} for why, and for where it may be less than the most.
 *
 * @returns One part per location of the channel, in the channel's order, and their sum: a number that no location has
 *   the units for, pinned or not, is cut to what they have, and each part to what the channel can express.
 * @see stage 10 of the README
 */
export function spread<N>(context: StageContext<N>, item: CatalogItem, { total: wished, counted, pins, most: cap, multiple, supplyAt, taken }: Spread<N>): { readonly total: N; readonly parts: ReadonlyMap<LocationId, N> } {
  const { ops, channel } = context;
  const about = ops.about?.('spread', item.sku);
  const { supply, everywhere } = roomOf(context, item, { multiple, supplyAt });
  const beside = compareQuantities(ops.value(wished), 0) > 0 ? besideOthers(context, item.sku, { taken, multiple: multiple !== undefined }) : undefined;
  const { left, takenAt: parts } = pins.size === 0 ? { left: wished, takenAt: new Map<LocationId, N>() } : besidePins(context, item, { number: counted, pins, most: cap, there: (location) => supply.get(location), beside });
  const there = pins.size === 0 ? everywhere : new Map([...everywhere].filter(([location]) => !pins.has(location)));
  const room = beside === undefined ? there : boundApart(context, item, { room: there, supply, parts, multiple, beside });
  const all = ops.sum([...there.values()], ops.note?.(about, 'all locations could give'));
  const rest = withinAll(context, item, { left: inWhole(context, item, { left, pins, multiple }), there, all, room });
  const isShown = filled(context, item, { room, there, parts, multiple, total: rest, all, beside: compareQuantities(ops.value(rest), 0) > 0 ? beside : undefined });
  const total = withPins(context, item, { rest: isShown ? rest : lessInAll(context, item, { rest, room, parts }), pins });
  return { total, parts: pins.size === 0 ? parts : new Map(channel.locations.flatMap((location) => { const part = pins.get(location)?.part ?? parts.get(location); return part === undefined ? [] : [[location, part]]; })) };
}

/** What there is to divide. */
interface Spread<N> {
  readonly total: N;
  /** The same before it is cut to whole multiples. */
  readonly counted: N;
  /** Parts that are said already. */
  readonly pins: Pins<N>;
  /** The most that may be shown in all, where a rule says so. */
  readonly most: N | undefined;
  /** The step in which parts count, where a rule says so. */
  readonly multiple: Multiple | undefined;
  /** By number of the location. */
  readonly supplyAt: (place: number) => N;
  /** The stocked skus that are sold so. */
  readonly taken: readonly Taken<N>[];
}

/** What each location could give, and what of it the channel can express in whole multiples. */
function roomOf<N>(context: StageContext<N>, item: CatalogItem, { multiple, supplyAt }: Pick<Spread<N>, 'multiple' | 'supplyAt'>): { readonly supply: ReadonlyMap<LocationId, N>; readonly everywhere: ReadonlyMap<LocationId, N> } {
  const { ops, channel } = context;
  const supply = new Map<LocationId, N>();
  const everywhere = new Map<LocationId, N>();
  channel.locations.forEach((location, order) => {
    const here = ops.about?.('spread', item.sku, location);
    const most = ops.notNegative(supplyAt(channel.places[order] ?? 0), ops.note?.(here, 'this location could give'));
    const whole = multiple === undefined ? most : inMultiples(context, most, { multiple, about: here, label: 'this location could give in whole multiples' });
    supply.set(location, most);
    everywhere.set(location, expressed(context, item, { number: whole, multiple, location }));
  });
  return { supply, everywhere };
}

/** No more of a number than all locations could give. */
function withinAll<N>({ ops }: StageContext<N>, { sku }: CatalogItem, { left, there, all, room }: Pick<Fill<N>, 'room'> & Omit<Dividend<N>, 'total'> & { readonly left: N }): N {
  const about = ops.about?.('spread', sku);
  if (room === there) return ops.lesser(left, all, ops.note?.(about, 'what the locations can show', 'STOCK'));
  const most = ops.sum([...room.values()], ops.note?.(about, 'all locations could give at nobody\'s cost'));
  return ops.lesser(left, most, ops.note?.(about, 'what the locations can show', 'SHARED_POOL'));
}

/** What the parts come to, where they do not come to the number. */
function lessInAll<N>({ ops }: StageContext<N>, { sku }: CatalogItem, { rest, room, parts }: Pick<Fill<N>, 'room' | 'parts'> & { readonly rest: N }): N {
  const about = ops.about?.('spread', sku);
  const together = ops.sum([...room.keys()].flatMap((location) => parts.get(location) ?? []), ops.note?.(about, 'parts at nobody\'s cost'));
  return ops.lesser(rest, together, ops.note?.(about, 'what the locations can show at nobody\'s cost', 'SHARED_POOL'));
}

/** What pins leave may be no whole multiple, and the parts of it are. */
function inWhole<N>(context: StageContext<N>, { sku }: CatalogItem, { left, pins, multiple }: Pick<Spread<N>, 'pins' | 'multiple'> & { readonly left: N }): N {
  return multiple === undefined || pins.size === 0 ? left : inMultiples(context, left, { multiple, about: context.ops.about?.('spread', sku), label: 'left beside what is pinned in whole multiples' });
}

/** Bounds the locations that are bound each for itself; the same map where none is bound. */
function boundApart<N>(context: StageContext<N>, item: CatalogItem, { room, supply, parts, multiple, beside }: Fill<N> & { readonly supply: ReadonlyMap<LocationId, N>; readonly beside: Beside<N> }): ReadonlyMap<LocationId, N> {
  const { ops } = context;
  const bound = new Map(room);
  // What one location gives before it is cut to whole multiples: cut, more of it there could take more from the next.
  const given = new Map(parts);
  for (const [location, whole] of room) {
    const most = supply.get(location);
    if (most === undefined || !beside.isApart(location)) continue;
    const wish = expressed(context, item, { number: most, multiple: undefined, location });
    const may = beside.atMost(location, wish, given);
    beside.show(location, ops.value(may));
    given.set(location, may);
    if (may === wish) continue;
    const about = ops.about?.('spread', item.sku, location);
    const fair = multiple === undefined ? may : inMultiples(context, may, { multiple, about, label: 'at nobody\'s cost in whole multiples' });
    bound.set(location, ops.lesser(whole, fair, ops.note?.(about, 'this location could give at nobody\'s cost', 'SHARED_POOL')));
  }
  return [...bound].every(([location, most]) => most === room.get(location)) ? room : bound;
}

/** How parts are filled. */
interface Fill<N> {
  /** What each location could give. */
  readonly room: ReadonlyMap<LocationId, N>;
  /** What each shows so far. */
  readonly parts: Map<LocationId, N>;
  readonly multiple: Multiple | undefined;
  /** What keeps parts from being at somebody else's cost; nothing where absent. */
  readonly beside: Beside<N> | undefined;
}

/** What is to show, and what of it never can be shown. */
interface Goal {
  readonly ahead: Ahead;
  readonly short: Quantity;
}

/** A number, and what is there of it whatever other channels ask. */
interface Dividend<N> {
  readonly total: N;
  readonly there: ReadonlyMap<LocationId, N>;
  readonly all: N;
}

/** Fills the parts at nobody's cost; returns whether all of the number is shown so. */
function filled<N>(context: StageContext<N>, item: CatalogItem, { total, there, all, ...fill }: Fill<N> & Dividend<N>): boolean {
  const { ops, channel } = context;
  const goal = goalOf(context, fill, total);
  const rest = channel.spread === 'proportional' ? proportionalParts(context, item, { ...fill, goal, total, there, all }) : total;
  const beyond = fillByPriority(context, item, { ...fill, goal, rest });
  return compareQuantities(ops.value(beyond), 0) <= 0;
}

/** Absent where nothing needs looking ahead. */
function goalOf<N>({ ops }: StageContext<N>, { room, multiple, beside }: Fill<N>, total: N): Goal | undefined {
  const ahead = beside?.ahead?.(new Map([...room].map(([location, most]) => [location, ops.value(most)])), multiple?.of ?? 1);
  return ahead === undefined ? undefined : { ahead, short: maxQuantity(subtractQuantities(ops.value(total), ahead.reach()), 0) };
}

/** Lets each location in turn show what it still can; returns what none could. */
function fillByPriority<N>(context: StageContext<N>, { sku }: CatalogItem, { rest, room, parts, ...how }: Fill<N> & { readonly rest: N; readonly goal: Goal | undefined }): N {
  const { ops } = context;
  let left = rest;
  for (const [location, most] of room) {
    const about = ops.about?.('spread', sku, location);
    const before = parts.get(location);
    const free = before === undefined ? most : ops.subtract(most, before, ops.note?.(about, 'room left'));
    const wish = ops.min([left, free], ops.note?.(about, before === undefined ? 'shown here' : 'shown here besides'));
    const more = freely(context, sku, { location, wish, left, parts, ...how, last: true });
    left = ops.subtract(left, more, ops.note?.(about, 'left to show'));
    parts.set(location, before === undefined ? more : ops.sum([before, more], ops.note?.(about, 'shown here')));
  }
  return left;
}

/** What one location would show. */
interface Wish<N> extends Omit<Fill<N>, 'room'> {
  readonly location: LocationId;
  readonly wish: N;
  /** What all that are not filled yet are to show. */
  readonly left: N;
  readonly goal: Goal | undefined;
  /** Whether it is not asked again. */
  readonly last: boolean;
}

/** What a location shows of what it would: at nobody's cost, and so that all locations together show the most. */
function freely<N>(context: StageContext<N>, sku: Sku, { location, wish, left, parts, beside, multiple, goal, last }: Wish<N>): N {
  if (beside === undefined) return wish;
  const { ops } = context;
  const about = ops.about?.('spread', sku, location);
  const may = beside.isApart(location) ? wish : beside.atMost(location, wish, parts);
  const most = may === wish || multiple === undefined ? may : inMultiples(context, may, { multiple, about, label: 'at nobody\'s cost in whole multiples' });
  beside.show(location, ops.value(most));
  if (goal === undefined) return most;
  const { ahead, short } = goal;
  ahead.show(location, ops.value(most));
  if (last) ahead.close(location);
  if (!ahead.isBound(location)) return most;
  const lost = subtractQuantities(subtractQuantities(subtractQuantities(ops.value(left), short), ops.value(most)), ahead.reach());
  if (compareQuantities(lost, 0) <= 0) return most;
  beside.show(location, subtractQuantities(0, lost));
  if (!last) ahead.show(location, subtractQuantities(0, lost));
  return ops.subtract(most, ops.input(lost, ops.note?.(about, 'would keep other locations from showing more')), ops.note?.(about, 'at nobody\'s cost, so that all locations together show the most', 'SHARED_POOL'));
}

function proportionalParts<N>(context: StageContext<N>, { sku }: CatalogItem, { total, all, there, room, parts, ...how }: Fill<N> & Dividend<N> & { readonly goal: Goal | undefined }): N {
  const { ops } = context;
  const { multiple } = how;
  if (compareQuantities(ops.value(all), 0) <= 0) return total;
  let left = total;
  for (const [location, most] of room) {
    const about = ops.about?.('spread', sku, location);
    const share = ops.proportionDown(total, there.get(location) ?? most, { denominator: all, note: ops.note?.(about, 'its share') });
    const whole = multiple === undefined ? share : inMultiples(context, share, { multiple, about, label: 'its share in whole multiples' });
    const wish = ops.min([whole, most], ops.note?.(about, 'its share, at most what is there'));
    const part = freely(context, sku, { location, wish, left, parts, ...how, last: false });
    parts.set(location, part);
    left = ops.subtract(left, part, ops.note?.(about, 'left to show'));
  }
  return left;
}
