import type { CatalogItem } from '../../catalog/catalog.ts';
import { StockwrightError } from '../../errors/error.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import type { Instant } from '../../identity/instant.ts';
import { channelOf, compilePolicy, type CompiledPolicy } from '../../policy/compile.ts';
import { parseQuantity, shortQuantity } from '../../quantity/quantity.ts';
import { calculatorOf, type Availability, type AvailabilityCalculator, type AvailabilityKey } from '../availability.ts';
import type { PositionReader } from '../context.ts';
import { Columns, positionPlus } from './columns.ts';
import { mayAnythingWait } from '../preorders.ts';
import { isPlainStock, listedNumber, type ListingPlan } from '../plain/listing-plan.ts';
import { sameNumbers, type AvailabilityIndex, type AvailabilityIndexOptions, type IndexEvent } from './index-types.ts';
import { Planner } from './planner.ts';
import { Recipes } from './recipes.ts';

/**
 * Makes an index. Positions that are not given are empty until events say otherwise.
 *
 * @remarks
 * Numbers that are sums and minima are kept as such and updated by differences; whatever takes more (claims, holds,
 * divisions, parts per location) is worked out by the calculator. Incremental equals full, always.
 * @public
 */
export function createAvailabilityIndex(options: AvailabilityIndexOptions): AvailabilityIndex {
  return new Index(options);
}

const NO_PARTS: ReadonlyMap<LocationId, never> = new Map<LocationId, never>();
/** Per channel what a listing does; absent where the number of that channel takes the whole pipeline. */
type Plans = readonly (ListingPlan | undefined)[];

class Index implements AvailabilityIndex {
  readonly calculator: AvailabilityCalculator;
  readonly #compiled: CompiledPolicy;
  readonly #columns: Columns;
  readonly #reader: PositionReader;
  readonly #items: readonly CatalogItem[];
  readonly #numbers = new Map<string, number>();
  readonly #recipes: Recipes;
  /** Per sku and channel what stages 1 to 6 leave; `NaN` where that takes the whole pipeline. */
  readonly #left: Float64Array;
  readonly #changed: Uint8Array;
  #changes: number[] = [];
  /** Answers that are more than a listing of what is left. */
  readonly #whole = new Map<number, Availability>();
  readonly #planner: Planner;
  /** Per sku the number of its plans; and the plans, which skus of the same rules share. */
  readonly #planOf: Int32Array;
  #plans: readonly Plans[] = [];
  /** 1 for a stocked sku that is a sum, all kits of which are minima of sums, with listings in numbers. */
  readonly #simple: Uint8Array;
  readonly #plain: Uint8Array;
  readonly #kit: Uint8Array;
  readonly #pooledKits: boolean;
  readonly #signed: boolean;
  /** By place: the numbers of the channels that draw on it. */
  readonly #drawing: readonly Int32Array[];
  readonly #width: number;
  readonly #sums: Float64Array;
  readonly #timed = new Set<number>();
  #asOf: Instant;

  constructor({ policy, catalog, rules = [], asOf, reads = {}, positions = [] }: AvailabilityIndexOptions) {
    this.#compiled = compilePolicy(policy, catalog, rules);
    this.calculator = calculatorOf(this.#compiled);
    this.#asOf = asOf;
    this.#items = [...catalog.items.values()];
    this.#items.forEach(({ sku }, number) => { this.#numbers.set(sku, number); });
    const numberOf = (sku: string): number => this.#numbers.get(sku) ?? 0;
    const count = this.#items.length;
    const { channelAt, locationAt } = this.#compiled;
    this.#width = channelAt.length;
    this.#sums = new Float64Array(this.#width);
    this.#recipes = new Recipes(this.#items, numberOf);
    this.#drawing = locationAt.map((_, place) => Int32Array.from(channelAt.filter(({ owns }) => owns[place] === true), ({ index }) => index));
    this.#columns = new Columns(this.#compiled, count);
    this.#reader = { ...reads, position: (sku) => this.#columns.position(numberOf(sku), sku, catalog.items.get(sku)?.scale ?? 0) };
    this.#plain = Uint8Array.from(this.#items, (item) => Number(isPlainStock(this.#compiled, this.#compiled.rules.of(item)) && !mayAnythingWait(this.#compiled, item)));
    this.#kit = Uint8Array.from(this.#items, ({ components }) => Number(components !== undefined));
    this.#pooledKits = policy.kits === 'pooled';
    this.#signed = policy.clamp === 'total';
    this.#left = new Float64Array(count * this.#width);
    this.#changed = new Uint8Array(count * this.#width);
    this.#simple = new Uint8Array(count);
    this.#planner = new Planner(this.#compiled);
    this.#planOf = Int32Array.from(this.#items, (item) => this.#planner.number(item));
    this.#planAll();
    for (const position of positions) this.#columns.set(this.#stocked(position.sku), position);
    this.recompute();
    this.drainChanges();
  }

  apply(event: IndexEvent): void {
    if (event.kind === 'position') {
      const number = this.#stocked(event.position.sku);
      this.#columns.set(number, event.position);
      this.#spread(number);
      return;
    }
    const number = this.#stocked(event.sku);
    const scale = this.#items[number]?.scale ?? 0;
    const delta = shortQuantity(event.delta, scale) ?? parseQuantity(event.delta, { scale, path: ['delta'] });
    const place = this.#columns.place(event.location);
    if (place !== undefined && typeof delta === 'number' && this.#columns.flat[number] === 1) {
      const rise = this.#columns.add(number, place, { measure: event.measure, delta, signed: this.#signed });
      if (rise !== undefined) {
        if (this.#simple[number] === 0 || Number.isNaN(rise)) this.#spread(number);
        else if (rise !== 0) this.#shift(number, place, rise);
        return;
      }
    }
    const position = this.#reader.position(event.sku) ?? { sku: event.sku, scale, locations: new Map(), unrouted: new Map(), holds: [] };
    this.#columns.set(number, positionPlus(position, event.location, { measure: event.measure, delta }));
    this.#spread(number);
  }

  advanceTo(asOf: Instant): void {
    if (asOf < this.#asOf) throw new StockwrightError(`The index stands at ${this.#asOf} and cannot go back to ${asOf}.`, { code: 'INVALID_INPUT' });
    this.#asOf = asOf;
    const due = [...this.#timed];
    this.#timed.clear();
    const before = this.#plans;
    if (before.some((plans) => plans.some((plan) => plan?.validUntil !== undefined && plan.validUntil <= asOf))) {
      this.#planAll();
      for (let number = 0; number < this.#items.length; number += 1) this.#relist(number, before[this.#planOf[number] ?? 0] ?? []);
    }
    for (const at of due) if (this.#whole.has(at)) this.#settle(at, this.#left[at] ?? Number.NaN);
  }

  affectedKeys(sku: Sku): readonly AvailabilityKey[] {
    return this.calculator.affectedKeys(sku);
  }

  compute(key: AvailabilityKey): Availability {
    const { index } = channelOf(this.#compiled, key.channel);
    const number = this.#numbers.get(key.sku);
    if (number === undefined) return this.calculator.compute(key, this.#reader, { asOf: this.#asOf });
    const at = number * this.#width + index;
    const whole = this.#whole.get(at);
    const plan = this.#plans[this.#planOf[number] ?? 0]?.[index];
    if (whole !== undefined || plan === undefined) return { ...(whole ?? this.#answer(at)), asOf: this.#asOf };
    return {
      channel: key.channel, sku: key.sku, immediate: listedNumber(plan, this.#left[at] ?? 0), parts: NO_PARTS, backorder: 0, preorder: 0,
      policyVersion: this.#compiled.policy.version, asOf: this.#asOf, validUntil: plan.validUntil,
    };
  }

  recompute(): void {
    for (let number = 0; number < this.#items.length; number += 1) if (this.#kit[number] === 0) this.#refresh(number);
    for (let number = 0; number < this.#items.length; number += 1) if (this.#kit[number] === 1) this.#refresh(number);
  }

  drainChanges(): readonly AvailabilityKey[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes.map((at) => {
      this.#changed[at] = 0;
      return this.#keyOf(at);
    });
  }

  #keyOf(at: number): AvailabilityKey {
    return { channel: this.#compiled.channelAt[at % this.#width]?.id, sku: this.#items[Math.floor(at / this.#width)]?.sku } as AvailabilityKey;
  }

  #stocked(sku: Sku): number {
    const number = this.#numbers.get(sku);
    if (number !== undefined && this.#kit[number] === 0) return number;
    throw new StockwrightError(number === undefined ? `The catalogue has no sku ${sku}.` : `${sku} is a kit: its components have stock, it has none.`, { code: 'INVALID_INPUT' });
  }

  #planAll(): void {
    this.#plans = this.#planner.plans(this.#asOf);
    const full = this.#plans.map((plans) => plans.every((plan) => plan !== undefined));
    const { userStart, user, exact } = this.#recipes;
    for (let number = 0; number < this.#items.length; number += 1) {
      let simple = this.#plain[number] === 1 && full[this.#planOf[number] ?? 0] === true;
      for (let at = userStart[number] ?? 0; at < (userStart[number + 1] ?? 0); at += 1) {
        const kit = user[at] ?? 0;
        simple &&= this.#pooledKits && exact[kit] === 1 && full[this.#planOf[kit] ?? 0] === true;
      }
      this.#simple[number] = Number(simple);
    }
  }

  /** After what a place has of a simple sku rose: shifts the sums that it is part of, and the kits that these bound. */
  #shift(number: number, place: number, rise: number): void {
    const drawing = this.#drawing[place];
    if (drawing === undefined) return;
    const base = number * this.#width;
    for (let order = 0; order < drawing.length; order += 1) {
      const at = base + (drawing[order] ?? 0);
      const after = (this.#left[at] ?? 0) + rise;
      // NaN says that a part was no safe integer: then only the whole sum can say what there is.
      if (!(Math.abs(after) <= Number.MAX_SAFE_INTEGER)) {
        this.#spread(number);
        return;
      }
    }
    const plans = this.#plans[this.#planOf[number] ?? 0];
    for (let order = 0; order < drawing.length; order += 1) {
      const channel = drawing[order] ?? 0;
      this.#list(plans?.[channel], base + channel, (this.#left[base + channel] ?? 0) + rise);
    }
    const { userStart } = this.#recipes;
    const end = userStart[number + 1] ?? 0;
    for (let at = userStart[number] ?? 0; at < end; at += 1) this.#shiftKit(at, { base, drawing, rise });
  }

  /** Most kits are bound by another component before and after, which one comparison says. */
  #shiftKit(at: number, { base, drawing, rise }: { readonly base: number; readonly drawing: Int32Array; readonly rise: number }): void {
    const kit = this.#recipes.user[at] ?? 0;
    const takes = this.#recipes.userTakes[at] ?? 1;
    const plans = this.#plans[this.#planOf[kit] ?? 0];
    for (let order = 0; order < drawing.length; order += 1) {
      const channel = drawing[order] ?? 0;
      const key = kit * this.#width + channel;
      const least = this.#left[key] ?? Number.NaN;
      const after = this.#left[base + channel] ?? 0;
      const enough = (least + 1) * takes;
      if (after >= enough && after - rise >= enough) continue;
      const count = Math.floor(after / takes);
      if (count === least) continue;
      const next = count < least ? count : this.#kitsOf(kit, channel);
      if (Number.isNaN(least) || Number.isNaN(next)) this.#settle(key, next);
      else if (next !== least) this.#list(plans?.[channel], key, next);
    }
  }

  /** Works everything out that a sku enters. */
  #spread(number: number): void {
    this.#refresh(number);
    const { userStart, user } = this.#recipes;
    for (let at = userStart[number] ?? 0; at < (userStart[number + 1] ?? 0); at += 1) this.#refresh(user[at] ?? 0);
  }

  #refresh(number: number): void {
    const base = number * this.#width;
    if (this.#kit[number] === 1) {
      for (let channel = 0; channel < this.#width; channel += 1) this.#settle(base + channel, this.#kitsOf(number, channel));
      return;
    }
    const sums = this.#sums.fill(0);
    const summed = this.#plain[number] === 1 && this.#columns.flat[number] === 1;
    const exact = summed && this.#columns.addNets(number, sums, { drawing: this.#drawing, signed: this.#signed });
    for (let channel = 0; channel < this.#width; channel += 1) {
      this.#settle(base + channel, exact ? (sums[channel] ?? 0) : summed ? this.#sumOf(number, channel) : Number.NaN);
    }
  }

  /** What stands at a channel's locations; `NaN` where a number on the way is no safe integer. */
  #sumOf(number: number, channel: number): number {
    let sum = 0;
    for (const place of this.#compiled.channelAt[channel]?.places ?? []) {
      const net = this.#columns.net(number, place);
      sum += this.#signed ? net : Math.max(0, net);
      if (!Number.isSafeInteger(sum)) return Number.NaN;
    }
    return sum;
  }

  /** The least that the components make; `NaN` where that takes the whole pipeline. */
  #kitsOf(kit: number, channel: number): number {
    const { partStart, part, partTakes } = this.#recipes;
    if (!this.#pooledKits || this.#recipes.exact[kit] === 0) return Number.NaN;
    let least = Number.POSITIVE_INFINITY;
    for (let at = partStart[kit] ?? 0; at < (partStart[kit + 1] ?? 0); at += 1) {
      const kits = Math.floor((this.#left[(part[at] ?? 0) * this.#width + channel] ?? 0) / (partTakes[at] ?? 1));
      if (Number.isNaN(kits)) return kits;
      if (kits < least) least = kits;
    }
    return least;
  }

  /** A number of a key that was one before, too. */
  #list(plan: ListingPlan | undefined, at: number, left: number): void {
    const before = this.#left[at] ?? 0;
    this.#left[at] = left;
    if (plan !== undefined && this.#changed[at] === 0 && listedNumber(plan, before) !== listedNumber(plan, left)) this.#note(at);
  }

  #settle(at: number, left: number): void {
    const plan = this.#plans[this.#planOf[Math.floor(at / this.#width)] ?? 0]?.[at % this.#width];
    const before = this.#left[at] ?? 0;
    if (plan === undefined || Number.isNaN(left)) {
      this.#left[at] = left;
      this.#settleWhole(at);
    } else if (this.#whole.size > 0 && this.#whole.delete(at)) {
      this.#left[at] = left;
      this.#note(at);
    } else if (left !== before) {
      this.#list(plan, at, left);
    }
  }

  #answer(at: number): Availability {
    return this.calculator.compute(this.#keyOf(at), this.#reader, { asOf: this.#asOf });
  }

  #settleWhole(at: number): void {
    const answer = this.#answer(at);
    const before = this.#whole.get(at);
    if (answer.validUntil !== undefined) this.#timed.add(at);
    if (before === undefined || !sameNumbers(before, answer)) this.#note(at);
    this.#whole.set(at, answer);
  }

  /** After the plans of a sku may be others. */
  #relist(number: number, before: Plans): void {
    const plans = this.#plans[this.#planOf[number] ?? 0] ?? [];
    for (let channel = 0; channel < this.#width; channel += 1) {
      const [old, plan] = [before[channel], plans[channel]];
      const at = number * this.#width + channel;
      const left = this.#left[at] ?? Number.NaN;
      if (old === undefined || plan === undefined || Number.isNaN(left)) this.#settle(at, left);
      else if (listedNumber(old, left) !== listedNumber(plan, left)) this.#note(at);
    }
  }

  #note(at: number): void {
    if (this.#changed[at] === 1) return;
    this.#changed[at] = 1;
    this.#changes.push(at);
  }
}
