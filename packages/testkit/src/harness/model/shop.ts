import type { PublishLine, PublishOutcome } from '@stockwright/adapter';
import { instantFromMs, type ChannelId, type OrderObservation, type QuantityText, type Sku } from '@stockwright/core';
import type { SimTime } from '../sim-time.ts';
import { Stamps } from './stamps.ts';

/** What a model shop is like. */
export interface ShopSettings {
  readonly id: ChannelId;
  readonly skus: readonly Sku[];
  readonly compares: boolean;
  /** How long an accepted write takes until it shows. */
  readonly effectMs: () => number;
}

/** What a customer did to an order. */
export interface OrderCounters {
  readonly fulfilled?: number;
  readonly cancelled?: number;
  readonly returned?: number;
}

/** The truth at the vendor: what it shows and what it sold. */
export class Shop {
  readonly id: ChannelId;
  readonly skus: readonly Sku[];
  readonly orders: Map<string, OrderObservation> = new Map();
  /** Writes to these are refused for good. */
  readonly poisoned: Set<Sku> = new Set();
  readonly stamps: Stamps;
  private readonly levels = new Map<Sku, number>();
  private readonly landings = new Map<Sku, number>();
  private readonly settings: ShopSettings;
  private readonly time: SimTime;
  /** Told of whatever changes a number. */
  onChange: (sku: Sku, shown: number, why: string) => void = () => undefined;

  constructor(time: SimTime, settings: ShopSettings) {
    this.time = time;
    this.settings = settings;
    this.id = settings.id;
    this.skus = settings.skus;
    this.stamps = new Stamps(() => time.now());
    for (const sku of settings.skus) this.levels.set(sku, 0);
  }

  shows(sku: Sku): number {
    return this.levels.get(sku) ?? 0;
  }

  /** A write arrives. */
  write({ sku, quantity, expected }: PublishLine): PublishOutcome {
    if (this.poisoned.has(sku)) return { status: 'rejected', code: 'REJECTED', reason: 'this listing is closed' };
    if (this.settings.compares && expected !== undefined && String(this.shows(sku)) !== expected) return { status: 'conflict' };
    const dueMs = Math.max(this.time.now() + this.settings.effectMs(), this.landings.get(sku) ?? 0);
    this.landings.set(sku, dueMs);
    if (dueMs <= this.time.now()) this.show(sku, Number(quantity), 'written');
    else this.time.at(dueMs, () => { this.show(sku, Number(quantity), 'written a while ago'); });
    return { status: 'applied', at: instantFromMs(this.time.now()) };
  }

  edit(sku: Sku, quantity: number): void {
    this.show(sku, quantity, 'edited by hand');
  }

  /** A customer buys what is shown; nothing where too little is. */
  buy(orderId: string, sku: Sku, quantity: number): OrderObservation | undefined {
    if (this.shows(sku) < quantity) return undefined;
    this.show(sku, this.shows(sku) - quantity, `sold as ${orderId}`);
    const placedAt = instantFromMs(this.stamps.next());
    const zero = '0' as QuantityText;
    const order: OrderObservation = {
      kind: 'order', channel: this.id, orderId, revision: placedAt, placedAt,
      lines: [{ id: '1', sku, ordered: String(quantity) as QuantityText, fulfilled: zero, cancelled: zero, returned: zero }],
    };
    this.orders.set(orderId, order);
    return order;
  }

  change(orderId: string, counters: OrderCounters): void {
    const order = this.orders.get(orderId);
    if (order === undefined) throw new RangeError(`There is no order ${orderId}.`);
    const text = Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, String(value) as QuantityText]));
    this.orders.set(orderId, { ...order, revision: instantFromMs(this.stamps.next()), lines: order.lines.map((line) => ({ ...line, ...text })) });
  }

  private show(sku: Sku, quantity: number, why: string): void {
    this.levels.set(sku, quantity);
    this.onChange(sku, quantity, why);
  }
}
