import { adapterError, type BudgetReport, type CallContext, type Clock } from '@stockwright/adapter';

/** Time that stands still until everybody waits for it, then jumps to the next one who does. */
export interface VirtualClock extends Clock {
  readonly hold: () => () => void;
  /** Lets time pass until a promise settles. */
  settle<Result>(promise: Promise<Result>): Promise<Result>;
  /** How many hold the clock, and how many wait for it. */
  readonly holds: () => number;
  readonly sleepers: () => number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Turns of the event loop without anything to do, after which everybody is taken to wait. */
const IDLE_TURNS = 6;

export function createVirtualClock(startMs = Date.UTC(2026, 10, 23, 10)): VirtualClock {
  let now = startMs;
  let holds = 0;
  let sleepers: readonly Sleeper[] = [];
  return {
    now: () => now,
    holds: () => holds,
    sleepers: () => sleepers.length,
    hold: () => {
      let isHeld = true;
      holds += 1;
      return () => {
        if (isHeld) holds -= 1;
        isHeld = false;
      };
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper: Sleeper = { at: now + ms, wake: resolve };
        const stop = (): void => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(adapterError('ABORTED', 'The sleep was cut short', { adapter: 'test', operation: 'sleep' }));
        };
        if (signal?.aborted === true) return stop();
        signal?.addEventListener('abort', stop, { once: true });
        sleepers = [...sleepers, sleeper];
      }),
    async settle(promise) {
      let isSettled = false;
      const done = (): void => {
        isSettled = true;
      };
      promise.then(done, done);
      for (let idle = 0; !isSettled; idle += 1) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        if (holds > 0 || idle < IDLE_TURNS || sleepers.length === 0) continue;
        idle = 0;
        now = Math.max(now, Math.min(...sleepers.map(({ at }) => at)));
        const due = sleepers.filter(({ at }) => at <= now);
        sleepers = sleepers.filter(({ at }) => at > now);
        for (const { wake } of due) wake();
      }
      return promise;
    },
  };
}

/** A context over a virtual clock, and what was told to it. */
export interface TestContext extends CallContext {
  readonly clock: VirtualClock;
  readonly reports: readonly BudgetReport[];
  readonly warnings: readonly string[];
}

export function createTestContext(options: { readonly clock?: VirtualClock; readonly forMs?: number; readonly signal?: AbortSignal } = {}): TestContext {
  const { clock = createVirtualClock(), forMs = 120_000, signal = new AbortController().signal } = options;
  const reports: BudgetReport[] = [];
  const warnings: string[] = [];
  let ids = 0;
  const ignore = (): void => undefined;
  return {
    clock,
    signal,
    deadlineMs: clock.now() + forMs,
    random: {
      next: () => 0.5,
      uuid: () => {
        ids += 1;
        return `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`;
      },
    },
    logger: { debug: ignore, info: ignore, warn: (_fields, message) => void warnings.push(message), error: ignore },
    budget: { report: (report) => void reports.push(report) },
    reports,
    warnings,
  };
}
