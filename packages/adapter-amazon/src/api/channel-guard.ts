import type { CallContext, PublishOutcome } from '@stockwright/adapter';
import { describeChannels, offerOf } from '../map/offer.ts';
import type { ListingWire } from '../wire/listings-wire.ts';
import { findListings, planListingCalls, type ListingParts } from './find-listings.ts';

/** How long a read of a listing vouches for it: somebody may hand it over to Amazon's fulfilment at any time. */
const VOUCHED_MS = 5 * 60_000;

/**
 * Keeps writes away from listings that the seller does not ship. A quantity for such a listing would end its fulfilment
 * by Amazon, or add a second offer beside it (Amazon's issue 2061, read 2026-11).
 */
export interface ChannelGuard {
  /** Takes note of a listing that was read. */
  learn(listing: ListingWire, readAtMs: number): void;
  /** Forgets what vouched for a listing. */
  forget(sellerSku: string): void;
  /** Why listings must not be written, by seller sku; those that may be are not in it. Reads what nothing vouches for. */
  objections(sellerSkus: readonly string[], context: CallContext): Promise<ReadonlyMap<string, PublishOutcome>>;
}

/** Makes the guard of a marketplace. What it learns ends with the process. */
export function createChannelGuard(parts: ListingParts): ChannelGuard {
  /** When each listing was last seen to be shipped by the seller. An objection is not kept: it is looked at anew each time. */
  const seenAtMs = new Map<string, number>();
  const learn = (listing: ListingWire, readAtMs: number): void => {
    if (offerOf(listing).by === 'merchant') seenAtMs.set(listing.sku, readAtMs);
    else seenAtMs.delete(listing.sku);
  };
  return {
    learn,
    forget: (sellerSku) => void seenAtMs.delete(sellerSku),
    async objections(sellerSkus, context) {
      const nowMs = context.clock.now();
      const objections = new Map<string, PublishOutcome>();
      const unknown = sellerSkus.filter((sellerSku) => (seenAtMs.get(sellerSku) ?? Number.NEGATIVE_INFINITY) + VOUCHED_MS <= nowMs);
      for (const planned of planListingCalls(unknown)) {
        const listings = await findListings(parts, planned, context);
        for (const sellerSku of planned) {
          const listing = listings.get(sellerSku);
          if (listing !== undefined) learn(listing, nowMs);
          const objection = objectionTo(sellerSku, listing, parts);
          if (objection !== undefined) objections.set(sellerSku, objection);
        }
      }
      return objections;
    },
  };
}

function objectionTo(sellerSku: string, listing: ListingWire | undefined, { sellerId, marketplaceId }: ListingParts): PublishOutcome | undefined {
  if (listing === undefined) {
    return refused(`Amazon has no listing ${sellerSku} of seller ${sellerId} in ${marketplaceId}. Create it there, or correct the mapping, then publish again.`);
  }
  const offer = offerOf(listing);
  if (offer.by === 'merchant') return undefined;
  const how = describeChannels(offer.channels);
  return refused(
    `Listing ${sellerSku} is offered ${how}, not by the seller alone (DEFAULT); a quantity would change who ships it. ` +
      'Set it to be fulfilled by the merchant in Seller Central if that is meant, or take it out of the mapping.',
  );
}

function refused(reason: string): PublishOutcome {
  return { status: 'rejected', reason, code: 'INVALID_CONFIGURATION' };
}
