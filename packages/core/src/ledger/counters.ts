import { invalidInput } from '../errors/error.ts';
import type { LineCounters } from '../observations/observations.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, parseQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import type { Counters } from './books.ts';

/** Each counter, by name. */
export const COUNTERS = ['ordered', 'fulfilled', 'cancelled', 'returned'] as const;
/** Nothing ordered, and nothing become of it. */
export const NOTHING: Counters = { ordered: 0, fulfilled: 0, cancelled: 0, returned: 0 };

/** @throws `INVALID_INPUT` where a counter is not a quantity of the sku's step, or negative. */
export function readCounters(line: LineCounters, scale: number): Counters {
  const read = (name: keyof LineCounters): Quantity => {
    const value = parseQuantity(line[name], { scale, path: [name] });
    if (compareQuantities(value, 0) < 0) throw invalidInput('order line', [{ path: [name], message: `${line[name]} must not be negative` }]);
    return value;
  };
  return { ordered: read('ordered'), fulfilled: read('fulfilled'), cancelled: read('cancelled'), returned: read('returned') };
}

/** Sums counters. */
export function addCounters(a: Counters, b: Counters): Counters {
  return {
    ordered: addQuantities(a.ordered, b.ordered),
    fulfilled: addQuantities(a.fulfilled, b.fulfilled),
    cancelled: addQuantities(a.cancelled, b.cancelled),
    returned: addQuantities(a.returned, b.returned),
  };
}

/** The larger of each counter: what either of two words about the same thing grants. */
export function maxCounters(a: Counters, b: Counters): Counters {
  return {
    ordered: maxQuantity(a.ordered, b.ordered),
    fulfilled: maxQuantity(a.fulfilled, b.fulfilled),
    cancelled: maxQuantity(a.cancelled, b.cancelled),
    returned: maxQuantity(a.returned, b.returned),
  };
}

/** What shipments freed of what was asked for: goods sent in excess were asked for by nobody. */
export function releasedOf(parts: readonly Counters[]): Quantity {
  return parts.reduce<Quantity>((sum, { ordered, cancelled, fulfilled }) => addQuantities(sum, minQuantity(fulfilled, maxQuantity(subtractQuantities(ordered, cancelled), 0))), 0);
}

/** The sum over places. */
export function totalOf(parts: readonly Counters[]): Counters {
  return parts.reduce(addCounters, NOTHING);
}

/** What is left of a line whose payment failed: what has shipped has shipped, the rest is asked for no more. */
export function givenUp(counters: Counters): Counters {
  return { ...counters, cancelled: maxQuantity(counters.cancelled, subtractQuantities(counters.ordered, counters.fulfilled)) };
}

/** What can be true of one line by itself: no more is taken back than waits, and no more comes back than left. */
export function possible(counters: Counters): Counters {
  const { ordered, fulfilled, cancelled, returned } = counters;
  return { ...counters, cancelled: minQuantity(cancelled, maxQuantity(subtractQuantities(ordered, fulfilled), 0)), returned: minQuantity(returned, fulfilled) };
}
