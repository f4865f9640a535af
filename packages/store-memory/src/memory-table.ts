import { checkQuery, storable, tableDefinition, type Row, type TableName, type Value } from '@stockwright/engine/ports';
import { compareValues } from './compare.ts';
import { MemoryAges } from './memory-ages.ts';

const NOTHING = '\ud800';

type Columns = Readonly<Record<string, Value>>;

/** Where a row is kept: it is written again without any group being told. */
interface Place {
  row: Row;
}

/** The rows that hold the same in some columns. Their order goes by their keys, so a row that is written again keeps its place. */
interface Group {
  readonly places: Set<Place>;
  /** The places in the order of their rows; absent until somebody asks. */
  order: readonly Place[] | undefined;
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
  private readonly rows = new Map<string, Place>();
  /** For each list of columns that a read may name, none included: the rows by what they hold there. */
  private readonly groupings = new Map<string, Grouping>();
  /** The column that says since when a row is over, and the keys of those that say so. */
  private readonly over: string | undefined;
  private readonly ages = new MemoryAges();

  constructor(table: TableName) {
    const { key, columns, indexes = [], over } = tableDefinition(table);
    this.over = over;
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
    return this.rows.get(idOf(this.key, key))?.row;
  }

  /** Rows whose columns equal these values, in the order of their keys. */
  find(where: Columns): readonly Row[] {
    checkQuery({ table: this.table, where });
    const names = Object.keys(where);
    const grouping = this.groupings.get(names.length < 2 ? (names[0] ?? '') : names.sort().join());
    const group = grouping?.groups.get(idOf(grouping.columns, where));
    if (group === undefined) return [];
    group.order ??= this.ordered(group.places);
    return group.order.map(({ row }) => row);
  }

  /** Sets columns of a row and keeps the others. */
  set(key: Columns, columns: Columns): void {
    const id = idOf(this.key, key);
    const known = this.rows.get(id);
    const row: Record<string, Value> = known === undefined ? { ...this.empty, ...key } : { ...known.row };
    for (const name in columns) row[name] = storable(columns[name] ?? null);
    const after = Object.freeze(row);
    this.age(known?.row, after);
    if (known !== undefined) {
      this.regroup(known, after);
      known.row = after;
      return;
    }
    const place: Place = { row: after };
    this.rows.set(id, place);
    for (const { columns: names, groups } of this.groupings.values()) join(groups, idOf(names, after), place);
  }

  remove(key: Columns): void {
    const id = idOf(this.key, key);
    const place = this.rows.get(id);
    if (place === undefined) return;
    this.rows.delete(id);
    this.age(place.row, undefined);
    for (const { columns, groups } of this.groupings.values()) leave(groups, idOf(columns, place.row), place);
  }

  /** The keys of rows that have been over since a moment, the oldest first. */
  overSince(atMs: number, limit: number): readonly Columns[] {
    return this.ages.until(atMs, limit).map((cells) => Object.fromEntries(this.key.map((column, index) => [column, cells[index] ?? null])));
  }

  private age(before: Row | undefined, after: Row | undefined): void {
    const { over } = this;
    if (over === undefined || before?.[over] === after?.[over]) return;
    for (const [row, change] of [[before, 'remove'], [after, 'add']] as const) {
      const atMs = row?.[over];
      if (row !== undefined && typeof atMs === 'number') this.ages[change](atMs, this.key.map((column) => row[column] ?? null));
    }
  }

  private regroup(place: Place, after: Row): void {
    for (const { columns, groups } of this.groupings.values()) {
      if (holdSame(columns, place.row, after)) continue;
      leave(groups, idOf(columns, place.row), place);
      join(groups, idOf(columns, after), place);
    }
  }

  private ordered(places: ReadonlySet<Place>): readonly Place[] {
    const order = [...places];
    return order.length < 2 ? order : order.sort((a, b) => this.compare(a.row, b.row));
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

function leave(groups: Map<string, Group>, name: string, place: Place): void {
  const group = groups.get(name);
  if (group === undefined) return;
  group.places.delete(place);
  group.order = undefined;
  if (group.places.size === 0) groups.delete(name);
}

function join(groups: Map<string, Group>, name: string, place: Place): void {
  const group = groups.get(name);
  if (group === undefined) {
    groups.set(name, { places: new Set([place]), order: undefined });
    return;
  }
  group.places.add(place);
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
