import type { AvailabilityCalculator, Moment } from '../availability/availability.ts';
import type { PositionReader } from '../availability/context.ts';
import type { Component } from '../catalog/catalog.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { addQuantities, compareQuantities, minQuantity, multiplyQuantity, quantitiesEqual, scaleQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { channelOf, drawable, locationSupply } from './location-supply.ts';
import { withHolds, type Tentative } from './overlay.ts';

/** Kits that have to be built somewhere. */
export interface KitsToPlace {
  readonly sku: Sku;
  readonly components: readonly Component[];
  readonly channel: ChannelId;
  readonly quantity: Quantity;
  readonly expiresAt: Instant;
}

/** What is asked and when. */
export interface Asking {
  readonly calculator: AvailabilityCalculator;
  readonly positions: PositionReader;
  readonly moment: Moment;
}

/**
 * Chooses where kits are built: whole kits at each location, the channel's first location first, and where other channels
 * have open demand on a component, first as many as leave theirs alone.
 *
 * @returns Claims on the components, by location. Fewer kits than asked where the locations cannot build them all.
 */
export function placeKits(kits: KitsToPlace, asking: Asking): readonly Tentative[] {
  const placed = new Map<LocationId, Quantity>();
  let left = kits.quantity;
  const rounds = contested(kits, asking) ? [fairShare, everything] : [everything];
  for (const round of rounds) {
    for (const location of channelOf(asking.calculator.policy, kits.channel).locations) {
      const before = placed.get(location) ?? 0;
      const room = subtractQuantities(locationSupply(asking.calculator, { channel: kits.channel, sku: kits.sku, location }, asking) ?? left, before);
      const most = minQuantity(left, room);
      if (compareQuantities(most, 0) <= 0) continue;
      const here = round(kits, { most, location, placed }, asking);
      placed.set(location, addQuantities(before, here));
      left = subtractQuantities(left, here);
    }
  }
  return claimsOf(kits, placed);
}

interface Place {
  readonly most: Quantity;
  readonly location: LocationId;
  readonly placed: ReadonlyMap<LocationId, Quantity>;
}

function everything(_: KitsToPlace, { most }: Place): Quantity {
  return most;
}

/** The most kits whose parts the channel loses to nobody's cost: what it may draw falls by just what they take. */
function fairShare(kits: KitsToPlace, { most, location, placed }: Place, asking: Asking): Quantity {
  const before = claimsOf(kits, placed);
  const isFair = (quantity: Quantity): boolean => {
    const after = claimsOf(kits, new Map([...placed, [location, addQuantities(placed.get(location) ?? 0, quantity)]]));
    return kits.components.every(({ sku, quantityPer }) => {
      const [was, is] = [before, after].map((claims) => drawable(asking.calculator, { channel: kits.channel, sku }, { ...asking, positions: withHolds(asking.positions, claims, asking.calculator.catalog) }));
      return was === undefined || is === undefined || quantitiesEqual(subtractQuantities(was, is), multiplyQuantity(quantityPer, quantity));
    });
  };
  let [fair, tooMany]: [Quantity, Quantity] = [0, addQuantities(most, 1)];
  if (isFair(most)) return most;
  while (compareQuantities(subtractQuantities(tooMany, fair), 1) > 0) {
    const middle = scaleQuantity(addQuantities(fair, tooMany), 1, 2, 'down');
    if (isFair(middle)) fair = middle;
    else tooMany = middle;
  }
  return fair;
}

/** Whether another channel has open demand on a component that any location may serve. */
function contested({ components, channel }: KitsToPlace, { positions }: Asking): boolean {
  return components.some(({ sku }) => {
    const position = positions.position(sku);
    if (position === undefined) return false;
    return [...position.unrouted.keys()].some((other) => other !== channel) || position.holds.some((hold) => hold.location === '' && hold.channel !== channel);
  });
}

function claimsOf({ components, channel, expiresAt }: KitsToPlace, placed: ReadonlyMap<LocationId, Quantity>): readonly Tentative[] {
  const claims: Tentative[] = [];
  for (const [location, kits] of placed) {
    if (compareQuantities(kits, 0) <= 0) continue;
    for (const { sku, quantityPer } of components) {
      claims.push({ sku, hold: { id: TENTATIVE, channel, location, quantity: multiplyQuantity(quantityPer, kits), expiresAt } });
    }
  }
  return claims;
}

/** An id that no caller's hold has, so that what is being granted is never taken for the caller's own. */
export const TENTATIVE = '\u0000granted';
