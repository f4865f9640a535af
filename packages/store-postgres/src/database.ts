import pg from 'pg';
import { unavailable } from './failures.ts';

/** What runs a statement: a client of `pg` inside a transaction, a transaction of PGlite, and everything like them. @public */
export interface PostgresQueryable {
  // A method, so that drivers with wider signatures fit.
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A database that is not reached through `pg`, such as an instance of PGlite. @public */
export interface PostgresDatabase extends PostgresQueryable {
  /** Runs a body in a transaction of its own, which counts unless the body rejects. */
  transaction<Value>(body: (tx: PostgresQueryable) => Promise<Value>): Promise<Value>;
}

/** A pool of `pg`, or of anything that behaves like one. @public */
export interface PostgresPool {
  connect(): Promise<PostgresPoolClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** A connection of a {@link PostgresPool}. @public */
export interface PostgresPoolClient {
  query(config: { readonly text: string; readonly values: unknown[]; readonly query_timeout?: number }): Promise<{ readonly rows: readonly unknown[] }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  release(error?: Error | boolean): void;
}

/** A database and its end. */
export interface Connected extends PostgresQueryable {
  /** `patience`: how many times the usual each of its statements may take. */
  transaction<Value>(body: (tx: PostgresQueryable) => Promise<Value>, patience?: number): Promise<Value>;
  close(): Promise<void>;
}

/** A pool of our own, closed with the store. */
export function ownPool(connectionString: string, { max, timeoutMs }: { readonly max: number; readonly timeoutMs: number }): Connected {
  const pool = new pg.Pool({ connectionString, max, connectionTimeoutMillis: timeoutMs, keepAlive: true, application_name: 'stockwright' });
  const connected = overPool(pool, timeoutMs);
  return { ...connected, close: async () => {
    await pool.end();
  } };
}

/**
 * A pool as a database. Nothing is kept in a session: no prepared names, no settings and no locks that outlive a
 * transaction, so a PgBouncer in transaction mode may stand between. Every wait ends: for a connection, and for an
 * answer, after which the connection is thrown away, since the server at its other end may be gone.
 */
export function overPool(pool: PostgresPool, timeoutMs: number): Connected {
  // A connection that breaks while nobody uses it is no concern of anybody's, and without a listener it would end the process.
  const ignore = (): void => undefined;
  pool.on('error', ignore);
  const within = async <Value>(body: (line: Line) => Promise<Value>, patience = 1): Promise<Value> => {
    const client = await acquired(pool, timeoutMs);
    const line = new Line(client, timeoutMs * patience);
    // A connection may break between two statements, when nobody waits for an answer that could say so.
    const breaks = (): void => { line.isBroken = true; };
    client.on('error', breaks);
    try {
      return await body(line);
    } finally {
      client.off('error', breaks);
      client.release(line.isBroken);
    }
  };
  return {
    query: (text, values) => within((line) => line.query(text, values)),
    transaction: (body, patience = 1) => within(async (line) => {
      // The server ends by itself what its client has forgotten, so that locks of a process that hangs do not stop the others for ever.
      const limit = String(timeoutMs * patience);
      await line.query(`BEGIN; SET LOCAL statement_timeout = ${limit}; SET LOCAL idle_in_transaction_session_timeout = ${limit}`);
      try {
        const value = await body(line);
        await line.query('COMMIT');
        return value;
      } catch (error) {
        // A connection that is thrown away ends its transaction itself; what stopped the body matters more than a failed end.
        if (!line.isBroken) await line.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    }, patience),
    close: async () => { pool.off('error', ignore); },
  };
}

/** A connection in use. */
class Line implements PostgresQueryable {
  /** Of no more use: what failed was not a statement but the way to the server, or nobody knows what the server still does. */
  isBroken = false;
  private readonly client: PostgresPoolClient;
  private readonly timeoutMs: number;

  constructor(client: PostgresPoolClient, timeoutMs: number) {
    this.client = client;
    this.timeoutMs = timeoutMs;
  }

  async query(text: string, values: unknown[] = []): Promise<{ readonly rows: readonly unknown[] }> {
    try {
      return await this.client.query({ text, values, query_timeout: this.timeoutMs });
    } catch (error) {
      // What the server itself says has a severity; after one that is not fatal, the connection goes on.
      const { severity } = error as { readonly severity?: unknown };
      this.isBroken ||= severity === undefined || severity === 'FATAL' || severity === 'PANIC';
      throw error;
    }
  }
}

/** A connection, or an error in bounded time; one that comes too late is handed back. */
async function acquired(pool: PostgresPool, timeoutMs: number): Promise<PostgresPoolClient> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLate = false;
  const coming = pool.connect();
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(unavailable(`No connection to the PostgreSQL database was free within ${String(timeoutMs)} ms. Look for what holds them, or give the pool more.`));
    }, timeoutMs);
  });
  coming.then((client) => { if (isLate) client.release(); }, () => undefined);
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}
