import type { ChannelId, Instant, LocationId, OrderObservation, QuantityText, Sku } from '@stockwright/core';
import type { CallContext } from './call-context.ts';
import type { Page } from './inventory-source.ts';

/** Kinds of call to a channel: writes, reads of levels, of changed orders, and of orders by id. @public */
export type CallKind = 'publish' | 'readLevels' | 'readOrders' | 'readOrdersById';

/** What a channel can do. Each flag says what the engine does where it is false. @public */
export interface ChannelCapabilities {
  /** Keeps a number per location. False: the engine publishes one total and never spreads it. */
  readonly locations: boolean;
  /**
   * A write can be refused unless the channel still shows the number that the writer last saw: `none`; `quantity`
   * (equal numbers pass although something happened between, so the engine keeps a suspicion window); `version`
   * (nothing can happen between). With `none`, an unknown outcome is asserted once more after the window.
   */
  readonly compareAndSet: 'none' | 'quantity' | 'version';
  /** The same idempotency key twice is one write. False: the engine relies on absolute values alone. */
  readonly idempotencyKeys: boolean;
  /** The current number can be read back. False: drift at the channel stays unseen, and status says so. */
  readonly readBack: boolean;
  /** Orders can be read by id and by time of change. False: webhooks are the only word on orders. */
  readonly readOrders: boolean;
  /** The most lines of one `publish`; the engine never hands over more. */
  readonly publishBatchMax: number;
  /** The longest time, in milliseconds, after which a request that was sent can still take effect. */
  readonly lateRequestMsMax: number;
  /** The longest time, in milliseconds, between an accepted write and a read that shows it; 0 where a read shows it at once. */
  readonly effectiveWithinMs: number;
  /** Which of the vendor's limits each kind of call draws on. Kinds that name one limit pause together. */
  readonly limits: Readonly<Record<CallKind, string>>;
  /**
   * How many lines may be written: so many at once, and so many more each second. The engine keeps to it over all
   * processes of one store. Absent where the vendor counts otherwise: then its refusals alone set the pace.
   */
  readonly publishRate?: { readonly capacity: number; readonly refillPerSecond: number };
  /** The largest number that the channel can express. */
  readonly quantityMax: QuantityText;
}

/** One number to show. @public */
export interface PublishLine {
  readonly sku: Sku;
  /** Present exactly where `capabilities.locations` is true. */
  readonly location?: LocationId;
  /** Absolute, a whole number of the sku's sell units, `>= 0`. */
  readonly quantity: QuantityText;
  /** What the channel is believed to show; absent where nobody knows yet, then the write is unconditional. */
  readonly expected?: QuantityText;
}

/** What became of one line. @public */
export type PublishOutcome =
  /** The channel said yes. */
  | { readonly status: 'applied'; readonly at: Instant }
  /** Refused for good, or until somebody changes something: `code` from the taxonomy, `reason` for a person. */
  | { readonly status: 'rejected'; readonly reason: string; readonly code: string }
  /** The channel shows another number than `expected`; nothing was written. `observed` where the answer tells it. */
  | { readonly status: 'conflict'; readonly observed?: QuantityText }
  /** Certainly not written, and may be tried again: throttled, unavailable. */
  | { readonly status: 'notSent'; readonly reason: string; readonly retryAfterMs?: number }
  /** May or may not have been written. */
  | { readonly status: 'unknown'; readonly reason: string };

/** One write of many lines. @public */
export interface PublishRequest {
  /** Frozen before the first send; the same request carries the same key again. */
  readonly idempotencyKey: string;
  /** 1 to `publishBatchMax` lines; unique by sku and location. */
  readonly lines: readonly PublishLine[];
}

/** Which shelf of a channel. @public */
export interface LevelKey {
  readonly sku: Sku;
  readonly location?: LocationId;
}

/** What a channel shows. @public */
export interface ObservedLevel extends LevelKey {
  readonly quantity: QuantityText;
  /** When it was read, by the caller's clock at the start of the read. */
  readonly observedAt: Instant;
}

/** What an incoming message is worth. @public */
export type WebhookResult =
  | { readonly status: 'accepted'; readonly messageId: string; readonly hints: readonly RereadHint[] }
  /** Not from whom it claims to be, or not readable: answer 401 or 400 and do nothing. */
  | { readonly status: 'refused'; readonly httpStatus: 400 | 401; readonly reason: string };

/** Something at the channel changed; the message itself is no truth, so it is read again. @public */
export type RereadHint =
  | { readonly kind: 'order'; readonly orderId: string }
  | { readonly kind: 'level'; readonly sku: Sku; readonly location?: LocationId };

/** A webhook as it came: the raw body, untouched, since signatures are over bytes. @public */
export interface WebhookRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Which orders are wanted. @public */
export type OrdersRequest =
  | { readonly scope: 'ids'; readonly orderIds: readonly string[] }
  | { readonly scope: 'changed'; readonly since: string | undefined };

/**
 * A place that sells. It shows numbers, takes orders, and is never believed about stock.
 *
 * @public
 */
export interface AvailabilityChannel {
  readonly kind: 'channel';
  readonly contractVersion: 'v1';
  readonly id: ChannelId;
  readonly capabilities: ChannelCapabilities;
  /** A text that tells this account of the vendor from every other one, such as `shopify:shop.myshopify.com`. */
  readonly account: string;

  /**
   * Writes absolute numbers.
   *
   * @returns One outcome per line, in the order given. A batch that failed as a whole is an outcome of each line, so
   *   this rejects only with `ABORTED` before anything was sent, `UNAUTHENTICATED`, `PERMISSION_DENIED`, or a bug.
   */
  publish(request: PublishRequest, context: CallContext): Promise<readonly PublishOutcome[]>;

  /**
   * Reads what the channel shows.
   *
   * @param keys - At most 250, or `all` for every mapped level.
   * @throws `UNSUPPORTED` where `capabilities.readBack` is false.
   */
  readLevels(keys: readonly LevelKey[] | 'all', page: string | undefined, context: CallContext): Promise<Page<ObservedLevel>>;

  /**
   * Reads orders as states.
   *
   * @throws `UNSUPPORTED` where `capabilities.readOrders` is false.
   */
  readOrders(request: OrdersRequest, page: string | undefined, context: CallContext): Promise<Page<OrderObservation>>;

  /** Checks and reads a webhook. Calls nobody: a webhook must be answered within seconds. */
  receive(request: WebhookRequest): WebhookResult;
}
