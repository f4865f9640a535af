import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { TABLES, tableDefinition, type Mark, type Store, type TableName } from '@stockwright/engine/ports';
import { createSqliteStore, openSqliteReader } from '@stockwright/store-sqlite';
import { describe, expect, it } from 'vitest';
import { migrate } from '../src/open.ts';
import { Rows, Statements } from '../src/rows.ts';
import { Work } from '../src/work.ts';
import { freshFolder } from './files.ts';

const mark: Mark = { kind: 'push', key: 'A', shard: 'channel:shop', priority: 1, notBeforeMs: 0, cause: 'sold' };
const claimOne = { shard: 'channel:shop', kinds: ['push'], limit: 1, leaseMs: 1_000, worker: 'w' } as const;
let made = 0;

async function commitItem(store: Store, sku: string, marks: readonly Mark[] = []): Promise<void> {
  made += 1;
  await store.commit({ commitId: `c${String(made)}`, expect: [], write: [{ table: 'item', key: { sku }, set: { version: 1 } }], marks });
}

async function opened(path: string, options: { namespace?: string; clock?: { now(): number }; durability?: 'full' | 'normal' } = {}): Promise<Store> {
  const store = createSqliteStore({ path, ...options });
  await store.migrate();
  return store;
}

describe('createSqliteStore', () => {
  it('is as durable as its place', async () => {
    const memory = createSqliteStore({ path: ':memory:' });
    const file = createSqliteStore({ path: join(freshFolder(), 'stock.db') });

    expect([memory.capabilities.durable, file.capabilities.durable]).toEqual([false, true]);
    await Promise.all([memory.close(), file.close()]);
  });

  it('goes on from the newest moment that its file knows, where its clock stands before it', async () => {
    const path = join(freshFolder(), 'stock.db');
    let nowMs = 5_000_000;
    const clock = { now: () => nowMs };
    const first = await opened(path, { clock });
    await commitItem(first, 'A');
    await first.close();
    nowMs = 1_000_000;
    const second = await opened(path, { clock });
    expect(await second.now()).toBe(5_000_000);
    nowMs = 1_010_000;
    expect(await second.now()).toBe(5_005_000);
    await commitItem(second, 'A');
    await second.close();
    nowMs = 1_000_000;
    const third = await opened(path, { clock });
    expect(await third.now()).toBe(5_005_000);
    await third.close();
  });

  it('asks to be migrated first', async () => {
    const store = createSqliteStore({ path: ':memory:' });

    await expect(store.load([])).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED' });
    await store.close();
  });

  it.each([['full', 2], ['normal', 1]] as const)('flushes as it was told: %s', async (durability, synchronous) => {
    const path = join(freshFolder(), 'stock.db');
    const seen: unknown[] = [];
    const exec = DatabaseSync.prototype.exec;
    DatabaseSync.prototype.exec = function (sql) {
      if (sql === 'BEGIN IMMEDIATE' && seen.length === 0) seen.push(this.prepare('PRAGMA synchronous').get(), this.prepare('PRAGMA journal_mode').get());
      exec.call(this, sql);
    };
    try {
      const store = await opened(path, { durability });
      seen.length = 0;
      await commitItem(store, 'A');
      await store.close();
    } finally {
      DatabaseSync.prototype.exec = exec;
    }

    expect(seen).toEqual([{ synchronous }, { journal_mode: 'wal' }]);
  });

  it('keeps nothing of a commit that the database refuses midway, and goes on', async () => {
    const path = join(freshFolder(), 'stock.db');
    const store = await opened(path);
    const beside = new DatabaseSync(path);
    beside.exec(`CREATE TRIGGER refuse BEFORE INSERT ON "inbox" BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    beside.close();
    const change = { commitId: 'midway', expect: [], write: [{ table: 'item', key: { sku: 'A' }, set: { version: 1 } }, { table: 'inbox', key: { origin: 'shop', messageId: 'm' }, set: {} }], marks: [mark] } as const;

    await expect(store.commit(change)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect([await store.load([{ table: 'item', where: {} }]), await store.claim(claimOne)]).toEqual([[[]], []]);
    expect(await store.commit({ ...change, write: change.write.slice(0, 1) })).toEqual({ status: 'committed' });
    await store.close();
  });

  it('keeps namespaces apart and shares the buckets of vendors', async () => {
    const path = join(freshFolder(), 'stock.db');
    const east = await opened(path, { namespace: 'east' });
    await commitItem(east, 'A', [mark]);
    await east.takeBudget('vendor', 1, { capacity: 1, refillPerSecond: 0.001 });
    await east.close();

    const west = await opened(path, { namespace: 'west' });
    expect(await west.load([{ table: 'item', where: {} }])).toEqual([[]]);
    expect([await west.claim(claimOne), await west.dirtyShards(9)]).toEqual([[], []]);
    expect(await west.takeBudget('vendor', 1, { capacity: 1, refillPerSecond: 0.001 })).toMatchObject({ ok: false });
    await commitItem(west, 'A');
    await west.close();
    const again = await opened(path, { namespace: 'east' });
    expect(await again.claim(claimOne)).toHaveLength(1);
    await again.close();
  });

  it('adds tables, columns and indexes that its file does not have yet, and keeps what is there', async () => {
    const path = join(freshFolder(), 'stock.db');
    const before = await opened(path);
    await commitItem(before, 'A', [mark]);
    await before.close();
    const database = new DatabaseSync(path);
    database.exec('ALTER TABLE "item" DROP COLUMN "counted"; DROP TABLE "variance"; DROP INDEX "target_by_sku"; ALTER TABLE "item" ADD COLUMN "later" TEXT');
    database.close();

    const after = await opened(path);
    expect(await after.load([{ table: 'item', where: {} }, { table: 'variance', where: {} }, { table: 'target', where: { sku: 'A' } }])).toEqual([[{ sku: 'A', version: 1, counted: null, changedAtMs: null }], [], []]);
    expect(await after.claim(claimOne)).toHaveLength(1);
    await after.close();
  });

  it('forgets commits after a week and none before', async () => {
    const path = join(freshFolder(), 'stock.db');
    let nowMs = 0;
    const store = await opened(path, { clock: { now: () => nowMs } });
    const commit = (id: string): ReturnType<Store['commit']> => store.commit({ commitId: id, expect: [], write: [], marks: [] });
    await commit('old');
    for (let index = 0; index < 300; index += 1) await commit(`first-${String(index)}`);
    expect(await commit('old')).toEqual({ status: 'already' });
    nowMs = 8 * 24 * 60 * 60 * 1_000;
    for (let index = 0; index < 600; index += 1) await commit(`second-${String(index)}`);
    await store.close();

    const database = new DatabaseSync(path);
    expect(database.prepare('SELECT min("commitId") AS "first", count(*) AS "count" FROM "commitLog"').get()).toEqual({ first: 'second-0', count: 600 });
    database.close();
  });

  it('is legible in the sqlite3 shell', async () => {
    const path = join(freshFolder(), 'stock.db');
    const store = await opened(path);
    await store.close();
    const database = new DatabaseSync(path);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all().map((row) => row['name']);
    const columns = (table: string): unknown[] => database.prepare(`PRAGMA table_info("${table}")`).all().map((row) => row['name']);

    expect(tables).toEqual(['_history', '_schema', 'bucket', 'change', 'commitLog', 'feed', 'work', ...Object.keys(TABLES)].sort());
    for (const table of Object.keys(TABLES) as TableName[]) {
      const { key, columns: others } = tableDefinition(table);
      expect(columns(table)).toEqual(['namespace', ...key, ...Object.keys(others)]);
    }
    database.close();
  });
});

describe('openSqliteReader', () => {
  it('reads what was committed while an engine works, and writes nothing', async () => {
    const path = join(freshFolder(), 'stock.db');
    const store = await opened(path);
    const reader = openSqliteReader(path);
    const skus = async (): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for await (const row of reader.scan({ table: 'item', where: {} })) seen.push(row['sku']);
      return seen;
    };

    expect(await skus()).toEqual([]);
    await commitItem(store, 'A', [mark]);
    expect(await skus()).toEqual(['A']);
    expect((await reader.load([{ table: 'item', where: { sku: 'A' } }]))[0]).toHaveLength(1);
    const work: unknown[] = [];
    for await (const row of reader.scanWork()) work.push(row.key);
    expect(work).toEqual(['A']);
    await expect(reader.load([{ table: 'nowhere' as TableName, where: {} }])).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED' });
    reader.close();
    await store.close();
  });
});

describe('the statements', () => {
  /** A database of the store's layout that tells how each statement finds what it needs. */
  function explained(): { database: DatabaseSync; statements: Statements; plansOf: (run: () => void) => readonly string[] } {
    const database = new DatabaseSync(':memory:');
    migrate(database, ':memory:', 0);
    let asked: string[] = [];
    const statements = new (class extends Statements {
      override get(sql: string): StatementSync {
        asked.push(sql);
        return super.get(sql);
      }
    })(database);
    const plansOf = (run: () => void): readonly string[] => {
      asked = [];
      run();
      return asked.flatMap((sql) => (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail));
    };
    return { database, statements, plansOf };
  }

  it('read rows by every column that was named, and sort only what an index leaves unsorted', () => {
    const { database, statements, plansOf } = explained();
    const rows = new Rows(statements, 'main');
    const careless: unknown[] = [];
    for (const table of Object.keys(TABLES) as TableName[]) {
      const { key, columns, indexes = [], keyTypes = {} } = tableDefinition(table);
      const types: Readonly<Record<string, string>> = { ...columns, ...keyTypes };
      const sample = (names: readonly string[]): Record<string, string | number> => Object.fromEntries(names.map((name) => [name, types[name] === 'integer' ? 1 : 'x']));
      for (const index of [key, ...indexes]) {
        for (let length = 0; length <= index.length; length += 1) {
          const named = index.slice(0, length);
          const sortsRest = index.slice(length).some((column) => !key.includes(column));
          const plans = plansOf(() => {
            rows.find({ table, where: sample(named) });
            rows.page({ table, where: sample(named) }, sample(key));
          });
          for (const plan of plans) {
            const finds = plan.startsWith('SEARCH') && ['namespace', ...named].every((column) => plan.includes(`${column}=?`));
            if (!finds && !(sortsRest && plan.startsWith('USE TEMP B-TREE'))) careless.push([table, named, plan]);
          }
        }
      }
    }

    expect(careless).toEqual([]);
    database.close();
  });

  it('claim and settle by the indexes of due and waiting work', () => {
    const { database, statements, plansOf } = explained();
    const work = new Work(statements, 'main');

    const plans = plansOf(() => {
      work.mark(mark, 0);
      work.mark({ ...mark, key: 'later', notBeforeMs: 9 }, 0);
      for (const claim of work.claim(claimOne, 0)) {
        const held = work.held(claim);
        if (held !== undefined) work.end(held, { claim, outcome: { status: 'done' } }, 0);
      }
      work.dirtyShards(9, 0);
      work.page(undefined);
    });

    const byIndex = /^SEARCH work USING (COVERING )?INDEX work_|^SEARCH work USING PRIMARY KEY \(namespace=\? AND kind=\? AND shard=\? AND key=\?\)/;
    expect(plans.filter((plan) => !byIndex.test(plan))).toEqual([]);
    expect(plans.length).toBeGreaterThan(9);
    database.close();
  });
});
