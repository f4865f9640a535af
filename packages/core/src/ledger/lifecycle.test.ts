import { describe, expect, it } from 'vitest';
import type { ChannelId, LocationId, Sku, SourceId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { orderFromSale, type BookObservation } from '../observations/events.ts';
import type { OrderLineObservation, OrderObservation } from '../observations/observations.ts';
import type { QuantityText } from '../quantity/quantity.ts';
import { acceptObservation } from './accept-events.ts';
import { emptyBooks, type BookingRules, type Books, type ContainmentWay } from './books.ts';
import { bookConsumption, consumedByChannel, promisedBeyondStock } from './consumption.ts';
import { balancesOf, bookMovements, measureBooks } from './measure.ts';
import { expectedSupply } from './measure-documents.ts';
import { positionFromBalances, remaindersAt } from './position.ts';
import { waitsForStockTake } from './stock-take.ts';

const SKU = 'MUG' as Sku;
const WMS = 'wms' as SourceId;
const ERP = 'erp' as SourceId;
const SHOP = 'shop' as ChannelId;
const W1 = 'W1' as LocationId;
const W2 = 'W2' as LocationId;
const at = (time: string): Instant => `2026-11-23T${time}:00.000Z` as Instant;
const q = (value: number): QuantityText => String(value) as QuantityText;
const COUNTS: BookingRules = { containment: new Map(), returns: 'owner' };

const stock = (asOf: string, onHand: number, more: { committed?: number; location?: LocationId; source?: SourceId } = {}): BookObservation => ({
  kind: 'stock', source: more.source ?? WMS, sku: SKU, location: more.location ?? W1, asOf: at(asOf),
  measures: { onHand: q(onHand), ...(more.committed === undefined ? {} : { committed: q(more.committed) }) },
});
const receipt = (time: string, quantity: number, rest: { unavailable?: QuantityText; incoming?: string } = {}): BookObservation =>
  ({ kind: 'receipt', source: WMS, id: time, sku: SKU, location: W1, at: at(time), quantity: q(quantity), ...rest });
const condition = (time: string, quantity: number, [from, to]: ['sellable' | 'unavailable', 'sellable' | 'unavailable' | 'writtenOff']): BookObservation =>
  ({ kind: 'condition', source: WMS, id: time, sku: SKU, location: W1, at: at(time), quantity: q(quantity), from, to });
const transfer = (time: string, [dispatched, received, lost]: [number, number, number]): BookObservation =>
  ({ kind: 'transfer', source: WMS, id: 'T1', sku: SKU, from: W1, to: W2, at: at(time), dispatched: q(dispatched), received: q(received), lost: q(lost) });
const incoming = (revision: string, [expected, received, cancelled]: [number, number, number], expectedAt?: string): BookObservation => ({
  kind: 'incoming', source: WMS, reference: 'PO-1', sku: SKU, location: W1, revision: at(revision), expected: q(expected), received: q(received), cancelled: q(cancelled),
  ...(expectedAt === undefined ? {} : { expectedAt: at(expectedAt) }),
});
const acknowledged = (revision: string, { ordered = 0, fulfilled = 0, cancelled = 0, returned = 0 }: Partial<Record<'ordered' | 'fulfilled' | 'cancelled' | 'returned', number>>): BookObservation =>
  ({ kind: 'acknowledgement', source: WMS, channel: SHOP, orderId: '#1', revision: at(revision), contained: [{ sku: SKU, ordered: q(ordered), fulfilled: q(fulfilled), cancelled: q(cancelled), returned: q(returned) }] });
interface LineSketch { ordered: number; fulfilled?: number; cancelled?: number; returned?: number; location?: LocationId; promise?: 'preorder' | 'backorder' }
const order = (revision: string, lines: readonly LineSketch[], rest: Partial<OrderObservation> = {}): OrderObservation => ({
  kind: 'order', channel: SHOP, orderId: '#1', revision: at(revision), placedAt: at('09:00'), ...rest,
  lines: lines.map(({ ordered, fulfilled = 0, cancelled = 0, returned = 0, ...where }, index): OrderLineObservation =>
    ({ id: String(index), sku: SKU, ordered: q(ordered), fulfilled: q(fulfilled), cancelled: q(cancelled), returned: q(returned), ...where })),
});

const booksOf = (told: readonly BookObservation[], rules = COUNTS): Books => told.reduce((books, one) => acceptObservation(books, one, rules), emptyBooks(SKU));
const positionOf = (told: readonly BookObservation[], rules = COUNTS) => positionFromBalances({ sku: SKU }, balancesOf(measureBooks(booksOf(told, rules), rules)));
const there = (told: readonly BookObservation[], location = W1, rules = COUNTS) => positionOf(told, rules).locations.get(location);
/** What a last observation books, as from, to and quantity. */
function booked(told: readonly BookObservation[], last: BookObservation, rules = COUNTS): unknown {
  const before = booksOf(told, rules);
  const movements = bookMovements(measureBooks(before, rules), measureBooks(acceptObservation(before, last, rules), rules));
  return movements.map(({ from, to, quantity }) => [[from.account, from.location].join(' ').trim(), [to.account, to.location].join(' ').trim(), quantity]);
}

describe('goods that come in', () => {
  it('and are sellable again before anybody has heard that they were not make no more of what lies there', () => {
    const [damaged, repaired] = [condition('10:20', 3, ['sellable', 'unavailable']), condition('10:30', 3, ['unavailable', 'sellable'])];
    expect([there([stock('10:00', 10), repaired]), there([stock('10:00', 10), repaired, damaged])]).toMatchObject([{ onHand: 10, unavailable: 0 }, { onHand: 10, unavailable: 0 }]);
  });

  it('come from the supplier, once, until a figure contains them', () => {
    expect(booked([], receipt('10:30', 5))).toEqual([['supplier', 'onHand W1', 5]]);
    expect(there([stock('10:00', 10), receipt('10:30', 5), receipt('10:30', 5)])).toMatchObject({ onHand: 15 });
    expect(booked([stock('10:00', 10), receipt('10:30', 5)], stock('10:30', 15))).toEqual([]);
    expect(booked([stock('10:30', 15)], receipt('10:30', 5))).toEqual([]);
  });

  it('may be partly not sellable', () => {
    expect(there([receipt('10:30', 5, { unavailable: q(2) })])).toMatchObject({ onHand: 5, unavailable: 2 });
    expect(() => booksOf([receipt('10:30', 5, { unavailable: q(6) })])).toThrow('unavailable: 6 of a receipt of 5');
  });

  it('shorten what is expected, told by receipt, by counter or by both', () => {
    const scheduled = incoming('09:00', [20, 0, 0], '18:00');
    expect(there([scheduled])).toMatchObject({ incoming: 20, onHand: 0 });
    for (const told of [[receipt('10:00', 8, { incoming: 'PO-1' })], [incoming('10:01', [20, 8, 0], '18:00')], [receipt('10:00', 8, { incoming: 'PO-1' }), incoming('10:01', [20, 8, 0], '18:00')]]) {
      expect(there([scheduled, ...told])).toMatchObject({ incoming: 12 });
    }
    expect(booked([scheduled], receipt('10:00', 8, { incoming: 'PO-1' }))).toEqual([['incoming W1', 'supplier', 8], ['supplier', 'onHand W1', 8]]);
  });

  it('are expected as the newest revision says', () => {
    const told = [incoming('09:00', [20, 0, 0], '18:00'), incoming('09:30', [30, 0, 5], '20:00')];
    expect(expectedSupply(booksOf(told))).toEqual([{ source: WMS, reference: 'PO-1', location: W1, expectedAt: at('20:00'), quantity: 25 }]);
    expect(booksOf([...told].reverse())).toEqual(booksOf(told));
    expect(expectedSupply(booksOf([...told, incoming('11:00', [30, 0, 30])]))).toEqual([]);
  });
});

describe('a transfer', () => {
  const begun = [stock('10:00', 10), transfer('10:30', [4, 0, 0])];

  it('is at neither end while it is under way', () => {
    expect([there(begun)?.onHand, there(begun, W2)]).toEqual([6, { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 4 }]);
    expect(booked([stock('10:00', 10)], transfer('10:30', [4, 0, 0]))).toEqual([['transit', 'inTransit W2', 4], ['onHand W1', 'transit', 4]]);
  });

  it('arrives and loses some on the way, counter by counter', () => {
    expect(booked(begun, transfer('12:00', [4, 3, 1]))).toEqual([['inTransit W2', 'transit', 3], ['inTransit W2', 'adjustment', 1], ['transit', 'onHand W2', 3]]);
    expect(there([...begun, transfer('12:00', [4, 3, 1]), transfer('11:00', [4, 1, 0])], W2)).toMatchObject({ onHand: 3, inTransit: 0 });
  });

  it('is contained in a figure of either end by time', () => {
    expect(there([...begun, stock('11:00', 6)])).toMatchObject({ onHand: 6 });
    expect(there([...begun, transfer('12:00', [4, 4, 0]), stock('12:00', 4, { location: W2 })], W2)).toMatchObject({ onHand: 4, inTransit: 0 });
    expect(there([stock('11:00', 6), transfer('10:30', [4, 0, 0])])).toMatchObject({ onHand: 6 });
  });
});

describe('counters that cannot be true together', () => {
  const ten = stock('09:00', 10);
  const BACK: BookingRules = { ...COUNTS, returns: 'channel' };
  const left = (lines: readonly LineSketch[], rest: Partial<OrderObservation> = {}) => {
    const { onHand, committed } = there([ten, order('10:00', lines.map((line) => ({ location: W1, ...line })), rest)], W1, BACK) ?? { onHand: 0, committed: 0 };
    return Number(onHand) - Number(committed);
  };

  it.each<[string, LineSketch[], number]>([
    ['more cancelled than ordered', [{ ordered: 4 }, { ordered: 2, cancelled: 5 }], 6],
    ['cancelled after it had left', [{ ordered: 4 }, { ordered: 4, fulfilled: 4, cancelled: 4 }], 2],
    ['more shipped than ordered', [{ ordered: 4 }, { ordered: 2, fulfilled: 5 }], 1],
    ['more back than had left', [{ ordered: 4, fulfilled: 4, returned: 9 }], 10],
    ['back from what another line shipped', [{ ordered: 4, fulfilled: 4 }, { ordered: 4, returned: 4 }], 2],
  ])('free nothing that another line asks for: %s', (_, lines, expected) => {
    expect(left(lines)).toBe(expected);
  });

  it('free nothing either where the payment failed', () => {
    expect(left([{ ordered: 4, fulfilled: 2, cancelled: 5, returned: 3 }], { payment: 'failed' })).toBe(10);
  });

  it('count in full once the later word makes them true', () => {
    const early = order('10:00', [{ ordered: 4, returned: 1, location: W1 }]);
    expect(there([ten, early], W1, BACK)).toMatchObject({ onHand: 10, committed: 4 });
    expect(there([ten, early, order('11:00', [{ ordered: 4, fulfilled: 4, returned: 1, location: W1 }])], W1, BACK)).toMatchObject({ onHand: 7, committed: 0 });
  });

  it('give a quota back only what the line had taken', () => {
    const entries = bookConsumption(emptyBooks(SKU), booksOf([order('10:00', [{ ordered: 4 }, { ordered: 2, cancelled: 5 }, { ordered: 1, fulfilled: 3 }])]));
    expect(consumedByChannel(entries)).toEqual(new Map([[SHOP, 7]]));
  });

  it('hide nothing that was promised beyond stock', () => {
    const told = [order('10:00', [{ ordered: 4, promise: 'backorder' }, { ordered: 2, fulfilled: 5, promise: 'backorder' }, { ordered: 2, cancelled: 5, promise: 'backorder' }])];
    expect(promisedBeyondStock(booksOf(told)).backordered).toEqual(new Map([[SHOP, 4]]));
  });

  it('of a transfer take from one end what the other received', () => {
    const received = transfer('10:30', [0, 7, 0]);
    const moved = [ten, received];
    expect([there(moved)?.onHand, there(moved, W2)?.onHand]).toEqual([3, 7]);
    expect(booked(moved, transfer('11:00', [7, 7, 0]))).toEqual([]);
    expect([there([...moved, transfer('11:00', [9, 7, 0])])?.onHand, there([...moved, transfer('11:00', [9, 7, 0])], W2)]).toMatchObject([1, { onHand: 7, inTransit: 2 }]);
  });

  it('of a transfer take from one end also what was lost on the way, where nobody said that it was dispatched', () => {
    const ends = (...told: readonly BookObservation[]) => [there([ten, ...told])?.onHand, there([ten, ...told], W2)?.onHand ?? 0, there([ten, ...told], W2)?.inTransit ?? 0];
    expect(ends(transfer('10:30', [0, 0, 2]))).toEqual([8, 0, 0]);
    expect(ends(transfer('10:30', [0, 3, 2]))).toEqual([5, 3, 0]);
    expect(ends(transfer('10:30', [1, 3, 2]))).toEqual([5, 3, 0]);
    expect(ends(transfer('10:30', [1, 0, 5]))).toEqual([5, 0, 0]);
    expect(ends(transfer('10:30', [0, 3, 2]), transfer('11:00', [7, 3, 2]))).toEqual([3, 3, 2]);
    // All that was dispatched has arrived, so what had been lost was found.
    expect(ends(transfer('10:30', [4, 3, 1]), transfer('11:00', [4, 4, 1]))).toEqual([6, 4, 0]);
  });
});

describe('conditions', () => {
  it('move between sellable and not without a change of what is there', () => {
    expect(there([stock('10:00', 10), condition('10:30', 3, ['sellable', 'unavailable'])])).toMatchObject({ onHand: 10, unavailable: 3 });
    expect(there([stock('10:00', 10), condition('10:30', 3, ['sellable', 'unavailable']), condition('10:40', 2, ['unavailable', 'sellable'])])).toMatchObject({ onHand: 10, unavailable: 1 });
  });

  it('take away what is written off, from either', () => {
    expect(booked([stock('10:00', 10)], condition('10:30', 3, ['sellable', 'writtenOff']))).toEqual([['onHand W1', 'adjustment', 3]]);
    expect(there([stock('10:00', 10), condition('10:30', 3, ['sellable', 'unavailable']), condition('11:00', 3, ['unavailable', 'writtenOff'])])).toMatchObject({ onHand: 7, unavailable: 0 });
    expect(() => booksOf([condition('10:30', 3, ['sellable', 'sellable'])])).toThrow('changes nothing');
  });
});

describe('a count', () => {
  const ROUTED = { location: W1 };
  const count = (time: string, onHand: number): BookObservation => ({ kind: 'count', source: WMS, sku: SKU, location: W1, at: at(time), onHand: q(onHand) });
  const REFERENCE: BookingRules = { containment: new Map([[WMS, { way: 'reference' }]]), returns: 'owner' };

  it('books its variance against adjustment, whatever else happened since', () => {
    const told = [stock('10:00', 10), receipt('10:30', 5), order('11:00', [{ ordered: 3, fulfilled: 3, ...ROUTED }])];
    expect(booked(told, count('12:00', 12))).toEqual([]);
    expect(booked(told, count('12:00', 13))).toEqual([['adjustment', 'onHand W1', 1]]);
    expect(booked(told, count('12:00', 10))).toEqual([['onHand W1', 'adjustment', 2]]);
  });

  it('contains what left before it, where a figure would wait for the acknowledgement', () => {
    const told = [stock('10:00', 10), order('11:00', [{ ordered: 3, fulfilled: 3, ...ROUTED }])];
    expect(there([...told, stock('12:00', 7)], W1, REFERENCE)).toMatchObject({ onHand: 4 });
    expect(there([...told, count('12:00', 7)], W1, REFERENCE)).toMatchObject({ onHand: 7 });
    expect(there([...told, count('10:30', 10)], W1, REFERENCE)).toMatchObject({ onHand: 7 });
  });
});

describe('an order', () => {
  it('asks for nothing more when its payment fails, and asks again when it is paid after all', () => {
    const failed = order('10:10', [{ ordered: 5, fulfilled: 2 }], { payment: 'failed' });
    expect(positionOf([stock('09:00', 10), order('10:00', [{ ordered: 5, fulfilled: 2 }])]).unrouted.get(SHOP)).toBe(5);
    expect(positionOf([stock('09:00', 10), failed]).unrouted.get(SHOP)).toBe(2);
    expect(positionOf([failed, order('10:20', [{ ordered: 5 }], { payment: 'paid' })]).unrouted.get(SHOP)).toBe(5);
  });

  it('is edited line by line, up and down', () => {
    expect(positionOf([order('10:00', [{ ordered: 5 }]), order('10:05', [{ ordered: 2 }, { ordered: 1 }])]).unrouted.get(SHOP)).toBe(3);
    expect(positionOf([order('10:00', [{ ordered: 5 }]), order('10:05', [])]).unrouted.size).toBe(0);
  });

  it('says what of it was promised beyond stock, and is demand all the same', () => {
    const lines = [{ ordered: 50, promise: 'preorder' }, { ordered: 5, cancelled: 1, fulfilled: 1, promise: 'backorder' }, { ordered: 2 }] as const;
    const told = [order('10:00', lines), order('10:00', [{ ordered: 3, fulfilled: 3, promise: 'preorder' }], { orderId: '#2' })];
    expect(promisedBeyondStock(booksOf(told))).toEqual({ backordered: new Map([[SHOP, 3]]), preordered: new Map([[SHOP, 50]]) });
    expect(positionOf(told.slice(0, 1)).unrouted.get(SHOP)).toBe(56);
  });

  it('over the counter is sold and gone at once, and void when it has no lines any more', () => {
    const sale = { kind: 'sale', channel: 'till' as ChannelId, saleId: 's1', location: W1, soldAt: at('11:00'), lines: [{ id: '1', sku: SKU, sold: q(2) }, { id: '2', sku: SKU, sold: q(1) }] } as const;
    expect(booked([stock('10:00', 10)], orderFromSale(sale))).toEqual([['onHand W1', 'customer', 3]]);
    expect(there([stock('10:00', 10), orderFromSale(sale), orderFromSale({ ...sale, revision: at('11:05'), lines: [] })])).toMatchObject({ onHand: 10 });
    const back = orderFromSale({ ...sale, revision: at('12:00'), lines: [{ id: '1', sku: SKU, sold: q(3), returned: q(1) }] });
    expect(there([stock('10:00', 10), orderFromSale(sale), back], W1, { ...COUNTS, returns: 'channel' })).toMatchObject({ onHand: 8 });
  });
});

describe('an owner that tells by watermark', () => {
  const RULES: BookingRules = { containment: new Map([[ERP, { way: 'watermark' }]]), returns: 'owner' };
  const base = (asOf: string, onHand: number, committed: number) => stock(asOf, onHand, { committed, source: ERP });
  const mark = (revision: string, through: string): BookObservation => ({ kind: 'watermark', source: ERP, channel: SHOP, revision: at(revision), through: at(through) });
  const left = (told: readonly BookObservation[]): number => {
    const { locations, unrouted } = positionOf(told, RULES);
    const { onHand = 0, committed = 0 } = locations.get(W1) ?? {};
    return Number(onHand) - Number(committed) - Number(unrouted.get(SHOP) ?? 0);
  };

  it('contains orders up to its mark in figures as of then, and not before', () => {
    const told = [base('10:00', 10, 0), order('10:05', [{ ordered: 3 }])];
    expect(left(told)).toBe(7);
    expect(left([...told, mark('10:10', '10:05')])).toBe(7);
    expect(left([...told, mark('10:10', '10:05'), base('10:10', 10, 3)])).toBe(7);
    expect(left([...told, mark('10:10', '10:04'), base('10:10', 10, 3)])).toBe(4);
  });

  it('knows what an order had come to by the mark, however the messages arrive', () => {
    const told = [mark('10:10', '10:05'), base('10:10', 10, 3), order('10:05', [{ ordered: 3 }]), order('10:30', [{ ordered: 3, fulfilled: 3, location: W1 }])];
    expect(left(told)).toBe(7);
    expect(left([...told].reverse())).toBe(7);
    expect(left([...told, mark('11:00', '10:30'), base('11:00', 7, 0)])).toBe(7);
  });

  it('remembers the newest marks only', () => {
    const marks = Array.from({ length: 40 }, (_, index) => mark(`10:${String(index + 10)}`, `09:${String(index + 10)}`));
    expect(booksOf(marks, RULES).watermarks).toHaveLength(16);
    expect(booksOf([...marks].reverse(), RULES)).toEqual(booksOf(marks, RULES));
  });
});

describe('expected supply', () => {
  it('is received once where its counter and its receipts each have heard of another part', () => {
    const told = [incoming('10:00', [5, 0, 0]), incoming('10:10', [5, 2, 0]), receipt('10:20', 1, { incoming: 'PO-1' })];
    expect([there(told), there([...told, receipt('10:10', 2, { incoming: 'PO-1' })]), there([...told, incoming('10:20', [5, 3, 0])])].map((stock) => stock?.incoming)).toEqual([2, 2, 2]);
  });
});

describe('places', () => {
  it('have nothing once they are closed, and their open demand is to be routed again', () => {
    const told = [stock('10:00', 10), stock('10:00', 4, { location: W2 }), order('10:30', [{ ordered: 2, location: W1 }]), transfer('10:40', [3, 0, 0])];
    const closed: BookingRules = { ...COUNTS, closed: new Set([W1]) };
    const books = booksOf(told);
    const moved = bookMovements(measureBooks(books, COUNTS), measureBooks(books, closed));
    const after = positionOf(told, closed);

    expect(moved.map(({ from, to, quantity }) => [from.account, to.account, quantity])).toContainEqual(['onHand', 'adjustment', 7]);
    expect([after.locations.get(W1), after.unrouted.get(SHOP), after.locations.get(W2)]).toMatchObject([undefined, 2, { onHand: 4, inTransit: 3 }]);
    expect(remaindersAt(positionOf(told), W1, at('12:00'))).toEqual([{ what: 'onHand', quantity: 7 }, { what: 'committed', quantity: 2 }]);
  });

  it.each<[string, ContainmentWay, BookObservation]>([
    ['by reference', { way: 'reference' }, { kind: 'acknowledgement', source: WMS, channel: SHOP, orderId: '#1', revision: at('10:10'), contained: [{ sku: SKU, ordered: q(5), fulfilled: q(2), cancelled: q(0), returned: q(0) }] }],
    ['by watermark', { way: 'watermark' }, { kind: 'watermark', source: WMS, channel: SHOP, revision: at('10:10'), through: at('10:10') }],
  ])('that are closed take out of no other figure what their owner, that tells %s, contained there', (_, way, word) => {
    const rules: BookingRules = { containment: new Map([[WMS, way]]), returns: 'owner', closed: new Set([W2]) };
    const lines = (fulfilled: number): readonly LineSketch[] => [{ ordered: 2, fulfilled, location: W1 }, { ordered: 3, fulfilled: 2, location: W2 }];
    const contained = [order('10:05', lines(0)), word, stock('10:10', 10, { committed: 2 }), stock('10:10', 4, { committed: 1, location: W2 })];
    const owed = (told: readonly BookObservation[]): number => Number(positionOf(told, rules).unrouted.get(SHOP));

    expect([there(contained, W1, rules), owed(contained)]).toMatchObject([{ onHand: 10, committed: 2 }, 1]);
    expect([there([...contained, order('10:20', lines(1))], W1, rules), owed(contained)]).toMatchObject([{ onHand: 9 }, 1]);
  });

  it('that are closed leave demand that is not routed to no figure that may not have it', () => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'watermark' }]]), returns: 'owner', closed: new Set([W2]) };
    const mark: BookObservation = { kind: 'watermark', source: ERP, channel: SHOP, revision: at('10:10'), through: at('10:10') };
    const told = (committed: number, source: SourceId): readonly BookObservation[] => [stock('10:00', 4, { location: W2, source, committed }), order('10:05', [{ ordered: 5 }]), mark, stock('10:10', 6, { committed: 0, source: ERP }), stock('10:10', 4, { location: W2, source, committed })];
    expect(positionOf(told(0, WMS), rules).unrouted.get(SHOP)).toBe(5);
    expect(positionOf(told(5, ERP), rules).unrouted.get(SHOP)).toBe(5);
    expect(positionOf(told(0, ERP), rules).unrouted.get(SHOP)).toBeUndefined();
  });

  it('keep their figures while they are counted', () => {
    const takes = [{ location: W1, since: at('10:00'), until: at('14:00') }];
    const waits = (one: BookObservation): boolean => waitsForStockTake(one, takes);
    expect([stock('11:00', 3), receipt('11:00', 1), condition('11:00', 1, ['unavailable', 'sellable'])].map(waits)).toEqual([true, true, true]);
    expect([stock('09:59', 3), stock('14:00', 3), stock('11:00', 3, { location: W2 }), order('11:00', [{ ordered: 1 }])].map(waits)).toEqual([false, false, false, false]);
    expect(waits({ kind: 'count', source: WMS, sku: SKU, location: W1, at: at('13:00'), onHand: q(9) })).toBe(false);
  });

  it('do not keep what is known to have left, or to be sellable no more, while they or its other end are counted', () => {
    const left = [transfer('11:00', [3, 0, 0]), condition('11:00', 2, ['sellable', 'unavailable']), condition('11:10', 1, ['sellable', 'writtenOff'])];
    for (const location of [W1, W2]) expect(left.map((one) => waitsForStockTake(one, [{ location, since: at('10:00') }]))).toEqual([false, false, false]);
  });

  it('have demand where it is routed, wherever their owner has it', () => {
    const rules: BookingRules = { containment: new Map([[WMS, { way: 'reference' }]]), returns: 'owner' };
    const word = acknowledged('10:10', { ordered: 3 });
    const told = [stock('10:00', 10, { committed: 0 }), stock('10:00', 10, { committed: 0, location: W2 }), order('10:05', [{ ordered: 3 }]), word, stock('10:10', 10, { committed: 3 }), stock('10:10', 10, { committed: 0, location: W2 })];
    expect([there(told, W1, rules), there(told, W2, rules)]).toMatchObject([{ onHand: 10, committed: 3 }, { onHand: 10, committed: 0 }]);
    const routed = [...told, order('10:20', [{ ordered: 3, location: W2 }])];
    expect([there(routed, W1, rules), there(routed, W2, rules)]).toMatchObject([{ onHand: 10, committed: 0 }, { onHand: 10, committed: 3 }]);
    const shipped = [...routed, order('10:30', [{ ordered: 3, fulfilled: 3, location: W2 }])];
    expect([there(shipped, W1, rules), there(shipped, W2, rules)]).toMatchObject([{ onHand: 10, committed: 3 }, { onHand: 7, committed: 0 }]);
    const taken = [...shipped, acknowledged('10:40', { ordered: 3, fulfilled: 3 }), stock('10:40', 10, { committed: 0 }), stock('10:40', 7, { committed: 0, location: W2 })];
    expect([there(taken, W1, rules), there(taken, W2, rules)]).toMatchObject([{ onHand: 10, committed: 0 }, { onHand: 7, committed: 0 }]);
  });

  it.each<[string, LocationId | undefined]>([['was routed', W1], ['was not', undefined]])('are asked for what was called off after its owner had taken it for shipped, where the order is not routed any more and %s', (_, location) => {
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'reference' }]]), returns: 'owner' };
    const word: BookObservation = { kind: 'acknowledgement', source: ERP, channel: SHOP, orderId: '#1', revision: at('10:10'), contained: [{ sku: SKU, ordered: q(2), fulfilled: q(2), cancelled: q(0), returned: q(0) }] };
    const demand: BookObservation = { kind: 'stock', source: ERP, sku: SKU, location: W1, asOf: at('10:10'), measures: { committed: q(0) } };
    const told = [order('10:05', [{ ordered: 2, fulfilled: 2, ...(location === undefined ? {} : { location }) }]), word, demand];
    const asked = (more: readonly BookObservation[]): unknown => positionOf([...told, ...more, stock('10:30', 10)], rules).unrouted.get(SHOP);
    expect([asked([]), asked([order('10:20', [{ ordered: 2 }])])]).toEqual([undefined, 2]);
  });

  it('leave what is committed elsewhere alone where an owner ships before the channel tells of it', () => {
    const rules: BookingRules = { containment: new Map([[WMS, { way: 'reference' }]]), returns: 'owner' };
    const figures = (asOf: string, onHand: number, committed: number): readonly BookObservation[] => [stock(asOf, 10, { committed: 5 }), stock(asOf, onHand, { committed, location: W2 })];
    const told = [...figures('10:00', 10, 0), order('10:05', [{ ordered: 3, location: W2 }]), acknowledged('10:10', { ordered: 3 }), ...figures('10:10', 10, 3)];
    expect([there(told, W1, rules), there(told, W2, rules)]).toMatchObject([{ committed: 5 }, { onHand: 10, committed: 3 }]);
    const shipped = [...told, acknowledged('10:20', { ordered: 3, fulfilled: 3 }), ...figures('10:20', 7, 0)];
    expect([there(shipped, W1, rules), there(shipped, W2, rules)]).toMatchObject([{ committed: 5 }, { onHand: 7, committed: 0 }]);
    const heard = [...shipped, order('10:30', [{ ordered: 3, fulfilled: 3, location: W2 }])];
    expect([there(heard, W1, rules), there(heard, W2, rules)]).toMatchObject([{ committed: 5 }, { onHand: 7, committed: 0 }]);
  });

  it('lack what they shipped where another has shipped, by a mark, what was called off there since', () => {
    const rules: BookingRules = { containment: new Map([[WMS, { way: 'watermark' }]]), returns: 'owner' };
    const lines = (one: number, other: number): readonly LineSketch[] => [{ ordered: 2, fulfilled: one, location: W1 }, { ordered: 2, fulfilled: other, location: W2 }];
    const mark: BookObservation = { kind: 'watermark', source: WMS, channel: SHOP, revision: at('10:20'), through: at('10:10') };
    const told = [stock('10:00', 10), stock('10:00', 10, { location: W2 }), order('10:10', lines(2, 0)), mark, stock('10:20', 8), order('10:30', lines(0, 0)), order('10:40', lines(0, 2))];
    expect([there(told, W1, rules), there(told, W2, rules)]).toMatchObject([{ onHand: 8 }, { onHand: 8 }]);
  });

  it.each<[string, LocationId | undefined]>([['at a place', W1], ['at none yet', undefined]])('are asked for again what was taken in while its payment had failed, routed %s', (_, location) => {
    const rules: BookingRules = { containment: new Map([[WMS, { way: 'reference' }]]), returns: 'owner' };
    const lines = [{ ordered: 4, ...(location === undefined ? {} : { location }) }];
    const failed = [stock('10:00', 10, { committed: 0 }), order('10:05', lines, { payment: 'failed' }), acknowledged('10:10', { ordered: 4, cancelled: 4 }), stock('10:10', 10, { committed: 0 })];
    const asked = (told: readonly BookObservation[]): number => {
      const { locations, unrouted } = positionOf(told, rules);
      return Number(locations.get(W1)?.committed ?? 0) + Number(unrouted.get(SHOP) ?? 0);
    };
    const paid = [...failed, order('10:20', lines, { payment: 'paid' })];
    expect([asked(failed), asked(paid), asked([...paid, acknowledged('10:30', { ordered: 4 }), stock('10:30', 10, { committed: 4 })])]).toEqual([0, 4, 4]);
  });

  it('lack what an order ships again after its shipment was called off, and are asked for that once more', () => {
    const line = (fulfilled: number): readonly LineSketch[] => [{ ordered: 2, fulfilled, location: W1 }];
    const again = [stock('10:00', 10), order('10:05', line(2)), order('10:10', line(0)), stock('10:20', 10), order('10:30', line(2))];
    expect([again, [...again].reverse()].map((told) => there(told))).toMatchObject([{ onHand: 8, committed: 0 }, { onHand: 8, committed: 0 }]);
    const rules: BookingRules = { containment: new Map([[ERP, { way: 'reference' }]]), returns: 'owner' };
    const word: BookObservation = { kind: 'acknowledgement', source: ERP, channel: SHOP, orderId: '#1', revision: at('10:10'), contained: [{ sku: SKU, ordered: q(2), fulfilled: q(2), cancelled: q(0), returned: q(0) }] };
    const demand: BookObservation = { kind: 'stock', source: ERP, sku: SKU, location: W2, asOf: at('10:10'), measures: { committed: q(0) } };
    const { locations, unrouted } = positionOf([stock('10:00', 10), order('10:05', line(2)), word, demand, order('10:20', line(0))], rules);
    expect([locations.get(W1)?.committed, unrouted.size]).toEqual([2, 0]);
  });

  it('lack each what an order shipped from them, where an acknowledgement says of it less than all', () => {
    const rules: BookingRules = { containment: new Map([[WMS, { way: 'reference' }]]), returns: 'channel' };
    const lines = (...each: readonly [fulfilled: number, returned: number][]): readonly LineSketch[] => each.map(([fulfilled, returned], index) => ({ ordered: 2, fulfilled, returned, location: index === 0 ? W1 : W2 }));
    const told = [order('10:05', lines([0, 0], [2, 0])), acknowledged('10:10', { ordered: 4, fulfilled: 2 }), stock('10:10', 10), stock('10:10', 8, { location: W2 })];
    expect([there(told, W1, rules), there(told, W2, rules)]).toMatchObject([{ onHand: 10 }, { onHand: 8 }]);
    const more = [...told, order('10:20', lines([2, 0], [2, 0]))];
    expect([there(more, W1, rules), there(more, W2, rules)]).toMatchObject([{ onHand: 8 }, { onHand: 6 }]);
    expect([there([...more, acknowledged('10:30', { ordered: 4, fulfilled: 4 }), stock('10:30', 8), stock('10:30', 8, { location: W2 })], W2, rules)]).toMatchObject([{ onHand: 8 }]);
    const back = [...more, acknowledged('10:30', { ordered: 4, fulfilled: 4, returned: 1 }), stock('10:30', 9), stock('10:30', 8, { location: W2 }), order('10:40', lines([2, 1], [2, 1]))];
    expect([there(back, W1, rules), there(back, W2, rules)]).toMatchObject([{ onHand: 9 }, { onHand: 8 }]);
  });
});

describe('consumption', () => {
  it('counts what a channel sold in a window, less what it took back of it', () => {
    const told = [order('10:00', [{ ordered: 5 }]), order('11:00', [{ ordered: 5, cancelled: 1 }, { ordered: 2 }]), order('12:00', [{ ordered: 7, cancelled: 1, fulfilled: 6, returned: 2, location: W1 }])];
    let books = emptyBooks(SKU);
    const entries = told.flatMap((one) => {
      const before = books;
      books = acceptObservation(books, one);
      return bookConsumption(before, books);
    });
    expect(consumedByChannel(entries, { from: at('09:00') })).toEqual(new Map([[SHOP, 6]]));
    expect(consumedByChannel(entries, { from: at('10:30') })).toEqual(new Map([[SHOP, 1]]));
    expect(consumedByChannel(entries, { until: at('11:00') })).toEqual(new Map([[SHOP, 5]]));
    expect(consumedByChannel(entries, { from: at('12:00') })).toEqual(new Map());
  });

  it('gives nothing back to a window for an order that is older', () => {
    const before = booksOf([order('10:00', [{ ordered: 5 }])]);
    const entries = bookConsumption(before, acceptObservation(before, order('11:00', [{ ordered: 5, cancelled: 5 }])));
    expect(consumedByChannel(entries, { from: at('10:30') })).toEqual(new Map());
  });
});
