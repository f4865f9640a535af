import type { PublishLine, PublishOutcome } from '@stockwright/adapter';
import { instantFromMs, type ChannelId, type LocationId, type OrderLineObservation, type OrderObservation, type QuantityText, type Sku } from '@stockwright/core';
import type { SimTime } from '../sim-time.ts';
import { countedLines, totalOf, type OrderCounters } from './order-lines.ts';
import { Stamps } from './stamps.ts';

/** What a model shop is like. */
export interface ShopSettings {
  readonly id: ChannelId;
  readonly skus: readonly Sku[];
  /** For which places it shows a number each; one number where there are none. */
  readonly places?: readonly LocationId[];
  readonly compares: boolean;
  /** How long an accepted write takes until it shows. */
  readonly effectMs: () => number;
}

/** A number that a shop shows. */
export interface ShopKey {
  readonly sku: Sku;
  readonly place: LocationId | '';
}

/** The truth at the vendor: what it shows and what it sold. */
export class Shop {
  readonly id: ChannelId;
  readonly skus: readonly Sku[];
  readonly keys: readonly ShopKey[];
  readonly orders: Map<string, OrderObservation> = new Map();
  /** Writes to these are refused for good. */
  readonly poisoned: Set<Sku> = new Set();
  readonly stamps: Stamps;
  /** Until when it also tells things that cannot be. */
  oddUntilMs = 0;
  private readonly places: readonly (LocationId | '')[];
  private readonly levels = new Map<string, number>();
  private readonly landings = new Map<string, number>();
  private readonly settings: ShopSettings;
  private readonly time: SimTime;
  /** Told of whatever changes a number. */
  onChange: (sku: Sku, shown: number, why: string) => void = () => undefined;

  constructor(time: SimTime, settings: ShopSettings) {
    this.time = time;
    this.settings = settings;
    this.id = settings.id;
    this.skus = settings.skus;
    this.places = settings.places ?? [''];
    this.keys = settings.skus.flatMap((sku) => this.places.map((place) => ({ sku, place })));
    this.stamps = new Stamps(() => time.now());
    for (const { sku, place } of this.keys) this.levels.set(levelOf(sku, place), 0);
  }

  /** Whether something was accepted that does not show yet. */
  get isLanding(): boolean {
    return [...this.landings.values()].some((dueMs) => dueMs > this.time.now());
  }

  /** Whether it shows a number for each place. */
  get isPerPlace(): boolean {
    return this.settings.places !== undefined;
  }

  shows(sku: Sku, place: LocationId | '' = ''): number {
    return this.levels.get(levelOf(sku, place)) ?? 0;
  }

  /** A write arrives. */
  write({ sku, location = '', quantity, expected }: Omit<PublishLine, 'location'> & { readonly location?: LocationId | '' }): PublishOutcome {
    if (this.poisoned.has(sku)) return { status: 'rejected', code: 'REJECTED', reason: 'this listing is closed' };
    if (this.settings.compares && expected !== undefined && String(this.shows(sku, location)) !== expected) return { status: 'conflict' };
    const level = levelOf(sku, location);
    const dueMs = Math.max(this.time.now() + this.settings.effectMs(), this.landings.get(level) ?? 0);
    this.landings.set(level, dueMs);
    const key = { sku, place: location };
    if (dueMs <= this.time.now()) this.show(key, Number(quantity), 'written');
    else this.time.at(dueMs, () => { this.show(key, Number(quantity), 'written a while ago'); });
    return { status: 'applied', at: instantFromMs(this.time.now()) };
  }

  edit(key: ShopKey, quantity: number): void {
    this.show(key, quantity, 'edited by hand');
  }

  /** A customer buys what is shown, from one place or, where none shows enough, from several; nothing where too little is. */
  buy(orderId: string, sku: Sku, quantity: number): OrderObservation | undefined {
    const taken = this.takenFrom(sku, quantity);
    if (taken === undefined) return undefined;
    for (const { place, units } of taken) this.show({ sku, place }, this.shows(sku, place) - units, `sold as ${orderId}`);
    const placedAt = instantFromMs(this.stamps.next());
    const zero = '0' as QuantityText;
    const lines = taken.map(({ place, units }, index): OrderLineObservation => ({
      id: String(index + 1), sku, ...(place === '' ? {} : { location: place }), ordered: String(units) as QuantityText, fulfilled: zero, cancelled: zero, returned: zero,
    }));
    const order: OrderObservation = { kind: 'order', channel: this.id, orderId, revision: placedAt, placedAt, lines };
    this.orders.set(orderId, order);
    return order;
  }

  /** What became of an order, in all. */
  change(orderId: string, counters: Partial<OrderCounters>): OrderObservation {
    const order = this.orders.get(orderId);
    if (order === undefined) throw new RangeError(`There is no order ${orderId}.`);
    const changed = { ...order, revision: instantFromMs(this.stamps.next()), lines: countedLines(order.lines, { ...totalOf(order.lines), ...counters }) };
    this.orders.set(orderId, changed);
    return changed;
  }

  private takenFrom(sku: Sku, quantity: number): readonly { readonly place: LocationId | ''; readonly units: number }[] | undefined {
    const whole = this.places.find((place) => this.shows(sku, place) >= quantity);
    if (whole !== undefined) return [{ place: whole, units: quantity }];
    let left = quantity;
    const taken = this.places.flatMap((place) => {
      const units = Math.max(0, Math.min(left, this.shows(sku, place)));
      left -= units;
      return units === 0 ? [] : [{ place, units }];
    });
    return left === 0 ? taken : undefined;
  }

  private show({ sku, place }: ShopKey, quantity: number, why: string): void {
    this.levels.set(levelOf(sku, place), quantity);
    this.onChange(sku, quantity, place === '' ? why : `${why} at ${place}`);
  }
}

function levelOf(sku: Sku, place: LocationId | ''): string {
  return place === '' ? sku : `${sku}@${place}`;
}
