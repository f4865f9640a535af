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
  if (compareQuantities(left, 0) <= 0) return parts;
  const line = new Line(parts, weights);
  for (; compareQuantities(left, 0) > 0; left = subtractQuantities(left, 1)) line.giveOne();
  return parts;
}

/** Who deserves the next step: a heap, so that each step costs a look at a few of them. */
class Line {
  readonly #parts: Quantity[];
  readonly #weights: readonly Quantity[];
  readonly #heap: number[];

  constructor(parts: Quantity[], weights: readonly Quantity[]) {
    this.#parts = parts;
    this.#weights = weights;
    this.#heap = Array.from(weights.keys());
    for (let at = this.#heap.length >> 1; at >= 0; at -= 1) this.#sink(at);
  }

  giveOne(): void {
    const first = this.#heap[0] ?? 0;
    this.#parts[first] = addQuantities(this.#parts[first] ?? 0, 1);
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const one = heap[from] ?? 0;
    let at = from;
    for (;;) {
      let next = 2 * at + 1;
      const [left, right] = [heap[next], heap[next + 1]];
      if (left === undefined) break;
      if (right !== undefined && this.#isBefore(right, left)) next += 1;
      const child = heap[next] ?? 0;
      if (!this.#isBefore(child, one)) break;
      heap[at] = child;
      at = next;
    }
    heap[at] = one;
  }

  /** Whether a weight divided by one more than its part is larger, compared without division; of equal ones the earlier. */
  #isBefore(a: number, b: number): boolean {
    const one = multiplyQuantity(this.#weights[a] ?? 0, addQuantities(this.#parts[b] ?? 0, 1));
    const other = multiplyQuantity(this.#weights[b] ?? 0, addQuantities(this.#parts[a] ?? 0, 1));
    return (compareQuantities(one, other) || b - a) > 0;
  }
}
