import { instantFromMs, type ChannelId, type LocationId, type OrderAcknowledgement, type QuantityText, type Sku, type SourceId, type StockDelta, type StockObservation } from '@stockwright/core';
import type { SimTime } from '../sim-time.ts';
import { Stamps } from './stamps.ts';

interface Stock {
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

/** The truth at the owner of stock: what was counted, and what it has booked of the orders. */
export class Erp {
  readonly id: SourceId;
  readonly location: LocationId;
  readonly acknowledgements: Map<string, OrderAcknowledgement> = new Map();
  readonly stamps: Stamps;
  private readonly stock = new Map<Sku, Stock>();

  constructor(time: SimTime, { id, location, skus, onHand }: { readonly id: SourceId; readonly location: LocationId; readonly skus: readonly Sku[]; readonly onHand: number }) {
    this.id = id;
    this.location = location;
    this.stamps = new Stamps(() => time.now());
    for (const sku of skus) this.stock.set(sku, { onHand, committed: 0, changedAtMs: this.stamps.next() });
  }

  get skus(): readonly Sku[] {
    return [...this.stock.keys()];
  }

  onHand(sku: Sku): number {
    return this.at(sku).onHand;
  }

  changedAtMs(sku: Sku): number {
    return this.at(sku).changedAtMs;
  }

  /** A row as of now. */
  row(sku: Sku, asOfMs: number): StockObservation {
    const { onHand, committed } = this.at(sku);
    return {
      kind: 'stock', source: this.id, sku, location: this.location, asOf: instantFromMs(asOfMs),
      measures: { onHand: String(onHand) as QuantityText, committed: String(committed) as QuantityText },
    };
  }

  /** Somebody counts. */
  count(sku: Sku, onHand: number): void {
    this.move(sku, onHand - this.at(sku).onHand, 0);
  }

  /** Something came in or broke; the message says by how much. */
  adjust(sku: Sku, by: number, id: string): StockDelta {
    const atMs = this.move(sku, by, 0);
    return { kind: 'delta', source: this.id, id, sku, location: this.location, at: instantFromMs(atMs), measure: 'onHand', delta: String(by) as QuantityText };
  }

  /** Books what an order changes of each component, and says from when on its figures contain it. */
  book(order: Imported, parts: readonly { readonly sku: Sku; readonly onHand: number; readonly committed: number }[]): void {
    let atMs = 0;
    for (const { sku, onHand, committed } of parts) atMs = this.move(sku, onHand, committed);
    const text = (value: number): QuantityText => String(value) as QuantityText;
    const { channel, orderId, sku, ordered, fulfilled, cancelled, returned } = order;
    this.acknowledgements.set(`${channel} ${orderId}`, {
      kind: 'acknowledgement', source: this.id, channel, orderId, revision: instantFromMs(atMs),
      contained: [{ sku, ordered: text(ordered), fulfilled: text(fulfilled), cancelled: text(cancelled), returned: text(returned) }],
    });
  }

  private move(sku: Sku, onHand: number, committed: number): number {
    const row = this.at(sku);
    row.onHand += onHand;
    row.committed += committed;
    row.changedAtMs = this.stamps.next();
    return row.changedAtMs;
  }

  private at(sku: Sku): Stock {
    const row = this.stock.get(sku);
    if (row === undefined) throw new RangeError(`The owner keeps no ${sku}.`);
    return row;
  }
}
