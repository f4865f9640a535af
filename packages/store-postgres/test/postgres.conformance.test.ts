import { PGlite } from '@electric-sql/pglite';
import { createPostgresStore, type PostgresStoreOptions } from '@stockwright/store-postgres';
import type { Store } from '@stockwright/engine/ports';
import { registerConformance, registerStoreModel, seededRandom, STORE_CASES, type ConformanceTarget, type StoreCapability, type StoreSubject } from '@stockwright/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bouncerProgram, startBouncer } from './bouncer.ts';
import { freshDatabase, serverAnswers, type FreshDatabase } from '../../../test/support/postgres-server.ts';
import { TransactionPool } from '../../../test/support/transaction-pool.ts';
import { cutBefore, inTransaction } from './connections.ts';

let made = 0;

/** How the cases of one target reach their database. */
interface Reach {
  readonly options: PostgresStoreOptions;
  readonly run: (statement: string) => Promise<unknown>;
  readonly host: NonNullable<StoreSubject['host']>;
  readonly cut?: (statement: number) => PostgresStoreOptions;
}

/** A store for each case in a namespace of its own; buckets are shared, and so emptied. */
function target({ name, multiProcess, reach }: { readonly name: string; readonly multiProcess: boolean; readonly reach: () => Reach }): ConformanceTarget<StoreSubject, StoreCapability> {
  return {
    name,
    capabilities: { durable: true, multiProcess, joinsHostTransaction: true },
    setup: async () => {
      const { options, run, host, cut } = reach();
      made += 1;
      let nowMs = 1_000_000;
      const clock = { now: () => nowMs, set: (ms: number) => { nowMs = ms; } };
      const open = { clock, namespace: `case-${String(made)}` };
      const opened: Store[] = [];
      const opens = (more: PostgresStoreOptions): Store => {
        const store = createPostgresStore({ ...open, ...more });
        opened.push(store);
        return store;
      };
      let store = opens(options);
      await store.migrate();
      await run('DELETE FROM stockwright.bucket');
      return {
        subject: {
          store, clock, host,
          reopen: async (beside) => {
            await store.close();
            store = opens({ ...options, ...(beside === undefined ? {} : { namespace: `${open.namespace}-${beside}` }) });
            return store;
          },
          ...(multiProcess ? { second: async () => opens(options) } : {}),
          ...(cut === undefined ? {} : { cut: async (statement: number) => opens(cut(statement)) }),
        },
        teardown: async () => {
          for (const each of opened) await each.close();
        },
      };
    },
  };
}

describe('over PGlite', () => {
  let database: PGlite;
  beforeAll(async () => { database = await PGlite.create(); }, 60_000);
  afterAll(() => database.close());
  const lite = target({ name: 'store-postgres over PGlite', multiProcess: false, reach: () => ({
    options: { database }, run: (statement) => database.query(statement), host: (body) => database.transaction(body),
  }) });
  registerConformance({ describe, it }, STORE_CASES, lite);
  registerStoreModel({ describe, it }, lite, { runs: 25 });
});

/** How the cases reach a server, and what ends it. */
interface Front {
  readonly pool: pg.Pool | TransactionPool;
  readonly end: () => Promise<void>;
}

/** The cases against a server, whatever stands in front of it. */
function registerServer(name: string, front: (url: string) => Promise<Front>): () => Front {
  let fresh: FreshDatabase;
  let reached: Front;
  beforeAll(async () => {
    fresh = await freshDatabase();
    reached = await front(fresh.url);
  });
  afterAll(async () => {
    await reached.pool.end();
    await reached.end();
    await fresh.drop();
  });
  const pool = (): pg.Pool => reached.pool as pg.Pool;
  const server = target({ name: `store-postgres ${name}`, multiProcess: true, reach: () => ({
    options: { pool: pool() }, run: (statement) => pool().query(statement),
    host: (body) => inTransaction(pool(), body),
    cut: (statement) => ({ pool: cutBefore(pool(), statement) }),
  }) });
  registerConformance({ describe, it }, STORE_CASES, server);
  registerStoreModel({ describe, it }, server);
  return () => reached;
}

const answers = await serverAnswers();
const program = answers ? bouncerProgram() : undefined;
const poolOf = (connectionString: string): pg.Pool => new pg.Pool({ connectionString, max: 20 });

describe.runIf(answers)('on a server', () => {
  registerServer('on a server', async (url) => ({ pool: poolOf(url), end: async () => undefined }));
});

describe.runIf(answers)('with another backend for each transaction', () => {
  const reached = registerServer('behind a pooler of transactions', async (url) => ({ pool: await TransactionPool.open(url, seededDraws()), end: async () => undefined }));

  it('leaves nothing in any session that it had', async () => {
    const { pool } = reached();
    if (!(pool instanceof TransactionPool)) throw new Error('a pool of transactions expected');
    const nothing = { prepared: 0, listens: 0, locks: 0, temporary: 0, timeout: '0', idleTimeout: '0', scans: 'on' };
    expect(await pool.sessions()).toEqual([nothing, nothing, nothing, nothing]);
    expect(pool.switches).toBeGreaterThan(100);
  });
});

describe.runIf(program !== undefined)('through PgBouncer in transaction mode', () => {
  registerServer('through PgBouncer', async (url) => {
    const bouncer = await startBouncer(program ?? '', url);
    return { pool: poolOf(bouncer.through(url)), end: () => bouncer.stop() };
  });
});

function seededDraws(): () => number {
  const random = seededRandom('backends');
  return () => random.next();
}
