import { PGlite } from '@electric-sql/pglite';
import type { ChangeSet, Store } from '@stockwright/engine/ports';
import { createPostgresStore } from '@stockwright/store-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SKUS = 150;

/** A sale at one place: rows that are mostly there, in tables with one index and with several, and a mark. */
function sale(number: number, sku: string, version: number): ChangeSet {
  return {
    commitId: `sale ${String(number)}`, expect: [{ table: 'item', key: { sku }, version }, { table: 'target', key: { channel: 'shop', location: '', sku }, version }],
    write: [
      { table: 'item', key: { sku }, set: { version: version + 1 } },
      { table: 'position', key: { sku, account: 'committed', location: 'W1', channel: '' }, set: { quantity: String(number), isZero: 0 } },
      { table: 'channelSale', key: { channel: 'shop', location: 'W1', sku }, set: { sold: String(number) } },
      { table: 'target', key: { channel: 'shop', location: '', sku }, set: { version: version + 1, want: String(number), differs: 1 } },
      { table: 'cursor', key: { origin: 'shop', name: sku }, set: { lastSuccessMs: number } },
    ],
    marks: [{ kind: 'project', key: sku, shard: 'project', priority: 0, notBeforeMs: 0, cause: 'sale' }],
  };
}

const READ = `SELECT (SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE schemaname = 'stockwright')::int
  + (SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_stat_user_indexes WHERE schemaname = 'stockwright')::int AS "read"`;

describe('forgetting in tables that have grown since the connection planned for it', () => {
  it.each(['inbox', 'hold', 'work'] as const)('looks at few of the rows of %s', async (table) => {
    const pglite = new PGlite();
    let nowMs = 1_000_000;
    const store = createPostgresStore({ database: pglite, clock: { now: () => nowMs } });
    await store.migrate();
    await store.forget({ table, overForMs: 0, limit: 5 });
    const names = Array.from({ length: 400 }, (_value, index) => `n${String(index)}`);
    await store.commit({ commitId: 'many', expect: [], marks: names.map((key) => ({ kind: 'push', key, shard: 'channel:shop', priority: 0, notBeforeMs: 0, cause: 'sale' })), write: names.flatMap((name, index) => [
      { table: 'inbox', key: { origin: 'shop', messageId: name }, set: { receivedAtMs: 1_000 + index } },
      { table: 'hold', key: { holdId: name }, set: { version: 1, overSinceMs: 1_000 + index } },
      { table: 'holdLine', key: { sku: 'A', holdId: name, location: 'W1' }, set: { quantity: '1' } },
    ]) });
    await store.settle((await store.claim({ shard: 'channel:shop', kinds: ['push'], limit: 400, leaseMs: 1_000, worker: 'w' })).map((claim) => ({ claim, outcome: { status: 'done' } })));
    nowMs += 1_000_000;
    expect(await store.forget({ table, overForMs: 1, limit: 5 })).toBe(5);
    const readSoFar = async (): Promise<number> => (await pglite.query<{ read: number }>(READ)).rows[0]?.read ?? 0;
    await pglite.exec('BEGIN');
    const before = await readSoFar();
    await pglite.query(`SELECT ${await forgetRoutine(pglite)}('main', ${String(['attempt', 'hold', 'inbox', 'operatorCommand', 'refused', 'targetChange', 'unmapped', 'variance', 'work'].indexOf(table))}, 1, 5, ${String(nowMs)})`);
    const after = await readSoFar();
    await pglite.exec('ROLLBACK');
    expect(after - before).toBeLessThan(40);
    await pglite.close();
  }, 60_000);
});

async function forgetRoutine(pglite: PGlite): Promise<string> {
  const { rows } = await pglite.query<{ name: string }>("SELECT p.oid::regproc::text AS name FROM pg_proc AS p WHERE p.proname LIKE 'forget\\_%'");
  return rows[0]?.name ?? '';
}

describe('a commit over tables that have grown since the connection planned for them', () => {
  let pglite: PGlite;
  let store: Store;

  beforeAll(async () => {
    pglite = new PGlite();
    store = createPostgresStore({ database: pglite });
    await store.migrate();
    for (let number = 0; number < SKUS; number += 1) await store.commit(sale(number, `S${String(number)}`, 0));
  }, 60_000);

  afterAll(async () => { await pglite.close(); });

  for (const [what, sku, version] of [['that are there', 'S7', 1], ['that are new', 'new', 0]] as const) {
    it(`looks at few of the rows, for rows ${what}`, async () => {
      const read = await pglite.transaction(async (tx) => {
        expect(await store.commit(sale(SKUS, sku, version), { tx })).toEqual({ status: 'committed' });
        const { rows } = await tx.query<{ read: number }>(READ);
        await tx.rollback();
        return rows[0]?.read;
      });
      expect(read).toBeLessThan(40);
    });
  }
});
