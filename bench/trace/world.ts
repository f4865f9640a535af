import { createAvailability, parseCatalog, parseInstant, parseLocationId, parsePolicy, parseSku, type AvailabilityKey, type LocationId, type LocationStock, type Position, type Sku } from '@stockwright/core';
import { randomNumbers } from '../compare.ts';

const SKUS = 2_000;
const next = randomNumbers(42);
const below = (most: number): number => Math.floor(next() * most);
const locations = Array.from({ length: 20 }, (_, place) => parseLocationId(`W${String(place)}`));
const skus = Array.from({ length: SKUS }, (_, sku) => parseSku(`SKU-${String(sku)}`));
const base = { owner: 'ops', reason: 'bench' };

/** A policy that no short cut answers: stock is kept at each location and for a channel. */
export const calculator = createAvailability({
  catalog: parseCatalog(skus.map((sku) => ({ sku }))),
  policy: parsePolicy({
    version: '1', channels: ['shop', 'market'].map((id) => ({ id, locations })),
    rules: [
      { ...base, id: 'safety', kind: 'safetyStock', withhold: { fixed: 5 } },
      { ...base, id: 'protect', kind: 'protection', scope: { channel: 'market' }, keep: { level: 100 } },
      { ...base, id: 'buffer', kind: 'buffer', withhold: { fixed: 5 } },
      { ...base, id: 'cap', kind: 'cap', most: 5_000 },
    ],
  }),
});
const positions = new Map(skus.map((sku): [Sku, Position] => [sku, {
  sku, scale: 0, unrouted: new Map(), holds: [],
  locations: new Map(locations.map((location): [LocationId, LocationStock] => [location, { onHand: below(1_000), unavailable: below(200), committed: below(100), incoming: 0, inTransit: 0 }])),
}]));
export const reader = { position: (sku: Sku): Position | undefined => positions.get(sku) };
export const moment = { asOf: parseInstant('2026-11-23T10:00:00Z') };
export const keys: readonly AvailabilityKey[] = skus.flatMap((sku) => calculator.policy.channels.map(({ id }) => ({ sku, channel: id })));
