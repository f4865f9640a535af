import type { QuantityText } from '@stockwright/core';

/** The largest quantity that can be set, either way. */
const QUANTITY_MAX = 1_000_000_000;

/** A quantity as Shopify writes it, or nothing where Shopify cannot express it: nothing is rounded. */
export function toShopifyInt(quantity: QuantityText): number | undefined {
  if (!/^-?\d+$/.test(quantity)) return undefined;
  const value = Number(quantity) + 0;
  return Math.abs(value) <= QUANTITY_MAX ? value : undefined;
}

/** Our text of a quantity that Shopify wrote. */
export function fromShopifyInt(quantity: number): QuantityText {
  return String(quantity + 0) as QuantityText;
}
