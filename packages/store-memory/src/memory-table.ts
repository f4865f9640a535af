import { checkQuery, storable, tableDefinition, type Row, type TableName, type Value } from '@stockwright/engine/ports';

const NOTHING = '\ud800';

type Columns = Readonly<Record<string, Value>>;

/** The rows that hold the same in some columns. Their order goes by their keys, so a row that is written again keeps its place. */
interface Group {
  readonly ids: Set<string>;
  /** The ids in the order of their rows; absent until somebody asks. */
  order: readonly string[] | undefined;
}

/** All groups by some columns. */
interface Grouping {
  readonly columns: readonly string[];
  readonly groups: Map<string, Group>;
}

/** The rows of one table. Rows are frozen, so that they can be handed out as they are. */
export class MemoryTable {
  private readonly table: TableName;
  private readonly key: readonly string[];
  private readonly empty: Row;
  private readonly rows = new Map<string, Row>();
  /** For each list of columns that a read may name, none included: the rows by what they hold there. */
  private readonly groupings = new Map<string, Grouping>();

  constructor(table: TableName) {
    const { key, columns, indexes = [] } = tableDefinition(table);
    this.table = table;
    this.key = key;
    this.empty = Object.fromEntries([...key, ...Object.keys(columns)].map((column) => [column, null]));
    for (const index of [key, ...indexes]) {
      for (let length = 0; length <= index.length; length += 1) {
        const names = index.slice(0, length).sort();
        this.groupings.set(names.join(), { columns: names, groups: new Map() });
      }
    }
  }

  get(key: Columns): Row | undefined {
    return this.rows.get(idOf(this.key, key));
  }

  /** Rows whose columns equal these values, in the order of their keys. */
  find(where: Columns): readonly Row[] {
    checkQuery({ table: this.table, where });
    const names = Object.keys(where);
    const grouping = this.groupings.get(names.length < 2 ? (names[0] ?? '') : names.sort().join());
    const group = grouping?.groups.get(idOf(grouping.columns, where));
    if (group === undefined) return [];
    group.order ??= this.ordered(group.ids);
    const found: Row[] = [];
    for (const id of group.order) {
      const row = this.rows.get(id);
      if (row !== undefined) found.push(row);
    }
    return found;
  }

  /** Sets columns of a row and keeps the others. */
  set(key: Columns, columns: Columns): void {
    const before = this.get(key);
    const row: Record<string, Value> = { ...(before ?? this.empty), ...(before === undefined ? key : {}) };
    for (const name of Object.keys(columns)) row[name] = storable(columns[name] ?? null);
    this.replace(before, Object.freeze(row));
  }

  remove(key: Columns): void {
    this.replace(this.get(key), undefined);
  }

  private ordered(ids: ReadonlySet<string>): readonly string[] {
    if (ids.size < 2) return [...ids];
    const rows = [...ids].map((id) => ({ id, row: this.rows.get(id) ?? this.empty }));
    return rows.sort((a, b) => this.compare(a.row, b.row)).map(({ id }) => id);
  }

  private replace(before: Row | undefined, after: Row | undefined): void {
    const row = after ?? before;
    if (row === undefined) return;
    const id = idOf(this.key, row);
    if (after === undefined) this.rows.delete(id);
    else this.rows.set(id, after);
    for (const { columns, groups } of this.groupings.values()) {
      if (before !== undefined && after !== undefined && holdSame(columns, before, after)) continue;
      if (before !== undefined) leave(groups, idOf(columns, before), id);
      if (after !== undefined) join(groups, idOf(columns, after), id);
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

function holdSame(columns: readonly string[], one: Row, other: Row): boolean {
  for (const column of columns) if (one[column] !== other[column]) return false;
  return true;
}

function leave(groups: Map<string, Group>, name: string, id: string): void {
  const group = groups.get(name);
  if (group === undefined) return;
  group.ids.delete(id);
  group.order = undefined;
  if (group.ids.size === 0) groups.delete(name);
}

function join(groups: Map<string, Group>, name: string, id: string): void {
  const group = groups.get(name);
  if (group === undefined) {
    groups.set(name, { ids: new Set([id]), order: undefined });
    return;
  }
  group.ids.add(id);
  group.order = undefined;
}

/** The values of columns as one text. No stored text has a null character or half a surrogate pair, so one separates and the other stands for null. */
function idOf(columns: readonly string[], row: Columns): string {
  let id = '';
  for (const column of columns) {
    const value = row[column] ?? null;
    id += typeof value === 'string' ? storable(value) : value === null ? NOTHING : String(value);
    id += '\0';
  }
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
