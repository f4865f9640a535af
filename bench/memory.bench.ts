import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@stockwright/store-sqlite';
import { line, type Measured } from './compare.ts';
import { engineOn, Events, skusOf } from './ingest/events.ts';

/** It takes minutes, so it runs where it is asked for by name. */
export const onlyByName = true;

const EVENTS = Number(process.env['STOCKWRIGHT_EVENTS'] ?? 1_000_000);
const SKUS = 10_000;
const BATCH = 1_000;
/** What a process keeps does not grow with what it has seen. */
const HEAP = { floor: 1.05, aim: 1.05 };
/** Every so many events all numbers that they moved are computed anew. */
const PROJECTED_EVERY = 50_000;

/** What the process keeps after a quarter of many events and after all of them: the ledger grows on the disk and nowhere else. */
export async function measured(): Promise<readonly Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-memory-'));
  process.once('exit', () => { rmSync(folder, { recursive: true, force: true }); });
  const store = createSqliteStore({ path: join(folder, 'ours.db'), durability: 'normal' });
  const skus = skusOf(SKUS);
  const { engine, drain } = engineOn(store, skus);
  const events = new Events(skus, 1);
  await engine.start();
  await engine.ingest(events.opening());
  const kept: number[] = [];
  for (let taken = 0; taken < EVENTS; taken += BATCH) {
    await engine.ingest(events.counts(BATCH));
    if ((taken + BATCH) % PROJECTED_EVERY === 0) await drain('project');
    if (taken + BATCH === EVENTS / 4 || taken + BATCH === EVENTS) kept.push(await heap());
  }
  await engine.stop();
  await store.close();
  const [quarter = 0, all = 0] = kept;
  return [line({ name: `heap after ${EVENTS.toLocaleString('en')} events, SQLite`, denominator: 'after a quarter of them', kind: 'size', goal: HEAP }, [all], [quarter])];
}

/** Bytes of the heap after collections, once what was under way has ended. */
async function heap(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise((resolve) => { setImmediate(resolve); });
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}
