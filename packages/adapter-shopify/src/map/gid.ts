/** What Shopify calls the kinds of objects that this adapter names. */
export type GidKind = 'InventoryItem' | 'Location' | 'Order';

/** Shopify's global id of an object, from the digits that a webhook carries. */
export function gidOf(kind: GidKind, digits: string): string {
  return `gid://shopify/${kind}/${digits}`;
}
