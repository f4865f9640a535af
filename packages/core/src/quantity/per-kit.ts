import { shown } from '../errors/issue.ts';
import { addQuantities, compareQuantities, formatQuantity, greatestCommonDivisor, MAX_INTEGER_DIGITS, MAX_SCALE, multiplyQuantity, parseQuantity, quantityProblem, scaleQuantity, type Quantity } from './quantity.ts';

/** A fraction in lowest terms that is no whole number, greater than zero. @public */
export interface Fraction {
  readonly numerator: Quantity;
  /** Greater than one. */
  readonly denominator: Quantity;
}

/**
 * How many steps one kit takes of something: a whole number wherever it is one, else a fraction, exactly. Read it through
 * {@link unitsTaken} and {@link kitsFrom}.
 *
 * @public
 */
export type PerKit = Quantity | Fraction;

/** Whether a kit takes no whole number of steps. */
export function isFraction(per: PerKit): per is Fraction {
  return typeof per === 'object';
}

/**
 * How many steps so many kits take, rounded up to a whole step: what is withheld is never less than what is needed.
 *
 * @param per - As the catalogue gives it: greater than zero, in steps of the component.
 * @param kits - Whole kits.
 * @example
 * ```ts
 * unitsTaken({ numerator: 1, denominator: 3 }, 4) // => 2
 * ```
 * @public
 */
export function unitsTaken(per: PerKit, kits: Quantity): Quantity {
  return isFraction(per) ? scaleQuantity(kits, per.numerator, per.denominator, 'up') : multiplyQuantity(per, kits);
}

/**
 * How many whole kits so many steps are enough for: the most that {@link unitsTaken} takes no more than these for.
 *
 * @param per - As the catalogue gives it: greater than zero, in steps of the component.
 * @param units - In steps of the component.
 * @returns Rounded down to whole kits: what is offered is never more than there is.
 * @throws `INVALID_INPUT` where `per` is not greater than zero.
 * @example
 * ```ts
 * kitsFrom({ numerator: 1, denominator: 3 }, 2) // => 6
 * kitsFrom(6, 17) // => 2
 * ```
 * @public
 */
export function kitsFrom(per: PerKit, units: Quantity): Quantity {
  return isFraction(per) ? scaleQuantity(units, per.denominator, per.numerator, 'down') : scaleQuantity(units, 1, per, 'down');
}

/** `a / b`, exactly; `b` is greater than zero. */
export function ratioOf(a: Quantity, b: Quantity): PerKit {
  const divisor = compareQuantities(a, 0) > 0 ? greatestCommonDivisor(a, b) : 1;
  const [numerator, denominator] = [scaleQuantity(a, 1, divisor, 'down'), scaleQuantity(b, 1, divisor, 'down')];
  return denominator === 1 ? numerator : { numerator, denominator };
}

/** The exact product. */
export function timesPer(a: PerKit, b: PerKit): PerKit {
  if (!isFraction(a) && !isFraction(b)) return multiplyQuantity(a, b);
  return ratioOf(multiplyQuantity(top(a), top(b)), multiplyQuantity(bottom(a), bottom(b)));
}

/** The exact sum. */
export function plusPer(a: PerKit, b: PerKit): PerKit {
  if (!isFraction(a) && !isFraction(b)) return addQuantities(a, b);
  return ratioOf(addQuantities(multiplyQuantity(top(a), bottom(b)), multiplyQuantity(top(b), bottom(a))), multiplyQuantity(bottom(a), bottom(b)));
}

function top(per: PerKit): Quantity {
  return isFraction(per) ? per.numerator : per;
}

function bottom(per: PerKit): Quantity {
  return isFraction(per) ? per.denominator : 1;
}

/** Whether it is more than nothing. */
export function isSome(per: PerKit): boolean {
  return compareQuantities(top(per), 0) > 0;
}

/** Adds to one of several; returns what that came to where it is too long to go on with. */
export function addPer<Key>(sums: Map<Key, PerKit>, key: Key, more: PerKit): PerKit | undefined {
  const known = sums.get(key);
  const sum = known === undefined ? more : plusPer(known, more);
  sums.set(key, sum);
  return isTooLong(sum) ? sum : undefined;
}

/** As a person writes it: `12`, `1/3`. */
export function perText(per: PerKit): string {
  return isFraction(per) ? `${formatQuantity(per.numerator)}/${formatQuantity(per.denominator)}` : formatQuantity(per);
}

/** Whether a number has more digits than any quantity may have. Safe integers, which most are, have fewer. */
function isTooLong(per: PerKit): boolean {
  const long = (value: Quantity): boolean => typeof value !== 'number' && formatQuantity(value).length > MAX_INTEGER_DIGITS;
  return isFraction(per) ? long(per.numerator) || long(per.denominator) : long(per);
}

/**
 * Why a text or number is no fraction nor a decimal of so many digits, or nothing where it is one.
 *
 * @param scale - The most decimal digits of what is no fraction.
 */
export function perProblem(value: string | number, scale: number): string | undefined {
  const parts = typeof value === 'string' ? value.split('/', 3) : [];
  const [above = '', below = ''] = parts;
  if (parts.length < 2) return quantityProblem(value, scale);
  if (parts.length > 2) return `${shown(value)} is no fraction such as 1/3`;
  const problem = quantityProblem(above, MAX_SCALE) ?? quantityProblem(below, MAX_SCALE);
  if (problem !== undefined) return problem;
  return compareQuantities(finest(below), 0) > 0 ? undefined : `${shown(value)} divides by 0 or less`;
}

/** What a text or number says that has no problem. */
export function parsePer(value: string | number): PerKit {
  const [above = '', below] = typeof value === 'string' ? value.split('/', 2) : [value];
  return ratioOf(finest(above), below === undefined ? 10 ** MAX_SCALE : finest(below));
}

function finest(value: string | number): Quantity {
  return parseQuantity(value, { scale: MAX_SCALE });
}
