import { Decimal as SharedDecimal } from 'decimal.js';

/**
 * Writes a number that JavaScript shows with an exponent as plain digits. A private constructor: the one that other users
 * of decimal.js share is never configured.
 */
export const Decimal: typeof SharedDecimal = SharedDecimal.clone({
  precision: 160,
  rounding: SharedDecimal.ROUND_DOWN,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
