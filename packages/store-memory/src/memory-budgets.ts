import { checkTaking, storable, type BudgetPolicy, type Store } from '@stockwright/engine/ports';

interface Bucket {
  /** What was left after the last taking; absent before the first, when the bucket is full. */
  readonly tokens?: number;
  readonly takenAtMs: number;
  readonly pausedUntilMs: number;
  readonly reason: string;
}

/** Less than a unit that arithmetic with fractions may lose. */
const ROUNDING = 1e-9;
const FRESH: Bucket = { takenAtMs: 0, pausedUntilMs: 0, reason: '' };

/** Token buckets. Callers provide the moment. */
export class MemoryBudgets {
  private readonly buckets = new Map<string, Bucket>();

  /** A cost above the capacity waits for a full bucket and leaves a debt, so that it is late and not stuck. */
  take(name: string, cost: number, { policy, nowMs }: { policy: BudgetPolicy; nowMs: number }): Awaited<ReturnType<Store['takeBudget']>> {
    checkTaking(name, cost, policy);
    const { capacity, refillPerSecond } = policy;
    const bucket = this.buckets.get(name) ?? FRESH;
    if (bucket.pausedUntilMs > nowMs) return { ok: false, waitMs: bucket.pausedUntilMs - nowMs, reason: bucket.reason };
    // Taken in what is the future by now: it refills from this moment on, not from that one.
    if (bucket.takenAtMs > nowMs) this.buckets.set(name, { ...bucket, takenAtMs: nowMs });
    const elapsedMs = Math.max(0, nowMs - bucket.takenAtMs);
    const tokens = bucket.tokens === undefined ? capacity : Math.min(capacity, bucket.tokens + (elapsedMs * refillPerSecond) / 1_000);
    const missing = Math.min(cost, capacity) - tokens;
    if (missing > ROUNDING) return { ok: false, waitMs: Math.ceil((missing * 1_000) / refillPerSecond), reason: 'the budget is used up' };
    if (cost > 0) this.buckets.set(name, { ...bucket, tokens: tokens - cost, takenAtMs: nowMs });
    return { ok: true };
  }

  pause(name: string, untilMs: number, reason: string): void {
    const bucket = this.buckets.get(name) ?? FRESH;
    if (untilMs > bucket.pausedUntilMs) this.buckets.set(name, { ...bucket, pausedUntilMs: untilMs, reason: storable(reason) });
  }
}
