import type { Clock } from '@stockwright/adapter';
import { Stillness } from './stillness.ts';
import { isBefore, Timers, type ClockReading, type Due } from './timers.ts';

/** What a follower says when nothing is under way there any more. @public */
export interface FollowerAnswer extends ClockReading {
  /** What is due there next; absent where nothing is. */
  readonly next: Due | undefined;
}

/** What connects a follower with its virtual clock. @public */
export interface FollowerClockOptions {
  readonly reading: ClockReading;
  /** Tells the virtual clock where this one stands, and resolves when it knows. */
  readonly tell: (reading: ClockReading) => Promise<void>;
}

/**
 * The clock of a process that shares the time of a `VirtualClock` in another one. It never moves by itself: the other
 * clock says what time it is and when the next timer fires.
 *
 * @public
 */
export class FollowerClock implements Clock {
  private reading: ClockReading;
  private readonly tell: FollowerClockOptions['tell'];
  private readonly timers: Timers = new Timers();
  private readonly stillness: Stillness = new Stillness();
  /** It went on alone, and the virtual clock does not know yet. */
  private ahead = false;

  constructor({ reading, tell }: FollowerClockOptions) {
    this.reading = reading;
    this.tell = tell;
  }

  now(): number {
    return this.reading.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.timers.sleep({ atMs: this.reading.nowMs + Math.ceil(Math.max(0, ms)), step: this.reading.step, branch: 0 }, signal);
  }

  hold(): () => void {
    return this.stillness.hold();
  }

  /** Makes sure that the virtual clock shows the same time; before anything is sent to where that clock is looked at. */
  async agree(): Promise<void> {
    if (!this.ahead) return;
    this.ahead = false;
    await this.tell(this.reading);
  }

  /** Takes over where the virtual clock stands. */
  follow(reading: ClockReading): void {
    if (reading.step < this.reading.step) return;
    this.ahead = false;
    this.reading = reading;
  }

  /** Where this clock stands. */
  get stands(): ClockReading {
    return this.reading;
  }

  /** Waits until nothing is under way here. */
  async settle(): Promise<FollowerAnswer> {
    await this.stillness.reached();
    const { first } = this.timers;
    return { ...this.reading, next: first === undefined ? undefined : { atMs: first.atMs, step: first.step } };
  }

  /**
   * Fires the next timer, then goes on alone through those that come before `until`, as long as it may.
   *
   * @param until - The first thing that is due anywhere else; nothing is fired alone where absent.
   * @param mayGoOn - Asked after each step.
   */
  async fire(until: Due | undefined, mayGoOn: () => boolean): Promise<FollowerAnswer> {
    for (;;) {
      this.timers.fireFirst();
      const answer = await this.settle();
      const { next } = answer;
      if (next === undefined || until === undefined || !isBefore(next, until) || !mayGoOn()) return answer;
      this.reading = { nowMs: Math.max(this.reading.nowMs, next.atMs), step: this.reading.step + 1 };
      this.ahead = true;
    }
  }
}
