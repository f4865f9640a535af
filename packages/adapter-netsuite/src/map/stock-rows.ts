import type { CallFacts } from '@stockwright/adapter-kit';
import { addQuantities, formatQuantity, type Instant, type QuantityText, type StockObservation } from '@stockwright/core';
import type { ResolvedSettings } from '../netsuite-settings.ts';
import type { StockWire } from '../wire/suiteql-wire.ts';
import { identifyItem } from './item-identity.ts';
import { readQuantity } from './netsuite-quantity.ts';

/** What a page of rows says. */
export interface StockRows {
  readonly items: readonly StockObservation[];
  readonly unmapped: readonly string[];
}

/** What mapping needs of the settings. */
export type StockMapSettings = Pick<ResolvedSettings, 'id' | 'mappings' | 'scale'>;

/** Translates rows of one moment. Items and locations that no mapping knows are named once each, and their rows are left out. */
export function mapStockRows(
  rows: readonly StockWire[],
  settings: StockMapSettings,
  { asOf, facts }: { readonly asOf: Instant; readonly facts: CallFacts },
): StockRows {
  const items: StockObservation[] = [];
  const unmapped = new Set<string>();
  for (const row of rows) {
    const identity = identifyItem(row, settings.mappings.skus);
    const location = settings.mappings.locations.toInternal(row.location);
    if ('unmapped' in identity) unmapped.add(identity.unmapped);
    if (location === undefined) unmapped.add(`location:${row.location}`);
    if ('unmapped' in identity || location === undefined) continue;
    items.push({ kind: 'stock', source: settings.id, sku: identity.sku, location, asOf, measures: measuresOf(row, settings.scale, facts) });
  }
  return { items, unmapped: [...unmapped] };
}

/**
 * NetSuite never lets available fall below zero: what an order wants beyond the stock is backordered, not committed. Both
 * together are what is sold and not yet shipped, so on hand 10 with orders of 10 and 5 leaves -5.
 */
function measuresOf(row: StockWire, scale: number, facts: CallFacts): StockObservation['measures'] {
  const read = (column: 'onhand' | 'committed' | 'backordered' | 'onorder' | 'intransit') => readQuantity(row[column], { column, scale, facts });
  const write = (quantity: ReturnType<typeof read>): QuantityText => formatQuantity(quantity, scale);
  return {
    onHand: write(read('onhand')),
    committed: write(addQuantities(read('committed'), read('backordered'))),
    incoming: write(read('onorder')),
    inTransit: write(read('intransit')),
  };
}
