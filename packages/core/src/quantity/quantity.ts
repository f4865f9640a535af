import { invalidInput } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { Decimal } from './decimal.ts';

/** The exact form of a quantity that no safe integer can hold. Opaque: use the functions of this package. @public */
export interface ExactDecimal {
  readonly '~quantity': true;
}

/**
 * An exact count of a sku's steps: a safe integer while it can be, a longer exact form when it must be.
 * Use it only through the functions of this package; which of the two it is may change with any operation. As JSON it is
 * a text: see {@link formatQuantity}.
 *
 * @public
 */
export type Quantity = number | ExactDecimal;

/** A quantity as JSON, storage, wire and adapters carry it: canonical decimal text such as `12`, `-3` or `0.125`. @public */
export type QuantityText = string & { readonly '~quantityText': true };

/** How a result that falls between two steps becomes a step: what is offered rounds down, what is withheld rounds up. @public */
export type Rounding = 'down' | 'up';

/** The most digits before the decimal point. @public */
export const MAX_INTEGER_DIGITS = 24;
/** The most digits after the decimal point, hence the finest step: 10^-12. @public */
export const MAX_SCALE = 12;

/** The most digits after the decimal point of a percentage. */
export const PERCENT_SCALE = 4;

/** The quantity of nothing. @public */
export const ZERO: Quantity = 0;

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const LEAST = -MOST;
const LARGEST = Number.MAX_SAFE_INTEGER;
/** So many digits are a safe integer, whatever they are; with a sign and a point. */
const SAFE_DIGITS = 15;
const SAFE_LENGTH = SAFE_DIGITS + 2;

const PLAIN_DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** The texts of the counts that most stock has. */
const SMALL: readonly string[] = Array.from({ length: 1_000 }, (_, count) => String(count));

/** The count as a bigint, whichever form it has. */
function exact(value: Quantity): bigint {
  return typeof value === 'number' ? BigInt(value) : (value as unknown as bigint);
}

/** Back to a safe integer wherever one can hold the value: equal quantities have one form. */
function normal(value: bigint): Quantity {
  return value <= MOST && value >= LEAST ? Number(value) : (value as unknown as ExactDecimal);
}

/**
 * Reads a quantity into steps of 10^-scale.
 *
 * @param value - A decimal text (`12`, `-0.5`) or a finite number, with at most 24 digits before and `scale` digits after
 *   the point. Exponents (`1e3`), signs alone, white space and anything else are refused, as is a number past 2^53:
 *   the text says what was meant, the number may not.
 * @param options - `scale`: decimal digits of the sku's step, 0 to 12, 0 unless its unit says otherwise.
 *   `path`: where the value stood in the caller's input.
 * @returns The exact count of steps. Nothing is rounded: digits finer than the step are an error.
 * @throws `INVALID_INPUT` with the path, or at `scale` where that is no such number.
 * @example
 * ```ts
 * parseQuantity('12') // => 12
 * parseQuantity('1.25', { scale: 2 }) // => 125
 * ```
 * @public
 */
export function parseQuantity(
  value: unknown,
  { scale = 0, path = [] }: { readonly scale?: number; readonly path?: readonly (string | number)[] } = {},
): Quantity {
  if (typeof value === 'number' && scale === 0 && Number.isSafeInteger(value)) return value + 0;
  if (scale !== 0) refuseScale(scale);
  if (typeof value === 'string') {
    const short = shortQuantity(value, scale);
    if (short !== undefined) return short;
  }
  const problem = quantityProblem(value, scale);
  if (problem !== undefined) throw invalidInput('quantity', [{ path, message: problem }]);
  const text = typeof value === 'number' ? new Decimal(value).toFixed() : (value as string);
  const [, sign = '', whole = '', fraction = ''] = PLAIN_DECIMAL.exec(text) ?? [];
  const digits = whole + fraction.slice(0, scale).padEnd(scale, '0');
  return normal(sign === '-' ? -BigInt(digits) : BigInt(digits));
}

/**
 * Reads the texts that stores and vendors mostly write, digit by digit: no sign but a minus, few digits, a safe integer
 * of steps. Nothing for any other text, which may still be a quantity.
 */
export function shortQuantity(text: string, scale: number): number | undefined {
  const { length } = text;
  const negative = length > 0 && text.charCodeAt(0) === 45;
  const begin = negative ? 1 : 0;
  if (length === begin || length > SAFE_LENGTH) return undefined;
  let count = 0;
  let point = -1;
  for (let at = begin; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) count = count * 10 + digit;
    else if (digit === -2 && point < 0 && at > begin) point = at;
    else return undefined;
  }
  const fraction = point < 0 ? 0 : length - point - 1;
  if (point === length - 1 || fraction > scale || length - begin - (point < 0 ? 0 : 1) > SAFE_DIGITS) return undefined;
  for (let missing = fraction; missing < scale; missing += 1) count *= 10;
  if (count > LARGEST) return undefined;
  return negative ? 0 - count : count;
}

/** @throws `INVALID_INPUT` at `scale` where that is no number of decimal digits that a step may have. */
export function refuseScale(scale: number): void {
  if (Number.isInteger(scale) && scale >= 0 && scale <= MAX_SCALE) return;
  throw invalidInput('scale', [{ path: ['scale'], message: `${shown(scale)} is no number of decimal digits from 0 to ${String(MAX_SCALE)}` }]);
}

/**
 * Why a value is not a quantity with this many decimal digits, or nothing where it is one.
 *
 * @param value - Anything; a quantity is a text or number as {@link parseQuantity} reads it.
 * @param scale - Decimal digits of the sku's step, 0 to 12.
 * @returns The message alone: the caller knows the path.
 * @example
 * ```ts
 * quantityProblem('1.25', 2) // => undefined
 * quantityProblem('1.25') // => '"1.25" is not a whole number, and this sku is counted in whole units'
 * ```
 * @public
 */
export function quantityProblem(value: unknown, scale = 0): string | undefined {
  const unfit = kindProblem(value);
  if (unfit !== undefined) return unfit;
  const text = typeof value === 'number' ? new Decimal(value).toFixed() : (value as string);
  return textProblem(text, scale);
}

function kindProblem(value: unknown): string | undefined {
  if (typeof value === 'string') return undefined;
  if (typeof value !== 'number') return `a quantity must be a decimal text or a number, not ${value === null ? 'null' : typeof value}`;
  if (!Number.isFinite(value)) return `${String(value)} is not a finite number`;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return undefined;
  return `the number ${String(value)} is past 2^53 and may have lost digits; give it as a text`;
}

function textProblem(text: string, scale: number): string | undefined {
  if (text.length > 2 + MAX_INTEGER_DIGITS + MAX_SCALE + 200) return 'the text is far too long for a quantity';
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null) return `${JSON.stringify(text)} is not a plain decimal number such as 12 or -0.5`;
  const whole = (match[2] ?? '').replace(/^0+/, '');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (whole.length > MAX_INTEGER_DIGITS) {
    return `${JSON.stringify(text)} has ${String(whole.length)} digits before the point; at most ${String(MAX_INTEGER_DIGITS)} are accepted`;
  }
  if (fraction.length > scale) {
    if (scale === MAX_SCALE) return `${JSON.stringify(text)} has ${String(fraction.length)} digits after the point; at most ${String(MAX_SCALE)} are accepted, since no step is finer`;
    return scale === 0
      ? `${JSON.stringify(text)} is not a whole number, and this sku is counted in whole units`
      : `${JSON.stringify(text)} has ${String(fraction.length)} digits after the point; this sku is counted in steps of 10^-${String(scale)}`;
  }
  return undefined;
}

/**
 * Writes a quantity as canonical decimal text: no exponent, no needless zero, no `-0`.
 *
 * @param value - In steps of 10^-scale.
 * @param scale - Decimal digits of the sku's step, 0 to 12.
 * @returns Every digit: nothing is rounded.
 * @throws `INVALID_INPUT` at `scale` where that is no such number.
 * @example
 * ```ts
 * formatQuantity(125, 2) // => '1.25'
 * ```
 * @public
 */
export function formatQuantity(value: Quantity, scale = 0): QuantityText {
  if (scale === 0) return (typeof value === 'number' && value >= 0 ? (SMALL[value] ?? String(value)) : String(value)) as QuantityText;
  refuseScale(scale);
  const text = String(value);
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.slice(sign.length).padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}` as QuantityText;
}

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

/** Whether something that others made is a whole count of steps. */
export function isQuantity(value: unknown): value is Quantity {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint' && (value > MOST || value < LEAST);
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
