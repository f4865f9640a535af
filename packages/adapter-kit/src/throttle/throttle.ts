import type { Clock } from '@stockwright/adapter';
import Bottleneck from 'bottleneck';

/** Bounds how many jobs run at once; the others wait in the order in which they came. One may serve several adapters. @public */
export interface Throttle {
  /** Runs a job as soon as a slot is free and settles as the job does. */
  run<Result>(clock: Clock, job: () => Promise<Result>): Promise<Result>;
}

interface Ticket {
  readonly clock: Clock;
  release: (() => void) | undefined;
}

/**
 * A throttle over bottleneck, which starts jobs by real timers. A virtual clock must not move while such a timer is
 * pending, so a job that could start holds its clock until it has started, and a job that has settled holds it until
 * the result is handed over. A job that merely waits for a slot holds nothing: the jobs ahead of it may need time to pass.
 */
export function createThrottle(maxConcurrency: number): Throttle {
  // Never `expiration`: bottleneck then leaks slots.
  const limiter = new Bottleneck({ maxConcurrent: maxConcurrency });
  const waiting: Ticket[] = [];
  let running = 0;

  const holdStartable = (): void => {
    for (const ticket of waiting.slice(0, Math.max(0, maxConcurrency - running))) {
      ticket.release ??= ticket.clock.hold?.();
    }
  };

  return {
    async run<Result>(clock: Clock, job: () => Promise<Result>): Promise<Result> {
      const ticket: Ticket = { clock, release: undefined };
      waiting.push(ticket);
      holdStartable();
      let releaseSettled: (() => void) | undefined;
      try {
        return await limiter.schedule(async () => {
          waiting.splice(waiting.indexOf(ticket), 1);
          running += 1;
          ticket.release?.();
          try {
            return await job();
          } finally {
            releaseSettled = clock.hold?.();
            running -= 1;
            holdStartable();
          }
        });
      } finally {
        releaseSettled?.();
      }
    },
  };
}
