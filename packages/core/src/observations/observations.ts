import type { ChannelId, LocationId, Sku, SourceId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { QuantityText } from '../quantity/quantity.ts';

/**
 * The measures that a system can own at a location.
 *
 * - `onHand`: physically there; may be negative when its owner says so.
 * - `unavailable`: the part of on hand that is not sellable.
 * - `committed`: sold and not yet shipped.
 * - `incoming`: expected. `inTransit`: between two locations, counted at neither end.
 *
 * @public
 */
export type Measure = 'onHand' | 'unavailable' | 'committed' | 'incoming' | 'inTransit';

/** All {@link Measure}s, in the order in which they are shown. @public */
export const MEASURES = ['onHand', 'unavailable', 'committed', 'incoming', 'inTransit'] as const;

/**
 * A system's absolute word on one sku at one location: a row of a snapshot or of a changed-rows read.
 *
 * @public
 */
export interface StockObservation {
  readonly kind: 'stock';
  readonly source: SourceId;
  readonly sku: Sku;
  readonly location: LocationId;
  /**
   * The moment whose state the row shows, by the source's own clock. An older row than the last accepted one is dropped. Of
   * two rows of one moment the one that promises less counts, whichever arrives first: where the clock is coarse and the
   * source knows which row is the newer one, say so in the milliseconds.
   */
  readonly asOf: Instant;
  /** Absolute quantities of the measures that the source speaks of; a measure that is absent says nothing. */
  readonly measures: Readonly<Partial<Record<Measure, QuantityText>>>;
}

/**
 * A system's relative word: something moved. Counted once by its id, and contained in any snapshot as of `at` or later.
 *
 * @public
 */
export interface StockDelta {
  readonly kind: 'delta';
  readonly source: SourceId;
  /** Unique at the source: the same id again changes nothing. */
  readonly id: string;
  readonly sku: Sku;
  readonly location: LocationId;
  readonly at: Instant;
  readonly measure: Measure;
  readonly delta: QuantityText;
  /** What happened, in the source's words: `cycle count`, `damage`. */
  readonly reason?: string;
}

/**
 * Cumulative counters of one order line: they only ever grow. All in units of the sku, as decimal text.
 *
 * @remarks
 * Systems tell counters late and one before the other, so a line whose counters cannot be true together is taken in, and
 * counts by itself as no more than can have happened until a later revision says the rest: of `cancelled` no more than was
 * ordered and has not shipped, of `returned` no more than was fulfilled. `fulfilled` beyond what was ordered left all the
 * same, and frees nothing that another line asks for. It falls only where a shipment was called off, whose goods are there and
 * owed again; and `cancelled` counts as all that has not shipped while a payment has failed.
 *
 * @public
 */
export interface LineCounters {
  readonly ordered: QuantityText;
  readonly fulfilled: QuantityText;
  /** Taken back before shipment, by cancellation or edit. */
  readonly cancelled: QuantityText;
  /** Came back after shipment and is sellable again, as the channel tells it. */
  readonly returned: QuantityText;
}

/** One line of an order. Lines of the same sku accumulate. @public */
export interface OrderLineObservation extends LineCounters {
  /** The channel's own id of the line, one line of the order only. */
  readonly id: string;
  readonly sku: Sku;
  /** Where it ships from, once that is decided; absent while the order is not routed. */
  readonly location?: LocationId;
  /** What was promised when it was sold; `stock` where absent. It is demand all the same, see `promisedBeyondStock`. */
  readonly promise?: LinePromise;
}

/** What an order line was sold from: what is there, beyond it, or what is expected. @public */
export type LinePromise = 'stock' | 'backorder' | 'preorder';

/**
 * Where the payment of an order stands. Only `failed` frees what has not shipped; a later revision that is no longer
 * `failed` asks for it again.
 *
 * @public
 */
export type PaymentState = 'pending' | 'authorized' | 'paid' | 'failed';

/**
 * The whole order as the channel shows it now. Payment failure, edit, partial fulfilment, cancellation and return are
 * all this one message; an older revision than the last accepted one is dropped.
 *
 * @public
 */
export interface OrderObservation {
  readonly kind: 'order';
  readonly channel: ChannelId;
  /** The channel's own id of the order. */
  readonly orderId: string;
  /** When the channel last changed the order, by the channel's clock. */
  readonly revision: Instant;
  readonly placedAt: Instant;
  /** Taken as good where absent. */
  readonly payment?: PaymentState;
  readonly lines: readonly OrderLineObservation[];
}

/**
 * The owner of stock says which part of an order its own figures contain, from which moment on. What it held and sends on
 * to another owner it acknowledges too, as cancelled or as ordered no more; otherwise it is taken to hold it still.
 *
 * @public
 */
export interface OrderAcknowledgement {
  readonly kind: 'acknowledgement';
  readonly source: SourceId;
  readonly channel: ChannelId;
  readonly orderId: string;
  /** The moment since which the source's figures contain these counters; a base as of then or later contains them. */
  readonly revision: Instant;
  /** Per sku, in units of the sku. */
  readonly contained: readonly ({ readonly sku: Sku } & LineCounters)[];
}

/** Anything that a system said. @public */
export type Observation = StockObservation | StockDelta | OrderObservation | OrderAcknowledgement;
