import type { Availability, AvailabilityCalculator, Moment } from '../availability/availability.ts';
import type { PositionReader } from '../availability/context.ts';
import type { Component } from '../catalog/catalog.ts';
import { identifier, oneOf } from '../errors/common-looks.ts';
import { maybe, parts } from '../errors/looks.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { NO_STOCK } from '../ledger/position.ts';
import { unitsTaken } from '../quantity/per-kit.ts';
import { addQuantities, compareQuantities, MAX_INTEGER_DIGITS, MAX_SCALE, multiplyQuantity, negateQuantity, parseQuantity, scaleQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { changedPositions, nothingOf } from './overlay.ts';
import { channelOf, WORLD } from './location-supply.ts';

/** Which number, and what may be counted besides stock. @public */
export interface HeadroomKey {
  readonly channel: ChannelId;
  readonly sku: Sku;
  /** What may be sold from: stock where absent, besides it also what may be backordered, or preordered. */
  readonly promise?: 'stock' | 'backorder' | 'preorder' | undefined;
}

/**
 * How far a channel is from having nothing to sell, to both sides: what it can sell, or below zero how much is lacking.
 * `compute` says 0 whether the next unit that comes in could be sold or a hundred are owed first; this tells the two apart.
 *
 * Lacking is the most that could come in, at the location of the channel where it helps most, with still nothing to sell:
 * demand that stock cannot serve, what locations owe, and what rules withhold beyond what is there. Of a kit it counts
 * kits, each with all its parts at that location.
 *
 * @remarks
 * It asks for the number again and again, once for each location of the channel and some ten times more, so it is for
 * reports and planning rather than for every request. It assumes a policy by which more stock never sells less.
 *
 * @param calculator - Of the policy and catalogue in effect.
 * @returns In steps of the sku, signed; `unlimited` where nothing limits it; 0 where rules leave nothing to sell however
 *   much comes in, as when a listing is forced out.
 * @throws `INVALID_INPUT` where the policy has no such channel or the catalogue no such sku.
 * @see `compute`, of which this is the signed form where more is owed than there is; the way to look for it is its own
 * @example
 * ```ts
 * const calculator = createAvailability({
 *   catalog: parseCatalog([{ sku: 'MUG' }]),
 *   policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }),
 * });
 * const sku = parseSku('MUG');
 * const owed = acceptObservation(emptyBooks(sku), parseObservation({ kind: 'stock', source: 'erp', sku, location: 'W1', asOf, measures: { onHand: 10, committed: 15 } }));
 * const positions = { position: () => positionFromBalances(owed, balancesOf(measureBooks(owed, { containment: new Map(), returns: 'owner' }))) };
 * // Five must come in before the sixth can be sold.
 * headroom(calculator, { channel: shop, sku }, { positions, moment: { asOf } }) // => -5
 * ```
 * @public
 */
export function headroom(calculator: AvailabilityCalculator, key: HeadroomKey, world: { readonly positions: PositionReader; readonly moment: Moment }): Quantity | 'unlimited' {
  KEY(key, []);
  WORLD(world, []);
  const { channel, sku, promise = 'stock' } = key;
  const { positions, moment } = world;
  const sold = (reader: PositionReader): Quantity | 'unlimited' => soldOf(calculator.compute({ channel, sku }, reader, moment), promise);
  const now = sold(positions);
  if (now === 'unlimited' || compareQuantities(now, 0) > 0) return now;
  const parts = calculator.catalog.items.get(sku)?.components ?? [{ sku, quantityPer: 1 }];
  let lacking: Quantity | undefined;
  for (const location of channelOf(calculator.policy, channel).locations) {
    const isSold = (units: Quantity): boolean => {
      const then = sold(withArrival(positions, { calculator, parts, location, units }));
      return then === 'unlimited' || compareQuantities(then, 0) > 0;
    };
    if (lacking === undefined || isSold(lacking)) lacking = mostInVain(isSold, lacking) ?? lacking;
  }
  return negateQuantity(lacking ?? 0);
}

const KEY = parts({ channel: identifier, sku: identifier, promise: maybe(oneOf('stock', 'backorder', 'preorder')) });

function soldOf({ immediate, backorder, preorder }: Availability, promise: NonNullable<HeadroomKey['promise']>): Quantity | 'unlimited' {
  if (immediate === undefined) return 'unlimited';
  const beyond = promise === 'stock' ? 0 : promise === 'backorder' ? backorder : preorder;
  return beyond === 'unlimited' ? beyond : addQuantities(immediate, beyond);
}

/** More steps than any position has. */
function everything(): Quantity {
  return parseQuantity(`1${'0'.repeat(MAX_INTEGER_DIGITS - 1)}`, { scale: MAX_SCALE });
}

/** The most that can come in with nothing sold yet; absent where nothing helps. `enough` is known to help. */
function mostInVain(isSold: (units: Quantity) => boolean, enough: Quantity | undefined): Quantity | undefined {
  let vain: Quantity = 0;
  let helps = enough ?? 1;
  while (enough === undefined && !isSold(helps)) {
    if (compareQuantities(helps, everything()) > 0) return undefined;
    vain = helps;
    helps = multiplyQuantity(helps, 2);
  }
  while (compareQuantities(subtractQuantities(helps, vain), 1) > 0) {
    const middle = scaleQuantity(addQuantities(vain, helps), 1, 2, 'down');
    if (isSold(middle)) helps = middle;
    else vain = middle;
  }
  return vain;
}

interface Arrival {
  readonly calculator: AvailabilityCalculator;
  readonly parts: readonly Component[];
  readonly location: LocationId;
  readonly units: Quantity;
}

function withArrival(positions: PositionReader, { calculator, parts, location, units }: Arrival): PositionReader {
  return changedPositions(positions, (sku, position) => {
    const part = parts.find((one) => one.sku === sku);
    if (part === undefined) return position;
    const known = position ?? nothingOf(sku, calculator.catalog);
    const stock = known.locations.get(location) ?? NO_STOCK;
    const onHand = addQuantities(stock.onHand, unitsTaken(part.quantityPer, units));
    return { ...known, locations: new Map([...known.locations, [location, { ...stock, onHand }]]) };
  });
}
