import type { Arithmetic } from '../explanation/arithmetic.ts';
import type { CatalogItem } from '../catalog/catalog.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Position } from '../ledger/position.ts';
import type { CompiledChannel, CompiledPolicy } from '../policy/compile.ts';
import type { ItemRules } from '../policy/item-rules.ts';
import type { Quantity } from '../quantity/quantity.ts';

/** Which consumption is asked for: what one channel took of one stocked sku in a window. @public */
export interface ConsumptionQuery {
  readonly sku: Sku;
  readonly channel: ChannelId;
  /** The beginning of the window; since ever where absent. */
  readonly from: Instant | undefined;
  /** The end of the window, itself not inside; open where absent. */
  readonly until: Instant | undefined;
}

/** How fast a sku sells at a location. @public */
export interface Velocity {
  /** In steps of the sku, `>= 0`. */
  readonly units: Quantity;
  /** Over how many days; a whole number greater than zero. */
  readonly days: number;
}

/** What is open of a sku that was promised beyond stock, by channel, in steps; a part of the demand in its position, or for a kit in those of its components. What was sold as a kit is told of the kit alone. @public */
export interface PromisedBeyondStock {
  readonly backordered: ReadonlyMap<ChannelId, Quantity>;
  readonly preordered: ReadonlyMap<ChannelId, Quantity>;
  /** Of what is preordered, what is routed, by channel and location: a part of what is committed there. Nothing is where absent. */
  readonly preorderedAt?: ReadonlyMap<ChannelId, ReadonlyMap<LocationId, Quantity>> | undefined;
}

/** Where positions come from. A sku that is not there has no stock anywhere. @public */
export interface PositionReader {
  position(sku: Sku): Position | undefined;
  /**
   * What a channel took, in steps of the stocked sku: the sum of what its orders booked as demand in the window, kits in
   * their components, less what was cancelled. Only policies with quotas ask.
   */
  consumed?(query: ConsumptionQuery): Quantity;
  /** When the source of a location last spoke; absent where it never did. Only policies with limits on silence ask. */
  heardAt?(location: LocationId): Instant | undefined;
  /** How fast a stocked sku sells at a location; absent where nobody knows, and then nothing is kept. Only policies with days of cover ask. */
  velocity?(query: { readonly sku: Sku; readonly location: LocationId }): Velocity | undefined;
  /** What is open beyond stock of a sku or a kit. Only policies with backorder or preorder limits ask. */
  promised?(sku: Sku): PromisedBeyondStock | undefined;
}

/**
 * The last objects of a calculator. Nobody reads the first two: the engine drops compiled code that depends on the shape of an
 * object together with the last object of that shape, so that without them the whole pipeline would be compiled anew
 * after every full collection.
 */
export interface Kept {
  context?: unknown;
  stock?: unknown;
  /** The last reader, with a look at each of its answers: most questions in a row ask the same one. */
  told?: PositionReader & { readonly reader: PositionReader };
}

/** What every stage sees. */
export interface StageContext<N> {
  readonly kept: Kept;
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
  readonly rules: ItemRules;
}
