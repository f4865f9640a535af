/** Kinds of object that the shop names by a global id. */
export type GidType =
  | 'App' | 'AppInstallation' | 'Fulfillment' | 'FulfillmentOrder' | 'FulfillmentOrderLineItem' | 'InventoryAdjustmentGroup'
  | 'InventoryItem' | 'LineItem' | 'Location' | 'Order' | 'Product' | 'ProductVariant' | 'Refund' | 'RefundLineItem' | 'Shop'
  | 'WebhookSubscription';

/** The global id of an object. */
export function toGid(type: GidType, id: number): string {
  return `gid://shopify/${type}/${String(id)}`;
}

/** The number in a global id of this type, or nothing where the text names something else. */
export function parseGid(type: GidType, text: string): number | undefined {
  const prefix = `gid://shopify/${type}/`;
  if (!text.startsWith(prefix)) return undefined;
  const digits = text.slice(prefix.length);
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

/**
 * The global id of an inventory level. Its number belongs to the location but is not the location's id, and the same
 * number stands for every item there, so only the whole text identifies a level.
 */
export function toLevelGid(levelNumber: number, itemId: number): string {
  return `gid://shopify/InventoryLevel/${String(levelNumber)}?inventory_item_id=${String(itemId)}`;
}

/** The two numbers of a level's global id, or nothing where the text is none. */
export function parseLevelGid(text: string): { readonly levelNumber: number; readonly itemId: number } | undefined {
  const match = /^gid:\/\/shopify\/InventoryLevel\/(\d+)\?inventory_item_id=(\d+)$/.exec(text);
  return match === null ? undefined : { levelNumber: Number(match[1]), itemId: Number(match[2]) };
}

/** An instant as the shop writes it: whole seconds, UTC. */
export function toShopTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
