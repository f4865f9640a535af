import type { Clock } from '@stockwright/adapter';
import { StockwrightError } from '@stockwright/core';
import type { FollowerAnswer } from './follower-clock.ts';
import { Stillness } from './stillness.ts';
import { isBefore, Timers, type ClockReading, type Due } from './timers.ts';

/** How a virtual clock reaches a `FollowerClock` in another process. @public */
export interface FollowerLink {
  /** Asks for an answer once nothing is under way there. */
  settle(reading: ClockReading): Promise<FollowerAnswer>;
  /** Has the next timer there fired, and those after it that come before `until`. */
  fire(reading: ClockReading, until: Due | undefined): Promise<FollowerAnswer>;
  /** Tells the time, and resolves once it is known there. */
  agree(reading: ClockReading): Promise<void>;
}

/** A follower as its virtual clock knows it. @public */
export interface Following {
  /** Says that something was sent there, so it must be asked again before time moves. */
  touched(): void;
  /** Says that it went on alone up to here. */
  moved(reading: ClockReading): void;
  /** Forgets it with its timers. */
  end(): void;
}

/**
 * One clock for the store, the engine and the simulators. It stands still while anything is under way and then jumps
 * to the next moment at which something is due, so a run depends on its seed and not on the machine.
 *
 * @public
 */
export class VirtualClock implements Clock {
  private reading: ClockReading;
  private readonly timers: Timers = new Timers();
  private readonly stillness: Stillness = new Stillness();
  private readonly followers: Follower[] = [];
  private watchers: { readonly holds: () => boolean; readonly tell: () => void }[] = [];
  private branches = 0;
  /** Virtual milliseconds for each real one; unbounded where absent. */
  private readonly speed: number | undefined;

  constructor(startMs: number, speed?: number) {
    this.reading = { nowMs: startMs, step: 0 };
    this.speed = speed;
  }

  /** Where this clock stands. */
  get stands(): ClockReading {
    return this.reading;
  }

  now(): number {
    return this.reading.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.sleepOn(0, ms, signal);
  }

  hold(): () => void {
    return this.stillness.hold();
  }

  /**
   * The same time for a part of the program that could as well follow from another process. Timers asked for in one step
   * and due at one moment fire in the order of the branches, wherever they are.
   */
  branch(): Clock {
    this.branches += 1;
    const branch = this.branches;
    return { now: () => this.now(), hold: () => this.hold(), sleep: (ms, signal) => this.sleepOn(branch, ms, signal) };
  }

  /** Shares the time with another process. Nothing is due there until it was asked. */
  follow(link: FollowerLink): Following {
    this.branches += 1;
    const follower = new Follower(link, this.branches);
    this.followers.push(follower);
    return {
      touched: () => { follower.known = false; },
      moved: (reading) => { this.move(reading); },
      end: () => { this.forget(follower); },
    };
  }

  /** Makes sure that all who follow show the same time; before anything is sent to them. */
  async agree(): Promise<void> {
    for (const follower of this.followers) await follower.agree(this.reading);
  }

  /** Resolves the first time that nothing is under way and the condition holds, before anything else happens. */
  when(holds: () => boolean): Promise<void> {
    return new Promise((tell) => { this.watchers.push({ holds, tell }); });
  }

  /** Lets time pass until `done` says so. Whoever is to be waited for sleeps on this clock or holds it. */
  async runUntil(done: () => boolean): Promise<void> {
    for (;;) {
      await this.still();
      if (this.tellWatchers()) continue;
      if (done()) return;
      await this.step();
    }
  }

  private sleepOn(branch: number, ms: number, signal: AbortSignal | undefined): Promise<void> {
    return this.timers.sleep({ atMs: this.reading.nowMs + Math.ceil(Math.max(0, ms)), step: this.reading.step, branch }, signal);
  }

  /** Waits until nothing is under way in any process. */
  private async still(): Promise<void> {
    do {
      for (const follower of this.followers) {
        if (!follower.known) await this.hear(follower, follower.link.settle(this.reading));
      }
      await this.stillness.reached();
    } while (this.followers.some(({ known }) => !known));
  }

  private async hear(follower: Follower, asked: Promise<FollowerAnswer>): Promise<void> {
    // Whoever sends something there while the answer is under way takes this back.
    follower.known = true;
    try {
      const answer = await asked;
      follower.next = answer.next;
      follower.toldStep = answer.step;
      this.move(answer);
    } catch (error) {
      this.forget(follower);
      throw error;
    }
  }

  private async step(): Promise<void> {
    const { first } = this.timers;
    const due = [...(first === undefined ? [] : [first]), ...this.followers.flatMap(({ next, branch }) => (next === undefined ? [] : [{ ...next, branch }]))];
    const [next, after] = due.sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : a.branch - b.branch));
    if (next === undefined) throw new StockwrightError('Nothing is due any more, and the run has not ended.', { code: 'INVARIANT_VIOLATED' });
    await this.pace(next.atMs - this.reading.nowMs);
    const reading = { nowMs: Math.max(this.reading.nowMs, next.atMs), step: this.reading.step + 1 };
    this.reading = reading;
    const follower = next === first ? undefined : this.followers.find(({ branch }) => branch === next.branch);
    if (follower === undefined) {
      this.timers.fireFirst();
      return;
    }
    const alone = this.speed === undefined && this.watchers.length === 0;
    await this.hear(follower, follower.link.fire(reading, alone ? { atMs: after?.atMs ?? Number.POSITIVE_INFINITY, step: after?.step ?? 0 } : undefined));
  }

  private tellWatchers(): boolean {
    const [holding, others] = [this.watchers.filter(({ holds }) => holds()), this.watchers.filter(({ holds }) => !holds())];
    this.watchers = others;
    for (const { tell } of holding) tell();
    return holding.length > 0;
  }

  private move(reading: ClockReading): void {
    if (reading.step > this.reading.step) this.reading = reading;
  }

  private forget(follower: Follower): void {
    const index = this.followers.indexOf(follower);
    if (index >= 0) this.followers.splice(index, 1);
  }

  private async pace(ms: number): Promise<void> {
    if (this.speed === undefined || ms <= 0) return;
    const realMs = ms / this.speed;
    if (realMs >= 1) await new Promise((resolve) => setTimeout(resolve, realMs));
  }
}

class Follower {
  readonly link: FollowerLink;
  readonly branch: number;
  /** Nothing is under way there, and `next` is what is due. */
  known = false;
  next: Due | undefined;
  /** The step up to which it was told the time. */
  toldStep = -1;

  constructor(link: FollowerLink, branch: number) {
    this.link = link;
    this.branch = branch;
  }

  async agree(reading: ClockReading): Promise<void> {
    this.known = false;
    if (this.toldStep === reading.step) return;
    this.toldStep = reading.step;
    await this.link.agree(reading);
  }
}
