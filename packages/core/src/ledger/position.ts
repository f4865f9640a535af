import { invalidInput } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { instantProblem, type Instant } from '../identity/instant.ts';
import { maxQuantity, type Quantity } from '../quantity/quantity.ts';
import { accountFromKey } from './accounts.ts';
import type { Balances } from './ledger.ts';
import { positionIssues } from './position-issues.ts';

/** What stands at one location. All in steps of the sku; signed, since an owner may say so. @public */
export interface LocationStock {
  readonly onHand: Quantity;
  readonly unavailable: Quantity;
  /** Of demand that is routed to this location. */
  readonly committed: Quantity;
  readonly incoming: Quantity;
  readonly inTransit: Quantity;
}

/** What a hold was promised beyond stock. @public */
export interface HeldBeyondStock {
  /** What was asked for: the stocked sku itself, or a kit of it. */
  readonly sku: Sku;
  readonly promise: 'backorder' | 'preorder';
  /** In steps of what was asked for, greater than zero. */
  readonly quantity: Quantity;
  /** The part of the hold's own quantity that this is, in steps of the stocked sku. */
  readonly units: Quantity;
}

/** A soft, expiring claim: a cart, a checkout, a payment under way. @public */
export interface Hold {
  readonly id: string;
  readonly channel: ChannelId;
  /** Empty while the hold is not routed. */
  readonly location: LocationId | '';
  /** In steps of the sku, `>= 0`. */
  readonly quantity: Quantity;
  /** Live while this is later than the moment that is asked about. */
  readonly expiresAt: Instant;
  /** What of it no stock was there for: it counts against the limits of what may be promised beyond stock. */
  readonly beyond?: readonly HeldBeyondStock[] | undefined;
}

/** Where one sku stands. @public */
export interface Position {
  readonly sku: Sku;
  /** Decimal digits of the sku's step. */
  readonly scale: number;
  readonly locations: ReadonlyMap<LocationId, LocationStock>;
  /** Sold, not shipped and not routed, by the channel that sold it. */
  readonly unrouted: ReadonlyMap<ChannelId, Quantity>;
  readonly holds: readonly Hold[];
}

/** A place at which nothing stands. */
export const NO_STOCK: LocationStock = { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };

/**
 * The position that balances describe.
 *
 * @param of - The books that the balances are of, or the item of the catalogue: a position counts in steps of its sku, and
 *   availability refuses one whose scale is not the item's.
 * @param balances - All accounts of one sku; contra accounts are passed over, and `unavailable` below zero counts as nothing.
 * @param holds - As {@link holdsOf} tells them.
 * @example
 * ```ts
 * const W1 = parseLocationId('W1');
 * const balances = new Map([[accountKey({ account: 'onHand', location: W1, channel: '' }), 12]]);
 * positionFromBalances({ sku: parseSku('MUG') }, balances).locations.get(W1) // => { onHand: 12, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }
 * ```
 * @public
 */
export function positionFromBalances(
  of: { readonly sku: Sku; readonly scale?: number },
  balances: Balances,
  holds: readonly Hold[] = [],
): Position {
  const { sku, scale = 0 } = of;
  const locations = new Map<LocationId, { -readonly [Measured in keyof LocationStock]: Quantity }>();
  const unrouted = new Map<ChannelId, Quantity>();
  for (const [key, quantity] of balances) {
    const { account, location, channel } = accountFromKey(key);
    if (location !== '') {
      let stock = locations.get(location);
      if (stock === undefined) locations.set(location, (stock = { ...NO_STOCK }));
      // Contra accounts have no place. Of what is not sellable a repair may be heard of before the damage, and no place gives more than lies there.
      stock[account as keyof LocationStock] = account === 'unavailable' ? maxQuantity(quantity, 0) : quantity;
    } else if (channel !== '' && account === 'committed') {
      unrouted.set(channel, quantity);
    }
  }
  return { sku, scale, locations, unrouted, holds };
}

/** Something that still stands at a location. @public */
export interface Remainder {
  readonly what: keyof LocationStock | 'hold';
  /** In steps of the sku; never zero. */
  readonly quantity: Quantity;
}

/**
 * What still stands at a location, for whoever wants to close it: a location is closed when nothing is committed,
 * held, under way or expected there and its stock has been moved or written off.
 *
 * @param asOf - Holds that are over by then are passed over.
 * @returns Empty where it may be closed.
 * @throws `INVALID_INPUT` with a path where that, or the end of a hold, is no instant, since it would not compare, and where the position is none.
 * @example
 * ```ts
 * const W1 = parseLocationId('W1');
 * const stock = { onHand: 2, unavailable: 0, committed: 0, incoming: 7, inTransit: 0 };
 * const position = { sku: parseSku('MUG'), scale: 0, locations: new Map([[W1, stock]]), unrouted: new Map(), holds: [] };
 * remaindersAt(position, W1, asOf) // => [{ what: 'onHand', quantity: 2 }, { what: 'incoming', quantity: 7 }]
 * ```
 * @public
 */
export function remaindersAt(position: Position, location: LocationId, asOf: Instant): readonly Remainder[] {
  const problem = instantProblem(asOf);
  const issues = typeof position === 'object' && position !== null ? positionIssues(position, { path: [], isKnown: () => false }) : [{ path: [], message: `must be a position, not ${shown(position)}` }];
  if (problem !== undefined) issues.push({ path: ['asOf'], message: problem });
  if (issues.length > 0) throw invalidInput('position', issues);
  const stock = position.locations.get(location) ?? NO_STOCK;
  const remainders: Remainder[] = [];
  for (const what of Object.keys(NO_STOCK) as (keyof LocationStock)[]) {
    if (stock[what] !== 0) remainders.push({ what, quantity: stock[what] });
  }
  for (const hold of position.holds) {
    if (hold.location === location && hold.expiresAt > asOf) remainders.push({ what: 'hold', quantity: hold.quantity });
  }
  return remainders;
}
