import pg from 'pg';

/** Where tests find a PostgreSQL server, as its superuser; databases of their own are made there and dropped again. */
export const POSTGRES_SERVER = process.env['STOCKWRIGHT_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
let made = 0;

/** A database that is dropped after the tests. */
export interface FreshDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** Why there is no server; undefined where there is one. */
export async function serverMissing(): Promise<string | undefined> {
  try {
    await onServer('SELECT 1');
    return undefined;
  } catch {
    return `no PostgreSQL answers at ${POSTGRES_SERVER}; start one, or name another in STOCKWRIGHT_POSTGRES`;
  }
}

/**
 * Whether there is a server. Where there is none, the tests that need one are left out, and say so; not where `CI` is
 * set, since a check that nobody ran is none.
 */
export async function serverAnswers(): Promise<boolean> {
  const missing = await serverMissing();
  if (missing === undefined) return true;
  if (process.env['CI'] !== undefined) throw new Error(`With CI set the tests on a PostgreSQL server must run: ${missing}.`);
  console.warn(`NOT TESTED on a PostgreSQL server: ${missing}.`);
  return false;
}

/** Makes an empty database. */
export async function freshDatabase(): Promise<FreshDatabase> {
  made += 1;
  const name = `stockwright_test_${String(process.pid)}_${String(made)}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(POSTGRES_SERVER);
  url.pathname = name;
  return { url: url.href, drop: () => dropDatabase(name) };
}

/** Lends an empty database, and drops it whatever happens. */
export async function withDatabase<Value>(body: (url: string) => Promise<Value>): Promise<Value> {
  const { url, drop } = await freshDatabase();
  try {
    return await body(url);
  } finally {
    await drop();
  }
}

/** A pool that has ended may still be closing connections, and one that is cut off by the server meanwhile says so where nobody listens. */
async function dropDatabase(name: string): Promise<void> {
  const quiet = `DO $$ BEGIN FOR i IN 1..250 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '${name}'); PERFORM pg_sleep(0.02); END LOOP; END $$`;
  await onServer(quiet);
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_SERVER, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
