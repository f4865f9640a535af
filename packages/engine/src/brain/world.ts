import { holdsOf, instantFromMs, positionFromBalances, type ChannelId, type HoldRecord, type OrderObservation, type Position, type Sku } from '@stockwright/core';
import type { Expectation, Mark, Query, Row, RowWrite } from '../ports/index.ts';
import { closeBooks, openBooks, reopenBooks, withClaimRows, type LeftBooks, type OpenBooks } from './book.ts';
import { claimsOf, holdClaim, holdWrites, keptHold, lineKey, overSince, recordOf, type HoldClaim, type KeptHold } from './hold-rows.ts';
import { Layer } from './layer.ts';
import { orderFromRow } from './observe.ts';
import type { Readings } from './readings.ts';
import { integer, text } from './rows.ts';
import { saleId, salesBySku, saleWrite, soldBefore, withMore, type Sold } from './sales.ts';
import type { BrainSettings } from './settings.ts';
import { projectMark } from './work.ts';

interface OpenSku {
  readonly books: OpenBooks;
  readonly holdsBefore: ReadonlyMap<string, HoldClaim>;
  readonly holds: ReadonlyMap<string, HoldClaim>;
  /** The commit that left it so, where it was not read. */
  readonly builtOn: string | undefined;
  /** What was sold of it then. */
  readonly keptSales?: ReadonlyMap<string, Sold>;
}

/** One sku as a commit leaves it. */
export interface LeftSku {
  readonly books: LeftBooks;
  readonly holds: ReadonlyMap<string, HoldClaim>;
  /** What was sold of it, by {@link saleId}; of some places only, and of no kit. */
  readonly sales: ReadonlyMap<string, Sold>;
}

/** One sku as a commit of this process left it. */
export interface KeptSku extends LeftSku {
  readonly commitId: string;
}

/** Skus of which this process knows how its last commit left them; somebody else may have written them since. */
export type Kept = (sku: Sku) => KeptSku | undefined;

interface KeptOrder {
  readonly key: { readonly channel: ChannelId; readonly orderId: string };
  readonly order: OrderObservation | undefined;
  readonly version: number;
  readonly next: OrderObservation | undefined;
  /** Whether the commit hangs on it although it does not change it. */
  readonly isExpected?: boolean;
}

/** What one commit changes. */
export interface WorldChange {
  readonly expect: readonly Expectation[];
  readonly write: readonly RowWrite[];
  readonly marks: readonly Mark[];
  /** The commits by which skus were known that were not read. */
  readonly builtOn: readonly string[];
  /** What was supposed to find nothing instead of being read. */
  readonly absent: readonly Query[];
  /** The orders that it is about. */
  readonly orders: readonly KeptOrder['key'][];
  /** The skus that it writes, as they are then. */
  readonly left: readonly LeftSku[];
}

/** What a world is worked out from. */
export interface WorldGround {
  readonly settings: BrainSettings;
  readonly reads: Readings;
  readonly nowMs: number;
  readonly kept?: Kept | undefined;
}

/**
 * The part of the installation that one commit is about: the books of skus, orders, sales and holds as the rows have
 * them, and as the units of the commit leave them. Each unit works on a draft, which is kept as a whole or not at all.
 */
export class World {
  readonly settings: BrainSettings;
  readonly nowMs: number;
  private readonly reads: Readings;
  private readonly kept: Kept | undefined;
  private readonly skus: Layer<OpenSku>;
  private readonly orders: Layer<KeptOrder>;
  private readonly sales: Layer<Sold>;
  private readonly holds: Layer<KeptHold>;
  private readonly others: RowWrite[] = [];
  private readonly below: World | undefined;

  constructor({ settings, reads, nowMs, kept }: WorldGround, below?: World) {
    this.settings = settings;
    this.reads = reads;
    this.kept = kept;
    this.nowMs = nowMs;
    this.below = below;
    this.skus = new Layer(below?.skus);
    this.orders = new Layer(below?.orders);
    this.sales = new Layer(below?.sales);
    this.holds = new Layer(below?.holds);
  }

  draft(): World {
    return new World({ settings: this.settings, reads: this.reads, nowMs: this.nowMs, kept: this.kept }, this);
  }

  keep(): void {
    for (const layer of [this.skus, this.orders, this.sales, this.holds]) layer.keep();
    this.below?.write(this.others);
  }

  books(sku: Sku): OpenBooks {
    return this.open(sku).books;
  }

  setBooks(books: OpenBooks): void {
    this.skus.set(books.sku, { ...this.open(books.sku), books });
  }

  /** Makes what is known of an order's claims known to the books of its skus, settled claims too. */
  recall(channel: ChannelId, orderId: string, skus: Iterable<Sku>): void {
    const rows = this.reads.rows({ table: 'claim', where: { channel, orderId } });
    for (const sku of skus) {
      const open = this.books(sku);
      const recalled = withClaimRows(open, rows, this.settings);
      if (recalled !== open) this.setBooks(recalled);
    }
  }

  /** Where a sku stands, holds included. */
  position(sku: Sku): Position {
    const { books, holds } = this.open(sku);
    return positionFromBalances({ sku, scale: books.scale }, books.balances, [...holds.values()].flatMap((claim) => holdsOf(sku, [recordOf(claim)], () => false)));
  }

  order(channel: ChannelId, orderId: string): KeptOrder {
    const key = `${channel}\u001f${orderId}`;
    const known = this.orders.get(key);
    if (known !== undefined) return known;
    const [row] = this.reads.rows({ table: 'channelOrder', where: { channel, orderId } });
    const fresh: KeptOrder = { key: { channel, orderId }, order: row && orderFromRow(row), version: integer(row, 'version'), next: undefined };
    this.orders.set(key, fresh);
    return fresh;
  }

  /** The commit stands only where nobody else has written the order meanwhile. */
  expectOrder(channel: ChannelId, orderId: string): void {
    this.orders.set(`${channel}\u001f${orderId}`, { ...this.order(channel, orderId), isExpected: true });
  }

  setOrder(next: OrderObservation): void {
    this.orders.set(`${next.channel}\u001f${next.orderId}`, { ...this.order(next.channel, next.orderId), next });
  }

  addSale(key: Sold['key'], more: Pick<Sold, 'sold' | 'givenBack'>): void {
    const id = saleId(key);
    this.sales.set(id, withMore(this.sales.get(id) ?? this.soldBefore(key), more));
  }

  private soldBefore(key: Sold['key']): Sold {
    // What is remembered of a sku is of one version with the rest of it.
    const kept = this.skus.get(key.sku)?.keptSales?.get(saleId(key));
    return kept ?? soldBefore(key, { reads: this.reads, scale: this.settings.catalog.items.get(key.sku)?.scale ?? 0 });
  }

  hold(holdId: string): KeptHold | undefined {
    const known = this.holds.get(holdId);
    if (known !== undefined) return known;
    const [row] = this.reads.rows({ table: 'hold', where: { holdId } });
    const lines = this.reads.rows({ table: 'holdLine', where: { holdId } });
    if (row === undefined) return undefined;
    const fresh = keptHold(row, lines.map((line) => this.claimOf(line)));
    this.holds.set(holdId, fresh);
    return fresh;
  }

  isOpenCommand(commandId: string): boolean {
    const [row] = this.reads.rows({ table: 'operatorCommand', where: { commandId } });
    return row !== undefined && text(row, 'state') === 'open';
  }

  /** The ids of holds that were converted into an order. */
  holdsOfOrder(channel: ChannelId, orderId: string): readonly string[] {
    const stored = this.reads.rows({ table: 'hold', where: { channel, orderId } }).map((row) => text(row, 'holdId'));
    const drafted: string[] = [];
    for (const holds of [this.holds, this.below?.holds]) {
      for (const { record } of holds?.values() ?? []) if (record.channel === channel && record.orderId === orderId) drafted.push(record.id);
    }
    return [...new Set([...stored, ...drafted])];
  }

  /** Replaces what a hold is and what it claims. */
  setHold(record: HoldRecord, { asked, claims }: { readonly asked: string; readonly claims: boolean }): void {
    const known = this.hold(record.id);
    const lines = new Map(claims ? claimsOf(record).map((claim) => [lineKey(claim), claim]) : []);
    for (const sku of new Set([...(known?.lines.values() ?? []), ...lines.values()].map((line) => line.sku))) {
      const open = this.open(sku);
      const holds = new Map([...open.holds].filter(([, claim]) => claim.holdId !== record.id));
      for (const [key, line] of lines) if (line.sku === sku) holds.set(key, line);
      this.skus.set(sku, { ...open, holds });
    }
    this.holds.set(record.id, { record, asked, version: known?.version ?? 0, lines, changed: true });
  }

  write(rows: readonly RowWrite[]): void {
    append(this.others, rows);
  }

  /** What the units that were kept come to. */
  close(): WorldChange {
    const expect: Expectation[] = [];
    const write: RowWrite[] = [];
    const marks: Mark[] = [];
    const built = new Set<string>();
    const left: LeftSku[] = [];
    const { nowMs } = this;
    const sales = salesBySku(this.sales.values());
    for (const { books, holds, holdsBefore, builtOn, keptSales } of this.skus.values()) {
      const { sku, version, cause } = books;
      const booked = closeBooks(books, this.settings);
      const held = holdWrites(holdsBefore, holds, this.settings.catalog);
      // Whoever reads what was sold of a sku goes by its version.
      const sold = sales.get(sku) ?? [];
      const isWritten = booked.write.length > 0 || held.length > 0 || booked.moved || sold.some(({ moved }) => moved);
      // What was not read is expected to be as it was left also where nothing of it changes: other things may hang on it.
      if (builtOn !== undefined) built.add(builtOn);
      if (isWritten || builtOn !== undefined) expect.push({ table: 'item', key: { sku }, version });
      if (!isWritten) continue;
      left.push({ books: booked.left, holds, sales: new Map([...(keptSales ?? []), ...sold.map((each) => [saleId(each.key), { ...each, moved: false }] as const)]) });
      write.push({ table: 'item', key: { sku }, set: { version: version + 1, counted: booked.left.counted ? 1 : 0, changedAtMs: nowMs } });
      append(write, booked.write);
      append(write, held);
      if (booked.moved || held.length > 0) marks.push(projectMark(sku, nowMs, held.length > 0 ? 'hold' : cause));
    }
    for (const { key, next, version, isExpected } of this.orders.values()) {
      if (next !== undefined || isExpected === true) expect.push({ table: 'channelOrder', key, version });
      if (next === undefined) continue;
      const { revision, placedAt, lines } = next;
      write.push({ table: 'channelOrder', key, set: { revision, placedAt, observedAtMs: nowMs, lines: JSON.stringify(lines), version: version + 1 } });
    }
    for (const sale of this.sales.values()) {
      if (!sale.moved) continue;
      const { key } = sale;
      write.push(saleWrite(sale));
      // The owner may have contained the order before it came: no position moves then, and what the channel is believed to show does.
      if (!marks.some(({ key: marked }) => marked === key.sku)) marks.push(projectMark(key.sku, nowMs, `sale ${key.channel}`));
    }
    for (const { record, asked, version, changed, lines } of this.holds.values()) {
      if (!changed) continue;
      const { id: holdId, channel, state, expiresAt, orderId } = record;
      expect.push({ table: 'hold', key: { holdId }, version });
      write.push({ table: 'hold', key: { holdId }, set: { channel, state, expiresAt, orderId, asked, version: version + 1, changedAtMs: nowMs, overSinceMs: overSince({ record, lines }, nowMs) } });
    }
    return { expect, write: [...write, ...this.others], marks, builtOn: [...built], absent: this.reads.supposed, orders: [...this.orders.values()].map(({ key }) => key), left };
  }

  private open(sku: Sku): OpenSku {
    const known = this.skus.get(sku);
    if (known !== undefined) return known;
    const kept = this.kept?.(sku);
    if (kept !== undefined) {
      const again: OpenSku = { books: reopenBooks(kept.books), holdsBefore: kept.holds, holds: withoutOver(kept.holds, this.nowMs), builtOn: kept.commitId, keptSales: kept.sales };
      this.skus.set(sku, again);
      return again;
    }
    const { reads } = this;
    const { item, positions, bases, claims, holdLines } = skuQueries(sku);
    const books = openBooks(sku, { item: reads.rows(item)[0], positions: reads.rows(positions), bases: reads.rows(bases), claims: reads.rows(claims) }, this.settings);
    const holdsBefore = new Map(reads.rows(holdLines).map((row) => {
      const claim = this.claimOf(row);
      return [lineKey(claim), claim] as const;
    }));
    const holds = withoutOver(holdsBefore, this.nowMs);
    const fresh: OpenSku = { books, holds, holdsBefore, builtOn: undefined };
    this.skus.set(sku, fresh);
    return fresh;
  }

  private claimOf(row: Row): HoldClaim {
    return holdClaim(row, this.settings);
  }
}

/** One by one, since there may be more rows than a call may have arguments. */
function append(to: RowWrite[], rows: readonly RowWrite[]): void {
  for (const row of rows) to.push(row);
}

/** For how long the lines of a hold that has expired stay to be looked at. */
const EXPIRED_KEPT_MS = 24 * 60 * 60_000;

/** What has long been over is cleared away with whatever is written next; a late payment asks for its lines anew. */
function withoutOver(holds: ReadonlyMap<string, HoldClaim>, nowMs: number): ReadonlyMap<string, HoldClaim> {
  if (holds.size === 0) return holds;
  const over = instantFromMs(Math.max(0, nowMs - EXPIRED_KEPT_MS));
  const isOver = ({ state, expiresAt }: HoldClaim): boolean => state === 'held' && expiresAt < over;
  return [...holds.values()].some(isOver) ? new Map([...holds].filter(([, claim]) => !isOver(claim))) : holds;
}

/** What opening a sku reads. */
export function skuQueries(sku: Sku): Readonly<Record<'item' | 'positions' | 'bases' | 'claims' | 'holdLines', Query>> {
  return {
    item: { table: 'item', where: { sku } }, positions: { table: 'position', where: { sku } }, bases: { table: 'sourceBase', where: { sku } },
    claims: { table: 'claim', where: { sku, settled: 0 } }, holdLines: { table: 'holdLine', where: { sku } },
  };
}
