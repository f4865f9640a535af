import type { ChannelId, OrderLineObservation, OrderObservation } from '@stockwright/core';
import type { AmazonMappings } from '../amazon-settings.ts';
import type { OrderWire } from '../wire/orders-wire.ts';
import { lineCounters } from './line-counters.ts';

/** What mapping an order needs of a channel. */
export interface OrderReader {
  readonly channel: ChannelId;
  readonly marketplaceId: string;
  readonly mappings: AmazonMappings;
}

/** An order as we say it, and the identifiers in it that nobody mapped. */
export interface MappedOrder {
  readonly order: OrderObservation;
  readonly unmapped: readonly string[];
}

/**
 * Whether the seller ships an order, and it is of this channel's marketplace. What Amazon ships leaves the seller's stock
 * alone; the orders of another marketplace are another channel's.
 */
export function isOwnOrder({ fulfillment, salesChannel }: OrderWire, { marketplaceId }: OrderReader): boolean {
  return fulfillment?.fulfilledBy !== 'AMAZON' && (salesChannel.marketplaceId ?? marketplaceId) === marketplaceId;
}

/** Translates an order; its lines come in the order of their ids, so that the same state is the same text. */
export function mapOrder({ orderId, createdTime, lastUpdatedTime, fulfillment, orderItems }: OrderWire, { channel, mappings }: OrderReader): MappedOrder {
  const unmapped = new Set<string>();
  const lines: OrderLineObservation[] = [];
  for (const item of orderItems.toSorted((a, b) => compareText(a.orderItemId, b.orderItemId))) {
    const { sellerSku, asin } = item.product;
    const sku = sellerSku === undefined ? undefined : mappings.skus.toInternal(sellerSku);
    if (sku === undefined) unmapped.add(sellerSku ?? (asin === undefined ? `item:${item.orderItemId}` : `asin:${asin}`));
    else lines.push({ id: item.orderItemId, sku, ...lineCounters(item, fulfillment?.fulfillmentStatus) });
  }
  const order: OrderObservation = { kind: 'order', channel, orderId, revision: lastUpdatedTime, placedAt: createdTime, lines };
  return { order, unmapped: [...unmapped] };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
