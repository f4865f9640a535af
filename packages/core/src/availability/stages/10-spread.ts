import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId } from '../../identity/ids.ts';
import { compareQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';

/**
 * Stage 10: divides the number over the channel's locations. The parts sum to it, and none exceeds what its location
 * has. By priority the first location shows as much as it can; in proportion each shows its share of all supply,
 * rounded down, and what rounding left over goes by priority.
 *
 * @returns One part per location of the channel, in the channel's order, and their sum: a number that no location has
 *   the units for is cut to what they have. A pin that promises more puts the rest on the first location instead.
 * @see design.md section 6, stage 10
 */
export function spread<N>(context: StageContext<N>, item: CatalogItem, { total: wished, pinned, multiple, supplyAt }: Spread<N>): { readonly total: N; readonly parts: ReadonlyMap<LocationId, N> } {
  const { ops, channel } = context;
  const about = ops.about?.('spread', item.sku);
  const room = new Map<LocationId, N>();
  channel.locations.forEach((location, order) => {
    const supply = supplyAt(channel.places[order] ?? 0);
    const here = ops.about?.('spread', item.sku, location);
    const most = ops.notNegative(supply, ops.note?.(here, 'this location could give'));
    room.set(location, multiple === undefined ? most : ops.multipleDown(most, multiple, ops.note?.(here, 'this location could give in whole multiples')));
  });
  const all = ops.sum([...room.values()], ops.note?.(about, 'all locations could give'));
  const tooMuch = !pinned && compareQuantities(ops.value(wished), ops.value(all)) > 0;
  const total = tooMuch ? ops.min([wished, all], ops.note?.(about, 'what the locations can show', 'STOCK')) : wished;
  const parts = new Map<LocationId, N>();
  const rest = channel.spread === 'proportional' ? proportionalParts(context, item, { total, all, room, parts, multiple }) : total;
  const beyond = fillByPriority(context, item, { rest, room, parts });
  const [first] = parts;
  if (first !== undefined && compareQuantities(ops.value(beyond), 0) > 0) {
    parts.set(first[0], ops.sum([first[1], beyond], ops.note?.(ops.about?.('spread', item.sku, first[0]), 'shown here, pinned beyond supply')));
  }
  return { total, parts };
}

/** Lets each location in turn show what it still can; returns what none could. */
function fillByPriority<N>(
  { ops }: StageContext<N>,
  { sku }: CatalogItem,
  { rest, room, parts }: { rest: N; room: ReadonlyMap<LocationId, N>; parts: Map<LocationId, N> },
): N {
  let left = rest;
  for (const [location, most] of room) {
    const about = ops.about?.('spread', sku, location);
    const before = parts.get(location);
    const free = before === undefined ? most : ops.subtract(most, before, ops.note?.(about, 'room left'));
    const more = ops.min([left, free], ops.note?.(about, before === undefined ? 'shown here' : 'shown here besides'));
    left = ops.subtract(left, more, ops.note?.(about, 'left to show'));
    parts.set(location, before === undefined ? more : ops.sum([before, more], ops.note?.(about, 'shown here')));
  }
  return left;
}

/** What there is to divide. */
interface Spread<N> {
  readonly total: N;
  readonly pinned: boolean;
  /** The step in which parts count, where a rule says so. */
  readonly multiple: Quantity | undefined;
  /** By number of the location. */
  readonly supplyAt: (place: number) => N;
}

function proportionalParts<N>(
  { ops }: StageContext<N>,
  { sku }: CatalogItem,
  { total, all, room, parts, multiple }: { total: N; all: N; room: ReadonlyMap<LocationId, N>; parts: Map<LocationId, N>; multiple: Quantity | undefined },
): N {
  if (compareQuantities(ops.value(all), 0) <= 0) return total;
  let left = total;
  for (const [location, most] of room) {
    const about = ops.about?.('spread', sku, location);
    const share = ops.proportionDown(total, most, { denominator: all, note: ops.note?.(about, 'its share') });
    const whole = multiple === undefined ? share : ops.multipleDown(share, multiple, ops.note?.(about, 'its share in whole multiples'));
    const part = ops.min([whole, most], ops.note?.(about, 'its share, at most what is there'));
    parts.set(location, part);
    left = ops.subtract(left, part, ops.note?.(about, 'left to show'));
  }
  return left;
}
