import type { Blow } from '../../packages/testkit/src/harness/life.ts';
import type { Plan } from '../../packages/testkit/src/harness/weather.ts';
import type { WorldResult } from '../../packages/testkit/src/harness/world.ts';

/** Models of the vendors, or the real adapters against the simulators. */
export const TIERS = [1, 2] as const;
export type Tier = (typeof TIERS)[number];

/** What a thread is made for. */
export interface ThreadData {
  readonly tier: Tier;
  /** The ablation whose text the engine is loaded with. */
  readonly ablation: string | undefined;
}

/** One world that a thread is to play. */
export interface Order {
  readonly seed: bigint;
  readonly plan?: Plan | undefined;
  readonly bustling?: boolean | undefined;
  readonly ablation?: string | undefined;
  readonly control?: boolean | undefined;
  readonly only?: readonly string[] | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly told?: boolean | undefined;
  readonly target?: Target | undefined;
}

/** Where a world is to be struck, besides what it draws: at its first visits of these await points. */
export interface Target {
  readonly points: readonly number[];
  readonly blow: Blow;
}

/** What came of it. */
export interface Answer {
  readonly result: WorldResult;
  /** The await points at which this world was struck. */
  readonly hit: readonly number[];
  /** Those of the target at which it was struck because it was to be, in turn. */
  readonly aimed: readonly number[];
}
