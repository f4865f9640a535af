import type { LocationId, Sku } from '../identity/ids.ts';
import { itemOf } from '../policy/compile.ts';
import type { StageContext } from './context.ts';
import { NO_PARTS } from './plain/plain-number.ts';
import type { Kit } from './stages/06-components.ts';
import { expectedKits, isPooled, kitCount, kitsAt, kitsToCome, type KitsToCome } from './stages/06-kits.ts';
import { beyondStock, NOTHING_BEYOND, type BeyondStock, type Expected } from './stages/07-beyond-stock.ts';
import { listed, listedWithoutLimit, multipleOf, type Listed, type Listing } from './stages/08-listing.ts';
import { clamped, expressed, expressible } from './stages/09-clamp.ts';
import type { Taken } from './stages/10-beside.ts';
import { besidePins, pinnedParts, withPins } from './stages/10-pins.ts';
import { spread } from './stages/10-spread.ts';
import { Stock } from './stock.ts';

/** What the pipeline comes to. `total` is absent for a sku that nothing limits. */
export interface Calculated<N> extends BeyondStock<N> {
  readonly total: N | undefined;
  readonly parts: ReadonlyMap<LocationId, N>;
}

/** Runs the pipeline for one sku and the context's channel. */
export function calculate<N>(context: StageContext<N>, sku: Sku): Calculated<N> {
  const item = itemOf(context.compiled, sku);
  const { components } = item;
  const listing = { item, rules: context.compiled.rules.of(item) };
  if (!item.tracked || components?.length === 0) return withoutLimit(context, listing);
  if (components !== undefined) return kitted(context, listing, { sku, components });
  const stock = new Stock(context, item, listing.rules);
  return shownOf(context, listing, { shown: listed(context, listing, stock.left()), at: (place) => stock.at(place), expected: stock, taken: () => [{ sku, quantityPer: 1, pool: stock }] });
}

function kitted<N>(context: StageContext<N>, listing: Listing, kit: Kit): Calculated<N> {
  const { components } = kit;
  const stocks = new Map<Sku, Stock<N>>();
  const of = (sku: Sku): Stock<N> => {
    let stock = stocks.get(sku);
    if (stock === undefined) stocks.set(sku, (stock = stockOf(context, sku)));
    return stock;
  };
  const supply = { at: (sku: Sku, place: number) => of(sku).at(place), left: (sku: Sku) => of(sku).left(), pool: of };
  const { ops } = context;
  const expected = { at: (sku: Sku, place: number) => of(sku).expected.at(place), unpromised: (sku: Sku) => of(sku).unpromised(), pool: (sku: Sku) => of(sku).expected };
  let known: KitsToCome<N> | undefined;
  const toCome = (): KitsToCome<N> => (known ??= kitsToCome(context, kit, { left: supply.left, expected }));
  const built = kitCount(context, kit, supply);
  // Counted per location they may be built where others wait in vain: what is owed is served in the end all the same.
  const now = !isPooled(context) && components.some((component) => of(component.sku).preordered) ? ops.lesser(built, toCome().kits, ops.note?.(ops.about?.('kits', kit.sku), 'kits, with what is owed served in the end', 'CLAIMS')) : built;
  return shownOf(context, listing, {
    shown: listed(context, listing, now),
    at: (place) => kitsAt(context, kit, { supply, place }),
    expected: { unpromised: () => expectedKits(context, kit, { now, toCome: toCome() }) },
    taken: () => components.map((component) => ({ ...component, pool: of(component.sku) })),
  });
}

/**
 * What the location of a number could give of a sku by itself, at least nothing: stages 1 to 3, and whole kits of what has
 * all parts there. Absent where nothing limits it.
 */
export function supplyAt<N>(context: StageContext<N>, sku: Sku, place: number): N | undefined {
  const { components, tracked } = itemOf(context.compiled, sku);
  if (!tracked || components?.length === 0) return undefined;
  if (components !== undefined) return kitsAt(context, { sku, components }, { supply: { at: (part, where) => stockOf(context, part).at(where) }, place });
  return context.ops.notNegative(stockOf(context, sku).at(place), context.ops.note?.(context.ops.about?.('locationSupply', sku, context.compiled.locationAt[place]), 'this location could give'));
}

function stockOf<N>(context: StageContext<N>, sku: Sku): Stock<N> {
  const item = itemOf(context.compiled, sku);
  return new Stock(context, item, context.compiled.rules.of(item));
}

interface Sellable<N> {
  readonly shown: Listed<N>;
  readonly at: (place: number) => N;
  readonly expected: Expected<N>;
  /** The stocked skus that it takes. */
  readonly taken: () => readonly Taken<N>[];
}

function shownOf<N>(context: StageContext<N>, listing: Listing, { shown: { shown, counted, forcedOut, multiple: sold, most }, at, expected, taken }: Sellable<N>): Calculated<N> {
  const { item } = listing;
  const multiple = expressible(context, item, sold);
  const total = clamped(context, item, { shown, multiple });
  const beyond = forcedOut ? NOTHING_BEYOND : beyondStock(context, listing, expected);
  if (context.channel.publish === 'total') return { total, parts: NO_PARTS, backorder: beyond.backorder, preorder: beyond.preorder };
  const pins = pinnedParts(context, listing, { forcedOut, most, multiple });
  return { ...spread(context, item, { total, counted, pins, most, multiple, supplyAt: at, taken: taken() }), ...beyond };
}

/** A listing rule may still give a sku that nothing limits a number; the first location then shows it. */
function withoutLimit<N>(context: StageContext<N>, listing: Listing): Calculated<N> {
  const { item } = listing;
  const { ops, channel } = context;
  const known = listedWithoutLimit(context, listing);
  const { shown, forcedOut = false, most } = known ?? {};
  // Where nothing is listed only pinned parts count in it.
  const sold = known === undefined && channel.publish === 'perLocation' && listing.rules.pinAt !== undefined ? multipleOf(context, listing) : known?.multiple;
  const multiple = expressible(context, item, sold);
  const pins = channel.publish === 'total' ? undefined : pinnedParts(context, listing, { forcedOut, most, multiple });
  if (shown === undefined && (pins === undefined || pins.size === 0)) return { total: undefined, parts: NO_PARTS, ...NOTHING_BEYOND };
  const nothing = ops.input(0, ops.note?.(ops.about?.('spread', item.sku), 'nothing'));
  const total = shown === undefined ? nothing : clamped(context, item, { shown, multiple });
  if (pins === undefined) return { total, parts: NO_PARTS, ...NOTHING_BEYOND };
  const first = channel.locations.find((location) => !pins.has(location));
  const left = first === undefined ? nothing : besidePins(context, item, { number: total, pins, most, there: () => undefined }).left;
  const rest = first === undefined ? nothing : expressed(context, item, { number: left, multiple, location: first });
  const parts = new Map(channel.locations.map((location) => [location, pins.get(location)?.part ?? (location === first ? rest : nothing)]));
  return { total: withPins(context, item, { rest, pins }), parts, ...NOTHING_BEYOND };
}
