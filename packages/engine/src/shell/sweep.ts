import { endAwaited } from './awaited.ts';
import { doubtAfterEpoch } from './doubt.ts';
import { forgetOld } from './forget.ts';
import { loadPauses, runCommands } from './operate.ts';
import { computeOthersAnew } from './other-policies.ts';
import { hostMs, messageOf, storeNow, type Runtime } from './runtime.ts';
import { rest } from './turn.ts';

/**
 * What is done every few seconds as long as the engine runs: lost wakes are found, operators are heard, a store that
 * continues another history is noticed, and what is long over is forgotten.
 */
export async function sweep(runtime: Runtime): Promise<void> {
  const { clock, signal, times, logger, pulse } = runtime;
  const steps = runtime.forgettings.length === 0 ? STEPS : [...STEPS, forgetOld];
  while (!signal.aborted) {
    let trouble: string | undefined;
    pulse.sweeps += 1;
    // What cannot be done now, such as an operator's command, must not keep the rest from being done.
    for (const step of steps) {
      if (signal.aborted) return;
      try {
        await step(runtime);
      } catch (error) {
        trouble ??= messageOf(error);
        logger.error({ step: step.name, error: messageOf(error) }, 'sweep failed');
      }
      // The loop turns, also where the store is away or keeps silent for as long as each step waits: whether there is work to do is another question.
      if (pulse.sweptAtMs !== undefined) pulse.sweptAtMs = clock.now();
    }
    pulse.trouble = trouble;
    pulse.sweptAtMs = clock.now();
    // Also after a failure: a store that is away is not asked without end. Called off when the engine stops.
    await rest(clock, times.sweepMs, signal);
  }
}

const STEPS: readonly ((runtime: Runtime) => Promise<unknown>)[] = [storeNow, doubtAfterEpoch, runCommands, loadPauses, wakeDirty, endAwaited, computeOthersAnew];

async function wakeDirty(runtime: Runtime): Promise<void> {
  for (const { shard, nextDueMs } of await runtime.store.dirtyShards(SHARDS_PER_SWEEP)) runtime.dispatcher.wake(shard, hostMs(runtime, nextDueMs));
}

/** How many shards one sweep wakes; the others come with the next. */
const SHARDS_PER_SWEEP = 1_000;
