import type { Agenda } from './agenda.ts';
import type { AmazonFbaStock, AmazonListingIssue, AmazonShownChange, AmazonSimulatorOptions } from './options.ts';

/** One element of an attribute. Every attribute of the vendor is a list of these. */
export type AttributeElement = Readonly<Record<string, unknown>>;
/** What a seller submitted, by name of attribute. */
export type Attributes = Readonly<Record<string, readonly AttributeElement[]>>;

/** What is offered through which channel. The quantity is the vendor's own business where it ships itself. */
export interface Offer {
  readonly channel: string;
  readonly quantity: number | undefined;
}

/** The channel of goods that the seller ships. */
export const MERCHANT_CHANNEL = 'DEFAULT';

/** A listing of the account. */
export interface Listing {
  readonly sku: string;
  readonly asin: string;
  readonly fnSku: string;
  readonly issues: readonly AmazonListingIssue[];
  readonly createdAtMs: number;
  productType: string;
  updatedAtMs: number;
  /** As submitted last, whether or not it is on offer. */
  attributes: Attributes;
  /** What shoppers see. */
  offer: Offer;
  /** The newest submission that reached the offer: an older one never lands after it. */
  appliedSubmission: number;
  pendingSubmissions: number;
  isDeleted: boolean;
  fba: Required<AmazonFbaStock>;
  /** When any quantity in the vendor's warehouses changed. */
  fbaUpdatedAtMs: number;
  /** The same, but for what is only on its way there: a query by time does not notice that. */
  fbaNoticedAtMs: number;
}

/** A line of an order. */
export interface OrderLine {
  readonly id: string;
  readonly listing: Listing;
  readonly quantity: number;
  shipped: number;
  cancelled: number;
  cancellation: { readonly cancelledBy: string; readonly cancelReason: string } | undefined;
}

/** An order. */
export interface Order {
  readonly id: string;
  readonly fulfilledBy: 'MERCHANT' | 'AMAZON';
  readonly createdAtMs: number;
  /** A whole second, and a later one for each state, so that no two states of an order share a time. */
  updatedAtMs: number;
  isPending: boolean;
  readonly lines: readonly OrderLine[];
}

/** Something that the vendor tells its subscribers. */
export interface NotificationEvent {
  readonly notificationType: string;
  /** Which order, sku or feed. */
  readonly subject: string;
  /** What a filter of a subscription may look at. */
  readonly orderChangeType?: string;
  /** Written only where somebody subscribed. */
  readonly payload: () => Readonly<Record<string, unknown>>;
}

/** The state of the account and the few things that every operation on it needs. */
export interface Account {
  readonly options: AmazonSimulatorOptions;
  readonly agenda: Agenda;
  readonly listings: Map<string, Listing>;
  readonly listingsByAsin: Map<string, Listing>;
  readonly orders: Map<string, Order>;
  now(): number;
  /** A new number, larger than the ones before it. */
  nextNumber(): number;
  /** 128 random bits as a UUID. */
  uuid(): string;
  /** Writes an event down for every subscription of its type. */
  notify(event: NotificationEvent): void;
}

/** Whether a channel is one of the vendor's own networks. */
export function isVendorChannel(code: string): boolean {
  return /^AMAZON_[A-Z_]+$/.test(code);
}

/** The listing of a sku, where there is one that was not deleted. */
export function findListing(account: Account, sku: string): Listing | undefined {
  return account.listings.get(sku);
}

/** The listing of a sku. A host that names another one has made a mistake, so this throws. */
export function requireListing(account: Account, sku: string): Listing {
  const listing = findListing(account, sku);
  if (listing === undefined) throw new Error(`The account has no listing with the sku ${JSON.stringify(sku)}.`);
  return listing;
}

/** Throws where a count of units makes no sense. */
export function assertCount(quantity: number, least: number, what: string): void {
  if (!Number.isSafeInteger(quantity) || quantity < least) {
    throw new Error(`The quantity of ${what} must be a whole number of at least ${String(least)}, not ${String(quantity)}.`);
  }
}

/** Puts another offer before the shoppers, and tells whoever wants to know. The same offer again changes nothing. */
export function showOffer(account: Account, listing: Listing, change: { readonly offer: Offer; readonly cause: AmazonShownChange['cause'] }): void {
  const { offer, cause } = change;
  if (listing.isDeleted || (listing.offer.channel === offer.channel && listing.offer.quantity === offer.quantity)) return;
  listing.offer = offer;
  listing.updatedAtMs = account.now();
  account.options.onShown?.({ sku: listing.sku, quantity: offer.quantity, atMs: account.now(), cause });
  if (offer.quantity === undefined) return;
  account.notify({
    notificationType: 'LISTINGS_ITEM_MFN_QUANTITY_CHANGE',
    subject: listing.sku,
    // There is no store in it, and a seller's own writes come back too.
    payload: () => ({ SellerId: account.options.sellerId, FulfillmentChannelCode: offer.channel, Sku: listing.sku, Quantity: offer.quantity }),
  });
}
