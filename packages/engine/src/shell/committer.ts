import { StockwrightError, type Sku } from '@stockwright/core';
import type { Unit, UnitOutcome } from '../brain/batch.ts';
import { commitUnits } from './commit-units.ts';
import { KeptSkus } from './kept-skus.ts';
import { isOfTheStore, type Call, type GroupCommit, type Outcome, type Runtime } from './runtime.ts';
import { Turn } from './turn.ts';

/** How many units one commit takes. */
const UNITS_PER_COMMIT = 100;
/** How many observations and lines one commit takes, unless a single unit has more. */
const WEIGHT_PER_COMMIT = 1_000;
/** The least that is worth a commit of its own beside another. */
const WEIGHT_PER_HALF = 100;
/** After so many commits in which no report had a place although some wait, one begins with them: buyers who come without end would keep them waiting for ever. */
const REPORTS_WAIT = 3;
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
