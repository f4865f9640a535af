import type { Logger } from '@stockwright/adapter';
import type { Dispatcher } from '../ports/index.ts';

/**
 * A dispatcher of which nothing is expected but hints. A wake that fails is a lost one, which the sweep makes up for: what
 * it speaks of was committed, and must not be told as if it had failed. Drains that were begun are waited for also where
 * the dispatcher does not, since whoever stops the engine closes the store next.
 */
export function hintingBy(dispatcher: Dispatcher, logger: Logger): Dispatcher {
  const running = new Set<Promise<unknown>>();
  let stopping: Promise<void> | undefined;
  const isLost = (shard: string, error: unknown): void => {
    logger.warn({ shard, error: error instanceof Error ? error.message : String(error) }, 'a wake was lost; the sweep finds its work');
  };
  const end = async (): Promise<void> => {
    try {
      await dispatcher.stop();
    } finally {
      while (running.size > 0) await Promise.allSettled(running);
    }
  };
  return {
    wake: (shard, notBeforeMs) => {
      try {
        // One that is written as an async function would otherwise end the process.
        const woken: unknown = dispatcher.wake(shard, notBeforeMs);
        if (woken !== undefined) Promise.resolve(woken).catch((error: unknown) => { isLost(shard, error); });
      } catch (error) {
        isLost(shard, error);
      }
    },
    start: (drain) => dispatcher.start((shard, signal) => {
      const drained = drain(shard, signal);
      running.add(drained);
      const over = (): void => { running.delete(drained); };
      drained.then(over, over);
      return drained;
    }),
    stop: () => {
      stopping ??= end().catch((error: unknown) => {
        // It may be tried again.
        stopping = undefined;
        throw error;
      });
      return stopping;
    },
  };
}
