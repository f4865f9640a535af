import type { BudgetPolicy, Claim, ClaimRequest, DirtyShard, Mark, Settlement, Store, WorkRow } from '@stockwright/engine/ports';
import type { Statements } from './rows.ts';

const COLUMNS = '"kind", "shard", "key", "priority", "notBeforeMs", "cause", "revision", "settledRevision", "fence", "attempts", "dirtySinceMs", "leaseUntilMs", "worker", "state", "reason"';
const DIRTY = `"revision" > "settledRevision" AND "state" = 'ready'`;

/** Work rows and buckets. Callers provide the transaction and the moment. */
export class Work {
  private readonly statements: Statements;
  private readonly namespace: string;

  constructor(statements: Statements, namespace: string) {
    this.statements = statements;
    this.namespace = namespace;
  }

  /** A mark on a dirty row keeps the earlier moment and the more urgent priority; on any other it begins anew. */
  mark({ kind, key, shard, priority, notBeforeMs, cause }: Mark, nowMs: number): void {
    this.statements.get(`INSERT INTO "work" ("namespace", ${COLUMNS})
      VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, 0, 0, ?, NULL, NULL, 'ready', NULL)
      ON CONFLICT ("namespace", "kind", "shard", "key") DO UPDATE SET
        "notBeforeMs" = CASE WHEN ${DIRTY} THEN min("notBeforeMs", excluded."notBeforeMs") ELSE excluded."notBeforeMs" END,
        "priority" = CASE WHEN ${DIRTY} THEN min("priority", excluded."priority") ELSE excluded."priority" END,
        "dirtySinceMs" = CASE WHEN ${DIRTY} THEN "dirtySinceMs" ELSE excluded."dirtySinceMs" END,
        "revision" = "revision" + 1, "attempts" = 0, "cause" = excluded."cause", "state" = 'ready', "reason" = NULL`)
      .run(this.namespace, kind, shard, key, priority, notBeforeMs, cause, nowMs);
  }

  claim({ shard, kinds, limit, leaseMs, worker }: ClaimRequest, nowMs: number): readonly Claim[] {
    const rows = this.statements.get(`SELECT ${COLUMNS} FROM "work" WHERE "namespace" = ? AND "shard" = ? AND ${DIRTY}
      AND "kind" IN (${kinds.map(() => '?').join(', ')}) AND "notBeforeMs" <= ? AND ("leaseUntilMs" IS NULL OR "leaseUntilMs" <= ?)
      ORDER BY "priority", "dirtySinceMs", "kind", "key" LIMIT ?`)
      .all(this.namespace, shard, ...kinds, nowMs, nowMs, limit) as unknown as WorkRow[];
    const lease = this.statements.get('UPDATE "work" SET "leaseUntilMs" = ?, "worker" = ?, "fence" = "fence" + 1 WHERE "namespace" = ? AND "kind" = ? AND "shard" = ? AND "key" = ?');
    return rows.map(({ kind, key, priority, revision, fence, attempts, dirtySinceMs, notBeforeMs, cause, leaseUntilMs }) => {
      lease.run(nowMs + leaseMs, worker, this.namespace, kind, shard, key);
      return { kind, key, shard, priority, revision, fence: fence + 1, attempts, dirtySinceMs, notBeforeMs, cause, takenOver: leaseUntilMs !== null };
    });
  }

  /** Whether the claim's lease is still the one that was given. */
  isHeld(claim: Settlement['claim']): boolean {
    return this.row(claim) !== undefined;
  }

  /** Ends a held claim. A mark that came meanwhile wins over a wait. */
  end({ claim, outcome }: Settlement): void {
    const row = this.row(claim);
    if (row === undefined) return;
    const marked = row.revision > claim.revision;
    const next = { notBeforeMs: row.notBeforeMs, attempts: row.attempts, state: 'ready', reason: row.reason, settledRevision: row.settledRevision };
    if (outcome.status === 'done') Object.assign(next, { settledRevision: Math.max(row.settledRevision, claim.revision), attempts: 0, reason: null });
    else if (!marked) {
      Object.assign(next, { reason: outcome.reason });
      if (outcome.status === 'quarantine') next.state = 'quarantined';
      else next.notBeforeMs = outcome.atMs;
      if (outcome.status === 'retry') next.attempts += 1;
    }
    this.statements.get(`UPDATE "work" SET "leaseUntilMs" = NULL, "worker" = NULL, "notBeforeMs" = ?, "attempts" = ?, "state" = ?, "reason" = ?, "settledRevision" = ?
      WHERE "namespace" = ? AND "kind" = ? AND "shard" = ? AND "key" = ?`)
      .run(next.notBeforeMs, next.attempts, next.state, next.reason, next.settledRevision, this.namespace, row.kind, row.shard, row.key);
  }

  dirtyShards(limit: number, nowMs: number): readonly DirtyShard[] {
    return this.statements.get(`SELECT "shard", min("dirtySinceMs") AS "oldestDirtySinceMs",
        min(CASE WHEN "leaseUntilMs" > ? THEN max("leaseUntilMs", "notBeforeMs") ELSE "notBeforeMs" END) AS "nextDueMs"
      FROM "work" WHERE "namespace" = ? AND ${DIRTY} GROUP BY "shard" ORDER BY "nextDueMs", "shard" LIMIT ?`)
      .all(nowMs, this.namespace, limit) as unknown as DirtyShard[];
  }

  unsettled(): readonly WorkRow[] {
    return this.statements.get(`SELECT ${COLUMNS} FROM "work" WHERE "namespace" = ? AND ("revision" > "settledRevision" OR "state" = 'quarantined') ORDER BY "kind", "key", "shard"`)
      .all(this.namespace) as unknown as WorkRow[];
  }

  takeBudget(name: string, cost: number, { policy, nowMs }: { policy: BudgetPolicy; nowMs: number }): Awaited<ReturnType<Store['takeBudget']>> {
    const row = this.statements.get('SELECT "tokens", "filledAtMs", "pausedUntilMs", "reason" FROM "bucket" WHERE "name" = ?').get(name) as unknown as
      { tokens: number | null; filledAtMs: number; pausedUntilMs: number; reason: string } | undefined;
    if (row !== undefined && row.pausedUntilMs > nowMs) return { ok: false, waitMs: row.pausedUntilMs - nowMs, reason: row.reason };
    const since = row === undefined || row.tokens === null ? Number.POSITIVE_INFINITY : (nowMs - row.filledAtMs) / 1_000;
    const tokens = Math.min(policy.capacity, (row?.tokens ?? 0) + since * policy.refillPerSecond);
    const enough = tokens >= cost;
    this.statements.get(`INSERT INTO "bucket" ("name", "tokens", "filledAtMs", "pausedUntilMs", "reason") VALUES (?, ?, ?, 0, '')
      ON CONFLICT ("name") DO UPDATE SET "tokens" = excluded."tokens", "filledAtMs" = excluded."filledAtMs"`)
      .run(name, enough ? tokens - cost : tokens, nowMs);
    if (enough) return { ok: true };
    return { ok: false, waitMs: Math.ceil(((cost - tokens) / policy.refillPerSecond) * 1_000), reason: 'the budget is used up' };
  }

  pauseBucket(name: string, untilMs: number, { reason, nowMs }: { reason: string; nowMs: number }): void {
    this.statements.get(`INSERT INTO "bucket" ("name", "tokens", "filledAtMs", "pausedUntilMs", "reason") VALUES (?, NULL, ?, ?, ?)
      ON CONFLICT ("name") DO UPDATE SET "reason" = CASE WHEN excluded."pausedUntilMs" > "pausedUntilMs" THEN excluded."reason" ELSE "reason" END,
        "pausedUntilMs" = max("pausedUntilMs", excluded."pausedUntilMs")`)
      .run(name, nowMs, untilMs, reason);
  }

  private row({ kind, shard, key, fence }: Settlement['claim']): WorkRow | undefined {
    return this.statements.get(`SELECT ${COLUMNS} FROM "work" WHERE "namespace" = ? AND "kind" = ? AND "shard" = ? AND "key" = ? AND "fence" = ? AND "leaseUntilMs" IS NOT NULL`)
      .get(this.namespace, kind, shard, key, fence) as unknown as WorkRow | undefined;
  }
}
