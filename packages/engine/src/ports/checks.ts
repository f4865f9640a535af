import { StockwrightError } from '@stockwright/core';
import { FEED_COLUMNS, TABLES, tableDefinition, type ColumnType, type TableName, type Value } from './tables.ts';
import type { BudgetPolicy, ChangeSet, CommitOptions, Expectation, FeedEntry, ForgetRequest, Mark, Query, RowKey, RowWrite, Settlement } from './store.ts';

/**
 * What every store refuses in the same words, before anything is read or written: uses of the port that its contract
 * forbids are bugs of the caller, and must not depend on which database is behind it.
 */
interface Layout {
  readonly key: readonly string[];
  readonly types: ReadonlyMap<string, ColumnType>;
  readonly hasVersion: boolean;
  /** Lists of columns that were found to be a prefix of the key or of an index; no more than those there are. */
  readonly askedBy: Set<string>;
}

const layouts = new Map<string, Layout>();
/** What a database cannot hold in a text: the null character, and halves of surrogate pairs. */
const UNSTORABLE = /[\0\ud800-\udfff]/u;
const EVERY_UNSTORABLE = /[\0\ud800-\udfff]/gu;

/** A use of the port that its contract forbids. @returns An error with code `INVARIANT_VIOLATED`. @public */
export function storeMisuse(message: string): StockwrightError {
  return new StockwrightError(`The store was misused: ${message}.`, { code: 'INVARIANT_VIOLATED' });
}

/**
 * A value as every database can hold it: in a text, the null character and halves of surrogate pairs become U+FFFD.
 * Such text is somebody's broken message, and a message that cannot be kept must not stop the work it is about.
 *
 * @public
 */
export function storable<Kept extends Value>(value: Kept): Kept {
  // Nearly all text is sound, and whether it is costs far less to ask than to replace.
  return typeof value !== 'string' || !UNSTORABLE.test(value) ? value : (value.replace(EVERY_UNSTORABLE, '\ufffd') as Kept);
}

/** Refuses a read by other columns than a prefix of the key or of an index. @throws `INVARIANT_VIOLATED` @public */
export function checkQuery({ table, where }: Query): void {
  const { key, types, askedBy } = layoutOf(table);
  const columns = Object.keys(where);
  const names = columns.length === 1 ? String(columns[0]) : columns.join(', ');
  if (!askedBy.has(names)) {
    const { indexes = [] } = tableDefinition(table);
    const leads = (index: readonly string[]): boolean => columns.every((column) => index.slice(0, columns.length).includes(column));
    if (![key, ...indexes].some(leads)) throw storeMisuse(`table ${table} cannot be asked by ${names}`);
    askedBy.add(names);
  }
  for (const column of columns) {
    const type = types.get(column);
    if (!fits(type, where[column])) throw misfit({ table, column, type, value: where[column] });
  }
}

/** Refuses an expectation that cannot be judged. @throws `INVARIANT_VIOLATED` @public */
export function checkExpectation({ table, key, version }: Expectation): void {
  checkKey(table, key);
  if (!Number.isSafeInteger(version) || version < 0) throw storeMisuse(`table ${table} was expected at version ${String(version)}`);
  if (version !== 0 && !layoutOf(table).hasVersion) throw storeMisuse(`table ${table} keeps no version, so only the absence of a row can be expected`);
}

/** Refuses a write that does not fit the layout. @throws `INVARIANT_VIOLATED` @public */
export function checkWrite(write: RowWrite): void {
  const { table } = write;
  const { key, types } = layoutOf(table);
  checkKey(table, write.key);
  if ('remove' in write) return;
  for (const column in write.set) {
    if (key.includes(column)) throw storeMisuse(`column ${column} of table ${table} is part of its key and cannot be set`);
    const type = types.get(column);
    if (!fits(type, write.set[column])) throw misfit({ table, column, type, value: write.set[column] });
  }
}

/** Refuses a mark that a database cannot hold. @throws `INVARIANT_VIOLATED` @public */
export function checkMark({ kind, key, shard, priority, notBeforeMs }: Mark): void {
  for (const text of [kind, key, shard]) checkKeyText(text, `a mark of kind ${kind}`);
  if (!Number.isSafeInteger(priority)) throw storeMisuse(`a mark on ${kind} ${key} has priority ${String(priority)}`);
  checkMoment(notBeforeMs, `a mark on ${kind} ${key}`);
}

/** Refuses a change of which any part is not of the layout. @throws `INVARIANT_VIOLATED` @public */
export function checkChange({ expect = [], write = [], marks = [], tell = [], builtOn = [], absent = [], epoch }: Partial<Omit<ChangeSet, 'commitId'>>): void {
  expect.forEach(checkExpectation);
  write.forEach(checkWrite);
  marks.forEach(checkMark);
  tell.forEach(checkEntry);
  for (const id of builtOn) checkKeyText(id, 'the id of a commit that a change builds on');
  if (epoch !== undefined) checkKeyText(epoch, 'the history that a change was planned in');
  absent.forEach(checkAbsent);
}

/** What is locked and asked in one breath must be found by an index, whatever the size of the table. */
function checkAbsent(query: Query): void {
  checkQuery(query);
  const values = Object.values(query.where);
  if (values.length === 0 || values.includes(null)) throw storeMisuse(`only rows of some filled columns can be supposed to be absent, and table ${query.table} was asked by ${JSON.stringify(query.where)}`);
}

function checkEntry(entry: FeedEntry): void {
  for (const [column, value] of Object.entries(entry) as [string, Value | undefined][]) {
    const type = Object.hasOwn(FEED_COLUMNS, column) ? FEED_COLUMNS[column as keyof typeof FEED_COLUMNS] : undefined;
    if (!fits(type, value)) throw storeMisuse(`an entry of the feed has ${typeof value} ${String(value)} as its ${column}`);
  }
}

/** Refuses to read no entries of the feed, or a part of one. @throws `INVARIANT_VIOLATED` @public */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw storeMisuse(`${String(limit)} entries of the feed were asked for`);
}

/** Refuses locks on rows that cannot be named. @throws `INVARIANT_VIOLATED` @public */
export function checkLocks(locks: readonly RowKey[]): void {
  for (const { table, key } of locks) {
    layoutOf(table);
    checkKey(table, key);
  }
}

/** Refuses a host's transaction, for stores that cannot join one. @throws `INVARIANT_VIOLATED` @public */
export function refuseHostTransaction({ tx }: CommitOptions = {}): void {
  if (tx !== undefined) throw storeMisuse('a transaction of the host was given, and this store cannot join one (capabilities.joinsHostTransaction is false)');
}

/** Refuses a settlement of which any part is not of the layout. @throws `INVARIANT_VIOLATED` @public */
export function checkSettlement({ claim, outcome, expect = [], write = [], marks = [], tell = [] }: Settlement): void {
  if ('atMs' in outcome) checkMoment(outcome.atMs, `the settlement of ${claim.kind} ${claim.key}`);
  checkChange({ expect, write, marks, tell });
}

/** Refuses a bucket that never fills and a cost that gives back. @throws `INVARIANT_VIOLATED` @public */
export function checkTaking(bucket: string, cost: number, { capacity, refillPerSecond }: BudgetPolicy): void {
  if (capacity > 0 && refillPerSecond > 0 && cost >= 0) return;
  throw storeMisuse(`bucket ${bucket} was asked for ${String(cost)} of ${String(capacity)}, refilled by ${String(refillPerSecond)} a second`);
}

/** Refuses to forget what is never over, what is not over yet, and no rows at all. @throws `INVARIANT_VIOLATED` @public */
export function checkForget({ table, overForMs, limit }: ForgetRequest): void {
  if (table !== 'work' && table !== 'change') {
    layoutOf(table);
    if (tableDefinition(table).over === undefined) throw storeMisuse(`table ${table} is never forgotten`);
  }
  if (!Number.isSafeInteger(overForMs) || overForMs < 0) throw storeMisuse(`what has been over for ${String(overForMs)} ms was to be forgotten of ${table}`);
  if (!Number.isSafeInteger(limit) || limit < 1) throw storeMisuse(`${String(limit)} rows of ${table} were to be forgotten`);
}

/** Refuses a moment that is not a whole millisecond. @throws `INVARIANT_VIOLATED` @public */
export function checkMoment(ms: number, what: string): void {
  if (!Number.isSafeInteger(ms)) throw storeMisuse(`${what} names the moment ${String(ms)}, which is no whole millisecond`);
}

function layoutOf(table: TableName): Layout {
  const known = layouts.get(table);
  if (known !== undefined) return known;
  if (!Object.hasOwn(TABLES, table)) throw storeMisuse(`there is no table ${String(table)}`);
  const { key, columns, keyTypes = {} } = tableDefinition(table);
  const types = new Map<string, ColumnType>([...key.map((column) => [column, keyTypes[column] ?? 'text'] as const), ...Object.entries(columns)]);
  const layout = { key, types, hasVersion: 'version' in columns, askedBy: new Set<string>() };
  layouts.set(table, layout);
  return layout;
}

function checkKey(table: TableName, given: Readonly<Record<string, Value>>): void {
  const { key, types } = layoutOf(table);
  let count = 0;
  for (const column in given) if (Object.hasOwn(given, column)) count += 1;
  for (const column of key) {
    const value = given[column];
    if (value === undefined || value === null) throw storeMisuse(`table ${table} needs ${column} in its key`);
    const type = types.get(column);
    if (!fits(type, value)) throw misfit({ table, column, type, value });
    if (typeof value === 'string' && storable(value) !== value) checkKeyText(value, `the key of table ${table}`);
  }
  if (count === key.length) return;
  throw storeMisuse(`the key of table ${table} is ${key.join(', ')}, and ${Object.keys(given).join(', ')} was given`);
}

function checkKeyText(text: string, what: string): void {
  if (storable(text) !== text) throw storeMisuse(`${what} has ${JSON.stringify(text)}, which no database can hold unchanged`);
}

/** Asked of every value that goes in or out, so it makes nothing. */
function fits(type: ColumnType | undefined, value: Value | undefined): boolean {
  return type !== undefined && (value === null || (type === 'text' ? typeof value === 'string' : Number.isSafeInteger(value)));
}

function misfit({ table, column, type, value }: { readonly table: TableName; readonly column: string; readonly type: ColumnType | undefined; readonly value: Value | undefined }): StockwrightError {
  return storeMisuse(type === undefined ? `table ${table} has no column ${column}` : `column ${column} of table ${table} holds ${type}, and ${typeof value} ${String(value)} was given`);
}
