import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import { compareQuantities } from '../../quantity/quantity.ts';
import type { About } from '../../explanation/arithmetic.ts';
import type { StageContext } from '../context.ts';
import type { Multiple } from './08-listing.ts';
import { besideOthers, type Beside, type Taken } from './10-beside.ts';

/**
 * Stage 10: divides the number over the channel's locations. The parts sum to it, and none exceeds what its location
 * has, nor, as far as that comes to the number, what it can give at no other channel's cost. By priority the first
 * location shows as much as it can; in proportion each shows its share of all supply, rounded down, and what is left over
 * goes by priority.
 *
 * @returns One part per location of the channel, in the channel's order, and their sum: a number that no location has
 *   the units for is cut to what they have. A pin that promises more puts the rest on the first location instead.
 * @see design.md section 6, stage 10
 */
export function spread<N>(context: StageContext<N>, item: CatalogItem, { total: wished, pinned, multiple, supplyAt, taken }: Spread<N>): { readonly total: N; readonly parts: ReadonlyMap<LocationId, N> } {
  const { ops, channel } = context;
  const about = ops.about?.('spread', item.sku);
  const room = new Map<LocationId, N>();
  channel.locations.forEach((location, order) => {
    const supply = supplyAt(channel.places[order] ?? 0);
    const here = ops.about?.('spread', item.sku, location);
    const most = ops.notNegative(supply, ops.note?.(here, 'this location could give'));
    room.set(location, multiple === undefined ? most : inMultiples(context, most, { multiple, about: here, label: 'this location could give in whole multiples' }));
  });
  const all = ops.sum([...room.values()], ops.note?.(about, 'all locations could give'));
  const tooMuch = !pinned && compareQuantities(ops.value(wished), ops.value(all)) > 0;
  const total = tooMuch ? ops.min([wished, all], ops.note?.(about, 'what the locations can show', 'STOCK')) : wished;
  const parts = new Map<LocationId, N>();
  const beyond = filled(context, item, { room, parts, multiple, total, all, taken });
  const [first] = parts;
  if (first !== undefined && compareQuantities(ops.value(beyond), 0) > 0) {
    parts.set(first[0], ops.sum([first[1], beyond], ops.note?.(ops.about?.('spread', item.sku, first[0]), 'shown here, pinned beyond supply')));
  }
  return { total, parts };
}

/** What there is to divide. */
interface Spread<N> {
  readonly total: N;
  readonly pinned: boolean;
  /** The step in which parts count, where a rule says so. */
  readonly multiple: Multiple | undefined;
  /** By number of the location. */
  readonly supplyAt: (place: number) => N;
  /** The stocked skus that are sold so. */
  readonly taken: readonly Taken<N>[];
}

/** Fills the parts at nobody's cost, and what is left over by supply alone; returns what none could show. */
function filled<N>(context: StageContext<N>, item: CatalogItem, { total, all, taken, ...fill }: Omit<Fill<N>, 'beside'> & Pick<Spread<N>, 'total' | 'taken'> & { readonly all: N }): N {
  const { ops, channel } = context;
  const beside = compareQuantities(ops.value(total), 0) > 0 ? besideOthers(context, item.sku, taken) : undefined;
  const rest = channel.spread === 'proportional' ? proportionalParts(context, item, { ...fill, beside, total, all }) : total;
  const beyond = fillByPriority(context, item, { ...fill, beside, rest });
  return beside === undefined || compareQuantities(ops.value(beyond), 0) <= 0 ? beyond : fillByPriority(context, item, { ...fill, beside: undefined, rest: beyond });
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
  return ops.multipleDown(number, of, ops.note?.(ops.because?.(about, rule), label, 'SELL_MULTIPLE'));
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
