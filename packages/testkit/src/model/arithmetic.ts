import type { ByLevel, CatalogItem, Withheld } from '@stockwright/core';

/** A rule's quantity in steps. */
export const steps = (value: string | number, { scale }: Pick<CatalogItem, 'scale'>, round: (value: number) => number): number => round(Number((Number(value) * 10 ** scale).toFixed(6)));

/** The fewest steps that hold a quantity a whole number of times, found by trying. */
export function wholeSteps(value: string | number, item: Pick<CatalogItem, 'scale'>): number {
  let times = 1;
  while (!Number.isInteger(steps(Number(value) * times, item, (steps) => steps))) times += 1;
  return steps(Number(value) * times, item, Math.round);
}

/** A part of a whole, to a whole step. */
export const part = (whole: number, percent: string | number, round: (value: number) => number): number => round(Number(((whole * Number(percent)) / 100).toFixed(9)));
/** All of them together. */
export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
/** The number, or nothing where it is less. */
export const positive = (number: number): number => Math.max(0, number);

/** What is worked out once, when it is first asked for. */
export function once<Value>(work: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: work() }).value;
}

/** What is left of a number after a part of it is held back: rounded up, and no more than is there. */
export function afterWithholding(number: number, held: Withheld | ByLevel, item: CatalogItem): number {
  const one = 'levels' in held ? held.levels.filter(({ from }) => steps(from, item, Math.ceil) <= number).at(-1) : held;
  if (one === undefined) return number;
  const wish = 'fixed' in one ? steps(one.fixed, item, Math.ceil) : part(positive(number), one.percent, Math.ceil);
  return number - Math.min(wish, positive(number));
}
