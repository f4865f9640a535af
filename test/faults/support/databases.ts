import pg from 'pg';

/** Where fault programs find a server for databases of their own. */
const SERVER = process.env['STOCKWRIGHT_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
let made = 0;

/** Why there is no server; undefined where there is one. */
export async function serverMissing(): Promise<string | undefined> {
  try {
    await onServer('SELECT 1');
    return undefined;
  } catch {
    return `no PostgreSQL answers at ${SERVER}; start one, or name another in STOCKWRIGHT_POSTGRES`;
  }
}

/** Lends an empty database, and drops it whatever happens. */
export async function withDatabase<Value>(body: (url: string) => Promise<Value>): Promise<Value> {
  made += 1;
  const name = `stockwright_faults_${String(process.pid)}_${String(made)}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = name;
  try {
    return await body(url.href);
  } finally {
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  }
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
