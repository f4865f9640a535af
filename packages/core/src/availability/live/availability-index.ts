import type { Catalog, CatalogItem } from '../../catalog/catalog.ts';
import { StockwrightError } from '../../errors/error.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import type { Instant } from '../../identity/instant.ts';
import type { Position } from '../../ledger/position.ts';
import type { Measure } from '../../observations/observations.ts';
import { channelOf, compilePolicy, type CompiledPolicy } from '../../policy/compile.ts';
import type { CustomRule } from '../../policy/define-rule.ts';
import type { ItemRules } from '../../policy/item-rules.ts';
import type { Policy } from '../../policy/policy.ts';
import { isQuantity, MAX_SCALE, parseQuantity, type Quantity, type QuantityText } from '../../quantity/quantity.ts';
import { createAvailability, type Availability, type AvailabilityCalculator, type AvailabilityKey } from '../availability.ts';
import type { PositionReader } from '../context.ts';
import { Columns, positionPlus } from './columns.ts';
import { isPlainStock, listedNumber, listingPlan, type ListingPlan } from '../plain/listing-plan.ts';

/** Something that moved. @public */
export type IndexEvent =
  /** One number of one sku at one location changed by so much, in units of the sku. */
  | { readonly kind: 'delta'; readonly sku: Sku; readonly location: LocationId; readonly measure: Measure; readonly delta: QuantityText }
  /** All that is known of one sku. */
  | { readonly kind: 'position'; readonly position: Position };

/** What an index is made for. @public */
export interface AvailabilityIndexOptions {
  readonly policy: Policy;
  readonly catalog: Catalog;
  /** Definitions of the custom rules of the policy. */
  readonly rules?: readonly CustomRule<unknown>[];
  /** The moment that the answers are for, until {@link AvailabilityIndex.advanceTo}. */
  readonly asOf: Instant;
  /** What the policy needs besides positions: consumption, velocity and so on. */
  readonly reads?: Omit<PositionReader, 'position'>;
}

/** All numbers of a policy in memory, brought up to date event by event. @public */
export interface AvailabilityIndex {
  readonly calculator: AvailabilityCalculator;
  /** Books an event and works out every number that it enters. @throws `INVALID_INPUT` where the sku is unknown or a kit. */
  apply(event: IndexEvent): void;
  /** Moves time on and works out every number that time alone may have changed. Time that goes back is refused. */
  advanceTo(asOf: Instant): void;
  affectedKeys(sku: Sku): readonly AvailabilityKey[];
  /** The number of a key as things stand; the same as the calculator's. */
  compute(key: AvailabilityKey): Availability;
  /** The keys whose answer differs from that at the last call, each once. */
  drainChanges(): readonly AvailabilityKey[];
}

/**
 * Makes an index. All positions are empty until events say otherwise.
 *
 * @remarks
 * Numbers that are sums and minima are kept as such and updated by differences; whatever takes more (claims, holds,
 * divisions, parts per location) is worked out by the calculator. Incremental equals full, always.
 * @public
 */
export function createAvailabilityIndex(options: AvailabilityIndexOptions): AvailabilityIndex {
  return new Index(options);
}

/** How the numbers of each scale are read. */
const PARSING = Array.from({ length: MAX_SCALE + 1 }, (_, scale) => ({ scale, path: ['delta'] }));
const UNLIMITED = Number.NaN;
const NO_PARTS: ReadonlyMap<LocationId, never> = new Map<LocationId, never>();

class Index implements AvailabilityIndex {
  readonly calculator: AvailabilityCalculator;
  readonly #compiled: CompiledPolicy;
  readonly #columns: Columns;
  readonly #reader: PositionReader;
  readonly #items: readonly CatalogItem[];
  readonly #numbers = new Map<string, number>();
  /** Per sku and channel: what plain stock leaves, and what is shown; `NaN` where nothing limits. */
  readonly #pools: Float64Array;
  readonly #shown: Float64Array;
  readonly #changed: Uint8Array;
  #changes: number[] = [];
  /** Answers that are more than a number. */
  readonly #whole = new Map<number, Availability>();
  /** Listings by shared rules, scale and channel; made anew as time moves on. */
  #plans = new Map<ItemRules, (ListingPlan | undefined)[]>();
  readonly #plan: (readonly (ListingPlan | undefined)[])[] = [];
  readonly #plain: Uint8Array;
  readonly #kit: Uint8Array;
  readonly #pooledKits: boolean;
  /** Kits by the number of a component. */
  readonly #users: readonly Int32Array[];
  /** By the number of a kit: number and quantity of each component in turn. */
  readonly #parts: readonly (Float64Array | undefined)[];
  /** By place: the numbers of the channels that draw on it; and all channels. */
  readonly #drawing: readonly Int32Array[];
  readonly #all: Int32Array;
  readonly #width: number;
  readonly #scales: readonly { readonly scale: number; readonly path: readonly string[] }[];
  #timed = new Set<number>();
  #asOf: Instant;

  constructor({ policy, catalog, rules = [], asOf, reads = {} }: AvailabilityIndexOptions) {
    this.calculator = createAvailability({ policy, catalog, rules });
    this.#compiled = compilePolicy(policy, catalog, rules);
    this.#asOf = asOf;
    this.#items = [...catalog.items.values()];
    this.#items.forEach(({ sku }, number) => { this.#numbers.set(sku, number); });
    const numberOf = (sku: Sku): number => this.#numbers.get(sku) ?? 0;
    const none = new Int32Array(0);
    this.#users = this.#items.map(({ sku }) => { const users = catalog.kitsUsing.get(sku); return users === undefined ? none : Int32Array.from(users, numberOf); });
    const { channelAt } = this.#compiled;
    this.#width = channelAt.length;
    this.#all = Int32Array.from(channelAt, ({ index }) => index);
    this.#drawing = this.#compiled.locationAt.map((_, place) => this.#all.filter((index) => channelAt[index]?.owns[place] === true));
    this.#scales = this.#items.map(({ scale }) => PARSING[scale] ?? { scale, path: ['delta'] });
    this.#parts = this.#items.map(({ components }) => (components?.every(({ quantityPer }) => typeof quantityPer === 'number') === true
      ? Float64Array.from(components.flatMap(({ sku, quantityPer }) => [numberOf(sku), quantityPer as number])) : undefined));
    this.#columns = new Columns(this.#compiled, this.#items.length);
    this.#reader = { ...reads, position: (sku) => this.#columns.position(numberOf(sku), sku, catalog.items.get(sku)?.scale ?? 0) };
    this.#plain = Uint8Array.from(this.#items, (item) => Number(isPlainStock(this.#compiled, this.#compiled.rules.of(item))));
    this.#kit = Uint8Array.from(this.#items, ({ components }) => Number(components !== undefined));
    this.#pooledKits = policy.kits === 'pooled';
    const keys = this.#items.length * policy.channels.length;
    this.#pools = new Float64Array(keys);
    this.#shown = new Float64Array(keys);
    this.#changed = new Uint8Array(keys);
    this.#planAll();
    for (let number = 0; number < this.#items.length; number += 1) for (const { index } of this.#compiled.channelAt) this.#refresh(number, index);
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
    const delta = parseQuantity(event.delta, this.#scales[number]);
    const place = this.#columns.place(event.location);
    const flat = place !== undefined && this.#columns.flat[number] === 1;
    const before = flat ? this.#columns.net(number, place) : 0;
    if (flat && this.#columns.add(number, place, { measure: event.measure, delta })) {
      this.#shift(number, place, before);
      return;
    }
    const position = this.#reader.position(event.sku) ?? { sku: event.sku, scale: this.#items[number]?.scale ?? 0, locations: new Map(), unrouted: new Map(), holds: [] };
    this.#columns.set(number, positionPlus(position, event.location, { measure: event.measure, delta }));
    this.#spread(number);
  }

  advanceTo(asOf: Instant): void {
    if (asOf < this.#asOf) throw new StockwrightError(`The index stands at ${this.#asOf} and cannot go back to ${asOf}.`, { code: 'INVALID_INPUT' });
    this.#asOf = asOf;
    const due = [...this.#timed];
    this.#timed = new Set();
    this.#planAll();
    for (const key of due) this.#refresh(Math.floor(key / this.#width), key % this.#width);
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
    if (whole !== undefined) return { ...whole, asOf: this.#asOf };
    const shown = this.#shown[at] ?? UNLIMITED;
    return {
      channel: key.channel, sku: key.sku, immediate: Number.isNaN(shown) ? undefined : shown, parts: NO_PARTS, backorder: 0, preorder: 0,
      policyVersion: this.#compiled.policy.version, asOf: this.#asOf, validUntil: this.#plan[number]?.[index]?.validUntil,
    };
  }

  drainChanges(): readonly AvailabilityKey[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes.map((at) => {
      this.#changed[at] = 0;
      return { channel: this.#compiled.channelAt[at % this.#width]?.id, sku: this.#items[Math.floor(at / this.#width)]?.sku } as AvailabilityKey;
    });
  }

  #stocked(sku: Sku): number {
    const number = this.#numbers.get(sku);
    if (number !== undefined && this.#items[number]?.components === undefined) return number;
    throw new StockwrightError(number === undefined ? `The catalogue has no sku ${sku}.` : `${sku} is a kit: its components have stock, it has none.`, { code: 'INVALID_INPUT' });
  }

  #planAll(): void {
    this.#plans = new Map();
    const none = this.#compiled.channelAt.map(() => undefined);
    this.#items.forEach((item, number) => {
      const rules = this.#compiled.rules.of(item);
      const limited = item.tracked && item.components?.length !== 0;
      const known = limited && item.scale === 0 ? this.#plans.get(rules) : undefined;
      const plans = known ?? (limited ? this.#plansOf(rules, item.scale) : none);
      if (limited && item.scale === 0) this.#plans.set(rules, plans);
      this.#plan[number] = plans;
    });
  }

  #plansOf(rules: ItemRules, scale: number): (ListingPlan | undefined)[] {
    return this.#compiled.channelAt.map(({ index, publish }) => (publish === 'total' ? listingPlan(rules, index, { scale, asOf: this.#asOf }) : undefined));
  }

  /** After one number of a flat position moved: shifts the sums that it is part of. */
  #shift(number: number, place: number, before: number): void {
    const after = this.#columns.net(number, place);
    const difference = this.#compiled.policy.clamp === 'total' ? after - before : Math.max(0, after) - Math.max(0, before);
    const plain = this.#plain[number] === 1;
    const users = this.#users[number] ?? this.#all;
    const drawing = (plain ? this.#drawing[place] : undefined) ?? this.#all;
    for (let order = 0; order < drawing.length; order += 1) {
      const channel = drawing[order] ?? 0;
      if (plain) {
        const at = number * this.#width + channel;
        const shifted = (this.#pools[at] ?? 0) + difference;
        // NaN says that a part was no safe integer: then only the whole sum can say what there is.
        this.#pools[at] = Number.isSafeInteger(shifted) && Number.isSafeInteger(difference) ? shifted : this.#sumOf(number, channel);
      }
      this.#publish(number, channel);
      for (let user = 0; user < users.length; user += 1) this.#publish(users[user] ?? 0, channel);
    }
  }

  /** Works everything out that a sku enters. */
  #spread(number: number): void {
    for (const { index } of this.#compiled.channelAt) {
      this.#refresh(number, index);
      for (const user of this.#users[number] ?? []) this.#publish(user, index);
    }
  }

  #refresh(number: number, channel: number): void {
    this.#pools[number * this.#width + channel] = this.#sumOf(number, channel);
    this.#publish(number, channel);
  }

  /** What stands at a channel's locations; `NaN` where a number on the way is no safe integer. */
  #sumOf(number: number, channel: number): number {
    const total = this.#compiled.policy.clamp === 'total';
    let sum = 0;
    for (const place of this.#compiled.channelAt[channel]?.places ?? []) {
      const net = this.#columns.net(number, place);
      sum += total ? net : Math.max(0, net);
      if (!Number.isSafeInteger(sum)) return Number.NaN;
    }
    return sum;
  }

  /** What stages 1 to 6 leave, where that is a sum or a minimum of sums; `NaN` where it is not. */
  #supply(number: number, channel: number): number {
    const parts = this.#parts[number];
    if (parts === undefined) return this.#kit[number] === 0 ? this.#sum(number, channel) : Number.NaN;
    if (!this.#pooledKits) return Number.NaN;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < parts.length; at += 2) {
      const sum = this.#sum(parts[at] ?? 0, channel);
      if (Number.isNaN(sum)) return sum;
      const kits = Math.floor(sum / (parts[at + 1] ?? 1));
      if (kits < least) least = kits;
    }
    return least;
  }

  #sum(number: number, channel: number): number {
    return this.#plain[number] === 1 && this.#columns.flat[number] === 1 ? (this.#pools[number * this.#width + channel] ?? 0) : Number.NaN;
  }

  #publish(number: number, channel: number): void {
    const at = number * this.#width + channel;
    const plan = this.#plan[number]?.[channel];
    const supply = plan === undefined ? Number.NaN : this.#supply(number, channel);
    if (plan === undefined || Number.isNaN(supply)) {
      this.#publishWhole(number, channel);
      return;
    }
    const shown = listedNumber(plan, supply);
    if (plan.validUntil !== undefined) this.#timed.add(at);
    const wasWhole = this.#whole.size > 0 && this.#whole.delete(at);
    if (wasWhole || shown !== this.#shown[at]) this.#note(at);
    this.#shown[at] = shown;
  }

  #publishWhole(number: number, channel: number): void {
    const at = number * this.#width + channel;
    const key = { channel: this.#compiled.channelAt[channel]?.id, sku: this.#items[number]?.sku } as AvailabilityKey;
    const answer = this.calculator.compute(key, this.#reader, { asOf: this.#asOf });
    const before = this.#whole.get(at);
    if (answer.validUntil !== undefined) this.#timed.add(at);
    if (before === undefined || !sameNumbers(before, answer)) this.#note(at);
    this.#whole.set(at, answer);
  }

  #note(at: number): void {
    if (this.#changed[at] === 1) return;
    this.#changed[at] = 1;
    this.#changes.push(at);
  }
}

function sameNumbers(a: Availability, b: Availability): boolean {
  const same = (x: Quantity | 'unlimited' | undefined, y: Quantity | 'unlimited' | undefined): boolean => x === y && (x === undefined || x === 'unlimited' || isQuantity(x));
  return same(a.immediate, b.immediate) && same(a.backorder, b.backorder) && same(a.preorder, b.preorder) && [...b.parts].every(([location, part]) => same(a.parts.get(location), part));
}
