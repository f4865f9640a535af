import type { CatalogItem } from '../catalog/catalog.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { itemOf } from '../policy/compile.ts';
import type { StageContext, Stocked } from './context.ts';
import { locationSupply } from './stages/01-location-supply.ts';
import { afterSafetyStock } from './stages/02-safety-stock.ts';
import { pooled } from './stages/04-pools.ts';
import { kitCount, kitsAt, type ComponentSupply } from './stages/06-kits.ts';
import { listed, listedWithoutLimit } from './stages/08-listing.ts';
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
  if (!item.tracked || components?.length === 0) return withoutLimit(context, item);
  const stocks = stockReader(context);
  const supplied = components === undefined ? stocks.left(sku) : kitCount(context, { sku, components }, stocks);
  const { shown, pinned } = listed(context, item, supplied);
  const total = clamped(context, item, shown);
  if (context.channel.publish === 'total') return { total, parts: NO_PARTS };
  return spread(context, item, {
    total,
    pinned,
    supplyAt: (location) => (components === undefined ? stocks.at(sku, location) : kitsAt(context, { sku, components }, { supply: stocks, location })),
  });
}

/** A listing rule may still give a sku that nothing limits a number; the first location then shows it. */
function withoutLimit<N>(context: StageContext<N>, item: CatalogItem): Calculated<N> {
  const shown = listedWithoutLimit(context, item);
  if (shown === undefined) return { total: undefined, parts: NO_PARTS };
  const total = clamped(context, item, shown);
  if (context.channel.publish === 'total') return { total, parts: NO_PARTS };
  const nothing = context.ops.input(0, { stage: 'spread', sku: item.sku, label: 'nothing' });
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
  return { at: (sku, location) => of(sku).at(location), left: (sku) => of(sku).left() };
}

interface StockReader<N> {
  at(location: LocationId): N;
  left(): N;
}

function readerOf<N>(context: StageContext<N>, sku: Sku): StockReader<N> {
  const stocked: Stocked = { item: itemOf(context.compiled, sku), position: context.positions.position(sku) };
  const supplies = new Map<LocationId, N>();
  const at = (location: LocationId): N => {
    let supply = supplies.get(location);
    if (supply === undefined) {
      supply = afterSafetyStock(context, stocked, { location, supply: locationSupply(context, stocked, location) });
      supplies.set(location, supply);
    }
    return supply;
  };
  let left: N | undefined;
  return { at, left: () => (left ??= pooled(context, stocked, { supply: at, claims: claimReader(context, stocked) })) };
}

/** Open demand of each channel that is not routed to a location, and its live holds; absent where nobody has any. */
function claimReader<N>(context: StageContext<N>, { item, position }: Stocked): ((channel: ChannelId) => N | undefined) | undefined {
  const { ops, asOf, ownHolds, boundaries } = context;
  if (position === undefined || (position.unrouted.size === 0 && position.holds.length === 0)) return undefined;
  const known = new Map<ChannelId, N | undefined>();
  return (channel) => {
    if (known.has(channel)) return known.get(channel);
    const note = { stage: 'pools' as const, sku: item.sku };
    const parts: N[] = [];
    const orders = position.unrouted.get(channel) ?? 0;
    if (orders !== 0) parts.push(ops.input(orders, { ...note, label: `open orders of ${channel}`, reasonCode: 'CLAIMS' }));
    for (const hold of position.holds) {
      if (hold.location !== '' || hold.channel !== channel || hold.expiresAt <= asOf || ownHolds.has(hold.id)) continue;
      boundaries(hold.expiresAt);
      parts.push(ops.input(hold.quantity, { ...note, label: `held for ${channel} until ${hold.expiresAt}`, reasonCode: 'CLAIMS' }));
    }
    const total = parts.length > 1 ? ops.sum(parts, { ...note, label: `open demand of ${channel}` }) : parts[0];
    known.set(channel, total);
    return total;
  };
}
