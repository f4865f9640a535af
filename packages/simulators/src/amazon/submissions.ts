import { showOffer } from './account.ts';
import type { Account, Listing, Offer } from './account.ts';
import { offerOf, patchAttributes } from './attributes.ts';
import type { PatchOperation } from './attributes.ts';

/** An accepted change of a listing. */
export interface Submission {
  readonly operations: readonly PatchOperation[];
  /** Accepted, kept, and never on offer. */
  readonly isNeverApplied: boolean;
}

/**
 * Keeps what was submitted, and lets the offer follow after the delay.
 *
 * @remarks
 * The submission is absolute: when it lands, what was sold or put back since it was accepted is overwritten, as at the
 * vendor. The newest submission wins: one that lands after a newer one has landed changes nothing.
 */
export function submit(account: Account, listing: Listing, submission: Submission): void {
  const { operations } = submission;
  listing.attributes = patchAttributes(listing.attributes, operations, account.options.marketplaceId);
  const offer = offerOf(listing.attributes, operations);
  if (offer === undefined || submission.isNeverApplied) return;
  const ordinal = account.nextNumber();
  listing.pendingSubmissions += 1;
  account.agenda.add(account.now() + (account.options.applyDelayMs?.() ?? 0), () => {
    listing.pendingSubmissions -= 1;
    if (ordinal < listing.appliedSubmission) return;
    listing.appliedSubmission = ordinal;
    showOffer(account, listing, { offer, cause: 'write' });
  });
}

/** The seller types a quantity into the vendor's console: a submission that lands at once. */
export function editQuantity(account: Account, listing: Listing, offer: Offer & { readonly quantity: number }): void {
  const element = { fulfillment_channel_code: offer.channel, quantity: offer.quantity };
  const operations: readonly PatchOperation[] = [{ op: 'merge', attribute: 'fulfillment_availability', value: [element] }];
  listing.attributes = patchAttributes(listing.attributes, operations, account.options.marketplaceId);
  listing.appliedSubmission = account.nextNumber();
  showOffer(account, listing, { offer, cause: 'edit' });
}

/** Takes a listing away. What is still under way to it is lost. */
export function deleteListing(account: Account, listing: Listing): void {
  listing.isDeleted = true;
  account.listings.delete(listing.sku);
  if (account.listingsByAsin.get(listing.asin) === listing) account.listingsByAsin.delete(listing.asin);
}
