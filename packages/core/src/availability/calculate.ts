import type { CatalogItem } from '../catalog/catalog.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { itemOf } from '../policy/compile.ts';
import type { StageContext, Stocked } from './context.ts';
import { locationSupply } from './stages/01-location-supply.ts';
import { afterSafetyStock } from './stages/02-safety-stock.ts';
import { pooled } from './stages/04-pools.ts';
import { kitCount, kitsAt, type ComponentSupply } from './stages/06-kits.ts';
import { listed } from './stages/08-listing.ts';
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
  const stocks = stockReader(context);
  const { components } = item;
  const limited = item.tracked && (components === undefined || components.length > 0);
  let before: N | undefined;
  if (limited) before = components === undefined ? stocks.left(sku) : kitCount(context, { sku, components }, stocks);
  const { shown, pinned } = before === undefined ? unlimited(context, item) : listed(context, item, before);
  if (shown === undefined) return { total: undefined, parts: new Map() };
  const total = clamped(context, item, shown);
  if (context.channel.publish === 'total') return { total, parts: new Map() };
  const supplyAt = (location: LocationId): N =>
    components === undefined ? stocks.at(sku, location) : kitsAt(context, { sku, components }, { supply: stocks, location });
  return { total, parts: limited || pinned ? spread(context, item, { total, supplyAt }) : new Map() };
}

/** A listing rule may still give a sku that nothing limits a number. */
function unlimited<N>({ ops, compiled, channel, asOf, boundaries, ...rest }: StageContext<N>, item: CatalogItem): { shown: N | undefined; pinned: boolean } {
  const context = { ops, compiled, channel, asOf, boundaries, ...rest };
  const hasNumber = compiled.rules.get('pin') ?? compiled.rules.get('cap');
  if (hasNumber === undefined) return { shown: undefined, pinned: false };
  const endless = ops.input(Number.MAX_SAFE_INTEGER, { stage: 'listing', sku: item.sku, label: 'not limited by stock' });
  const result = listed(context, item, endless);
  return ops.value(result.shown) === Number.MAX_SAFE_INTEGER ? { shown: undefined, pinned: false } : result;
}

/** Supply per location and what stage 4 leaves, each worked out once per calculation. */
function stockReader<N>(context: StageContext<N>): ComponentSupply<N> {
  const supplies = new Map<string, N>();
  const lefts = new Map<Sku, N>();
  const at = (sku: Sku, location: LocationId): N => {
    const key = `${sku}\u001f${location}`;
    const known = supplies.get(key);
    if (known !== undefined) return known;
    const stocked = stockedSku(context, sku);
    const supply = afterSafetyStock(context, stocked, { location, supply: locationSupply(context, stocked, location) });
    supplies.set(key, supply);
    return supply;
  };
  const left = (sku: Sku): N => {
    const known = lefts.get(sku);
    if (known !== undefined) return known;
    const stocked = stockedSku(context, sku);
    const claims = claimReader(context, stocked);
    const result = pooled(context, stocked, { supply: (location) => at(sku, location), claims });
    lefts.set(sku, result);
    return result;
  };
  return { at, left };
}

function stockedSku<N>({ compiled, positions }: StageContext<N>, sku: Sku): Stocked {
  return { item: itemOf(compiled, sku), position: positions.position(sku) };
}

/** Open demand of each channel that is not routed to a location, and its live holds. */
function claimReader<N>({ ops, asOf, ownHolds, boundaries }: StageContext<N>, { item, position }: Stocked): (channel: ChannelId) => N | undefined {
  const known = new Map<ChannelId, N | undefined>();
  return (channel) => {
    if (known.has(channel)) return known.get(channel);
    const note = { stage: 'pools' as const, sku: item.sku };
    const parts: N[] = [];
    const orders = position?.unrouted.get(channel) ?? 0;
    if (orders !== 0) parts.push(ops.input(orders, { ...note, label: `open orders of ${channel}`, reasonCode: 'CLAIMS' }));
    for (const hold of position?.holds ?? []) {
      if (hold.location !== '' || hold.channel !== channel || hold.expiresAt <= asOf || ownHolds.has(hold.id)) continue;
      boundaries(hold.expiresAt);
      parts.push(ops.input(hold.quantity, { ...note, label: `held for ${channel} until ${hold.expiresAt}`, reasonCode: 'CLAIMS' }));
    }
    const total = parts.length > 1 ? ops.sum(parts, { ...note, label: `open demand of ${channel}` }) : parts[0];
    known.set(channel, total);
    return total;
  };
}
