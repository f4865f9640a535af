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
  /** What was there before does not count. */
  replaces: boolean;
  /** The columns that are set; undefined where the row is to go, or was only expected not to be there. */
  set: Record<string, Value> | undefined;
  isExpectedAbsent: boolean;
  removes: boolean;
}

/** Packs a change: one fate a row, sorted by table and key, since everybody locks in that order. */
export function pack({ expect, write, marks }: Pick<ChangeSet, 'expect' | 'write' | 'marks'>): Packed {
  const tables = new Map<TableName, Map<string, Fate>>();
  const fateOf = (table: TableName, key: Columns): Fate => {
    const fates = tables.get(table) ?? new Map<string, Fate>();
    if (fates.size === 0) tables.set(table, fates);
    const sort = sortOf(table, key);
    const known = fates.get(sort);
    if (known !== undefined) return known;
    const fate: Fate = { key, sort, replaces: false, set: undefined, isExpectedAbsent: false, removes: false };
    fates.set(sort, fate);
    return fate;
  };
  for (const each of write) {
    const fate = fateOf(each.table, each.key);
    if ('remove' in each) Object.assign(fate, { replaces: true, set: undefined, removes: true });
    else {
      fate.set ??= {};
      for (const column of Object.keys(each.set)) fate.set[column] = storable(each.set[column] ?? null);
    }
  }
  for (const each of expect) if (each.version === 0) fateOf(each.table, each.key).isExpectedAbsent = true;
  const sorted = TABLE_NAMES.flatMap((table) => {
    const fates = tables.get(table);
    return fates === undefined ? [] : [{ table, fates: [...fates.values()].sort(bySort) }];
  });
  return { ...locksOf(expect, sorted), ...writesOf(sorted), ...(marks.length === 0 ? {} : { marks: packMarks(marks) }) };
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
  if (columns.length === 1 && columns[0]?.type === 'text') return String(key[columns[0].name]);
  return columns.map(({ name, type }) => (type === 'text' ? String(key[name]) : String(key[name]).padStart(17, '0'))).join('\0');
}

function locksOf(expect: readonly Expectation[], sorted: readonly { readonly table: TableName; readonly fates: readonly Fate[] }[]): Pick<Packed, 'locks' | 'kept'> {
  const locks = new Map<TableName, { readonly sort: string; readonly row: Columns }[]>();
  const add = (table: TableName, sort: string, row: Columns): void => {
    const rows = locks.get(table);
    if (rows === undefined) locks.set(table, [{ sort, row }]);
    else rows.push({ sort, row });
  };
  const expected = new Set<string>();
  expect.forEach(({ table, key, version }, n) => {
    const sort = sortOf(table, key);
    expected.add(`${table} ${sort}`);
    add(table, sort, { ...key, n, expected: version });
  });
  for (const { table, fates } of sorted) {
    // Rows without a version are written under the lock of one that has; they are taken as they are written.
    if (!layoutOf(table).hasVersion) continue;
    for (const { key, sort } of fates) if (!expected.has(`${table} ${sort}`)) add(table, sort, { ...key, n: 0, expected: null });
  }
  const parts = TABLE_NAMES.flatMap((table) => {
    const rows = locks.get(table);
    return rows === undefined ? [] : [{ table, rows: rows.sort(bySort).map(({ row }) => row) }];
  });
  return { locks: parts, kept: expect.filter(({ version }) => version !== 0).length };
}

function writesOf(sorted: readonly { readonly table: TableName; readonly fates: readonly Fate[] }[]): Pick<Packed, 'inserts' | 'writes' | 'removes'> {
  const inserts: Part[] = [];
  const writes: Part[] = [];
  const removes: Part[] = [];
  for (const { table, fates } of sorted) {
    // A row that is not to be there is made all the same, so that of two who want it gone or made only one can be right, and removed again.
    const absent = fates.filter(({ isExpectedAbsent }) => isExpectedAbsent);
    if (absent.length > 0) inserts.push({ table, rows: absent.map(rowOf) });
    const gone = fates.filter(({ set, removes: isRemoved, isExpectedAbsent }) => set === undefined && (isRemoved || isExpectedAbsent));
    if (gone.length > 0) removes.push({ table, rows: gone.map(({ key }) => key) });
    const byMask = new Map<number, Fate[]>();
    for (const fate of fates) {
      if (fate.set === undefined || fate.isExpectedAbsent) continue;
      const mask = maskOf(table, fate);
      const same = byMask.get(mask);
      if (same === undefined) byMask.set(mask, [fate]);
      else same.push(fate);
    }
    for (const [mask, rows] of byMask) writes.push({ table, mask, rows: rows.map(rowOf) });
  }
  return { ...(inserts.length === 0 ? {} : { inserts }), ...(writes.length === 0 ? {} : { writes }), ...(removes.length === 0 ? {} : { removes }) };
}

function rowOf({ key, set }: Fate): Columns {
  return { ...key, ...set };
}

function maskOf(table: TableName, { set = {}, replaces }: Fate): number {
  return layoutOf(table).columns.reduce((mask, { name }, index) => (replaces || name in set ? mask + 2 ** index : mask), 0);
}

function bySort(a: { readonly sort: string }, b: { readonly sort: string }): number {
  return compare(a.sort, b.sort);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
