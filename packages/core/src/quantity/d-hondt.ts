import { addQuantities, compareQuantities, multiplyQuantity, scaleQuantity, subtractQuantities, sumQuantities, type Quantity } from './quantity.ts';

/**
 * Divides a number of steps in proportion to weights by D'Hondt's divisor method: each step in turn goes to the weight
 * that is largest when divided by one more than what it has already; of equal ones to the earlier. Every step is given
 * away, more to divide never gives anyone less, and nobody gets less than the share rounded down.
 *
 * @param amount - Whole steps, `>= 0`.
 * @param weights - Each `>= 0`; where all are zero nobody gets anything.
 * @returns One part per weight, in their order.
 */
export function apportion(amount: Quantity, weights: readonly Quantity[]): readonly Quantity[] {
  const all = sumQuantities(weights);
  if (compareQuantities(all, 0) <= 0 || compareQuantities(amount, 0) <= 0) return weights.map(() => 0);
  // The method never gives less than the rounded-down share, so fewer steps than there are weights remain.
  const parts = weights.map((weight) => scaleQuantity(amount, weight, all, 'down'));
  let left = subtractQuantities(amount, sumQuantities(parts));
  while (compareQuantities(left, 0) > 0) {
    const next = mostDeserving(parts, weights);
    parts[next] = addQuantities(parts[next] ?? 0, 1);
    left = subtractQuantities(left, 1);
  }
  return parts;
}

/** Whose weight divided by one more than its part is the largest, compared without division. */
function mostDeserving(parts: readonly Quantity[], weights: readonly Quantity[]): number {
  let best = 0;
  for (let index = 1; index < weights.length; index += 1) {
    const one = multiplyQuantity(weights[index] ?? 0, addQuantities(parts[best] ?? 0, 1));
    const other = multiplyQuantity(weights[best] ?? 0, addQuantities(parts[index] ?? 0, 1));
    if (compareQuantities(one, other) > 0) best = index;
  }
  return best;
}
