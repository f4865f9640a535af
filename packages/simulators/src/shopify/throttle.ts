/** The state of the bucket as every answer reports it. */
export interface ThrottleStatus {
  readonly maximumAvailable: number;
  readonly currentlyAvailable: number;
  readonly restoreRate: number;
}

/** The cost bucket of an app at a shop: it leaks back at a steady rate, up to its size. */
export interface CostBucket {
  /** Takes points; false, and nothing taken, where there are too few. */
  take(points: number): boolean;
  /** Gives back what was asked for beyond the actual cost. */
  refund(points: number): void;
  status(): ThrottleStatus;
}

/** A full bucket over a clock. */
export function createCostBucket(now: () => number, plan: { readonly bucketMax: number; readonly restorePerSecond: number }): CostBucket {
  let points = plan.bucketMax;
  let readAtMs = now();
  const refill = (): void => {
    const nowMs = now();
    points = Math.min(plan.bucketMax, points + (Math.max(0, nowMs - readAtMs) / 1000) * plan.restorePerSecond);
    readAtMs = nowMs;
  };
  return {
    take: (wanted) => {
      refill();
      if (points < wanted) return false;
      points -= wanted;
      return true;
    },
    refund: (given) => {
      refill();
      points = Math.min(plan.bucketMax, points + given);
    },
    status: () => {
      refill();
      return { maximumAvailable: plan.bucketMax, currentlyAvailable: Math.floor(points), restoreRate: plan.restorePerSecond };
    },
  };
}
