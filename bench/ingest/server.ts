import { createPostgresStore } from '@stockwright/store-postgres';
import type { Store } from '@stockwright/engine/ports';
import pg from 'pg';

const SERVER = process.env['STOCKWRIGHT_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** A database of our own on the server. */
export interface Server {
  /** What the store works with. */
  readonly pool: pg.Pool;
  /** A single connection, for what is done by hand. */
  readonly hand: pg.Pool;
  readonly store: Store;
  /** Drops the database, for a process that will not come to its end by itself. */
  end(): Promise<void>;
}

/** Makes a database that is dropped when the process has nothing left to do; nothing where no server answers, which is said aloud. */
export async function serverOf(purpose: string): Promise<Server | undefined> {
  const name = `stockwright_${purpose}_${String(process.pid)}`;
  try {
    await onServer(`create database ${name}`);
  } catch {
    console.warn(`No PostgreSQL answers at ${SERVER}: its comparisons are left out.`);
    return undefined;
  }
  const connectionString = Object.assign(new URL(SERVER), { pathname: name }).href;
  const [pool, hand] = [4, 1].map((max) => new pg.Pool({ connectionString, max, allowExitOnIdle: true })) as [pg.Pool, pg.Pool];
  const end = async (): Promise<void> => {
    await Promise.all([pool.end(), hand.end()]);
    await onServer(`drop database ${name} with (force)`);
  };
  process.once('beforeExit', () => { void end(); });
  const store = createPostgresStore({ pool });
  await store.migrate();
  return { pool, hand, store, end };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 3_000 });
  await client.connect();
  await client.query(statement);
  await client.end();
}
