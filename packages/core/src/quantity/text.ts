import { invalidInput } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { Decimal } from './decimal.ts';
import { LARGEST, MAX_INTEGER_DIGITS, MAX_SCALE, normal, type Quantity, type QuantityText } from './form.ts';

/** So many digits are a safe integer, whatever they are; with a sign and a point. */
const SAFE_DIGITS = 15;
const SAFE_LENGTH = SAFE_DIGITS + 2;

const PLAIN_DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** The texts of the counts that most stock has. */
const SMALL: readonly string[] = Array.from({ length: 1_000 }, (_, count) => String(count));

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
