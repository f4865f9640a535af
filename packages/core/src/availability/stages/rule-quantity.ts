import { greatestCommonDivisor, MAX_SCALE, parseQuantity, scaleQuantity, type Quantity, type Rounding } from '../../quantity/quantity.ts';

const WHOLE = /^\d{1,15}$/;

/** A rule's quantity in steps of the sku that it applies to; finer digits than the step follow the named rounding. */
export function inSteps(value: string | number, scale: number, rounding: Rounding): Quantity {
  if (scale === 0 && typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  if (scale === 0 && typeof value === 'string' && WHOLE.test(value)) return Number(value);
  const finest = parseQuantity(value, { scale: MAX_SCALE });
  return scaleQuantity(finest, 10 ** scale, 10 ** MAX_SCALE, rounding);
}

/**
 * The smallest count of steps that holds a rule's quantity a whole number of times: the quantity itself where the step
 * goes into it, and of 2.5 in whole pieces 5, since no other number of pieces is a multiple of 2.5.
 */
export function multipleInSteps(value: string | number, scale: number): Quantity {
  if (scale === 0 && typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (scale === 0 && typeof value === 'string' && WHOLE.test(value)) return Number(value);
  const finest = parseQuantity(value, { scale: MAX_SCALE });
  return scaleQuantity(finest, 1, greatestCommonDivisor(finest, 10 ** (MAX_SCALE - scale)), 'down');
}
