import type { Clock } from '@stockwright/adapter';

/**
 * The store's clock as this process knows it: its own clock, put right whenever the store has told the time. A host
 * whose clock is an hour off neither sleeps through its work nor runs after work that is not due yet.
 */
export class StoreClock implements Clock {
  private readonly clock: Clock;
  private aheadMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The store says what time it is. */
  heard(storeNowMs: number): void {
    this.aheadMs = storeNowMs - this.clock.now();
  }

  now(): number {
    return this.clock.now() + this.aheadMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.clock.sleep(ms, signal);
  }
}
