import type { Mapping } from '@stockwright/adapter';
import type { Sku } from '@stockwright/core';

/** What a row says of its item. */
export interface ItemWire {
  /** The internal id. */
  readonly item: string;
  readonly sku?: string | null | undefined;
  readonly namesakes?: string | null | undefined;
}

/** A row's sku, or the name under which it is reported as unmapped. */
export type ItemIdentity = { readonly sku: Sku } | { readonly unmapped: string };

/**
 * Finds the sku of a row. An item without a value in the sku column is named by its internal id; a value that several
 * active items show stands for none of them.
 */
export function identifyItem({ item, sku, namesakes }: ItemWire, skus: Mapping<Sku>): ItemIdentity {
  if (sku === undefined || sku === null || sku === '') return { unmapped: `item:#${item}` };
  const known = Number(namesakes ?? 1) > 1 ? undefined : skus.toInternal(sku);
  return known === undefined ? { unmapped: `item:${sku}` } : { sku: known };
}
