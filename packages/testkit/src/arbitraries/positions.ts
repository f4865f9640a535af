import fc from 'fast-check';
import type { ChannelId, Hold, LocationId, LocationStock, Position, PositionReader, Sku } from '@stockwright/core';
import { CHANNELS, LOCATIONS, minutes, scaleOf, STOCKED } from './words.ts';

/** What an arbitrary position may hold. @public */
export interface PositionArbitraryOptions {
  /** The smallest count of anything at a location; -5 where absent. */
  readonly least?: number;
  /** The largest count, in whole units; 30 where absent. */
  readonly most?: number;
  /** The most that is expected at a location; 6 where absent. */
  readonly incoming?: number;
  /** The most that a channel has ordered and nobody routed; 8 where absent. */
  readonly ordered?: number;
  readonly holds?: boolean;
  readonly routed?: boolean;
}

function stock(sku: Sku, { least = -5, most = 30, incoming = 6, routed = true }: PositionArbitraryOptions): fc.Arbitrary<LocationStock> {
  const rarely = routed ? fc.integer({ min: 0, max: 6 }) : fc.constant(0);
  return fc.record({ onHand: fc.integer({ min: least, max: most * 10 ** scaleOf(sku) }), unavailable: rarely, committed: rarely, incoming: routed ? fc.integer({ min: 0, max: incoming }) : fc.constant(0), inTransit: rarely });
}

/** What of a hold may have been promised beyond stock, of the sku itself or as a part of a kit. */
function beyondOf(sku: Sku): fc.Arbitrary<Hold['beyond']> {
  const promised = fc.record({ sku: fc.constantFrom(sku, 'SET' as Sku), promise: fc.constantFrom('backorder', 'preorder'), quantity: fc.integer({ min: 1, max: 4 }), units: fc.integer({ min: 1, max: 4 }) });
  return fc.option(fc.array(promised, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 3 });
}

function holdsOf(sku: Sku, { holds = true, routed = true }: PositionArbitraryOptions): fc.Arbitrary<readonly Hold[]> {
  if (!holds) return fc.constant([]);
  return fc.array(fc.record({
    channel: fc.constantFrom(...CHANNELS),
    location: routed ? fc.constantFrom<LocationId | ''>('', '', ...LOCATIONS) : fc.constant<LocationId | ''>(''),
    quantity: fc.integer({ min: 0, max: 6 }),
    expiresAt: fc.integer({ min: -10, max: 30 }).map(minutes),
    beyond: beyondOf(sku),
  }), { maxLength: 4 }).map((drawn) => drawn.map(({ beyond, ...hold }, index): Hold =>
    ({ id: `hold-${String(index)}`, ...hold, ...(beyond === undefined || hold.location !== '' ? {} : { beyond: beyond.map((one) => ({ ...one, units: Math.min(Number(one.units), hold.quantity) })) }) })));
}

/** A position of one sku, at the scale that {@link catalogInputs} gives it: signed stock, routed and unrouted demand, holds live and over. @public */
export function positionsOf(sku: Sku, options: PositionArbitraryOptions = {}): fc.Arbitrary<Position> {
  return fc.record({
    locations: fc.tuple(...LOCATIONS.map((location) => stock(sku, options).map((there): [LocationId, LocationStock] => [location, there]))).map((all) => new Map(all)),
    unrouted: fc.tuple(...CHANNELS.map((channel) => fc.integer({ min: 0, max: 4 + (options.ordered ?? 8) }).map((demand): [ChannelId, number] => [channel, Math.max(0, demand - 4)])))
      .map((all) => new Map(all.filter(([, demand]) => demand > 0))),
    holds: holdsOf(sku, options),
  }).map((rest) => ({ sku, scale: scaleOf(sku), ...rest }));
}

/** Positions of all stocked skus of an arbitrary catalogue, one of which may be missing. @public */
export function worlds(options: PositionArbitraryOptions = {}): fc.Arbitrary<ReadonlyMap<Sku, Position>> {
  return fc.tuple(...STOCKED.map((sku) => fc.option(positionsOf(sku, options), { nil: undefined, freq: 10 })))
    .map((all) => new Map(sayingKitsOnce(all.filter((position) => position !== undefined)).map((position) => [position.sku, position])));
}

/** A hold says of a kit the same at each component, and chance would not: only the first says anything. */
function sayingKitsOnce(positions: readonly Position[]): readonly Position[] {
  const said = new Set<string>();
  return positions.map((position) => ({
    ...position,
    holds: position.holds.map(({ beyond, ...hold }) => {
      const kept = beyond?.filter(({ sku }) => sku === position.sku || !said.has(hold.id)) ?? [];
      if (kept.some(({ sku }) => sku !== position.sku)) said.add(hold.id);
      return kept.length === 0 ? hold : { ...hold, beyond: kept };
    }),
  }));
}

/** Reads positions from a map. @public */
export function readerOf(positions: ReadonlyMap<Sku, Position>): PositionReader {
  return { position: (sku) => positions.get(sku) };
}
