import type { Clock } from '@stockwright/adapter';
import { StockwrightError } from '@stockwright/core';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** How many turns of Node's event loop without a hold mean that nothing is under way. */
const QUIET_TURNS = 3;

/**
 * One clock for the store, the engine and the simulators. It stands still while anything is under way and then jumps
 * to the next moment at which something is due, so a run depends on its seed and not on the machine.
 *
 * @public
 */
export class VirtualClock implements Clock {
  private currentMs: number;
  private readonly timers: Timer[] = [];
  private made = 0;
  private holds = 0;
  private heldUntil: (() => void) | undefined;
  /** Virtual milliseconds for each real one; unbounded where absent. */
  private readonly speed: number | undefined;

  constructor(startMs: number, speed?: number) {
    this.currentMs = startMs;
    this.speed = speed;
  }

  now(): number {
    return this.currentMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): StockwrightError => new StockwrightError('The wait was called off.', { code: 'ABORTED' });
      if (signal?.aborted === true) {
        reject(aborted());
        return;
      }
      const timer: Timer = {
        atMs: this.currentMs + Math.max(0, ms),
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

  hold(): () => void {
    this.holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.holds -= 1;
      if (this.holds === 0) this.heldUntil?.();
    };
  }

  /** Lets time pass until `done` says so. Whoever is to be waited for sleeps on this clock or holds it. */
  async runUntil(done: () => boolean): Promise<void> {
    for (;;) {
      await this.quiet();
      if (done()) return;
      const next = this.timers.shift();
      if (next === undefined) throw new StockwrightError('Nothing is due any more, and the run has not ended.', { code: 'INVARIANT_VIOLATED' });
      await this.pace(next.atMs - this.currentMs);
      this.currentMs = Math.max(this.currentMs, next.atMs);
      next.fire();
    }
  }

  private insert(timer: Timer): void {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.timers[middle];
      if (other !== undefined && (other.atMs < timer.atMs || (other.atMs === timer.atMs && other.order < timer.order))) low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
  }

  private async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.holds === 0) continue;
      await new Promise<void>((resolve) => { this.heldUntil = resolve; });
      this.heldUntil = undefined;
      turns = -1;
    }
  }

  private async pace(ms: number): Promise<void> {
    if (this.speed === undefined || ms <= 0) return;
    const realMs = ms / this.speed;
    if (realMs >= 1) await new Promise((resolve) => setTimeout(resolve, realMs));
  }
}
