import type { ChannelId, LocationId, Sku, SourceId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { LinePromise, Measure } from '../observations/observations.ts';
import { refuseScale, type Quantity } from '../quantity/quantity.ts';
import type { ContraAccount } from './accounts.ts';
import type { IncomingDocument, TransferDocument } from './documents.ts';

/** Cumulative counters in steps of the sku. @public */
export interface Counters {
  readonly ordered: Quantity;
  readonly fulfilled: Quantity;
  readonly cancelled: Quantity;
  readonly returned: Quantity;
}

/** A relative word of a source that its last absolute one does not contain. @public */
export interface PendingDelta {
  readonly id: string;
  readonly at: Instant;
  readonly delta: Quantity;
  /** Where it came from or went to; unexplained where absent, and then a part of the owner's figure. */
  readonly contra?: ContraAccount;
}

/** The owner's last accepted absolute figure of one measure at one location, and what was said since. @public */
export interface Base {
  readonly source: SourceId;
  readonly location: LocationId;
  readonly measure: Measure;
  readonly quantity: Quantity;
  /** The moment whose state the figure shows. */
  readonly asOf: Instant;
  /** Unique by id, each later than `asOf`. */
  readonly deltas: readonly PendingDelta[];
  /** The figure is a count of what lies there: it contains what left before it, acknowledged or not. */
  readonly counted?: true;
}

/**
 * The part of a claim that sits at one place. Of no line in it more is cancelled than was ordered and has not shipped, or
 * returned than was fulfilled; lines of which more was fulfilled than ordered are a part of their own.
 *
 * @public
 */
export interface ClaimPart extends Counters {
  /** Empty while the part is not routed. */
  readonly location: LocationId | '';
  /** Only where it is not ordinary demand on stock. */
  readonly promise?: Exclude<LinePromise, 'stock'>;
}

/** What an owner said that its figures contain of a claim, from a moment on. @public */
export interface Containment extends Counters {
  /** Empty where it is the channel's own word: what the order showed at a revision, for owners that tell by watermark. */
  readonly source: SourceId | '';
  readonly revision: Instant;
  /** What it showed at each place; only where it is the channel's own word. */
  readonly parts?: readonly ClaimPart[];
}

/** Up to where a source has taken in a channel's orders, from a moment on. @public */
export interface Watermark {
  readonly source: SourceId;
  readonly channel: ChannelId;
  /** The moment since which the source's figures contain those orders, by the source's clock. */
  readonly revision: Instant;
  /** Every order revision up to then is contained, by the channel's clock. */
  readonly through: Instant;
}

/** What a revision of the order showed as fulfilled and returned; for owners that never acknowledge. @public */
export interface FulfilmentSeen {
  readonly at: Instant;
  readonly fulfilled: Quantity;
  readonly returned: Quantity;
}

/** What one order asks of one sku. @public */
export interface Claim {
  readonly channel: ChannelId;
  readonly orderId: string;
  /** The revision of the order as last accepted; empty while only an acknowledgement of it is known. */
  readonly revision: Instant | '';
  /** By place, in the order of the location's code; those of one place by what was promised. */
  readonly parts: readonly ClaimPart[];
  readonly containments: readonly Containment[];
  readonly seen: readonly FulfilmentSeen[];
}

/** Everything that decides the position of one sku. @public */
export interface Books {
  readonly sku: Sku;
  /** Decimal digits of the sku's step. */
  readonly scale: number;
  /** One per measure and location. */
  readonly bases: readonly Base[];
  /** One per order. */
  readonly claims: readonly Claim[];
  /** Transfers between locations that touch the sku, by source and id; none where absent. */
  readonly transfers?: readonly TransferDocument[];
  /** Expected supply of the sku, by source and reference; none where absent. */
  readonly incoming?: readonly IncomingDocument[];
  /** None where absent. */
  readonly watermarks?: readonly Watermark[];
}

/** How the owner of stock tells that its figures contain an order. @public */
export type ContainmentWay =
  /** By acknowledgements that name the order. */
  | { readonly way: 'reference' }
  /** By saying up to which of the channel's revisions it has taken orders in, of those at its own places. */
  | { readonly way: 'watermark' }
  /**
   * Never: what was shipped is subtracted until a count dated so long after the shipment was seen. Where the channel puts returns
   * back, they come on top of a count that is older than its word of them by more than `returnLagMs`, 0 where absent: goods that
   * lie on the shelf longer before the channel says so count twice until the next count. `Infinity` leaves them to the counts.
   */
  | { readonly way: 'never'; readonly shipLagMs: number; readonly returnLagMs?: number };

/** Who counts what, for the sources of one installation. @public */
export interface BookingRules {
  /** How each source tells; a source that is not listed never tells, with a lag of zero. */
  readonly containment: ReadonlyMap<SourceId, ContainmentWay>;
  /** Who puts sellable returns back on hand: the owner's own figures, or the channel's word. */
  readonly returns: 'owner' | 'channel';
  /**
   * Locations that are closed: nothing stands there, and demand that was routed there is unrouted again, also where their owner's figures contain it.
   * One may open again with the figures of before, so a claim of what left there since is not settled until a newer one comes. Where more locations
   * close, what is measured without the claims that were settled is never too much. With them it may be less: that the owner knows of
   * what left may stand at the closed places alone, and then it is asked for once more.
   */
  readonly closed?: ReadonlySet<LocationId>;
}

/**
 * Books in which nothing stands yet.
 *
 * @param scale - Decimal digits of the sku's step, 0 to 12, as the catalogue gives them: positions of these books meet its item.
 * @throws `INVALID_INPUT` at `scale` where that is no such number.
 * @example
 * ```ts
 * emptyBooks(parseSku('SUGAR'), 3) // => { sku: 'SUGAR', scale: 3, bases: [], claims: [] }
 * ```
 * @public
 */
export function emptyBooks(sku: Sku, scale = 0): Books {
  refuseScale(scale);
  return { sku, scale, bases: [], claims: [] };
}
