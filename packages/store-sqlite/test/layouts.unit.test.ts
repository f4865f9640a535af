import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '@stockwright/store-sqlite';
import { describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../src/schema.ts';
import { freshFolder } from './files.ts';

/** Each earlier layout, as the version that wrote it left it, with the same few rows in it. */
const earlier = Array.from({ length: SCHEMA_VERSION - 1 }, (_value, index) => index + 1);

describe('migrate', () => {
  it.each(earlier)('brings layout %i forward with everything that is in it', async (version) => {
    const path = join(freshFolder(), 'stock.db');
    const database = new DatabaseSync(path);
    database.exec(readFileSync(new URL(`layouts/${String(version)}.sql`, import.meta.url), 'utf8'));
    expect(database.prepare('SELECT max("version") AS "version" FROM "_schema"').get()).toEqual({ version });
    database.close();

    const store = createSqliteStore({ path, clock: { now: () => 1_000_001 } });
    await store.migrate();
    const [items = [], ledger = [], positions = [], holds = []] = await store.load([{ table: 'item', where: {} }, { table: 'ledger', where: { sku: 'A' } }, { table: 'position', where: { sku: 'A' } }, { table: 'holdLine', where: { holdId: 'h' } }]);
    expect([items, ledger.map(({ quantity }) => quantity), positions.map(({ quantity }) => quantity), holds]).toEqual([
      [{ sku: 'A', version: 3, counted: null, changedAtMs: null }], ['12345678901234567890.5'], ['12345678901234567890.5'], [],
    ]);
    expect(await store.commit({ commitId: 'kept', expect: [], write: [], marks: [] })).toEqual({ status: 'already' });
    expect(await store.claim({ shard: 'project', kinds: ['project'], limit: 9, leaseMs: 1, worker: 'w' })).toMatchObject([{ key: 'A', revision: 1, dirtySinceMs: 1_000_000 }]);
    expect(await store.takeBudget('vendor', 0, { capacity: 1, refillPerSecond: 1 })).toMatchObject({ ok: false, reason: 'throttled' });
    expect(await store.epoch()).not.toBe('');
    await store.close();
    const again = createSqliteStore({ path });
    await again.migrate();
    await again.close();
  });
});

describe('rows of a layout that did not say when they were over', () => {
  it('say it afterwards, where they were, and those that are needed stay', async () => {
    const path = join(freshFolder(), 'stock.db');
    const database = new DatabaseSync(path);
    database.exec(readFileSync(new URL('layouts/2.sql', import.meta.url), 'utf8'));
    database.close();
    const store = createSqliteStore({ path, clock: { now: () => 1_000_000 } });
    await store.migrate();
    for (const table of ['targetChange', 'hold', 'work'] as const) await store.forget({ table, overForMs: 0, limit: 99 });
    const [changes = [], holds = []] = await store.load([{ table: 'targetChange', where: {} }, { table: 'hold', where: {} }]);
    expect([changes.map(({ sku, want }) => [sku, want]), holds.map(({ holdId }) => holdId)]).toEqual([[['A', '4'], ['B', '9']], ['waited for']]);
    await store.close();
  });
});

describe('the history of a file', () => {
  const epochOf = async (path: string, { durability, closes }: { durability: 'full' | 'normal'; closes: boolean }): Promise<string> => {
    const store = createSqliteStore({ path, durability });
    await store.migrate();
    const epoch = await store.epoch();
    if (closes) await store.close();
    return epoch;
  };
  /** What is left of a file when the power goes: the store's connection and lock vanish without a word. */
  const powerCut = (path: string): string => {
    const copy = join(freshFolder(), 'stock.db');
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix);
    return copy;
  };

  it('stays the same where nothing can be lost, however the process ends', async () => {
    const path = join(freshFolder(), 'stock.db');
    const first = await epochOf(path, { durability: 'full', closes: false });

    expect(await epochOf(powerCut(path), { durability: 'full', closes: true })).toBe(first);
    expect(await epochOf(powerCut(path), { durability: 'normal', closes: true })).toBe(first);
  });

  it('is another one where commits may have been lost, once', async () => {
    const path = join(freshFolder(), 'stock.db');
    const first = await epochOf(path, { durability: 'normal', closes: false });
    const copy = powerCut(path);
    const second = await epochOf(copy, { durability: 'normal', closes: true });

    expect(second).not.toBe(first);
    expect(await epochOf(copy, { durability: 'normal', closes: true })).toBe(second);
    expect(await epochOf(copy, { durability: 'full', closes: true })).toBe(second);
  });
});


