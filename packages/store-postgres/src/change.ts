import { storable, type ChangeSet, type FeedEntry, type Expectation, type Mark, type RowKey, type TableName, type Value } from '@stockwright/engine/ports';
import { timelineOf } from './epoch.ts';
import { layoutOf, TABLE_NAMES } from './names.ts';
import { packLookUps, type PackedLookUp } from './reads.ts';
import { FEED_LAYOUT } from './schema.ts';

type Columns = Readonly<Record<string, Value>>;

/** The cells of one row, in the order of the columns. */
export type Cells = readonly Value[];

/** Rows of one table, as the routines in the database take them. */
export interface Part {
  /** The place of the table among the names. */
  readonly table: number;
  readonly mask?: number;
  readonly rows: readonly Cells[];
}

/** A change as the routines take it. Parts without rows are left out. */
export interface Packed {
  /** Rows to lock and, where they name what is expected, to compare: the place of the expectation, the version, the key. */
  readonly locks: readonly Part[];
  /** How many rows must be there with the version that was expected. */
  readonly kept: number;
  readonly inserts?: readonly Part[];
  readonly writes?: readonly Part[];
  readonly removes?: readonly Part[];
  readonly marks?: readonly Cells[];
  /** Ids of commits that must be known. */
  readonly builtOn?: readonly string[];
  /** The timeline that the server must be on. */
  readonly timeline?: string;
  /** Look-ups that must find nothing. */
  readonly absent?: readonly PackedLookUp[];
  readonly tell?: readonly Cells[];
}

/** What the change makes of one row, whatever the number of its writes. */
interface Fate {
  readonly sort: string;
  readonly key: Cells;
  /** The key and the columns; null where nothing is set. */
  cells: Value[];
  /** The bits of the columns that are set; all of them where what was there before does not count. */
  mask: number;
  isSet: boolean;
  isRemoved: boolean;
  isExpected: boolean;
  isExpectedAbsent: boolean;
}

interface Lock {
  readonly sort: string;
  readonly cells: Cells;
}

/** A database that does not tell its timeline is not asked for it. */
function plannedOn(epoch: string | undefined): Pick<Packed, 'timeline'> {
  const timeline = epoch === undefined ? '' : timelineOf(epoch);
  return timeline === '' ? {} : { timeline };
}

type ByTable<Item> = readonly { readonly table: TableName; readonly items: readonly Item[] }[];

/** Packs a change: one fate a row, sorted by table and key, since everybody locks in that order. */
export function pack({ expect, write, marks, tell = [], builtOn = [], absent = [], epoch }: Omit<ChangeSet, 'commitId'>): Packed {
  const fates = new Map<TableName, Map<string, Fate>>();
  for (const each of write) {
    const fate = fateOf(fates, each.table, each.key);
    const { key, columns, placeOf } = layoutOf(each.table);
    if ('remove' in each) Object.assign(fate, { cells: unset(fate.key, columns.length), mask: 2 ** columns.length - 1, isSet: false, isRemoved: true });
    else {
      for (const column in each.set) {
        const place = placeOf.get(column) ?? 0;
        fate.cells[key.length + place] = storable(each.set[column] ?? null);
        fate.mask |= 2 ** place;
      }
      fate.isSet = true;
    }
  }
  const locks = new Map<TableName, Lock[]>();
  let kept = 0;
  expect.forEach(({ table, key, version }, n) => {
    if (version !== 0) kept += 1;
    const fate = version === 0 ? fateOf(fates, table, key) : fates.get(table)?.get(sortOf(table, key));
    if (fate !== undefined) {
      fate.isExpected = true;
      fate.isExpectedAbsent ||= version === 0;
    }
    push(locks, table, { sort: fate?.sort ?? sortOf(table, key), cells: [n, version, ...keyOf(table, key)] });
  });
  const sorted: ByTable<Fate> = TABLE_NAMES.flatMap((table) => {
    const of = fates.get(table);
    return of === undefined ? [] : [{ table, items: [...of.values()].sort(bySort) }];
  });
  return { locks: locksOf(locks, sorted), kept, ...writesOf(sorted), ...(marks.length === 0 ? {} : { marks: packMarks(marks) }), ...(tell.length === 0 ? {} : { tell: packEntries(tell) }), ...(builtOn.length === 0 ? {} : { builtOn }), ...plannedOn(epoch), ...(absent.length === 0 ? {} : { absent: packLookUps(absent) }) };
}

/** Entries of the feed, in their order. */
function packEntries(entries: readonly FeedEntry[]): readonly Cells[] {
  return entries.map((entry) => FEED_LAYOUT.map(({ name }) => storable(entry[name as keyof FeedEntry] ?? null)));
}

/** Rows of tables to be locked, in order: the place that each had in what was given, and the key. */
export function packLocks(locks: readonly RowKey[]): readonly Part[] {
  const seen = new Map<TableName, Map<string, Lock>>();
  locks.forEach(({ table, key }, n) => {
    const sort = sortOf(table, key);
    let ofTable = seen.get(table);
    if (ofTable === undefined) seen.set(table, (ofTable = new Map<string, Lock>()));
    if (!ofTable.has(sort)) ofTable.set(sort, { sort, cells: [n, ...keyOf(table, key)] });
  });
  return TABLE_NAMES.flatMap((table, place) => {
    const rows = [...(seen.get(table)?.values() ?? [])].sort(bySort);
    return rows.length === 0 ? [] : [{ table: place, rows: rows.map(({ cells }) => cells) }];
  });
}

/** The keys of rows that were packed to be locked, for a routine that takes nothing else. */
export function keysOf(parts: readonly Part[]): readonly Part[] {
  return parts.map(({ table, rows }) => ({ table, rows: rows.map(([, ...key]) => key) }));
}

/** The work rows of marks, each once, sorted. */
export function packMarks(marks: readonly Mark[]): readonly Cells[] {
  const works = new Map<string, { readonly first: Mark; priority: number; notBeforeMs: number; cause: string; times: number }>();
  for (const mark of marks) {
    const { kind, shard, key, priority, notBeforeMs, cause } = mark;
    const id = `${kind}\0${shard}\0${key}`;
    const known = works.get(id);
    if (known === undefined) works.set(id, { first: mark, priority, notBeforeMs, cause, times: 1 });
    else Object.assign(known, { priority: Math.min(known.priority, priority), notBeforeMs: Math.min(known.notBeforeMs, notBeforeMs), cause, times: known.times + 1 });
  }
  return [...works].sort(([a], [b]) => compare(a, b)).map(([, { first: { kind, shard, key }, priority, notBeforeMs, cause, times }]) => [kind, shard, key, priority, notBeforeMs, storable(cause), times]);
}

/** Which expectations were not kept, from what the database found. */
export function failedOf(expect: readonly Expectation[], { kept, there }: { readonly kept: readonly number[]; readonly there: readonly number[] }): readonly Expectation[] {
  const [keeps, found] = [new Set(kept), new Set(there)];
  return expect.filter(({ version }, n) => (version === 0 ? found.has(n) : !keeps.has(n)));
}

/** A text by which the rows of a table sort, the same in every process. */
export function sortOf(table: TableName, key: Columns): string {
  const { key: columns } = layoutOf(table);
  let sort = '';
  for (const { name, type } of columns) sort += type === 'text' ? `${String(key[name])}\0` : `${String(key[name]).padStart(17, '0')}\0`;
  return sort;
}

function locksOf(locks: Map<TableName, Lock[]>, sorted: ByTable<Fate>): readonly Part[] {
  for (const { table, items } of sorted) {
    // Rows without a version are written under the lock of one that has; they are taken as they are written.
    if (!layoutOf(table).hasVersion) continue;
    for (const { key, sort, isExpected } of items) if (!isExpected) push(locks, table, { sort, cells: [0, null, ...key] });
  }
  return TABLE_NAMES.flatMap((table, place) => {
    const rows = locks.get(table);
    return rows === undefined ? [] : [{ table: place, rows: rows.sort(bySort).map(({ cells }) => cells) }];
  });
}

function writesOf(sorted: ByTable<Fate>): Pick<Packed, 'inserts' | 'writes' | 'removes'> {
  const inserts: Part[] = [];
  const writes: Part[] = [];
  const removes: Part[] = [];
  for (const { table, items } of sorted) {
    const { place } = layoutOf(table);
    // A row that is not to be there is made all the same, so that of two who want it gone or made only one can be right, and removed again.
    const absent = items.filter(({ isExpectedAbsent }) => isExpectedAbsent);
    if (absent.length > 0) inserts.push({ table: place, rows: absent.map(({ cells }) => cells) });
    const gone = items.filter(({ isSet, isRemoved, isExpectedAbsent }) => !isSet && (isRemoved || isExpectedAbsent));
    if (gone.length > 0) removes.push({ table: place, rows: gone.map(({ key }) => key) });
    const byMask = new Map<number, Cells[]>();
    for (const { isSet, isExpectedAbsent, mask, cells } of items) if (isSet && !isExpectedAbsent) push(byMask, mask, cells);
    for (const [mask, rows] of byMask) writes.push({ table: place, mask, rows });
  }
  return { ...(inserts.length === 0 ? {} : { inserts }), ...(writes.length === 0 ? {} : { writes }), ...(removes.length === 0 ? {} : { removes }) };
}

function fateOf(fates: Map<TableName, Map<string, Fate>>, table: TableName, of: Columns): Fate {
  let ofTable = fates.get(table);
  if (ofTable === undefined) fates.set(table, (ofTable = new Map<string, Fate>()));
  const sort = sortOf(table, of);
  let fate = ofTable.get(sort);
  if (fate === undefined) {
    const key = keyOf(table, of);
    fate = { sort, key, cells: unset(key, layoutOf(table).columns.length), mask: 0, isSet: false, isRemoved: false, isExpected: false, isExpectedAbsent: false };
    ofTable.set(sort, fate);
  }
  return fate;
}

/** The cells of a key. */
function keyOf(table: TableName, key: Columns): Value[] {
  return layoutOf(table).key.map(({ name }) => key[name] ?? null);
}

/** A row of which only the key is set. */
function unset(key: Cells, columns: number): Value[] {
  const cells = [...key];
  for (let column = 0; column < columns; column += 1) cells.push(null);
  return cells;
}

function push<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function bySort(a: { readonly sort: string }, b: { readonly sort: string }): number {
  return compare(a.sort, b.sort);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
