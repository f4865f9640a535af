import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineCounters, sumRefunds } from '../../src/map/line-counters.ts';
import type { RefundLineWire } from '../../src/wire/orders-wire.ts';

/** What can happen to some units of a line. */
type Step = { readonly kind: 'ship' | 'cancel' | 'edit' | 'return' | 'lose' | 'refundShipped'; readonly units: number };

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>('ship', 'cancel', 'edit', 'return', 'lose', 'refundShipped'),
    units: fc.integer({ min: 1, max: 4 }),
  }),
  { maxLength: 12 },
);

/** A line as a shop keeps it: where each unit is now. */
interface Truth {
  readonly waiting: number;
  /** At the customer, not refunded. */
  readonly shipped: number;
  readonly cancelled: number;
  readonly returned: number;
  /** Refunded after shipment, kept by the customer. */
  readonly forgiven: number;
}

const EFFECTS: Readonly<Record<Step['kind'], { from: 'waiting' | 'shipped'; to: keyof Truth; restockType?: string }>> = {
  ship: { from: 'waiting', to: 'shipped' },
  cancel: { from: 'waiting', to: 'cancelled', restockType: 'CANCEL' },
  edit: { from: 'waiting', to: 'cancelled' },
  lose: { from: 'waiting', to: 'cancelled', restockType: 'NO_RESTOCK' },
  return: { from: 'shipped', to: 'returned', restockType: 'RETURN' },
  refundShipped: { from: 'shipped', to: 'forgiven', restockType: 'NO_RESTOCK' },
};

function live(ordered: number, history: readonly Step[]) {
  let truth: Truth = { waiting: ordered, shipped: 0, cancelled: 0, returned: 0, forgiven: 0 };
  const refunds: RefundLineWire[] = [];
  for (const { kind, units } of history) {
    const { from, to, restockType } = EFFECTS[kind];
    const moved = Math.min(units, truth[from]);
    truth = { ...truth, [from]: truth[from] - moved, [to]: truth[to] + moved };
    if (restockType !== undefined && moved > 0) refunds.push({ quantity: moved, restockType, lineItem: { id: 'line' } });
  }
  return { truth, refunds };
}

describe('the counters of a line', () => {
  it('say where every unit went, whatever happened to it, and never fall', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (ordered, history) => {
        let last = [0, 0, 0, 0];
        for (let length = 0; length <= history.length; length += 1) {
          const { truth, refunds } = live(ordered, history.slice(0, length));
          const wire = {
            id: 'line',
            quantity: ordered,
            currentQuantity: truth.waiting + truth.shipped,
            unfulfilledQuantity: truth.waiting,
            nonFulfillableQuantity: truth.cancelled,
          };

          const counters = lineCounters(wire, sumRefunds(refunds).get('line'));

          const { shipped, cancelled, returned, forgiven } = truth;
          expect(counters).toEqual({
            ordered: String(ordered),
            fulfilled: String(shipped + returned + forgiven),
            cancelled: String(cancelled),
            returned: String(returned),
          });
          const now = [counters.ordered, counters.fulfilled, counters.cancelled, counters.returned].map(Number);
          expect(now.every((count, index) => count >= (last[index] ?? 0))).toBe(true);
          last = now;
        }
      }),
    );
  });
});
