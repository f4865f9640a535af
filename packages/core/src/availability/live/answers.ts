import type { Availability } from '../availability.ts';
import { listedNumber, type ListingPlan } from '../plain/listing-plan.ts';
import { sameNumbers } from './index-types.ts';

/** What there was of one key before it was written. */
interface Before {
  readonly at: number;
  readonly left: number;
  readonly whole: Availability | undefined;
  readonly changed: number;
  readonly timed: boolean;
}

/** What an index answers, by the number of a key, and which answers changed since that was asked. */
export class Answers {
  /** What stages 1 to 6 leave; `NaN` where that takes the whole pipeline. */
  readonly left: Float64Array;
  /** Answers that are more than a listing of what is left. */
  readonly #whole = new Map<number, Availability>();
  readonly #changed: Uint8Array;
  #changes: number[] = [];
  /** Keys whose answer time alone may change. */
  readonly #timed = new Set<number>();
  /** What to go back to, while something is done that may fail. */
  #before: Before[] | undefined;

  constructor(count: number) {
    this.left = new Float64Array(count);
    this.#changed = new Uint8Array(count);
  }

  whole(at: number): Availability | undefined {
    return this.#whole.get(at);
  }

  /** The keys whose answer is kept whole, and none but these may hang on more than positions. */
  wholes(): readonly number[] {
    return [...this.#whole.keys()];
  }

  /** A number that was one before, too. */
  list(plan: ListingPlan | undefined, at: number, left: number): void {
    if (this.#before !== undefined) this.#remember(at);
    const before = this.left[at] ?? 0;
    this.left[at] = left;
    if (plan !== undefined && this.#changed[at] === 0 && listedNumber(plan, before) !== listedNumber(plan, left)) this.note(at);
  }

  /** A number, whatever was there before. */
  settle(plan: ListingPlan, at: number, left: number): void {
    const whole = this.#whole.size > 0 ? this.#whole.get(at) : undefined;
    if (whole !== undefined) {
      if (this.#before !== undefined) this.#remember(at);
      this.#whole.delete(at);
      this.left[at] = left;
      if (!isJust(whole, listedNumber(plan, left))) this.note(at);
    } else if (left !== (this.left[at] ?? 0)) {
      this.list(plan, at, left);
    }
  }

  /** What the whole pipeline says; `left` is what is known of the stages before, and `plan` what listed the key until now, where anything did. */
  keep(plan: ListingPlan | undefined, at: number, left: number, answer: Availability): void {
    if (this.#before !== undefined) this.#remember(at);
    const [before, leftBefore] = [this.#whole.get(at), this.left[at] ?? Number.NaN];
    this.left[at] = left;
    if (answer.validUntil !== undefined) this.#timed.add(at);
    const isSame = before !== undefined ? sameNumbers(before, answer) : plan !== undefined && !Number.isNaN(leftBefore) && isJust(answer, listedNumber(plan, leftBefore));
    if (!isSame) this.note(at);
    this.#whole.set(at, answer);
  }

  note(at: number): void {
    if (this.#changed[at] === 1) return;
    if (this.#before !== undefined) this.#remember(at);
    this.#changed[at] = 1;
    this.#changes.push(at);
  }

  /** The keys whose answer differs from that at the last call, each once. */
  drain(): readonly number[] {
    const changes = this.#changes;
    this.#changes = [];
    for (const at of changes) this.#changed[at] = 0;
    return changes;
  }

  /** The keys whose answer time may have changed; none of them is one any more until it is kept anew. */
  takeTimed(): readonly number[] {
    const due = [...this.#timed];
    this.#timed.clear();
    return due;
  }

  returnTimed(due: readonly number[]): void {
    for (const at of due) this.#timed.add(at);
  }

  /** Does something whole or not at all: where it fails every answer is what it was. */
  attempt(work: () => void): void {
    const before: Before[] = [];
    const changes = this.#changes.length;
    this.#before = before;
    try {
      work();
    } catch (error) {
      this.#changes.length = changes;
      for (const one of before.toReversed()) this.#restore(one);
      throw error;
    } finally {
      this.#before = undefined;
    }
  }

  #remember(at: number): void {
    this.#before?.push({ at, left: this.left[at] ?? 0, whole: this.#whole.get(at), changed: this.#changed[at] ?? 0, timed: this.#timed.has(at) });
  }

  #restore({ at, left, whole, changed, timed }: Before): void {
    this.left[at] = left;
    this.#changed[at] = changed;
    if (whole === undefined) this.#whole.delete(at);
    else this.#whole.set(at, whole);
    if (timed) this.#timed.add(at);
    else this.#timed.delete(at);
  }
}

/** Whether an answer says no more than a number now. */
function isJust({ immediate, backorder, preorder, parts }: Availability, listed: number): boolean {
  return immediate === listed && backorder === 0 && preorder === 0 && parts.size === 0;
}
