import { Decimal as SharedDecimal } from 'decimal.js';

/**
 * A private constructor: the one that other users of decimal.js share is never configured. 160 digits hold every
 * product of two quantities within bounds and a rational of two such, so nothing here is ever rounded unasked.
 */
export const Decimal: typeof SharedDecimal = SharedDecimal.clone({
  precision: 160,
  rounding: SharedDecimal.ROUND_DOWN,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
