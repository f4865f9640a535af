import type { Socket } from 'node:net';
import type { PostgresPool } from '@stockwright/store-postgres';
import pg from 'pg';

/** Where tests find a server; databases of their own are made there and dropped again. */
const SERVER = process.env['STOCKWRIGHT_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
let made = 0;

/** A database that is dropped after the tests. */
export interface FreshDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/**
 * Whether there is a server. Where there is none, the tests that need one are left out, and say so; not where `CI` is
 * set, since a check that nobody ran is none.
 */
export async function serverAnswers(): Promise<boolean> {
  try {
    await onServer('SELECT 1');
    return true;
  } catch (error) {
    if (process.env['CI'] !== undefined) throw new Error(`No PostgreSQL answers at ${SERVER}, and with CI set its tests must run. Start one, or name another in STOCKWRIGHT_POSTGRES.`, { cause: error });
    console.warn(`NOT TESTED on a PostgreSQL server: none answers at ${SERVER}. Start one, or name another in STOCKWRIGHT_POSTGRES.`);
    return false;
  }
}

/** Makes an empty database. */
export async function freshDatabase(): Promise<FreshDatabase> {
  made += 1;
  const name = `stockwright_test_${String(process.pid)}_${String(made)}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = name;
  return { url: url.href, drop: () => dropDatabase(name) };
}

/** A pool that has ended may still be closing connections, and one that is cut off by the server meanwhile says so where nobody listens. */
async function dropDatabase(name: string): Promise<void> {
  const quiet = `DO $$ BEGIN FOR i IN 1..250 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '${name}'); PERFORM pg_sleep(0.02); END LOOP; END $$`;
  await onServer(quiet);
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Runs a body in a transaction, as a host does. */
export async function inTransaction(pool: pg.Pool, body: (tx: unknown) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await body(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** A pool whose connection breaks before its statement of this number, as when its process or its network dies. */
export function cutBefore(pool: pg.Pool, statement: number): PostgresPool {
  let sent = 0;
  return {
    on: () => undefined,
    off: () => undefined,
    connect: async () => {
      const client = await pool.connect();
      return {
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
        query: async (config) => {
          if (sent === statement) {
            // The socket goes without a word, so the server learns of it as it would of a dead process.
            (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
          }
          sent += 1;
          return client.query(config);
        },
        release: (broken) => { client.release(broken); },
      };
    },
  };
}
