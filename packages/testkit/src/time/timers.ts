import { StockwrightError } from '@stockwright/core';

/** When something is due. Of two things due at one moment the one that was asked for in the earlier step comes first. @public */
export interface Due {
  readonly atMs: number;
  /** The clock's step in which it was asked for. */
  readonly step: number;
}

/** Where a clock stands. @public */
export interface ClockReading {
  readonly nowMs: number;
  /** How many timers have fired so far, in all processes that share the time. */
  readonly step: number;
}

interface Timer extends Due {
  /** Ranks those who ask in one step: the clock's own users, then each branch. */
  readonly branch: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Whether the one comes strictly before the other. */
export function isBefore(one: Due, other: Due): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.step < other.step);
}

/** Whoever sleeps, the next one first. */
export class Timers {
  private readonly timers: Timer[] = [];
  private made = 0;

  get first(): Timer | undefined {
    return this.timers[0];
  }

  /** Takes the first one out and fires it. */
  fireFirst(): void {
    this.timers.shift()?.fire();
  }

  /** Resolves when the timer is fired; rejects with `ABORTED` when the signal fires first. */
  sleep(due: Due & { readonly branch: number }, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): StockwrightError => new StockwrightError('The wait was called off.', { code: 'ABORTED' });
      if (signal?.aborted === true) {
        reject(aborted());
        return;
      }
      const timer: Timer = {
        ...due,
        order: this.made,
        fire: () => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      const cancel = (): void => {
        const index = this.timers.indexOf(timer);
        if (index >= 0) this.timers.splice(index, 1);
        reject(aborted());
      };
      this.made += 1;
      this.insert(timer);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  private insert(timer: Timer): void {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.timers[middle];
      if (other !== undefined && precedes(other, timer)) low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
  }
}

function precedes(one: Timer, other: Timer): boolean {
  if (one.atMs !== other.atMs || one.step !== other.step) return isBefore(one, other);
  return one.branch < other.branch || (one.branch === other.branch && one.order < other.order);
}
