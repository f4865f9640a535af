import {
  acceptAcknowledgement, acceptDelta, acceptOrder, acceptStock, bookMovements, foldMovements, formatQuantity, measureBooks, type Balances, type Books, type Measured, type Movement,
  type Observation, type Sku,
} from '@stockwright/core';
import type { Row, RowWrite } from '../ports/index.ts';
import { balancesFromRows, baseWrites, booksFromRows, claimWrites, integer, placedBalances, positionWrites, text, type BookRows } from './rows.ts';
import type { BrainSettings } from './settings.ts';

/** The books of one sku while a commit is worked out: what the rows say, and what one unit after the other makes of it. */
export interface OpenBooks {
  readonly sku: Sku;
  readonly scale: number;
  /** The version that the rows have; 0 where there are none. */
  readonly version: number;
  readonly wasCounted: boolean;
  /** What the rows say. */
  readonly before: Books;
  readonly balancesBefore: Balances;
  /** Claims that need no look unless somebody speaks of them, by channel and order. */
  readonly settledBefore: ReadonlySet<string>;
  readonly books: Books;
  readonly balances: Balances;
  /** The measure of `books`, once it was needed. */
  readonly measured: Measured | undefined;
  /** What was booked so far, in order. */
  readonly ledger: readonly RowWrite[];
  readonly cause: string;
}

/** Opens the books that rows describe. */
export function openBooks(sku: Sku, rows: BookRows, { catalog }: BrainSettings): OpenBooks {
  const scale = catalog.items.get(sku)?.scale ?? 0;
  const before = booksFromRows(sku, scale, rows);
  const balances = balancesFromRows(rows.positions, scale);
  return {
    sku, scale, version: integer(rows.item, 'version'), wasCounted: integer(rows.item, 'counted') === 1, before, balancesBefore: balances,
    settledBefore: new Set(rows.claims.filter((row) => integer(row, 'settled') === 1).map(claimKey)), books: before, balances, measured: undefined, ledger: [], cause: '',
  };
}

/** What the rows of one sku's books say after a commit, so that the next need not read them. */
export interface LeftBooks {
  readonly sku: Sku;
  readonly version: number;
  readonly counted: boolean;
  /** Without settled claims, which are read where somebody speaks of them. */
  readonly books: Books;
  readonly balances: Balances;
}

/** Opens books as a commit left them: what {@link openBooks} makes of the rows that it wrote. */
export function reopenBooks({ sku, version, counted, books, balances }: LeftBooks): OpenBooks {
  return { sku, scale: books.scale, version, wasCounted: counted, before: books, balancesBefore: balances, settledBefore: NONE, books, balances, measured: undefined, ledger: [], cause: '' };
}

/**
 * The same books with claims of orders that are spoken of again after they had been settled. Nothing of them is booked: a
 * settled claim added nothing, and what it adds by now, where a place has come to be known since, is booked with what is said.
 */
export function withClaimRows(open: OpenBooks, rows: readonly Row[], { booking }: BrainSettings): OpenBooks {
  const known = new Set(open.books.claims.map(({ channel, orderId }) => `${channel}\u001f${orderId}`));
  const more = rows.filter((row) => row['sku'] === open.sku && !known.has(claimKey(row)));
  if (more.length === 0) return open;
  const { claims } = booksFromRows(open.sku, open.scale, { item: undefined, positions: [], bases: [], claims: more });
  const joined = (books: Books): Books => ({ ...books, claims: [...books.claims, ...claims] });
  const settled = more.filter((row) => integer(row, 'settled') === 1).map(claimKey);
  const books = joined(open.books);
  const { facts = [] } = measureBooks(books, booking);
  return { ...open, before: joined(open.before), books, settledBefore: new Set([...open.settledBefore, ...settled]), measured: { ...(open.measured ?? measureBooks(open.books, booking)), facts } };
}

/** Takes observations into open books and books what follows. */
export function bookObservations(open: OpenBooks, observations: readonly Observation[], { settings, nowMs }: { settings: BrainSettings; nowMs: number }): { readonly open: OpenBooks; readonly moved: boolean } {
  const books = observations.reduce((sofar, observation) => accept(sofar, observation), open.books);
  const before = open.measured ?? measureBooks(open.books, settings.booking);
  const measured = measureBooks(books, settings.booking);
  const movements = bookMovements(before, measured);
  const { sku, scale, version } = open;
  const ledger = movements.map((movement, index) => ledgerWrite(movement, { sku, scale, version: version + 1, ordinal: open.ledger.length + index, nowMs, observations }));
  const cause = movements.length > 0 || open.cause === '' ? causeOf(observations) : open.cause;
  return { open: { ...open, books, measured, balances: movements.length === 0 ? open.balances : foldMovements(movements, open.balances), ledger: [...open.ledger, ...ledger], cause }, moved: movements.length > 0 };
}

/** What booking changes. */
export interface Booked {
  readonly write: readonly RowWrite[];
  /** Whether the numbers that follow from the sku may be others now. */
  readonly moved: boolean;
  /** As they are once this is written. */
  readonly left: LeftBooks;
}

/** Closes books: the rows that say what they have become. */
export function closeBooks({ sku, scale, version, before, books, balancesBefore, balances, settledBefore, ledger, wasCounted }: OpenBooks, { booking }: BrainSettings): Booked {
  const counted = books.bases.some(({ measure }) => measure === 'onHand');
  const claims = claimWrites(before, books, { rules: booking, settledBefore });
  return {
    write: [...baseWrites(before, books), ...claims.writes, ...positionWrites(sku, scale, { before: balancesBefore, after: balances }), ...ledger],
    moved: ledger.length > 0 || wasCounted !== counted,
    left: {
      sku, version: version + 1, counted, books: claims.open.length === books.claims.length ? books : { ...books, claims: claims.open },
      balances: balances === balancesBefore ? balances : placedBalances(balances),
    },
  };
}

const NONE: ReadonlySet<string> = new Set();

function claimKey(row: Row): string {
  return `${text(row, 'channel')}\u001f${text(row, 'orderId')}`;
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
