import type { Clock } from '@stockwright/adapter';
import { StockwrightError } from '@stockwright/core';
import type { BudgetWatch } from './invariants/budget-watch.ts';
import type { FaultPlan, FaultStream } from './plan.ts';
import { Prng } from './prng.ts';
import type { SimTime } from './sim-time.ts';
import type { Trace } from './trace.ts';
import type { Weather } from './weather.ts';

/** What can happen to whoever awaits a port. */
export type Blow = 'crash before' | 'crash after' | 'pause before' | 'pause after' | 'refused' | 'answer lost';

/** Learns which await of the engine a call of a port belongs to. Called while the call is on the stack. */
export interface AwaitProbe {
  /** A blow that this very call is to receive. */
  aim(): Blow | undefined;
  /** A crash or a pause strikes this call. */
  struck(): void;
}

/** What all processes of a world share. */
export interface Surroundings {
  readonly seed: bigint;
  readonly time: SimTime;
  readonly trace: Trace;
  readonly plan: FaultPlan;
  readonly weather: Weather;
  readonly probe: AwaitProbe | undefined;
  readonly budget: BudgetWatch;
  died(life: Life): void;
  /** A process calls ports without end and without letting time pass. */
  spins(life: Life): void;
}

/** So many calls without any time passing are an endless loop. */
const SPIN_CALLS = 20_000;

/** Why a sleep ends early. One for all: nobody asks where it comes from. */
const CALLED_OFF = new StockwrightError('The wait was called off.', { code: 'ABORTED' });

/** How long a call takes each way, at most, of a process that is slow for a while. */
const SLOW_MS = 300;

/** One process from its start to its end. A dead one hears no answer ever again, and a paused one hears it when it wakes. */
export class Life implements Clock {
  readonly name: string;
  readonly world: Surroundings;
  readonly prng: Prng;
  readonly faults: FaultStream;
  /** How far the clock of its host is off. */
  readonly offset: () => number;
  private dead = false;
  private pausedUntilMs = 0;
  private readonly asleep: (() => void)[] = [];
  private untilBlow = 0;
  private untilSlow = 0;
  private slowUntilMs = 0;
  private spinning = 0;
  private spinningAtMs = 0;

  constructor(world: Surroundings, name: string, offset: () => number) {
    this.world = world;
    this.name = name;
    this.offset = offset;
    this.prng = new Prng(world.seed, `${name} random`);
    this.faults = world.plan.stream(name);
    this.untilBlow = this.faults.between(1, world.weather.blowEvery * 2);
    this.untilSlow = this.faults.between(1, world.weather.slowEvery * 2);
  }

  get alive(): boolean {
    return !this.dead;
  }

  now(): number {
    return this.world.time.now() + this.offset();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.call('sleep', false, () => new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        alarm.cancelled = true;
        reject(CALLED_OFF);
      };
      const alarm = this.world.time.at(this.world.time.now() + Math.max(0, ms), () => {
        signal?.removeEventListener('abort', abort);
        resolve(this.awake());
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    }));
  }

  /** Ends it: nothing that it awaits comes any more. */
  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.world.died(this);
  }

  pause(ms: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.world.time.now() + ms);
  }

  /** For a while every call of the store takes its time. */
  slowDown(ms: number): void {
    this.slowUntilMs = this.world.time.now() + ms;
  }

  /** Ends a pause for everything that waits for its end. */
  wakeUp(): void {
    this.pausedUntilMs = 0;
    for (const wake of this.asleep.splice(0)) wake();
  }

  /** One call of the store: quick as a rule. Unheard: told where it did its work and the answer is lost. */
  store<Value>(effect: () => Promise<Value>, unheard?: () => void): Promise<Value> {
    if (this.dead) return never();
    const { weather, time, plan } = this.world;
    const isSlow = this.slowUntilMs > time.now();
    this.untilSlow -= 1;
    if (this.untilSlow > 0 && !isSlow) return this.call('store', true, effect, unheard);
    if (this.untilSlow <= 0) this.untilSlow = this.faults.between(1, weather.slowEvery * 2);
    const mostMs = isSlow ? SLOW_MS : weather.slowMs;
    const [there, back] = [this.faults.between(0, mostMs), this.faults.between(0, mostMs)];
    if (plan.calm) return this.call('store', true, effect, unheard);
    return this.call('store', true, async () => {
      await time.after(there);
      const result = await effect();
      await time.after(back);
      await this.awake();
      return result;
    }, unheard);
  }

  /** One call over a network, whose effect takes its own time; it goes on there whatever becomes of the caller. */
  remote<Value>(effect: () => Promise<Value>): Promise<Value> {
    return this.call('remote', false, async () => {
      try {
        return await effect();
      } finally {
        await this.awake();
      }
    });
  }

  private call<Value>(port: 'store' | 'remote' | 'sleep', canFail: boolean, effect: () => Promise<Value>, unheard?: () => void): Promise<Value> {
    if (this.dead || this.spins()) return never();
    const blow = this.nextBlow(canFail);
    if (blow === undefined && this.pausedUntilMs <= this.world.time.now()) return effect();
    return this.struck(blow, { port, effect, unheard });
  }

  private nextBlow(canFail: boolean): Blow | undefined {
    const { probe, plan, weather } = this.world;
    const aimed = probe?.aim();
    // Calls over a network are few and take long, so a process that ends ends during one of them.
    this.untilBlow -= canFail ? 1 : 4;
    if (aimed === undefined && this.untilBlow > 0) return undefined;
    if (aimed === undefined) this.untilBlow = this.faults.between(1, weather.blowEvery * 2);
    const draw = this.faults.prng.next();
    const drawn = draw < 0.12 ? 'crash before' : draw < 0.24 ? 'crash after' : draw < 0.36 ? 'pause before' : draw < 0.48 ? 'pause after' : draw < 0.72 ? 'refused' : 'answer lost';
    const blow: Blow = aimed ?? (canFail || draw < 0.48 ? drawn : 'pause before');
    if (aimed === undefined ? !this.faults.admits(blow) : plan.calm) return undefined;
    if (blow !== 'refused' && blow !== 'answer lost') probe?.struck();
    return blow;
  }

  private async struck<Value>(blow: Blow | undefined, { port, effect, unheard }: { readonly port: string; readonly effect: () => Promise<Value>; readonly unheard: (() => void) | undefined }): Promise<Value> {
    const { time, trace } = this.world;
    if (blow !== undefined) {
      trace.text(blow);
      trace.line(time.now(), this.name, () => `${blow} a call (${port})`);
    }
    if (blow === 'pause before') this.pause(this.pauseMs());
    await this.awake();
    if (blow === 'crash before') this.die();
    if (blow === 'refused') throw unavailable('The store does not answer.');
    if (this.dead) return never();
    const running = effect();
    // A request over a network is under way when its process ends or stands still; a call of the store has done its work.
    if (port === 'store') await running.then(() => undefined, () => undefined);
    if (blow === 'pause after') this.pause(this.pauseMs());
    if (blow === 'crash after') this.die();
    if (this.dead) {
      running.then(() => undefined, () => undefined);
      return never();
    }
    const result = await running.finally(() => this.awake());
    if (blow !== 'answer lost') return result;
    unheard?.();
    throw unavailable('The connection broke before the answer came.');
  }

  private pauseMs(): number {
    const { pauseMs } = this.world.weather;
    return this.faults.between(1, this.faults.prng.chance(0.3) ? pauseMs : Math.min(pauseMs, 2_000));
  }

  /** Resolves once the process runs, and never where it is dead. */
  private async awake(): Promise<void> {
    const { time } = this.world;
    while (!this.dead && this.pausedUntilMs > time.now()) {
      const over = time.after(this.pausedUntilMs - time.now());
      await Promise.race([over, new Promise<void>((resolve) => { this.asleep.push(resolve); })]);
    }
    if (this.dead) await never();
  }

  private spins(): boolean {
    const nowMs = this.world.time.now();
    if (nowMs !== this.spinningAtMs) {
      this.spinningAtMs = nowMs;
      this.spinning = 0;
    }
    this.spinning += 1;
    if (this.spinning < SPIN_CALLS) return false;
    if (this.spinning === SPIN_CALLS) this.world.spins(this);
    return true;
  }
}

/** A fresh one each time, so that what waits for it can be forgotten. */
export function never<Value>(): Promise<Value> {
  return new Promise<Value>(() => undefined);
}

function unavailable(message: string): StockwrightError {
  return new StockwrightError(message, { code: 'STORE_UNAVAILABLE' });
}
