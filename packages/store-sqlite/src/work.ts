import { storable, type Claim, type ClaimRequest, type DirtyShard, type DueWork, type Mark, type SettleOutcome, type Settlement, type WorkRow } from '@stockwright/engine/ports';
import type { Statements } from './rows.ts';

/** How many rows a scan reads at once. */
const SCAN_PAGE = 500;

const COLUMNS = `"kind", "key", "shard", "priority", "fence", "attempts", "dirtySinceMs", "notBeforeMs", "cause", "revision", "settledRevision", "leaseUntilMs", "worker",
  CASE "state" WHEN 'quarantined' THEN 'quarantined' ELSE 'ready' END AS "state", "reason"`;
const BY_KEY = '"namespace" = ? AND "kind" = ? AND "shard" = ? AND "key" = ?';
/** Work that rests takes the moment and the priority of its next mark; work that waits keeps the sooner. */
const rests = `"state" IN ('settled', 'quarantined')`;
const notBefore = `CASE WHEN ${rests} THEN excluded."notBeforeMs" ELSE min("notBeforeMs", excluded."notBeforeMs") END`;

const MARK = `INSERT INTO "work" ("namespace", "kind", "shard", "key", "priority", "notBeforeMs", "cause", "dirtySinceMs", "revision", "settledRevision", "fence", "attempts", "state", "dueAtMs")
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 0, 0, 0, CASE WHEN ?6 <= ?8 THEN 'due' ELSE 'waiting' END, ?6)
  ON CONFLICT ("namespace", "kind", "shard", "key") DO UPDATE SET
    "notBeforeMs" = ${notBefore},
    "priority" = CASE WHEN ${rests} THEN excluded."priority" ELSE min("priority", excluded."priority") END,
    "dirtySinceMs" = CASE "state" WHEN 'settled' THEN excluded."dirtySinceMs" ELSE "dirtySinceMs" END,
    "state" = CASE WHEN "leaseUntilMs" IS NOT NULL THEN "state" WHEN (${notBefore}) <= ?8 THEN 'due' ELSE 'waiting' END,
    "dueAtMs" = CASE WHEN "leaseUntilMs" IS NOT NULL THEN "dueAtMs" ELSE (${notBefore}) END,
    "markedSinceMs" = CASE WHEN "leaseUntilMs" IS NOT NULL THEN coalesce("markedSinceMs", ?8) END,
    "markedNotBeforeMs" = CASE WHEN "leaseUntilMs" IS NOT NULL THEN min(coalesce("markedNotBeforeMs", ?6), ?6) END,
    "markedPriority" = CASE WHEN "leaseUntilMs" IS NOT NULL THEN min(coalesce("markedPriority", ?5), ?5) END,
    "revision" = "revision" + 1, "attempts" = 0, "cause" = excluded."cause", "reason" = NULL`;

/**
 * The most frequent mark finds work that is due already and as urgent: it raises the revision and touches no column of an
 * index, since SQLite writes an index anew for every column that is named, changed or not.
 */
const MARK_DUE = `UPDATE "work" SET "revision" = "revision" + 1, "attempts" = 0, "cause" = ?1, "reason" = NULL
  WHERE "namespace" = ?2 AND "kind" = ?3 AND "shard" = ?4 AND "key" = ?5 AND "state" = 'due' AND "leaseUntilMs" IS NULL AND "priority" <= ?6 AND "notBeforeMs" <= ?7`;

interface HeldWork {
  readonly priority: number;
  readonly attempts: number;
  readonly dirtySinceMs: number;
  readonly notBeforeMs: number;
  readonly settledRevision: number;
  readonly markedSinceMs: number | null;
  readonly markedNotBeforeMs: number | null;
  readonly markedPriority: number | null;
}

/** Work rows. Callers provide the transaction and the moment. */
export class Work {
  private readonly statements: Statements;
  private readonly namespace: string;

  constructor(statements: Statements, namespace: string) {
    this.statements = statements;
    this.namespace = namespace;
  }

  mark({ kind, key, shard, priority, notBeforeMs, cause }: Mark, nowMs: number): void {
    const { changes } = this.statements.get(MARK_DUE).run(storable(cause), this.namespace, kind, shard, key, priority, notBeforeMs);
    if (changes === 0) this.statements.get(MARK).run(this.namespace, kind, shard, key, priority, notBeforeMs, storable(cause), nowMs);
  }

  claim({ shard, kinds, limit, leaseMs, worker, order = 'urgency' }: ClaimRequest, nowMs: number): readonly Claim[] {
    this.statements.get(`UPDATE "work" SET "state" = 'due' WHERE "namespace" = ? AND "shard" = ? AND "state" = 'waiting' AND "dueAtMs" <= ?`).run(this.namespace, shard, nowMs);
    const rows = this.statements.get(`SELECT ${COLUMNS} FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'due' AND "kind" IN (${kinds.map(() => '?').join(', ')}) AND "dueAtMs" <= ?
      ORDER BY ${order === 'age' ? '"dirtySinceMs", "priority"' : '"priority", "dirtySinceMs"'}, "kind", "key" LIMIT ?`).all(this.namespace, shard, ...kinds, nowMs, limit) as unknown as WorkRow[];
    const lease = this.statements.get(`UPDATE "work" SET "state" = 'waiting', "dueAtMs" = ?1, "leaseUntilMs" = ?1, "worker" = ?2, "fence" = ?7,
      "markedSinceMs" = NULL, "markedNotBeforeMs" = NULL, "markedPriority" = NULL WHERE "namespace" = ?3 AND "kind" = ?4 AND "shard" = ?5 AND "key" = ?6`);
    return rows.map(({ kind, key, priority, revision, fence, attempts, dirtySinceMs, notBeforeMs, cause, leaseUntilMs }) => {
      const next = Math.max(fence + 1, nowMs);
      lease.run(nowMs + leaseMs, worker, this.namespace, kind, shard, key, next);
      return { kind, key, shard, priority, revision, fence: next, attempts, dirtySinceMs, notBeforeMs, cause, leaseUntilMs: nowMs + leaseMs, takenOver: leaseUntilMs !== null };
    });
  }

  /** Prolongs a held lease, also one that ran out and was found ripe but given to nobody. @returns Until when it is held; undefined where it is lost. */
  renew({ kind, shard, key, fence }: Settlement['claim'], leaseMs: number, nowMs: number): number | undefined {
    const row = this.statements.get(`UPDATE "work" SET "state" = 'waiting', "dueAtMs" = max("leaseUntilMs", ?1), "leaseUntilMs" = max("leaseUntilMs", ?1)
      WHERE "namespace" = ?2 AND "kind" = ?3 AND "shard" = ?4 AND "key" = ?5 AND "fence" = ?6 AND "leaseUntilMs" IS NOT NULL RETURNING "leaseUntilMs"`)
      .get(nowMs + leaseMs, this.namespace, kind, shard, key, fence) as unknown as Pick<WorkRow, 'leaseUntilMs'> | undefined;
    return row?.leaseUntilMs ?? undefined;
  }

  /** The row of a claim whose lease is still the one that was given. */
  held({ kind, shard, key, fence }: Settlement['claim']): HeldWork | undefined {
    return this.statements.get(`SELECT "priority", "attempts", "dirtySinceMs", "notBeforeMs", "settledRevision", "markedSinceMs", "markedNotBeforeMs", "markedPriority"
      FROM "work" WHERE ${BY_KEY} AND "fence" = ? AND "leaseUntilMs" IS NOT NULL`).get(this.namespace, kind, shard, key, fence) as unknown as HeldWork | undefined;
  }

  /** Ends a held claim. What was marked meanwhile stays to be done, from the moment that its marks named. */
  end(held: HeldWork, { claim, outcome }: Pick<Settlement, 'claim' | 'outcome'>, nowMs: number): void {
    const { state, dueAtMs, ...next } = ended(held, { claim, outcome });
    this.statements.get(`UPDATE "work" SET "leaseUntilMs" = NULL, "worker" = NULL, "markedSinceMs" = NULL, "markedNotBeforeMs" = NULL, "markedPriority" = NULL,
      "state" = ?, "dueAtMs" = ?, "notBeforeMs" = ?, "priority" = ?, "dirtySinceMs" = ?, "attempts" = ?, "reason" = ?, "settledRevision" = ? WHERE ${BY_KEY}`)
      .run(
        state === 'open' ? (dueAtMs <= nowMs ? 'due' : 'waiting') : state, dueAtMs, dueAtMs, next.priority, next.dirtySinceMs, next.attempts, next.reason, next.settledRevision,
        this.namespace, claim.kind, claim.shard, claim.key,
      );
  }

  /** Shard by shard from the indexes, so that work which waits for its moment costs nothing. */
  dirtyShards(limit: number, nowMs: number): readonly DirtyShard[] {
    return [...new Set([...this.shardsIn('due'), ...this.shardsIn('waiting')])]
      .map((shard) => this.dirtyShard(shard, nowMs))
      .sort((a, b) => a.nextDueMs - b.nextDueMs || Buffer.compare(Buffer.from(a.shard), Buffer.from(b.shard)))
      .slice(0, limit);
  }

  /** Kind by kind from the indexes; what waits and is not due yet costs nothing. */
  dueWork(shard: string, nowMs: number): DueWork {
    const kinds = new Set<WorkRow['kind']>();
    for (let last = ''; ;) {
      const row = this.statements.get(`SELECT "kind" FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'due' AND "kind" > ? AND "dueAtMs" <= ? ORDER BY "kind" LIMIT 1`).get(this.namespace, shard, last, nowMs) as unknown as Pick<WorkRow, 'kind'> | undefined;
      if (row === undefined) break;
      kinds.add(row.kind);
      last = row.kind;
    }
    const ripe = this.statements.get(`SELECT DISTINCT "kind" FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'waiting' AND "dueAtMs" <= ?`).all(this.namespace, shard, nowMs) as unknown as Pick<WorkRow, 'kind'>[];
    for (const { kind } of ripe) kinds.add(kind);
    const never = Number.POSITIVE_INFINITY;
    const due = this.statements.get(`SELECT min("dueAtMs") AS "due" FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'due'`).get(this.namespace, shard) as unknown as { due: number | null };
    const next = this.statements.get(`SELECT min("dueAtMs") AS "due" FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'waiting'`).get(this.namespace, shard) as unknown as { due: number | null };
    const nextDueMs = Math.min(due.due ?? never, next.due ?? never);
    return { kinds: [...kinds].sort(), nextDueMs: nextDueMs === never ? undefined : nextDueMs, nowMs };
  }

  /** Rows that are dirty or quarantined after one, at most a page of them; none are left where the page is not full. */
  page(after: WorkRow | undefined): { readonly rows: readonly WorkRow[]; readonly isLast: boolean } {
    const { kind, key, shard } = after ?? { kind: '', key: '', shard: '' };
    const rows = this.statements.get(`SELECT ${COLUMNS} FROM "work" WHERE "namespace" = ? AND "state" <> 'settled' AND ("kind", "key", "shard") > (?, ?, ?)
      ORDER BY "kind", "key", "shard" LIMIT ${String(SCAN_PAGE)}`).all(this.namespace, kind, key, shard) as unknown as WorkRow[];
    return { rows, isLast: rows.length < SCAN_PAGE };
  }

  /** Forgets settled work that nobody has claimed since a moment. @returns How much. */
  forget(untilMs: number, limit: number): number {
    return Number(this.statements.get(`DELETE FROM "work" WHERE ("namespace", "kind", "shard", "key") IN (SELECT "namespace", "kind", "shard", "key" FROM "work" INDEXED BY "work_settled"
      WHERE "namespace" = ? AND "state" = 'settled' AND "fence" <= ? ORDER BY "fence", "kind", "shard", "key" LIMIT ?)`).run(this.namespace, untilMs, limit).changes);
  }

  private *shardsIn(state: 'due' | 'waiting'): Iterable<string> {
    let last: string | undefined;
    for (;;) {
      const row = this.statements.get(`SELECT "shard" FROM "work" WHERE "namespace" = ? AND "state" = '${state}'${last === undefined ? '' : ' AND "shard" > ?'} ORDER BY "shard" LIMIT 1`)
        .get(this.namespace, ...(last === undefined ? [] : [last]));
      if (row === undefined) return;
      last = String(row['shard']);
      yield last;
    }
  }

  private dirtyShard(shard: string, nowMs: number): DirtyShard {
    const due = this.statements.get(`SELECT min("dirtySinceMs") AS "since", min("dueAtMs") AS "due" FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'due'`)
      .get(this.namespace, shard) as unknown as { since: number | null; due: number | null };
    const next = this.statements.get(`SELECT "dirtySinceMs" AS "since", "dueAtMs" AS "due" FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'waiting' ORDER BY "dueAtMs", "dirtySinceMs" LIMIT 1`)
      .get(this.namespace, shard) as unknown as { since: number; due: number } | undefined;
    const overdue = this.statements.get(`SELECT min("dirtySinceMs") AS "since" FROM "work" WHERE "namespace" = ? AND "shard" = ? AND "state" = 'waiting' AND "dueAtMs" <= ?`)
      .get(this.namespace, shard, nowMs) as unknown as { since: number | null };
    const never = Number.POSITIVE_INFINITY;
    const since = Math.min(due.since ?? never, overdue.since ?? never);
    return { shard, oldestDirtySinceMs: since === never ? (next?.since ?? nowMs) : since, nextDueMs: Math.min(due.due ?? never, next?.due ?? never) };
  }
}

function ended(held: HeldWork, { claim, outcome }: { claim: Settlement['claim']; outcome: SettleOutcome }): {
  readonly state: 'open' | 'settled' | 'quarantined';
  readonly dueAtMs: number;
  readonly priority: number;
  readonly dirtySinceMs: number;
  readonly attempts: number;
  readonly reason: string | null;
  readonly settledRevision: number;
} {
  const { priority, dirtySinceMs, attempts, settledRevision, notBeforeMs, markedSinceMs, markedNotBeforeMs, markedPriority } = held;
  const isMarked = markedSinceMs !== null;
  const markedMs = markedNotBeforeMs ?? Number.POSITIVE_INFINITY;
  if (outcome.status === 'done') {
    return {
      state: isMarked ? 'open' : 'settled', dueAtMs: markedNotBeforeMs ?? notBeforeMs, priority: markedPriority ?? priority, dirtySinceMs: markedSinceMs ?? dirtySinceMs,
      attempts: 0, reason: null, settledRevision: claim.revision,
    };
  }
  const same = { priority, dirtySinceMs, settledRevision, reason: storable(outcome.reason) };
  if (outcome.status === 'quarantine') return { ...same, attempts, state: isMarked ? 'open' : 'quarantined', dueAtMs: markedNotBeforeMs ?? notBeforeMs };
  return { ...same, attempts: outcome.status === 'retry' ? attempts + 1 : attempts, state: 'open', dueAtMs: Math.min(outcome.atMs, markedMs) };
}
