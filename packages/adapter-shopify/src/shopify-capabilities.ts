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
  // An assumption, since Shopify states no bound: a write runs within its HTTP request. This adapter gives up after 30
  // seconds; as long again is left to a request that was accepted in the last moment.
  lateRequestMsMax: 60_000,
  effectiveWithinMs: 0,
  // One bucket of query cost for everything; its answers tell what is left.
  limits: { publish: 'graphql', readLevels: 'graphql', readOrders: 'graphql', readOrdersById: 'graphql' },
  quantityMax: '1000000000' as QuantityText,
};
