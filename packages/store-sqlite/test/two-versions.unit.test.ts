import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '@stockwright/engine/ports';
import { createSqliteStore, openSqliteReader, readSqliteCommand, sendSqliteCommand } from '@stockwright/store-sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../src/schema.ts';
import { freshFolder } from './files.ts';

const ITEM = { table: 'item' as const, key: { sku: 'A' } };
const items = [{ table: 'item' as const, where: {} }];

let store: Store | undefined;
afterEach(async () => {
  await store?.close();
  store = undefined;
});

const open = async (): Promise<string> => {
  const path = join(freshFolder(), 'stock.db');
  store = createSqliteStore({ path });
  await store.migrate();
  await store.commit({ commitId: '1', expect: [], marks: [], write: [{ ...ITEM, set: { version: 1 } }] });
  return path;
};
/** Changes the layout behind the back of whoever has the file open. */
const change = (path: string, statements: string): void => {
  const database = new DatabaseSync(path);
  database.exec(statements);
  database.close();
};

describe('a file on which two versions of the program meet', () => {
  it('lets a later one bring it forward only once the earlier engine has ended', async () => {
    const path = await open();
    expect(() => createSqliteStore({ path })).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('is in use by another engine') }));
    await store?.close();
    store = createSqliteStore({ path });
    await store.migrate();
    expect(await store.load(items)).toMatchObject([[{ sku: 'A', version: 1 }]]);
  });

  it('and was brought forward by other means lets a reader and an engine that have it open go on, and refuses whoever comes then', async () => {
    const path = await open();
    const reader = openSqliteReader(path);
    change(path, `ALTER TABLE "item" ADD COLUMN "later" TEXT; CREATE TABLE "later" ("key" TEXT); INSERT INTO "_schema" VALUES (${String(SCHEMA_VERSION + 1)}, 0)`);
    expect(await store?.commit({ commitId: '2', expect: [{ ...ITEM, version: 1 }], marks: [], write: [{ ...ITEM, set: { version: 2 } }] })).toEqual({ status: 'committed' });
    expect(await reader.load(items)).toMatchObject([[{ sku: 'A', version: 2 }]]);
    reader.close();
    const refusal = expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('Update the package.') }) as Error;
    expect(() => openSqliteReader(path)).toThrow(refusal);
    expect(() => sendSqliteCommand(path, { verb: 'pause', requestedBy: 'anna' })).toThrow(refusal);
    expect(() => readSqliteCommand(path, 'c')).toThrow(refusal);
    await store?.close();
    expect(() => createSqliteStore({ path })).toThrow(refusal);
  });

  it('says to a reader of a later one what the engine that works on it does not have yet', async () => {
    const path = await open();
    change(path, 'ALTER TABLE "item" DROP COLUMN "counted"; DROP TABLE "variance"; DROP INDEX "target_by_sku"');
    const reader = openSqliteReader(path);
    for (const query of [items[0], { table: 'variance' as const, where: {} }, { table: 'target' as const, where: { sku: 'A' } }]) {
      await expect(reader.load([query ?? { table: 'item', where: {} }])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('was made by an earlier version, which did not have') as string });
    }
    reader.close();
  });
});
