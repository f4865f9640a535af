import type { Claim, ClaimRequest, DirtyShard, DueWork, Mark, SettleOutcome, Settlement, WorkRow } from '@stockwright/engine/ports';
import { storable } from '@stockwright/engine/ports';
import { compareText } from './compare.ts';
import { MemoryAges, type KeyCells } from './memory-ages.ts';

/** What marks asked for since the claim: what is left to do once the claimed revision is done. */
interface MarkedSince {
  readonly sinceMs: number;
  readonly notBeforeMs: number;
  readonly priority: number;
}

type Work = { -readonly [Column in keyof WorkRow]: WorkRow[Column] } & { markedSince: MarkedSince | undefined };

/** Work rows. Callers provide the moment. */
export class MemoryWork {
  private readonly rows = new Map<string, Work>();
  /** Of each shard the work that is dirty, so that what is settled costs nothing to pass over. */
  private readonly dirty = new Map<string, Set<Work>>();
  /** What is settled, by its fence: none is below the moment of its claim. */
  private readonly settled = new MemoryAges();

  /** A mark on waiting work keeps the earlier moment and the more urgent priority; on any other it begins anew. */
  mark({ kind, key, shard, priority, notBeforeMs, cause: why }: Mark, nowMs: number): void {
    const id = idOf({ kind, shard, key });
    const cause = storable(why);
    const known = this.rows.get(id);
    if (known === undefined) {
      const work: Work = {
        kind, key, shard, priority, notBeforeMs, cause, revision: 1, settledRevision: 0, fence: 0, attempts: 0, dirtySinceMs: nowMs,
        leaseUntilMs: null, worker: null, state: 'ready', reason: null, markedSince: undefined,
      };
      this.rows.set(id, work);
      this.file(work);
      return;
    }
    const waits = isDirty(known);
    if (isSettled(known)) {
      this.settled.remove(known.fence, keyOf(known));
      known.dirtySinceMs = nowMs;
    }
    known.notBeforeMs = waits ? Math.min(known.notBeforeMs, notBeforeMs) : notBeforeMs;
    known.priority = waits ? Math.min(known.priority, priority) : priority;
    known.revision += 1;
    known.attempts = 0;
    known.cause = cause;
    known.state = 'ready';
    known.reason = null;
    this.file(known);
    if (known.leaseUntilMs === null) return;
    const before = known.markedSince ?? { sinceMs: nowMs, notBeforeMs, priority };
    known.markedSince = { ...before, notBeforeMs: Math.min(before.notBeforeMs, notBeforeMs), priority: Math.min(before.priority, priority) };
  }

  claim({ shard, kinds, limit, leaseMs, worker, order = 'urgency' }: ClaimRequest, nowMs: number): readonly Claim[] {
    const found: Work[] = [];
    for (const work of this.dirty.get(shard) ?? []) if (kinds.includes(work.kind) && dueMs(work) <= nowMs) found.push(work);
    if (found.length === 0) return [];
    const due = found
      .sort((a, b) => (order === 'age' ? a.dirtySinceMs - b.dirtySinceMs : 0) || a.priority - b.priority || a.dirtySinceMs - b.dirtySinceMs || compareText(a.kind, b.kind) || compareText(a.key, b.key))
      .slice(0, limit);
    return due.map((work) => {
      const takenOver = work.leaseUntilMs !== null;
      work.leaseUntilMs = nowMs + leaseMs;
      work.worker = worker;
      work.fence = Math.max(work.fence + 1, nowMs);
      work.markedSince = undefined;
      const { kind, key, priority, revision, fence, attempts, dirtySinceMs, notBeforeMs, cause } = work;
      return { kind, key, shard, priority, revision, fence, attempts, dirtySinceMs, notBeforeMs, cause, leaseUntilMs: nowMs + leaseMs, takenOver };
    });
  }

  /** Whether the claim's lease is still the one that was given; nobody else's may have been given since. */
  isHeld(claim: Settlement['claim']): boolean {
    const work = this.rows.get(idOf(claim));
    return work !== undefined && work.fence === claim.fence && work.leaseUntilMs !== null;
  }

  /** Prolongs a held lease. @returns Until when it is held; undefined where it is lost. */
  renew(claim: Settlement['claim'], leaseMs: number, nowMs: number): number | undefined {
    const work = this.rows.get(idOf(claim));
    if (work === undefined || !this.isHeld(claim)) return undefined;
    const untilMs = Math.max(work.leaseUntilMs ?? 0, nowMs + leaseMs);
    work.leaseUntilMs = untilMs;
    return untilMs;
  }

  /** Ends a held claim. What was marked meanwhile stays to be done, from the moment that its marks named. */
  end(claim: Settlement['claim'], outcome: SettleOutcome): void {
    const work = this.rows.get(idOf(claim));
    if (work === undefined) return;
    this.settle(work, claim.revision, outcome);
    if (isSettled(work)) this.settled.add(work.fence, keyOf(work));
    this.file(work);
  }

  /** Forgets settled work that nobody has claimed since a moment. @returns How much. */
  forget(untilMs: number, limit: number): number {
    const old = this.settled.until(untilMs, limit);
    for (const [kind, shard, key] of old) {
      const id = idOf({ kind: String(kind), shard: String(shard), key: String(key) });
      const work = this.rows.get(id);
      if (work !== undefined) this.settled.remove(work.fence, keyOf(work));
      this.rows.delete(id);
    }
    return old.length;
  }

  private settle(work: Work, revision: number, outcome: SettleOutcome): void {
    const { markedSince } = work;
    Object.assign(work, { leaseUntilMs: null, worker: null, markedSince: undefined });
    if (outcome.status === 'done') {
      Object.assign(work, { settledRevision: revision, attempts: 0, reason: null });
      Object.assign(work, markedSince === undefined ? {} : { dirtySinceMs: markedSince.sinceMs, notBeforeMs: markedSince.notBeforeMs, priority: markedSince.priority });
      return;
    }
    work.reason = storable(outcome.reason);
    if (outcome.status === 'quarantine') {
      if (markedSince === undefined) work.state = 'quarantined';
      else work.notBeforeMs = markedSince.notBeforeMs;
      return;
    }
    if (outcome.status === 'retry') work.attempts += 1;
    work.notBeforeMs = Math.min(outcome.atMs, markedSince?.notBeforeMs ?? outcome.atMs);
  }

  dirtyShards(limit: number, nowMs: number): readonly DirtyShard[] {
    return [...this.dirty]
      .map(([shard, dirty]) => {
        let nextDueMs = Number.POSITIVE_INFINITY;
        for (const work of dirty) nextDueMs = Math.min(nextDueMs, dueMs(work));
        let oldestDirtySinceMs = Number.POSITIVE_INFINITY;
        for (const work of dirty) if (dueMs(work) <= Math.max(nowMs, nextDueMs)) oldestDirtySinceMs = Math.min(oldestDirtySinceMs, work.dirtySinceMs);
        return { shard, oldestDirtySinceMs, nextDueMs };
      })
      .sort((a, b) => a.nextDueMs - b.nextDueMs || compareText(a.shard, b.shard))
      .slice(0, limit);
  }

  dueWork(shard: string, nowMs: number): DueWork {
    let nextDueMs: number | undefined;
    const kinds = new Set<Work['kind']>();
    for (const work of this.dirty.get(shard) ?? []) {
      const due = dueMs(work);
      if (due <= nowMs) kinds.add(work.kind);
      if (nextDueMs === undefined || due < nextDueMs) nextDueMs = due;
    }
    return { kinds: [...kinds].sort(compareText), nextDueMs, nowMs };
  }

  /** Puts work where its state says it belongs. */
  private file(work: Work): void {
    const shard = this.dirty.get(work.shard);
    if (isDirty(work)) {
      if (shard === undefined) this.dirty.set(work.shard, new Set([work]));
      else shard.add(work);
      return;
    }
    shard?.delete(work);
    if (shard?.size === 0) this.dirty.delete(work.shard);
  }

  /** Rows that are dirty or quarantined, in the order of their keys. */
  unsettled(): readonly WorkRow[] {
    return [...this.rows.values()]
      .filter(({ revision, settledRevision }) => revision !== settledRevision)
      .sort((a, b) => compareText(a.kind, b.kind) || compareText(a.key, b.key) || compareText(a.shard, b.shard))
      .map(({ markedSince: _, ...row }) => row);
  }
}

function isSettled({ revision, settledRevision }: Work): boolean {
  return revision === settledRevision;
}

function keyOf({ kind, shard, key }: Work): KeyCells {
  return [kind, shard, key];
}

function isDirty({ revision, settledRevision, state }: Work): boolean {
  return revision !== settledRevision && state === 'ready';
}

/** From when on it can be claimed: not before its moment, nor while it is leased. */
function dueMs({ leaseUntilMs, notBeforeMs }: Work): number {
  return leaseUntilMs ?? notBeforeMs;
}

/** No kind, shard or key has a null character. */
function idOf({ kind, shard, key }: { readonly kind: string; readonly shard: string; readonly key: string }): string {
  return `${kind}\0${shard}\0${key}`;
}
