import type { AvailabilityCalculator, Moment } from '../availability/availability.ts';
import type { PositionReader } from '../availability/context.ts';
import type { Component } from '../catalog/catalog.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { isFraction, unitsTaken } from '../quantity/per-kit.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, quantitiesEqual, scaleQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { channelOf, drawable, drawableAt, locationSupply } from './location-supply.ts';
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
 * have a claim on a component, first as many as leave theirs alone and as many kits for the other locations.
 *
 * @returns Claims on the components, by location, and the kits that these are for: fewer than asked where the locations cannot
 *   build them all.
 */
export function placeKits(kits: KitsToPlace, asking: Asking): { readonly claims: readonly Tentative[]; readonly placed: Quantity } {
  const placed = new Map<LocationId, Quantity>();
  let left = kits.quantity;
  const rounds = contested(kits, asking) ? [beyondDoubt, fairShare, atNobodysCost, everything] : [everything];
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
  return { claims: claimsOf(kits, placed), placed: subtractQuantities(kits.quantity, left) };
}

interface Place {
  readonly most: Quantity;
  readonly location: LocationId;
  readonly placed: ReadonlyMap<LocationId, Quantity>;
}

function everything(_: KitsToPlace, { most }: Place): Quantity {
  return most;
}

/**
 * As many kits as the channel could show at the location at nobody's cost, less those that it builds already: of what these
 * take a fraction of, a rest may be left for more. What {@link fairShare} leaves alone may be among them: where less is held
 * back of less, what may be drawn falls by less than the kits take.
 */
function atNobodysCost(kits: KitsToPlace, { most, location, placed }: Place, asking: Asking): Quantity {
  const elsewhere = new Map([...placed].filter(([place]) => place !== location));
  const positions = withHolds(asking.positions, claimsOf(kits, elsewhere), asking.calculator.catalog);
  const all = drawableAt(asking.calculator, { channel: kits.channel, sku: kits.sku, location }, { ...asking, positions });
  return all === undefined ? most : minQuantity(most, maxQuantity(subtractQuantities(all, placed.get(location) ?? 0), 0));
}

/** What {@link fairShare} and {@link atNobodysCost} agree on. What preorders leave in the end may fall by just what is taken, and hide that somebody must wait. */
function beyondDoubt(kits: KitsToPlace, place: Place, asking: Asking): Quantity {
  const most = atNobodysCost(kits, place, asking);
  return compareQuantities(most, 0) > 0 ? fairShare(kits, { ...place, most }, asking) : most;
}

/** The most kits that are at nobody's cost: what the channel may draw of each part, and the kits that it may build, fall by just those. */
function fairShare(kits: KitsToPlace, { most, location, placed }: Place, asking: Asking): Quantity {
  const parts = [{ sku: kits.sku }, ...kits.components];
  const drawables = (at: ReadonlyMap<LocationId, Quantity>): readonly (Quantity | undefined)[] => {
    const positions = withHolds(asking.positions, claimsOf(kits, at), asking.calculator.catalog);
    return parts.map(({ sku }) => drawable(asking.calculator, { channel: kits.channel, sku }, { ...asking, positions }));
  };
  const before = drawables(placed);
  const already = placed.get(location) ?? 0;
  const inFractions = kits.components.some(({ quantityPer }) => isFraction(quantityPer));
  const isFair = (quantity: Quantity): boolean => {
    const after = drawables(new Map([...placed, [location, addQuantities(already, quantity)]]));
    const taken = takenBeside(kits, already, quantity);
    return parts.every((_, index) => {
      const [was, is, most = 0] = [before[index], after[index], taken[index]];
      if (was === undefined || is === undefined) return true;
      const less = subtractQuantities(was, is);
      return index === 0 && inFractions ? compareQuantities(less, most) <= 0 : quantitiesEqual(less, most);
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

/** By how much what may be drawn of a kit and its parts falls with so many more kits at a location that builds some: a part of which a kit takes a fraction by whole steps, and the kits by at most as many as these steps are worth. */
function takenBeside({ components }: KitsToPlace, already: Quantity, quantity: Quantity): readonly Quantity[] {
  const taken = components.map(({ quantityPer }) => subtractQuantities(unitsTaken(quantityPer, addQuantities(already, quantity)), unitsTaken(quantityPer, already)));
  const kits = components.map(({ quantityPer }, index) => (isFraction(quantityPer) ? scaleQuantity(taken[index] ?? 0, quantityPer.denominator, quantityPer.numerator, 'up') : quantity));
  return [kits.reduce(maxQuantity, quantity), ...taken];
}

/** Whether another channel may have a claim on a component that single locations serve. */
function contested({ components, channel }: KitsToPlace, { calculator: { policy }, positions }: Asking): boolean {
  const own = channelOf(policy, channel).locations;
  if (policy.channels.every(({ locations }) => own.every((location) => locations.includes(location)))) return false;
  if ([policy, ...policy.overlays].some(({ rules }) => rules.some(({ kind }) => kind === 'protection' || kind === 'ringfence'))) return true;
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
      claims.push({ sku, hold: { id: TENTATIVE, channel, location, quantity: unitsTaken(quantityPer, kits), expiresAt } });
    }
  }
  return claims;
}

/** An id that no caller's hold has, so that what is being granted is never taken for the caller's own. */
export const TENTATIVE = '\u0000granted';
