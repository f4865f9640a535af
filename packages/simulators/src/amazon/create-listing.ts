import { assertCount, isVendorChannel, MERCHANT_CHANNEL } from './account.ts';
import type { Attributes, Listing, Offer } from './account.ts';
import type { AmazonFbaStock, AmazonListingOptions } from './options.ts';

/** Nothing anywhere. */
const EMPTY_FBA_STOCK: Required<AmazonFbaStock> = {
  fulfillable: 0, inboundWorking: 0, inboundShipped: 0, inboundReceiving: 0, pendingCustomerOrder: 0, pendingTransshipment: 0,
  fcProcessing: 0, researching: 0, unfulfillable: 0,
};

/** What a listing needs to know of its account. */
export interface ListingSurroundings {
  /** One that no other listing has. */
  readonly number: number;
  readonly nowMs: number;
  readonly marketplaceId: string;
}

/** A listing as its options describe it: what is submitted and what is on offer agree. */
export function createListing(wanted: AmazonListingOptions, around: ListingSurroundings): Listing {
  const { sku } = wanted;
  const { nowMs } = around;
  const code = around.number.toString(36).toUpperCase().padStart(8, '0');
  const offer = offerOf(wanted);
  return {
    sku, asin: wanted.asin ?? `B0${code}`, fnSku: `X0${code}`, issues: wanted.issues ?? [], productType: wanted.productType ?? 'PRODUCT',
    attributes: attributesOf(wanted, offer, around.marketplaceId), offer, appliedSubmission: 0, pendingSubmissions: 0, isDeleted: false,
    createdAtMs: nowMs, updatedAtMs: nowMs, fba: { ...EMPTY_FBA_STOCK, ...wanted.fba }, fbaUpdatedAtMs: nowMs, fbaNoticedAtMs: nowMs,
  };
}

function offerOf({ sku, fulfillmentChannelCode: channel = MERCHANT_CHANNEL, quantity }: AmazonListingOptions): Offer {
  if (channel === MERCHANT_CHANNEL) {
    assertCount(quantity ?? 0, 0, sku);
    return { channel, quantity: quantity ?? 0 };
  }
  if (!isVendorChannel(channel)) throw new Error(`The channel of ${sku} must be DEFAULT or AMAZON_..., not ${channel}.`);
  if (quantity !== undefined) throw new Error(`Amazon ships ${sku} from its own stock: give it fba instead of a quantity.`);
  return { channel, quantity: undefined };
}

function attributesOf({ sku, leadTimeToShipMaxDays }: AmazonListingOptions, { channel, quantity }: Offer, marketplaceId: string): Attributes {
  return {
    item_name: [{ value: `Item ${sku}`, language_tag: 'en_US', marketplace_id: marketplaceId }],
    fulfillment_availability: [{
      fulfillment_channel_code: channel,
      ...(quantity === undefined ? {} : { quantity }),
      ...(leadTimeToShipMaxDays === undefined ? {} : { lead_time_to_ship_max_days: leadTimeToShipMaxDays }),
      marketplace_id: marketplaceId,
    }],
  };
}
