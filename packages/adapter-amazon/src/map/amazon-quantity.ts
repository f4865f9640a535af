import type { QuantityText } from '@stockwright/core';

/**
 * The largest quantity that is written. An assumption: Amazon's model says "integer", at least 0, and no more; this is
 * the largest that every reader of a 32-bit integer can hold.
 */
export const QUANTITY_MAX = 2_147_483_647;

/** A quantity as Amazon writes it, or nothing where Amazon cannot express it: nothing is rounded. */
export function toAmazonQuantity(quantity: QuantityText): number | undefined {
  if (!/^\d+$/.test(quantity)) return undefined;
  const value = Number(quantity);
  return value <= QUANTITY_MAX ? value : undefined;
}

/** Our text of a quantity that Amazon wrote. */
export function fromAmazonQuantity(quantity: number): QuantityText {
  return String(quantity + 0) as QuantityText;
}
