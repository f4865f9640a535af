import type { AmazonPlannedOperation, AmazonUsagePlan } from './usage-plans.ts';

/** Everything that can be called: the vendor's operations, its login, and the two ends of a feed document. @public */
export type AmazonOperation = AmazonPlannedOperation | 'getAccessToken' | 'uploadFeedDocument' | 'downloadFeedDocument';

/** Stock in the vendor's own warehouses. What is absent is 0. @public */
export interface AmazonFbaStock {
  readonly fulfillable?: number;
  readonly inboundWorking?: number;
  readonly inboundShipped?: number;
  readonly inboundReceiving?: number;
  readonly pendingCustomerOrder?: number;
  readonly pendingTransshipment?: number;
  readonly fcProcessing?: number;
  readonly researching?: number;
  /** In unsellable condition; reported as damaged in the warehouse. */
  readonly unfulfillable?: number;
}

/** Something that the vendor has against a listing. @public */
export interface AmazonListingIssue {
  readonly code: string;
  readonly message: string;
  readonly severity: 'ERROR' | 'WARNING' | 'INFO';
  readonly categories: readonly string[];
  readonly attributeNames?: readonly string[];
}

/** A listing as the account starts with it. @public */
export interface AmazonListingOptions {
  readonly sku: string;
  /** Made up when absent. */
  readonly asin?: string;
  /** `PRODUCT` by default. */
  readonly productType?: string;
  /** `DEFAULT` (the seller ships, by default) or a network of the vendor, such as `AMAZON_NA`. */
  readonly fulfillmentChannelCode?: string;
  /** What is on offer; 0 by default. A listing that the vendor ships has none. */
  readonly quantity?: number;
  /** Days until the parcel leaves; a `replace` without it wipes it. */
  readonly leadTimeToShipMaxDays?: number;
  /** Stock of a listing that the vendor ships. */
  readonly fba?: AmazonFbaStock;
  /** Issues that every reading of the listing shows. */
  readonly issues?: readonly AmazonListingIssue[];
}

/** What a fault hook sees of a request. @public */
export interface AmazonRequestDetails {
  /** What stands in the path, decoded: `sku`, `orderId`, `feedId` and so on. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON that was sent; nothing where there was none. */
  readonly body: unknown;
}

/** What goes wrong with one request. @public */
export type AmazonRequestFault =
  /** The throttled answer, whatever the bucket holds. Nothing is applied. */
  | { readonly kind: 'throttle' }
  /** A bare HTTP status. Nothing is applied. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** HTTP 500 with the vendor's error list. Nothing is applied. */
  | { readonly kind: 'internalError' }
  /** Applied, then the connection breaks. */
  | { readonly kind: 'timeoutAfterApply' }
  /** The connection breaks and nothing is applied. */
  | { readonly kind: 'timeoutBeforeApply' }
  /** The connection breaks; the request arrives `delayMs` later, as if it had been sent then. */
  | { readonly kind: 'timeoutAppliedLate'; readonly delayMs: number }
  /**
   * A patch, a put or a feed is accepted, its attributes are kept as submitted, and what is on offer never follows. Every
   * other operation goes on as usual.
   */
  | { readonly kind: 'acceptedNeverApplied' };

/** A notification on its way, as a fault hook sees it. @public */
export interface AmazonNotificationDelivery {
  /** For instance `ORDER_CHANGE`. */
  readonly notificationType: string;
  readonly notificationId: string;
  readonly subscriptionId: string;
  readonly eventAtMs: number;
  /** Which order, sku or feed it speaks of. */
  readonly subject: string;
}

/** What becomes of one notification. A duplicate carries the same notification id twice. @public */
export type AmazonNotificationFault = 'deliver' | 'lose' | 'duplicate' | { readonly delayMs: number };

/** What becomes of one feed: `stuck` stays in progress for good, and every later feed waits behind it. @public */
export type AmazonFeedFault = 'process' | 'fatal' | 'stuck';

/** A change of what shoppers see. @public */
export interface AmazonShownChange {
  readonly sku: string;
  /** Nothing where the vendor ships from its own stock, for then no quantity is shown. */
  readonly quantity: number | undefined;
  readonly atMs: number;
  readonly cause: 'write' | 'sale' | 'cancellation' | 'edit';
}

/** What a simulated selling account is made of. @public */
export interface AmazonSimulatorOptions {
  readonly clock: { now(): number };
  /** Numbers in [0, 1): tokens and ids come from it. */
  readonly random: { next(): number };
  readonly sellerId: string;
  readonly marketplaceId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly listings: readonly AmazonListingOptions[];
  /** How long an accepted submission takes until it is on offer; 0 by default. Asked once for each submission. */
  readonly applyDelayMs?: () => number;
  /** How long an order stays `PENDING`; 0 by default, and then it is `UNSHIPPED` from the start. */
  readonly orderPendingMs?: () => number;
  /** How long a notification takes to the queue, by its type; 500 ms by default. */
  readonly notificationDelayMs?: (notificationType: string) => number;
  /** How long a feed waits before it is taken up, where none is before it; 30 s by default. */
  readonly feedQueueMs?: () => number;
  /** How long a feed is processed, by its number of messages; a minute by default. */
  readonly feedProcessingMs?: (messages: number) => number;
  /** Whether processing reports are compressed; false by default. */
  readonly gzipFeedReports?: boolean;
  /** How long a received message stays hidden from others; 30 s by default. */
  readonly queueVisibilityTimeoutMs?: number;
  /** Other plans than the vendor's defaults, by operation; `unlimited` switches them all off. */
  readonly usagePlans?: 'unlimited' | Partial<Readonly<Record<AmazonPlannedOperation, AmazonUsagePlan>>>;
  /** Asked once for each request that is allowed in, before its bucket. */
  readonly requestFaults?: (operation: AmazonOperation, details: AmazonRequestDetails) => AmazonRequestFault | undefined;
  /** Asked once when a notification is written down. */
  readonly notificationFaults?: (notification: AmazonNotificationDelivery) => AmazonNotificationFault;
  /** Asked once when a feed is taken up. */
  readonly feedFaults?: (feed: { readonly feedId: string; readonly feedType: string }) => AmazonFeedFault;
  /** Told of every change of what is on offer, in order. It must not change the account. */
  readonly onShown?: (change: AmazonShownChange) => void;
}
