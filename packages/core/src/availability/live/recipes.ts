import type { CatalogItem } from '../../catalog/catalog.ts';
import type { Sku } from '../../identity/ids.ts';

/** Which kits use what, in arrays: the pairs of one sku or kit stand together. */
export class Recipes {
  /** By number of a sku: where its kits begin; the kits, and what one kit takes of it, `NaN` where that is no safe integer. */
  readonly userStart: Int32Array;
  readonly user: Int32Array;
  readonly userTakes: Float64Array;
  /** By number of a kit: where its components begin; the components, and what one kit takes of each. */
  readonly partStart: Int32Array;
  readonly part: Int32Array;
  readonly partTakes: Float64Array;
  /** Whether what a kit takes are safe integers. */
  readonly exact: Uint8Array;

  constructor(items: readonly CatalogItem[], numberOf: (sku: Sku) => number) {
    const count = items.length;
    const pairs = items.reduce((sum, { components }) => sum + (components?.length ?? 0), 0);
    this.userStart = new Int32Array(count + 1);
    this.partStart = new Int32Array(count + 1);
    [this.user, this.part] = [new Int32Array(pairs), new Int32Array(pairs)];
    [this.userTakes, this.partTakes] = [new Float64Array(pairs), new Float64Array(pairs)];
    this.exact = new Uint8Array(count).fill(1);
    let at = 0;
    items.forEach(({ components = [] }, kit) => {
      this.partStart[kit] = at;
      for (const { sku, quantityPer } of components) {
        const part = numberOf(sku);
        this.part[at] = part;
        this.partTakes[at] = typeof quantityPer === 'number' ? quantityPer : Number.NaN;
        if (typeof quantityPer !== 'number') this.exact[kit] = 0;
        this.userStart[part + 1] = (this.userStart[part + 1] ?? 0) + 1;
        at += 1;
      }
    });
    this.partStart[count] = at;
    for (let sku = 0; sku < count; sku += 1) this.userStart[sku + 1] = (this.userStart[sku + 1] ?? 0) + (this.userStart[sku] ?? 0);
    const filled = this.userStart.slice();
    for (let kit = 0; kit < count; kit += 1) {
      for (let index = this.partStart[kit] ?? 0; index < (this.partStart[kit + 1] ?? 0); index += 1) {
        const part = this.part[index] ?? 0;
        const slot = filled[part] ?? 0;
        filled[part] = slot + 1;
        this.user[slot] = kit;
        this.userTakes[slot] = this.partTakes[index] ?? Number.NaN;
      }
    }
  }

  /**
   * Whatever may read what is told of skus and kits: these, the components that the kits sell, of which less may be
   * promised, and all kits of any of these.
   */
  readingOf(numbers: readonly number[]): readonly number[] {
    const reading = new Set(numbers);
    for (const number of numbers) for (const part of this.part.subarray(this.partStart[number], this.partStart[number + 1])) reading.add(part);
    for (const part of reading) for (const kit of this.user.subarray(this.userStart[part], this.userStart[part + 1])) reading.add(kit);
    return [...reading];
  }
}
