import type { LocationId, Sku } from '../identity/ids.ts';
import { itemOf } from '../policy/compile.ts';
import type { StageContext, Stocked } from './context.ts';
import { locationSupply } from './stages/01-location-supply.ts';
import { afterSafetyStock } from './stages/02-safety-stock.ts';
import { afterSourcing } from './stages/03-sourcing.ts';
import { pooled } from './stages/04-pools.ts';
import { divided } from './stages/05-division.ts';
import { guardsOf } from './stages/05-guards.ts';
import { kitCount, kitsAt, type ComponentSupply } from './stages/06-kits.ts';
import { listed, listedWithoutLimit, type Listing } from './stages/08-listing.ts';
import { clamped } from './stages/09-clamp.ts';
import { spread } from './stages/10-spread.ts';

/** What the pipeline comes to. `total` is absent for a sku that nothing limits. */
export interface Calculated<N> {
  readonly total: N | undefined;
  readonly parts: ReadonlyMap<LocationId, N>;
}

/** Runs the pipeline for one sku and the context's channel. */
export function calculate<N>(context: StageContext<N>, sku: Sku): Calculated<N> {
  const item = itemOf(context.compiled, sku);
  const { components } = item;
  const listing = { item, rules: context.compiled.rules.of(item) };
  if (!item.tracked || components?.length === 0) return withoutLimit(context, listing);
  const stocks = stockReader(context);
  const supplied = components === undefined ? stocks.left(sku) : kitCount(context, { sku, components }, stocks);
  const { shown, pinned } = listed(context, listing, supplied);
  const total = clamped(context, item, shown);
  if (context.channel.publish === 'total') return { total, parts: NO_PARTS };
  return spread(context, item, {
    total,
    pinned,
    supplyAt: (place) => (components === undefined ? stocks.at(sku, place) : kitsAt(context, { sku, components }, { supply: stocks, place })),
  });
}

/** A listing rule may still give a sku that nothing limits a number; the first location then shows it. */
function withoutLimit<N>(context: StageContext<N>, listing: Listing): Calculated<N> {
  const { item } = listing;
  const shown = listedWithoutLimit(context, listing);
  if (shown === undefined) return { total: undefined, parts: NO_PARTS };
  const total = clamped(context, item, shown);
  if (context.channel.publish === 'total') return { total, parts: NO_PARTS };
  const nothing = context.ops.input(0, context.ops.note(context.ops.about('spread', item.sku), 'nothing'));
  const parts = new Map<LocationId, N>();
  for (const [index, location] of context.channel.locations.entries()) parts.set(location, index === 0 ? total : nothing);
  return { total, parts };
}

const NO_PARTS: ReadonlyMap<LocationId, never> = new Map<LocationId, never>();

/** Supply per location and what stage 4 leaves of each stocked sku, each worked out once per calculation. */
function stockReader<N>(context: StageContext<N>): ComponentSupply<N> {
  const readers = new Map<Sku, StockReader<N>>();
  const of = (sku: Sku): StockReader<N> => {
    let reader = readers.get(sku);
    if (reader === undefined) readers.set(sku, (reader = readerOf(context, sku)));
    return reader;
  };
  return { at: (sku, place) => of(sku).at(place), left: (sku) => of(sku).left() };
}

interface StockReader<N> {
  at(place: number): N;
  left(): N;
}

function readerOf<N>(context: StageContext<N>, sku: Sku): StockReader<N> {
  const { compiled } = context;
  const item = itemOf(compiled, sku);
  const stocked: Stocked = { item, position: context.positions.position(sku), rules: compiled.rules.of(item) };
  const supplies: (N | undefined)[] = [];
  const at = (place: number): N => {
    let supply = supplies[place];
    if (supply === undefined) {
      supply = afterSafetyStock(context, stocked, { place, supply: locationSupply(context, stocked, compiled.locationAt[place] ?? ('' as LocationId)) });
      supply = afterSourcing(context, stocked, { place, supply });
      supplies[place] = supply;
    }
    return supply;
  };
  let left: N | undefined;
  return {
    at,
    left: () => {
      if (left !== undefined) return left;
      const guards = guardsOf(context, stocked);
      const pool = pooled(context, stocked, { supply: at, claims: claimReader(context, stocked), guards });
      left = divided(context, stocked, { pool, guards });
      return left;
    },
  };
}

/** Open demand of each channel that is not routed to a location, and its live holds; absent where nobody has any. */
function claimReader<N>(context: StageContext<N>, { item, position }: Stocked): ((channel: number) => N | undefined) | undefined {
  const { ops, asOf, ownHolds, boundaries, compiled } = context;
  if (position === undefined || (position.unrouted.size === 0 && position.holds.length === 0)) return undefined;
  const known = new Map<number, N | undefined>();
  return (number) => {
    if (known.has(number)) return known.get(number);
    const channel = compiled.channelAt[number]?.id;
    if (channel === undefined) return undefined;
    const about = ops.about('pools', item.sku);
    const parts: N[] = [];
    const orders = position.unrouted.get(channel) ?? 0;
    if (orders !== 0) parts.push(ops.input(orders, ops.note(about, `open orders of ${channel}`, 'CLAIMS')));
    for (const hold of position.holds) {
      if (hold.location !== '' || hold.channel !== channel || hold.expiresAt <= asOf || ownHolds.has(hold.id)) continue;
      boundaries(hold.expiresAt);
      parts.push(ops.input(hold.quantity, ops.note(about, `held for ${channel} until ${hold.expiresAt}`, 'CLAIMS')));
    }
    const total = parts.length > 1 ? ops.sum(parts, ops.note(about, `open demand of ${channel}`)) : parts[0];
    known.set(number, total);
    return total;
  };
}
