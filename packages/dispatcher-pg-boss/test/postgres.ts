import pg from 'pg';

/** The server that tests may use, by its superuser. */
export const POSTGRES = process.env['STOCKWRIGHT_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Whether the server answers. Where it must, in CI, its absence is an error. */
export async function postgresAnswers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 3_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error(`PostgreSQL does not answer at ${POSTGRES}. Start it, or name another in STOCKWRIGHT_POSTGRES.`, { cause: error });
    console.warn(`SKIPPED: PostgreSQL does not answer at ${POSTGRES}. Start it, or name another in STOCKWRIGHT_POSTGRES.`);
    return false;
  }
}
