import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '@stockwright/engine/ports';
import { createSqliteStore } from '@stockwright/store-sqlite';
import { describe, expect, it } from 'vitest';
import { freshFolder, killed, messages, startChild } from './files.ts';

interface Kept {
  readonly versions: ReadonlySet<unknown>;
  readonly entries: number;
  readonly revisions: ReadonlySet<unknown>;
}

async function whatWasKept(store: Store): Promise<Kept> {
  const [items = [], ledger = []] = await store.load([{ table: 'item', where: {} }, { table: 'ledger', where: {} }]);
  const revisions = new Set<unknown>();
  for await (const { revision } of store.scanWork()) revisions.add(revision);
  return { versions: new Set(items.map((row) => row['version'])), entries: ledger.length, revisions };
}

describe('a process that is killed between and within commits', () => {
  it('leaves whole commits only, and every one that it was told of', async () => {
    const path = join(freshFolder(), 'stock.db');
    let heard = 0;

    for (const commits of [1, 4, 9, 2]) {
      const child = startChild('committer', path);
      const told = await messages(child, commits);
      await killed(child);
      heard = Number(told[told.length - 1]);
      const store = createSqliteStore({ path });
      await store.migrate();
      const { versions, entries, revisions } = await whatWasKept(store);
      const version = Number([...versions][0]);
      const again = await store.commit({ commitId: `version-${String(version)}`, expect: [], write: [], marks: [] });
      await store.close();

      expect([versions.size, revisions.size]).toEqual([1, 1]);
      expect(version).toBeGreaterThanOrEqual(heard);
      expect(entries).toBe(200 * version);
      expect(revisions).toEqual(versions);
      expect(again).toEqual({ status: 'already' });
    }

    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  });
});

describe('the lock of a file', () => {
  it('refuses a second engine in the same process until the first is closed', async () => {
    const path = join(freshFolder(), 'stock.db');
    const first = createSqliteStore({ path });
    await first.migrate();

    expect(() => createSqliteStore({ path })).toThrow(`SQLite file ${path} is in use by another engine. Stop that one, or give this one a file of its own.`);
    expect(await first.load([{ table: 'item', where: {} }])).toEqual([[]]);
    await first.close();
    const second = createSqliteStore({ path });
    await second.close();
  });

  it('refuses an engine in another process, and is gone with a process that was killed', async () => {
    const path = join(freshFolder(), 'stock.db');
    const child = startChild('holder', path);
    await messages(child, 1);

    expect(() => createSqliteStore({ path })).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('is in use by another engine') }));
    await killed(child);
    const store = createSqliteStore({ path });
    await store.migrate();
    await store.close();
  });
});
