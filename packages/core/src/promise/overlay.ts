import type { PositionReader } from '../availability/context.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Sku } from '../identity/ids.ts';
import type { Hold, Position } from '../ledger/position.ts';

/** A claim that is being decided, of one sku. */
export interface Tentative {
  readonly sku: Sku;
  readonly hold: Hold;
}

/** The same positions with some of them seen through a change; whatever else the reader tells stays as it is. */
export function changedPositions(positions: PositionReader, change: (sku: Sku, position: Position | undefined) => Position | undefined): PositionReader {
  // Before an object of its own: one that is frozen may tell of nothing but what it has.
  return new Proxy({} as PositionReader, {
    get: (_target, name) => {
      if (name === 'position') return (sku: Sku) => change(sku, positions.position(sku));
      const value: unknown = Reflect.get(positions, name);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(positions) : value;
    },
    has: (_target, name) => Reflect.has(positions, name),
  });
}

/** The positions as they would be with some more holds. */
export function withHolds(positions: PositionReader, holds: readonly Tentative[], catalog: Catalog): PositionReader {
  if (holds.length === 0) return positions;
  return changedPositions(positions, (sku, position) => {
    const more = holds.filter((tentative) => tentative.sku === sku).map(({ hold }) => hold);
    if (more.length === 0) return position;
    const { holds: known, ...rest } = position ?? nothingOf(sku, catalog);
    return { ...rest, holds: [...known, ...more] };
  });
}

/** The position of a sku that has no stock anywhere. */
export function nothingOf(sku: Sku, catalog: Catalog): Position {
  return { sku, scale: catalog.items.get(sku)?.scale ?? 0, locations: new Map(), unrouted: new Map(), holds: [] };
}
