import { StockwrightError } from '@stockwright/core';
import {
  checkChange, checkForget, checkLocks, checkMoment, checkSettlement, forwardClock, refuseHostTransaction, storeMisuse, tableDefinition, TABLES, type BudgetPolicy, type ChangeSet, type Claim, type ClaimRequest, type CommitOptions,
  type CommitResult, type Decision, type DecisionRequest, type DirtyShard, type DueWork, type Expectation, type FeedPage, type ForgetRequest, type Look, type Mark, type Query, type Row, type RowWrite, type Settlement, type SettleResult, type Store, type TableName, type WorkRow,
} from '@stockwright/engine/ports';
import { MemoryBudgets } from './memory-budgets.ts';
import { MemoryFeed } from './memory-feed.ts';
import { MemoryTable } from './memory-table.ts';
import { MemoryWork } from './memory-work.ts';

/** What a memory store is made from. @public */
export interface MemoryStoreOptions {
  /** The store's clock; the system's where absent. Where it is set back, the store goes on from where it was, at half the speed until the clock has caught up. */
  readonly clock?: { now(): number };
}

/**
 * The reference store: everything in this process, gone with it. Written to be read; other stores are held against it.
 *
 * @example
 * ```ts
 * const store = createMemoryStore();
 * ```
 * @public
 */
export function createMemoryStore({ clock = Date }: MemoryStoreOptions = {}): Store {
  return new MemoryStore(clock);
}

/** Each method runs to its end without letting another in: first what may be refused, then what changes. */
class MemoryStore implements Store {
  readonly capabilities = { multiProcess: false, durable: false, joinsHostTransaction: false } as const;
  private readonly tables = new Map<TableName, MemoryTable>((Object.keys(TABLES) as TableName[]).map((table) => [table, new MemoryTable(table)]));
  private readonly work = new MemoryWork();
  private readonly budgets = new MemoryBudgets();
  private readonly feeds = new MemoryFeed();
  private readonly commits = new Set<string>();
  private readonly clock: { now(): number };
  private readonly name: string;
  private closed = false;

  constructor(clock: { now(): number }) {
    this.clock = forwardClock(clock);
    // One that begins later begins another history, however the host of a follower lives on.
    this.name = `memory-${String(clock.now())}`;
  }

  async migrate(): Promise<void> {
    this.nowMs();
  }

  async now(): Promise<number> {
    return this.nowMs();
  }

  async load(queries: readonly Query[], options?: CommitOptions): Promise<readonly (readonly Row[])[]> {
    refuseHostTransaction(options);
    this.nowMs();
    return queries.map(({ table, where }) => this.table(table).find(where));
  }

  async look(queries: readonly Query[], options?: CommitOptions): Promise<Look> {
    return { rows: await this.load(queries, options), nowMs: this.nowMs() };
  }

  async commit(change: ChangeSet, options?: CommitOptions): Promise<CommitResult> {
    refuseHostTransaction(options);
    return this.change(change, this.nowMs());
  }

  /** Nothing else runs between its reads and its writes, so the locks need no doing. */
  async decide<Answer>({ commitId, lock, read, plan }: DecisionRequest<Answer>, options?: CommitOptions): Promise<Decision<Answer>> {
    refuseHostTransaction(options);
    const nowMs = this.nowMs();
    checkLocks(lock);
    if (this.commits.has(commitId)) return { status: 'already' };
    const { answer, expect = [], write = [], marks = [], tell = [] } = plan(read.map(({ table, where }) => this.table(table).find(where)), nowMs);
    const result = this.change({ commitId, expect, write, marks, tell }, nowMs);
    return result.status === 'committed' ? { status: 'committed', answer } : result;
  }

  async epoch(): Promise<string> {
    this.nowMs();
    return this.name;
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    return this.work.claim(request, this.nowMs());
  }

  async renew(claims: readonly Settlement['claim'][], leaseMs: number): Promise<readonly (number | undefined)[]> {
    const nowMs = this.nowMs();
    return claims.map((claim) => this.work.renew(claim, leaseMs, nowMs));
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    const nowMs = this.nowMs();
    settlements.forEach(checkSettlement);
    return settlements.map(({ claim, outcome, expect = [], write = [], marks = [], tell = [] }) => {
      if (!this.work.isHeld(claim)) return 'leaseLost';
      if (!expect.every((expectation) => this.holds(expectation))) return 'conflict';
      this.apply(write);
      this.work.end(claim, outcome);
      this.mark(marks, nowMs);
      this.feeds.tell(tell);
      return 'settled';
    });
  }

  async dirtyShards(limit: number): Promise<readonly DirtyShard[]> {
    return this.work.dirtyShards(limit, this.nowMs());
  }

  async dueWork(shard: string): Promise<DueWork> {
    return this.work.dueWork(shard, this.nowMs());
  }

  async takeBudget(bucket: string, cost: number, policy: BudgetPolicy): ReturnType<Store['takeBudget']> {
    return this.budgets.take(bucket, cost, { policy, nowMs: this.nowMs() });
  }

  async pauseBucket(bucket: string, untilMs: number, reason: string): Promise<void> {
    this.nowMs();
    checkMoment(untilMs, `the pause of bucket ${bucket}`);
    this.budgets.pause(bucket, untilMs, reason);
  }

  /** Rows that were there at the start and still are, as they are by then. */
  async *scan({ table, where }: Query): AsyncIterable<Row> {
    this.nowMs();
    for (const row of this.table(table).find(where)) {
      const current = this.table(table).get(row);
      if (current !== undefined && Object.keys(where).every((column) => current[column] === row[column])) yield current;
    }
  }

  async *scanWork(): AsyncIterable<WorkRow> {
    this.nowMs();
    yield* this.work.unsettled();
  }

  async forget(request: ForgetRequest): Promise<number> {
    const untilMs = this.nowMs() - request.overForMs;
    checkForget(request);
    if (request.table === 'work') return this.work.forget(untilMs, request.limit);
    if (request.table === 'change') return this.feeds.forget(untilMs, request.limit);
    return this.forgetRows({ ...request, table: request.table }, untilMs);
  }

  async feed(after: string | undefined, limit: number): Promise<FeedPage> {
    this.nowMs();
    return this.feeds.page(after, limit);
  }

  private forgetRows(request: { readonly table: TableName; readonly limit: number }, untilMs: number): number {
    const table = this.table(request.table);
    const { parts } = tableDefinition(request.table);
    const old = table.overSince(untilMs, request.limit);
    for (const key of old) {
      if (parts !== undefined) {
        const of = this.table(parts.table as TableName);
        for (const part of of.find({ [parts.by]: key[parts.by] ?? null })) of.remove(part);
      }
      table.remove(key);
    }
    return old.length;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private change(change: ChangeSet, nowMs: number): CommitResult {
    checkChange(change);
    if (this.commits.has(change.commitId)) return { status: 'already' };
    if (change.epoch !== undefined && change.epoch !== this.name) return { status: 'conflict', failed: [] };
    if (change.builtOn?.every((id) => this.commits.has(id)) === false) return { status: 'conflict', failed: [] };
    const failed = change.expect.filter((expectation) => !this.holds(expectation));
    if (failed.length > 0) return { status: 'conflict', failed };
    const found = change.absent?.filter(({ table, where }) => this.table(table).find(where).length > 0) ?? [];
    if (found.length > 0) return { status: 'conflict', failed, found };
    this.apply(change.write);
    this.mark(change.marks, nowMs);
    this.feeds.tell(change.tell ?? []);
    this.commits.add(change.commitId);
    return { status: 'committed' };
  }

  private table(name: TableName): MemoryTable {
    const table = this.tables.get(name);
    if (table === undefined) throw storeMisuse(`there is no table ${String(name)}`);
    return table;
  }

  private holds({ table, key, version }: Expectation): boolean {
    const row = this.table(table).get(key);
    return version === 0 ? row === undefined : row?.['version'] === version;
  }

  private apply(writes: readonly RowWrite[]): void {
    for (const write of writes) {
      if ('remove' in write) this.table(write.table).remove(write.key);
      else this.table(write.table).set(write.key, write.set);
    }
  }

  private mark(marks: readonly Mark[], nowMs: number): void {
    for (const mark of marks) this.work.mark(mark, nowMs);
  }

  private nowMs(): number {
    if (this.closed) throw new StockwrightError('The memory store was closed.', { code: 'STORE_UNAVAILABLE' });
    return this.clock.now();
  }
}
