/** The exact form of a quantity that no safe integer can hold. Opaque: use the functions of this package. @public */
export interface ExactDecimal {
  readonly '~quantity': true;
}

/**
 * An exact count of a sku's steps: a safe integer while it can be, a longer exact form when it must be.
 * Use it only through the functions of this package; which of the two it is may change with any operation. As JSON it is
 * a text: see `formatQuantity`.
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
/** The largest count that is kept as a number. */
export const LARGEST = Number.MAX_SAFE_INTEGER;

/** The count as a bigint, whichever form it has. */
export function exact(value: Quantity): bigint {
  return typeof value === 'number' ? BigInt(value) : (value as unknown as bigint);
}

/** Back to a safe integer wherever one can hold the value: equal quantities have one form. */
export function normal(value: bigint): Quantity {
  return value <= MOST && value >= LEAST ? Number(value) : (value as unknown as ExactDecimal);
}

/** Whether something that others made is a whole count of steps. */
export function isQuantity(value: unknown): value is Quantity {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint' && (value > MOST || value < LEAST);
}
