import type { DriftWatch } from './invariants/drift-watch.ts';
import type { Violations } from './invariants/violations.ts';
import type { Erp } from './model/erp.ts';
import type { Shop } from './model/shop.ts';
import type { FaultPlan } from './plan.ts';
import type { Shape } from './shape.ts';
import type { SimTime } from './sim-time.ts';
import type { WatchedStore } from './watched-store.ts';
import type { Weather } from './weather.ts';
import type { Worker } from './worker.ts';

/** What those who act on a world, and those who judge it, see of it. */
export interface Stage {
  readonly time: SimTime;
  readonly plan: FaultPlan;
  readonly weather: Weather;
  readonly violations: Violations;
  readonly drift: DriftWatch;
  readonly store: WatchedStore;
  readonly shops: readonly Shop[];
  readonly erp: Erp;
  readonly shape: Shape;
  /** Until when each vendor refuses everybody: the two channels and the source. */
  readonly storms: number[];
  worker(index: number): Worker;
  failOver(lostMs: number): void;
  /** A line for whoever reads the history. */
  tell(who: string, what: () => string): void;
}
