import { addQuantities, compareQuantities, formatQuantity, parseQuantity, subtractQuantities, ZERO, type Quantity } from '@stockwright/core';
import { Decimal } from 'decimal.js';
import { randomNumbers, type Comparison } from './compare.ts';

const ROWS = 100_000;
const SCALE = 3;

interface Row<N> {
  readonly onHand: N;
  readonly unavailable: N;
  readonly committed: N;
  readonly safetyStock: N;
  readonly incoming: N;
}

const next = randomNumbers(42);
const below = (most: number): number => Math.floor(next() * most);
const steps: readonly Row<number>[] = Array.from({ length: ROWS }, () => ({
  onHand: below(100_000),
  unavailable: below(20_000),
  committed: below(10_000),
  safetyStock: below(5_000),
  incoming: next() < 0.2 ? below(10_000) : 0,
}));

function rowsOf<N>(make: (value: number) => N): readonly Row<N>[] {
  return steps.map((row) => ({ onHand: make(row.onHand), unavailable: make(row.unavailable), committed: make(row.committed), safetyStock: make(row.safetyStock), incoming: make(row.incoming) }));
}

const ordinary = rowsOf((value) => parseQuantity(value));
const decimals = rowsOf((value) => new Decimal(value).div(10 ** SCALE));

/** Past 2^53 steps, so that no safe integer holds any of them; the differences between two of them are small again. */
const BEYOND = '9007199254740993000';
const beyond: readonly Row<Quantity>[] = steps.map((row) => ({
  onHand: parseQuantity(String(BigInt(BEYOND) * 5n + BigInt(row.onHand))),
  unavailable: parseQuantity(String(BigInt(BEYOND) + BigInt(row.unavailable))),
  committed: parseQuantity(String(BigInt(BEYOND) + BigInt(row.committed))),
  safetyStock: parseQuantity(String(BigInt(BEYOND) + BigInt(row.safetyStock))),
  incoming: parseQuantity(String(-(BigInt(BEYOND) * 2n) + BigInt(row.incoming))),
}));

/** What a location gives: on hand less everything that is not to be sold, never below zero. */
function withQuantities(rows: readonly Row<Quantity>[]): string {
  let total: Quantity = ZERO;
  for (const { onHand, unavailable, committed, safetyStock, incoming } of rows) {
    const left = addQuantities(subtractQuantities(subtractQuantities(subtractQuantities(onHand, unavailable), committed), safetyStock), incoming);
    if (compareQuantities(left, ZERO) > 0) total = addQuantities(total, left);
  }
  return formatQuantity(total, SCALE);
}

function withDecimals(): string {
  let total = new Decimal(0);
  for (const { onHand, unavailable, committed, safetyStock, incoming } of decimals) {
    const left = onHand.minus(unavailable).minus(committed).minus(safetyStock).plus(incoming);
    if (left.gt(0)) total = total.plus(left);
  }
  return total.toFixed();
}

function withNumbers(): string {
  let total = 0;
  for (const { onHand, unavailable, committed, safetyStock, incoming } of steps) {
    const left = onHand - unavailable - committed - safetyStock + incoming;
    if (left > 0) total += left;
  }
  return String(total / 10 ** SCALE);
}

const ours = { name: 'safe integers', run: () => withQuantities(ordinary) };

export const comparisons: readonly Comparison[] = [
  {
    name: 'quantity',
    per: ROWS,
    ours,
    against: [
      { name: 'decimal.js', ratio: 'speed', run: withDecimals, goal: { goal: 3, floor: 25, aim: 60 } },
      { name: 'plain numbers, unchecked', ratio: 'time', run: withNumbers },
    ],
  },
  {
    name: 'quantity',
    per: ROWS,
    ours: { name: 'beyond 2^53', run: () => withQuantities(beyond) },
    against: [{ ...ours, ratio: 'time' }],
  },
];
