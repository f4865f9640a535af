import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@stockwright/store-sqlite';
import { registerConformance, registerStoreModel, STORE_CASES, type ConformanceTarget, type StoreCapability, type StoreSubject } from '@stockwright/testkit';
import { describe, it } from 'vitest';

const target: ConformanceTarget<StoreSubject, StoreCapability> = {
  name: 'store-sqlite',
  capabilities: { durable: true, multiProcess: false, joinsHostTransaction: false },
  setup: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stockwright-store-'));
    let nowMs = 1_000_000;
    const clock = { now: () => nowMs, set: (ms: number) => { nowMs = ms; } };
    const path = join(folder, 'stock.db');
    let store = createSqliteStore({ path, clock });
    await store.migrate();
    return {
      subject: {
        store, clock,
        reopen: async (namespace = 'main') => {
          await store.close();
          store = createSqliteStore({ path, clock, namespace });
          return store;
        },
        second: async () => createSqliteStore({ path, clock }),
      },
      teardown: async () => {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

registerConformance({ describe, it }, STORE_CASES, target);
registerStoreModel({ describe, it }, target);

registerConformance({ describe, it }, STORE_CASES, {
  name: 'store-sqlite in memory',
  capabilities: { durable: false, multiProcess: false, joinsHostTransaction: false },
  setup: async () => {
    let nowMs = 1_000_000;
    const clock = { now: () => nowMs, set: (ms: number) => { nowMs = ms; } };
    const store = createSqliteStore({ path: ':memory:', clock });
    await store.migrate();
    return { subject: { store, clock }, teardown: () => store.close() };
  },
});
