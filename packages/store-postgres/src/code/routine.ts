import { quoted, SQL_TYPE, type Column } from '../names.ts';

/** Names of what a routine may mention: tables, and the other routines of its version. */
export interface Scope {
  readonly table: (name: string) => string;
  readonly routine: (name: string) => string;
}

/** One function in the database. Each is one round trip of the store, or a part of one. */
export interface Routine {
  readonly name: string;
  readonly parameters: string;
  readonly returns: string;
  readonly declare?: readonly string[];
  readonly body: string;
  /**
   * Called by the store itself. Its statements look rows up by their keys, and are planned while tables are small and
   * run when they are not: so that no such plan reads a whole table, the other ways of joining are switched off in it.
   */
  readonly isEntry?: boolean;
  /** Only reads, in the order of an index, and all of it as of the moment of the statement that calls it. */
  readonly isStable?: boolean;
  /** Reads in the order of an index that must be the one to give it: sorting is switched off. */
  readonly isOrdered?: boolean;
}

/** Estimates of such plans are far too high, and compiling what takes microseconds takes milliseconds. */
const BY_KEY_ONLY = 'SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_memoize = off SET plan_cache_mode = force_generic_plan';

/** The scope of a schema and a version of the routines. */
export function scopeOf(schema: string, suffix: string): Scope {
  return { table: (name) => `${quoted(schema)}.${quoted(name)}`, routine: (name) => `${quoted(schema)}.${quoted(`${name}_${suffix}`)}` };
}

/** The statement that makes a routine. */
export function createRoutine(scope: Scope, { name, parameters, returns, declare = [], body, isEntry = false, isStable = false, isOrdered = isStable }: Routine): string {
  const declarations = declare.length === 0 ? '' : `DECLARE ${declare.map((line) => `${line};`).join(' ')}\n`;
  return `CREATE OR REPLACE FUNCTION ${scope.routine(name)}(${parameters}) RETURNS ${returns} LANGUAGE plpgsql ${isStable ? 'STABLE ' : ''}${isOrdered ? 'SET enable_sort = off ' : ''}${isEntry ? BY_KEY_ONLY : ''} AS $routine$\n#variable_conflict use_column\n${declarations}BEGIN\n${body}\nEND $routine$`;
}

/**
 * Runs the branch whose place a variable holds. The place is found by halving: of a `CASE` with many branches each is
 * made ready and tried anew in every transaction, which soon costs more than the statement that it leads to.
 */
export function branched(variable: string, branches: readonly string[], first = 0): string {
  const half = branches.length >> 1;
  if (half === 0) return branches[0] ?? '';
  return `IF ${variable} < ${String(first + half)} THEN\n${branched(variable, branches.slice(0, half), first)}\nELSE\n${branched(variable, branches.slice(half), first + half)}\nEND IF;`;
}

/** What rows of cells hold, as a table `r`: each row an array of its cells in the order of the columns. Named cells would take the server several times as long. */
export function cellsOf(rows: string, columns: readonly Column[]): string {
  const cells = columns.map(({ name, type }, index) => `${type === 'text' ? `e.value ->> ${String(index)}` : `(e.value ->> ${String(index)})::${SQL_TYPE[type]}`} AS ${quoted(name)}`);
  return `(SELECT ${cells.join(', ')} FROM jsonb_array_elements(${rows}) AS e) AS r`;
}

/** The server's moment in milliseconds. */
export const NOW_MS = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** The server's moment in milliseconds, or the one that a test gave. */
export const NOW = `coalesce(p_now, ${NOW_MS})`;

/** How a part of a routine ends. It says something, since the server takes in an assignment far quicker than a statement. */
export const DONE = '\nRETURN true;';

/**
 * Updates those rows `t` of a table that the rows `r` name. Each is looked for by itself, since the planner, which takes
 * every table for small, would otherwise read the whole of it once and join. Where somebody else has just moved a row,
 * it is passed over as if it were not there; {@link isLeft} finds it among those that are left.
 */
export function updateMet(table: string, { set, rows, same }: { readonly set: string; readonly rows: string; readonly same: string }): string {
  return `UPDATE ${table} AS t SET ${set} FROM (SELECT r.*, met."row" FROM ${rows} CROSS JOIN LATERAL (SELECT t.ctid AS "row" FROM ${table} AS t WHERE ${same} OFFSET 0) AS met) AS r WHERE t.ctid = r."row";`;
}

/** Of a row `r` that an update in the statement before has not met. Inside a savepoint none is known again, and all are written once more, which comes to the same. */
export function isLeft(table: string, same: string): string {
  return `NOT EXISTS (SELECT FROM ${table} AS t WHERE ${same} AND t.xmin = pg_current_xact_id()::xid OFFSET 0)`;
}
