import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptObservation, accountFromKey, addMs, addQuantities, balancesOf, bookConsumption, emptyBooks, isSettledClaim, measureBooks, parseChannelId, parseLocationId, parseObservation, parseSku, parseSourceId,
  promisedBeyondStock, type Balances, type BookingRules, type BookObservation, type Books, type LocationId, type TransferObservation,
} from '../../src/index.ts';
import { NOON } from './arbitraries.ts';
import { oddLines, oddOrder, oddTransfers, type OddLine } from './odd-counters.ts';

const SKU = parseSku('A');
const SHOP = parseChannelId('shop');
const WMS = parseSourceId('wms');
const RUNS = { numRuns: 600 };
const RULES: readonly BookingRules[] = (['owner', 'channel'] as const).flatMap((returns) => [
  { containment: new Map(), returns }, { containment: new Map([[WMS, { way: 'reference' }]]), returns }, { containment: new Map([[WMS, { way: 'never', shipLagMs: 60_000 }]]), returns },
]);
const rules = fc.constantFrom(...RULES);
/** Figures of some places, from before any order. */
const figures = fc.subarray(['W1', 'W2']).map((places) => places.map((location): BookObservation => parseObservation({
  kind: 'stock', source: WMS, sku: SKU, location, asOf: addMs(NOON, -600_000), measures: { onHand: 20, committed: 0 },
})));
const payment = fc.constantFrom(undefined, 'paid' as const, 'failed' as const);

const booksOf = (told: readonly BookObservation[]): Books => told.reduce((books, one) => acceptObservation(books, one), emptyBooks(SKU));
const sumOf = (balances: Balances, account: string, at?: string): number =>
  [...balances].reduce((sum, [key, quantity]) => (accountFromKey(key).account === account && (at === undefined || accountFromKey(key).location === at) ? sum + Number(quantity) : sum), 0);
const soldOf = (books: Books): number => bookConsumption(emptyBooks(SKU), books).reduce((sum, { quantity }) => sum + Number(quantity), 0);
const promisedOf = (books: Books): number[] => {
  const { backordered, preordered } = promisedBeyondStock(books);
  return [backordered, preordered].map((each) => Number([...each.values()].reduce(addQuantities, 0)));
};

describe('a line of an order, whatever its counters say,', () => {
  it('frees no more than it asked for and brings back no more than it shipped', () => {
    fc.assert(fc.property(oddLines(1), rules, ([line], rule) => {
      const { ordered, fulfilled, cancelled, returned } = line as OddLine;
      const balances = balancesOf(measureBooks(booksOf([oddOrder([line as OddLine])]), rule));
      const open = Math.max(0, ordered - cancelled - fulfilled);
      const back = rule.returns === 'channel' ? Math.min(returned, fulfilled) : 0;
      const unplaced = line?.location === undefined;
      expect([sumOf(balances, 'committed'), sumOf(balances, 'onHand')]).toEqual([unplaced ? open + fulfilled : open, unplaced ? 0 : back - fulfilled]);
    }), RUNS);
  });

  it('weighs in its order what it weighs in one of its own', () => {
    fc.assert(fc.property(oddLines(4), figures, rules, payment, (lines, told, rule, paid) => {
      const together = booksOf([...told, oddOrder(lines, { payment: paid })]);
      const apart = booksOf([...told, ...lines.map((line, index) => oddOrder([line], { payment: paid, orderId: String(index) }))]);
      const balances = (books: Books): unknown => [...balancesOf(measureBooks(books, rule))].sort();
      expect(balances(together)).toEqual(balances(apart));
      expect([soldOf(together), promisedOf(together)]).toEqual([soldOf(apart), promisedOf(apart)]);
    }), RUNS);
  });

  it('is not forgotten while it is open', () => {
    fc.assert(fc.property(oddLines(3), rules, (lines, rule) => {
      const sum = (name: 'ordered' | 'fulfilled' | 'cancelled' | 'returned'): number => lines.reduce((all, line) => all + line[name], 0);
      const contained = [{ sku: SKU, ordered: sum('ordered'), fulfilled: sum('fulfilled'), cancelled: sum('cancelled'), returned: sum('returned') }];
      const books = booksOf([
        parseObservation({ kind: 'stock', source: WMS, sku: SKU, location: 'W1', asOf: addMs(NOON, 600_000), measures: { onHand: 20, committed: 9 } }), oddOrder(lines),
        parseObservation({ kind: 'acknowledgement', source: WMS, channel: SHOP, orderId: '#1', revision: NOON, contained }),
      ]);
      const open = lines.some(({ ordered, fulfilled, cancelled }) => ordered - fulfilled - cancelled > 0);
      if (open) expect(books.claims.some((claim) => isSettledClaim(claim, books, rule))).toBe(false);
    }), RUNS);
  });
});

describe('a transfer, whatever its counters say,', () => {
  const steps = oddTransfers();
  const ends: readonly LocationId[] = [parseLocationId('W1'), parseLocationId('W2')];

  it('brings to one end no more than it takes from the other', () => {
    fc.assert(fc.property(steps, figures, (transfers, told) => {
      const onHand = (all: readonly BookObservation[]): number => ends.reduce((sum, end) => sum + sumOf(balancesOf(measureBooks(booksOf(all), { containment: new Map(), returns: 'owner' })), 'onHand', end), 0);
      expect(onHand([...told, ...transfers])).toBeLessThanOrEqual(onHand(told));
    }), RUNS);
  });

  it('adds nothing to a figure of the place that it left, however late and in whatever steps it is told', () => {
    fc.assert(fc.property(steps, fc.integer({ min: -1, max: 10 }), (transfers, minute) => {
      const figure = parseObservation({ kind: 'stock', source: WMS, sku: SKU, location: 'W1', asOf: addMs(NOON, minute * 60_000), measures: { onHand: 20 } });
      expect(sumOf(balancesOf(measureBooks(booksOf([...transfers, figure]), { containment: new Map(), returns: 'owner' })), 'onHand', 'W1')).toBeLessThanOrEqual(20);
    }), RUNS);
  });

  it('leaves what the figure of its end shows, which has what arrived by then', () => {
    fc.assert(fc.property(steps, (transfers) => {
      const last = Math.max(...transfers.map(({ at }: TransferObservation) => Date.parse(at)));
      const figure = parseObservation({ kind: 'stock', source: WMS, sku: SKU, location: 'W2', asOf: new Date(last).toISOString(), measures: { onHand: 20 } });
      const balances = balancesOf(measureBooks(booksOf([...transfers, figure]), { containment: new Map(), returns: 'owner' }));
      expect(sumOf(balances, 'onHand', 'W2')).toBe(20);
    }), RUNS);
  });
});
