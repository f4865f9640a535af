/** The database server crashes every few seconds under load and recovers; engines, wakes and channels go on as if nothing had been. */
import { createPgBossDispatcher } from '@stockwright/dispatcher-pg-boss';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Sku } from '@stockwright/core';
import { createPostgresStore } from '@stockwright/store-postgres';
import { wrongBooks } from '../support/books.ts';
import { makeCluster, postgresBinaries, type Cluster } from '../support/cluster.ts';
import { near, Oracle, oracleChannel, watched } from '../support/oracle.ts';
import { pause, times, until, type Finding, type Scenario } from '../support/report.ts';
import { change, channelIds, openings, skuIds, worldOf, type Shape } from '../support/world.ts';

const SHAPE: Shape = { channels: 3, skus: 5 };
/** How long the server lives between two crashes, at most, and is away, at most. */
const UP_MS = 3_000;
const DOWN_MS = 500;
const MOVE_MS = 20;
/** How long everything has to come right after the last crash: heartbeats of pg-boss alone take ten seconds. */
const PATIENCE_MS = 90_000;

/** Two engines on one server: one is woken in its process, the other through the server that crashes. */
async function begin(url: string, oracle: Oracle): Promise<{ readonly engines: readonly Engine[]; readonly stop: () => Promise<void> }> {
  const made = await Promise.all(['woken in process', 'woken by pg-boss'].map(async (name, index) => {
    const own = createPostgresStore({ connectionString: url, timeoutMs: 5_000, maxConnections: 5 });
    const { store, fenceOf } = watched(own, (word) => { oracle.hear(name, word); });
    const engine = createEngine({
      ...worldOf(SHAPE), store,
      channels: channelIds(SHAPE).map((id) => ({ adapter: oracleChannel(id, near(oracle, name), { fenceOf }), ordersPollMs: 3_600_000, readBackMs: 3_000 })),
      times: { leaseMs: 3_000, sweepMs: 500, callTimeoutMs: 2_000 },
      ...(index === 0 ? {} : { dispatcher: createPgBossDispatcher({ connectionString: url, pollMs: 500, concurrency: 4 }) }),
    });
    await engine.start();
    return { engine, own };
  }));
  return {
    engines: made.map(({ engine }) => engine),
    stop: async () => { await Promise.all(made.map(async ({ engine, own }) => { await engine.stop(); await own.close(); })); },
  };
}

async function play(cluster: Cluster, budgetMs: number): Promise<Finding> {
  const oracle = new Oracle(SHAPE, { channels: channelIds(SHAPE), latencyMs: 20 });
  const { engines, stop } = await begin(cluster.url, oracle);
  await engines[0]?.ingest(openings(SHAPE));
  const skus = skuIds(SHAPE);
  let [told, refused, crashes, running] = [0, 0, 0, true];
  const [restarted, acknowledged, written]: [number[], number[], number[]] = [[], [], []];
  let lastAcceptedMs = 0;
  const tell = async (id: string, sku: Sku, by: number): Promise<void> => {
    oracle.expect(sku, by);
    const observation = change(id, sku, by);
    for (let tries = 0; ; tries += 1) {
      try {
        await engines[(told + tries) % engines.length]?.ingest([observation]);
        lastAcceptedMs = Date.now();
        return;
      } catch {
        refused += 1;
        await pause(50);
      }
    }
  };
  const moving: Promise<void>[] = [];
  const load = (async () => {
    while (running) {
      told += 1;
      moving.push(tell(`change-${String(told)}`, skus[told % skus.length] as Sku, (told % 9) - 3));
      await pause(MOVE_MS);
    }
  })();
  for (const endMs = Date.now() + budgetMs; Date.now() < endMs;) {
    await pause(UP_MS * (0.5 + Math.random() / 2));
    await cluster.crash();
    crashes += 1;
    await pause(Math.random() * DOWN_MS);
    const startMs = Date.now();
    await cluster.start();
    const upMs = Date.now();
    restarted.push(upMs - startMs);
    const [accepted, wrote] = await Promise.all([
      until(() => lastAcceptedMs >= upMs, PATIENCE_MS),
      until(() => (oracle.pushes[oracle.pushes.length - 1]?.arrivedMs ?? 0) >= upMs, PATIENCE_MS),
    ]);
    if (accepted !== undefined) acknowledged.push(accepted);
    if (wrote !== undefined) written.push(wrote);
  }
  running = false;
  await load;
  await Promise.all(moving);
  const settledMs = await until(() => oracle.wrong().length === 0, PATIENCE_MS);
  const wrong = [...oracle.wrong(), ...oracle.overlaps()];
  await stop();
  const store = createPostgresStore({ connectionString: cluster.url });
  wrong.push(...(await wrongBooks(store, oracle.expected)));
  await store.close();
  return {
    name: 'crashes', wrong,
    figures: {
      crashes, changes: told, 'refused and told again': refused, 'writes to channels': oracle.pushes.length, 'the server was back after': times(restarted),
      'then a change was taken in after': times(acknowledged), 'and a number was written after': times(written),
      'all numbers right after the last crash': settledMs === undefined ? 'never' : `${String(settledMs)} ms`,
    },
  };
}

export const crashes: Scenario = {
  name: 'crashes',
  about: 'the PostgreSQL server is stopped as a power switch would, every few seconds under load',
  missing: async () => (postgresBinaries() === undefined ? 'there is no initdb; install a PostgreSQL server, or name the folder in STOCKWRIGHT_POSTGRES_BIN' : undefined),
  run: async (budgetMs) => {
    const cluster = await makeCluster(postgresBinaries() ?? '');
    try {
      return await play(cluster, budgetMs);
    } finally {
      await cluster.remove();
    }
  },
};
