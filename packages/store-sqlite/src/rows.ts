import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { checkQuery, storable, tableDefinition, type Expectation, type Query, type Row, type RowWrite, type TableName, type Value } from '@stockwright/engine/ports';
import { SQLITE, sqliteCode } from './failures.ts';
import { indexFor, listed, overIndex, quoted } from './schema.ts';

/** How many rows a scan reads at once. */
const SCAN_PAGE = 500;

/** Statements by their text, each prepared once. */
export class Statements {
  private readonly prepared = new Map<string, StatementSync>();
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  get(sql: string): StatementSync {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    this.prepared.set(sql, statement);
    return statement;
  }
}

type RowSet = Extract<RowWrite, { readonly set: unknown }>;

/** Rows that set this column are made by it, as a rule, so that they are inserted before anything else is tried. */
const MADE_BY: Readonly<Partial<Record<TableName, string>>> = { ledger: 'quantity', targetChange: 'want', inbox: 'receivedAtMs', audit: 'atMs' };

/** The statements that set columns. The namespace and the key come first among their values, then the columns. */
const WRITES = {
  insert: (table: TableName, set: readonly string[]): string => {
    const named = ['namespace', ...tableDefinition(table).key, ...set];
    return `INSERT INTO ${quoted(table)} (${listed(named)}) VALUES (${named.map(() => '?').join(', ')})`;
  },
  put: (table: TableName, set: readonly string[]): string => {
    const update = set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}`;
    return `${WRITES.insert(table, set)} ON CONFLICT (${listed(['namespace', ...tableDefinition(table).key])}) DO ${update}`;
  },
  update: (table: TableName, set: readonly string[]): string => {
    const key = ['namespace', ...tableDefinition(table).key];
    const numbered = (columns: readonly string[], first: number): readonly string[] => columns.map((column, index) => `${quoted(column)} = ?${String(first + index)}`);
    return `UPDATE ${quoted(table)} SET ${numbered(set, key.length + 1).join(', ')} WHERE ${numbered(key, 1).join(' AND ')} AND "version" = ?${String(key.length + set.length + 1)}`;
  },
};

/** Sets some columns of a table. */
interface Writer {
  readonly key: readonly string[];
  readonly set: readonly string[];
  readonly statement: StatementSync;
}

/** Reads the whole of what some columns select. */
interface Reader {
  /** The columns in the order in which they were asked, and whether each is to be null. */
  readonly asked: readonly string[];
  readonly empty: readonly boolean[];
  readonly statement: StatementSync;
  /** The places of the columns in the order in which the statement takes them. */
  readonly order: readonly number[];
}

/** Reads and writes the engine's tables within one namespace. Callers provide the transaction and have checked what they write. */
export class Rows {
  private readonly statements: Statements;
  private readonly namespace: string;
  /** The statements of each shape of read and write, so that their text is made once. */
  private readonly shapes = new Map<string, string>();
  private readonly writers: Readonly<Record<keyof typeof WRITES, Map<TableName, Writer>>> = { put: new Map(), insert: new Map(), update: new Map() };

  /** Of each table, one for each way in which it was asked. */
  private readonly readers = new Map<TableName, Reader[]>();

  constructor(statements: Statements, namespace: string) {
    this.statements = statements;
    this.namespace = namespace;
  }

  find(query: Query): readonly Row[] {
    checkQuery(query);
    const { where } = query;
    const { statement, asked, order } = this.readerOf(query);
    const [first = 0] = order;
    // By one column is how nearly all is asked.
    if (order.length === 1) return statement.all(this.namespace, storable(where[asked[first] ?? ''] ?? null)) as Row[];
    return statement.all(this.namespace, ...order.map((place) => storable(where[asked[place] ?? ''] ?? null))) as Row[];
  }

  /** The rows of a query after one, at most a page of them; none are left where the page is not full. */
  page(query: Query, after: Row | undefined): { readonly rows: readonly Row[]; readonly isLast: boolean } {
    const rows = this.read(query, after);
    return { rows, isLast: rows.length < SCAN_PAGE };
  }

  holds({ table, key, version }: Expectation): boolean {
    const row = this.statements.get(this.shape(`holds ${table}`, () => {
      const column = 'version' in tableDefinition(table).columns ? '"version"' : '0 AS "version"';
      return `SELECT ${column} FROM ${quoted(table)} WHERE ${keyConditions(table)}`;
    })).get(this.namespace, ...keyValues(table, key));
    return version === 0 ? row === undefined : row?.['version'] === version;
  }

  write(change: RowWrite): void {
    const { table } = change;
    if ('remove' in change) {
      this.statements.get(this.shape(`remove ${table}`, () => `DELETE FROM ${quoted(table)} WHERE ${keyConditions(table)}`)).run(this.namespace, ...keyValues(table, change.key));
      return;
    }
    const maker = MADE_BY[table];
    if (maker !== undefined && maker in change.set && this.insert(change)) return;
    this.run(this.writerOf('put', change), change);
  }

  /** Writes a row that is to be there with a version, or with version 0 not at all, in one statement. False, with nothing written, where that does not hold. */
  writeExpected(change: RowWrite, version: number): boolean {
    if ('remove' in change || Object.keys(change.set).length === 0) {
      if (!this.holds({ ...change, version })) return false;
      this.write(change);
      return true;
    }
    return version === 0 ? this.insert(change) : this.run(this.writerOf('update', change), change, version) === 1;
  }

  /** Removes what has been over since a moment, the oldest first, with its parts. @returns How many rows, parts not counted. */
  forget(table: TableName, untilMs: number, limit: number): number {
    const { key, over = '', parts } = tableDefinition(table);
    const old = this.statements.get(this.shape(`over ${table}`, () => `SELECT ${listed(key)} FROM ${quoted(table)} INDEXED BY ${quoted(overIndex(table))}
      WHERE "namespace" = ? AND ${quoted(over)} <= ? ORDER BY ${listed([over, ...key])} LIMIT ?`)).all(this.namespace, untilMs, limit) as Row[];
    for (const row of old) {
      if (parts !== undefined) this.statements.get(`DELETE FROM ${quoted(parts.table)} WHERE "namespace" = ? AND ${quoted(parts.by)} = ?`).run(this.namespace, row[parts.by] ?? null);
      this.write({ table, key: row, remove: true });
    }
    return old.length;
  }

  /** False where the row is there already. A statement that may say so by failing costs less than one that looks first. */
  private insert(change: RowSet): boolean {
    try {
      this.run(this.writerOf('insert', change), change);
      return true;
    } catch (error) {
      if (sqliteCode(error) === SQLITE.constraint) return false;
      throw error;
    }
  }

  private run({ key, set, statement }: Writer, change: RowSet, version?: number): number | bigint {
    const values: Value[] = [this.namespace];
    for (const column of key) values.push(change.key[column] ?? null);
    for (const column of set) values.push(storable(change.set[column] ?? null));
    if (version !== undefined) values.push(version);
    return statement.run(...values).changes;
  }

  /** Most writes of a table set the columns that the one before did, in the same order. */
  private writerOf(how: keyof typeof WRITES, { table, set: columns }: RowSet): Writer {
    const lasts = this.writers[how];
    const last = lasts.get(table);
    if (last !== undefined && setsSame(last.set, columns)) return last;
    const set = Object.keys(columns);
    const sql = this.shape(`${how} ${table} ${set.join()}`, () => WRITES[how](table, set));
    const writer = { key: tableDefinition(table).key, set, statement: this.statements.get(sql) };
    lasts.set(table, writer);
    return writer;
  }

  private readerOf(query: Query): Reader {
    const { table, where } = query;
    let known = this.readers.get(table);
    if (known === undefined) this.readers.set(table, (known = []));
    for (const reader of known) if (isAsked(reader, where)) return reader;
    const asked = Object.keys(where);
    const columns = asked.toSorted();
    const made = { asked, empty: asked.map((column) => where[column] === null), statement: this.statements.get(selectOf(query, { limit: '' })), order: columns.map((column) => asked.indexOf(column)) };
    known.push(made);
    return made;
  }

  private read(query: Query, after: Row | undefined): readonly Row[] {
    checkQuery(query);
    const { where } = query;
    const order = orderOf(query);
    const bound = [...Object.keys(where).sort().map((column) => storable(where[column] ?? null)), ...(after === undefined ? [] : order.map((column) => after[column] ?? null))];
    return this.statements.get(selectOf(query, { continues: after !== undefined, limit: ` LIMIT ${String(SCAN_PAGE)}` })).all(this.namespace, ...bound) as Row[];
  }

  private shape(name: string, text: () => string): string {
    const known = this.shapes.get(name);
    if (known !== undefined) return known;
    const made = text();
    this.shapes.set(name, made);
    return made;
  }
}

/** The columns that sort what a query selects. What is held fixed sorts nothing; leaving it out lets the order and the continuation come from the index. */
function orderOf({ table, where }: Query): readonly string[] {
  return tableDefinition(table).key.filter((column) => where[column] === undefined);
}

/** The statement of a query. The namespace comes first among its values, then those of the columns by name, then where it continues. */
function selectOf(query: Query, { continues = false, limit }: { readonly continues?: boolean; readonly limit: string }): string {
  const { table, where } = query;
  const { key, columns: others } = tableDefinition(table);
  const columns = Object.keys(where).sort();
  const order = orderOf(query);
  const conditions = ['"namespace" = ?', ...columns.map((column) => `${quoted(column)} ${where[column] === null ? 'IS' : '='} ?`)];
  if (continues && order.length > 0) conditions.push(`(${listed(order)}) > (${order.map(() => '?').join(', ')})`);
  const sorting = order.length === 0 ? '' : ` ORDER BY ${listed(order)}`;
  return `SELECT ${listed([...key, ...Object.keys(others)])} FROM ${quoted(table)}${indexHint(table, columns)} WHERE ${conditions.join(' AND ')}${sorting}${limit}`;
}

/** Whether a reader is of the columns of a query, in the order in which it has them. */
function isAsked({ asked, empty }: Reader, where: Query['where']): boolean {
  let index = 0;
  for (const column in where) {
    if (asked[index] !== column || empty[index] !== (where[column] === null)) return false;
    index += 1;
  }
  return index === asked.length;
}

/** Without statistics SQLite takes the namespace for selective and reads a whole table in the order of its key, so the index is named. */
function indexHint(table: TableName, columns: readonly string[]): string {
  const index = indexFor(table, columns);
  return index === undefined ? '' : ` INDEXED BY ${quoted(index)}`;
}

function setsSame(set: readonly string[], columns: Readonly<Record<string, Value>>): boolean {
  let index = 0;
  for (const column in columns) {
    if (set[index] !== column) return false;
    index += 1;
  }
  return index === set.length;
}

function keyConditions(table: TableName): string {
  return ['namespace', ...tableDefinition(table).key].map((column) => `${quoted(column)} = ?`).join(' AND ');
}

function keyValues(table: TableName, key: Readonly<Record<string, Value>>): readonly Value[] {
  return tableDefinition(table).key.map((column) => key[column] ?? null);
}
