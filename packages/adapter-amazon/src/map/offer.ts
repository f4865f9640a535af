import type { ListingWire } from '../wire/listings-wire.ts';

/** The fulfilment channel of what the seller ships. */
export const MERCHANT_CHANNEL = 'DEFAULT';

/** How a listing is offered. */
export type Offer =
  /** By the seller alone. Without a quantity Amazon does not tell how much. */
  | { readonly by: 'merchant'; readonly quantity: number | undefined }
  /** By Amazon, from several places, or not at all: no number of this channel's. */
  | { readonly by: 'other'; readonly channels: readonly string[] };

/**
 * How a listing is offered, from what Amazon really offers. What the seller last submitted stands in the attributes, may
 * differ for good, and is never read (Amazon's issue 5327, read 2026-11).
 */
export function offerOf({ fulfillmentAvailability = [] }: ListingWire): Offer {
  const channels = fulfillmentAvailability.map(({ fulfillmentChannelCode }) => fulfillmentChannelCode);
  if (channels.length === 0 || channels.some((channel) => channel !== MERCHANT_CHANNEL)) return { by: 'other', channels };
  return { by: 'merchant', quantity: fulfillmentAvailability.find(({ quantity }) => quantity !== undefined)?.quantity };
}

/** Says how a listing is offered, for a person. */
export function describeChannels(channels: readonly string[]): string {
  return channels.length === 0 ? 'through no fulfilment channel' : `through ${channels.join(' and ')}`;
}
