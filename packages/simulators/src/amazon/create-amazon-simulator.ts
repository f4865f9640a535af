import { assertCount, findListing, MERCHANT_CHANNEL, requireListing } from './account.ts';
import type { Account, Listing, Order } from './account.ts';
import { createAgenda } from './agenda.ts';
import { merchantQuantity } from './attributes.ts';
import { createListing } from './create-listing.ts';
import { createEndpoint } from './endpoint.ts';
import { FBA_OPERATIONS } from './fba-operations.ts';
import { setFbaStock } from './fba-stock.ts';
import { createFeedDocumentStore } from './feed-documents.ts';
import { feedOperations } from './feed-operations.ts';
import { createFeedQueue } from './feeds.ts';
import type {
  AmazonCallCount, AmazonCancellation, AmazonListingState, AmazonOrderRequest, AmazonOrderResult, AmazonOrderState, AmazonOrderUnits, AmazonQueue,
} from './host-shapes.ts';
import { LISTING_OPERATIONS } from './listing-operations.ts';
import { createMessageQueue } from './message-queue.ts';
import type { MessageQueue } from './message-queue.ts';
import { notificationOperations } from './notification-operations.ts';
import type { AmazonFbaStock, AmazonSimulatorOptions } from './options.ts';
import { ORDER_OPERATIONS } from './order-operations.ts';
import { cancelOrder, openUnits, orderStatus, placeOrder, shipOrder } from './orders.ts';
import { createOutbox } from './outbox.ts';
import { editQuantity } from './submissions.ts';
import { createSubscriptionTable } from './subscriptions.ts';
import type { SubscriptionTable } from './subscriptions.ts';
import { createTokenDesk } from './tokens.ts';
import { createTokenBuckets } from './usage-plans.ts';

/** A selling account that runs in this process. @public */
export interface AmazonSimulator {
  /**
   * The Selling Partner API, the vendor's login at `POST /auth/o2/token`, and the addresses of feed documents, on any host.
   *
   * @throws TypeError (`fetch failed`) where a request fault breaks the connection.
   */
  readonly fetch: (request: Request) => Promise<Response>;

  /** A customer's checkout. Unknown skus and quantities below 1 throw: they are mistakes of the caller. */
  placeOrder(request: AmazonOrderRequest): AmazonOrderResult;
  /** Sends units: those named, or all that are left. */
  shipOrder(orderId: string, options?: { readonly lines?: readonly AmazonOrderUnits[] }): void;
  /** Takes unsent units off. They go back on offer unless there was no inventory for them. */
  cancelOrder(orderId: string, cancellation?: AmazonCancellation): void;
  /** The seller types another quantity into the vendor's console. */
  setQuantity(sku: string, quantity: number): void;
  /** Something happens in the vendor's warehouses. */
  setFbaStock(sku: string, stock: AmazonFbaStock): void;

  /** The queue that every destination leads to, in place of the vendor's. */
  readonly queue: AmazonQueue;

  /** The next moment, in milliseconds of the clock, at which something is due; nothing while the account is idle. */
  nextDueAtMs(): number | undefined;
  /** Does what is due now; how much that was. Whatever looks at the account does so too. */
  deliverDue(): Promise<number>;

  /** One listing; nothing where there is none. */
  listing(sku: string): AmazonListingState | undefined;
  /** Every listing, in the order in which they came. */
  listings(): readonly AmazonListingState[];
  /** One order; nothing where there is none. */
  order(orderId: string): AmazonOrderState | undefined;
  /** Every order, the oldest first. */
  orders(): readonly AmazonOrderState[];
  /** How many requests came, by operation. */
  calls(): Readonly<Record<string, AmazonCallCount>>;
}

/**
 * Builds a selling account with one store.
 *
 * @remarks
 * Nothing happens by itself: there are no timers, time is `clock` and chance is `random`, so a seed repeats a run. Whatever
 * is due happens before anybody looks at the account, at the moment for which it was due. Times on the wire are whole
 * seconds, as in the vendor's samples; an order's `lastUpdatedTime` moves on by at least one second with each state, so it
 * may run ahead of the clock, and two states never share one.
 *
 * @throws Error where two listings have the same sku or asin, or one of them makes no sense.
 * @public
 */
export function createAmazonSimulator(options: AmazonSimulatorOptions): AmazonSimulator {
  const { account, table, queue, secret } = createAccount(options);
  const { agenda, now, uuid } = account;
  const documents = createFeedDocumentStore({ now, uuid, secret: secret() });
  const calls = new Map<string, AmazonCallCount>();
  const fetch = createEndpoint({
    account,
    documents,
    operations: [
      ...LISTING_OPERATIONS, ...ORDER_OPERATIONS, ...FBA_OPERATIONS, ...notificationOperations(table),
      ...feedOperations(createFeedQueue(account, documents), documents),
    ],
    desk: createTokenDesk({ ...options, now, secret }),
    buckets: createTokenBuckets(now, options.usagePlans ?? {}),
    count: (operation, isThrottled) => {
      const known = calls.get(operation) ?? { count: 0, throttled: 0 };
      calls.set(operation, { count: known.count + 1, throttled: known.throttled + (isThrottled ? 1 : 0) });
    },
  });
  return {
    fetch,
    ...hostMethods(account),
    queue: {
      receive: upToDate(account, queue.receive),
      delete: upToDate(account, queue.delete),
      size: upToDate(account, queue.size),
    },
    nextDueAtMs: () => earliest(agenda.nextDueAtMs(), queue.nextVisibleAtMs()),
    deliverDue: async () => agenda.catchUp() + queue.refresh(),
    calls: () => Object.fromEntries(calls),
  };
}

/** Whatever the host does or asks finds the account up to date, and leaves it so. */
function upToDate<Arguments extends readonly unknown[], Result>(account: Account, work: (...given: Arguments) => Result): (...given: Arguments) => Result {
  return (...given) => {
    account.agenda.catchUp();
    try {
      return work(...given);
    } finally {
      account.agenda.catchUp();
    }
  };
}

type HostMethods = Omit<AmazonSimulator, 'fetch' | 'queue' | 'nextDueAtMs' | 'deliverDue' | 'calls'>;

function hostMethods(account: Account): HostMethods {
  return {
    placeOrder: upToDate(account, (request) => placeOrder(account, request)),
    shipOrder: upToDate(account, (orderId, { lines } = {}) => {
      shipOrder(account, orderId, lines);
    }),
    cancelOrder: upToDate(account, (orderId, cancellation = {}) => {
      cancelOrder(account, orderId, cancellation);
    }),
    setQuantity: upToDate(account, (sku, quantity) => {
      setQuantity(account, sku, quantity);
    }),
    setFbaStock: upToDate(account, (sku, stock) => {
      setFbaStock(account, requireListing(account, sku), stock);
    }),
    listing: upToDate(account, (sku) => {
      const listing = findListing(account, sku);
      return listing === undefined ? undefined : toListingState(listing);
    }),
    listings: upToDate(account, () => [...account.listings.values()].map(toListingState)),
    order: upToDate(account, (orderId) => {
      const order = account.orders.get(orderId);
      return order === undefined ? undefined : toOrderState(order);
    }),
    orders: upToDate(account, () => [...account.orders.values()].map(toOrderState)),
  };
}

interface Parts {
  readonly account: Account;
  readonly table: SubscriptionTable;
  readonly queue: MessageQueue;
  /** A long random text, another one each time. */
  readonly secret: () => string;
}

function createAccount(options: AmazonSimulatorOptions): Parts {
  const agenda = createAgenda(() => options.clock.now());
  const { now } = agenda;
  const uuid = createUuids(options.random);
  const table = createSubscriptionTable();
  const queue = createMessageQueue({ now, uuid, visibilityMs: options.queueVisibilityTimeoutMs });
  const notify = createOutbox({ options, agenda, table, queue, uuid, applicationId: `amzn1.sellerapps.app.${uuid()}` });
  const account: Account = { options, agenda, uuid, ...createListings(options), orders: new Map(), now, nextNumber: createCounter(), notify };
  return { account, table, queue, secret: () => `${uuid()}${uuid()}`.replaceAll('-', '') };
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? a ?? b : Math.min(a, b);
}

function setQuantity(account: Account, sku: string, quantity: number): void {
  const listing = requireListing(account, sku);
  assertCount(quantity, 0, sku);
  if (listing.offer.channel !== MERCHANT_CHANNEL) throw new Error(`Amazon ships ${sku} from its own stock; there is no quantity to edit.`);
  editQuantity(account, listing, { channel: MERCHANT_CHANNEL, quantity });
}

function createListings({ listings: wanted, clock, marketplaceId }: AmazonSimulatorOptions): Pick<Account, 'listings' | 'listingsByAsin'> {
  const listings = new Map<string, Listing>();
  const listingsByAsin = new Map<string, Listing>();
  for (const [index, each] of wanted.entries()) {
    const listing = createListing(each, { number: index + 1, nowMs: clock.now(), marketplaceId });
    if (listings.has(listing.sku)) throw new Error(`Two listings of the account have the sku ${JSON.stringify(listing.sku)}.`);
    if (listingsByAsin.has(listing.asin)) throw new Error(`Two listings of the account have the asin ${listing.asin}.`);
    listings.set(listing.sku, listing);
    listingsByAsin.set(listing.asin, listing);
  }
  return { listings, listingsByAsin };
}

function toListingState(listing: Listing): AmazonListingState {
  const { sku, asin, productType, offer, attributes, pendingSubmissions } = listing;
  return { sku, asin, productType, fulfillmentChannelCode: offer.channel, submitted: merchantQuantity(attributes), effective: offer.quantity, pendingSubmissions };
}

function toOrderState(order: Order): AmazonOrderState {
  return {
    orderId: order.id,
    status: orderStatus(order),
    fulfilledBy: order.fulfilledBy,
    placedAtMs: order.createdAtMs,
    lastUpdatedAtMs: order.updatedAtMs,
    lines: order.lines.map((line) => ({
      orderItemId: line.id, sku: line.listing.sku, quantity: line.quantity, cancelled: line.cancelled, shipped: line.shipped,
      unfulfilledQuantity: openUnits(line),
    })),
  };
}

/** Starts where no listing of the options has its number. */
function createCounter(): () => number {
  let last = 10_000_000;
  return () => {
    last += 1;
    return last;
  };
}

function createUuids(random: { next(): number }): () => string {
  const hex = (digits: number): string => Math.floor(random.next() * 16 ** digits).toString(16).padStart(digits, '0');
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
