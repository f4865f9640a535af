/** The way to the database goes silent: nothing arrives any more, and no connection is closed. Calls end in errors in time, and engines go on once it is back. */
import { createPgBossDispatcher } from '@stockwright/dispatcher-pg-boss';
import { createEngine } from '@stockwright/engine';
import type { Sku } from '@stockwright/core';
import { createPostgresStore } from '@stockwright/store-postgres';
import { wrongBooks } from '../support/books.ts';
import { serverMissing, withDatabase } from '../../support/postgres-server.ts';
import { near, Oracle, oracleChannel, watched } from '../support/oracle.ts';
import { makeProxy } from '../support/proxy.ts';
import { pause, times, until, type Finding, type Scenario } from '../support/report.ts';
import { change, channelIds, openings, skuIds, worldOf, type Shape } from '../support/world.ts';

const SHAPE: Shape = { channels: 2, skus: 4 };
const TIMEOUT_MS = 1_000;
/** A call waits for a connection and then for an answer, and a busy machine adds to it. */
const ENDS_WITHIN_MS = 4 * TIMEOUT_MS;
const TALK_MS = 1_500;
const SILENCE_MS = 3_000;
const MOVE_MS = 25;
const PATIENCE_MS = 60_000;

async function play(url: string, budgetMs: number): Promise<Finding> {
  const server = new URL(url);
  const proxy = await makeProxy({ host: server.hostname, port: Number(server.port || 5432) });
  const way = new URL(url);
  way.hostname = '127.0.0.1';
  way.port = String(proxy.port);
  const oracle = new Oracle(SHAPE, { channels: channelIds(SHAPE), latencyMs: 10 });
  const own = createPostgresStore({ connectionString: way.href, timeoutMs: TIMEOUT_MS, maxConnections: 4 });
  const { store, fenceOf } = watched(own, (word) => { oracle.hear('engine', word); });
  const engine = createEngine({
    ...worldOf(SHAPE), store,
    channels: channelIds(SHAPE).map((id) => ({ adapter: oracleChannel(id, near(oracle, 'engine'), { fenceOf }), ordersPollMs: 3_600_000, readBackMs: 3_000 })),
    dispatcher: createPgBossDispatcher({ connectionString: way.href, timeoutMs: TIMEOUT_MS, pollMs: 500, concurrency: 3 }),
    times: { leaseMs: 2_000, sweepMs: 500, callTimeoutMs: 2_000 },
  });
  const wrong: string[] = [];
  await engine.start();
  await engine.ingest(openings(SHAPE));

  const skus = skuIds(SHAPE);
  let [told, refused, running, silences, lastAcceptedMs] = [0, 0, true, 0, 0];
  const tell = async (id: string, sku: Sku): Promise<void> => {
    oracle.expect(sku, 1);
    const observation = change(id, sku, 1);
    for (;;) {
      try {
        await engine.ingest([observation]);
        lastAcceptedMs = Date.now();
        return;
      } catch {
        refused += 1;
        await pause(100);
      }
    }
  };
  const moving: Promise<void>[] = [];
  const load = (async () => {
    while (running) {
      told += 1;
      moving.push(tell(`change-${String(told)}`, skus[told % skus.length] as Sku));
      await pause(MOVE_MS);
    }
  })();
  const [ended, accepted, written]: [number[], number[], number[]] = [[], [], []];
  for (const endMs = Date.now() + budgetMs; silences === 0 || Date.now() < endMs;) {
    await pause(TALK_MS);
    proxy.stall();
    silences += 1;
    const asked = Array.from({ length: 6 }, async () => {
      const startMs = Date.now();
      const answered = await own.now().then(() => true, () => false);
      if (answered) wrong.push('a call was answered through a silent connection');
      ended.push(Date.now() - startMs);
    });
    await Promise.all([pause(SILENCE_MS), ...asked]);
    proxy.heal();
    const healedMs = Date.now();
    const [took, wrote] = await Promise.all([
      until(() => lastAcceptedMs >= healedMs, PATIENCE_MS),
      until(() => (oracle.pushes[oracle.pushes.length - 1]?.arrivedMs ?? 0) >= healedMs, PATIENCE_MS),
    ]);
    if (took === undefined || wrote === undefined) wrong.push('the engine did not go on after a silence');
    else {
      accepted.push(took);
      written.push(wrote);
    }
  }
  if (Math.max(...ended) > ENDS_WITHIN_MS) wrong.push(`a call through a silent connection ended after ${String(Math.max(...ended))} ms, and ${String(ENDS_WITHIN_MS)} ms is the most`);
  running = false;
  await load;
  await Promise.all(moving);
  const settledMs = await until(() => oracle.wrong().length === 0, PATIENCE_MS);
  wrong.push(...oracle.wrong(), ...oracle.overlaps(), ...(await wrongBooks(own, oracle.expected)));
  await engine.stop();
  await own.close();
  await proxy.close();
  return {
    name: 'silences', wrong,
    figures: {
      silences, changes: told, 'refused and told again': refused, 'writes to channels': oracle.pushes.length,
      [`calls into the silence ended after (limit ${String(TIMEOUT_MS)} ms for each wait)`]: times(ended), 'then a change was taken in after': times(accepted), 'and a number was written after': times(written),
      'all numbers right after the last silence': settledMs === undefined ? 'never' : `${String(settledMs)} ms`,
    },
  };
}

export const silences: Scenario = {
  name: 'silences',
  about: 'connections to PostgreSQL go silent without being closed, and come back',
  missing: serverMissing,
  run: (budgetMs) => withDatabase((url) => play(url, budgetMs)),
};
