import type { Arithmetic } from '../explanation/arithmetic.ts';
import type { CatalogItem } from '../catalog/catalog.ts';
import type { LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { NO_STOCK, type LocationStock, type Position } from '../ledger/position.ts';
import type { CompiledChannel, CompiledPolicy } from '../policy/compile.ts';

/** Where positions come from. A sku that is not there has no stock anywhere. @public */
export interface PositionReader {
  position(sku: Sku): Position | undefined;
}

/** What every stage sees. */
export interface StageContext<N> {
  readonly ops: Arithmetic<N>;
  readonly compiled: CompiledPolicy;
  readonly channel: CompiledChannel;
  readonly positions: PositionReader;
  readonly asOf: Instant;
  /** Holds with these ids are the caller's own and are not counted. */
  readonly ownHolds: ReadonlySet<string>;
  /** Collects moments at which time alone may change the answer. */
  readonly boundaries: (instant: Instant) => void;
}

/** One stocked sku inside a calculation. */
export interface Stocked {
  readonly item: CatalogItem;
  readonly position: Position | undefined;
}

/** What stands at a location, or nothing. */
export function stockAt({ position }: Stocked, location: LocationId): LocationStock {
  return position?.locations.get(location) ?? NO_STOCK;
}
