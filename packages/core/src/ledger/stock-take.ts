import type { LocationId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { BookObservation } from '../observations/events.ts';

/** A location that is frozen while somebody counts it. @public */
export interface StockTake {
  readonly location: LocationId;
  readonly since: Instant;
  /** Absent while it goes on. */
  readonly until?: Instant;
}

/**
 * Whether an observation has to wait until a stock-take is over. While people count, a system's figures of the place are
 * neither the old nor the new ones; the last accepted ones stay. Counts do not wait, and neither do orders: what is sold
 * meanwhile is subtracted as ever. Nor does what is known to be gone or not sellable any more: a transfer, which leaves its
 * other end too, and a change of condition, but for goods that come to be sellable.
 *
 * @param observation - Where it waits, keep it and take it into the books when the stock-take is over: what the count
 *   contains by then changes nothing any more.
 * @example
 * ```ts
 * const stockTake = { location: parseLocationId('W1'), since: asOf };
 * const place = { source: parseSourceId('erp'), sku: parseSku('MUG'), location: stockTake.location };
 * const row = { kind: 'stock', ...place, asOf: addMs(asOf, 60_000), measures: { onHand: formatQuantity(12) } } as const;
 * waitsForStockTake(row, [stockTake]) // => true
 * waitsForStockTake(row, [{ ...stockTake, until: addMs(asOf, 30_000) }]) // => false
 * ```
 * @public
 */
export function waitsForStockTake(observation: BookObservation, stockTakes: Iterable<StockTake>): boolean {
  const told = placeAndTime(observation);
  if (told === undefined) return false;
  for (const { location, since, until } of stockTakes) {
    if (told.location === location && told.at >= since && (until === undefined || told.at < until)) return true;
  }
  return false;
}

function placeAndTime(observation: BookObservation): { readonly location: LocationId; readonly at: Instant } | undefined {
  switch (observation.kind) {
    case 'stock':
      return { location: observation.location, at: observation.asOf };
    case 'delta':
    case 'receipt':
      return { location: observation.location, at: observation.at };
    case 'condition':
      return observation.to === 'sellable' ? { location: observation.location, at: observation.at } : undefined;
    default:
      return undefined;
  }
}
