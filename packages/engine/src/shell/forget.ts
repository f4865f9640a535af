import type { Runtime } from './runtime.ts';

/** How many rows go at once: in a store that never leaves the process nobody else has a turn until they are gone. */
const ROWS_PER_BATCH = 200;
/** How often at most in one sweep: some millions of rows a day, and less of a turn than a busy loop has. */
const BATCHES_PER_SWEEP = 5;
/** Two clocks that are so far apart cannot both be right, and nobody knows which of them says how old something is. */
const SKEW_MAX_MS = 86_400_000;

/**
 * Forgets what has been over for as long as the installation keeps it: one table in a sweep, in small pieces, and the next
 * one in the next. Several processes may do so at once: what one is about to remove the others pass over.
 */
export async function forgetOld(runtime: Runtime): Promise<void> {
  const { store, signal, forgettings, pulse, logger } = runtime;
  const next = forgettings[pulse.forgets % forgettings.length];
  if (next === undefined) return;
  if (Math.abs(pulse.skewMs) > SKEW_MAX_MS) {
    logger.warn({ skewMs: pulse.skewMs }, 'nothing is forgotten while the clocks of the store and of its host are more than a day apart');
    return;
  }
  let rows = 0;
  for (let batch = 0; batch < BATCHES_PER_SWEEP && !signal.aborted; batch += 1) {
    const gone = await store.forget({ ...next, limit: ROWS_PER_BATCH });
    rows += gone;
    if (gone < ROWS_PER_BATCH) {
      pulse.forgets += 1;
      break;
    }
  }
  if (rows > 0) logger.info({ table: next.table, rows }, 'what was over for long was forgotten');
}
