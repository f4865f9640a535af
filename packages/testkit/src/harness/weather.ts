import type { EngineRetention } from '@stockwright/engine';
import { Prng } from './prng.ts';

/** How one world is composed and how rough it is. Drawn anew for each seed, so that worlds differ in kind and not only in luck. */
export interface Weather {
  /** Nobody reads the channels back and nobody edits them: what a mechanism prevents then stays to be seen. */
  readonly isolated: boolean;
  readonly leaseMs: number;
  readonly sweepMs: number;
  readonly ordersPollMs: number;
  readonly sourcePollMs: number;
  readonly fullReadMs: number;
  readonly readBackMs: number;
  /** Calls of a port between two blows at one of them, on average. */
  readonly blowEvery: number;
  /** Calls of the store between two that take their time, on average. */
  readonly slowEvery: number;
  readonly slowMs: number;
  readonly pauseMs: number;
  readonly downMs: number;
  /** The longest time after which a request lands that nobody heard of. */
  readonly lateMs: number;
  readonly webhook: { readonly lost: number; readonly doubled: number; readonly late: number };
  readonly wake: { readonly lost: number; readonly doubled: number; readonly early: number; readonly concurrent: number };
  readonly publish: { readonly lost: number; readonly late: number; readonly unanswered: number; readonly partial: number; readonly throttled: number };
  readonly read: { readonly failed: number; readonly throttled: number };
  readonly message: { readonly lost: number; readonly doubled: number; readonly late: number };
  readonly orderEveryMs: number;
  readonly handEdits: number;
  readonly clockJumps: number;
  readonly failovers: number;
  readonly storms: number;
  readonly restarts: number;
  readonly poisoned: boolean;
  /** The most that the second channel may show. */
  readonly cap: number | undefined;
  readonly stock: number;
  readonly compares: readonly [boolean, boolean];
  /** How long the second channel may take until it shows what it accepted. */
  readonly effectMs: number;
  readonly rate: { readonly capacity: number; readonly refillPerSecond: number } | undefined;
  readonly batchMax: number;
  readonly changedRows: boolean;
  /** Whether each process begins with a version of the policy of its own, and commands that are done are asked for once more; not where absent. */
  readonly deploys?: boolean;
  readonly bustle: Bustle;
  /** When people act; evenly where absent. */
  readonly rhythm?: Rhythm;
  /** How often the clock of the store itself is set back, from the third plan on. */
  readonly storeSetBacks: number;
  /** How long a day lasts for what is forgotten; nothing is where absent. From the fifth plan on. */
  readonly dayMs?: number | undefined;
}

/**
 * By which plan a world is drawn. A seed that was found under one plan goes on to mean the same world: what a later plan adds is drawn
 * apart, from streams of its own.
 *
 * @public
 */
export type Plan = 1 | 2 | 3 | 4 | 5;
/** Every plan. @public */
export const PLANS: readonly Plan[] = [1, 2, 3, 4, 5];
/** The one by which worlds are drawn where nobody says otherwise. @public */
export const NEWEST_PLAN: Plan = 5;
/** The one before everything became less: by it worlds of the second tier are drawn, in which people do less as it is. @public */
export const FULL_PLAN: Plan = 3;

/**
 * People come in crowds, from the third plan on, and a crowd wants few things: what meets in a busy minute is what goes wrong, and the
 * quiet between costs a world hardly anything.
 */
export interface Rhythm {
  /** The busy spells, in milliseconds from the start. */
  readonly spells: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** How many things a crowd wants. */
  readonly wanted: number;
  /** Between two acts in a busy spell, on average. */
  readonly busyMs: number;
  /** The same at any other time. */
  readonly quietMs: number;
}

/** What people do besides, from the second plan on. */
export interface Bustle {
  /** At how many places stock lies; with two, the first channel shows a number for each. */
  readonly places: 1 | 2;
  /** How likely an order ships in parts. */
  readonly parts: number;
  /** Goods that are carried from one place to the other. */
  readonly transfers: number;
  /** Commands that operators write into the table. */
  readonly commands: number;
  /** Looks at how everything is doing. */
  readonly looks: number;
  /** Holds and messages that become part of a transaction of the host's own. */
  readonly insideHost: number;
  /** Many buyers of one thing, on a process that is quick and one that is slow. */
  readonly rushes: number;
  /** Things that the ledger cannot take, or that nobody can map. */
  readonly oddities: number;
  /** The two components of a kit exchange what they are good for, in two words: in between the kit comes to something else, and then to what it was. */
  readonly swaps: number;
  /** Times at which everything is counted and told in the same breath, again and again; from the fifth plan on. */
  readonly stocktakes: number;
}

/** Nothing of the kind, as in worlds of the first plan. */
export const NO_BUSTLE: Bustle = { places: 1, parts: 0, transfers: 0, commands: 0, looks: 0, insideHost: 0, rushes: 0, oddities: 0, swaps: 0, stocktakes: 0 };

/** How long after it was sent a request of the model channels may take effect, as they declare it. */
export const LATE_REQUEST_MS = 45_000;

/** Everybody does everything often. */
const FULL_BUSTLE: Bustle = { places: 2, parts: 0.6, transfers: 4, commands: 30, looks: 40, insideHost: 16, rushes: 3, oddities: 10, swaps: 0, stocktakes: 2 };

/** Weather in which what is seldom happens: whoever reads fails, the rate is low, processes stop and stand still beyond their leases. */
function bustlingWeather(weather: Weather): Weather {
  return { ...weather, isolated: false, pauseMs: 90_000, restarts: 12, rate: { capacity: 4, refillPerSecond: 0.6 }, read: { failed: 0.25, throttled: 0.1 }, downMs: 2_000, sweepMs: 2_000, deploys: true, bustle: FULL_BUSTLE, dayMs: 1_000 };
}

/** What people do besides in the world of a seed. */
function bustleOf(seed: bigint, plan: Plan): Bustle {
  const prng = new Prng(seed, 'bustle');
  const places = prng.chance(0.25) ? 2 : 1;
  return {
    places, parts: prng.pick([0.2, 0.6]), transfers: places === 1 ? 0 : prng.between(1, 6), commands: prng.between(1, 6), looks: prng.between(0, 4), insideHost: prng.between(0, 4),
    rushes: prng.chance(0.4) ? 1 : 0, oddities: prng.between(0, 3), swaps: plan < 3 ? 0 : prng.between(0, 8), stocktakes: 0,
  };
}

/** The spells in which people act in the world of a seed. */
function rhythmOf(seed: bigint): Rhythm {
  const prng = new Prng(seed, 'rhythm');
  const spells = Array.from({ length: prng.between(1, 2) }, () => {
    const fromMs = prng.between(5_000, 520_000);
    return { fromMs, untilMs: fromMs + prng.between(20_000, 60_000) };
  });
  return { spells, wanted: prng.between(2, 4), busyMs: prng.pick([3_000, 5_000, 8_000]), quietMs: prng.pick([90_000, 150_000, 240_000]) };
}

/** How much of what the third plan lets happen is left in the fourth, of each kind of thing. */
const LEFT = { acts: 0.45, bustle: 0.3, drama: 0.4, blows: 0.6, sweeps: 2 / 3, polls: 0.8 };

/**
 * The same with less of everything, from the fourth plan on: no kind of thing is left out, and in the time of one world there is nearly
 * time for two. What happened once or twice in each world happens in every other or every third.
 */
function thinned(weather: Weather, seed: bigint): Weather {
  const prng = new Prng(seed, 'thinned');
  const some = (count: number, share: number): number => Math.floor(count * share + prng.next());
  const later = (ms: number): number => ms / LEFT.polls;
  const { bustle: { transfers, commands, looks, insideHost, oddities, swaps, rushes }, rhythm } = weather;
  const few = (count: number): number => some(count, LEFT.bustle);
  return {
    ...weather,
    blowEvery: weather.blowEvery / LEFT.blows, sweepMs: weather.sweepMs / LEFT.sweeps,
    ordersPollMs: later(weather.ordersPollMs), sourcePollMs: later(weather.sourcePollMs), fullReadMs: later(weather.fullReadMs), readBackMs: later(weather.readBackMs),
    handEdits: some(weather.handEdits, LEFT.drama), clockJumps: some(weather.clockJumps, LEFT.drama),
    ...(rhythm === undefined ? {} : { rhythm: { ...rhythm, busyMs: rhythm.busyMs / LEFT.acts, quietMs: rhythm.quietMs / LEFT.acts } }),
    bustle: {
      ...weather.bustle, transfers: few(transfers), commands: few(commands), looks: few(looks), insideHost: few(insideHost), oddities: few(oddities), swaps: few(swaps), rushes: some(rushes, LEFT.drama),
    },
  };
}

/** How often the clock beneath the store is set back in the world of a seed. */
function setBacksOf(seed: bigint): number {
  const prng = new Prng(seed, 'store clock');
  return prng.chance(0.25) ? prng.between(1, 2) : 0;
}

/** How long a day lasts in the world of a seed, for what is forgotten: so short that nearly everything is over within a world. */
function daysOf(seed: bigint): number | undefined {
  const prng = new Prng(seed, 'days');
  return prng.chance(0.5) ? prng.pick([1_000, 3_000, 6_000]) : undefined;
}

/** What an engine forgets in a weather: all that it may, or nothing. */
export function retentionOf({ dayMs }: Weather): EngineRetention {
  const days = (least: number): number => (dayMs === undefined ? Number.POSITIVE_INFINITY : least);
  return { inbox: days(15), attempt: days(1), targetChange: days(1), hold: days(7), work: days(1), refused: days(7), unmapped: days(7), variance: days(7), operatorCommand: days(1), change: days(1) };
}

/** The weather of a seed. */
export function weatherOf(seed: bigint, { plan = NEWEST_PLAN, bustling = false }: { readonly plan?: Plan; readonly bustling?: boolean } = {}): Weather {
  const prng = new Prng(seed, 'weather');
  const odds = (most: number): number => prng.next() * most;
  const often = (share: number, value: number): number => (prng.chance(share) ? value : 0);
  const isolated = prng.chance(0.4);
  const leaseMs = prng.pick([15_000, 20_000, 30_000]);
  const effectMs = prng.pick([0, 0, 8_000]);
  const weather: Weather = {
    isolated, leaseMs, effectMs,
    sweepMs: prng.pick([10_000, 15_000, 25_000]),
    ordersPollMs: prng.pick([40_000, 60_000, 90_000]),
    sourcePollMs: prng.pick([40_000, 60_000, 90_000]),
    fullReadMs: prng.pick([120_000, 240_000]),
    readBackMs: isolated ? 10 * 365 * 86_400_000 : prng.pick([60_000, 120_000]),
    blowEvery: prng.pick([80, 160, 320]),
    slowEvery: prng.pick([6, 15, 40]),
    slowMs: prng.pick([5, 300, 3_000]),
    pauseMs: isolated ? leaseMs + 3_000 : prng.pick([10_000, 40_000, 120_000]),
    downMs: prng.pick([2_000, 30_000]),
    lateMs: 28_000,
    webhook: { lost: prng.pick([0.05, 0.2, 1]), doubled: odds(0.3), late: odds(0.3) },
    wake: { lost: odds(0.3), doubled: odds(0.08), early: odds(0.08), concurrent: odds(0.03) },
    publish: { lost: odds(0.08), late: odds(0.1), unanswered: odds(0.1), partial: odds(0.1), throttled: odds(0.06) },
    read: { failed: odds(0.08), throttled: odds(0.05) },
    message: { lost: odds(0.3), doubled: odds(0.3), late: odds(0.5) },
    orderEveryMs: prng.pick([7_000, 12_000, 18_000]),
    handEdits: isolated ? 0 : prng.between(0, 8),
    clockJumps: prng.between(0, 4),
    failovers: often(0.15, 1),
    storms: prng.between(0, 2),
    restarts: prng.between(0, 2),
    poisoned: prng.chance(0.1),
    cap: prng.chance(0.3) ? 4 : undefined,
    stock: prng.pick([4, 15, 40]),
    compares: prng.pick([[true, false], [true, true], [false, false]] as const),
    rate: prng.chance(0.3) ? { capacity: 5, refillPerSecond: 2 } : undefined,
    batchMax: prng.pick([3, 10, 100]),
    changedRows: prng.chance(0.6),
    bustle: plan === 1 ? NO_BUSTLE : bustleOf(seed, plan),
    storeSetBacks: plan < 3 ? 0 : setBacksOf(seed),
  };
  // Of what is done less is left to strike at, so blows come closer together.
  const rhythmic = plan < 3 ? weather : { ...weather, blowEvery: weather.blowEvery / 2, rhythm: rhythmOf(seed) };
  const drawn = plan < 4 ? rhythmic : thinned(rhythmic, seed);
  const passing = plan < 5 ? drawn : { ...drawn, dayMs: daysOf(seed), bustle: { ...drawn.bustle, stocktakes: new Prng(seed, 'stocktakes').between(0, 1) } };
  return bustling ? bustlingWeather(passing) : passing;
}
