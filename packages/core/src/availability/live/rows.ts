/** Numbers in a row: on hand, unavailable, committed. */
const ROW = 3;
const WORD = 32;
/** Rows of a page; a page is never left half for a new one by more than one sku's rows. */
const PAGE_BITS = 12;

/**
 * Rows of numbers for pairs of a slot and a place, only where there are any: the rows of a slot stand together in the
 * order of the places, and a bit for each place says whether it has one.
 */
export class Rows {
  readonly #words: number;
  readonly #bits: Int32Array;
  readonly #begin: Int32Array;
  readonly #pages: Float64Array[] = [];
  readonly #pageBits: number;
  readonly #mask: number;
  #end = 0;
  /** Beginnings of groups that are no longer used, by their size. */
  readonly #free: number[][] = [];

  constructor(slots: number, places: number) {
    this.#words = Math.max(1, Math.ceil(places / WORD));
    this.#bits = new Int32Array(slots * this.#words);
    this.#begin = new Int32Array(slots);
    this.#pageBits = Math.max(PAGE_BITS, 32 - Math.clz32(Math.max(1, places - 1)));
    this.#mask = (1 << this.#pageBits) - 1;
  }

  /** The row of a place, below zero where it has none. */
  find(slot: number, place: number): number {
    const at = slot * this.#words;
    const word = place >>> 5;
    const bits = this.#bits[at + word] ?? 0;
    const bit = 1 << (place & 31);
    if ((bits & bit) === 0) return -1;
    let before = ones(bits & (bit - 1));
    for (let earlier = 0; earlier < word; earlier += 1) before += ones(this.#bits[at + earlier] ?? 0);
    return (this.#begin[slot] ?? 0) + before;
  }

  /** The first row of a slot. */
  first(slot: number): number {
    return this.#begin[slot] ?? 0;
  }

  /** The next place that has a row, from a place on; below zero where there is none. */
  next(slot: number, from: number): number {
    for (let word = from >>> 5, low = from & 31; word < this.#words; word += 1, low = 0) {
      const bits = ((this.#bits[slot * this.#words + word] ?? 0) >>> low) << low;
      if (bits !== 0) return word * WORD + 31 - Math.clz32(bits & -bits);
    }
    return -1;
  }

  page(row: number): Float64Array {
    return this.#pages[row >>> this.#pageBits] as Float64Array;
  }

  /** Where a row begins in its page. */
  offset(row: number): number {
    return (row & this.#mask) * ROW;
  }

  /** Gives a slot back all its rows. */
  clear(slot: number): void {
    const count = this.#count(slot);
    if (count > 0) (this.#free[count] ??= []).push(this.#begin[slot] ?? 0);
    this.#bits.fill(0, slot * this.#words, (slot + 1) * this.#words);
  }

  /** Rows of nothing for some places of a slot that has none. */
  reserve(slot: number, places: readonly number[]): void {
    for (const place of places) this.#mark(slot, place);
    this.#begin[slot] = this.#take(this.#count(slot));
  }

  /** One row more; those that there are keep their numbers. @returns The row. */
  insert(slot: number, place: number): number {
    const old = this.#begin[slot] ?? 0;
    const count = this.#count(slot);
    this.#mark(slot, place);
    const begin = this.#take(count + 1);
    this.#begin[slot] = begin;
    const inserted = this.find(slot, place);
    const before = inserted - begin;
    if (count > 0) {
      const from = this.page(old);
      const [source, target] = [this.offset(old), this.offset(begin)];
      this.page(begin).set(from.slice(source, source + before * ROW), target);
      this.page(begin).set(from.slice(source + before * ROW, source + count * ROW), target + (before + 1) * ROW);
      (this.#free[count] ??= []).push(old);
    }
    return inserted;
  }

  #mark(slot: number, place: number): void {
    const at = slot * this.#words + (place >>> 5);
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (place & 31));
  }

  #count(slot: number): number {
    let count = 0;
    for (let word = 0; word < this.#words; word += 1) count += ones(this.#bits[slot * this.#words + word] ?? 0);
    return count;
  }

  /** So many rows of nothing that stand in one page. */
  #take(count: number): number {
    const used = this.#free[count]?.pop();
    if (used !== undefined) {
      this.page(used).fill(0, this.offset(used), this.offset(used) + count * ROW);
      return used;
    }
    if ((this.#end & this.#mask) + count > this.#mask + 1) this.#end = ((this.#end >>> this.#pageBits) + 1) << this.#pageBits;
    const begin = this.#end;
    this.#end += count;
    if (count > 0) this.#pages[begin >>> this.#pageBits] ??= new Float64Array((this.#mask + 1) * ROW);
    return begin;
  }
}

/** How many bits are set. */
function ones(bits: number): number {
  let pairs = bits - ((bits >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
