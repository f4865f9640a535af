import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId } from '../../identity/ids.ts';
import { compareQuantities } from '../../quantity/quantity.ts';
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
export function spread<N>(context: StageContext<N>, item: CatalogItem, { total: wished, pinned, supplyAt }: Spread<N>): { readonly total: N; readonly parts: ReadonlyMap<LocationId, N> } {
  const { ops, channel } = context;
  const note = { stage: 'spread' as const, sku: item.sku };
  const room = new Map<LocationId, N>();
  for (const location of channel.locations) {
    room.set(location, ops.max([supplyAt(location), ops.input(0, { ...note, label: 'nothing' })], { ...note, location, label: 'this location could give' }));
  }
  const all = ops.sum([...room.values()], { ...note, label: 'all locations could give' });
  const tooMuch = !pinned && compareQuantities(ops.value(wished), ops.value(all)) > 0;
  const total = tooMuch ? ops.min([wished, all], { ...note, label: 'what the locations can show', reasonCode: 'STOCK' }) : wished;
  const parts = new Map<LocationId, N>();
  const rest = channel.spread === 'proportional' ? proportionalParts(context, item, { total, all, room, parts }) : total;
  const beyond = fillByPriority(context, item, { rest, room, parts });
  const [first] = parts;
  if (first !== undefined && compareQuantities(ops.value(beyond), 0) > 0) {
    parts.set(first[0], ops.sum([first[1], beyond], { ...note, location: first[0], label: 'shown here, pinned beyond supply' }));
  }
  return { total, parts };
}

/** Lets each location in turn show what it still can; returns what none could. */
function fillByPriority<N>(
  { ops }: StageContext<N>,
  { sku }: CatalogItem,
  { rest, room, parts }: { rest: N; room: ReadonlyMap<LocationId, N>; parts: Map<LocationId, N> },
): N {
  const note = { stage: 'spread' as const, sku };
  let left = rest;
  for (const [location, most] of room) {
    const before = parts.get(location);
    const free = before === undefined ? most : ops.subtract(most, before, { ...note, location, label: 'room left' });
    const more = ops.min([left, free], { ...note, location, label: before === undefined ? 'shown here' : 'shown here besides' });
    left = ops.subtract(left, more, { ...note, location, label: 'left to show' });
    parts.set(location, before === undefined ? more : ops.sum([before, more], { ...note, location, label: 'shown here' }));
  }
  return left;
}

/** What there is to divide. */
interface Spread<N> {
  readonly total: N;
  readonly pinned: boolean;
  readonly supplyAt: (location: LocationId) => N;
}

function proportionalParts<N>(
  { ops }: StageContext<N>,
  { sku }: CatalogItem,
  { total, all, room, parts }: { total: N; all: N; room: ReadonlyMap<LocationId, N>; parts: Map<LocationId, N> },
): N {
  const note = { stage: 'spread' as const, sku };
  if (compareQuantities(ops.value(all), 0) <= 0) return total;
  let left = total;
  for (const [location, most] of room) {
    const share = ops.proportionDown(total, most, { denominator: all, note: { ...note, location, label: 'its share' } });
    const part = ops.min([share, most], { ...note, location, label: 'its share, at most what is there' });
    parts.set(location, part);
    left = ops.subtract(left, part, { ...note, location, label: 'left to show' });
  }
  return left;
}
