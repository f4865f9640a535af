import { MAX_SCALE, parseQuantity, scaleQuantity, type Quantity, type Rounding } from '../../quantity/quantity.ts';

/** A rule's quantity in steps of the sku that it applies to; finer digits than the step follow the named rounding. */
export function inSteps(value: string | number, scale: number, rounding: Rounding): Quantity {
  const whole = typeof value === 'number' ? value : Number(value);
  if (scale === 0 && Number.isSafeInteger(whole) && String(whole) === String(value)) return whole + 0;
  const finest = parseQuantity(value, { scale: MAX_SCALE });
  return scaleQuantity(finest, 10 ** scale, 10 ** MAX_SCALE, rounding);
}
