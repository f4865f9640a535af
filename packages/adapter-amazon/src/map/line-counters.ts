import type { LineCounters } from '@stockwright/core';
import type { OrderItemWire } from '../wire/orders-wire.ts';
import { fromAmazonQuantity } from './amazon-quantity.ts';

/**
 * The counters of one item of an order.
 *
 * @remarks
 * Amazon tells how many units were ordered, how many have shipped and how many are still to ship; what is none of them was
 * taken back. In an order that will not be fulfilled everything that has not shipped was taken back. In one that waits for
 * its payment or its release nothing has shipped and nothing is missing: Amazon has taken the units off the offer already.
 * The same holds in a status that this adapter does not know, since units must not be given back on a guess. Returns are
 * not part of an Amazon order.
 *
 * @param status - The order's `fulfillmentStatus`.
 */
export function lineCounters(item: OrderItemWire, status: string | undefined): LineCounters {
  const ordered = item.quantityOrdered;
  const fulfilled = fulfilledUnits(item, status);
  const open = openUnits(item, status, fulfilled);
  return {
    ordered: fromAmazonQuantity(ordered),
    fulfilled: fromAmazonQuantity(fulfilled),
    cancelled: fromAmazonQuantity(Math.max(0, ordered - fulfilled - open)),
    returned: fromAmazonQuantity(0),
  };
}

function fulfilledUnits({ quantityOrdered, fulfillment }: OrderItemWire, status: string | undefined): number {
  const told = fulfillment?.quantityFulfilled;
  if (told !== undefined) return told;
  if (status !== 'SHIPPED') return 0;
  return Math.max(0, quantityOrdered - (fulfillment?.quantityUnfulfilled ?? 0));
}

function openUnits({ quantityOrdered, fulfillment, cancellation }: OrderItemWire, status: string | undefined, fulfilled: number): number {
  const left = Math.max(0, quantityOrdered - fulfilled);
  const told = fulfillment?.quantityUnfulfilled;
  switch (status) {
    case 'CANCELLED':
    // Of Amazon's own orders alone, says its model; should it meet one of the seller's, nothing of it will ship either.
    case 'UNFULFILLABLE':
      return 0;
    case 'SHIPPED':
      return Math.min(left, told ?? 0);
    case 'UNSHIPPED':
    case 'PARTIALLY_SHIPPED':
      return Math.min(left, told ?? left);
    default:
      return cancellation?.cancellationExecution === undefined ? left : Math.min(left, told ?? 0);
  }
}
