import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StockwrightError } from '@stockwright/core';
import { tableDefinition, type Expectation, type Query, type Row, type RowWrite, type TableName, type Value } from '@stockwright/engine/ports';
import { quoted } from './schema.ts';

/** How many rows a scan reads at once. */
const SCAN_PAGE = 500;

/** A use of the port that its contract forbids; a bug of the caller. */
export function misuse(message: string): StockwrightError {
  return new StockwrightError(`The store was misused: ${message}.`, { code: 'INVARIANT_VIOLATED' });
}

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

/** Reads and writes the engine's tables within one namespace. */
export class Rows {
  private readonly statements: Statements;
  private readonly namespace: string;

  constructor(statements: Statements, namespace: string) {
    this.statements = statements;
    this.namespace = namespace;
  }

  find({ table, where }: Query): readonly Row[] {
    const columns = checkedColumns(table, where);
    const sql = `SELECT ${selection(table)} FROM ${quoted(table)} WHERE ${conditions(columns)} ORDER BY ${order(table)}`;
    return this.statements.get(sql).all(this.namespace, ...columns.map((column) => where[column] ?? null)) as Row[];
  }

  *scan({ table, where }: Query): Iterable<Row> {
    const columns = checkedColumns(table, where);
    const { key } = tableDefinition(table);
    let last: Row | undefined;
    for (;;) {
      const from: Row | undefined = last;
      const after = from === undefined ? '' : ` AND (${key.map(quoted).join(', ')}) > (${key.map(() => '?').join(', ')})`;
      const sql = `SELECT ${selection(table)} FROM ${quoted(table)} WHERE ${conditions(columns)}${after} ORDER BY ${order(table)} LIMIT ${String(SCAN_PAGE)}`;
      const bound = [...columns.map((column) => where[column] ?? null), ...(from === undefined ? [] : key.map((column) => from[column] ?? null))];
      const page = this.statements.get(sql).all(this.namespace, ...bound) as Row[];
      yield* page;
      if (page.length < SCAN_PAGE) return;
      last = page[page.length - 1];
    }
  }

  holds({ table, key, version }: Expectation): boolean {
    const hasVersion = 'version' in tableDefinition(table).columns;
    const sql = `SELECT ${hasVersion ? '"version"' : '1'} AS "version" FROM ${quoted(table)} WHERE ${keyConditions(table)}`;
    const row = this.statements.get(sql).get(this.namespace, ...keyValues(table, key));
    if (version !== 0 && !hasVersion) throw misuse(`table ${table} keeps no version, so only its absence can be expected`);
    if (version === 0) return row === undefined || (hasVersion && (row['version'] === 0 || row['version'] === null));
    return row?.['version'] === version;
  }

  write(change: RowWrite): void {
    const { table } = change;
    const { key, columns } = tableDefinition(table);
    const keys = keyValues(table, change.key);
    if ('remove' in change) {
      this.statements.get(`DELETE FROM ${quoted(table)} WHERE ${keyConditions(table)}`).run(this.namespace, ...keys);
      return;
    }
    const set = Object.keys(change.set);
    for (const column of set) if (!(column in columns)) throw misuse(`table ${table} has no column ${column}`);
    const names = ['namespace', ...key, ...set].map(quoted).join(', ');
    const update = set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}`;
    const sql = `INSERT INTO ${quoted(table)} (${names}) VALUES (${['namespace', ...key, ...set].map(() => '?').join(', ')})
      ON CONFLICT (${['namespace', ...key].map(quoted).join(', ')}) DO ${update}`;
    this.statements.get(sql).run(this.namespace, ...keys, ...set.map((column) => change.set[column] ?? null));
  }
}

function selection(table: TableName): string {
  const { key, columns } = tableDefinition(table);
  return [...key, ...Object.keys(columns)].map(quoted).join(', ');
}

function conditions(columns: readonly string[]): string {
  return ['"namespace" = ?', ...columns.map((column) => `${quoted(column)} IS ?`)].join(' AND ');
}

function keyConditions(table: TableName): string {
  return ['namespace', ...tableDefinition(table).key].map((column) => `${quoted(column)} = ?`).join(' AND ');
}

function order(table: TableName): string {
  return tableDefinition(table).key.map(quoted).join(', ');
}

function keyValues(table: TableName, key: Readonly<Record<string, Value>>): readonly (string | number)[] {
  return tableDefinition(table).key.map((column) => {
    const value = key[column];
    if (value === undefined || value === null) throw misuse(`table ${table} needs ${column} in its key`);
    return value;
  });
}

function checkedColumns(table: TableName, where: Readonly<Record<string, Value>>): readonly string[] {
  const { key, indexes = [] } = tableDefinition(table);
  const columns = Object.keys(where).sort();
  const covers = (index: readonly string[]): boolean => columns.every((column) => index.slice(0, columns.length).includes(column));
  if (![key, ...indexes].some(covers)) throw misuse(`table ${table} cannot be asked by ${columns.join(', ')}`);
  return columns;
}
