/** Versions of the Admin API that the simulator speaks. @public */
export const SHOPIFY_API_VERSIONS = ['2026-04', '2026-07', '2026-10'] as const;
/** One of {@link SHOPIFY_API_VERSIONS}. @public */
export type ShopifyApiVersion = (typeof SHOPIFY_API_VERSIONS)[number];

/** A place that holds stock. @public */
export interface ShopifyLocationOptions {
  /** The number in `gid://shopify/Location/<id>`. */
  readonly id: number;
  readonly name: string;
  /** Whether online orders may take stock here; true by default. */
  readonly fulfillsOnlineOrders?: boolean;
}

/** A product with one variant, hence one inventory item. @public */
export interface ShopifyProductOptions {
  readonly sku: string;
  /** The number in `gid://shopify/InventoryItem/<id>`; made up when absent. */
  readonly inventoryItemId?: number;
  /** Whether the shop counts it; true by default, although real products start untracked. */
  readonly tracked?: boolean;
  /** `CONTINUE` sells below zero; `DENY` by default. */
  readonly inventoryPolicy?: 'DENY' | 'CONTINUE';
  /** Ids of the locations where it has an active level of 0; every location by default. */
  readonly stockedAt?: readonly number[];
}

/** A webhook on its way, as a fault hook sees it. @public */
export interface ShopifyWebhookDelivery {
  /** As in the header: `orders/create`. */
  readonly topic: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly uri: string;
  readonly triggeredAtMs: number;
}

/** What becomes of one webhook. A duplicate carries the same webhook id twice. @public */
export type ShopifyWebhookFault = 'deliver' | 'lose' | 'duplicate' | { readonly delayMs: number };

/** What goes wrong with one request. @public */
export type ShopifyRequestFault =
  /** The throttled answer, in HTTP 200, whatever the bucket holds. Nothing is applied. */
  | { readonly kind: 'throttle' }
  /** A bare HTTP status. Nothing is applied. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** Applied, then the connection breaks. */
  | { readonly kind: 'timeoutAfterApply' }
  /** The connection breaks and nothing is applied. */
  | { readonly kind: 'timeoutBeforeApply' }
  /** The connection breaks; the request is applied `delayMs` later by `deliverDue`, and its key is in flight until then. */
  | { readonly kind: 'timeoutAppliedLate'; readonly delayMs: number }
  /** `INTERNAL_SERVER_ERROR` inside HTTP 200. Nothing is applied. */
  | { readonly kind: 'internalError' };

/** One level shows another number: an app wrote it, an order moved it, or somebody typed it in. @public */
export interface ShopifyLevelChange {
  readonly sku: string;
  readonly locationId: number;
  readonly available: number;
  readonly cause: 'write' | 'order' | 'edit';
  readonly atMs: number;
}

/** What a simulated shop is made of. @public */
export interface ShopifySimulatorOptions {
  readonly clock: { now(): number };
  /** Numbers in [0, 1): request, webhook and event ids come from it. */
  readonly random: { next(): number };
  /** For instance `demo.myshopify.com`. */
  readonly shopDomain: string;
  readonly accessToken: string;
  /** The app's client secret, which signs webhooks. */
  readonly webhookSecret: string;
  /** The cost bucket; 2000 points that come back at 100 a second by default. */
  readonly plan?: { readonly bucketMax: number; readonly restorePerSecond: number };
  /** In the order in which orders take stock. At least one. */
  readonly locations: readonly ShopifyLocationOptions[];
  readonly products: readonly ShopifyProductOptions[];
  /** Carries webhooks: rejecting, or any status but 2xx, is a failed delivery. It must not wait for `clock`. */
  readonly deliver: (request: Request) => Promise<Response>;
  /** The version that webhooks are written in; `2026-10` by default. Requests choose theirs by path. */
  readonly apiVersion?: ShopifyApiVersion;
  /** How long a webhook takes, by header topic; 500 ms by default. */
  readonly webhookDelayMs?: (topic: string) => number;
  /** Asked once when a webhook is written down. */
  readonly webhookFaults?: (delivery: ShopifyWebhookDelivery) => ShopifyWebhookFault;
  /** Asked once for each readable request, with the name of its first root field. */
  readonly requestFaults?: (operation: string) => ShopifyRequestFault | undefined;
  /** Told of each change of `available`, at once and before any webhook. */
  readonly onLevelChange?: (change: ShopifyLevelChange) => void;
  /**
   * The `field` of a stale compare-and-set. The vendor's is not established, so both are offered: `none` is null, one
   * error for the call (default); `row` points at each stale row.
   */
  readonly staleErrorField?: 'none' | 'row';
  /** What the app was granted; everything that the documents of this simulator need by default. */
  readonly accessScopes?: readonly string[];
}
