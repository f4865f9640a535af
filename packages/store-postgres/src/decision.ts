import { checkChange, type ChangeSet, type Decision, type DecisionPlan, type DecisionRequest, type Expectation, type Row, type RowKey } from '@stockwright/engine/ports';
import { failedOf, keysOf, pack, packLocks, sortOf, type Part } from './change.ts';
import type { PostgresQueryable } from './database.ts';
import type { Reads } from './reads.ts';

/** How a decision reaches the database. */
export interface DecisionMeans {
  readonly namespace: string;
  readonly reads: Reads;
  /** Calls a routine; the moment is put behind the values. */
  readonly call: <Value>(run: PostgresQueryable, routine: string, values: readonly unknown[]) => Promise<Value>;
  readonly remove: (run: PostgresQueryable, parts: readonly Part[]) => Promise<void>;
  /** The transaction is the host's and goes on whatever becomes of the decision, so that nothing may be left of one that failed. */
  readonly isHosts: boolean;
}

/** What a plan threw, so that it is not taken for an error of the database on its way to the caller. */
export class PlanFailure {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

interface Begun {
  readonly already?: true;
  /** Places in `lock` of rows that were not there; an empty row keeps others out. */
  readonly placed?: readonly number[] | null;
  readonly nowMs: number;
}

type Ended = { readonly status: 'committed' } | { readonly status: 'already' } | { readonly status: 'lost' };
type Answered = Ended | { readonly status: 'conflict'; readonly kept: readonly number[]; readonly there: readonly number[] };
type Finished = Ended | { readonly status: 'conflict'; readonly failed: readonly Expectation[] };

/** `lost`: somebody else made a row first that was not locked. Nothing is left, and the decision may be made again. */
type Attempt<Answer> = Decision<Answer> | { readonly status: 'lost' };

/** Locks, reads, decides and writes, within a transaction that is open already. */
export async function decideInside<Answer>(run: PostgresQueryable, request: DecisionRequest<Answer>, means: DecisionMeans): Promise<Attempt<Answer>> {
  const { commitId, lock, read, plan } = request;
  const begun = await means.call<Begun>(run, 'begin_decision', [means.namespace, commitId, JSON.stringify(packLocks(lock))]);
  const placed = (begun.placed ?? []).flatMap((place) => lock[place] ?? []);
  const undo = async (): Promise<void> => {
    if (placed.length > 0) await means.remove(run, keysOf(packLocks(placed)));
  };
  if (begun.already === true) {
    await undo();
    return { status: 'already' };
  }
  const ghosts = new Ghosts(placed);
  const rows = await means.reads.load(run, read);
  let planned: DecisionPlan<Answer>;
  try {
    planned = plan(rows.map((found, index) => ghosts.withoutThem(read[index]?.table, found)), begun.nowMs);
    checkChange(planned);
  } catch (error) {
    if (means.isHosts) await undo();
    throw new PlanFailure(error);
  }
  const { answer, expect = [], write = [], marks = [], tell = [] } = planned;
  const result = await finish(run, { commitId, expect, write, marks, tell }, { ghosts, means });
  if (result.status === 'committed') return { status: 'committed', answer };
  await undo();
  return result;
}

/** Writes what was decided, empty rows that are not to stay removed. */
async function finish(run: PostgresQueryable, change: ChangeSet, { ghosts, means }: { ghosts: Ghosts; means: DecisionMeans }): Promise<Finished> {
  const { commitId, expect, write, marks, tell = [] } = change;
  // An empty row of ours is one that is not there: nothing but its absence can be expected of it, and that holds.
  const isKept = ({ table, key, version }: Expectation): boolean => version === 0 && ghosts.has(table, key);
  const judged = expect.filter((expectation) => !isKept(expectation));
  const vanished = judged.filter(({ table, key }) => ghosts.has(table, key));
  const packed = pack({ expect: judged, write: [...ghosts.removals(write), ...write], marks, tell });
  const answer = await means.call<Answered>(run, means.isHosts ? 'commit_inside' : 'commit', [means.namespace, commitId, JSON.stringify(packed)]);
  if (answer.status !== 'conflict') return answer;
  const failed = new Set([...failedOf(judged, answer), ...vanished]);
  return { status: 'conflict', failed: expect.filter((expectation) => failed.has(expectation)) };
}

/** The empty rows of a decision, which only it can see. */
class Ghosts {
  private readonly placed: readonly RowKey[];
  private readonly ids: ReadonlySet<string>;

  constructor(placed: readonly RowKey[]) {
    this.placed = placed;
    this.ids = new Set(placed.map(({ table, key }) => idOf(table, key)));
  }

  has(table: RowKey['table'], key: RowKey['key']): boolean {
    return this.ids.has(idOf(table, key));
  }

  withoutThem(table: RowKey['table'] | undefined, rows: readonly Row[]): readonly Row[] {
    return table === undefined || this.ids.size === 0 ? rows : rows.filter((row) => !this.has(table, row));
  }

  /** Removals of those that are not written. */
  removals(write: ChangeSet['write']): ChangeSet['write'] {
    const written = new Set(write.map(({ table, key }) => idOf(table, key)));
    return this.placed.filter(({ table, key }) => !written.has(idOf(table, key))).map(({ table, key }) => ({ table, key, remove: true as const }));
  }
}

function idOf(table: RowKey['table'], key: RowKey['key']): string {
  return `${table} ${sortOf(table, key)}`;
}

