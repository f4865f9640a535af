import { createAvailability, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseSku, type AvailabilityKey, type LocationStock, type Position, type Sku } from '@stockwright/core';
import { randomNumbers, type Comparison } from './compare.ts';

const SKUS = 1_000;
const LOCATIONS = 20;
const asOf = parseInstant('2026-11-23T10:00:00Z');
const shop = parseChannelId('shop');
const locations = Array.from({ length: LOCATIONS }, (_, index) => parseLocationId(`W${String(index)}`));
const next = randomNumbers(7);
const below = (most: number): number => Math.floor(next() * most);

const positions = new Map<Sku, Position>();
for (let index = 0; index < SKUS; index += 1) {
  const sku = parseSku(`SKU-${String(index)}`);
  const stocks = locations.map((location): [typeof location, LocationStock] => [location, { onHand: below(1_000), unavailable: below(50), committed: below(200), incoming: 0, inTransit: 0 }]);
  positions.set(sku, { sku, scale: 0, locations: new Map(stocks), unrouted: new Map([[shop, below(20)]]), holds: [] });
}
const calculator = createAvailability({
  catalog: parseCatalog([...positions.keys()].map((sku) => ({ sku }))),
  policy: parsePolicy({
    version: '1', channels: [{ id: 'shop', locations }],
    rules: [
      { id: 'buffer', kind: 'buffer', owner: 'ops', reason: 'lag', withhold: { fixed: 5 } },
      { id: 'hide', kind: 'hideAtOrBelow', owner: 'ops', reason: 'dust', threshold: 3 },
      { id: 'cap', kind: 'cap', owner: 'ops', reason: 'scarce', most: 5_000 },
    ],
  }),
});
const reader = { position: (sku: Sku): Position | undefined => positions.get(sku) };
const keys: readonly AvailabilityKey[] = [...positions.keys()].map((sku) => ({ channel: shop, sku }));

function computed(): string {
  let sum = 0;
  for (const key of keys) sum += Number(calculator.compute(key, reader, { asOf }).immediate);
  return String(sum);
}

function explained(): string {
  let sum = 0;
  for (const key of keys) sum += Number(calculator.explain(key, reader, { asOf }).availability.immediate);
  return String(sum);
}

/** The same numbers by hand, for this one policy, over the same objects. */
function byHand(): string {
  let sum = 0;
  for (const { sku } of keys) {
    const position = positions.get(sku);
    let supply = 0;
    for (const location of locations) {
      const stock = position?.locations.get(location);
      if (stock !== undefined) supply += Number(stock.onHand) - Number(stock.unavailable) - Number(stock.committed);
    }
    supply -= Number(position?.unrouted.get(shop) ?? 0);
    supply -= Math.min(5, Math.max(0, supply));
    sum += Math.max(0, Math.min(supply <= 3 ? 0 : supply, 5_000));
  }
  return String(sum);
}

export const comparisons: readonly Comparison[] = [
  { name: 'compute, 20 locations', per: SKUS, ours: { name: 'compute', run: computed }, against: [{ name: 'written by hand', ratio: 'time', run: byHand, goal: { goal: 1, floor: 4, aim: 2 } }] },
  { name: 'explain, 20 locations', per: SKUS, ours: { name: 'explain', run: explained }, against: [{ name: 'compute', ratio: 'time', run: computed, goal: { goal: 5, floor: 15, aim: 6 } }] },
];
