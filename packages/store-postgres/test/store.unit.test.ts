import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import type { RowWrite, Store } from '@stockwright/engine/ports';
import { TABLES } from '@stockwright/engine/ports';
import { createPostgresStore } from '@stockwright/store-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { explained } from '../src/failures.ts';
import { SCHEMA_VERSION } from '../src/schema.ts';
import { freshDatabase, serverAnswers, type FreshDatabase } from '../../../test/support/postgres-server.ts';

const write = (sku: string, version = 1) => ({ table: 'item', key: { sku }, set: { version } }) as const;
const all = { table: 'item', where: {} } as const;

function commit(store: Store, commitId: string, sku = 'A'): ReturnType<Store['commit']> {
  return store.commit({ commitId, expect: [], write: [write(sku)], marks: [] });
}

describe('createPostgresStore', () => {
  it('needs exactly one way to its database', () => {
    expect(() => createPostgresStore({})).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION', message: 'A PostgreSQL store needs one of pool, connectionString and database, and 0 were given.' }));
    expect(() => createPostgresStore({ connectionString: 'postgres://a', pool: new pg.Pool() })).toThrow('and 2 were given');
  });

  it('says in bounded time that nobody answers, and that nobody is there', async () => {
    const sockets = new Set<{ destroy(): void }>();
    // Takes connections and never says a word: what the other end of a half-open connection looks like.
    const silent = createServer((socket) => { sockets.add(socket); });
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const { port } = silent.address() as AddressInfo;
    const waiting = createPostgresStore({ connectionString: `postgres://postgres@127.0.0.1:${String(port)}/x`, timeoutMs: 100 });
    await expect(waiting.load([all])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { silent.close(resolve); });
    await waiting.close();

    const refused = createPostgresStore({ connectionString: `postgres://postgres@127.0.0.1:${String(port)}/x`, timeoutMs: 1_000 });
    await expect(commit(refused, '1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('cannot be reached') });
    await refused.close();
  });
});

describe('what stopped a call', () => {
  it.each([
    ['57P01', 'is shutting down or starting up. It is safe to repeat.'],
    ['25006', 'only reads: it is a standby. Connect to the primary.'],
    ['42883', 'has no layout of this version. Call migrate() first; where it was called, two later versions have been started since, and this program must be updated.'],
    ['53100', 'could not grow: the disk is full. Make room.'],
    ['57014', 'did not answer in time, or an operator cancelled the statement. It is safe to repeat.'],
    ['08006', 'was lost. What it was doing may have happened; it is safe to repeat.'],
    ['XX000', 'failed with SQLSTATE XX000: oops.'],
  ])('is said in the words of an operator: %s', (code, words) => {
    expect(explained(Object.assign(new Error('oops'), { code }))).toMatchObject({ code: 'STORE_UNAVAILABLE', message: `The PostgreSQL database ${words}` });
  });
});

describe('the layout', () => {
  const earlier = Array.from({ length: SCHEMA_VERSION }, (_value, index) => index + 1);
  let database: PGlite;
  beforeAll(async () => { database = await PGlite.create(); }, 60_000);
  afterAll(() => database.close());

  it.each(earlier)('is brought forward from layout %i, with the tables that the engine had then and everything in them', async (version) => {
    await database.exec(readFileSync(new URL(`layouts/${String(version)}.sql`, import.meta.url), 'utf8'));
    const store = createPostgresStore({ database });
    await store.migrate();
    await store.migrate();

    const [items = [], ledger = [], holds = []] = await store.load([all, { table: 'ledger', where: { sku: 'A' } }, { table: 'holdLine', where: { holdId: 'h' } }]);
    expect([items, ledger.map(({ quantity }) => quantity), holds]).toEqual([[{ sku: 'A', version: 3, counted: null, changedAtMs: null }], ['12345678901234567890.5'], []]);
    expect(await commit(store, 'kept')).toEqual({ status: 'already' });
    expect(await store.claim({ shard: 'project', kinds: ['project'], limit: 9, leaseMs: 1, worker: 'w' })).toMatchObject([{ key: 'A', revision: 1, dirtySinceMs: 1_000_000 }]);
    expect(await store.takeBudget('vendor', 0, { capacity: 1, refillPerSecond: 1 })).toMatchObject({ ok: false, reason: 'throttled' });
    await database.exec('DROP SCHEMA stockwright CASCADE');
  });

  it('of rows that did not say when they were over makes them say it, and those that are needed stay', async () => {
    const store = createPostgresStore({ database, schema: 'before', clock: { now: () => 1_000_000 } });
    await store.migrate();
    const change = (sku: string, wantRevision: number, atMs: number): RowWrite => ({ table: 'targetChange', key: { channel: 'shop', location: '', sku, wantRevision }, set: { want: String(wantRevision), atMs } });
    const hold = (holdId: string, state: string): RowWrite => ({ table: 'hold', key: { holdId }, set: { state, expiresAt: '1970-01-01T00:15:00.000Z', version: 1, changedAtMs: 800_000 } });
    await store.commit({ commitId: '1', expect: [], marks: [], write: [
      change('A', 1, 700_000), change('A', 2, 800_000), change('B', 1, 700_000), hold('expired', 'held'), hold('given up', 'released'), hold('ordered', 'converted'), hold('waited for', 'converted'),
      { table: 'holdLine', key: { sku: 'A', holdId: 'waited for', location: 'W1' }, set: { quantity: '1' } },
    ] });
    // As the layout before left it.
    await database.exec('ALTER TABLE before."hold" DROP COLUMN "overSinceMs"; ALTER TABLE before."targetChange" DROP COLUMN "replacedAtMs"; DROP INDEX before."work_settled"; DROP TABLE before."change", before."feed"; DELETE FROM before."_schema" WHERE "version" > 1');
    await store.migrate();
    for (const table of ['targetChange', 'hold'] as const) await store.forget({ table, overForMs: 0, limit: 99 });
    const [changes = [], holds = []] = await store.load([{ table: 'targetChange', where: {} }, { table: 'hold', where: {} }]);
    expect([changes.map(({ sku, want }) => [sku, want]), holds.map(({ holdId }) => holdId)]).toEqual([[['A', '2'], ['B', '1']], ['waited for']]);
  });

  it('that a dump brought from a cluster which had come further keeps no follower waiting: its feed begins anew', async () => {
    const store = createPostgresStore({ database, schema: 'moved' });
    await store.migrate();
    await commit(store, '1');
    const far = '(pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000)';
    await database.exec(`INSERT INTO moved."change" ("namespace", "xid", "sku", "atMs") SELECT 'main', ${far}, 'old', 0; INSERT INTO moved."feed" SELECT 'main', ${far}, 1`);
    const again = createPostgresStore({ database, schema: 'moved' });
    await again.migrate();
    const { end } = await again.feed(undefined, 9);
    await again.commit({ commitId: '2', expect: [], write: [], marks: [], tell: [{ kind: 'target', sku: 'new' }] });
    const { entries, isGap } = await again.feed(end, 9);
    expect([isGap, entries.map(({ entry }) => entry.sku)]).toEqual([false, ['new']]);
  });

  it('of a newer version, and of another program, is refused and left as it is', async () => {
    const store = createPostgresStore({ database, schema: 'newer' });
    await store.migrate();
    await database.exec('INSERT INTO newer."_schema" VALUES (9, 0)');
    await expect(store.migrate()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: `Schema newer has layout 9, and this version knows layouts up to ${String(SCHEMA_VERSION)}. Update the package.` });
    await database.exec('CREATE SCHEMA theirs; CREATE TABLE theirs.customers (name text)');
    await expect(createPostgresStore({ database, schema: 'theirs' }).migrate()).rejects.toThrow('Schema theirs belongs to another program: it has the tables customers. Choose another schema.');
  });

  it('asks to be migrated first', async () => {
    const store = createPostgresStore({ database, schema: 'none' });
    await expect(store.load([all])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('Call migrate() first') });
    await expect(commit(store, '1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('Call migrate() first') });
  });

  it('says on every table what its rows are', async () => {
    const store = createPostgresStore({ database, schema: 'Operator "s' });
    await store.migrate();
    const { rows } = await database.query<{ name: string; about: string | null }>("SELECT c.relname AS name, obj_description(c.oid) AS about FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'Operator \"s' AND c.relkind = 'r'");
    expect(rows.map(({ name }) => name).sort()).toEqual(['_code', '_schema', 'bucket', 'change', 'commitLog', 'feed', 'history', 'work', ...Object.keys(TABLES)].sort());
    expect(rows.filter(({ about }) => about === null)).toEqual([]);
    expect(rows.find(({ name }) => name === 'claim')?.about).toBe(TABLES.claim.about);
    expect(await commit(store, '1')).toEqual({ status: 'committed' });
  });

  it('keeps the functions of two versions of the program, and no more', async () => {
    const store = createPostgresStore({ database, schema: 'rolling' });
    await store.migrate();
    const suffixes = async (): Promise<unknown> => (await database.query<{ suffix: string }>("SELECT DISTINCT right(p.proname, 8) AS suffix FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'rolling'")).rows.map(({ suffix }) => suffix).sort();
    const [own] = (await suffixes()) as string[];
    await database.exec(`CREATE FUNCTION rolling.commit_00000000() RETURNS void LANGUAGE sql AS ''; CREATE FUNCTION rolling.commit_11111111() RETURNS void LANGUAGE sql AS '';
      DELETE FROM rolling."_code"; INSERT INTO rolling."_code" ("suffix", "atMs") VALUES ('00000000', 0), ('11111111', 0)`);
    await store.migrate();
    expect(await suffixes()).toEqual(['11111111', own].sort());
  });

  it('names another history once an operator says that one was restored', async () => {
    const store = createPostgresStore({ database, schema: 'restored' });
    await store.migrate();
    const before = await store.epoch();
    await database.exec('UPDATE restored.history SET renewals = renewals + 1');
    const after = await store.epoch();
    expect([after === before, await store.epoch()]).toEqual([false, after]);
  });
});

describe('a commit that was planned on another timeline', () => {
  it('is a conflict, and one that was planned where the timeline is not told is judged by the rest', async () => {
    const database = await PGlite.create();
    const store = createPostgresStore({ database });
    await store.migrate();
    const [cluster = '', timeline = '', ...rest] = (await store.epoch()).split('-');
    const planned = (commitId: string, onTimeline: string): Promise<unknown> =>
      store.commit({ commitId, epoch: [cluster, onTimeline, ...rest].join('-'), expect: [], write: [write('A')], marks: [] });
    expect(timeline).toMatch(/^[0-9A-F]{8}$/);
    expect([await planned('1', '000000FE'), await planned('2', timeline), await planned('3', '')]).toEqual([{ status: 'conflict', failed: [] }, { status: 'committed' }, { status: 'committed' }]);
    await database.close();
  }, 60_000);
});

describe.runIf(await serverAnswers())('on a server', () => {
  let fresh: FreshDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    fresh = await freshDatabase();
    pool = new pg.Pool({ connectionString: fresh.url, max: 10 });
  });
  afterAll(async () => {
    await pool.end();
    await fresh.drop();
  });

  it('lets several processes migrate at once', async () => {
    const stores = Array.from({ length: 5 }, () => createPostgresStore({ connectionString: fresh.url, schema: 'together', maxConnections: 1 }));
    await Promise.all(stores.map((store) => store.migrate()));
    const results = await Promise.all(stores.map((store) => commit(store, 'one')));
    expect(results.map(({ status }) => status).sort()).toEqual(['already', 'already', 'already', 'already', 'committed']);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('goes by the server\'s clock, whatever its own does', async () => {
    const store = createPostgresStore({ pool });
    await store.migrate();
    const startMs = await store.now();
    await store.commit({ commitId: 'leased', expect: [], write: [], marks: [{ kind: 'push', key: 'x', shard: 's', priority: 0, notBeforeMs: 0, cause: 'test' }] });
    const claim = { shard: 's', kinds: ['push'], limit: 1, leaseMs: 600_000, worker: 'w' } as const;
    expect(await store.claim(claim)).toHaveLength(1);
    await store.takeBudget('vendor', 1, { capacity: 1, refillPerSecond: 0.01 });
    for (const hours of [1, -1]) {
      const wrong = vi.spyOn(Date, 'now').mockReturnValue(startMs + hours * 3_600_000);
      expect([await store.claim(claim), (await store.takeBudget('vendor', 1, { capacity: 1, refillPerSecond: 0.01 })).ok]).toEqual([[], false]);
      expect(Math.abs((await store.now()) - startMs)).toBeLessThan(600_000);
      wrong.mockRestore();
    }
    await store.close();
  });

  it('outlives connections that an operator ends, used or not', async () => {
    const store = createPostgresStore({ connectionString: fresh.url, maxConnections: 2 });
    await store.migrate();
    const others = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \'stockwright\'';
    await pool.query(others);
    const tried = async (): Promise<string> => {
      try {
        return (await commit(store, 'after')).status;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    let last = await tried();
    // A connection that was ended while nobody used it may be noticed only when it is used.
    while (last === 'STORE_UNAVAILABLE') last = await tried();
    expect(['committed', 'already']).toContain(last);
    await store.close();
  });

  it('waits for a lock in bounded time, and what was given up counts once', async () => {
    const store = createPostgresStore({ pool, namespace: 'locked', timeoutMs: 200 });
    await store.migrate();
    await commit(store, 'first');
    const holder = await pool.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM stockwright.item WHERE "namespace" = 'locked' FOR UPDATE`);
    const change = { commitId: 'second', expect: [{ table: 'item', key: { sku: 'A' }, version: 1 }], write: [write('A', 2)], marks: [] } as const;
    await expect(store.commit(change)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await holder.query('ROLLBACK');
    holder.release();
    expect(['committed', 'already']).toContain((await store.commit(change)).status);
    expect((await store.load([all]))[0]).toMatchObject([{ sku: 'A', version: 2 }]);
    await store.close();
  });

  it('holds no more than a transaction\'s worth of anything in a session', async () => {
    const single = new pg.Pool({ connectionString: fresh.url, max: 1 });
    const store = createPostgresStore({ pool: single, namespace: 'stateless' });
    await store.migrate();
    await commit(store, '1');
    await store.decide({ commitId: '2', lock: [{ table: 'item', key: { sku: 'B' } }], read: [all], plan: () => ({ write: [write('B')], answer: null }) });
    const settings = ['statement_timeout', 'idle_in_transaction_session_timeout', 'enable_seqscan', 'plan_cache_mode'].map((name) => `current_setting('${name}')`).join(", ");
    const { rows } = await single.query(`SELECT ARRAY[${settings}] AS "settings", (SELECT count(*)::int FROM pg_prepared_statements) AS "statements", (SELECT count(*)::int FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') AS "locks"`);
    expect(rows).toEqual([{ settings: ['0', '0', 'on', 'auto'], statements: 0, locks: 0 }]);
    await store.close();
    await single.end();
  });
});
