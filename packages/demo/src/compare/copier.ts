import type { OpeningStock, Replay } from '../input/replay.ts';
import { IMPORT_EVERY_MS, SHIP_AFTER_MS, SHIP_EVERY_MS } from '../world/erp.ts';
import type { Market } from '../world/market.ts';
import { Player, type PlayerParts, type PlayObserver } from '../world/play.ts';
import { Watch, type LaneResult, type OversoldLine } from './watch.ts';

/** How often the copier runs. */
export const COPY_EVERY_MS = 15 * 60_000;

/** An oversold line of this lane, and what the copied number still contained. */
export interface CopiedOversold extends OversoldLine {
  /** When the number that the shop went by was copied. */
  readonly copiedAtMs: number;
  /**
   * What the number still contained: units sold since the copy, or sold before it and not shipped by then, the newest
   * first; without a channel a correction since the copy.
   */
  readonly contained: readonly { readonly order: string; readonly channel?: string; readonly units: number; readonly atMs: number }[];
}

/** What a batch copier makes of a day. */
export interface CopierLane {
  readonly result: LaneResult;
  readonly oversold: readonly CopiedOversold[];
}

const nothing = (): void => undefined;
const IGNORING: PlayObserver = { offered: nothing, cancelled: nothing, returned: nothing, adjusted: nothing };

interface Line {
  readonly sku: string;
  units: number;
  shipped: number;
}

interface ShopOrder {
  readonly channel: string;
  readonly invoice: string;
  readonly lines: Line[];
  readonly placedMs: number;
  importedMs?: number;
  shippedMs?: number;
}

/**
 * The same customers at the same times in shops that are fed as many are fed today: every fifteen minutes a job copies
 * the ERP's on-hand figure to every channel. The ERP imports orders and ships them in the rhythm of the other lane; the
 * shops take their own sales off the number that was copied last. The job itself never fails, which favours it.
 */
export function playCopier({ replay, stock, channels, channelOf, startMs, endMs, onOffered }: {
  readonly replay: Replay;
  readonly stock: readonly OpeningStock[];
  readonly channels: readonly string[];
  readonly channelOf: PlayerParts['channelOf'];
  readonly startMs: number;
  readonly endMs: number;
  readonly onOffered?: PlayObserver['offered'];
}): CopierLane {
  const shops = new CopiedShops({ stock, channels, startMs });
  const player = new Player({ clock: shops, market: shops, observers: onOffered === undefined ? [shops.watch] : [shops.watch, { ...IGNORING, offered: onOffered }], channelOf: (event) => { shops.invoice = event.order; return channelOf(event); } });
  for (const event of replay.events) {
    shops.advance(event.atMs);
    player.play(event);
  }
  shops.advance(endMs);
  return { result: shops.watch.result(endMs), oversold: shops.explained() };
}

class CopiedShops implements Market {
  readonly watch: Watch;
  /** The order under way, by its name in the file. */
  invoice = '';
  private readonly channels: readonly string[];
  private readonly onHand = new Map<string, number>();
  private readonly shown = new Map<string, Map<string, number>>();
  private readonly orders: ShopOrder[] = [];
  private readonly bySku = new Map<string, ShopOrder[]>();
  private readonly losses: { readonly sku: string; readonly order: string; readonly units: number; readonly atMs: number }[] = [];
  private readonly ticks: { readonly everyMs: number; nextMs: number; readonly work: () => void }[];
  private nowMs: number;
  private readonly startMs: number;

  constructor({ stock, channels, startMs }: { stock: readonly OpeningStock[]; channels: readonly string[]; startMs: number }) {
    this.watch = new Watch(stock, startMs);
    this.channels = channels;
    this.nowMs = startMs;
    this.startMs = startMs;
    for (const { sku, onHand } of stock) this.onHand.set(sku, (this.onHand.get(sku) ?? 0) + onHand);
    for (const channel of channels) this.shown.set(channel, new Map());
    // Where two fall on one moment the ERP works first, so that the copier sees the newest it can.
    this.ticks = [
      { everyMs: IMPORT_EVERY_MS, nextMs: startMs + IMPORT_EVERY_MS, work: () => { this.importOrders(); } },
      { everyMs: SHIP_EVERY_MS, nextMs: startMs + SHIP_EVERY_MS, work: () => { this.ship(); } },
      { everyMs: COPY_EVERY_MS, nextMs: startMs + COPY_EVERY_MS, work: () => { this.copy(); } },
    ];
    this.copy();
  }

  now(): number {
    return this.nowMs;
  }

  advance(toMs: number): void {
    for (;;) {
      const tick = this.ticks.reduce((first, each) => (each.nextMs < first.nextMs ? each : first));
      if (tick.nextMs > toMs) break;
      this.nowMs = tick.nextMs;
      tick.nextMs += tick.everyMs;
      tick.work();
    }
    this.nowMs = toMs;
  }

  place(channel: string, lines: readonly { readonly sku: string; readonly quantity: number }[]): ReturnType<Market['place']> {
    const order: ShopOrder = { channel, invoice: this.invoice, lines: [], placedMs: this.nowMs };
    const numbers = this.shown.get(channel);
    const results = lines.map(({ sku, quantity }) => {
      const offered = numbers?.get(sku) ?? 0;
      if (offered < quantity) return { accepted: 0, reason: 'soldOut' };
      this.show(channel, sku, offered - quantity);
      order.lines.push({ sku, units: quantity, shipped: 0 });
      return { accepted: quantity };
    });
    if (order.lines.length === 0) return { lines: results };
    this.orders.push(order);
    for (const sku of new Set(order.lines.map((line) => line.sku))) {
      const known = this.bySku.get(sku);
      if (known === undefined) this.bySku.set(sku, [order]);
      else known.push(order);
    }
    return { orderId: String(this.orders.length - 1), lines: results };
  }

  open(_channel: string, orderId: string, sku: string): number {
    return this.linesOf(orderId, sku).reduce((sum, { units, shipped }) => sum + units - shipped, 0);
  }

  cancel(_channel: string, orderId: string, { sku, units }: { sku: string; units: number }): void {
    let left = units;
    for (const line of this.linesOf(orderId, sku)) {
      const taken = Math.min(left, line.units - line.shipped);
      line.units -= taken;
      left -= taken;
    }
  }

  giveBack(_channel: string, _orderId: string, { sku, units }: { sku: string; units: number }): void {
    this.onHand.set(sku, (this.onHand.get(sku) ?? 0) + units);
  }

  correct({ sku, units, memo }: { sku: string; units: number; memo: string }): void {
    if (units < 0) this.losses.push({ sku, order: memo, units: -units, atMs: this.nowMs });
    this.onHand.set(sku, (this.onHand.get(sku) ?? 0) + units);
  }

  /** The oversold lines, each with what its number still contained. */
  explained(): readonly CopiedOversold[] {
    return this.watch.oversold.map((line) => {
      const copiedAtMs = this.startMs + Math.floor((line.atMs - this.startMs) / COPY_EVERY_MS) * COPY_EVERY_MS;
      const contained = (this.bySku.get(line.sku) ?? []).flatMap((order) => {
        const { channel, invoice, placedMs, shippedMs = Number.POSITIVE_INFINITY } = order;
        if (placedMs > line.atMs || invoice === line.order || shippedMs <= copiedAtMs || (channel === line.channel && placedMs >= copiedAtMs)) return [];
        const units = order.lines.filter(({ sku }) => sku === line.sku).reduce((sum, each) => sum + each.units, 0);
        return units === 0 ? [] : [{ order: invoice, channel, units, atMs: placedMs }];
      });
      const lost = this.losses.filter(({ sku, atMs }) => sku === line.sku && atMs >= copiedAtMs && atMs <= line.atMs).map(({ order, units, atMs }) => ({ order, units, atMs }));
      return { ...line, copiedAtMs, contained: [...contained, ...lost].sort((a, b) => b.atMs - a.atMs) };
    });
  }

  private linesOf(orderId: string, sku: string): readonly Line[] {
    return this.orders[Number(orderId)]?.lines.filter((line) => line.sku === sku) ?? [];
  }

  private importOrders(): void {
    for (const order of this.orders) order.importedMs ??= this.nowMs;
  }

  private ship(): void {
    for (const order of this.orders) {
      if (order.shippedMs !== undefined || order.importedMs === undefined || this.nowMs - order.importedMs < SHIP_AFTER_MS) continue;
      order.shippedMs = this.nowMs;
      for (const line of order.lines) {
        this.onHand.set(line.sku, (this.onHand.get(line.sku) ?? 0) - line.units);
        line.shipped = line.units;
      }
    }
  }

  private copy(): void {
    for (const channel of this.channels) for (const [sku, units] of this.onHand) this.show(channel, sku, Math.max(0, units));
  }

  private show(channel: string, sku: string, quantity: number): void {
    const numbers = this.shown.get(channel);
    if (numbers === undefined || numbers.get(sku) === quantity) return;
    numbers.set(sku, quantity);
    this.watch.shown({ channel, place: '', sku, quantity, atMs: this.nowMs });
  }
}
