import type { Store } from '@stockwright/engine/ports';
import { StockwrightError } from '@stockwright/core';
import { ownPool, overPool, type Connected, type PostgresDatabase, type PostgresPool } from './database.ts';
import { PostgresStore } from './postgres-store.ts';

/** How the database is reached: exactly one of the three. @public */
export interface PostgresStoreOptions {
  /** A pool of `pg` that the host has already; it stays open when the store is closed. */
  readonly pool?: PostgresPool;
  /** Where to connect to, as `postgres://user@host/database`; the store makes a pool of its own. */
  readonly connectionString?: string;
  /** A database that is not reached through `pg`, such as an instance of PGlite. One process at a time. */
  readonly database?: PostgresDatabase;
  /** Whether what `database` keeps survives the process; true where absent. */
  readonly durable?: boolean;
  /** Keeps several installations apart in one schema; `main` where absent. */
  readonly namespace?: string;
  /** The schema of the tables; `stockwright` where absent. */
  readonly schema?: string;
  /** How long a connection or an answer is waited for before the call ends with an error; 30,000 where absent. */
  readonly timeoutMs?: number;
  /** How many connections a pool of the store's own may have; 10 where absent. */
  readonly maxConnections?: number;
  /** For tests about time alone: every process that shares a database must go by the server's clock, which it does where this is absent. */
  readonly clock?: { now(): number };
}

/**
 * The store for several machines: everything in one schema of a PostgreSQL database, version 14 or later.
 *
 * Commits and decisions can join a transaction of the host's: pass its client as `{ tx }`. An error of the database
 * inside it aborts that transaction, as any statement of the host's would; a conflict does not.
 *
 * @throws `INVALID_CONFIGURATION` where not exactly one way to the database was given.
 * @example
 * ```ts
 * const store = createPostgresStore({ connectionString: 'postgres://stock@db.internal/stock' });
 * await store.migrate();
 * ```
 * @public
 */
export function createPostgresStore(options: PostgresStoreOptions): Store {
  const { namespace = 'main', schema = 'stockwright', durable = true, clock } = options;
  const isShared = options.database === undefined;
  return new PostgresStore({ database: connect(options), namespace, schema, capabilities: { multiProcess: isShared, durable, joinsHostTransaction: true }, clock });
}

function connect({ pool, connectionString, database, timeoutMs = 30_000, maxConnections = 10 }: PostgresStoreOptions): Connected {
  const given = [pool, connectionString, database].filter((way) => way !== undefined).length;
  if (given !== 1) {
    throw new StockwrightError(`A PostgreSQL store needs one of pool, connectionString and database, and ${String(given)} were given.`, { code: 'INVALID_CONFIGURATION' });
  }
  if (pool !== undefined) return overPool(pool, timeoutMs);
  if (connectionString !== undefined) return ownPool(connectionString, { max: maxConnections, timeoutMs });
  if (database === undefined) throw new StockwrightError('A PostgreSQL store needs a database.', { code: 'INVALID_CONFIGURATION' });
  return {
    query: (text, values) => database.query(text, values),
    transaction: (body) => database.transaction(body),
    // Who made it ends it.
    close: () => Promise.resolve(),
  };
}
