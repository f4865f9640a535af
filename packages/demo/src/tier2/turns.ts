import type { Throttle } from '@stockwright/adapter-kit';

/** Bounds what is in flight without a timer: whoever ends lets the next one begin. */
export function takingTurns(most: number): Throttle {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    run: async (_clock, job) => {
      if (running >= most) await new Promise<void>((resolve) => { waiting.push(resolve); });
      else running += 1;
      try {
        return await job();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
