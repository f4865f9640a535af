import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import { compareQuantities } from '../../quantity/quantity.ts';
import type { About } from '../../explanation/arithmetic.ts';
import type { StageContext } from '../context.ts';
import type { Multiple } from './08-listing.ts';
import { expressed } from './09-clamp.ts';
import { besideOthers, type Beside, type Taken } from './10-beside.ts';
import { besidePins, withPins, type Pins } from './10-pins.ts';

/**
 * Stage 10: divides the number over the channel's locations. The parts sum to it, and none exceeds what its location
 * has, nor, as far as that comes to the number, what it can give at no other channel's cost. By priority the first
 * location shows as much as it can; in proportion each shows its share of all supply, rounded down, and what is left over
 * goes by priority.
 *
 * A pinned part stands as it is, and the other locations divide what it leaves.
 *
 * @returns One part per location of the channel, in the channel's order, and their sum: a number that no location has
 *   the units for, pinned or not, is cut to what they have, and each part to what the channel can express.
 * @see design.md section 6, stage 10
 */
export function spread<N>(context: StageContext<N>, item: CatalogItem, { total: wished, pins, most: cap, multiple, supplyAt, taken }: Spread<N>): { readonly total: N; readonly parts: ReadonlyMap<LocationId, N> } {
  const { ops, channel } = context;
  const about = ops.about?.('spread', item.sku);
  const everywhere = new Map<LocationId, N>();
  channel.locations.forEach((location, order) => {
    const supply = supplyAt(channel.places[order] ?? 0);
    const here = ops.about?.('spread', item.sku, location);
    const most = ops.notNegative(supply, ops.note?.(here, 'this location could give'));
    const whole = multiple === undefined ? most : inMultiples(context, most, { multiple, about: here, label: 'this location could give in whole multiples' });
    everywhere.set(location, pins.has(location) ? whole : expressed(context, item, { number: whole, multiple, location }));
  });
  const beside = compareQuantities(ops.value(wished), 0) > 0 ? besideOthers(context, item.sku, taken) : undefined;
  const { left, takenAt: shown } = besidePins(context, item, { number: wished, pins, most: cap, there: (location) => everywhere.get(location), beside });
  const room = pins.size === 0 ? everywhere : new Map([...everywhere].filter(([location]) => !pins.has(location)));
  const all = ops.sum([...room.values()], ops.note?.(about, 'all locations could give'));
  const rest = ops.lesser(left, all, ops.note?.(about, 'what the locations can show', 'STOCK'));
  filled(context, item, { room, parts: shown, multiple, total: rest, all, beside: compareQuantities(ops.value(rest), 0) > 0 ? beside : undefined });
  const total = withPins(context, item, { rest, pins });
  return { total, parts: pins.size === 0 ? shown : new Map(channel.locations.flatMap((location) => { const part = pins.get(location)?.part ?? shown.get(location); return part === undefined ? [] : [[location, part]]; })) };
}

/** What there is to divide. */
interface Spread<N> {
  readonly total: N;
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

/** Fills the parts at nobody's cost, and what is left over by supply alone. */
function filled<N>(context: StageContext<N>, item: CatalogItem, { total, all, ...fill }: Fill<N> & Pick<Spread<N>, 'total'> & { readonly all: N }): void {
  const { ops, channel } = context;
  const rest = channel.spread === 'proportional' ? proportionalParts(context, item, { ...fill, total, all }) : total;
  const beyond = fillByPriority(context, item, { ...fill, rest });
  if (fill.beside !== undefined && compareQuantities(ops.value(beyond), 0) > 0) fillByPriority(context, item, { ...fill, beside: undefined, rest: beyond });
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

/** Lets each location in turn show what it still can; returns what none could. */
function fillByPriority<N>(context: StageContext<N>, { sku }: CatalogItem, { rest, room, parts, beside, multiple }: Fill<N> & { readonly rest: N }): N {
  const { ops } = context;
  let left = rest;
  for (const [location, most] of room) {
    const about = ops.about?.('spread', sku, location);
    const before = parts.get(location);
    const free = before === undefined ? most : ops.subtract(most, before, ops.note?.(about, 'room left'));
    const wish = ops.min([left, free], ops.note?.(about, before === undefined ? 'shown here' : 'shown here besides'));
    const more = freely(context, sku, { location, wish, parts, beside, multiple });
    left = ops.subtract(left, more, ops.note?.(about, 'left to show'));
    parts.set(location, before === undefined ? more : ops.sum([before, more], ops.note?.(about, 'shown here')));
  }
  return left;
}

/** What a location shows of what it would, at nobody's cost where that is asked for. */
function freely<N>(context: StageContext<N>, sku: Sku, { location, wish, parts, beside, multiple }: Omit<Fill<N>, 'room'> & { readonly location: LocationId; readonly wish: N }): N {
  if (beside === undefined) return wish;
  const { ops } = context;
  const may = beside.atMost(location, wish, parts);
  const more = may === wish || multiple === undefined ? may : inMultiples(context, may, { multiple, about: ops.about?.('spread', sku, location), label: 'at nobody\'s cost in whole multiples' });
  beside.show(location, more);
  return more;
}

function inMultiples<N>({ ops }: StageContext<N>, number: N, { multiple: { of, rule }, about, label }: { readonly multiple: Multiple; readonly about: About | undefined; readonly label: string }): N {
  return ops.multipleDown(number, of, ops.note?.(rule === undefined ? about : ops.because?.(about, rule), label, rule === undefined ? 'CHANNEL_MAXIMUM' : 'SELL_MULTIPLE'));
}

function proportionalParts<N>(context: StageContext<N>, { sku }: CatalogItem, { total, all, room, parts, multiple, beside }: Fill<N> & { readonly total: N; readonly all: N }): N {
  const { ops } = context;
  if (compareQuantities(ops.value(all), 0) <= 0) return total;
  let left = total;
  for (const [location, most] of room) {
    const about = ops.about?.('spread', sku, location);
    const share = ops.proportionDown(total, most, { denominator: all, note: ops.note?.(about, 'its share') });
    const whole = multiple === undefined ? share : inMultiples(context, share, { multiple, about, label: 'its share in whole multiples' });
    const wish = ops.min([whole, most], ops.note?.(about, 'its share, at most what is there'));
    const part = freely(context, sku, { location, wish, parts, beside, multiple });
    parts.set(location, part);
    left = ops.subtract(left, part, ops.note?.(about, 'left to show'));
  }
  return left;
}
