import type { Ablation } from './ablations.ts';
import type { Violation } from './invariants/violations.ts';
import type { AwaitProbe } from './life.ts';
import type { Fault } from './plan.ts';
import type { Plan } from './weather.ts';

/** Which world is to be played. */
export interface WorldSpec {
  readonly seed: bigint;
  /** By which plan it is drawn; the newest where absent. */
  readonly plan?: Plan;
  /** Everybody does everything often, so that a place of the engine that is seldom visited is. */
  readonly bustling?: boolean;
  /** A mechanism that is taken away. */
  readonly ablation?: Ablation;
  /** The weather of the ablation with the mechanism in its place: what this world does is right. */
  readonly control?: boolean;
  /** Only these faults strike. */
  readonly only?: ReadonlySet<string>;
  /** Only these actions happen. */
  readonly actions?: ReadonlySet<string>;
  /** Whether the history is kept as lines. */
  readonly told?: boolean;
  /** Whether every argument and result goes into the hash. */
  readonly deep?: boolean;
  readonly probe?: AwaitProbe;
}

/** A world of any tier: an engine, its vendors, and what strikes them. */
export interface World {
  /** Puts everybody in their place; nothing has happened yet. */
  start(): Promise<void>;
  /** People act and faults strike. */
  act(): Promise<void>;
  /** Faults have ended; everything comes to rest. */
  settle(): Promise<void>;
  /** Holds what is there against the truth. */
  check(): Promise<void>;
  /** What became of it. */
  report(): Promise<WorldResult>;
}

/** What became of a world. */
export interface WorldResult {
  readonly seed: bigint;
  readonly hash: string;
  readonly violations: readonly Violation[];
  readonly struck: readonly Fault[];
  readonly counts: ReadonlyMap<string, number>;
  /** Every action that was to happen, by its id. */
  readonly actions: readonly string[];
  readonly virtualMs: number;
  readonly lines: readonly string[];
}
