import {
  acceptObservation, emptyBooks, positionFromBalances,
  type Balances, type BookingRules, type BookObservation, type Books, type ChannelId, type Instant, type LineCounters, type LocationId, type Observation,
  type OrderLineObservation, type OrderObservation, type QuantityText, type Sku, type SourceId,
} from '../src/index.ts';

/** The one sku, and who speaks of it. */
export const SKU = 'MUG' as Sku;
export const ERP = 'erp' as SourceId;
export const WMS = 'wms' as SourceId;
export const SHOP = 'shop' as ChannelId;

export const BY_REFERENCE: BookingRules = { containment: new Map([[ERP, { way: 'reference' }]]), returns: 'owner' };

/** A time of one day, such as `10:05`. */
export const at = (time: string): Instant => `2026-11-23T${time}:00.000Z` as Instant;
export const q = (value: number): QuantityText => String(value) as QuantityText;

/** A line in few words; what is left out is nothing, and `MUG`. */
export type LineSketch = Partial<Record<keyof LineCounters, number>> & { readonly sku?: string; readonly location?: string };

function counters({ ordered = 0, fulfilled = 0, cancelled = 0, returned = 0 }: LineSketch): LineCounters {
  return { ordered: q(ordered), fulfilled: q(fulfilled), cancelled: q(cancelled), returned: q(returned) };
}

/** A line as an order has it. */
export function line({ sku = SKU, location, ...rest }: LineSketch, index: number): OrderLineObservation {
  return { id: String(index), sku: sku as Sku, ...(location === undefined ? {} : { location: location as LocationId }), ...counters(rest) };
}

export function stock(asOf: string, measures: Partial<Record<'onHand' | 'committed' | 'unavailable', number>>, { source = ERP, location = 'W1' } = {}): Observation {
  const figures = Object.fromEntries(Object.entries(measures).map(([measure, value]) => [measure, q(value)]));
  return { kind: 'stock', source, sku: SKU, location: location as LocationId, asOf: at(asOf), measures: figures };
}

export function order(revision: string, ...lines: readonly LineSketch[]): OrderObservation {
  return { kind: 'order', channel: SHOP, orderId: '#1', revision: at(revision), placedAt: at('09:00'), lines: lines.map(line) };
}

export function acknowledgement(revision: string, contained: LineSketch, source = ERP): Observation {
  return { kind: 'acknowledgement', source, channel: SHOP, orderId: '#1', revision: at(revision), contained: [{ sku: SKU, ...counters(contained) }] };
}

/** By the rules of nobody in particular. */
export const accept = (books: Books, observation: BookObservation): Books => acceptObservation(books, observation);

export function booksOf(...observations: readonly BookObservation[]): Books {
  return observations.reduce(accept, emptyBooks(SKU));
}

/** What is left of everything: on hand less not sellable less all demand. */
export function leftOf(balances: Balances): number {
  const { locations, unrouted } = positionFromBalances({ sku: SKU }, balances);
  let result = 0;
  for (const { onHand, unavailable, committed } of locations.values()) result += Number(onHand) - Number(unavailable) - Number(committed);
  for (const demand of unrouted.values()) result -= Number(demand);
  return result;
}
