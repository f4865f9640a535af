import { describe, expect, it } from 'vitest';
import { accept, acknowledgement, at, booksOf, BY_REFERENCE, ERP, leftOf, order, SHOP, SKU, stock, WMS } from '../../test/ledger-sketch.ts';
import type { LocationId, SourceId } from '../identity/ids.ts';
import type { BookObservation } from '../observations/events.ts';
import type { Observation, OrderObservation } from '../observations/observations.ts';
import { acceptOrder } from './accept.ts';
import { acceptObservation } from './accept-events.ts';
import { emptyBooks, type BookingRules, type Books } from './books.ts';
import { balancesOf, measureBooks } from './measure.ts';
import { positionFromBalances } from './position.ts';

const left = (books: Books, rules: BookingRules): number => leftOf(balancesOf(measureBooks(books, rules)));

describe('two owners', () => {
  it('speak only for their own locations', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'reference' }], [WMS, { way: 'never', shipLagMs: 0 }]]), returns: 'owner' };
    const books = booksOf(
      stock('10:00', { onHand: 10 }), stock('12:30', { onHand: 5 }, { source: WMS, location: 'W2' }),
      order('12:00', { ordered: 3, fulfilled: 3, location: 'W1' }),
    );
    expect(left(books, rules)).toBe(12);
    expect(left(accept(accept(books, acknowledgement('12:10', { ordered: 3, fulfilled: 3 })), stock('12:10', { onHand: 7 })), rules)).toBe(12);
  });

  it('contain nothing of what is sold at the other\'s locations, where one tells by watermark', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'reference' }], [WMS, { way: 'watermark' }]]), returns: 'owner' };
    const sold = (revision: string, ordered: number) => acceptOrder(emptyBooks(SKU), order(revision, { ordered, location: 'W1' }) as never, rules);
    const rows = [stock('10:00', { onHand: 1 }), stock('12:00', { onHand: 5, committed: 0 }, { source: WMS, location: 'W2' })];
    const books = rows.reduce(accept, sold('11:00', 1));
    expect(left(books, rules)).toBe(5);
    expect(left(acceptObservation(books, { kind: 'watermark', source: WMS, channel: SHOP, revision: at('11:30'), through: at('11:00') }, rules), rules)).toBe(5);
  });

  it('contain an order once that both take in by watermark', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'watermark' }], [WMS, { way: 'watermark' }]]), returns: 'owner' };
    const rows = [stock('12:00', { onHand: 10, committed: 2 }), stock('12:00', { onHand: 7, committed: 0 }, { source: WMS, location: 'W2' })];
    const marks = [ERP, WMS].map((source) => ({ kind: 'watermark', source, channel: SHOP, revision: at('11:30'), through: at('11:00') } as const));
    const tell = (...told: readonly BookObservation[]) => left([...rows, ...marks, ...told].reduce<Books>((books, one) => acceptObservation(books, one, rules), emptyBooks(SKU)), rules);
    const shipped = { ordered: 3, fulfilled: 3, location: 'W2' };
    const first = order('11:00', { ordered: 2, location: 'W1' }, shipped);
    expect(tell(first)).toBe(15);
    const more = [first, order('12:30', { ordered: 4, location: 'W1' }, shipped)];
    expect(tell(...more)).toBe(13);
    const later = [ERP, WMS].map((source) => ({ kind: 'watermark', source, channel: SHOP, revision: at('12:40'), through: at('12:30') } as const));
    expect(tell(...more, ...later, stock('13:00', { onHand: 10, committed: 4 }), stock('13:00', { onHand: 7, committed: 0 }, { source: WMS, location: 'W2' }))).toBe(13);
    const gone = [first, order('12:30', { ordered: 2, fulfilled: 2, location: 'W1' }, shipped)];
    expect(tell(...gone)).toBe(15);
    expect(tell(...gone, ...later, stock('13:00', { onHand: 8, committed: 0 }), stock('13:00', { onHand: 7, committed: 0 }, { source: WMS, location: 'W2' }))).toBe(15);
  });

  it('keep what was sent on from one to the other, by the mark of each', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'watermark' }], [WMS, { way: 'watermark' }]]), returns: 'owner' };
    const told = (...all: readonly BookObservation[]) => left(all.reduce<Books>((books, one) => acceptObservation(books, one, rules), emptyBooks(SKU)), rules);
    const mark = (source: SourceId, time: string): BookObservation => ({ kind: 'watermark', source, channel: SHOP, revision: at(time), through: at(time) });
    const sold = [order('11:00', { ordered: 3, location: 'W2' }), mark(ERP, '11:10'), mark(WMS, '11:10'), stock('11:10', { onHand: 10, committed: 0 })];
    const sentOn = [...sold, order('11:20', { ordered: 3, location: 'W1' }), mark(WMS, '11:30')];
    expect(told(...sold, stock('11:10', { onHand: 10, committed: 3 }, { source: WMS, location: 'W2' }))).toBe(17);
    expect(told(...sentOn, stock('11:30', { onHand: 10, committed: 0 }, { source: WMS, location: 'W2' }))).toBe(17);
  });

  it('keep what was sent on from one to the other, whether it was taken back or never ordered by the first', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'reference' }], [WMS, { way: 'reference' }]]), returns: 'owner' };
    const sold = [order('11:00', { ordered: 3, location: 'W1' }), acknowledgement('11:01', { ordered: 3 }), order('11:20', { ordered: 3, location: 'W2' })];
    const rows = [stock('11:30', { onHand: 10, committed: 0 }), stock('11:40', { onHand: 10, committed: 0 }, { source: WMS, location: 'W2' })];
    for (const sentOn of [acknowledgement('11:30', { ordered: 3, cancelled: 3 }), acknowledgement('11:30', {})]) {
      expect(left(booksOf(...sold, sentOn, ...rows), rules)).toBe(17);
      expect(left(booksOf(...sold, sentOn, ...rows, acknowledgement('11:50', { ordered: 3 }, WMS), stock('11:50', { onHand: 10, committed: 3 }, { source: WMS, location: 'W2' })), rules)).toBe(17);
    }
  });

  it('leave what is not routed beside a mark of one that does not count everywhere, and not beside one that does', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'watermark' }]]), returns: 'owner' };
    const told = (...all: readonly BookObservation[]) => left(all.reduce<Books>((books, one) => acceptObservation(books, one, rules), emptyBooks(SKU)), rules);
    const mark = { kind: 'watermark', source: ERP, channel: SHOP, revision: at('11:10'), through: at('11:00') } as const;
    const sold = [order('11:00', { ordered: 3 }), mark, stock('11:10', { onHand: 10, committed: 3 }), stock('11:10', { onHand: 10 }, { source: WMS, location: 'W2' })] as const;
    expect(told(...sold)).toBe(14);
    expect(told(...sold, stock('11:10', { committed: 0 }, { location: 'W2' }))).toBe(17);
  });

  it('each contain their own part of an order', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'reference' }], [WMS, { way: 'reference' }]]), returns: 'owner' };
    const books = booksOf(
      stock('12:00', { onHand: 10, committed: 3 }), stock('12:00', { onHand: 10, committed: 2 }, { source: WMS, location: 'W2' }),
      order('11:00', { ordered: 3, location: 'W1' }, { ordered: 2, location: 'W2' }),
      acknowledgement('11:30', { ordered: 3 }), acknowledgement('11:30', { ordered: 2 }, WMS),
    );
    expect(left(books, rules)).toBe(15);
  });
});

describe('an order of which an owner holds more than one part', () => {
  const told = (rules: BookingRules, ...all: readonly BookObservation[]): Books => all.reduce<Books>((books, one) => acceptObservation(books, one, rules), acceptOrder(emptyBooks(SKU), all[0] as OrderObservation, rules));

  it('asks for what is routed to its place while its figures have what is not', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'watermark' }]]), returns: 'owner' };
    const mark = (time: string): BookObservation => ({ kind: 'watermark', source: ERP, channel: SHOP, revision: at(time), through: at(time) });
    const books = told(
      rules, order('11:00', { ordered: 1 }), mark('11:01'),
      stock('11:02', { onHand: 20, committed: 1 }), stock('11:02', { onHand: 20, committed: 0 }, { location: 'W2' }),
      order('11:10', { ordered: 1 }, { ordered: 4, location: 'W2' }),
    );
    const balances = balancesOf(measureBooks(books, rules));
    // The one that waits is among the figures at W1, and all four at W2 are news.
    expect([leftOf(balances), positionFromBalances({ sku: SKU }, balances).locations.get('W2' as LocationId)?.committed]).toEqual([35, 4]);
  });

  it('asks anew for what came back to it of what it had sent on', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'reference' }], [WMS, { way: 'reference' }]]), returns: 'owner' };
    const sentOn = [order('11:00', { ordered: 2, location: 'W2' }), acknowledgement('11:01', { ordered: 2 }, WMS), order('11:10', { ordered: 2, location: 'W1' }), acknowledgement('11:11', { ordered: 2, cancelled: 2 }, WMS)];
    const rows = [stock('11:12', { onHand: 20, committed: 0 }), stock('11:12', { onHand: 20, committed: 0 }, { source: WMS, location: 'W2' })];
    expect(left(told(rules, ...sentOn, ...rows), rules)).toBe(38);
    expect(left(told(rules, ...sentOn, ...rows, order('11:20', { ordered: 1, location: 'W1' }, { ordered: 1, location: 'W2' })), rules)).toBe(38);
  });
});

describe('rows of one owner that are of different ages', () => {
  it('adds a return that the channel counts no second time where the row that has it is newer than another of its owner', () => {
    const [sold, back] = [{ ordered: 4, fulfilled: 4 }, { ordered: 4, fulfilled: 4, returned: 2 }];
    const rows = (asOf: string, there: number, location: string): Observation => stock(asOf, { onHand: there }, { location });
    const told = [rows('10:00', 10, 'W2'), order('10:30', { ...sold, location: 'W2' }), acknowledgement('10:31', sold), rows('10:40', 10, 'W1'), order('11:00', { ...back, location: 'W2' }), acknowledgement('11:01', back)];
    expect(left(booksOf(...told, rows('10:41', 6, 'W2')), { ...BY_REFERENCE, returns: 'channel' })).toBe(18);
    expect(left(booksOf(...told, rows('11:02', 8, 'W2')), { ...BY_REFERENCE, returns: 'channel' })).toBe(18);
  });

  it('asks again for what grows after a cancellation that the newer row of its owner has', () => {
    const row = (asOf: string, location: string, committed = 0): Observation => stock(asOf, { onHand: 10, committed }, { location });
    const sold = [acknowledgement('10:02', { ordered: 3 }), row('10:03', 'W1'), acknowledgement('10:05', { ordered: 3, cancelled: 3 }), row('10:06', 'W2')];
    expect(left(booksOf(...sold, order('10:07', { ordered: 5, cancelled: 3, location: 'W2' })), BY_REFERENCE)).toBe(18);
  });

  it('releases a shipment once where the newer row of its owner had what was committed', () => {
    const row = (asOf: string, location: string, committed: number): Observation => stock(asOf, { onHand: 10, committed }, { location });
    const sold = [acknowledgement('10:02', { ordered: 3 }), row('10:03', 'W2', 0), order('10:04', { ordered: 3, fulfilled: 3, location: 'W2' }), acknowledgement('10:05', { ordered: 3, fulfilled: 3 })];
    expect(left(booksOf(...sold, row('10:06', 'W1', 0)), BY_REFERENCE)).toBe(17);
  });

  it('releases a shipment late, and never early, where the older row of its owner has what is committed', () => {
    const row = (asOf: string, location: string, onHand: number, committed: number): Observation => stock(asOf, { onHand, committed }, { location });
    const sold = [acknowledgement('10:02', { ordered: 3 }), row('10:03', 'W2', 10, 3), order('10:04', { ordered: 3, fulfilled: 3, location: 'W2' }), acknowledgement('10:05', { ordered: 3, fulfilled: 3 }), row('10:06', 'W1', 10, 0)];
    expect(left(booksOf(...sold), BY_REFERENCE)).toBe(14);
    expect(left(booksOf(...sold, row('10:06', 'W2', 7, 0)), BY_REFERENCE)).toBe(17);
  });
});

describe('words of a channel', () => {
  it('remembers the same revisions of an order that has many, and takes what came back before them for contained', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'watermark' }]]), returns: 'channel' };
    const times = Array.from({ length: 40 }, (_, index) => `10:${String(10 + index)}`);
    const all = times.map((time, index) => order(time, { ordered: 3 + index, fulfilled: 3, returned: 1, location: 'W1' }) as OrderObservation);
    const tell = (orders: readonly OrderObservation[]): Books => orders.reduce((books, one) => acceptOrder(books, one, rules), emptyBooks(SKU));
    const books = tell(all);
    expect(books.claims[0]?.containments.length).toBeLessThan(times.length);
    expect(tell([...all].reverse())).toEqual(books);
    expect(all.map((one) => acceptOrder(books, one, rules)).every((again) => again === books)).toBe(true);
    const mark: BookObservation = { kind: 'watermark', source: ERP, channel: SHOP, revision: at('10:12'), through: at('10:11') };
    // It came back once, and what left is taken off a second time until a newer mark.
    expect(left(acceptObservation(accept(books, stock('10:12', { onHand: 8, committed: 1 })), mark, rules), rules)).toBe(8 - 1 - 3 - 39);
  });
});
