import type { CatalogItem } from '../../catalog/catalog.ts';
import type { CompiledPolicy } from '../../policy/compile.ts';
import { isPlainStock } from '../plain/listing-plan.ts';
import { mayAnythingWait } from '../preorders.ts';
import type { Columns } from './columns.ts';
import type { Recipes } from './recipes.ts';

/** What stages 1 to 6 leave where that is a sum over locations, and of kits where it is the least of such sums. */
export class Sums {
  /** 1 for a stocked sku that no rule makes more of than a sum. */
  readonly plain: Uint8Array;
  readonly pooledKits: boolean;
  /** Whether a location below zero lowers the others. */
  readonly signed: boolean;
  /** By place: the numbers of the channels that draw on it. */
  readonly drawing: readonly Int32Array[];
  readonly #compiled: CompiledPolicy;
  readonly #columns: Columns;
  readonly #recipes: Recipes;
  /** The sums of one sku, by channel; used anew for each. */
  readonly #sums: Float64Array;

  constructor(compiled: CompiledPolicy, { items, columns, recipes }: { readonly items: readonly CatalogItem[]; readonly columns: Columns; readonly recipes: Recipes }) {
    const { policy, channelAt, locationAt } = compiled;
    this.#compiled = compiled;
    this.#columns = columns;
    this.#recipes = recipes;
    this.pooledKits = policy.kits === 'pooled';
    this.signed = policy.clamp === 'total';
    this.plain = Uint8Array.from(items, (item) => Number(isPlainStock(compiled, compiled.rules.of(item)) && !mayAnythingWait(compiled, item)));
    this.drawing = locationAt.map((_, place) => Int32Array.from(channelAt.filter(({ owns }) => owns[place] === true), ({ index }) => index));
    this.#sums = new Float64Array(channelAt.length);
  }

  /** What each channel may draw of a stocked sku, `NaN` where that takes the whole pipeline; good until the next call. */
  ofStock(number: number): Float64Array {
    const sums = this.#sums.fill(0);
    if (this.plain[number] === 0 || this.#columns.flat[number] === 0) return sums.fill(Number.NaN);
    if (this.#columns.addNets(number, sums, this)) return sums;
    for (let channel = 0; channel < sums.length; channel += 1) sums[channel] = this.#sumOf(number, channel);
    return sums;
  }

  /** What stands at a channel's locations; `NaN` where a number on the way is no safe integer. */
  #sumOf(number: number, channel: number): number {
    let sum = 0;
    for (const place of this.#compiled.channelAt[channel]?.places ?? []) {
      const net = this.#columns.net(number, place);
      sum += this.signed ? net : Math.max(0, net);
      if (!Number.isSafeInteger(sum)) return Number.NaN;
    }
    return sum;
  }

  /** The least that the components make, given what is left of them; `NaN` where that takes the whole pipeline. */
  ofKit(kit: number, channel: number, left: Float64Array): number {
    const { partStart, part, partTakes, exact } = this.#recipes;
    if (!this.pooledKits || exact[kit] === 0) return Number.NaN;
    const width = this.#sums.length;
    let least = Number.POSITIVE_INFINITY;
    for (let at = partStart[kit] ?? 0; at < (partStart[kit + 1] ?? 0); at += 1) {
      const kits = Math.floor((left[(part[at] ?? 0) * width + channel] ?? 0) / (partTakes[at] ?? 1));
      if (Number.isNaN(kits)) return kits;
      if (kits < least) least = kits;
    }
    return least;
  }
}
