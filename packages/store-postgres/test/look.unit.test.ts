import { PGlite } from '@electric-sql/pglite';
import type { Query, Store } from '@stockwright/engine/ports';
import { createPostgresStore, type PostgresDatabase } from '@stockwright/store-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookUps } from '../src/code/read-routines.ts';

const SKUS = Array.from({ length: 100 }, (_, index) => `S${String(index)}`);
/** What computing the numbers of a hundred skus reads. */
const POSITIONS: readonly Query[] = SKUS.flatMap((sku) => (['item', 'position', 'holdLine'] as const).map((table) => ({ table, where: { sku } })));
/** No branch has a column that is to be empty, so the statement is sent as text. */
const UNDONE: Query = { table: 'claim', where: { sku: 'S0', settled: null } };

describe('a look', () => {
  let pglite: PGlite;
  let store: Store;
  let statements = 0;

  beforeAll(async () => {
    pglite = new PGlite();
    const database: PostgresDatabase = {
      query: (text, values) => {
        statements += 1;
        return pglite.query(text, values);
      },
      transaction: (body) => pglite.transaction(body),
    };
    store = createPostgresStore({ database, clock: { now: () => 1_000 } });
    await store.migrate();
    await store.commit({ commitId: 'rows', expect: [], marks: [], write: [
      ...SKUS.flatMap((sku, index) => [
        { table: 'item' as const, key: { sku }, set: { version: index } },
        { table: 'position' as const, key: { sku, account: 'onHand', location: 'W1', channel: '' }, set: { quantity: String(index), isZero: 0 } },
      ]),
      { table: 'claim', key: { channel: 'shop', orderId: '1', sku: 'S0' }, set: { state: '{}' } },
      { table: 'ledger', key: { sku: 'S0', itemVersion: 10, ordinal: 0 }, set: { quantity: '1' } },
      { table: 'ledger', key: { sku: 'S0', itemVersion: 9, ordinal: 1 }, set: { quantity: '2' } },
    ] });
  }, 60_000);

  afterAll(async () => { await pglite.close(); });

  it('at a hundred skus is one statement', async () => {
    statements = 0;
    const { rows, nowMs } = await store.look(POSITIONS);
    expect([statements, nowMs, rows.length]).toEqual([1, 1_000, 300]);
    expect(rows[298]).toEqual([{ sku: 'S99', account: 'onHand', location: 'W1', channel: '', quantity: '99', isZero: 0 }]);
  });

  it('finds the same by a branch and by a statement of its own', async () => {
    statements = 0;
    const byText = await store.look([...POSITIONS, { table: 'ledger', where: { sku: 'S0' } }, UNDONE]);
    const byBranch = await store.look([...POSITIONS, { table: 'ledger', where: { sku: 'S0' } }]);
    expect([statements, byText.nowMs]).toEqual([2, 1_000]);
    expect(byText.rows.slice(0, -1)).toEqual(byBranch.rows);
    expect(byText.rows[301]).toEqual([{ channel: 'shop', orderId: '1', sku: 'S0', state: '{}', settled: null }]);
    expect(byBranch.rows[300]?.map(({ itemVersion }) => itemVersion)).toEqual([9, 10]);
  });

  it('has a branch for every beginning of a key and of an index', async () => {
    for (const { table, columns } of lookUps().values()) {
      const where = Object.fromEntries(columns.map((column) => [column, ['itemVersion', 'ordinal', 'wantRevision', 'settled', 'differs'].includes(column) ? 1 : 'none']));
      expect((await store.look([{ table, where }])).rows).toEqual([[]]);
    }
  });

  it('at nothing tells the moment', async () => {
    expect(await store.look([])).toEqual({ rows: [], nowMs: 1_000 });
  });
});
