import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptAcknowledgement, acceptDelta, acceptOrder, acceptStock, accountFromKey, addQuantities, bookMovements, emptyBooks, foldMovements, measureBooks, parseSku,
  positionFromBalances, sumQuantities, verifyLedger, type Balances, type BookingRules, type Books, type Movement, type Observation,
} from '../../src/index.ts';
import { bookingRules, histories, rearrivals } from './arbitraries.ts';

const SKU = parseSku('A');
const RUNS = { numRuns: 300 };

function accept(books: Books, observation: Observation): Books {
  switch (observation.kind) {
    case 'stock': return acceptStock(books, observation);
    case 'delta': return acceptDelta(books, observation);
    case 'order': return acceptOrder(books, observation);
    case 'acknowledgement': return acceptAcknowledgement(books, observation);
  }
}

const booksOf = (history: readonly Observation[]): Books => history.reduce(accept, emptyBooks(SKU));

/** Books a history in batches of so many observations. */
function bookInBatches(history: readonly Observation[], rules: BookingRules, size: number): readonly Movement[] {
  const movements: Movement[] = [];
  let books = emptyBooks(SKU);
  for (let start = 0; start < history.length; start += size) {
    const before = measureBooks(books, rules);
    books = history.slice(start, start + size).reduce(accept, books);
    movements.push(...bookMovements(before, measureBooks(books, rules)));
  }
  return movements;
}

/** What the books come to, without looking at any movement. */
function measured(books: Books, rules: BookingRules): Balances {
  const { fromOwner, fromOrders } = measureBooks(books, rules);
  const sums = new Map(fromOwner);
  for (const [key, value] of fromOrders) sums.set(key, addQuantities(sums.get(key) ?? 0, value));
  return new Map([...sums].filter(([, value]) => value !== 0));
}

/** Accounts of measures only, in the order of their keys. */
function measures(balances: Balances): unknown {
  return [...balances].filter(([key]) => key.split('\u001f').slice(1).some((place) => place !== '')).sort(([a], [b]) => (a < b ? -1 : 1));
}

const batch = fc.integer({ min: 1, max: 6 });

describe('books', () => {
  it('are the same however a history arrives', () => {
    fc.assert(fc.property(histories().chain((history) => fc.tuple(fc.constant(history), rearrivals(history))), ([history, again]) => {
      expect(booksOf(again)).toEqual(booksOf(history));
    }), RUNS);
  });
});

describe('movements', () => {
  it('leave all accounts at a sum of zero, each movement with two sides and more than nothing', () => {
    fc.assert(fc.property(histories(), bookingRules(), batch, (history, rules, size) => {
      const movements = bookInBatches(history, rules, size);

      expect(sumQuantities(foldMovements(movements).values())).toBe(0);
      for (const { from, to, quantity } of movements) {
        expect(quantity).toBeGreaterThan(0);
        expect(from).not.toEqual(to);
      }
    }), RUNS);
  });

  it('fold into what the final books say, in whatever steps they were booked', () => {
    fc.assert(fc.property(histories().chain((history) => fc.tuple(fc.constant(history), rearrivals(history))), bookingRules(), batch, ([history, again], rules, size) => {
      const final = measures(measured(booksOf(history), rules));

      expect(measures(foldMovements(bookInBatches(history, rules, 1)))).toEqual(final);
      expect(measures(foldMovements(bookInBatches(again, rules, size)))).toEqual(final);
      expect(measures(foldMovements(bookInBatches(again, rules, again.length + 1)))).toEqual(final);
    }), RUNS);
  });

  it('make the position that the books make', () => {
    fc.assert(fc.property(histories(), bookingRules(), batch, (history, rules, size) => {
      const folded = positionFromBalances({ sku: SKU }, foldMovements(bookInBatches(history, rules, size)));
      const direct = positionFromBalances({ sku: SKU }, measured(booksOf(history), rules));

      expect(folded).toEqual(direct);
    }), RUNS);
  });

  it('fold in any order', () => {
    fc.assert(fc.property(histories().chain((history) => fc.tuple(bookingRules(), batch).chain(([rules, size]) => {
      const movements = [...bookInBatches(history, rules, size)];
      return fc.tuple(fc.constant(movements), fc.shuffledSubarray(movements, { minLength: movements.length, maxLength: movements.length }));
    })), ([movements, shuffled]) => {
      expect([...foldMovements(shuffled)].sort()).toEqual([...foldMovements(movements)].sort());
    }), { numRuns: 100 });
  });
});

describe('verifyLedger', () => {
  it('agrees with balances that were kept step by step', () => {
    fc.assert(fc.property(histories(), bookingRules(), batch, (history, rules, size) => {
      const movements = bookInBatches(history, rules, size);
      expect(verifyLedger(movements, foldMovements(movements))).toEqual({ status: 'agrees' });
    }), { numRuns: 100 });
  });

  it('names the first account that was tampered with', () => {
    fc.assert(fc.property(histories(), bookingRules(), fc.array(fc.nat(), { minLength: 2, maxLength: 2 }), fc.integer({ min: 1, max: 9 }), (history, rules, picks, by) => {
      const movements = bookInBatches(history, rules, 2);
      const honest = foldMovements(movements);
      const keys = [...honest.keys()].sort();
      fc.pre(keys.length > 0);
      const kept = new Map(honest);
      const touched = picks.map((pick) => keys[pick % keys.length] ?? '').filter((key, index, all) => all.indexOf(key) === index);
      for (const key of touched) kept.set(key, addQuantities(honest.get(key) ?? 0, by));
      const first = [...touched].sort()[0] ?? '';

      expect(verifyLedger(movements, kept)).toEqual({
        status: 'differs', account: accountFromKey(first), kept: kept.get(first), folded: honest.get(first),
      });
    }), { numRuns: 100 });
  });
});
