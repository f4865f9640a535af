import type { ChannelCapabilities } from '@stockwright/adapter';
import type { QuantityText } from '@stockwright/core';

/** What a Shopify shop can do. @public */
export const SHOPIFY_CAPABILITIES: ChannelCapabilities = {
  locations: true,
  // `changeFromQuantity` compares the number alone: 5, sold, restocked, 5 again passes.
  compareAndSet: 'quantity',
  idempotencyKeys: true,
  readBack: true,
  readOrders: true,
  // The most elements of any input array.
  publishBatchMax: 250,
  // Shopify states no bound. A write runs within its HTTP request, which the platform ends well within a minute, and this
  // adapter gives up after 30 seconds: twice that leaves a request that was accepted in the last moment time to finish.
  lateRequestMsMax: 60_000,
  quantityMax: '1000000000' as QuantityText,
};
