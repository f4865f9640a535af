import type { CatalogItem } from '../../catalog/catalog.ts';
import { invalidInput } from '../../errors/error.ts';
import type { Sku } from '../../identity/ids.ts';
import type { Instant } from '../../identity/instant.ts';
import { channelOf, compilePolicy, type CompiledPolicy } from '../../policy/compile.ts';
import { parseQuantity, shortQuantity } from '../../quantity/quantity.ts';
import { calculatorOf, type Availability, type AvailabilityCalculator, type AvailabilityKey } from '../availability.ts';
import type { PositionReader } from '../context.ts';
import { Answers } from './answers.ts';
import { Columns, positionPlus, type Undo } from './columns.ts';
import { listedNumber, type ListingPlan } from '../plain/listing-plan.ts';
import { NO_PARTS } from '../plain/plain-number.ts';
import type { AvailabilityIndex, AvailabilityIndexOptions, IndexEvent } from './index-types.ts';
import { Planner } from './planner.ts';
import { Recipes } from './recipes.ts';
import { Entrance, kindOf, refuseInstant, refuseLocation, refuseMeasure, refuseNoKey } from './entrance.ts';
import { Sums } from './sums.ts';

type EventOf<Kind> = Extract<IndexEvent, { kind: Kind }>;

/** Per channel what a listing does; absent where the number of that channel takes the whole pipeline. */
type Plans = readonly (ListingPlan | undefined)[];

/** Numbers that are sums and minima are kept as such and updated by differences; whatever takes more is worked out by the calculator. */
export class LiveIndex implements AvailabilityIndex {
  readonly calculator: AvailabilityCalculator;
  readonly #compiled: CompiledPolicy;
  readonly #columns: Columns;
  readonly #reader: PositionReader;
  readonly #items: readonly CatalogItem[];
  readonly #entrance: Entrance;
  readonly #recipes: Recipes;
  /** By key: number of a sku times the number of channels, plus the number of a channel. */
  readonly #answers: Answers;
  readonly #left: Float64Array;
  readonly #planner: Planner;
  /** Per sku the number of its plans; and the plans, which skus of the same rules share. */
  readonly #planOf: Int32Array;
  #plans: readonly Plans[] = [];
  /** 1 for a stocked sku that is a sum, all kits of which are minima of sums, with listings in numbers. */
  readonly #simple: Uint8Array;
  readonly #kit: Uint8Array;
  readonly #width: number;
  readonly #sums: Sums;
  #asOf: Instant;

  constructor({ policy, catalog, rules = [], asOf, reads = {}, positions = [] }: AvailabilityIndexOptions) {
    refuseInstant(asOf);
    this.#compiled = compilePolicy(policy, catalog, rules);
    this.calculator = calculatorOf(this.#compiled);
    this.#asOf = asOf;
    this.#items = [...catalog.items.values()];
    const count = this.#items.length;
    this.#width = this.#compiled.channelAt.length;
    this.#columns = new Columns(this.#compiled, count);
    this.#entrance = new Entrance(this.#items, this.#columns);
    const numberOf = (sku: Sku): number => this.#entrance.find(sku) ?? 0;
    this.#recipes = new Recipes(this.#items, numberOf);
    this.#sums = new Sums(this.#compiled, { items: this.#items, columns: this.#columns, recipes: this.#recipes });
    this.#reader = { ...reads, position: (sku) => this.#columns.position(numberOf(sku), sku, catalog.items.get(sku)?.scale ?? 0) };
    this.#kit = Uint8Array.from(this.#items, ({ components }) => Number(components !== undefined));
    this.#answers = new Answers(count * this.#width);
    this.#left = this.#answers.left;
    this.#simple = new Uint8Array(count);
    this.#planner = new Planner(this.#compiled);
    this.#planOf = Int32Array.from(this.#items, (item) => this.#planner.number(item));
    this.#planAll();
    let order = 0;
    for (const position of positions) {
      const number = this.#entrance.placed(position, ['positions', order]);
      if (this.#columns.isKnown(number)) throw invalidInput('positions', [{ path: ['positions', order, 'sku'], message: `${position.sku} has a position already, and a sku has one` }]);
      this.#columns.set(number, position);
      order += 1;
    }
    this.recompute();
    this.drainChanges();
  }

  apply(event: IndexEvent): void {
    const kind = kindOf(event);
    if (kind === 'position') this.#replace(event as EventOf<'position'>);
    else if (kind === 'reads') this.#reread(event as EventOf<'reads'>);
    else this.#move(event as EventOf<'delta'>);
  }

  #reread({ skus }: EventOf<'reads'>): void {
    const numbers = this.#entrance.reread(skus);
    const due = numbers === undefined ? this.#answers.wholes() : this.#recipes.readingOf(numbers).flatMap((number) => this.#compiled.channelAt.map(({ index }) => number * this.#width + index));
    this.#answers.attempt(() => { this.#resettle(due); });
  }

  #replace({ position }: EventOf<'position'>): void {
    const number = this.#entrance.placed(position, ['position']);
    const before = this.#simple[number] === 1 ? undefined : this.#columns.position(number, position.sku, position.scale);
    this.#columns.set(number, position);
    this.#spread(number, { position: before, known: before !== undefined });
  }

  #move({ sku, location, measure, delta: text }: EventOf<'delta'>): void {
    const number = this.#entrance.stocked(sku, ['sku']);
    const scale = this.#items[number]?.scale ?? 0;
    refuseMeasure(measure);
    const place = this.#columns.place(location);
    if (place === undefined) refuseLocation(location);
    const delta = (typeof text === 'string' ? shortQuantity(text, scale) : undefined) ?? parseQuantity(text, { scale, path: ['delta'] });
    if (place !== undefined && typeof delta === 'number' && this.#columns.flat[number] === 1) {
      const known = this.#columns.isKnown(number);
      const rise = this.#columns.add(number, place, { measure, delta, signed: this.#sums.signed });
      if (rise !== undefined) {
        if (this.#simple[number] === 0 || Number.isNaN(rise)) this.#spread(number, { place, measure, delta, known });
        else if (rise !== 0) this.#shift(number, place, rise);
        return;
      }
    }
    const before = this.#columns.position(number, sku, scale);
    const position = before ?? { sku, scale, locations: new Map(), unrouted: new Map(), holds: [] };
    this.#columns.set(number, positionPlus(position, location, { measure, delta }));
    this.#spread(number, { position: before, known: before !== undefined });
  }

  advanceTo(asOf: Instant): void {
    refuseInstant(asOf);
    if (asOf < this.#asOf) throw invalidInput('moment', [{ path: ['asOf'], message: `The index stands at ${this.#asOf} and cannot go back to ${asOf}.` }]);
    const [stood, plans, due] = [this.#asOf, this.#plans, this.#answers.takeTimed()];
    try {
      this.#answers.attempt(() => { this.#advance(asOf, due); });
    } catch (error) {
      this.#asOf = stood;
      if (this.#plans !== plans) this.#planAll();
      this.#answers.returnTimed(due);
      throw error;
    }
  }

  #advance(asOf: Instant, due: readonly number[]): void {
    this.#asOf = asOf;
    const before = this.#plans;
    if (before.some((plans) => plans.some((plan) => plan?.validUntil !== undefined && plan.validUntil <= asOf))) {
      this.#planAll();
      for (let number = 0; number < this.#items.length; number += 1) this.#relist(number, before[this.#planOf[number] ?? 0] ?? []);
    }
    this.#resettle(due);
  }

  /** Works those of some keys out anew that take the whole pipeline, or may no longer take it. */
  #resettle(due: readonly number[]): void {
    for (const at of due) if (this.#answers.whole(at) !== undefined) this.#settle(at, this.#left[at] ?? Number.NaN);
  }

  affectedKeys(sku: Sku): readonly AvailabilityKey[] {
    return this.calculator.affectedKeys(sku);
  }

  compute(key: AvailabilityKey): Availability {
    const { index } = channelOf(this.#compiled, refuseNoKey(key).channel);
    const number = this.#entrance.find(key.sku);
    if (number === undefined) return this.calculator.compute(key, this.#reader, { asOf: this.#asOf });
    const at = number * this.#width + index;
    const whole = this.#answers.whole(at);
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
    return this.#answers.drain().map((at) => this.#keyOf(at));
  }

  #keyOf(at: number): AvailabilityKey {
    return { channel: this.#compiled.channelAt[at % this.#width]?.id, sku: this.#items[Math.floor(at / this.#width)]?.sku } as AvailabilityKey;
  }

  #planAll(): void {
    this.#plans = this.#planner.plans(this.#asOf);
    const full = this.#plans.map((plans) => plans.every((plan) => plan !== undefined));
    const { userStart, user, exact } = this.#recipes;
    for (let number = 0; number < this.#items.length; number += 1) {
      let simple = this.#sums.plain[number] === 1 && full[this.#planOf[number] ?? 0] === true;
      for (let at = userStart[number] ?? 0; at < (userStart[number + 1] ?? 0); at += 1) {
        const kit = user[at] ?? 0;
        simple &&= this.#sums.pooledKits && exact[kit] === 1 && full[this.#planOf[kit] ?? 0] === true;
      }
      this.#simple[number] = Number(simple);
    }
  }

  /** After what a place has of a simple sku rose: shifts the sums that it is part of, and the kits that these bound. */
  #shift(number: number, place: number, rise: number): void {
    const drawing = this.#sums.drawing[place];
    if (drawing === undefined) return;
    const base = number * this.#width;
    for (let order = 0; order < drawing.length; order += 1) {
      const at = base + (drawing[order] ?? 0);
      const after = (this.#left[at] ?? 0) + rise;
      // NaN says that a part was no safe integer: then only the whole sum can say what there is.
      if (!(Math.abs(after) <= Number.MAX_SAFE_INTEGER)) {
        this.#work(number);
        return;
      }
    }
    const plans = this.#plans[this.#planOf[number] ?? 0];
    for (let order = 0; order < drawing.length; order += 1) {
      const channel = drawing[order] ?? 0;
      this.#answers.list(plans?.[channel], base + channel, (this.#left[base + channel] ?? 0) + rise);
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
      const next = count < least ? count : this.#sums.ofKit(kit, channel, this.#left);
      if (Number.isNaN(least) || Number.isNaN(next)) this.#settle(key, next);
      else if (next !== least) this.#answers.list(plans?.[channel], key, next);
    }
  }

  /** Works everything out that a sku enters, or takes back what happened to it: rules and reads of one's own may fail. */
  #spread(number: number, undo: Undo): void {
    if (this.#simple[number] === 1) {
      this.#work(number);
      return;
    }
    try {
      this.#answers.attempt(() => { this.#work(number); });
    } catch (error) {
      this.#columns.undo(number, undo);
      throw error;
    }
  }

  #work(number: number): void {
    this.#refresh(number);
    const { userStart, user } = this.#recipes;
    for (let at = userStart[number] ?? 0; at < (userStart[number + 1] ?? 0); at += 1) this.#refresh(user[at] ?? 0);
  }

  #refresh(number: number): void {
    const base = number * this.#width;
    const sums = this.#kit[number] === 1 ? undefined : this.#sums.ofStock(number);
    for (let channel = 0; channel < this.#width; channel += 1) {
      this.#settle(base + channel, sums === undefined ? this.#sums.ofKit(number, channel, this.#left) : (sums[channel] ?? Number.NaN));
    }
  }

  /** @param old - What listed the key until now, where that is another plan. */
  #settle(at: number, left: number, old?: ListingPlan): void {
    const plan = this.#plans[this.#planOf[Math.floor(at / this.#width)] ?? 0]?.[at % this.#width];
    if (plan === undefined || Number.isNaN(left)) this.#answers.keep(old ?? plan, at, left, this.#answer(at));
    else this.#answers.settle(plan, at, left);
  }

  #answer(at: number): Availability {
    return this.calculator.compute(this.#keyOf(at), this.#reader, { asOf: this.#asOf });
  }

  /** After the plans of a sku may be others. */
  #relist(number: number, before: Plans): void {
    const plans = this.#plans[this.#planOf[number] ?? 0] ?? [];
    for (let channel = 0; channel < this.#width; channel += 1) {
      const [old, plan] = [before[channel], plans[channel]];
      const at = number * this.#width + channel;
      const left = this.#left[at] ?? Number.NaN;
      if (old === undefined || plan === undefined || Number.isNaN(left)) this.#settle(at, left, old);
      else if (listedNumber(old, left) !== listedNumber(plan, left)) this.#answers.note(at);
    }
  }
}
