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
  // The method never gives less than the rounded-down share, so fewer steps than there are weights remain; nor more than the
  // share of so many steps more, so there are few steps to choose these from.
  const parts = weights.map((weight) => scaleQuantity(amount, weight, all, 'down'));
  const left = Number(subtractQuantities(amount, sumQuantities(parts)));
  if (left === 0) return parts;
  const more = addQuantities(amount, weights.length);
  const steps = weights.flatMap((weight, index) => {
    const part = parts[index] ?? 0;
    const count = Number(subtractQuantities(scaleQuantity(more, weight, all, 'down'), part));
    return Array.from({ length: count }, (_, step) => ({ index, weight, part: addQuantities(part, step + 1) }));
  });
  // The larger weight divided by its part first, compared without division.
  steps.sort((a, b) => compareQuantities(multiplyQuantity(b.weight, a.part), multiplyQuantity(a.weight, b.part)));
  for (const { index, part } of steps.slice(0, left)) parts[index] = part;
  return parts;
}
