import { isStockwrightError, StockwrightError, type Sku } from '@stockwright/core';
import { planBatch, type BatchPlan, type Unit, type UnitOutcome } from '../brain/batch.ts';
import { foresee } from '../brain/foresee.ts';
import { Readings } from '../brain/readings.ts';
import type { ChangeSet, CommitOptions, Decision, Mark, RowKey } from '../ports/index.ts';
import { KeptSkus, type Memory } from './kept-skus.ts';
import { commitSafely, isOfTheStore, messageOf, UNKNOWN_COMMIT_TRIES, wakeFor, type Call, type GroupCommit, type Outcome, type Runtime } from './runtime.ts';
import { Turn } from './turn.ts';

/** How many units one commit takes. */
const UNITS_PER_COMMIT = 100;
/** How many observations and lines one commit takes, unless a single unit has more. */
const WEIGHT_PER_COMMIT = 1_000;
/** The least that is worth a commit of its own beside another. */
const WEIGHT_PER_HALF = 100;
/** After so many commits in which no report had a place although some wait, one begins with them: buyers who come without end would keep them waiting for ever. */
const REPORTS_WAIT = 3;
/** How often a commit goes by versions before it is decided inside the store's lock. */
const VERSION_TRIES = 3;
/** How often a commit that lost a race is planned anew, in all. */
const CONFLICT_TRIES = 50;
/** How often a plan may come to need more rows than it had. */
const READS_MAX = 20;

interface Waiting {
  readonly unit: Unit;
  readonly weight: number;
  readonly call: Call;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: whatever is asked for while a commit is under way goes into the next one, in the order in which it was
 * asked. Units of one sku so never race each other inside one process.
 */
export class Committer implements GroupCommit {
  private readonly runtime: Runtime;
  private readonly kept = new KeptSkus();
  /** What a buyer waits for goes before what systems report. */
  private readonly buyers: Waiting[] = [];
  private readonly reports: Waiting[] = [];
  /** How many commits in a row had no report, while some waited. */
  private passedOver = 0;
  /** What shared a commit that could not be made: each has one of its own. */
  private readonly alone: Waiting[] = [];
  private running: Promise<void> | undefined;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  submit(unit: Unit, call: Call = {}): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      // Weighed before it is queued: what cannot be weighed reaches its caller alone.
      const weight = weightOf(unit);
      (unit.kind === 'observations' ? this.reports : this.buyers).push({ unit, weight, call, resolve, reject });
      // What is asked for in the same breath goes into the same commit.
      this.running ??= Promise.resolve().then(() => this.run());
    });
  }

  async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  /** Never rejects: what stops a commit reaches those who wait for it. */
  private async run(): Promise<void> {
    try {
      const turn = new Turn(this.runtime.clock);
      while (this.alone.length + this.buyers.length + this.reports.length > 0) {
        if (turn.isOver) await turn.giveWay();
        await this.commitAll(this.next());
      }
    } finally {
      this.running = undefined;
    }
  }

  /** In two commits where that is quicker: the second is worked out while the store writes the first. */
  private async commitAll(batch: readonly Waiting[]): Promise<void> {
    const halves = this.runtime.store.capabilities.multiProcess ? halvesOf(batch) : undefined;
    if (halves === undefined) {
      await this.commit(batch);
      return;
    }
    const [first, second] = halves;
    let writing: Promise<void> | undefined;
    await new Promise<void>((resolve) => { writing = this.commit(first, resolve).then(resolve); });
    await Promise.all([writing, this.commit(second.filter(isTried))]);
  }

  /** @param onPlanned - Told before anything is written, once it is known which units are refused. */
  private async commit(batch: readonly Waiting[], onPlanned: () => void = () => undefined): Promise<void> {
    if (batch.length === 0) return;
    const refused = new Map<Call, Call['failed']>();
    const tryAgain = (): void => {
      for (const [call, failed] of refused) if (call.failed === failed) delete call.failed;
      refused.clear();
    };
    try {
      const plan = await commitUnits(this.runtime, batch.map(({ unit }) => unit), {
        calls: batch.map(({ call }) => call), kept: this.kept,
        onPlanned: ({ outcomes }) => {
          // A plan that is made anew, after a conflict, may refuse others.
          tryAgain();
          batch.forEach(({ call }, index) => {
            const outcome = outcomes[index];
            if (outcome?.status !== 'failed' || call.failed !== undefined) return;
            call.failed = { error: outcome.error };
            refused.set(call, call.failed);
          });
          onPlanned();
        },
      });
      batch.forEach((waiting, index) => { end(waiting, plan.outcomes[index]); });
    } catch (error) {
      if (batch.length > 1 && !isOfTheStore(error)) {
        // One of them cannot be stored as it is, or a row that it needs cannot be read; the others are not to suffer from it.
        tryAgain();
        this.alone.push(...batch);
        return;
      }
      for (const { call, reject } of batch) {
        call.failed = { error };
        reject(error);
      }
    }
  }

  private next(): readonly Waiting[] {
    const batch: Waiting[] = [];
    let weight = 0;
    const most = this.alone.length > 0 ? 1 : UNITS_PER_COMMIT;
    const inOrder = this.passedOver < REPORTS_WAIT ? [this.alone, this.buyers, this.reports] : [this.alone, this.reports, this.buyers];
    while (batch.length < most) {
      const queue = inOrder.find(({ length }) => length > 0) ?? this.reports;
      const [first] = queue;
      if (first === undefined || (batch.length > 0 && weight + first.weight > WEIGHT_PER_COMMIT)) break;
      queue.shift();
      if (!isTried(first)) continue;
      batch.push(first);
      weight += first.weight;
    }
    this.passedOver = this.reports.length === 0 || batch.some(({ unit }) => unit.kind === 'observations') ? 0 : this.passedOver + 1;
    return batch;
  }
}

/** Whether a unit is tried at all. One of a call of which another was refused is refused with it. */
function isTried({ call, reject }: Waiting): boolean {
  if (call.failed === undefined) return true;
  reject(call.failed.error);
  return false;
}

/** What two commits at once make of a batch, in its order; nothing where it is too little, or where both would be about one sku. */
function halvesOf(batch: readonly Waiting[]): readonly [readonly Waiting[], readonly Waiting[]] | undefined {
  const weight = batch.reduce((sum, each) => sum + each.weight, 0);
  if (batch.length < 2 || weight < 2 * WEIGHT_PER_HALF) return undefined;
  const first: Waiting[] = [];
  const skus = new Set<Sku>();
  let sofar = 0;
  for (const waiting of batch) {
    const counted = countedIn(waiting.unit);
    if (counted === undefined) return undefined;
    if (first.length === 0 || 2 * (sofar + waiting.weight) <= weight) {
      first.push(waiting);
      for (const sku of counted) skus.add(sku);
    } else if (counted.some((sku) => skus.has(sku))) return undefined;
    sofar += waiting.weight;
  }
  const second = batch.slice(first.length);
  return second.length === 0 ? undefined : [first, second];
}

/** The skus of a unit in which there is nothing but figures and deltas. */
function countedIn(unit: Unit): readonly Sku[] | undefined {
  if (unit.kind !== 'observations') return undefined;
  const skus = unit.observations.flatMap((observation) => (observation.kind === 'stock' || observation.kind === 'delta' ? [observation.sku] : []));
  return skus.length === unit.observations.length ? skus : undefined;
}

function isMisuse(error: unknown): boolean {
  return isStockwrightError(error) && error.code === 'INVARIANT_VIOLATED';
}

function end({ call, resolve, reject }: Waiting, outcome: UnitOutcome | undefined): void {
  if (outcome === undefined || outcome.status === 'failed') {
    const error = outcome?.error ?? new StockwrightError('A unit of a commit has no outcome.', { code: 'INVARIANT_VIOLATED' });
    call.failed = { error };
    reject(error);
  } else resolve(outcome);
}

function weightOf(unit: Unit): number {
  return unit.kind === 'observations' ? unit.observations.length : unit.kind === 'hold' ? unit.request.lines.length : 1;
}

interface Committing {
  readonly calls: readonly Call[];
  readonly kept: KeptSkus;
  readonly onPlanned: (plan: BatchPlan) => void;
}

/** Commits units as one: on what this process remembers where it does, then by the versions that it reads, and at last inside the store's lock. @throws `VERSION_CONFLICT` */
async function commitUnits(runtime: Runtime, units: readonly Unit[], { calls, kept, onPlanned }: Committing): Promise<BatchPlan> {
  const commitId = runtime.random.uuid();
  const done = (id: string, plan: BatchPlan): BatchPlan => {
    kept.keep(id, plan.left);
    return finished(runtime, plan);
  };
  let locks: readonly RowKey[] = [];
  for (let tried = 0; tried < CONFLICT_TRIES; tried += 1) {
    const id = `${commitId}.${String(tried)}`;
    const reads = new Readings();
    const memory = tried === 0 ? kept.memory(runtime.clock.now()) : undefined;
    const plan = await planned(runtime, units, { reads, calls, memory, hear: (nowMs) => { kept.hear(nowMs, runtime.clock.now()); } });
    // Only a commit finds out whether what is remembered is true; where there would be none, it is read.
    if (plan.builtOn.length > 0 && (isEmpty(plan) || plan.outcomes.some(({ status }) => status === 'failed'))) continue;
    if (isEmpty(plan)) return plan;
    onPlanned(plan);
    locks = lockedBy(plan, locks);
    if (tried < VERSION_TRIES) {
      const result = await commitSafely(runtime, { commitId: id, ...changeOf(plan) });
      if (result.status !== 'conflict') return done(id, plan);
      if (plan.builtOn.length > 0) kept.forget(result.failed);
      continue;
    }
    const decided = await decideUnits(runtime, units, { commitId: id, locks, reads, calls });
    if (decided !== undefined) return done(id, decided);
  }
  throw new StockwrightError(`A commit lost ${String(CONFLICT_TRIES)} races in a row; something else writes the same skus without end.`, { code: 'VERSION_CONFLICT' });
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
  if (!foresee(units, { settings, reads, kept })) planBatch(units, { settings, reads, nowMs: clock.now(), kept });
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

function changeOf({ expect, write, marks, builtOn }: BatchPlan): Omit<ChangeSet, 'commitId'> {
  return { expect, write, marks, ...(builtOn.length === 0 ? {} : { builtOn }) };
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
