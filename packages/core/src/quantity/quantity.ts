import { invalidInput } from '../errors/error.ts';
import { exact, LARGEST, normal, type Quantity, type Rounding } from './form.ts';

export { isQuantity, MAX_INTEGER_DIGITS, MAX_SCALE, PERCENT_SCALE, ZERO, type ExactDecimal, type Quantity, type QuantityText, type Rounding } from './form.ts';
export { formatQuantity, parseQuantity, quantityProblem, refuseScale, shortQuantity } from './text.ts';

/**
 * The exact sum.
 *
 * @param a - In steps of a sku.
 * @param b - In steps of the same sku.
 * @example
 * ```ts
 * addQuantities(2, 3) // => 5
 * ```
 * @public
 */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= LARGEST && sum >= -LARGEST) return sum;
  }
  return normal(exact(a) + exact(b));
}

/**
 * The exact difference `a - b`.
 *
 * @param a - In steps of a sku.
 * @param b - In steps of the same sku.
 * @returns Below zero where `b` is the larger.
 * @example
 * ```ts
 * subtractQuantities(2, 5) // => -3
 * ```
 * @public
 */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference <= LARGEST && difference >= -LARGEST) return difference;
  }
  return normal(exact(a) - exact(b));
}

/**
 * The quantity with the other sign.
 *
 * @example
 * ```ts
 * negateQuantity(5) // => -5
 * ```
 * @public
 */
export function negateQuantity(value: Quantity): Quantity {
  return typeof value === 'number' ? 0 - value : normal(-exact(value));
}

/**
 * Negative where `a < b`, zero where equal, positive where `a > b`.
 *
 * @param a - In steps of a sku.
 * @param b - In steps of the same sku.
 * @example
 * ```ts
 * [3, 1, 2].sort(compareQuantities) // => [1, 2, 3]
 * ```
 * @public
 */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Whether two quantities are the same number.
 *
 * @param a - In steps of a sku.
 * @param b - In steps of the same sku.
 * @example
 * ```ts
 * quantitiesEqual(parseQuantity('1.50', { scale: 2 }), parseQuantity('1.5', { scale: 2 })) // => true
 * ```
 * @public
 */
export function quantitiesEqual(a: Quantity, b: Quantity): boolean {
  return a === b || compareQuantities(a, b) === 0;
}

/**
 * Whether a quantity is nothing.
 *
 * @example
 * ```ts
 * isZeroQuantity(subtractQuantities(3, 3)) // => true
 * ```
 * @public
 */
export function isZeroQuantity(value: Quantity): boolean {
  return value === 0;
}

/**
 * The smaller of two.
 *
 * @param a - In steps of a sku.
 * @param b - In steps of the same sku.
 * @example
 * ```ts
 * minQuantity(2, 3) // => 2
 * ```
 * @public
 */
export function minQuantity(a: Quantity, b: Quantity): Quantity {
  return compareQuantities(a, b) <= 0 ? a : b;
}

/**
 * The larger of two.
 *
 * @param a - In steps of a sku.
 * @param b - In steps of the same sku.
 * @example
 * ```ts
 * maxQuantity(2, 3) // => 3
 * ```
 * @public
 */
export function maxQuantity(a: Quantity, b: Quantity): Quantity {
  return compareQuantities(a, b) >= 0 ? a : b;
}

/**
 * The exact sum of many; nothing for none.
 *
 * @param values - All in steps of one sku.
 * @example
 * ```ts
 * sumQuantities([1, 2, 3]) // => 6
 * ```
 * @public
 */
export function sumQuantities(values: Iterable<Quantity>): Quantity {
  let total: Quantity = 0;
  for (const value of values) total = addQuantities(total, value);
  return total;
}

/**
 * The exact product of a quantity and a whole number.
 *
 * @param value - In steps of a sku.
 * @param factor - A whole number; {@link scaleQuantity} takes fractions.
 * @example
 * ```ts
 * multiplyQuantity(6, 4) // => 24
 * ```
 * @public
 */
export function multiplyQuantity(value: Quantity, factor: Quantity): Quantity {
  if (typeof value === 'number' && typeof factor === 'number') {
    const product = value * factor;
    if (product <= LARGEST && product >= -LARGEST) return product + 0;
  }
  return normal(exact(value) * exact(factor));
}

/** The largest number that goes into two that are greater than zero. */
export function greatestCommonDivisor(a: Quantity, b: Quantity): Quantity {
  let [large, small] = [exact(a), exact(b)];
  while (small !== 0n) [large, small] = [small, large % small];
  return normal(large);
}

/**
 * `value * numerator / denominator` in whole steps, with the rounding named.
 *
 * @param numerator - Any quantity; with `denominator` it makes the exact rational.
 * @param denominator - Greater than zero.
 * @param rounding - `down` towards minus infinity, `up` towards plus infinity.
 * @throws `INVALID_INPUT` where `denominator` is not greater than zero.
 * @example
 * ```ts
 * scaleQuantity(15, 10, 100, 'up') // => 2
 * ```
 * @public
 */
// oxlint-disable-next-line max-params -- a fraction and its rounding read best in line
export function scaleQuantity(value: Quantity, numerator: Quantity, denominator: Quantity, rounding: Rounding): Quantity {
  if (!(compareQuantities(denominator, 0) > 0)) throw invalidInput('fraction', [{ path: ['denominator'], message: `${String(denominator)} must be greater than 0` }]);
  if (typeof value === 'number' && typeof numerator === 'number' && typeof denominator === 'number') {
    const product = value * numerator;
    if (Number.isSafeInteger(product)) {
      const remainder = product % denominator;
      const whole = (product - remainder) / denominator;
      if (remainder === 0) return whole + 0;
      return rounding === 'up' ? whole + (remainder > 0 ? 1 : 0) : whole - (remainder < 0 ? 1 : 0);
    }
  }
  const product = exact(value) * exact(numerator);
  const whole = product / exact(denominator);
  const remainder = product % exact(denominator);
  if (remainder === 0n) return normal(whole);
  return normal(rounding === 'up' ? whole + (remainder > 0n ? 1n : 0n) : whole - (remainder < 0n ? 1n : 0n));
}
