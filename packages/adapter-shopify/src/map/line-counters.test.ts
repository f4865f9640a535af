import { describe, expect, it } from 'vitest';
import { lineCounters, sumRefunds } from './line-counters.ts';

const line = (quantity: number, currentQuantity: number, unfulfilledQuantity: number, nonFulfillableQuantity = 0) => ({
  id: 'line',
  quantity,
  currentQuantity,
  unfulfilledQuantity,
  nonFulfillableQuantity,
});
const refund = (restockType: string, quantity: number) => ({ restockType, quantity, lineItem: { id: 'line' } });

describe('lineCounters', () => {
  it.each([
    ['nothing happened', line(3, 3, 3), [], ['3', '0', '0', '0']],
    ['two of three shipped', line(3, 3, 1), [], ['3', '2', '0', '0']],
    ['one cancelled, the rest waits', line(3, 2, 2, 1), [refund('CANCEL', 1)], ['3', '0', '1', '0']],
    ['one cancelled, the rest shipped', line(3, 2, 0, 1), [refund('CANCEL', 1)], ['3', '2', '1', '0']],
    ['all shipped, one came back', line(3, 2, 0), [refund('RETURN', 1)], ['3', '3', '0', '1']],
    ['one edited off before shipment', line(3, 2, 2, 1), [], ['3', '0', '1', '0']],
    ['one cancelled and one returned in one refund', line(4, 2, 0, 1), [refund('CANCEL', 1), refund('RETURN', 1)], ['4', '3', '1', '1']],
    ['refunded after shipment and kept by the customer', line(2, 1, 0, 0), [refund('NO_RESTOCK', 1)], ['2', '2', '0', '0']],
    ['refunded before shipment and not put back', line(2, 1, 1, 1), [refund('NO_RESTOCK', 1)], ['2', '0', '1', '0']],
    ['an old refund after shipment', line(2, 1, 0, 0), [refund('LEGACY_RESTOCK', 1)], ['2', '2', '0', '1']],
    ['an old refund before shipment', line(2, 1, 1, 1), [refund('LEGACY_RESTOCK', 1)], ['2', '0', '1', '0']],
    ['a kind of refund that is not known', line(2, 1, 0, 0), [refund('SOMETHING_NEW', 1)], ['2', '2', '0', '0']],
    ['the whole order cancelled', line(2, 0, 0, 2), [refund('CANCEL', 2)], ['2', '0', '2', '0']],
    ['the whole order cancelled without a refund', line(2, 0, 0, 2), [], ['2', '0', '2', '0']],
  ])('%s', (_what, wire, refunds, [ordered, fulfilled, cancelled, returned]) => {
    expect(lineCounters(wire, sumRefunds(refunds).get('line'))).toEqual({ ordered, fulfilled, cancelled, returned });
  });

  it('never books more than was ordered, whatever the numbers', () => {
    for (const quantity of [0, 1, 3]) {
      for (const current of [0, 1, 3]) {
        for (const unfulfilled of [0, 1, 3]) {
          for (const kind of ['CANCEL', 'RETURN', 'NO_RESTOCK', 'LEGACY_RESTOCK']) {
            const counters = lineCounters(line(quantity, current, unfulfilled, 2), sumRefunds([refund(kind, 2)]).get('line'));

            expect(Number(counters.fulfilled)).toBeGreaterThanOrEqual(0);
            expect(Number(counters.fulfilled) + Number(counters.cancelled)).toBe(Math.max(0, quantity - unfulfilled));
          }
        }
      }
    }
  });
});
