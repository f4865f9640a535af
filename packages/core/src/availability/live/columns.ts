import type { LocationId, Sku } from '../../identity/ids.ts';
import type { LocationStock, Position } from '../../ledger/position.ts';
import { MEASURES, type Measure } from '../../observations/observations.ts';
import { addQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { CompiledPolicy } from '../../policy/compile.ts';

const WIDTH = MEASURES.length;
const COLUMN: Readonly<Record<Measure, number>> = { onHand: 0, unavailable: 1, committed: 2, incoming: 3, inTransit: 4 };

/**
 * Positions in one array of numbers. A position that has more to it than stock at the policy's locations in safe integers
 * is kept as it is, beside.
 */
export class Columns {
  readonly #numbers: Float64Array;
  readonly #places: ReadonlyMap<string, number>;
  readonly #locationAt: readonly LocationId[];
  readonly #kept = new Map<number, Position>();
  readonly #known: Uint8Array;
  /** 1 where all there is to a position stands in the array. */
  readonly flat: Uint8Array;

  constructor({ locationAt }: CompiledPolicy, count: number) {
    this.#locationAt = locationAt;
    this.#places = new Map(locationAt.map((location, place) => [location, place]));
    this.#numbers = new Float64Array(count * locationAt.length * WIDTH);
    this.#known = new Uint8Array(count);
    this.flat = new Uint8Array(count).fill(1);
  }

  /** Replaces a position. */
  set(slot: number, position: Position): void {
    const base = slot * this.#locationAt.length * WIDTH;
    this.#numbers.fill(0, base, base + this.#locationAt.length * WIDTH);
    this.#known[slot] = 1;
    if (!this.#fits(position)) {
      this.#kept.set(slot, position);
      this.flat[slot] = 0;
      return;
    }
    this.#kept.delete(slot);
    this.flat[slot] = 1;
    for (const [location, stock] of position.locations) {
      const at = base + (this.#places.get(location) ?? 0) * WIDTH;
      for (const measure of MEASURES) this.#numbers[at + COLUMN[measure]] = stock[measure] as number;
    }
  }

  #fits({ locations, unrouted, holds }: Position): boolean {
    if (holds.length > 0 || unrouted.size > 0) return false;
    for (const [location, stock] of locations) if (!this.#places.has(location) || MEASURES.some((measure) => typeof stock[measure] !== 'number')) return false;
    return true;
  }

  place(location: string): number | undefined {
    return this.#places.get(location);
  }

  /** What stands at a place less what is not sellable and committed there; `NaN` where a number on the way is no safe integer. */
  net(slot: number, place: number): number {
    const at = (slot * this.#locationAt.length + place) * WIDTH;
    const sellable = (this.#numbers[at] ?? 0) - (this.#numbers[at + 1] ?? 0);
    const net = sellable - (this.#numbers[at + 2] ?? 0);
    return Number.isSafeInteger(sellable) && Number.isSafeInteger(net) ? net : Number.NaN;
  }

  /** Adds to one number; false where it does not fit the array, and nothing happened. */
  add(slot: number, place: number, { measure, delta }: { readonly measure: Measure; readonly delta: Quantity }): boolean {
    const at = (slot * this.#locationAt.length + place) * WIDTH + COLUMN[measure];
    const sum = (this.#numbers[at] ?? 0) + (delta as number);
    if (typeof delta !== 'number' || !Number.isSafeInteger(sum)) return false;
    this.#known[slot] = 1;
    this.#numbers[at] = sum;
    return true;
  }

  /** The position as the calculation reads it. */
  position(slot: number, sku: Sku, scale: number): Position | undefined {
    const kept = this.#kept.get(slot);
    if (kept !== undefined || this.#known[slot] !== 1) return kept;
    const locations = new Map<LocationId, LocationStock>();
    this.#locationAt.forEach((location, place) => {
      const at = (slot * this.#locationAt.length + place) * WIDTH;
      const [onHand = 0, unavailable = 0, committed = 0, incoming = 0, inTransit = 0] = this.#numbers.subarray(at, at + WIDTH);
      locations.set(location, { onHand, unavailable, committed, incoming, inTransit });
    });
    return { sku, scale, locations, unrouted: new Map(), holds: [] };
  }
}

/** A position with one number changed. */
export function positionPlus(position: Position, location: LocationId, { measure, delta }: { readonly measure: Measure; readonly delta: Quantity }): Position {
  const stock = position.locations.get(location) ?? { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
  return { ...position, locations: new Map([...position.locations, [location, { ...stock, [measure]: addQuantities(stock[measure], delta) }]]) };
}
