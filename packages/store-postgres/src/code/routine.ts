import { quoted } from '../names.ts';

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
}

/** Estimates of such plans are far too high, and compiling what takes microseconds takes milliseconds. */
const BY_KEY_ONLY = 'SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan';

/** The scope of a schema and a version of the routines. */
export function scopeOf(schema: string, suffix: string): Scope {
  return { table: (name) => `${quoted(schema)}.${quoted(name)}`, routine: (name) => `${quoted(schema)}.${quoted(`${name}_${suffix}`)}` };
}

/** The statement that makes a routine. */
export function createRoutine(scope: Scope, { name, parameters, returns, declare = [], body, isEntry = false, isStable = false }: Routine): string {
  const declarations = declare.length === 0 ? '' : `DECLARE ${declare.map((line) => `${line};`).join(' ')}\n`;
  return `CREATE OR REPLACE FUNCTION ${scope.routine(name)}(${parameters}) RETURNS ${returns} LANGUAGE plpgsql ${isStable ? 'STABLE SET enable_sort = off ' : ''}${isEntry ? BY_KEY_ONLY : ''} AS $routine$\n#variable_conflict use_column\n${declarations}BEGIN\n${body}\nEND $routine$`;
}

/** The server's moment in milliseconds. */
export const NOW_MS = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** The server's moment in milliseconds, or the one that a test gave. */
export const NOW = `coalesce(p_now, ${NOW_MS})`;

/** How a part of a routine ends. It says something, since the server takes in an assignment far quicker than a statement. */
export const DONE = '\nRETURN true;';
