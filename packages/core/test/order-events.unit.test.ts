import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptObservation, emptyBooks, measureBooks, balancesOf, positionFromBalances, isStockwrightError, orderFromEvents, parseChannelId, parseInstant, parseLocationId, parseSku,
  type OrderEvent, type OrderHistory, type QuantityText,
} from '../src/index.ts';

const [MUG, CUP] = [parseSku('MUG'), parseSku('CUP')];
const at = (minute: number) => parseInstant(`2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`);
const event = (minute: number, kind: OrderEvent['kind'], quantity: number | string, rest: Partial<OrderEvent> = {}): OrderEvent => ({ id: String(minute), line: '1', at: at(minute), kind, quantity: String(quantity) as QuantityText, ...rest });
const order = (...events: OrderEvent[]): OrderHistory => ({ channel: parseChannelId('shop'), orderId: '#1', lines: [{ id: '1', sku: MUG, location: parseLocationId('W1') }, { id: '2', sku: CUP, promise: 'backorder' }], events });

describe('an order that is told as events', () => {
  it('stands as they left it, at the revision of the last', () => {
    const life = [event(1, 'ordered', 5), event(2, 'ordered', '0.5', { line: '2' }), event(3, 'fulfilled', 3), event(4, 'cancelled', 2), event(5, 'returned', 1), event(6, 'fulfilmentUndone', 1)];
    expect(orderFromEvents(order(...life))).toEqual({
      kind: 'order', channel: 'shop', orderId: '#1', placedAt: at(1), revision: at(6),
      lines: [
        { id: '1', sku: 'MUG', location: 'W1', ordered: '5', fulfilled: '2', cancelled: '2', returned: '1' },
        { id: '2', sku: 'CUP', promise: 'backorder', ordered: '0.5', fulfilled: '0', cancelled: '0', returned: '0' },
      ],
    });
  });

  it('is the same in whatever order and as often as they are told', () => {
    const life = [event(1, 'ordered', 5), event(2, 'fulfilled', 3), event(3, 'cancelled', 1), event(4, 'fulfilmentUndone', 2), event(5, 'fulfilled', 1)];
    fc.assert(fc.property(fc.shuffledSubarray([...life, ...life], { minLength: 10 }), (told) => {
      expect(orderFromEvents(order(...told))).toEqual(orderFromEvents(order(...life)));
    }), { numRuns: 50 });
  });

  it('books what the events say: a shipment called off is on hand and owed again', () => {
    const life = [event(1, 'ordered', 4), event(2, 'fulfilled', 3), event(3, 'fulfilmentUndone', 2)];
    const after = (count: number) => {
      let books = acceptObservation(emptyBooks(MUG), { kind: 'count', source: 'wms', sku: MUG, location: 'W1', at: at(0), onHand: '10' } as never);
      for (let told = 1; told <= count; told += 1) books = acceptObservation(books, orderFromEvents(order(...life.slice(0, told))));
      const { onHand, committed } = positionFromBalances({ sku: MUG }, balancesOf(measureBooks(books, { containment: new Map(), returns: 'owner' }))).locations.get(parseLocationId('W1'))!;
      return [onHand, committed];
    };
    expect([after(1), after(2), after(3)]).toEqual([[10, 4], [7, 1], [9, 3]]);
  });

  it.each([
    ['more than is open to ship', [event(1, 'ordered', 2), event(2, 'fulfilled', 3)], 'events[1].quantity: 3 of line 1 cannot be fulfilled: 2 can'],
    ['more than is open to cancel', [event(1, 'ordered', 2), event(2, 'fulfilled', 1), event(3, 'cancelled', 2)], 'events[2].quantity: 2 of line 1 cannot be cancelled: 1 can'],
    ['what never left coming back', [event(1, 'ordered', 2), event(2, 'returned', 1)], 'events[1].quantity: 1 of line 1 cannot be returned: 0 can'],
    ['a shipment called off that came back', [event(1, 'ordered', 2), event(2, 'fulfilled', 2), event(3, 'returned', 2), event(4, 'fulfilmentUndone', 1)], 'events[3].quantity: 1 of line 1 cannot be called off: 0 can'],
    ['nothing', [event(1, 'ordered', 0)], 'events[0].quantity: 0 must be greater than 0'],
    ['less than nothing', [event(1, 'ordered', -1)], 'events[0].quantity: -1 must be greater than 0'],
    ['a line that it does not have', [event(1, 'ordered', 1, { line: '9' })], 'events[0].line: the order has no line 9'],
    ['no quantity', [event(1, 'ordered', 'many')], 'events[0].quantity'],
    ['no event at all', [], 'events: nothing happened to it'],
    ['another line under an id that was told', [event(1, 'ordered', 1, { id: 'e' }), event(1, 'ordered', 1, { id: 'e', line: '2' })], 'events[1].id: e is the id of another event'],
    ['another quantity under an id that was told', [event(1, 'ordered', 1, { id: 'e' }), event(1, 'ordered', 7, { id: 'e' })], 'events[1].id'],
    ['another time under an id that was told', [event(3, 'ordered', 1, { id: 'e' }), event(2, 'ordered', 1, { id: 'e' })], 'events[0].id'],
    ['another kind under an id that was told', [event(1, 'ordered', 1, { id: 'e' }), event(1, 'cancelled', 1, { id: 'e' })], 'events[1].id'],
  ])('refuses %s', (_, events, message) => {
    expect(() => orderFromEvents(order(...events))).toThrow(message);
  });

  it('takes one event that is told in two ways of writing its quantity', () => {
    expect(orderFromEvents(order(event(1, 'ordered', '5'), event(1, 'ordered', '5.0'))).lines[0]).toMatchObject({ ordered: '5' });
  });

  it('refuses everything at once that cannot be, and names it', () => {
    const events = [event(1, 'ordered', 'many'), event(2, 'ordered', 2, { line: '9' }), event(3, 'fulfilled', 1), event(3, 'fulfilled', 2), event(4, 'returned', '?')];
    const two = order(...events);
    const paths = (history: OrderHistory): unknown => {
      try {
        return orderFromEvents(history);
      } catch (error) {
        return isStockwrightError(error) ? error.issues.map(({ path }) => path.join('.')) : error;
      }
    };
    expect(paths({ ...two, lines: [...two.lines, ...two.lines] })).toEqual(['lines.2.id', 'lines.3.id', 'events.0.quantity', 'events.1.line', 'events.2.quantity', 'events.3.id', 'events.4.quantity']);
    expect(paths({ ...two, lines: [...two.lines, ...two.lines], events: [] })).toEqual(['lines.2.id', 'lines.3.id', 'events']);
  });
});
