import type { ResolvedSettings } from '../netsuite-settings.ts';

/**
 * The columns that identify the item `i` of a row. Nothing in NetSuite keeps a UPC code from standing on two items, so
 * there the namesakes are counted; names and external ids are unique.
 */
export function itemColumns(skuColumn: ResolvedSettings['skuColumn']): string {
  const sku = `i.${skuColumn} AS sku`;
  if (skuColumn !== 'upccode') return sku;
  return `${sku}, (SELECT COUNT(*) FROM item n WHERE n.isinactive = 'F' AND n.upccode = i.upccode) AS namesakes`;
}

/** So many placeholders, with commas. */
export function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}
