import { storable, type ChangeSet, type Expectation, type Mark, type RowKey, type TableName, type Value } from '@stockwright/engine/ports';
import { layoutOf, TABLE_NAMES } from './names.ts';

type Columns = Readonly<Record<string, Value>>;

/** Rows of one table, as the routines in the database take them. */
export interface Part {
  readonly table: TableName;
  readonly mask?: number;
  readonly rows: readonly Columns[];
}

/** A change as the routines take it. Parts without rows are left out. */
export interface Packed {
  /** Rows to lock and, where they name what is expected, to compare; `n` is the place of the expectation. */
  readonly locks: readonly Part[];
  /** How many rows must be there with the version that was expected. */
  readonly kept: number;
  readonly inserts?: readonly Part[];
  readonly writes?: readonly Part[];
  readonly removes?: readonly Part[];
  readonly marks?: readonly Columns[];
}

/** What the change makes of one row, whatever the number of its writes. */
interface Fate {
  readonly key: Columns;
  readonly sort: string;
  /** The key and the columns that are set. */
  row: Record<string, Value>;
  /** The bits of the columns that are set; all of them where what was there before does not count. */
  mask: number;
  isSet: boolean;
  isRemoved: boolean;
  isExpected: boolean;
  isExpectedAbsent: boolean;
}

interface Lock {
  readonly sort: string;
  readonly row: Columns;
}

type ByTable<Item> = readonly { readonly table: TableName; readonly items: readonly Item[] }[];

/** Packs a change: one fate a row, sorted by table and key, since everybody locks in that order. */
export function pack({ expect, write, marks }: Pick<ChangeSet, 'expect' | 'write' | 'marks'>): Packed {
  const fates = new Map<TableName, Map<string, Fate>>();
  for (const each of write) {
    const fate = fateOf(fates, each.table, each.key);
    if ('remove' in each) Object.assign(fate, { row: { ...fate.key }, mask: allBits(each.table), isSet: false, isRemoved: true });
    else {
      const bits = bitsOf(each.table);
      for (const column in each.set) {
        fate.row[column] = storable(each.set[column] ?? null);
        fate.mask |= bits.get(column) ?? 0;
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
    push(locks, table, { sort: fate?.sort ?? sortOf(table, key), row: { ...key, n, expected: version } });
  });
  const sorted: ByTable<Fate> = TABLE_NAMES.flatMap((table) => {
    const of = fates.get(table);
    return of === undefined ? [] : [{ table, items: [...of.values()].sort(bySort) }];
  });
  return { locks: locksOf(locks, sorted), kept, ...writesOf(sorted), ...(marks.length === 0 ? {} : { marks: packMarks(marks) }) };
}

/** Rows of a table to be locked, in order, with the place that each had in what was given. */
export function packLocks(locks: readonly RowKey[]): readonly Part[] {
  const seen = new Map<string, { readonly table: TableName; readonly key: Columns; readonly sort: string; readonly n: number }>();
  locks.forEach(({ table, key }, n) => {
    const sort = sortOf(table, key);
    if (!seen.has(`${table} ${sort}`)) seen.set(`${table} ${sort}`, { table, key, sort, n });
  });
  return TABLE_NAMES.flatMap((table) => {
    const rows = [...seen.values()].filter((row) => row.table === table).sort(bySort);
    return rows.length === 0 ? [] : [{ table, rows: rows.map(({ key, n }) => ({ ...key, n })) }];
  });
}

/** The work rows of marks, each once, sorted. */
export function packMarks(marks: readonly Mark[]): readonly Columns[] {
  const works = new Map<string, Record<string, Value>>();
  for (const { kind, shard, key, priority, notBeforeMs, cause } of marks) {
    const id = [kind, shard, key].join('\0');
    const known = works.get(id);
    if (known === undefined) works.set(id, { kind, shard, key, priority, notBeforeMs, cause: storable(cause), times: 1 });
    else {
      Object.assign(known, {
        priority: Math.min(Number(known['priority']), priority), notBeforeMs: Math.min(Number(known['notBeforeMs']), notBeforeMs),
        cause: storable(cause), times: Number(known['times']) + 1,
      });
    }
  }
  return [...works].sort(([a], [b]) => compare(a, b)).map(([, row]) => row);
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
    for (const { key, sort, isExpected } of items) if (!isExpected) push(locks, table, { sort, row: { ...key, n: 0, expected: null } });
  }
  return TABLE_NAMES.flatMap((table) => {
    const rows = locks.get(table);
    return rows === undefined ? [] : [{ table, rows: rows.sort(bySort).map(({ row }) => row) }];
  });
}

function writesOf(sorted: ByTable<Fate>): Pick<Packed, 'inserts' | 'writes' | 'removes'> {
  const inserts: Part[] = [];
  const writes: Part[] = [];
  const removes: Part[] = [];
  for (const { table, items } of sorted) {
    // A row that is not to be there is made all the same, so that of two who want it gone or made only one can be right, and removed again.
    const absent = items.filter(({ isExpectedAbsent }) => isExpectedAbsent);
    if (absent.length > 0) inserts.push({ table, rows: absent.map(({ row }) => row) });
    const gone = items.filter(({ isSet, isRemoved, isExpectedAbsent }) => !isSet && (isRemoved || isExpectedAbsent));
    if (gone.length > 0) removes.push({ table, rows: gone.map(({ key }) => key) });
    const byMask = new Map<number, Columns[]>();
    for (const { isSet, isExpectedAbsent, mask, row } of items) if (isSet && !isExpectedAbsent) push(byMask, mask, row);
    for (const [mask, rows] of byMask) writes.push({ table, mask, rows });
  }
  return { ...(inserts.length === 0 ? {} : { inserts }), ...(writes.length === 0 ? {} : { writes }), ...(removes.length === 0 ? {} : { removes }) };
}

function fateOf(fates: Map<TableName, Map<string, Fate>>, table: TableName, key: Columns): Fate {
  let ofTable = fates.get(table);
  if (ofTable === undefined) fates.set(table, (ofTable = new Map<string, Fate>()));
  const sort = sortOf(table, key);
  let fate = ofTable.get(sort);
  if (fate === undefined) ofTable.set(sort, (fate = { key, sort, row: { ...key }, mask: 0, isSet: false, isRemoved: false, isExpected: false, isExpectedAbsent: false }));
  return fate;
}

const bits = new Map<TableName, ReadonlyMap<string, number>>();

/** The bit of each column in a mask. */
function bitsOf(table: TableName): ReadonlyMap<string, number> {
  const known = bits.get(table);
  if (known !== undefined) return known;
  const made = new Map(layoutOf(table).columns.map(({ name }, index) => [name, 2 ** index]));
  bits.set(table, made);
  return made;
}

function allBits(table: TableName): number {
  return 2 ** layoutOf(table).columns.length - 1;
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
