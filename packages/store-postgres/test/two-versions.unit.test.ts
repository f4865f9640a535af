import { PGlite } from '@electric-sql/pglite';
import type { Claim, Mark, Store } from '@stockwright/engine/ports';
import { createPostgresStore } from '@stockwright/store-postgres';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { routinesOf } from '../src/code/routines.ts';
import { migrate } from '../src/migrate.ts';
import { SCHEMA_VERSION } from '../src/schema.ts';
import { serverAnswers, withDatabase } from '../../../test/support/postgres-server.ts';

type Run = (statement: string) => Promise<unknown>;

/** What a later version of the program does to a layout: columns, a table, an index and a step of its own, functions, and those of the oldest go. */
async function migrateAsLater(run: Run, number: number): Promise<void> {
  const suffix = String(number).repeat(8);
  const { suffix: own } = routinesOf('stockwright');
  await run(`BEGIN;
    SELECT pg_advisory_xact_lock(hashtextextended('stockwright stockwright', 0));
    ALTER TABLE stockwright."item" ADD COLUMN "later${suffix}" text;
    ALTER TABLE stockwright."hold" ADD COLUMN "later${suffix}" bigint;
    ALTER TABLE stockwright."work" ADD COLUMN "later${suffix}" bigint;
    CREATE INDEX "item_by_later${suffix}" ON stockwright."item" ("namespace", "later${suffix}");
    CREATE TABLE stockwright."later${suffix}" ("namespace" text PRIMARY KEY);
    INSERT INTO stockwright."_schema" VALUES (${String(SCHEMA_VERSION + number)}, 0);
    INSERT INTO stockwright."_code" ("suffix", "atMs") VALUES ('${suffix}', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + ${String(number)});
    COMMIT`);
  if (number > 1) await run(`DO $$ DECLARE r record; BEGIN FOR r IN SELECT p.oid::regprocedure::text AS n FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace WHERE s.nspname = 'stockwright' AND right(p.proname, 9) = '_${own}' LOOP EXECUTE 'DROP FUNCTION ' || r.n; END LOOP; END $$`);
}

const mark = (key: string): Mark => ({ kind: 'push', key, shard: 'channel:shop', priority: 0, notBeforeMs: 0, cause: 'sale' });
const claimed = (store: Store): Promise<readonly Claim[]> => store.claim({ shard: 'channel:shop', kinds: ['push'], limit: 9, leaseMs: 60_000, worker: 'w' });

/** Every method once, on rows of its own. */
async function everything(store: Store, name: string): Promise<unknown> {
  const item = { table: 'item' as const, key: { sku: name } };
  const { end } = await store.feed(undefined, 9);
  const epoch = await store.epoch();
  const first = await store.commit({ commitId: `${name} 1`, epoch, expect: [{ ...item, version: 0 }], write: [{ ...item, set: { version: 1 } }, { table: 'hold', key: { holdId: name }, set: { version: 1, overSinceMs: 1 } }], marks: [mark(name)], tell: [{ kind: 'target', sku: name, atMs: Date.now() }] });
  const again = await store.commit({ commitId: `${name} 2`, builtOn: [`${name} 1`], absent: [{ table: 'claim', where: { channel: 'shop', orderId: name } }], expect: [{ ...item, version: 1 }], write: [{ ...item, set: { version: 2 } }], marks: [] });
  const late = await store.commit({ commitId: `${name} 3`, expect: [{ ...item, version: 1 }], write: [], marks: [] });
  const decided = await store.decide({ commitId: `${name} 4`, lock: [item], read: [{ table: 'item', where: { sku: name } }], plan: ([rows = []]) => ({ write: [{ ...item, set: { version: 3 } }], answer: rows[0]?.['version'] }) });
  const { rows } = await store.look([{ table: 'item', where: { sku: name } }]);
  const due = await store.dueWork('channel:shop');
  const [claim] = await claimed(store);
  if (claim === undefined) throw new Error('a claim expected');
  const renewed = await store.renew([claim], 60_000);
  const settled = await store.settle([{ claim, outcome: { status: 'done' }, expect: [{ ...item, version: 3 }], write: [{ ...item, set: { version: 4 } }] }]);
  const budget = await store.takeBudget(name, 1, { capacity: 1, refillPerSecond: 1 });
  await store.pauseBucket(name, 5, 'busy');
  const forgotten = [await store.forget({ table: 'hold', overForMs: 1, limit: 9 }), await store.forget({ table: 'work', overForMs: 86_400_000, limit: 9 }), await store.forget({ table: 'change', overForMs: 86_400_000, limit: 9 })];
  const scanned: unknown[] = [];
  for await (const { sku, version } of store.scan({ table: 'item', where: { sku: name } })) scanned.push([sku, version]);
  const work: unknown[] = [];
  for await (const { key, state } of store.scanWork()) if (key === name) work.push(state);
  const { entries } = await store.feed(end, 9);
  return [first, again, late.status, decided, rows.map((of) => of.map(({ version }) => version)), due.kinds.length, renewed.length, settled, budget.ok, forgotten, scanned, work, entries.map(({ entry }) => entry.sku)];
}

const expected = (name: string): unknown => [
  { status: 'committed' }, { status: 'committed' }, 'conflict', { status: 'committed', answer: 2 }, [[3]], 1, 1, ['settled'], true, [1, 0, 0], [[name, 4]], [], [name],
];

describe('a version of the program that runs while a later one brings the layout forward', () => {
  it('goes on rightly in all that it does, is refused when it starts anew, and once another one is later still', async () => {
    const database = await PGlite.create();
    const store = createPostgresStore({ database });
    await store.migrate();
    expect(await everything(store, 'before')).toEqual(expected('before'));
    await migrateAsLater((statement) => database.exec(statement), 1);
    expect(await everything(store, 'after')).toEqual(expected('after'));
    const words = `Schema stockwright has layout ${String(SCHEMA_VERSION + 1)}, and this version knows layouts up to ${String(SCHEMA_VERSION)}. Update the package.`;
    await expect(createPostgresStore({ database }).migrate()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: words });

    await migrateAsLater((statement) => database.exec(statement), 2);
    const refusal = { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('two later versions') as string };
    await expect(store.commit({ commitId: 'too late', expect: [], write: [], marks: [mark('x')] })).rejects.toMatchObject(refusal);
    await expect(claimed(store)).rejects.toMatchObject(refusal);
    await database.close();
  }, 60_000);

  it('keeps its functions where it was gone back to, and a later one then comes', async () => {
    const database = await PGlite.create();
    const store = createPostgresStore({ database });
    await store.migrate();
    const as = (suffix: string): Promise<unknown> => database.transaction((tx) => migrate(tx, 'stockwright', { ...routinesOf('stockwright'), suffix, statements: [] }));
    const aside = (): Promise<unknown> => database.query(`UPDATE stockwright."_code" SET "atMs" = "atMs" - 1000`);
    // One that came later was taken back, and this one was started again.
    for (const step of [aside, () => as('11111111'), aside, () => createPostgresStore({ database }).migrate(), aside, () => as('22222222')]) await step();
    expect((await database.query<{ suffix: string }>('SELECT "suffix" FROM stockwright."_code"')).rows.map(({ suffix }) => suffix).sort()).toEqual(['22222222', routinesOf('stockwright').suffix].sort());
    expect(await everything(store, 'gone back to')).toEqual(expected('gone back to'));
    await database.close();
  }, 60_000);
});

describe.runIf(await serverAnswers())('on a server', () => {
  it('loses and doubles nothing of what is written meanwhile', () => withDatabase(async (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 6 });
    const store = createPostgresStore({ pool });
    await store.migrate();
    let isLater = false;
    let [committed, refused] = [0, 0];
    const writer = async (name: string): Promise<void> => {
      for (let number = 0; number < 40 || !isLater; number += 1) {
        const item = { table: 'item' as const, key: { sku: name } };
        const change = { commitId: `${name} ${String(number)}`, expect: [{ ...item, version: committedOf.get(name) ?? 0 }], write: [{ ...item, set: { version: (committedOf.get(name) ?? 0) + 1 } }], marks: [mark(name)] };
        try {
          const { status } = await store.commit(change);
          if (status === 'conflict') throw new Error('nobody else writes it');
          committedOf.set(name, (committedOf.get(name) ?? 0) + 1);
          committed += 1;
        } catch (error) {
          if ((error as { readonly code?: unknown }).code !== 'STORE_UNAVAILABLE') throw error;
          refused += 1;
        }
      }
    };
    const committedOf = new Map<string, number>();
    const later = (async () => {
      await migrateAsLater((statement) => pool.query(statement), 1);
      isLater = true;
    })();
    await Promise.all([later, ...['A', 'B', 'C', 'D'].map(writer)]);
    const [items = []] = await store.load([{ table: 'item', where: {} }]);
    expect([refused, new Map(items.map(({ sku, version }) => [sku, version]))]).toEqual([0, committedOf]);
    expect(committed).toBe([...committedOf.values()].reduce((sum, each) => sum + each, 0));
    await store.close();
    await pool.end();
  }), 60_000);
});
