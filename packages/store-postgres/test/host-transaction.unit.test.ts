import { PGlite } from '@electric-sql/pglite';
import { createEngine } from '@stockwright/engine';
import type { Instant } from '@stockwright/core';
import { createModelChannel, createModelSource, VirtualClock } from '@stockwright/testkit';
import { engineOptions, ERP, MUG, SHOP } from '../../engine/test/rig.ts';
import type { Store } from '@stockwright/engine/ports';
import { createPostgresStore } from '@stockwright/store-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, serverAnswers, type FreshDatabase } from '../../../test/support/postgres-server.ts';

const all = { table: 'item', where: {} } as const;
const locked = { table: 'item', key: { sku: 'A' } } as const;
const there = await serverAnswers();

function commit(store: Store, commitId: string, tx?: unknown): ReturnType<Store['commit']> {
  return store.commit({ commitId, expect: [], write: [{ ...locked, set: { version: 1 } }], marks: [] }, { tx });
}

function decide(store: Store, commitId: string, tx?: unknown): ReturnType<Store['decide']> {
  return store.decide({ commitId, lock: [locked], read: [], plan: () => ({ write: [{ ...locked, set: { version: 2 } }], answer: null }) }, { tx });
}

async function refusesLoose(store: Store, tx: unknown): Promise<void> {
  for (const call of [commit, decide]) {
    await expect(call(store, 'loose', tx)).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED', message: expect.stringContaining('is in no transaction: BEGIN one on this client first') });
  }
  expect(await store.load([all])).toEqual([[]]);
}

describe('what is given for a transaction of the host and is none', () => {
  it('is refused over PGlite, and nothing is written', async () => {
    const database = await PGlite.create();
    const store = createPostgresStore({ database });
    await store.migrate();
    await refusesLoose(store, database);
    await database.transaction(async (tx) => {
      expect(await commit(store, 'inside', tx)).toEqual({ status: 'committed' });
    });
    await database.close();
  }, 60_000);
});

describe.skipIf(!there)('a transaction of the host on a server', () => {
  let fresh: FreshDatabase;
  let pool: pg.Pool;
  let store: Store;
  beforeAll(async () => {
    fresh = await freshDatabase();
    pool = new pg.Pool({ connectionString: fresh.url, max: 4 });
    store = createPostgresStore({ pool });
    await store.migrate();
  });
  afterAll(async () => {
    await store.close();
    await pool.end();
    await fresh.drop();
  });

  it('needs no second connection, and sees what it has done itself', async () => {
    const one = new pg.Pool({ connectionString: fresh.url, max: 1 });
    const small = createPostgresStore({ pool: one, timeoutMs: 2_000, namespace: 'small' });
    await small.migrate();
    const client = await one.connect();
    try {
      await client.query('BEGIN');
      await commit(small, 'inside', client);
      expect((await small.load([all], { tx: client }))[0]).toHaveLength(1);
      expect((await small.look([all], { tx: client })).rows[0]).toHaveLength(1);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(await small.load([all])).toEqual([[]]);
    await small.close();
    await one.end();
  });

  it('holds stock through an engine whose pool has one connection', async () => {
    const one = new pg.Pool({ connectionString: fresh.url, max: 1 });
    const small = createPostgresStore({ pool: one, timeoutMs: 2_000, namespace: 'engine' });
    await small.migrate();
    const engine = createEngine(engineOptions({ store: small, clock: new VirtualClock(Date.UTC(2026, 0, 1)), shop: createModelChannel({ id: SHOP }), erp: createModelSource({ id: ERP }) }));
    const client = await one.connect();
    try {
      await client.query('BEGIN');
      const { status } = await engine.hold({ id: 'h1', channel: SHOP, expiresAt: '2999-01-01T00:00:00.000Z' as Instant, grant: 'all', lines: [{ sku: MUG, quantity: 1 }] }, { tx: client });
      expect(status).toBe('refused');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    await small.close();
    await one.end();
  });

  it('is not a pool, nor a client that has begun none', async () => {
    await refusesLoose(store, pool);
    const client = await pool.connect();
    await refusesLoose(store, client);
    client.release();
  });

  it.each(['REPEATABLE READ', 'SERIALIZABLE'])('that loses against another at %s is told so, and to begin anew', async (level) => {
    for (const call of [commit, decide]) {
      const client = await pool.connect();
      try {
        await commit(store, `there ${level} ${call.name}`);
        await client.query(`BEGIN ISOLATION LEVEL ${level}`);
        await client.query('SELECT FROM pg_catalog.pg_class LIMIT 1');
        await commit(store, `before ${level} ${call.name}`);
        await expect(call(store, `inside ${level} ${call.name}`, client)).rejects.toMatchObject({ code: 'VERSION_CONFLICT', message: expect.stringContaining('Roll it back and begin it again') });
        await expect(call(store, `after ${level} ${call.name}`, client)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('has failed already. Roll it back and begin it again') });
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    }
  });
});
