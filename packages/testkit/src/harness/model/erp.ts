import { instantFromMs, type ChannelId, type LocationId, type OrderAcknowledgement, type QuantityText, type Sku, type SourceId, type StockDelta, type StockObservation } from '@stockwright/core';
import type { SimTime } from '../sim-time.ts';
import { Stamps } from './stamps.ts';

interface Stock {
  readonly sku: Sku;
  readonly location: LocationId;
  onHand: number;
  committed: number;
  changedAtMs: number;
}

/** What the owner's books say of one order. */
export interface Imported {
  readonly channel: ChannelId;
  readonly orderId: string;
  readonly sku: Sku;
  readonly ordered: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  readonly returned: number;
}

/** What an order changes of one component at one place. */
export interface Booking {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly onHand: number;
  readonly committed: number;
}

/** The truth at the owner of stock: what was counted, and what it has booked of the orders. */
export class Erp {
  readonly id: SourceId;
  readonly places: readonly LocationId[];
  readonly acknowledgements: Map<string, OrderAcknowledgement> = new Map();
  readonly stamps: Stamps;
  /** Until when it also tells things that cannot be. */
  oddUntilMs = 0;
  private readonly stock = new Map<string, Stock>();

  constructor(time: SimTime, { id, places, skus, onHand }: { readonly id: SourceId; readonly places: readonly LocationId[]; readonly skus: readonly Sku[]; readonly onHand: number }) {
    this.id = id;
    this.places = places;
    this.stamps = new Stamps(() => time.now());
    for (const sku of skus) for (const location of places) this.stock.set(keyOf(sku, location), { sku, location, onHand, committed: 0, changedAtMs: this.stamps.next() });
  }

  /** The keys of its rows, in their order. */
  get keys(): readonly string[] {
    return [...this.stock.keys()];
  }

  onHand(sku: Sku, location: LocationId): number {
    return this.at(keyOf(sku, location)).onHand;
  }

  committed(sku: Sku, location: LocationId): number {
    return this.at(keyOf(sku, location)).committed;
  }

  skuOf(key: string): Sku {
    return this.at(key).sku;
  }

  changedAtMs(key: string): number {
    return this.at(key).changedAtMs;
  }

  /** A row as of now. */
  row(key: string, asOfMs: number): StockObservation {
    const { sku, location, onHand, committed } = this.at(key);
    return {
      kind: 'stock', source: this.id, sku, location, asOf: instantFromMs(asOfMs),
      measures: { onHand: String(onHand) as QuantityText, committed: String(committed) as QuantityText },
    };
  }

  /** Where an order is shipped from whose channel does not say: the first place that has enough free, else the first of all. */
  placeFor(parts: readonly { readonly sku: Sku; readonly units: number }[]): LocationId {
    const has = (place: LocationId): boolean => parts.every(({ sku, units }) => this.onHand(sku, place) - this.committed(sku, place) >= units);
    const place = this.places.find(has) ?? this.places[0];
    if (place === undefined) throw new RangeError('The owner has no place.');
    return place;
  }

  /** Somebody counts. */
  count(sku: Sku, location: LocationId, onHand: number): void {
    const key = keyOf(sku, location);
    this.move(key, onHand - this.at(key).onHand, 0);
  }

  /** Something came in, broke, or was carried to another place; the message says by how much. */
  adjust(sku: Sku, location: LocationId, { by, id }: { readonly by: number; readonly id: string }): StockDelta {
    const atMs = this.move(keyOf(sku, location), by, 0);
    return { kind: 'delta', source: this.id, id, sku, location, at: instantFromMs(atMs), measure: 'onHand', delta: String(by) as QuantityText };
  }

  /** Books what an order changes of each component, and says from when on its figures contain it. */
  book(order: Imported, parts: readonly Booking[]): void {
    let atMs = 0;
    for (const { sku, location, onHand, committed } of parts) atMs = this.move(keyOf(sku, location), onHand, committed);
    const text = (value: number): QuantityText => String(value) as QuantityText;
    const { channel, orderId, sku, ordered, fulfilled, cancelled, returned } = order;
    this.acknowledgements.set(`${channel} ${orderId}`, {
      kind: 'acknowledgement', source: this.id, channel, orderId, revision: instantFromMs(atMs),
      contained: [{ sku, ordered: text(ordered), fulfilled: text(fulfilled), cancelled: text(cancelled), returned: text(returned) }],
    });
  }

  private move(key: string, onHand: number, committed: number): number {
    const row = this.at(key);
    row.onHand += onHand;
    row.committed += committed;
    row.changedAtMs = this.stamps.next();
    return row.changedAtMs;
  }

  private at(key: string): Stock {
    const row = this.stock.get(key);
    if (row === undefined) throw new RangeError(`The owner keeps no ${key}.`);
    return row;
  }
}

/** Names a row; no page says it with a space. */
export function keyOf(sku: Sku, location: LocationId): string {
  return `${sku}@${location}`;
}
