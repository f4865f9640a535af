import { describe, expect, it } from 'vitest';
import { accept, acknowledgement, at, booksOf, BY_REFERENCE, ERP, leftOf, line, order, q, SHOP, SKU, stock } from '../../test/ledger-sketch.ts';
import type { LocationId } from '../identity/ids.ts';
import type { Observation } from '../observations/observations.ts';
import { parseQuantity, type QuantityText } from '../quantity/quantity.ts';
import { acceptOrder } from './accept.ts';
import { emptyBooks, type BookingRules, type Books } from './books.ts';
import { foldMovements, type Balances } from './ledger.ts';
import { bookMovements, isSettledClaim, measureBooks } from './measure.ts';
import { positionFromBalances } from './position.ts';

const NEVER: BookingRules = { containment: new Map([[ERP, { way: 'never', shipLagMs: 600_000 }]]), returns: 'owner' };

const delta = (time: string, value: number, id = time): Observation =>
  ({ kind: 'delta', source: ERP, id, sku: SKU, location: 'W1' as LocationId, at: at(time), measure: 'onHand', delta: q(value) });

const left = (books: Books, rules: BookingRules): number => leftOf(balancesOf(books, rules));

function balancesOf(books: Books, rules: BookingRules): Balances {
  return foldMovements(bookMovements(measureBooks(emptyBooks(SKU), rules), measureBooks(books, rules)));
}

describe('an order that the owner of stock imports', () => {
  const before = [stock('10:00', { onHand: 10, committed: 0 }), order('10:00', { ordered: 3 })] as const;
  const acknowledged = acknowledgement('10:01', { ordered: 3 });

  it('is subtracted once before and after the owner acknowledges it', () => {
    expect(left(booksOf(...before), BY_REFERENCE)).toBe(7);
    expect(left(booksOf(...before, acknowledged), BY_REFERENCE)).toBe(7);
  });

  it('stops being subtracted by us with the first base as of the acknowledged revision', () => {
    const early = booksOf(...before, acknowledged, stock('10:00', { onHand: 10, committed: 0 }));
    const contained = booksOf(...before, acknowledged, stock('10:01', { onHand: 10, committed: 3 }));

    expect(measureBooks(early, BY_REFERENCE).fromOrders.size).toBe(1);
    expect(measureBooks(contained, BY_REFERENCE).fromOrders.size).toBe(0);
    expect(left(contained, BY_REFERENCE)).toBe(7);
  });

  it('is subtracted twice for a moment rather than not at all where the base runs ahead of the acknowledgement', () => {
    expect(left(booksOf(...before, stock('10:01', { onHand: 10, committed: 3 })), BY_REFERENCE)).toBe(4);
  });

  it('is shipped once although both systems tell of it', () => {
    const shipped = [...before, acknowledgement('10:01', { ordered: 3 }), stock('10:01', { onHand: 10, committed: 3 }), order('11:00', { ordered: 3, fulfilled: 3, location: 'W1' })];
    expect(left(booksOf(...shipped), BY_REFERENCE)).toBe(7);

    const counted = booksOf(...shipped, acknowledgement('11:01', { ordered: 3, fulfilled: 3 }), stock('11:01', { onHand: 7, committed: 0 }));
    expect(left(counted, BY_REFERENCE)).toBe(7);
    expect(measureBooks(counted, BY_REFERENCE).fromOrders.size).toBe(0);
    expect(isSettledClaim(counted.claims[0]!, counted, BY_REFERENCE)).toBe(true);
  });

  it('is not settled while a newer row can show more of it than the rows there are', () => {
    const elsewhere = { source: ERP, location: 'W2' };
    const told = booksOf(order('10:30', { ordered: 3, fulfilled: 3 }), acknowledgement('10:01', { ordered: 3 }), acknowledgement('10:20', { ordered: 3, fulfilled: 3 }));
    const old = booksOf(stock('10:05', { onHand: 10, committed: 3 }), stock('10:05', { onHand: 5, committed: 0 }, elsewhere)).bases;
    const half = booksOf(stock('10:25', { onHand: 7, committed: 0 }), stock('10:05', { onHand: 5, committed: 0 }, elsewhere)).bases;
    const settled = (bases: Books['bases']): boolean => isSettledClaim(told.claims[0]!, { ...told, bases }, BY_REFERENCE);
    expect(measureBooks({ ...told, bases: old }, BY_REFERENCE).fromOrders.size).toBe(0);
    expect([settled(old), settled(half), settled(booksOf(stock('10:25', { onHand: 7 }), stock('10:25', { onHand: 5 }, elsewhere)).bases)]).toEqual([false, false, true]);
  });

  it('is not settled while the place that it left is closed, and may open again with an older figure', () => {
    const shut = booksOf(stock('10:00', { onHand: 10 }), order('10:10', { ordered: 3, fulfilled: 3, location: 'W1' }));
    const closed: BookingRules = { ...BY_REFERENCE, closed: new Set(['W1' as LocationId]) };
    expect([measureBooks(shut, closed).fromOrders.size, left(shut, BY_REFERENCE)]).toEqual([0, 7]);
    const acknowledged = booksOf(stock('10:20', { onHand: 7 }), order('10:10', { ordered: 3, fulfilled: 3, location: 'W1' }), acknowledgement('10:15', { ordered: 3, fulfilled: 3 }));
    expect([shut, acknowledged].map((books) => isSettledClaim(books.claims[0]!, books, closed))).toEqual([false, true]);
  });

  it('is not settled where a return hides that its shipment is in no row', () => {
    const back = booksOf(stock('10:00', { onHand: 10 }), order('10:10', { ordered: 3, fulfilled: 3, location: 'W1' }), order('10:20', { ordered: 3, fulfilled: 3, returned: 3, location: 'W1' }));
    const rules: BookingRules = { ...NEVER, returns: 'channel' };
    expect(left(back, rules)).toBe(10);
    expect(isSettledClaim(back.claims[0]!, back, rules)).toBe(false);
  });

  it('may be acknowledged before it is seen', () => {
    const late = booksOf(acknowledged, stock('10:01', { onHand: 10, committed: 3 }), order('10:00', { ordered: 3 }));
    expect(left(late, BY_REFERENCE)).toBe(7);
  });
});

describe('an owner that never acknowledges', () => {
  const shipped = [stock('11:00', { onHand: 10 }), order('12:00', { ordered: 3, fulfilled: 3, location: 'W1' })] as const;

  it('is taken to contain a shipment only from the lag onwards', () => {
    expect(left(booksOf(...shipped, stock('12:05', { onHand: 10 })), NEVER)).toBe(7);
    expect(left(booksOf(...shipped, stock('12:09', { onHand: 10 })), NEVER)).toBe(7);
    expect(left(booksOf(...shipped, stock('12:10', { onHand: 7 })), NEVER)).toBe(7);
  });

  it('dates a shipment by the first revision that showed it, in whatever order revisions arrive', () => {
    const again = order('12:08', { ordered: 4, fulfilled: 3, location: 'W1' });
    expect(left(booksOf(stock('12:10', { onHand: 7 }), again, shipped[1]), NEVER)).toBe(6);
    expect(left(booksOf(stock('12:10', { onHand: 7 }), again), NEVER)).toBe(3);
  });

  it('counts what left from an unknown place as committed until a count shows that it left', () => {
    const nowhere = order('12:00', { ordered: 3, fulfilled: 3 });
    expect(left(booksOf(stock('12:05', { onHand: 10 }), nowhere), NEVER)).toBe(7);
    expect(left(booksOf(stock('12:10', { onHand: 7 }), nowhere), NEVER)).toBe(7);
  });
});

describe('the rest of an order\'s life', () => {
  const base = stock('10:00', { onHand: 10, committed: 0 });

  it('shows a NetSuite backorder as less than nothing', () => {
    expect(left(booksOf(stock('10:00', { onHand: 10, committed: 15 })), BY_REFERENCE)).toBe(-5);
  });

  it('frees a cancelled line at once while the owner knows nothing of it', () => {
    expect(left(booksOf(base, order('10:30', { ordered: 3, cancelled: 3 })), BY_REFERENCE)).toBe(10);
    expect(left(booksOf(base, order('10:30', { ordered: 3, cancelled: 1 })), BY_REFERENCE)).toBe(8);
  });

  it('keeps a cancelled line that the owner contains until its figures show it', () => {
    const contained = booksOf(order('10:30', { ordered: 3, cancelled: 3 }), acknowledgement('10:01', { ordered: 3 }), stock('10:01', { onHand: 10, committed: 3 }));
    expect(left(contained, BY_REFERENCE)).toBe(7);

    const shown = accept(accept(contained, acknowledgement('11:00', { ordered: 3, cancelled: 3 })), stock('11:00', { onHand: 10, committed: 0 }));
    expect(left(shown, BY_REFERENCE)).toBe(10);
  });

  it('counts what is shipped and what is still open', () => {
    const partial = booksOf(base, order('11:00', { ordered: 5, fulfilled: 2, location: 'W1' }));
    const balances = balancesOf(partial, BY_REFERENCE);
    const stockThere = positionFromBalances({ sku: SKU }, balances).locations.get('W1' as LocationId);

    expect(stockThere).toMatchObject({ onHand: 8, committed: 3 });
  });

  it('puts routed demand on its location and the rest on the channel', () => {
    const { locations, unrouted } = positionFromBalances({ sku: SKU }, balancesOf(booksOf(base, order('10:30', { ordered: 2, location: 'W1' }, { ordered: 1 })), BY_REFERENCE));
    expect(locations.get('W1' as LocationId)?.committed).toBe(2);
    expect(unrouted.get(SHOP)).toBe(1);
  });

  it('adds up the lines of one sku and passes over the others', () => {
    expect(left(booksOf(base, order('10:30', { ordered: 2 }, { ordered: 1 }, { ordered: 50, sku: 'CUP' })), BY_REFERENCE)).toBe(7);
  });

  it('frees nothing for goods that were cancelled after they left', () => {
    expect(left(booksOf(base, order('11:00', { ordered: 3, fulfilled: 3, cancelled: 3, location: 'W1' })), BY_REFERENCE)).toBe(7);
  });

  it('frees nothing for goods that were sent in excess', () => {
    expect(left(booksOf(base, order('11:00', { ordered: 3, fulfilled: 4, location: 'W1' })), BY_REFERENCE)).toBe(6);
  });

  it('leaves returns to the owner unless the channel counts them', () => {
    const returned = [base, order('11:00', { ordered: 3, fulfilled: 3, returned: 1, location: 'W1' })] as const;
    const byChannel: BookingRules = { ...BY_REFERENCE, returns: 'channel' };

    expect(left(booksOf(...returned), BY_REFERENCE)).toBe(7);
    expect(left(booksOf(...returned), byChannel)).toBe(8);

    const reported = booksOf(...returned, acknowledgement('11:30', { ordered: 3, fulfilled: 3, returned: 1 }), stock('11:30', { onHand: 8, committed: 0 }));
    expect(left(reported, byChannel)).toBe(8);
  });

  it('adds a return that the channel counts no second time when a count without acknowledgement follows', () => {
    const byChannel: BookingRules = { ...NEVER, returns: 'channel' };
    const books = booksOf(base, order('11:00', { ordered: 3, fulfilled: 3, location: 'W1' }), order('13:00', { ordered: 3, fulfilled: 3, returned: 1, location: 'W1' }));

    expect(left(books, byChannel)).toBe(8);
    expect(left(accept(books, stock('12:30', { onHand: 7 })), byChannel)).toBe(8);
    expect(left(accept(books, stock('13:30', { onHand: 8 })), byChannel)).toBe(8);
  });
});

describe('arrival', () => {
  it('drops an older snapshot and absorbs the deltas that a newer one contains', () => {
    const books = booksOf(stock('10:00', { onHand: 10 }), delta('10:30', -2), delta('10:30', -2), stock('09:00', { onHand: 99 }));
    expect(left(books, NEVER)).toBe(8);
    expect(left(accept(books, stock('10:20', { onHand: 10 })), NEVER)).toBe(8);
    expect(left(accept(books, stock('10:30', { onHand: 8 })), NEVER)).toBe(8);
  });

  it('remembers that a newer revision no longer has lines of the sku', () => {
    const [older, newer] = [order('10:00', { ordered: 3 }), order('10:05', { ordered: 1, sku: 'CUP' })];
    expect(left(booksOf(newer, older), NEVER)).toBe(0);
    expect(left(booksOf(older, newer), NEVER)).toBe(0);
  });

  it('counts an order once that was routed under an unchanged revision', () => {
    const [open, routed] = [order('10:00', { ordered: 3 }), order('10:00', { ordered: 3, location: 'W1' })];
    expect(left(booksOf(open, routed), NEVER)).toBe(-3);
    expect(booksOf(routed, open)).toEqual(booksOf(open, routed));
  });

  it('returns the same books where nothing changed', () => {
    const all = [stock('10:00', { onHand: 10, committed: 0 }), delta('10:30', 1), order('10:00', { ordered: 3, fulfilled: 1 }), acknowledgement('10:01', { ordered: 3 })];
    const books = booksOf(...all);
    for (const observation of all) expect(accept(books, observation)).toBe(books);
    // An older revision is remembered, and moves nothing.
    expect(measureBooks(accept(books, order('09:00', { ordered: 3 })), BY_REFERENCE)).toMatchObject({ fromOwner: measureBooks(books, BY_REFERENCE).fromOwner, fromOrders: measureBooks(books, BY_REFERENCE).fromOrders });
  });

  it('refuses a negative counter and a finer quantity than the step, with the path', () => {
    expect(() => booksOf(order('10:00', { ordered: -1 }))).toThrow(/ordered: -1 must not be negative/);
    expect(() => booksOf(stock('10:00', { onHand: 0.5 }))).toThrow(/measures\.onHand: "0\.5" is not a whole number/);
  });

  it('keeps an order contained although another location is only known by deltas', () => {
    const elsewhere: Observation = { kind: 'delta', source: ERP, id: 'x', sku: SKU, location: 'W2' as LocationId, at: at('10:30'), measure: 'onHand', delta: q(1) };
    const books = booksOf(order('10:00', { ordered: 3, fulfilled: 3, location: 'W1' }), acknowledgement('10:01', { ordered: 3, fulfilled: 3 }), stock('10:01', { onHand: 7, committed: 0 }));
    expect(left(books, BY_REFERENCE)).toBe(7);
    expect(left(accept(books, elsewhere), BY_REFERENCE)).toBe(8);
  });
});

it('keeps big demand exact', () => {
  const books = booksOf(stock('10:00', { onHand: 10 }));
  const huge = acceptOrder(books, { ...order('10:00'), lines: [{ ...line({}, 0), ordered: '9007199254740993' as QuantityText }] });
  expect(balancesOf(huge, NEVER).get('committed\u001f\u001fshop')).toEqual(parseQuantity('9007199254740993'));
});
