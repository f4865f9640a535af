import { isVendorChannel } from './account.ts';
import type { Account, Listing } from './account.ts';
import { toWireTime } from './times.ts';

/** Parts of a listing that can be asked for. */
export const LISTING_DATA = ['summaries', 'attributes', 'issues', 'offers', 'fulfillmentAvailability', 'procurement', 'relationships', 'productTypes'] as const;

/** Whether shoppers can buy it, or only find it. */
export function listingStatus({ offer, fba }: Listing): readonly string[] {
  const units = offer.quantity ?? fba.fulfillable;
  return units > 0 ? ['BUYABLE', 'DISCOVERABLE'] : ['DISCOVERABLE'];
}

/** A listing as the API shows it: its sku and the parts that were asked for. */
export function listingView(account: Account, listing: Listing, included: readonly string[]): Readonly<Record<string, unknown>> {
  const { marketplaceId } = account.options;
  const parts: Readonly<Record<(typeof LISTING_DATA)[number], () => unknown>> = {
    summaries: () => [{
      marketplaceId, asin: listing.asin, productType: listing.productType, conditionType: 'new_new', status: listingStatus(listing),
      ...(isVendorChannel(listing.offer.channel) ? { fnSku: listing.fnSku } : {}),
      itemName: `Item ${listing.sku}`, createdDate: toWireTime(listing.createdAtMs), lastUpdatedDate: toWireTime(listing.updatedAtMs),
    }],
    attributes: () => listing.attributes,
    issues: () => listing.issues.map((issue) => ({ ...issue, marketplaceIds: [marketplaceId] })),
    offers: () => [{ marketplaceId, offerType: 'B2C', price: { currencyCode: 'USD', amount: '10.00' }, audience: { value: 'ALL', displayName: 'Sell on Amazon' } }],
    // No quantity at all where the vendor ships: it is unknown here, not zero.
    fulfillmentAvailability: () => [{
      fulfillmentChannelCode: listing.offer.channel,
      ...(listing.offer.quantity === undefined ? {} : { quantity: listing.offer.quantity }),
    }],
    procurement: () => [],
    relationships: () => [{ marketplaceId, relationships: [] }],
    productTypes: () => [{ marketplaceId, productType: listing.productType }],
  };
  const wanted = LISTING_DATA.filter((name) => included.includes(name));
  return { sku: listing.sku, ...Object.fromEntries(wanted.map((name) => [name, parts[name]()])) };
}
