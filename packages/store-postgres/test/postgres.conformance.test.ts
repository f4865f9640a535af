import { PGlite } from '@electric-sql/pglite';
import { createPostgresStore, type PostgresStoreOptions } from '@stockwright/store-postgres';
import { registerConformance, registerStoreModel, STORE_CASES, type ConformanceTarget, type StoreSubject } from '@stockwright/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { freshDatabase, serverAnswers, type FreshDatabase } from './databases.ts';

let made = 0;

/** A store for each case in a namespace of its own; buckets are shared, and so emptied. */
function target(name: string, reach: () => { readonly options: PostgresStoreOptions; readonly run: (statement: string) => Promise<unknown> }): ConformanceTarget<StoreSubject, 'durable'> {
  return {
    name,
    capabilities: { durable: true },
    setup: async () => {
      const { options, run } = reach();
      made += 1;
      let nowMs = 1_000_000;
      const clock = { now: () => nowMs, set: (ms: number) => { nowMs = ms; } };
      const open = { ...options, clock, namespace: `case-${String(made)}` };
      let store = createPostgresStore(open);
      await store.migrate();
      await run('DELETE FROM stockwright.bucket');
      return {
        subject: {
          store, clock,
          reopen: async () => {
            await store.close();
            store = createPostgresStore(open);
            return store;
          },
        },
        teardown: () => store.close(),
      };
    },
  };
}

describe('over PGlite', () => {
  let database: PGlite;
  beforeAll(async () => { database = await PGlite.create(); }, 60_000);
  afterAll(() => database.close());
  const lite = target('store-postgres over PGlite', () => ({ options: { database }, run: (statement) => database.query(statement) }));
  registerConformance({ describe, it }, STORE_CASES, lite);
  registerStoreModel({ describe, it }, lite, { runs: 25 });
});

describe.runIf(await serverAnswers())('on a server', () => {
  let fresh: FreshDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    fresh = await freshDatabase();
    pool = new pg.Pool({ connectionString: fresh.url, max: 20 });
  });
  afterAll(async () => {
    await pool.end();
    await fresh.drop();
  });
  const server = target('store-postgres on a server', () => ({ options: { pool }, run: (statement) => pool.query(statement) }));
  registerConformance({ describe, it }, STORE_CASES, server);
  registerStoreModel({ describe, it }, server);
});
