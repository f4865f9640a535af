import {
  acceptAcknowledgement, acceptDelta, acceptOrder, acceptStock, addQuantities, bookMovements, foldMovements, formatQuantity, measureBooks, multiplyQuantity,
  parseQuantity, type Books, type LineCounters, type Measure, type Movement, type Observation, type OrderAcknowledgement, type OrderObservation,
  type QuantityText, type Sku, type StockObservation,
} from '@stockwright/core';
import type { Expectation, Mark, Row, RowWrite } from '../ports/index.ts';
import { balancesFromRows, baseWrites, booksFromRows, claimWrites, integer, positionWrites, text, type BookRows } from './rows.ts';
import type { BrainSettings } from './settings.ts';
import { projectMark } from './work.ts';

/** Why something is booked, for the ledger and whoever reads it. */
export interface Booking {
  readonly sku: Sku;
  readonly observations: readonly Observation[];
  readonly rows: BookRows;
  readonly nowMs: number;
}

/** What a booking changes. */
export interface Booked {
  readonly expect: readonly Expectation[];
  readonly write: readonly RowWrite[];
  readonly marks: readonly Mark[];
  readonly movements: readonly Movement[];
}

const NOTHING_BOOKED: Booked = { expect: [], write: [], marks: [], movements: [] };

/**
 * Takes observations into the books of one sku: the movements that follow, the new position, and the mark that makes
 * the projector look.
 */
export function bookSku({ sku, observations, rows, nowMs }: Booking, settings: BrainSettings): Booked {
  const scale = settings.catalog.items.get(sku)?.scale ?? 0;
  const before = booksFromRows(sku, scale, rows);
  const after = observations.reduce((books, observation) => accept(books, observation), before);
  const settledBefore = new Set(rows.claims.filter((row) => integer(row, 'settled') === 1).map((row) => `${text(row, 'channel')}\u001f${text(row, 'orderId')}`));
  const movements = bookMovements(measureBooks(before, settings.booking), measureBooks(after, settings.booking));
  const rowWrites = [...baseWrites(before, after), ...claimWrites(before, after, { rules: settings.booking, settledBefore })];
  if (movements.length === 0 && rowWrites.length === 0) return NOTHING_BOOKED;
  const version = integer(rows.item, 'version');
  const balances = balancesFromRows(rows.positions, scale);
  const counted = after.bases.some(({ measure }) => measure === 'onHand') ? 1 : 0;
  const first = integer(rows.item, 'counted') !== counted;
  return {
    expect: [{ table: 'item', key: { sku }, version }],
    write: [
      { table: 'item', key: { sku }, set: { version: version + 1, counted, changedAtMs: nowMs } },
      ...rowWrites,
      ...positionWrites(sku, scale, { before: balances, after: foldMovements(movements, balances) }),
      ...movements.map((movement, ordinal) => ledgerWrite(movement, { sku, scale, version: version + 1, ordinal, nowMs, observations })),
    ],
    marks: movements.length > 0 || first ? [projectMark(sku, nowMs, causeOf(observations))] : [],
    movements,
  };
}

function accept(books: Books, observation: Observation): Books {
  switch (observation.kind) {
    case 'stock':
      return acceptStock(books, observation);
    case 'delta':
      return acceptDelta(books, observation);
    case 'order':
      return acceptOrder(books, observation);
    case 'acknowledgement':
      return acceptAcknowledgement(books, observation);
  }
}

function ledgerWrite(
  { from, to, quantity }: Movement,
  { sku, scale, version, ordinal, nowMs, observations }: { sku: Sku; scale: number; version: number; ordinal: number; nowMs: number; observations: readonly Observation[] },
): RowWrite {
  const last = observations[observations.length - 1];
  return {
    table: 'ledger',
    key: { sku, itemVersion: version, ordinal },
    set: {
      fromAccount: from.account, fromLocation: from.location, fromChannel: from.channel,
      toAccount: to.account, toLocation: to.location, toChannel: to.channel,
      quantity: formatQuantity(quantity, scale),
      cause: [...new Set(observations.map(({ kind }) => kind))].join(','),
      reference: last === undefined ? '' : referenceOf(last),
      origin: last === undefined ? '' : 'source' in last ? last.source : last.channel,
      occurredAt: last === undefined ? '' : momentOf(last),
      recordedAtMs: nowMs,
    },
  };
}

function referenceOf(observation: Observation): string {
  switch (observation.kind) {
    case 'stock':
      return `${observation.location} as of ${observation.asOf}`;
    case 'delta':
      return observation.reason === undefined ? observation.id : `${observation.id}: ${observation.reason}`;
    case 'order':
    case 'acknowledgement':
      return observation.orderId;
  }
}

function momentOf(observation: Observation): string {
  if (observation.kind === 'stock') return observation.asOf;
  return observation.kind === 'delta' ? observation.at : observation.revision;
}

/** Why a position moved, in a few words. */
export function causeOf(observations: readonly Observation[]): string {
  const last = observations[observations.length - 1];
  if (last === undefined) return 'nothing';
  return `${last.kind} ${'source' in last && last.kind !== 'acknowledgement' ? last.source : referenceOf(last)}`;
}

/** Splits what a source says into what it owns and what is only evidence. */
export function splitByOwner(observation: StockObservation, settings: BrainSettings): { readonly owned: StockObservation | undefined; readonly evidence: readonly Measure[] } {
  const owned: Partial<Record<Measure, QuantityText>> = {};
  const evidence: Measure[] = [];
  for (const [measure, quantity] of Object.entries(observation.measures) as [Measure, QuantityText | undefined][]) {
    if (quantity === undefined) continue;
    if (settings.ownerOf(measure, observation.location) === observation.source) owned[measure] = quantity;
    else evidence.push(measure);
  }
  return { owned: Object.keys(owned).length === 0 ? undefined : { ...observation, measures: owned }, evidence };
}

/** An order in stocked skus: a line of a kit becomes a line of each component. Skus that the catalogue lacks are named. */
export function explodeOrder(order: OrderObservation, settings: BrainSettings): { readonly order: OrderObservation; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const lines = order.lines.flatMap((line) => {
    const item = settings.catalog.items.get(line.sku);
    if (item === undefined) {
      unknown.push(line.sku);
      return [];
    }
    return item.components === undefined ? [line] : explode(line, settings);
  });
  return { order: { ...order, lines }, unknown };
}

/** An acknowledgement in stocked skus, as {@link explodeOrder}. */
export function explodeAcknowledgement(acknowledgement: OrderAcknowledgement, settings: BrainSettings): OrderAcknowledgement {
  const contained = acknowledgement.contained.flatMap((line) =>
    settings.catalog.items.get(line.sku)?.components === undefined ? [line] : explode(line, settings));
  return { ...acknowledgement, contained };
}

function explode<Line extends LineCounters & { readonly sku: Sku }>(line: Line, { catalog }: BrainSettings): Line[] {
  return (catalog.items.get(line.sku)?.components ?? []).map(({ sku, quantityPer }) => {
    const scale = catalog.items.get(sku)?.scale ?? 0;
    const times = (kits: QuantityText): QuantityText => formatQuantity(multiplyQuantity(parseQuantity(kits), quantityPer), scale);
    return { ...line, sku, ordered: times(line.ordered), fulfilled: times(line.fulfilled), cancelled: times(line.cancelled), returned: times(line.returned) };
  });
}

/** What a channel sold of each listing since the order was last seen; only lines whose place is known lower a place's number. */
export function salesOf(before: OrderObservation | undefined, after: OrderObservation, scaleOf: (sku: Sku) => number): ReadonlyMap<string, { location: string; sku: Sku; sold: QuantityText }> {
  const sums = new Map<string, { location: string; sku: Sku; sold: QuantityText }>();
  const add = (order: OrderObservation | undefined, sign: 1 | -1): void => {
    for (const { sku, location, ordered } of order?.lines ?? []) {
      const key = `${location ?? ''}\u001f${sku}`;
      const scale = scaleOf(sku);
      const was = parseQuantity(sums.get(key)?.sold ?? '0', { scale });
      const more = multiplyQuantity(parseQuantity(ordered, { scale }), sign);
      sums.set(key, { location: location ?? '', sku, sold: formatQuantity(addQuantities(was, more), scale) });
    }
  };
  add(after, 1);
  add(before, -1);
  return sums;
}

/** The order that a row keeps. */
export function orderFromRow(row: Row): OrderObservation {
  return {
    kind: 'order',
    channel: text(row, 'channel') as OrderObservation['channel'],
    orderId: text(row, 'orderId'),
    revision: text(row, 'revision') as OrderObservation['revision'],
    placedAt: text(row, 'placedAt') as OrderObservation['placedAt'],
    lines: JSON.parse(text(row, 'lines')) as OrderObservation['lines'],
  };
}
