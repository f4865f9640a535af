import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptObservation, accountFromKey, accountKey, addMs, balancesOf, bookConsumption, consumedByChannel, emptyBooks, measureBooks, parseObservation, parseSku, type BookObservation, type BookingRules, type Books } from '../../src/index.ts';
import { NOON } from './arbitraries.ts';

/*
 * Names that other systems give may hold whatever we join names with. Two that differ must not come to one: what has the
 * name of something known is taken for the same thing told again. So all names of a try are cut from one text.
 */
const SKU = parseSku('A');
const RULES: BookingRules = { containment: new Map(), returns: 'owner' };
const word = fc.constantFrom('receipt', 'condition', 'order', 'transfer', 'incoming', 'onHand', 'W1', '7');
const joint = fc.constantFrom(' ', ' ', ' ', ',', '/', '|', ':', '"', '\\');
type Names = (count: number) => fc.Arbitrary<readonly string[]>;

/** What names of a try are: so many pieces of one text, cut anywhere between its words, and the same text without its first word. */
const texts: fc.Arbitrary<Names> = fc.tuple(fc.array(word, { minLength: 5, maxLength: 7 }), joint).map(([words, by]): Names => (count) =>
  fc.tuple(fc.nat(1), fc.subarray(words.slice(2).map((_, index) => index + 2), { minLength: count - 1, maxLength: count - 1 })).map(([from, cuts]) =>
    [from, ...cuts].map((start, index) => words.slice(start, cuts[index] ?? words.length).join(by))));

const parsed = (of: object): BookObservation => parseObservation({ source: 'erp', sku: SKU, ...of });
/** Each with what it is, in a form in which nothing is joined. */
interface Told { readonly what: readonly string[]; readonly told: BookObservation; readonly by: number }
const movesOf = (names: Names): fc.Arbitrary<Told> => fc.tuple(fc.constantFrom('delta', 'receipt', 'condition'), names(2)).map(([kind, [id = '', location = '']]) => ({
  what: [kind, id, location], by: kind === 'condition' ? -1 : 1,
  told: parsed({ kind, id, location, at: NOON, ...(kind === 'delta' ? { measure: 'onHand', delta: 1 } : { quantity: 1, ...(kind === 'receipt' ? {} : { from: 'sellable', to: 'writtenOff' }) }) }),
}));
const idsOf = (names: Names): fc.Arbitrary<Told> => fc.tuple(fc.constantFrom('delta', 'receipt', 'condition'), names(1)).map(([kind, [id = '']]) => ({
  what: [kind, id], by: kind === 'condition' ? -1 : 1,
  told: parsed({ kind, id, location: 'W1', at: NOON, ...(kind === 'delta' ? { measure: 'onHand', delta: 1 } : { quantity: 1, ...(kind === 'receipt' ? {} : { from: 'sellable', to: 'writtenOff' }) }) }),
}));
const documentsOf = (names: Names): fc.Arbitrary<BookObservation> => fc.oneof(
  names(4).map(([source, id, from, to = '']) => parsed({ kind: 'transfer', source, id, from, to: from === to ? `${to} 2` : to, at: NOON, dispatched: 1, received: 1, lost: 0 })),
  names(3).map(([source, reference, location]) => parsed({ kind: 'incoming', source, reference, location, revision: NOON, expected: 1, received: 0, cancelled: 0 })),
);
const ordersOf = (names: Names): fc.Arbitrary<BookObservation> => names(2).map(([channel, orderId]) => parseObservation({
  kind: 'order', channel, orderId, revision: addMs(NOON, 1), placedAt: NOON, lines: [{ id: '1', sku: SKU, location: 'W1', ordered: 1, fulfilled: 1, cancelled: 0, returned: 0 }],
}));
const some = <Item>(of: (names: Names) => fc.Arbitrary<Item>): fc.Arbitrary<readonly Item[]> => texts.chain((names) => fc.array(of(names), { minLength: 2, maxLength: 6 }));

const booksOf = (told: readonly BookObservation[]): Books => told.reduce((books, one) => acceptObservation(books, one), emptyBooks(SKU));
const distinct = (items: readonly unknown[]): number => new Set(items.map((item) => JSON.stringify(item))).size;
const RUNS = { numRuns: 1000 };

describe('two names that differ', () => {
  it.each([['at one place', idsOf], ['anywhere', movesOf]])('are two things that happened %s, whatever kind each is of', (_, of) => {
    fc.assert(fc.property(some(of), (all) => {
      const once = [...new Map(all.map((one) => [JSON.stringify(one.what), one])).values()];
      const balances = balancesOf(measureBooks(booksOf(all.map(({ told }) => told)), RULES));
      const onHand = [...balances].reduce((sum, [key, quantity]) => (accountFromKey(key).account === 'onHand' ? sum + Number(quantity) : sum), 0);
      expect(onHand).toBe(once.reduce((sum, { by }) => sum + by, 0));
    }), RUNS);
  });

  it('are never one cause of movements', () => {
    fc.assert(fc.property(some((names) => fc.oneof(movesOf(names).map(({ told }) => told), documentsOf(names), ordersOf(names))), (told) => {
      const { facts = [] } = measureBooks(booksOf(told), RULES);
      expect(distinct(facts.map((fact) => fact.id()))).toBe(facts.length);
    }), RUNS);
  });

  it('are two orders of whoever sold', () => {
    fc.assert(fc.property(some(ordersOf), (told) => {
      const books = booksOf(told);
      const sold = consumedByChannel(bookConsumption(emptyBooks(SKU), books));
      expect([...sold.values()].reduce<number>((sum, one) => sum + Number(one), 0)).toBe(distinct(told.map((one) => 'orderId' in one && [one.channel, one.orderId])));
    }), RUNS);
  });

  it('are two accounts, and each is found again', () => {
    fc.assert(fc.property(texts.chain((names) => names(2)), ([location = '', channel = '']) => {
      const ref = { account: 'committed', location, channel } as never;
      expect(accountFromKey(accountKey(ref))).toEqual(ref);
    }));
  });
});
