import type { ChannelCapabilities } from '@stockwright/adapter';
import type { QuantityText } from '@stockwright/core';
import { QUANTITY_MAX } from './map/amazon-quantity.ts';

/** From sending a request to its end: this adapter gives up after 30 seconds; as long again is left to one accepted in the last moment. */
const REQUEST_MS_MAX = 60_000;

/** What a marketplace can do where a write shows within so many milliseconds. */
export function capabilitiesOf(effectiveWithinMs: number): ChannelCapabilities {
  return {
    // Multi-location inventory is of the US alone and needs listings that are set up for it; this adapter writes one number.
    locations: false,
    // Listings have no version and no compare; `merge` and `replace` are absolute.
    compareAndSet: 'none',
    idempotencyKeys: false,
    readBack: true,
    readOrders: true,
    // The burst of patchListingsItem: one request per line.
    publishBatchMax: 5,
    // Amazon accepts a write first and applies it later, so an unknown one may take as long as an accepted one.
    lateRequestMsMax: effectiveWithinMs + REQUEST_MS_MAX,
    // Amazon states no bound; what an accepted write says is seen to be offered after minutes.
    effectiveWithinMs,
    limits: { publish: 'patchListingsItem', readLevels: 'searchListingsItems', readOrders: 'searchOrders', readOrdersById: 'getOrder' },
    // The default usage plan of patchListingsItem.
    publishRate: { capacity: 5, refillPerSecond: 5 },
    quantityMax: String(QUANTITY_MAX) as QuantityText,
  };
}

/** What an Amazon marketplace can do, unless the settings say how soon a write shows. @public */
export const AMAZON_CAPABILITIES: ChannelCapabilities = capabilitiesOf(15 * 60_000);
