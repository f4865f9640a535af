import type { Mappings, PublishLine, PublishOutcome } from '@stockwright/adapter';
import { toShopifyInt } from './shopify-int.ts';

/** One row of `InventorySetQuantitiesInput.quantities`. */
export interface QuantityRow {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly quantity: number;
  /** Must be there: null says "whatever the shop shows". */
  readonly changeFromQuantity: number | null;
}

/** A line on its way: the row that is sent, or why none is. */
export type PlannedLine = { readonly row: QuantityRow } | { readonly refused: PublishOutcome };

/** Turns each line into a row, in the order given. */
export function planPublishLines(lines: readonly PublishLine[], mappings: Mappings): readonly PlannedLine[] {
  return lines.map((line) => planLine(line, mappings));
}

function planLine({ sku, location, quantity, expected }: PublishLine, mappings: Mappings): PlannedLine {
  const inventoryItemId = mappings.skus.toExternal(sku);
  if (inventoryItemId === undefined) return unmapped(`Sku "${sku}" is not mapped to an inventory item`);
  if (location === undefined) return refused(`Sku "${sku}": Shopify keeps a number per location, and the line names none`);
  const locationId = mappings.locations.toExternal(location);
  if (locationId === undefined) return unmapped(`Location "${location}" is not mapped to a Shopify location`);
  const value = toShopifyInt(quantity);
  if (value === undefined || value < 0) return refused(`Quantity ${quantity} is not a whole number from 0 to 1000000000`);
  const from = expected === undefined ? null : toShopifyInt(expected);
  if (from === undefined) return refused(`Expected quantity ${expected ?? ''} is not a whole number that Shopify could show`);
  return { row: { inventoryItemId, locationId, quantity: value, changeFromQuantity: from } };
}

function refused(reason: string): PlannedLine {
  return { refused: { status: 'rejected', reason, code: 'REJECTED' } };
}

function unmapped(what: string): PlannedLine {
  return { refused: { status: 'rejected', reason: `${what}. Map it, then publish again.`, code: 'INVALID_CONFIGURATION' } };
}
