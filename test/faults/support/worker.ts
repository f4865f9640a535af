/** An engine in a process of its own, which its parent kills, stops and asks. */
import type { PublishOutcome } from '@stockwright/adapter';
import { createPgBossDispatcher } from '@stockwright/dispatcher-pg-boss';
import { createEngine } from '@stockwright/engine';
import { createPostgresStore } from '@stockwright/store-postgres';
import { createSqliteStore } from '@stockwright/store-sqlite';
import type { Sku } from '@stockwright/core';
import { oracleChannel, watched, type Reach } from './oracle.ts';
import type { FromWorker, Task, ToWorker } from './words.ts';
import { channelIds, worldOf } from './world.ts';

const task = JSON.parse(process.argv[2] ?? '') as Task;
const say = (word: FromWorker): void => { process.send?.(word); };
process.on('unhandledRejection', (reason) => { say({ type: 'unhandled', error: reason instanceof Error ? String(reason.stack) : String(reason) }); });

const answers = new Map<number, (answer: never) => void>();
let calls = 0;
function ask<Answer>(word: (call: number) => FromWorker): Promise<Answer> {
  calls += 1;
  const call = calls;
  return new Promise<Answer>((resolve) => {
    answers.set(call, resolve);
    say(word(call));
  });
}
const reach: Reach = {
  publish: (pushes) => ask<PublishOutcome[]>((call) => ({ type: 'publish', call, pushes })),
  levels: (channel, skus) => ask<readonly { sku: Sku; quantity: string }[]>((call) => ({ type: 'readLevels', call, channel, skus })),
};

const own = 'postgres' in task.store ? createPostgresStore({ connectionString: task.store.postgres, maxConnections: 4, timeoutMs: 5_000 }) : createSqliteStore({ path: task.store.sqlite });
const { store, fenceOf } = watched(own, (word) => { say({ type: 'leases', word }); });
const engine = createEngine({
  ...worldOf(task.shape), store,
  channels: channelIds(task.shape).map((id) => ({ adapter: oracleChannel(id, reach, { batchMax: task.batchMax, fenceOf }), ordersPollMs: 3_600_000, readBackMs: task.readBackMs })),
  ...(task.concurrency === undefined || !('postgres' in task.store) ? {} : { dispatcher: createPgBossDispatcher({ connectionString: task.store.postgres, concurrency: task.concurrency, pollMs: 500 }) }),
  times: { leaseMs: task.leaseMs, sweepMs: task.sweepMs, callTimeoutMs: 2_000 },
});

process.on('message', (word: ToWorker) => {
  if (word.type === 'ingest') {
    engine.ingest(word.observations).then(
      () => { say({ type: 'ingested', call: word.call }); },
      (error: unknown) => { say({ type: 'refused', call: word.call, error: error instanceof Error ? error.message : String(error) }); },
    );
  } else if (word.type === 'stop') {
    void engine.stop().then(() => own.close()).then(() => { process.disconnect(); });
  } else {
    answers.get(word.call)?.((word.type === 'published' ? word.outcomes : word.levels) as never);
    answers.delete(word.call);
  }
});
// Without its parent it is of no use to anybody.
process.on('disconnect', () => { setTimeout(() => process.exit(0), 5_000).unref(); });

await engine.start();
say({ type: 'ready' });
