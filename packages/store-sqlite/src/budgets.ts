import { checkTaking, storable, type BudgetPolicy, type Store } from '@stockwright/engine/ports';
import type { Statements } from './rows.ts';

interface Bucket {
  /** What was left after the last taking; null before the first, when the bucket is full. */
  readonly tokens: number | null;
  readonly takenAtMs: number;
  readonly pausedUntilMs: number;
  readonly reason: string;
}

/** Less than a unit that arithmetic with fractions may lose. */
const ROUNDING = 1e-9;

/** Token buckets, which are outside namespaces. Callers provide the transaction and the moment. */
export class Budgets {
  private readonly statements: Statements;

  constructor(statements: Statements) {
    this.statements = statements;
  }

  /** A cost above the capacity waits for a full bucket and leaves a debt, so that it is late and not stuck. */
  take(name: string, cost: number, { policy, nowMs }: { policy: BudgetPolicy; nowMs: number }): Awaited<ReturnType<Store['takeBudget']>> {
    checkTaking(name, cost, policy);
    const { capacity, refillPerSecond } = policy;
    const bucket = this.statements.get('SELECT "tokens", "takenAtMs", "pausedUntilMs", "reason" FROM "bucket" WHERE "name" = ?').get(name) as unknown as Bucket | undefined;
    if (bucket !== undefined && bucket.pausedUntilMs > nowMs) return { ok: false, waitMs: bucket.pausedUntilMs - nowMs, reason: bucket.reason };
    // Taken in what is the future by now: it refills from this moment on, not from that one.
    if (bucket !== undefined && bucket.takenAtMs > nowMs) this.statements.get('UPDATE "bucket" SET "takenAtMs" = ? WHERE "name" = ?').run(nowMs, name);
    const elapsedMs = Math.max(0, nowMs - (bucket?.takenAtMs ?? 0));
    const left = bucket?.tokens ?? null;
    const tokens = left === null ? capacity : Math.min(capacity, left + (elapsedMs * refillPerSecond) / 1_000);
    const missing = Math.min(cost, capacity) - tokens;
    if (missing > ROUNDING) return { ok: false, waitMs: Math.ceil((missing * 1_000) / refillPerSecond), reason: 'the budget is used up' };
    if (cost > 0) {
      this.statements.get(`INSERT INTO "bucket" ("name", "tokens", "takenAtMs", "pausedUntilMs", "reason") VALUES (?, ?, ?, 0, '')
        ON CONFLICT ("name") DO UPDATE SET "tokens" = excluded."tokens", "takenAtMs" = excluded."takenAtMs"`).run(name, tokens - cost, nowMs);
    }
    return { ok: true };
  }

  pause(name: string, untilMs: number, reason: string): void {
    this.statements.get(`INSERT INTO "bucket" ("name", "tokens", "takenAtMs", "pausedUntilMs", "reason") VALUES (?, NULL, 0, ?, ?)
      ON CONFLICT ("name") DO UPDATE SET "pausedUntilMs" = excluded."pausedUntilMs", "reason" = excluded."reason" WHERE excluded."pausedUntilMs" > "pausedUntilMs"`)
      .run(name, untilMs, storable(reason));
  }
}
