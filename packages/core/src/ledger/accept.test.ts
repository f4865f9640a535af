import { describe, expect, it } from 'vitest';
import type { LocationId, Sku, SourceId } from '../identity/ids.ts';
import { parseInstant } from '../identity/instant.ts';
import type { CountObservation } from '../observations/events.ts';
import type { StockObservation } from '../observations/observations.ts';
import type { QuantityText } from '../quantity/quantity.ts';
import { acceptObservation } from './accept-events.ts';
import { emptyBooks, type Books } from './books.ts';

const TEN = parseInstant('2026-11-23T10:00:00Z');
const figure = (measures: Readonly<Record<string, string>>, asOf = TEN): StockObservation => ({
  kind: 'stock', source: 'erp' as SourceId, sku: 'MUG' as Sku, location: 'W1' as LocationId, asOf, measures: measures as StockObservation['measures'],
});
const counted = (onHand: string): CountObservation => ({
  kind: 'count', source: 'erp' as SourceId, sku: 'MUG' as Sku, location: 'W1' as LocationId, at: TEN, onHand: onHand as QuantityText,
});
const booksOf = (...told: readonly (StockObservation | CountObservation)[]): Books => told.reduce<Books>((books, one) => acceptObservation(books, one), emptyBooks('MUG' as Sku));
const shown = (books: Books): unknown => Object.fromEntries(books.bases.map(({ measure, quantity }) => [measure, quantity]));

describe('figures of one moment', () => {
  const [ten, twelve] = [figure({ onHand: '10' }), figure({ onHand: '12' })];

  it('make the same books when the first comes again after the second, and in the other order', () => {
    expect(booksOf(ten, twelve, ten)).toEqual(booksOf(ten, twelve));
    expect(booksOf(twelve, ten)).toEqual(booksOf(ten, twelve));
  });

  it.each([['onHand', 10], ['incoming', 10], ['inTransit', 10], ['unavailable', 12], ['committed', 12]])('count for %s as the one that promises less', (measure, quantity) => {
    const [less, more] = [figure({ [measure]: '10' }), figure({ [measure]: '12' })];
    for (const books of [booksOf(less, more), booksOf(more, less)]) expect(shown(books)).toEqual({ [measure]: quantity });
  });

  it('give way to the next moment, a millisecond later', () => {
    const next = figure({ onHand: '12' }, parseInstant('2026-11-23T10:00:00.001Z'));
    for (const books of [booksOf(ten, next), booksOf(next, ten), booksOf(ten, next, ten)]) expect(shown(books)).toEqual({ onHand: 12 });
  });

  it('give way to a count of that moment', () => {
    for (const books of [booksOf(ten, counted('12')), booksOf(counted('12'), ten)]) expect(books.bases).toMatchObject([{ quantity: 12, counted: true }]);
  });

  it('leave the books as they are where they say nothing new', () => {
    const books = booksOf(ten, twelve);
    for (const one of [ten, twelve]) expect(acceptObservation(books, one)).toBe(books);
  });

  it('take the place of what is known by changes alone, from the beginning of time on', () => {
    const beginning = figure({ onHand: '10' }, parseInstant('1970-01-01T00:00:00Z'));
    const moved = acceptObservation(emptyBooks('MUG' as Sku), { kind: 'delta', source: 'erp' as SourceId, id: '1', sku: 'MUG' as Sku, location: 'W1' as LocationId, at: TEN, measure: 'onHand', delta: '2' as QuantityText });
    expect(acceptObservation(moved, beginning).bases).toMatchObject([{ quantity: 10, deltas: [{ delta: 2 }] }]);
  });
});
