import type { Window } from './windows.ts';

/** A stretch of time, and which of all that hold at some moment of it was added first. */
interface Stretch<Item> {
  readonly from: string;
  readonly until: string;
  readonly item: Item;
  readonly order: number;
}

/** Before and after every instant, as texts compare. */
const [EVER, NEVER] = ['', '~'];

/** Windows in time, each found among many by halving. */
export class Timeline<Item extends Window> {
  /** By time, no two at one moment. */
  #taken: readonly Stretch<Item>[] = [];
  #count = 0;

  /** @returns The first of the earlier ones that share a moment with it; absent where none does. */
  add(item: Item): Item | undefined {
    const taken = this.#taken as Stretch<Item>[];
    const { from = EVER, until = NEVER } = item;
    const order = this.#count++;
    const begin = this.#firstAfter(from);
    const stretches: Stretch<Item>[] = [];
    let first: Stretch<Item> | undefined;
    let free: string = from;
    let end = begin;
    for (let known = taken[end]; known !== undefined && known.from < until; known = taken[++end]) {
      if (first === undefined || known.order < first.order) first = known;
      if (free < known.from) stretches.push({ from: free, until: known.from, item, order });
      stretches.push(known);
      free = known.until;
    }
    if (free < until) stretches.push({ from: free, until, item, order });
    if (stretches.length > end - begin) this.#taken = end === begin ? (taken.splice(begin, 0, ...stretches), taken) : taken.slice(0, begin).concat(stretches, taken.slice(end));
    return first?.item;
  }

  /** The place of the first stretch that ends after a moment. */
  #firstAfter(moment: string): number {
    let [low, high] = [0, this.#taken.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#taken[middle]?.until ?? NEVER) > moment) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
