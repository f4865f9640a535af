import type { ChannelId, LocationId, Sku, SourceId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Measure } from '../observations/observations.ts';
import type { Quantity } from '../quantity/quantity.ts';

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
}

/** The part of a claim that sits at one place. @public */
export interface ClaimPart extends Counters {
  /** Empty while the part is not routed. */
  readonly location: LocationId | '';
}

/** What an owner said that its figures contain of a claim, from a moment on. @public */
export interface Containment extends Counters {
  readonly source: SourceId;
  readonly revision: Instant;
}

/** When a claim was first seen fulfilled and returned to this extent; for owners that never acknowledge. @public */
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
  /** One part per place, in the order of the location's code. */
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
}

/** How the owner of stock tells that its figures contain an order. @public */
export type ContainmentWay =
  /** By acknowledgements that name the order. */
  | { readonly way: 'reference' }
  /** Never: what was shipped is subtracted until a count dated so long after the shipment was seen. */
  | { readonly way: 'never'; readonly shipLagMs: number };

/** Who counts what, for the sources of one installation. @public */
export interface BookingRules {
  /** How each source tells; a source that is not listed never tells, with a lag of zero. */
  readonly containment: ReadonlyMap<SourceId, ContainmentWay>;
  /** Who puts sellable returns back on hand: the owner's own figures, or the channel's word. */
  readonly returns: 'owner' | 'channel';
}

/** Books in which nothing stands yet. @public */
export function emptyBooks(sku: Sku, scale = 0): Books {
  return { sku, scale, bases: [], claims: [] };
}
