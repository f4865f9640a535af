import type { Dispatcher, DrainResult } from '@stockwright/engine/ports';
import type { ConformanceCase } from './conformance.ts';

/** A dispatcher under test, not yet started. @public */
export interface DispatcherSubject {
  readonly dispatcher: Dispatcher;
  /** The clock that its moments are of. */
  readonly clock: { now(): number };
  /** Resolves once the condition holds; fails with `what` where it does not in good time. Lets time pass where time is virtual. */
  until(holds: () => boolean, what: string): Promise<void>;
  /** Resolves once nothing runs any more and no wake for now is left, its sending included. */
  idle(): Promise<void>;
  /** A second dispatcher as another process would have it; only where the capability says `shared`. */
  another?(): Promise<Dispatcher>;
}

/**
 * - `faithful`: no wake is lost and none is early.
 * - `exclusive`: two drains of a shard never overlap.
 * - `conflating`: waiting wakes of a shard are one.
 * - `shared`: several processes wake each other.
 *
 * @public
 */
export type DispatcherCapability = 'faithful' | 'exclusive' | 'conflating' | 'shared';

/** One promise of the dispatchers' port. @public */
export type DispatcherCase = ConformanceCase<DispatcherSubject, DispatcherCapability>;

/** Counts drains, and holds them where a case wants to look at them. */
export class Drains {
  readonly started: string[] = [];
  /** The largest number of drains of one shard at once, and of all together. */
  overlap = 0;
  abreast = 0;
  answer: (shard: string) => DrainResult = () => ({});
  private readonly running = new Map<string, number>();
  private gate: Promise<void> | undefined;
  private open: () => void = () => undefined;

  readonly drain = async (shard: string): Promise<DrainResult> => {
    this.started.push(shard);
    const running = (this.running.get(shard) ?? 0) + 1;
    this.running.set(shard, running);
    this.overlap = Math.max(this.overlap, running);
    this.abreast = Math.max(this.abreast, this.underWay());
    try {
      await this.gate;
      return this.answer(shard);
    } finally {
      this.running.set(shard, (this.running.get(shard) ?? 1) - 1);
    }
  };

  /** Drains that start from now on wait for `release`. */
  hold(): void {
    this.gate = new Promise((resolve) => { this.open = resolve; });
  }

  release(): void {
    this.gate = undefined;
    this.open();
  }

  of(shard: string): number {
    return this.started.filter((each) => each === shard).length;
  }

  underWay(): number {
    return [...this.running.values()].reduce((sum, running) => sum + running, 0);
  }
}

/** Fails unless the number lies between two others, both included. */
export function between(actual: number, [least, most]: readonly [number, number], what: string): void {
  if (actual < least || actual > most) throw new Error(`${what}: expected ${String(least)} to ${String(most)}, got ${String(actual)}`);
}
