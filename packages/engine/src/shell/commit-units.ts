import { isStockwrightError, StockwrightError } from '@stockwright/core';
import { planBatch, type BatchPlan, type Unit } from '../brain/batch.ts';
import { foresee } from '../brain/foresee.ts';
import { Readings } from '../brain/readings.ts';
import type { ChangeSet, CommitOptions, CommitResult, Decision, Mark, RowKey } from '../ports/index.ts';
import type { KeptSkus, Memory } from './kept-skus.ts';
import { commitSafely, messageOf, UNKNOWN_COMMIT_TRIES, wakeFor, type Call, type Runtime } from './runtime.ts';

/** How often a commit goes by versions before it is decided inside the store's lock. */
const VERSION_TRIES = 3;
/** How often a commit that lost a race is planned anew, in all. */
const CONFLICT_TRIES = 50;
/** How often a plan may come to need more rows than it had. */
const READS_MAX = 20;

export interface Committing {
  readonly calls: readonly Call[];
  readonly kept: KeptSkus;
  readonly onPlanned: (plan: BatchPlan) => void;
}

/** Commits units as one: on what this process remembers where it does, then by the versions that it reads, and at last inside the store's lock. @throws `VERSION_CONFLICT` */
export async function commitUnits(runtime: Runtime, units: readonly Unit[], { calls, kept, onPlanned }: Committing): Promise<BatchPlan> {
  const commitId = runtime.random.uuid();
  const done = (id: string, plan: BatchPlan): BatchPlan => {
    kept.keep(id, plan.left, runtime.clock.now());
    kept.note(plan.orders);
    return finished(runtime, plan);
  };
  let locks: readonly RowKey[] = [];
  for (let tried = 0; tried < CONFLICT_TRIES; tried += 1) {
    const id = `${commitId}.${String(tried)}`;
    const reads = new Readings();
    const { history } = runtime.pulse;
    const memory = tried === 0 ? kept.memory(runtime.clock.now()) : undefined;
    let wasHeard = false;
    const hear = (nowMs: number): void => {
      wasHeard = true;
      kept.hear(nowMs, runtime.clock.now());
    };
    const plan = await planned(runtime, units, { reads, calls, memory, hear });
    // Only a commit finds out whether what is remembered or supposed is true; where there would be none, it is read. The moment is remembered as well.
    const isRemembered = plan.builtOn.length + plan.absent.length > 0 || !wasHeard;
    if (isRemembered && (isEmpty(plan) || plan.outcomes.some(({ status }) => status === 'failed'))) continue;
    if (isEmpty(plan)) {
      kept.note(plan.orders);
      return plan;
    }
    onPlanned(plan);
    locks = lockedBy(plan, locks);
    if (tried < VERSION_TRIES) {
      const result = await commitSafely(runtime, { commitId: id, ...changeOf(plan, history) });
      if (result.status !== 'conflict') return done(id, plan);
      await learn(runtime, { plan, result, kept });
      continue;
    }
    const decided = await decideUnits(runtime, units, { commitId: id, locks, reads, calls });
    if (decided !== undefined) return done(id, decided);
  }
  throw new StockwrightError(`A commit lost ${String(CONFLICT_TRIES)} races in a row; something else writes the same skus without end.`, { code: 'VERSION_CONFLICT' });
}

/** What a conflict says about what the plan went by. */
async function learn({ pulse, store }: Runtime, { plan, result, kept }: { readonly plan: BatchPlan; readonly result: CommitResult & { readonly status: 'conflict' }; readonly kept: KeptSkus }): Promise<void> {
  // What was supposed and not so says nothing against what is remembered.
  if (result.found !== undefined) return;
  const isNoRow = result.failed.length === 0;
  if (plan.builtOn.length > 0 || isNoRow) kept.forget(result.failed);
  // It may have been the history, before the sweep notices.
  if (isNoRow) pulse.history = await store.epoch();
}

/** Commits units inside the host's own transaction. The sweep finds what follows, once the host has committed. */
export async function commitInside(runtime: Runtime, units: readonly Unit[], options: CommitOptions): Promise<BatchPlan> {
  const commitId = runtime.random.uuid();
  const reads = new Readings();
  let locks = lockedBy(await planned(runtime, units, { reads, options }), []);
  for (let tried = 1; tried <= VERSION_TRIES; tried += 1) {
    const decided = await decideOnce(runtime, units, { commitId: `${commitId}.${String(tried)}`, locks, reads, options });
    if (decided.plan !== undefined && decided.status !== 'conflict') return decided.plan;
    if (decided.plan !== undefined) locks = lockedBy(decided.plan, locks);
  }
  throw new StockwrightError(`A commit inside the host's transaction lost ${String(VERSION_TRIES)} races; roll the transaction back and begin it again.`, { code: 'VERSION_CONFLICT' });
}

/** Reads and plans until nothing is missing. */
async function planned({ store, settings, clock }: Runtime, units: readonly Unit[], { reads, calls, options, memory, hear = () => undefined }: Planning): Promise<BatchPlan> {
  const kept = memory?.kept;
  // What must be read is foreseen, or found out by a plan, for which the host's moment will do; that of the store then comes with the rows.
  if (!foresee(units, { settings, reads, remembered: memory })) planBatch(units, { settings, reads, nowMs: clock.now(), kept });
  let nowMs = memory?.nowMs;
  if (nowMs === undefined || !reads.isComplete) {
    ({ nowMs } = await reads.complete((queries) => store.look(queries, options)));
    hear(nowMs);
  }
  for (let round = 0; round < READS_MAX; round += 1) {
    const plan = planBatch(units, { settings, reads, nowMs, calls, kept });
    if (reads.isComplete) return plan;
    await reads.complete(async (queries) => ({ rows: await store.load(queries, options) }));
  }
  throw new StockwrightError(`A commit came to need more rows ${String(READS_MAX)} times in a row.`, { code: 'INVARIANT_VIOLATED' });
}

interface Planning {
  readonly reads: Readings;
  readonly calls?: readonly Call[];
  readonly options?: CommitOptions;
  /** What may stand in for what would be read. */
  readonly memory?: Memory | undefined;
  /** Told the store's moment. */
  readonly hear?: (nowMs: number) => void;
}

interface Deciding {
  /** What the last call of the plan worked out: that of the decision whose answer was lost, too. */
  last?: BatchPlan;
  readonly commitId: string;
  readonly locks: readonly RowKey[];
  readonly reads: Readings;
  readonly calls?: readonly Call[];
  readonly options?: CommitOptions | undefined;
}

async function decideUnits(runtime: Runtime, units: readonly Unit[], deciding: Deciding): Promise<BatchPlan | undefined> {
  for (let tried = 1; ; tried += 1) {
    try {
      const { status, plan } = await decideOnce(runtime, units, deciding);
      return status === 'conflict' ? undefined : plan;
    } catch (error) {
      if (tried >= UNKNOWN_COMMIT_TRIES || isMisuse(error)) throw error;
      runtime.logger.warn({ commitId: deciding.commitId, tried, error: messageOf(error) }, 'decision without an answer, asked again');
    }
  }
}

/** A plan that came to need rows which nobody read under the lock. */
class NeedsMore extends Error {}

async function decideOnce({ store, settings }: Runtime, units: readonly Unit[], deciding: Deciding): Promise<{ readonly status: Decision<unknown>['status'] | 'needsMore'; readonly plan: BatchPlan | undefined }> {
  const { commitId, locks, reads, calls, options } = deciding;
  const { queries } = reads;
  try {
    const decided = await store.decide({
      commitId, lock: locks, read: queries,
      plan: (rows, nowMs) => {
        reads.renew(rows);
        const plan = planBatch(units, { settings, reads, nowMs, calls });
        deciding.last = plan;
        if (!reads.isComplete) throw new NeedsMore();
        return { ...changeOf(plan), answer: undefined };
      },
    }, options);
    return { status: decided.status, plan: deciding.last };
  } catch (error) {
    if (!(error instanceof NeedsMore)) throw error;
    await reads.complete(async (missing) => ({ rows: await store.load(missing, options) }));
    return { status: 'needsMore', plan: undefined };
  }
}

function changeOf({ expect, write, marks, builtOn, absent }: BatchPlan, epoch?: string): Omit<ChangeSet, 'commitId'> {
  return { expect, write, marks, ...(builtOn.length === 0 ? {} : { builtOn }), ...(absent.length === 0 ? {} : { absent }), ...(epoch === undefined ? {} : { epoch }) };
}

function isEmpty({ write, marks }: BatchPlan): boolean {
  return write.length === 0 && marks.length === 0;
}

function lockedBy({ expect }: BatchPlan, more: readonly RowKey[]): readonly RowKey[] {
  const locks = new Map<string, RowKey>();
  for (const { table, key } of [...more, ...expect]) locks.set(`${table} ${Object.values(key).join('\u001f')}`, { table, key });
  return [...locks.values()];
}

function finished(runtime: Runtime, plan: BatchPlan): BatchPlan {
  wakeFor(runtime, plan.marks as readonly Mark[]);
  return plan;
}

function isMisuse(error: unknown): boolean {
  return isStockwrightError(error) && error.code === 'INVARIANT_VIOLATED';
}
