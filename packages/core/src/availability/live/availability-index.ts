import type { AvailabilityIndex, AvailabilityIndexOptions } from './index-types.ts';
import { LiveIndex } from './live-index.ts';

/**
 * Makes an index. Positions that are not given are empty until events say otherwise.
 *
 * @remarks
 * Numbers that are sums and minima are kept as such and updated by differences; whatever takes more (claims, holds,
 * divisions, parts per location) is worked out by the calculator. Incremental equals full, always.
 * @example
 * ```ts
 * const catalog = parseCatalog([{ sku: 'MUG' }]);
 * const index = createAvailabilityIndex({ catalog, policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }), asOf, positions: [] });
 * const stock = { onHand: 5, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
 * index.apply({ kind: 'position', position: { sku: parseSku('MUG'), scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] } });
 * index.drainChanges().map((key) => index.compute(key).immediate) // => [5]
 * ```
 * @public
 */
export function createAvailabilityIndex(options: AvailabilityIndexOptions): AvailabilityIndex {
  return new LiveIndex(options);
}
