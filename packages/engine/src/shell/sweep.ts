import { doubtAfterEpoch } from './doubt.ts';
import { loadPauses, runCommands } from './operate.ts';
import { hostMs, messageOf, storeNow, type Runtime } from './runtime.ts';

/**
 * What is done every few seconds as long as the engine runs: lost wakes are found, operators are heard, and a store
 * that continues another history is noticed.
 */
export async function sweep(runtime: Runtime): Promise<void> {
  const { clock, signal, times, logger, pulse } = runtime;
  while (!signal.aborted) {
    try {
      await sweepOnce(runtime);
      pulse.sweptAtMs = clock.now();
      pulse.trouble = undefined;
    } catch (error) {
      pulse.trouble = messageOf(error);
      logger.error({ error: messageOf(error) }, 'sweep failed');
    }
    // Also after a failure: a store that is away is not asked without end. Called off when the engine stops.
    await clock.sleep(times.sweepMs, signal).catch(() => undefined);
  }
}

async function sweepOnce(runtime: Runtime): Promise<void> {
  const { store, dispatcher } = runtime;
  await storeNow(runtime);
  await doubtAfterEpoch(runtime);
  await runCommands(runtime);
  await loadPauses(runtime);
  for (const { shard, nextDueMs } of await store.dirtyShards(SHARDS_PER_SWEEP)) dispatcher.wake(shard, hostMs(runtime, nextDueMs));
}

/** How many shards one sweep wakes; the others come with the next. */
const SHARDS_PER_SWEEP = 1_000;
