/** Many changes of one sku at the same time: each counts once, from one process and from several. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { createPostgresStore } from '@stockwright/store-postgres';
import { createSqliteStore } from '@stockwright/store-sqlite';
import type { Sku } from '@stockwright/core';
import { wrongBooks } from '../support/books.ts';
import { Member } from '../support/crew.ts';
import { serverMissing, withDatabase } from '../../support/postgres-server.ts';
import { near, Oracle, oracleChannel } from '../support/oracle.ts';
import type { Finding, Scenario } from '../support/report.ts';
import { change, channelIds, openings, skuIds, worldOf, type Shape } from '../support/world.ts';

const SHAPE: Shape = { channels: 1, skus: 1 };
const AT_ONCE = 40;

/** So many +1 at the same time into each of these engines, one after the other where there is only one. */
async function increment(takers: readonly { ingest(observations: readonly ReturnType<typeof change>[]): Promise<unknown> }[], { oracle, round }: { oracle: Oracle; round: number }): Promise<void> {
  const [sku] = skuIds(SHAPE) as [Sku];
  await Promise.all(takers.flatMap((taker, process) => Array.from({ length: AT_ONCE }, (_value, index) => {
    oracle.expect(sku, 1);
    return taker.ingest([change(`r${String(round)}-p${String(process)}-${String(index)}`, sku, 1)]);
  })));
}

async function inProcess(store: Store, rounds: number): Promise<readonly string[]> {
  const oracle = new Oracle(SHAPE, { channels: channelIds(SHAPE), latencyMs: 0 });
  const engine = createEngine({ ...worldOf(SHAPE), store, channels: channelIds(SHAPE).map((id) => ({ adapter: oracleChannel(id, near(oracle, 'here')) })) });
  await engine.start();
  await engine.ingest(openings(SHAPE));
  for (let round = 0; round < rounds; round += 1) await increment([engine], { oracle, round });
  const wrong = await wrongBooks(store, oracle.expected);
  await engine.stop();
  await store.close();
  return wrong;
}

async function acrossProcesses(url: string, rounds: number): Promise<readonly string[]> {
  const oracle = new Oracle(SHAPE, { channels: channelIds(SHAPE), latencyMs: 0 });
  const wrong: string[] = [];
  const crew = ['first', 'second'].map((name) => new Member({ name, shape: SHAPE, store: { postgres: url }, batchMax: 20, leaseMs: 10_000, sweepMs: 1_000, readBackMs: 60_000 }, { oracle, wrong }));
  await Promise.all(crew.map(({ ready }) => ready));
  await crew[0]?.ingest(openings(SHAPE));
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    // Who is not answered tells the same again.
    await increment(crew.map((member) => ({ ingest: async (observations) => {
      while (!(await member.ingest(observations)) && !member.ended) refused += 1;
    } })), { oracle, round });
  }
  const store = createPostgresStore({ connectionString: url });
  wrong.push(...(await wrongBooks(store, oracle.expected)));
  await store.close();
  await Promise.all(crew.map((member) => member.stop(10_000)));
  if (refused > 0) wrong.push(`${String(refused)} calls were refused and had to be made again`);
  return wrong;
}

export const increments: Scenario = {
  name: 'increments',
  about: `${String(AT_ONCE)} concurrent +1 of one sku, from one process and from two`,
  run: async (budgetMs): Promise<Finding> => {
    const rounds = Math.max(1, Math.round(budgetMs / 5_000));
    const folder = mkdtempSync(join(tmpdir(), 'stockwright-increments-'));
    const wrong: string[] = [];
    const figures: Record<string, string | number> = { rounds };
    const note = (name: string, found: readonly string[]): void => {
      figures[name] = found.length === 0 ? 'exact' : 'WRONG';
      wrong.push(...found.map((what) => `${name}: ${what}`));
    };
    try {
      note('memory, one process', await inProcess(createMemoryStore(), rounds));
      note('SQLite, one process', await inProcess(createSqliteStore({ path: join(folder, 'stock.db') }), rounds));
      const missing = await serverMissing();
      if (missing === undefined) {
        note('PostgreSQL, one process', await withDatabase((url) => inProcess(createPostgresStore({ connectionString: url }), rounds)));
        note('PostgreSQL, two processes', await withDatabase((url) => acrossProcesses(url, rounds)));
      } else figures['PostgreSQL'] = `NOT RUN: ${missing}`;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return { name: 'increments', figures, wrong };
  },
};
