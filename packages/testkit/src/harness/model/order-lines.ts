import type { OrderLineObservation, QuantityText } from '@stockwright/core';

/** What became of an order, in all. */
export interface OrderCounters {
  readonly fulfilled: number;
  readonly cancelled: number;
  readonly returned: number;
}

/** Nothing became of it yet. */
export const NOTHING_YET: OrderCounters = { fulfilled: 0, cancelled: 0, returned: 0 };

/** The lines of an order as the counters leave them: what ships and comes back is the first line's first, what is cancelled the last line's. */
export function countedLines(lines: readonly OrderLineObservation[], { fulfilled, cancelled, returned }: OrderCounters): readonly OrderLineObservation[] {
  const cancelledOf = shares(lines.map(({ ordered }) => Number(ordered)).reverse(), cancelled).reverse();
  const fulfilledOf = shares(lines.map(({ ordered }, index) => Number(ordered) - (cancelledOf[index] ?? 0)), fulfilled);
  const returnedOf = shares(fulfilledOf, returned);
  const text = (value: number | undefined): QuantityText => String(value ?? 0) as QuantityText;
  return lines.map((line, index) => ({ ...line, fulfilled: text(fulfilledOf[index]), cancelled: text(cancelledOf[index]), returned: text(returnedOf[index]) }));
}

/** The counters that lines come to. */
export function totalOf(lines: readonly OrderLineObservation[]): OrderCounters {
  const sum = (name: keyof OrderCounters): number => lines.reduce((all, line) => all + Number(line[name]), 0);
  return { fulfilled: sum('fulfilled'), cancelled: sum('cancelled'), returned: sum('returned') };
}

/** So much for each in turn as it can take. */
function shares(most: readonly number[], all: number): number[] {
  let left = all;
  return most.map((each) => {
    const own = Math.min(left, each);
    left -= own;
    return own;
  });
}
