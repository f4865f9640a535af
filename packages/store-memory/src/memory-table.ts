import { checkQuery, storable, tableDefinition, type Query, type Row, type TableName, type Value } from '@stockwright/engine/ports';

const NOTHING = '\ud800';

type Columns = Readonly<Record<string, Value>>;

/** The rows of one table. Rows are frozen, so that they can be handed out as they are. */
export class MemoryTable {
  private readonly table: TableName;
  private readonly key: readonly string[];
  private readonly empty: Row;
  private readonly rows = new Map<string, Row>();
  /** For each list of columns that a read may name: the ids of rows by what they hold there. */
  private readonly groups = new Map<string, { readonly columns: readonly string[]; readonly ids: Map<string, Set<string>> }>();

  constructor(table: TableName) {
    const { key, columns, indexes = [] } = tableDefinition(table);
    this.table = table;
    this.key = key;
    this.empty = Object.fromEntries([...key, ...Object.keys(columns)].map((column) => [column, null]));
    for (const index of [key, ...indexes]) {
      for (let length = 1; length <= index.length; length += 1) {
        const names = index.slice(0, length).sort();
        this.groups.set(names.join(), { columns: names, ids: new Map() });
      }
    }
  }

  get(key: Columns): Row | undefined {
    return this.rows.get(idOf(this.key, key));
  }

  /** Rows whose columns equal these values, in the order of their keys. */
  find(where: Columns): readonly Row[] {
    checkQuery({ table: this.table, where } satisfies Query);
    const names = Object.keys(where).sort();
    const rows = names.length === 0 ? [...this.rows.values()] : this.grouped(names, where);
    return rows.length < 2 ? rows : rows.sort((a, b) => this.compare(a, b));
  }

  private grouped(names: readonly string[], where: Columns): Row[] {
    const rows: Row[] = [];
    for (const id of this.groups.get(names.join())?.ids.get(idOf(names, where)) ?? []) {
      const row = this.rows.get(id);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** Sets columns of a row and keeps the others. */
  set(key: Columns, columns: Columns): void {
    const before = this.get(key);
    const row: Record<string, Value> = { ...(before ?? this.empty), ...key };
    for (const [name, value] of Object.entries(columns)) row[name] = storable(value);
    this.replace(before, Object.freeze(row));
  }

  remove(key: Columns): void {
    this.replace(this.get(key), undefined);
  }

  private replace(before: Row | undefined, after: Row | undefined): void {
    const row = after ?? before;
    if (row === undefined) return;
    const id = idOf(this.key, row);
    if (after === undefined) this.rows.delete(id);
    else this.rows.set(id, after);
    for (const { columns, ids } of this.groups.values()) {
      if (before !== undefined && after !== undefined && columns.every((column) => before[column] === after[column])) continue;
      if (before !== undefined) leave(ids, idOf(columns, before), id);
      if (after !== undefined) join(ids, idOf(columns, after), id);
    }
  }

  private compare(a: Row, b: Row): number {
    for (const column of this.key) {
      const order = compareValues(a[column] ?? '', b[column] ?? '');
      if (order !== 0) return order;
    }
    return 0;
  }
}

function leave(groups: Map<string, Set<string>>, name: string, id: string): void {
  const group = groups.get(name);
  group?.delete(id);
  if (group?.size === 0) groups.delete(name);
}

function join(groups: Map<string, Set<string>>, name: string, id: string): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, new Set([id]));
  else group.add(id);
}

/** The values of columns as one text. No stored text has a null character or half a surrogate pair, so one separates and the other stands for null. */
function idOf(columns: readonly string[], row: Columns): string {
  let id = '';
  for (const column of columns) id += `${String(storable(row[column] ?? null) ?? NOTHING)}\0`;
  return id;
}

function compareValues(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b));
}

/** By Unicode code point, as databases sort bytes of UTF-8; JavaScript's `<` puts surrogate pairs before U+E000. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return surrogatesLast(left) - surrogatesLast(right);
  }
  return a.length - b.length;
}

function surrogatesLast(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}
