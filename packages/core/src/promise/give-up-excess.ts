import { invalidInput, type Issue } from '../errors/error.ts';
import { list, parts } from '../errors/looks.ts';
import { shown } from '../errors/issue.ts';
import { apportion } from '../quantity/d-hondt.ts';
import { compareQuantities, formatQuantity, isQuantity, maxQuantity, minQuantity, subtractQuantities, sumQuantities, type Quantity } from '../quantity/quantity.ts';

/** How much somebody was promised, and how much of a shortfall is theirs to bear. @public */
export interface Target<Id extends string = string> {
  readonly id: Id;
  /** In steps of the sku, `>= 0`. */
  readonly quantity: Quantity;
  /** The larger, the more is given up in proportion; `>= 0`. */
  readonly weight: Quantity;
}

/**
 * Cuts targets to what there is. What they exceed it by is given up in proportion to the weights by D'Hondt's method, step
 * by step, and never more than somebody has: what one cannot bear the others do.
 *
 * @param supply - What there is to divide, in steps, `>= 0`.
 * @returns One quantity per target, in their order; together they come to the supply, or to the targets where those are less.
 * @throws `INVALID_INPUT` with a path where a number is negative or no whole count of steps.
 * @example
 * ```ts
 * const targets = [{ id: 'shop', quantity: 5, weight: 1 }, { id: 'till', quantity: 5, weight: 3 }];
 * giveUpExcess(6, targets) // => [{ id: 'shop', quantity: 4 }, { id: 'till', quantity: 2 }]
 * ```
 * @public
 */
export function giveUpExcess<Id extends string>(supply: Quantity, targets: readonly Target<Id>[]): readonly { readonly id: Id; readonly quantity: Quantity }[] {
  TARGETS(targets, ['targets']);
  refuseNegative(supply, targets);
  const left = targets.map(({ quantity }) => quantity);
  let excess = maxQuantity(subtractQuantities(sumQuantities(left), supply), 0);
  let bearers = targets.map((_, index) => index);
  while (compareQuantities(excess, 0) > 0) {
    bearers = bearers.filter((index) => compareQuantities(left[index] ?? 0, 0) > 0);
    const weights = bearers.map((index) => targets[index]?.weight ?? 0);
    // Where nobody who still has something was given a weight, all of them bear alike.
    const isBorne = compareQuantities(sumQuantities(weights), 0) > 0;
    apportion(excess, isBorne ? weights : weights.map(() => 1)).forEach((share, at) => {
      const index = bearers[at] ?? 0;
      const given = minQuantity(share, left[index] ?? 0);
      left[index] = subtractQuantities(left[index] ?? 0, given);
      excess = subtractQuantities(excess, given);
    });
  }
  return targets.map(({ id }, index) => ({ id, quantity: left[index] ?? 0 }));
}

const TARGETS = list(parts({}));

function refuseNegative(supply: Quantity, targets: readonly Target[]): void {
  const issues: Issue[] = [];
  const check = (value: Quantity, path: readonly (string | number)[]): void => {
    if (!isQuantity(value)) issues.push({ path, message: `${shown(value)} is no whole count of steps, as parseQuantity gives it` });
    else if (compareQuantities(value, 0) < 0) issues.push({ path, message: `${formatQuantity(value)} must not be negative` });
  };
  check(supply, ['supply']);
  targets.forEach(({ quantity, weight }, index) => {
    check(quantity, ['targets', index, 'quantity']);
    check(weight, ['targets', index, 'weight']);
  });
  if (issues.length > 0) throw invalidInput('division', issues);
}
