import { TABLES, tableDefinition, type ColumnType, type TableName } from '@stockwright/engine/ports';

/** A name as SQL takes it; those of the engine are plain words, the schema's is the operator's. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Names as SQL lists them, behind a prefix. */
export function listed(names: readonly string[], prefix = ''): string {
  return names.map((name) => prefix + quoted(name)).join(', ');
}

/** A text as SQL takes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The engine's tables in the order in which their rows are locked. */
export const TABLE_NAMES: readonly TableName[] = (Object.keys(TABLES) as TableName[]).sort();

/** One column of an engine's table. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** How a table is laid out, as the statements need it. */
export interface Layout {
  readonly key: readonly Column[];
  /** The columns beside the key; the bit of a column in a mask is its place here. */
  readonly columns: readonly Column[];
  /** All of them, the key first. */
  readonly all: readonly Column[];
  readonly hasVersion: boolean;
  /** Its place among the names of tables, by which routines know it. */
  readonly place: number;
  /** The place of each column in {@link columns}. */
  readonly placeOf: ReadonlyMap<string, number>;
}

const layouts = new Map<TableName, Layout>();

/** The layout of a table. */
export function layoutOf(table: TableName): Layout {
  const known = layouts.get(table);
  if (known !== undefined) return known;
  const { key, keyTypes = {}, columns } = tableDefinition(table);
  const ofKey = key.map((name): Column => ({ name, type: keyTypes[name] ?? 'text' }));
  const others = Object.entries(columns).map(([name, type]): Column => ({ name, type }));
  const layout: Layout = {
    key: ofKey,
    columns: others,
    all: [...ofKey, ...others],
    hasVersion: 'version' in columns,
    place: TABLE_NAMES.indexOf(table),
    placeOf: new Map(Object.keys(columns).map((name, index) => [name, index])),
  };
  layouts.set(table, layout);
  return layout;
}

/** Types as PostgreSQL calls them. Texts compare by code point, as everywhere in the port. */
export const SQL_TYPE: Readonly<Record<ColumnType, string>> = { text: 'text', integer: 'bigint' };

/** The names of columns. */
export function namesOf(columns: readonly Column[]): readonly string[] {
  return columns.map(({ name }) => name);
}
