import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineCounters } from '../../src/map/line-counters.ts';
import type { OrderItemWire } from '../../src/wire/orders-wire.ts';

type Step = { readonly kind: 'pay' | 'ship' | 'cancel'; readonly units: number };

const steps = fc.array(fc.record({ kind: fc.constantFrom<Step['kind']>('pay', 'ship', 'cancel'), units: fc.integer({ min: 1, max: 4 }) }), { maxLength: 12 });
const orders = fc.record({ ordered: fc.integer({ min: 1, max: 20 }), isPreorder: fc.boolean(), history: steps });

/** An order of one line as Amazon keeps it: where each unit is now. */
interface Truth {
  readonly isPaid: boolean;
  readonly waiting: number;
  readonly shipped: number;
  readonly cancelled: number;
}

function live(ordered: number, history: readonly Step[]): Truth {
  let truth: Truth = { isPaid: false, waiting: ordered, shipped: 0, cancelled: 0 };
  for (const { kind, units } of history) {
    const moved = Math.min(units, truth.waiting);
    if (kind === 'pay') truth = { ...truth, isPaid: true };
    else if (kind === 'cancel') truth = { ...truth, waiting: truth.waiting - moved, cancelled: truth.cancelled + moved };
    // Nothing ships before it is paid.
    else if (truth.isPaid) truth = { ...truth, waiting: truth.waiting - moved, shipped: truth.shipped + moved };
  }
  return truth;
}

function statusOf({ isPaid, waiting, shipped, cancelled }: Truth, { ordered, isPreorder }: { ordered: number; isPreorder: boolean }): string {
  if (cancelled === ordered) return 'CANCELLED';
  if (!isPaid) return isPreorder ? 'PENDING_AVAILABILITY' : 'PENDING';
  if (shipped === 0) return 'UNSHIPPED';
  return waiting === 0 ? 'SHIPPED' : 'PARTIALLY_SHIPPED';
}

/** Amazon's way to say so; a pending order may tell of no units that are still to ship, since it cannot ship. */
function wireOf({ waiting, shipped, cancelled, isPaid }: Truth, { ordered, tellsPending }: { ordered: number; tellsPending: boolean }): OrderItemWire {
  return {
    orderItemId: '1',
    quantityOrdered: ordered,
    product: { sellerSku: 'MUG-A' },
    fulfillment: { quantityFulfilled: shipped, quantityUnfulfilled: isPaid || cancelled > 0 || tellsPending ? waiting : 0 },
    ...(cancelled > 0 ? { cancellation: { cancellationExecution: {} } } : {}),
  };
}

describe('the counters of a line', () => {
  it('say where every unit went, paid or not, and never fall', () => {
    fc.assert(
      fc.property(orders, fc.boolean(), ({ ordered, isPreorder, history }, tellsPending) => {
        let last = [0, 0, 0];
        for (let length = 0; length <= history.length; length += 1) {
          const truth = live(ordered, history.slice(0, length));

          const counters = lineCounters(wireOf(truth, { ordered, tellsPending }), statusOf(truth, { ordered, isPreorder }));

          expect(counters).toEqual({ ordered: String(ordered), fulfilled: String(truth.shipped), cancelled: String(truth.cancelled), returned: '0' });
          const now = [counters.ordered, counters.fulfilled, counters.cancelled].map(Number);
          expect(now.every((count, index) => count >= (last[index] ?? 0))).toBe(true);
          last = now;
        }
      }),
    );
  });

  it('are whole, never negative, and never take back more than was ordered, whatever Amazon writes', () => {
    const count = fc.option(fc.nat({ max: 30 }), { nil: undefined });
    const statuses = fc.constantFrom('PENDING_AVAILABILITY', 'PENDING', 'UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED', 'CANCELLED', 'UNFULFILLABLE', 'SOMETHING_NEW', undefined);
    fc.assert(
      fc.property(fc.nat({ max: 20 }), count, count, fc.boolean(), statuses, (ordered, fulfilled, unfulfilled, isExecuted, status) => {
        const fulfillment = { quantityFulfilled: fulfilled, quantityUnfulfilled: unfulfilled };
        const counters = lineCounters({ orderItemId: '1', quantityOrdered: ordered, product: {}, fulfillment, ...(isExecuted ? { cancellation: { cancellationExecution: {} } } : {}) }, status);

        const { ordered: all, fulfilled: sent, cancelled, returned } = counters;
        expect(Object.values(counters).every((text) => /^\d+$/.test(text))).toBe(true);
        expect(Number(cancelled)).toBeLessThanOrEqual(Math.max(0, Number(all) - Number(sent)));
        expect(returned).toBe('0');
        const isClosed = status === 'CANCELLED' || status === 'UNFULFILLABLE';
        if (isClosed && (fulfilled ?? 0) <= ordered) expect(Number(sent) + Number(cancelled)).toBe(ordered);
      }),
    );
  });
});
