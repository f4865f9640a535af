import type { Catalog } from '../../catalog/catalog.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import type { Instant } from '../../identity/instant.ts';
import type { Position } from '../../ledger/position.ts';
import type { Measure } from '../../observations/observations.ts';
import type { CustomRule } from '../../policy/define-rule.ts';
import type { Policy } from '../../policy/policy.ts';
import { isQuantity, type Quantity, type QuantityText } from '../../quantity/quantity.ts';
import type { Availability, AvailabilityCalculator, AvailabilityKey } from '../availability.ts';
import type { PositionReader } from '../context.ts';

/**
 * Something that moved.
 *
 * @remarks
 * An index keeps what `reads` told when a number was worked out, and cannot see that it would be told another thing now:
 * a source spoke again, an order took of a quota, a sku sells faster. Follow each of these with an event of kind `reads`.
 * @example
 * ```ts
 * index.apply({ kind: 'delta', sku: parseSku('MUG'), location: parseLocationId('W1'), measure: 'onHand', delta: '-2' });
 * index.apply({ kind: 'reads', skus: [parseSku('MUG')] }); // an order took two of a quota
 * index.apply({ kind: 'reads' }); // a source spoke, of whatever skus
 * ```
 * @public
 */
export type IndexEvent =
  /** One number of one sku at one location changed by so much, in units of the sku. */
  | { readonly kind: 'delta'; readonly sku: Sku; readonly location: LocationId; readonly measure: Measure; readonly delta: QuantityText }
  /** All that is known of one sku. */
  | { readonly kind: 'position'; readonly position: Position }
  /** The `reads` of the index answer otherwise of these skus and kits, none of which is unknown; of everything where `skus` is absent. */
  | { readonly kind: 'reads'; readonly skus?: readonly Sku[] | undefined };

/** What an index is made for. @public */
export interface AvailabilityIndexOptions {
  readonly policy: Policy;
  readonly catalog: Catalog;
  /** Definitions of the custom rules of the policy. */
  readonly rules?: readonly CustomRule<unknown>[];
  /** The moment that the answers are for, until {@link AvailabilityIndex.advanceTo}. */
  readonly asOf: Instant;
  /** Where things stand to begin with, one position a sku, a second is refused; a sku that is not among them has no stock. */
  readonly positions?: Iterable<Position>;
  /** What the policy needs besides positions: consumption, velocity and so on. Say with an event of kind `reads` when they answer otherwise. */
  readonly reads?: Omit<PositionReader, 'position'>;
}

/** All numbers of a policy in memory, brought up to date event by event. @public */
export interface AvailabilityIndex {
  readonly calculator: AvailabilityCalculator;
  /**
   * Books an event and works out every number that it enters, or refuses it and leaves everything as it was; so it does
   * where a rule or a read of one's own fails.
   *
   * @throws `INVALID_INPUT` with a path where the sku is unknown or, of `delta` and `position`, a kit, the location or measure is none, the delta is
   *   finer than the sku's step, or a part of the position is not what it must be: the scale that the catalogue gives the
   *   sku, a Map by location of five quantities, a Map of demand by channel, holds that end at an instant.
   */
  apply(event: IndexEvent): void;
  /** Moves time on and works out every number that time alone may have changed, or leaves everything as it was. @throws `INVALID_INPUT` where that is no instant or lies before the last one. */
  advanceTo(asOf: Instant): void;
  affectedKeys(sku: Sku): readonly AvailabilityKey[];
  /** The number of a key as things stand; the same as the calculator's, as long as each change of `reads` was said by an event. */
  compute(key: AvailabilityKey): Availability;
  /**
   * Works every number out anew from the positions and `reads`; what differs from what was kept is a change. Nothing
   * should, unless `reads` answer otherwise and no event of kind `reads` said so.
   */
  recompute(): void;
  /**
   * The keys of which a number, now, beyond stock or of a location, was another at some moment since the last call, each once; one that is
   * by now what it was is among them. Another `validUntil` alone is no change: what time changes `advanceTo` works out by itself.
   */
  drainChanges(): readonly AvailabilityKey[];
}

/** Whether two answers for one key say the same. */
export function sameNumbers(a: Availability, b: Availability): boolean {
  const same = (x: Quantity | 'unlimited' | undefined, y: Quantity | 'unlimited' | undefined): boolean => x === y && (x === undefined || x === 'unlimited' || isQuantity(x));
  return same(a.immediate, b.immediate) && same(a.backorder, b.backorder) && same(a.preorder, b.preorder) && [...b.parts].every(([location, part]) => same(a.parts.get(location), part));
}
