import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptObservation, balancesOf, bookConsumption, bookMovements, consumedByChannel, emptyBooks, foldMovements, measureBooks, parseInstant, parseSku, positionFromBalances,
  sumQuantities, verifyLedger, type Balances, type BookingRules, type BookObservation, type Books, type LedgerEntry, type Movement, type QuantityText, type SourceId,
} from '../../src/index.ts';
import { bookingRules, histories, NOON, rearrivals } from './arbitraries.ts';
import { oddOrders, oddTransfers } from './odd-counters.ts';
import { timelines } from './timelines.ts';

const SKU = parseSku('A');
const RUNS = { numRuns: 400 };
const COUNTING: BookingRules = { containment: new Map([['wms' as SourceId, { way: 'never', shipLagMs: 0 }]]), returns: 'channel' };

const booksOf = (told: readonly BookObservation[], rules: BookingRules): Books => told.reduce((books, one) => acceptObservation(books, one, rules), emptyBooks(SKU));

function bookInBatches(told: readonly BookObservation[], rules: BookingRules, size: number): { movements: Movement[]; sales: LedgerEntry[] } {
  const movements: Movement[] = [];
  const sales: LedgerEntry[] = [];
  let books = emptyBooks(SKU);
  for (let start = 0; start < told.length; start += size) {
    const before = books;
    books = told.slice(start, start + size).reduce((next, one) => acceptObservation(next, one, rules), books);
    movements.push(...bookMovements(measureBooks(before, rules), measureBooks(books, rules)));
    sales.push(...bookConsumption(before, books));
  }
  return { movements, sales };
}

/** Accounts of measures only, in the order of their keys. */
const measures = (balances: Balances): unknown =>
  [...balances].filter(([key]) => key.split('\u001f').slice(1).some((place) => place !== '')).sort(([a], [b]) => (a < b ? -1 : 1));

const arrivals = <Item>(told: readonly Item[]): fc.Arbitrary<readonly [readonly Item[], readonly Item[]]> => fc.tuple(fc.constant(told), rearrivals(told));
const batch = fc.integer({ min: 1, max: 6 });

/** Everything that can be said: what happens in a consistent world, and the arbitrary word of systems that contradict it and themselves. */
const anything = fc.tuple(timelines(), histories(), fc.tuple(oddOrders(), fc.option(oddTransfers(), { nil: [] })), fc.array(fc.record({ passes: fc.integer({ min: -30, max: 60 }), since: fc.integer({ min: -30, max: 60 }) }), { maxLength: 4 }))
  .map(([{ told }, history, odd, watermarks]): readonly BookObservation[] => [
    ...told, ...history, ...odd.flat(),
    ...watermarks.map(({ passes, since }): BookObservation => ({
      kind: 'watermark', source: 'erp' as SourceId, channel: 'shop' as never, revision: parseInstant(new Date(Date.parse(NOON) + since * 60_000).toISOString()), through: parseInstant(new Date(Date.parse(NOON) + passes * 60_000).toISOString()),
    })),
  ]);
const anyRules = fc.tuple(bookingRules(), fc.boolean(), fc.boolean()).map(([rules, watermark, closed]): BookingRules => ({
  ...rules,
  containment: watermark ? new Map([...rules.containment, ['erp' as SourceId, { way: 'watermark' }]]) : rules.containment,
  ...(closed ? { closed: new Set(['W3', 'T3'] as never[]) } : {}),
}));

describe('everything that was said', () => {
  it('makes one set of books, however it arrives', () => {
    fc.assert(fc.property(anything.chain(arrivals), anyRules, ([told, again], rules) => {
      expect(booksOf(again, rules)).toEqual(booksOf(told, rules));
    }), RUNS);
  });

  it('lets no place give more than lies there, and nobody ask for less than nothing', () => {
    fc.assert(fc.property(anything.chain(arrivals), anyRules, ([, again], rules) => {
      const { locations, unrouted } = positionFromBalances({ sku: SKU }, balancesOf(measureBooks(booksOf(again, rules), rules)));
      for (const [place, { unavailable, committed }] of locations) expect([place, Math.min(Number(unavailable), Number(committed), 0)]).toEqual([place, 0]);
      for (const quantity of unrouted.values()) expect(quantity).toBeGreaterThan(0);
    }), RUNS);
  });

  it('leaves books alone that have it already', () => {
    fc.assert(fc.property(anything, anyRules, (told, rules) => {
      const books = booksOf(told, rules);
      for (const one of told) expect(acceptObservation(books, one, rules)).toBe(books);
    }), { numRuns: 150 });
  });

  it('is booked with two sides, sums to zero and folds into what the books say, in whatever batches', () => {
    fc.assert(fc.property(anything.chain(arrivals), anyRules, batch, ([told, again], rules, size) => {
      const final = measures(balancesOf(measureBooks(booksOf(told, rules), rules)));
      for (const [order, by] of [[told, 1], [again, size], [again, again.length]] as const) {
        const { movements, sales } = bookInBatches(order, rules, by);
        expect(sumQuantities(foldMovements([...movements, ...sales]).values())).toBe(0);
        for (const { from, to, quantity } of [...movements, ...sales]) {
          expect(quantity).toBeGreaterThan(0);
          expect(from).not.toEqual(to);
        }
        expect(measures(foldMovements(movements))).toEqual(final);
        expect(verifyLedger(movements, foldMovements(movements))).toEqual({ status: 'agrees' });
      }
    }), RUNS);
  });

  it('moves no position by what the ledger remembers of sales', () => {
    fc.assert(fc.property(anything, anyRules, batch, (told, rules, size) => {
      const { movements, sales } = bookInBatches(told, rules, size);
      expect(positionFromBalances({ sku: SKU }, foldMovements([...movements, ...sales]))).toEqual(positionFromBalances({ sku: SKU }, foldMovements(movements)));
    }), { numRuns: 150 });
  });

  it('consumes a quota by as much in whatever order and batches it is heard', () => {
    fc.assert(fc.property(anything.chain(arrivals), anyRules, batch, ([told, again], rules, size) => {
      const once = consumedByChannel(bookInBatches(told, rules, 1).sales);
      expect(consumedByChannel(bookInBatches(again, rules, size).sales)).toEqual(once);
      const sold = new Map<string, number>();
      for (const { channel, parts } of booksOf(told, rules).claims) {
        const net = parts.reduce((sum, { ordered, cancelled, fulfilled }) => sum + Math.max(Number(ordered) - Number(cancelled), Number(fulfilled)), 0);
        if (net > 0) sold.set(channel, (sold.get(channel) ?? 0) + net);
      }
      expect(new Map([...once].map(([channel, quantity]) => [String(channel), Number(quantity)]))).toEqual(sold);
    }), { numRuns: 200 });
  });
});

describe('a world in which nobody errs', () => {
  it('is what the books say it is, whatever came late, twice or out of order', () => {
    fc.assert(fc.property(timelines().chain(({ told, truth }) => rearrivals(told).map((again) => ({ again, truth }))), batch, ({ again, truth }, size) => {
      const folded = foldMovements(bookInBatches(again, COUNTING, size).movements);
      for (const measure of ['onHand', 'unavailable', 'inTransit', 'incoming', 'committed'] as const) {
        for (const place of ['T1', 'T2', 'T3']) {
          expect([measure, place, folded.get(`${measure}\u001f${place}\u001f`) ?? 0]).toEqual([measure, place, truth[measure].get(place) ?? 0]);
        }
      }
    }), { numRuns: 600 });
  });

  it('is what the books say after the next read, whatever was never heard before it', () => {
    const heard = timelines().chain(({ told, truth, read }) => fc.subarray([...told]).chain((some) => rearrivals([...some, ...read])).map((again) => ({ again, truth })));
    fc.assert(fc.property(heard, batch, ({ again, truth }, size) => {
      const folded = foldMovements(bookInBatches(again, COUNTING, size).movements);
      for (const measure of ['onHand', 'unavailable', 'inTransit', 'incoming'] as const) {
        for (const place of ['T1', 'T2', 'T3']) expect([measure, place, folded.get(`${measure}\u001f${place}\u001f`) ?? 0]).toEqual([measure, place, truth[measure].get(place) ?? 0]);
      }
    }), { numRuns: 300 });
  });

  it('shows no variance where everything was told in time, and exactly the difference where a count finds one', () => {
    fc.assert(fc.property(timelines(), fc.integer({ min: -9, max: 9 }), ({ told }, error) => {
      let books = emptyBooks(SKU);
      const booking = (one: BookObservation): readonly Movement[] => {
        const before = measureBooks(books, COUNTING);
        return bookMovements(before, measureBooks(acceptObservation(books, one, COUNTING), COUNTING));
      };
      for (const one of told) {
        if (one.kind === 'stock' || one.kind === 'count') expect(booking(one)).toEqual([]);
        if (one.kind === 'count') {
          const found = booking({ ...one, onHand: String(Number(one.onHand) + error) as QuantityText });
          expect(found.map(({ from, to, quantity }) => [from.account, to.account, quantity])).toEqual(
            error === 0 ? [] : [error > 0 ? ['adjustment', 'onHand', error] : ['onHand', 'adjustment', -error]],
          );
        }
        books = acceptObservation(books, one, COUNTING);
      }
    }), RUNS);
  });
});
