import type { LocationId, Sku } from '../../identity/ids.ts';
import type { LocationStock, Position } from '../../ledger/position.ts';
import { MEASURES, type Measure } from '../../observations/observations.ts';
import { addQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { CompiledPolicy } from '../../policy/compile.ts';
import { Rows } from './rows.ts';

const COLUMN: Readonly<Record<Measure, number>> = { onHand: 0, unavailable: 1, committed: 2, incoming: -1, inTransit: -2 };

const NOTHING: Position = { sku: '' as Sku, scale: 0, locations: new Map(), unrouted: new Map(), holds: [] };

/** What takes back what was done to a sku: the position that it had, or what was added to one of its numbers. */
export type Undo = { readonly known: boolean } & ({ readonly position: Position | undefined } | { readonly place: number; readonly measure: Measure; readonly delta: number });

/**
 * Positions in rows of numbers, one for each location where something stands. A position that has more to it than stock
 * at the policy's locations in safe integers is kept as it is, beside.
 */
export class Columns {
  readonly #rows: Rows;
  /** What is expected or under way, by number of sku and place; most places have none. */
  readonly #expected = new Map<number, { incoming: number; inTransit: number }>();
  readonly #places: ReadonlyMap<string, number>;
  readonly #locationAt: readonly LocationId[];
  readonly #kept = new Map<number, Position>();
  readonly #known: Uint8Array;
  /** 1 where all there is to a position stands in the rows. */
  readonly flat: Uint8Array;

  constructor({ locationAt }: CompiledPolicy, count: number) {
    this.#locationAt = locationAt;
    this.#places = new Map(locationAt.map((location, place) => [location, place]));
    this.#rows = new Rows(count, locationAt.length);
    this.#known = new Uint8Array(count);
    this.flat = new Uint8Array(count).fill(1);
  }

  /** Replaces a position. */
  set(slot: number, position: Position): void {
    this.#rows.clear(slot);
    if (this.#expected.size > 0) for (let place = 0; place < this.#locationAt.length; place += 1) this.#expected.delete(this.#at(slot, place));
    this.#known[slot] = 1;
    if (!this.#fits(position)) {
      this.#kept.set(slot, position);
      this.flat[slot] = 0;
      return;
    }
    this.#kept.delete(slot);
    this.flat[slot] = 1;
    const places: number[] = [];
    for (const [location, { onHand, unavailable, committed, incoming, inTransit }] of position.locations) {
      const place = this.#places.get(location) ?? 0;
      if (onHand !== 0 || unavailable !== 0 || committed !== 0) places.push(place);
      if (incoming !== 0 || inTransit !== 0) this.#expected.set(this.#at(slot, place), { incoming: incoming as number, inTransit: inTransit as number });
    }
    this.#rows.reserve(slot, places);
    for (const place of places) {
      const stock = position.locations.get(this.#locationAt[place] ?? ('' as LocationId));
      const row = this.#rows.find(slot, place);
      const page = this.#rows.page(row);
      const at = this.#rows.offset(row);
      page[at] = stock?.onHand as number;
      page[at + 1] = stock?.unavailable as number;
      page[at + 2] = stock?.committed as number;
    }
  }

  #at(slot: number, place: number): number {
    return slot * this.#locationAt.length + place;
  }

  #fits({ locations, unrouted, holds }: Position): boolean {
    if (holds.length > 0 || unrouted.size > 0) return false;
    for (const [location, stock] of locations) if (!this.#places.has(location) || MEASURES.some((measure) => typeof stock[measure] !== 'number')) return false;
    return true;
  }

  /** Whether anything was ever said of a sku. */
  isKnown(slot: number): boolean {
    return this.#known[slot] === 1;
  }

  /** Takes back what was done to a sku. */
  undo(slot: number, undo: Undo): void {
    if ('place' in undo) this.add(slot, undo.place, { measure: undo.measure, delta: -undo.delta, signed: true });
    else if (undo.position !== undefined) this.set(slot, undo.position);
    if (undo.known) return;
    this.set(slot, NOTHING);
    this.#known[slot] = 0;
  }

  place(location: string): number | undefined {
    return this.#places.get(location);
  }

  /** What stands at a place less what is not sellable and committed there; `NaN` where a number on the way is no safe integer. */
  net(slot: number, place: number): number {
    const row = this.#rows.find(slot, place);
    return row < 0 ? 0 : this.#netOf(row);
  }

  #netOf(row: number): number {
    const page = this.#rows.page(row);
    const at = this.#rows.offset(row);
    const sellable = (page[at] ?? 0) - (page[at + 1] ?? 0);
    const net = sellable - (page[at + 2] ?? 0);
    return Number.isSafeInteger(sellable) && Number.isSafeInteger(net) ? net : Number.NaN;
  }

  /** Adds what each place has of a flat position to the sums of the channels that draw on it; false where the sums may not be exact. */
  addNets(slot: number, sums: Float64Array, { drawing, signed }: { readonly drawing: readonly Int32Array[]; readonly signed: boolean }): boolean {
    let size = 0;
    let row = this.#rows.first(slot);
    for (let place = this.#rows.next(slot, 0); place >= 0; place = this.#rows.next(slot, place + 1), row += 1) {
      const net = this.#netOf(row);
      size += Math.abs(net);
      const channels = drawing[place];
      if (channels === undefined || (!signed && net < 0)) continue;
      for (let order = 0; order < channels.length; order += 1) sums[channels[order] ?? 0] = (sums[channels[order] ?? 0] ?? 0) + net;
    }
    return size <= Number.MAX_SAFE_INTEGER;
  }

  /**
   * Adds to one number of a flat position.
   *
   * @returns By how much what the place has rose, `NaN` where a number was or is no safe integer; nothing where the number
   *   does not fit, and nothing happened.
   */
  add(slot: number, place: number, { measure, delta, signed }: { readonly measure: Measure; readonly delta: number; readonly signed: boolean }): number | undefined {
    const column = COLUMN[measure];
    if (column < 0) return this.#expect(this.#at(slot, place), { measure, delta, slot });
    let row = this.#rows.find(slot, place);
    if (row < 0) row = this.#rows.insert(slot, place);
    const page = this.#rows.page(row);
    const at = this.#rows.offset(row);
    const sum = (page[at + column] ?? 0) + delta;
    if (!Number.isSafeInteger(sum)) return undefined;
    const before = this.#netOf(row);
    page[at + column] = sum;
    this.#known[slot] = 1;
    const after = this.#netOf(row);
    return signed ? after - before : (after > 0 ? after : after === after ? 0 : after) - (before > 0 ? before : before === before ? 0 : before);
  }

  #expect(at: number, { measure, delta, slot }: { readonly measure: Measure; readonly delta: number; readonly slot: number }): number | undefined {
    const { incoming = 0, inTransit = 0 } = this.#expected.get(at) ?? {};
    const expected = measure === 'incoming' ? { incoming: incoming + delta, inTransit } : { incoming, inTransit: inTransit + delta };
    if (!Number.isSafeInteger(expected.incoming) || !Number.isSafeInteger(expected.inTransit)) return undefined;
    if (expected.incoming === 0 && expected.inTransit === 0) this.#expected.delete(at);
    else this.#expected.set(at, expected);
    this.#known[slot] = 1;
    return 0;
  }

  /** The position as the calculation reads it. */
  position(slot: number, sku: Sku, scale: number): Position | undefined {
    const kept = this.#kept.get(slot);
    if (kept !== undefined || this.#known[slot] !== 1) return kept;
    const locations = new Map<LocationId, LocationStock>();
    this.#locationAt.forEach((location, place) => {
      const row = this.#rows.find(slot, place);
      const page = row < 0 ? undefined : this.#rows.page(row);
      const at = this.#rows.offset(row);
      const { incoming, inTransit } = this.#expected.get(this.#at(slot, place)) ?? { incoming: 0, inTransit: 0 };
      locations.set(location, { onHand: page?.[at] ?? 0, unavailable: page?.[at + 1] ?? 0, committed: page?.[at + 2] ?? 0, incoming, inTransit });
    });
    return { sku, scale, locations, unrouted: new Map(), holds: [] };
  }
}

/** A position with one number changed. */
export function positionPlus(position: Position, location: LocationId, { measure, delta }: { readonly measure: Measure; readonly delta: Quantity }): Position {
  const stock = position.locations.get(location) ?? { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
  return { ...position, locations: new Map([...position.locations, [location, { ...stock, [measure]: addQuantities(stock[measure], delta) }]]) };
}
