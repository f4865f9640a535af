import type { ChannelId, LocationId, Sku, SourceId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { QuantityText } from '../quantity/quantity.ts';
import type { LineCounters, Observation, OrderObservation } from './observations.ts';

/**
 * Goods came in from a supplier. Counted once by its id, and contained in any figure of the owner as of `at` or later.
 *
 * @public
 */
export interface ReceiptObservation {
  readonly kind: 'receipt';
  readonly source: SourceId;
  /** Unique at the source: the same id again changes nothing. */
  readonly id: string;
  readonly sku: Sku;
  readonly location: LocationId;
  readonly at: Instant;
  /** Greater than zero. */
  readonly quantity: QuantityText;
  /** The part of it that cannot be sold as it came. */
  readonly unavailable?: QuantityText;
  /** The reference of the {@link IncomingObservation} that it fulfils. */
  readonly incoming?: string;
}

/**
 * Goods at a location changed between sellable and not, or were written off. Counted once by its id.
 *
 * @public
 */
export interface ConditionObservation {
  readonly kind: 'condition';
  readonly source: SourceId;
  /** Unique at the source: the same id again changes nothing. */
  readonly id: string;
  readonly sku: Sku;
  readonly location: LocationId;
  readonly at: Instant;
  /** Greater than zero. */
  readonly quantity: QuantityText;
  readonly from: 'sellable' | 'unavailable';
  /** Never the same as `from`. `writtenOff`: no longer there. */
  readonly to: 'sellable' | 'unavailable' | 'writtenOff';
  /** What happened, in the source's words. */
  readonly reason?: string;
}

/**
 * Somebody counted what lies at a location. The difference from what was expected is booked against `adjustment`.
 * Other than a figure of a system, a count contains every shipment that left before it, acknowledged or not.
 *
 * @public
 */
export interface CountObservation {
  readonly kind: 'count';
  readonly source: SourceId;
  readonly sku: Sku;
  readonly location: LocationId;
  /** The moment that the count is true for. */
  readonly at: Instant;
  readonly onHand: QuantityText;
  /** Says nothing where absent. */
  readonly unavailable?: QuantityText;
}

/**
 * A transfer between two locations, or goods on their way back, with cumulative counters: they only ever grow. What
 * was dispatched and neither received nor lost is in transit and counted at neither end. Where nothing is said to be
 * dispatched, or less than was received or than was lost, all that was received or lost counts as dispatched: what arrived at one end, or
 * was lost before it, has left the other. Where all that was dispatched is received, what was lost has been found. No word of
 * it adds to a figure of the place that it left. One that is told under two ids is two, until both ends report. What came by a step
 * that nobody told, or that is told late, is taken to have come with the next one that is: where its place was counted in
 * between, that counts it twice until the step is told, or until the next figure.
 *
 * @public
 */
export interface TransferObservation {
  readonly kind: 'transfer';
  readonly source: SourceId;
  readonly id: string;
  readonly sku: Sku;
  readonly from: LocationId;
  readonly to: LocationId;
  /** When the counters came to this, by the source's clock. A figure of the owner as of then or later contains them. */
  readonly at: Instant;
  readonly dispatched: QuantityText;
  readonly received: QuantityText;
  readonly lost: QuantityText;
}

/**
 * One line of expected supply as its source shows it now: scheduled, changed, received in part or cancelled are all
 * this one message. An older revision than the last accepted one tells only what was true then. A line is taken to begin with
 * its earliest word: where its source also tells a figure of `incoming` as of before that word, which has the line already, it counts
 * twice until the next figure, so tell each line first.
 *
 * @public
 */
export interface IncomingObservation {
  readonly kind: 'incoming';
  readonly source: SourceId;
  /** The source's own name of the line, such as a purchase order and its line number. */
  readonly reference: string;
  readonly sku: Sku;
  readonly location: LocationId;
  /** When the line came to this, by the source's clock. */
  readonly revision: Instant;
  /** Absent where nobody knows. */
  readonly expectedAt?: Instant;
  readonly expected: QuantityText;
  /** Cumulative. Receipts up to the revision that name the reference and this counter are two words about the same thing: the larger counts; later ones come on top. */
  readonly received: QuantityText;
  /** Cumulative. */
  readonly cancelled: QuantityText;
}

/**
 * The owner of stock says up to where it has taken in a channel's orders. Say it before the stock that contains them. It
 * speaks of the orders at the source's own places; of what is not routed only where the source has a row of every place.
 *
 * @public
 */
export interface OrderWatermark {
  readonly kind: 'watermark';
  readonly source: SourceId;
  readonly channel: ChannelId;
  /** The moment since which the source's figures contain those orders, by the source's clock. */
  readonly revision: Instant;
  /** Every order revision up to then is contained, by the channel's clock. */
  readonly through: Instant;
}

/** What happened to stock, or is expected to, told by its own kind. @public */
export type StockEvent = ReceiptObservation | ConditionObservation | CountObservation | TransferObservation | IncomingObservation | OrderWatermark;

/** Everything that the books of a sku take in. @public */
export type BookObservation = Observation | StockEvent;

/** One line of a sale over the counter. Cumulative, in units of the sku. @public */
export interface SaleLine {
  /** One line of the sale only. */
  readonly id: string;
  readonly sku: Sku;
  readonly sold: QuantityText;
  /** Came back sellable of what this line sold, never more than that; goods of no sale that come in are a {@link ReceiptObservation}. */
  readonly returned?: QuantityText;
}

/**
 * A sale at a till: sold, paid and taken away at once. Voiding it is the same sale with a later revision and no lines: where
 * the owner's figure has it already, its goods are back once that figure shows them; what comes back to be sold at once is
 * told as `returned`. What is sold again is best told as another sale.
 *
 * @public
 */
export interface SaleObservation {
  readonly kind: 'sale';
  readonly channel: ChannelId;
  readonly saleId: string;
  readonly location: LocationId;
  readonly soldAt: Instant;
  /** When the till last changed the sale; `soldAt` where absent. */
  readonly revision?: Instant;
  readonly lines: readonly SaleLine[];
}

/**
 * The order that a sale over the counter is: ordered and fulfilled at its location.
 *
 * @example
 * ```ts
 * const sale = parseSale({ kind: 'sale', channel: 'till', saleId: 'T-1', location: 'W1', soldAt: asOf, lines: [{ id: '1', sku: 'MUG', sold: 2 }] });
 * orderFromSale(sale).lines.map(({ location, ordered, fulfilled }) => [location, ordered, fulfilled]) // => [['W1', '2', '2']]
 * ```
 * @public
 */
export function orderFromSale({ channel, saleId, location, soldAt, revision = soldAt, lines }: SaleObservation): OrderObservation {
  const counters = ({ sold, returned = NONE }: SaleLine): LineCounters => ({ ordered: sold, fulfilled: sold, cancelled: NONE, returned });
  return {
    kind: 'order', channel, orderId: saleId, revision, placedAt: soldAt,
    lines: lines.map((line) => ({ id: line.id, sku: line.sku, location, ...counters(line) })),
  };
}

const NONE = '0' as QuantityText;
