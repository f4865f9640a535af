/** What a customer wants. @public */
export interface AmazonOrderRequest {
  /**
   * Lines of one sku accumulate: the second sees what the first took. Quantities are whole and at least 1. Lines that the
   * seller ships and lines that the vendor ships are two orders, never one.
   */
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  /** In 3-7-7 format; made up when absent. */
  readonly id?: string;
  /** True: a line takes what there is. False (default): a line is accepted whole or refused whole. */
  readonly allowPartial?: boolean;
}

/** What became of one line, in the order asked. @public */
export interface AmazonOrderLineResult {
  readonly sku: string;
  readonly accepted: number;
  readonly refused: number;
  /** Present exactly where something was refused. */
  readonly reason?: 'soldOut';
}

/** What became of an order. @public */
export interface AmazonOrderResult {
  /** Absent where no line was accepted, for then there is no order. */
  readonly orderId?: string;
  readonly lines: readonly AmazonOrderLineResult[];
}

/** Units of an order: of a sku over all its lines in turn, or of one line. @public */
export type AmazonOrderUnits =
  | { readonly sku: string; readonly quantity: number }
  | { readonly orderItemId: string; readonly quantity: number };

/** How units are taken off an order. @public */
export interface AmazonCancellation {
  /** Everything that is not yet sent when absent. */
  readonly lines?: readonly AmazonOrderUnits[];
  /** `BUYER` by default. */
  readonly by?: 'BUYER' | 'MERCHANT' | 'AMAZON';
  /** `CustomerCancel` (default) puts the units back on offer, `NoInventory` does not. */
  readonly reason?: 'CustomerCancel' | 'NoInventory';
}

/** Where an order stands, as the API spells it. @public */
export type AmazonFulfillmentStatus = 'PENDING' | 'UNSHIPPED' | 'PARTIALLY_SHIPPED' | 'SHIPPED' | 'CANCELLED';

/** One line of an order as it stands. @public */
export interface AmazonOrderLineState {
  readonly orderItemId: string;
  readonly sku: string;
  /** As ordered; never changes. */
  readonly quantity: number;
  readonly cancelled: number;
  readonly shipped: number;
  /** `quantity - cancelled - shipped`. */
  readonly unfulfilledQuantity: number;
}

/** An order as it stands. @public */
export interface AmazonOrderState {
  readonly orderId: string;
  readonly status: AmazonFulfillmentStatus;
  readonly fulfilledBy: 'MERCHANT' | 'AMAZON';
  readonly placedAtMs: number;
  /** As the API shows it: later with each state, also within one second. */
  readonly lastUpdatedAtMs: number;
  readonly lines: readonly AmazonOrderLineState[];
}

/** A listing as it stands. @public */
export interface AmazonListingState {
  readonly sku: string;
  readonly asin: string;
  readonly productType: string;
  /** The channel that is on offer. */
  readonly fulfillmentChannelCode: string;
  /** The quantity that the seller submitted last; nothing where there is none. */
  readonly submitted: number | undefined;
  /** The quantity that shoppers can buy; nothing where the vendor ships from its own stock. */
  readonly effective: number | undefined;
  /** Accepted submissions that are not on offer yet. */
  readonly pendingSubmissions: number;
}

/** How often an operation was called. @public */
export interface AmazonCallCount {
  /** Requests with a valid token, the throttled ones and those that a fault answered included. */
  readonly count: number;
  /** Those that were answered with 429. */
  readonly throttled: number;
}

/** A message as the queue hands it out. @public */
export interface AmazonQueueMessage {
  readonly messageId: string;
  /** Another one each time that the message is received; only the newest deletes it. */
  readonly receiptHandle: string;
  readonly body: string;
}

/** The queue that every destination leads to. @public */
export interface AmazonQueue {
  /** Up to `max` messages (1 to 10), which stay hidden until they are deleted or their time has passed. */
  receive(options: { readonly max: number }): readonly AmazonQueueMessage[];
  /** Takes a received message away for good; unknown and outdated handles change nothing. */
  delete(receiptHandle: string): void;
  /** How many messages wait or are hidden. */
  size(): number;
}
