import type { Value } from '@stockwright/engine/ports';
import { compareValues } from './compare.ts';

/** The cells of a key, by which what has been over for equally long is ordered. */
export type KeyCells = readonly Value[];

interface Aged {
  readonly atMs: number;
  readonly key: KeyCells;
}

/** Keys in the order of a moment, oldest first, so that what is old is found without a look at the rest. Most come in that order. */
export class MemoryAges {
  private readonly order: Aged[] = [];

  add(atMs: number, key: KeyCells): void {
    this.order.splice(this.placeOf({ atMs, key }), 0, { atMs, key });
  }

  remove(atMs: number, key: KeyCells): void {
    this.order.splice(this.placeOf({ atMs, key }), 1);
  }

  /** The oldest keys of up to a moment, at most so many. */
  until(atMs: number, limit: number): readonly KeyCells[] {
    const found: KeyCells[] = [];
    for (const aged of this.order) {
      if (aged.atMs > atMs || found.length >= limit) break;
      found.push(aged.key);
    }
    return found;
  }

  /** Where an entry is, or where it belongs. */
  private placeOf(entry: Aged): number {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.order[middle];
      if (other !== undefined && compareAged(other, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compareAged(a: Aged, b: Aged): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  for (const [index, cell] of a.key.entries()) {
    const order = compareValues(cell ?? '', b.key[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
