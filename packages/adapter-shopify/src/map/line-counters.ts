import type { LineCounters } from '@stockwright/core';
import type { OrderLineWire, RefundLineWire } from '../wire/orders-wire.ts';
import { fromShopifyInt } from './shopify-int.ts';

/** Refunded units of one line, by what became of them. */
export interface RefundedUnits {
  /** Taken back before shipment and sellable again. */
  readonly cancelled: number;
  /** Came back after shipment and sellable again. */
  readonly returned: number;
  /** Refunded and not put back: before shipment or after, the refund does not say. */
  readonly notRestocked: number;
  /** Put back by the old kind of refund, which does not say when. */
  readonly restocked: number;
}

const NOTHING_REFUNDED: RefundedUnits = { cancelled: 0, returned: 0, notRestocked: 0, restocked: 0 };

/** Adds up refund lines by order line. One refund may name a line twice: a part cancelled, a part returned. */
export function sumRefunds(lines: readonly RefundLineWire[]): ReadonlyMap<string, RefundedUnits> {
  const sums = new Map<string, RefundedUnits>();
  for (const { lineItem, quantity, restockType } of lines) {
    const sum = sums.get(lineItem.id) ?? NOTHING_REFUNDED;
    const kind = kindOfRefund(restockType);
    sums.set(lineItem.id, { ...sum, [kind]: sum[kind] + quantity });
  }
  return sums;
}

function kindOfRefund(restockType: string): keyof RefundedUnits {
  switch (restockType) {
    case 'CANCEL':
      return 'cancelled';
    case 'RETURN':
      return 'returned';
    case 'LEGACY_RESTOCK':
      return 'restocked';
    // A kind that is not known is not taken for stock that can be sold again.
    default:
      return 'notRestocked';
  }
}

/**
 * The counters of a line.
 *
 * @remarks
 * Removed units (`quantity - currentQuantity`) were refunded or edited off; only units that have not shipped can be edited
 * off. A refund that does not say whether its units had shipped is split by `nonFulfillableQuantity`, the units that
 * will never ship: what of those no other refund or edit explains was taken back before shipment. What is neither
 * waiting nor taken back before shipment has shipped.
 */
export function lineCounters(line: OrderLineWire, refunded: RefundedUnits = NOTHING_REFUNDED): LineCounters {
  const { quantity, currentQuantity, unfulfilledQuantity, nonFulfillableQuantity } = line;
  const removed = Math.max(0, quantity - currentQuantity);
  const edited = Math.max(0, removed - refunded.cancelled - refunded.returned - refunded.notRestocked - refunded.restocked);
  const leftBefore = Math.max(0, quantity - unfulfilledQuantity);
  const certain = Math.min(leftBefore, refunded.cancelled + edited);
  const unexplained = Math.max(0, Math.min(leftBefore, nonFulfillableQuantity ?? 0) - certain);
  const notRestockedBefore = Math.min(refunded.notRestocked, unexplained);
  const restockedBefore = Math.min(refunded.restocked, unexplained - notRestockedBefore);
  const cancelled = certain + notRestockedBefore + restockedBefore;
  return {
    ordered: fromShopifyInt(quantity),
    fulfilled: fromShopifyInt(leftBefore - cancelled),
    cancelled: fromShopifyInt(cancelled),
    returned: fromShopifyInt(refunded.returned + refunded.restocked - restockedBefore),
  };
}
