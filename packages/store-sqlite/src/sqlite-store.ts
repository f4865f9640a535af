import type { DatabaseSync } from 'node:sqlite';
import { StockwrightError } from '@stockwright/core';
import {
  checkChange, checkForget, checkLocks, checkMoment, checkSettlement, forwardClock, refuseHostTransaction, storeMisuse, tableDefinition, type BudgetPolicy, type ChangeSet, type Claim, type ClaimRequest, type CommitOptions,
  type CommitResult, type Decision, type DecisionRequest, type DirtyShard, type DueWork, type Expectation, type FeedPage, type ForgetRequest, type ForwardClock, type Look, type Query, type Row, type RowKey, type Settlement, type SettleResult, type Store, type StoreCapabilities, type TableName, type WorkRow,
} from '@stockwright/engine/ports';
import { Budgets } from './budgets.ts';
import { CommitLog } from './commit-log.ts';
import { guarded } from './failures.ts';
import { Feed } from './feed.ts';
import { History } from './history.ts';
import { migrate, openForEngine, type Opened } from './open.ts';
import { Rows, Statements } from './rows.ts';
import { pages } from './sqlite-reader.ts';
import { transaction } from './transaction.ts';
import { Work } from './work.ts';

/** What a SQLite store is made from. @public */
export interface SqliteStoreOptions {
  /** The file, made where it is not there; or `:memory:`. Its folder must exist, on a disk of this machine. */
  readonly path: string;
  /**
   * The store's clock; the system's where absent. Where it is set back, and where it stands before what the file has seen,
   * the store goes on from where it was, at half the speed until the clock has caught up.
   */
  readonly clock?: { now(): number };
  /** Keeps several installations apart in one file; `main` where absent. */
  readonly namespace?: string;
  /** `full`: what was committed survives a power cut. `normal`: it survives the process. `full` where absent. */
  readonly durability?: 'full' | 'normal';
}

/**
 * The embedded store: one file, one engine. A second engine on the same file is refused; readers are welcome.
 *
 * @throws `STORE_UNAVAILABLE` where the file is in use, damaged, somebody else's, of a newer version, or out of reach. Nothing was written then.
 * @example
 * ```ts
 * const store = createSqliteStore({ path: 'stock.db' });
 * ```
 * @public
 */
export function createSqliteStore({ path, clock = Date, namespace = 'main', durability = 'full' }: SqliteStoreOptions): Store {
  return new SqliteStore({ path, clock, namespace, durability, opened: openForEngine(path) });
}

const NOT_AS_EXPECTED = new Error('a row was not as expected');

/** Tells the rows of a table apart. */
function rowId({ table, key }: RowKey): string {
  let id = '';
  for (const column of tableDefinition(table).key) id += `\0${String(key[column])}`;
  return id;
}

class SqliteStore implements Store {
  readonly capabilities: StoreCapabilities;
  private readonly database: DatabaseSync;
  private readonly opened: Opened;
  private readonly clock: ForwardClock;
  private readonly path: string;
  private readonly rows: Rows;
  private readonly work: Work;
  private readonly budgets: Budgets;
  private readonly commits: CommitLog;
  private readonly history: History;
  private readonly feeds: Feed;
  private migrated = false;
  private closed = false;

  constructor({ path, clock, namespace, durability, opened }: { path: string; clock: { now(): number }; namespace: string; durability: 'full' | 'normal'; opened: Opened }) {
    const statements = new Statements(opened.database);
    this.capabilities = { multiProcess: false, durable: path !== ':memory:', joinsHostTransaction: false };
    this.opened = opened;
    this.database = opened.database;
    this.path = path;
    this.clock = forwardClock(clock);
    this.rows = new Rows(statements, namespace);
    this.work = new Work(statements, namespace);
    this.budgets = new Budgets(statements);
    this.commits = new CommitLog(statements, namespace);
    this.feeds = new Feed(statements, namespace);
    this.history = new History(opened.database, durability);
  }

  async migrate(): Promise<void> {
    this.open();
    if (!this.migrated) {
      guarded(this.path, () => {
        migrate(this.database, this.path, this.clock.now());
        this.history.begin();
        this.clock.goOnFrom(this.commits.newestMs());
      });
    }
    this.migrated = true;
  }

  async now(): Promise<number> {
    this.open();
    return this.clock.now();
  }

  async load(queries: readonly Query[], options?: CommitOptions): Promise<readonly (readonly Row[])[]> {
    refuseHostTransaction(options);
    return this.read(() => queries.map((query) => this.rows.find(query)));
  }

  async look(queries: readonly Query[], options?: CommitOptions): Promise<Look> {
    refuseHostTransaction(options);
    return this.read((nowMs) => ({ rows: queries.map((query) => this.rows.find(query)), nowMs }));
  }

  async commit(change: ChangeSet, options?: CommitOptions): Promise<CommitResult> {
    refuseHostTransaction(options);
    checkChange(change);
    try {
      return this.change((nowMs) => this.applyHoping(change, nowMs));
    } catch (error) {
      if (error !== NOT_AS_EXPECTED) throw error;
      return this.change((nowMs) => this.apply(change, nowMs));
    }
  }

  /** A writing transaction keeps all others out from its beginning, so the locks need no doing. */
  async decide<Answer>({ commitId, lock, read, plan }: DecisionRequest<Answer>, options?: CommitOptions): Promise<Decision<Answer>> {
    refuseHostTransaction(options);
    checkLocks(lock);
    return this.change((nowMs): Decision<Answer> => {
      if (this.commits.has(commitId)) return { status: 'already' };
      const { answer, expect = [], write = [], marks = [], tell = [] } = plan(read.map((query) => this.rows.find(query)), nowMs);
      checkChange({ expect, write, marks, tell });
      const result = this.apply({ commitId, expect, write, marks, tell }, nowMs);
      return result.status === 'committed' ? { status: 'committed', answer } : result;
    });
  }

  async epoch(): Promise<string> {
    return this.read(() => this.history.name());
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    return this.change((nowMs) => this.work.claim(request, nowMs));
  }

  async renew(claims: readonly Settlement['claim'][], leaseMs: number): Promise<readonly (number | undefined)[]> {
    return this.change((nowMs) => claims.map((claim) => this.work.renew(claim, leaseMs, nowMs)));
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    settlements.forEach(checkSettlement);
    // One transaction for all of them is one flush to the disk; each was checked above, so none can stop the others.
    return this.change((nowMs) => settlements.map((settlement): SettleResult => {
      const held = this.work.held(settlement.claim);
      if (held === undefined) return 'leaseLost';
      if (!(settlement.expect ?? []).every((expectation) => this.rows.holds(expectation))) return 'conflict';
      for (const write of settlement.write ?? []) this.rows.write(write);
      this.work.end(held, settlement, nowMs);
      for (const mark of settlement.marks ?? []) this.work.mark(mark, nowMs);
      if (settlement.tell !== undefined) this.feeds.tell(settlement.tell);
      return 'settled';
    }));
  }

  async dirtyShards(limit: number): Promise<readonly DirtyShard[]> {
    return this.read((nowMs) => this.work.dirtyShards(limit, nowMs));
  }

  async dueWork(shard: string): Promise<DueWork> {
    return this.read((nowMs) => this.work.dueWork(shard, nowMs));
  }

  async takeBudget(bucket: string, cost: number, policy: BudgetPolicy): ReturnType<Store['takeBudget']> {
    return this.change((nowMs) => this.budgets.take(bucket, cost, { policy, nowMs }));
  }

  async pauseBucket(bucket: string, untilMs: number, reason: string): Promise<void> {
    checkMoment(untilMs, `the pause of bucket ${bucket}`);
    this.change(() => { this.budgets.pause(bucket, untilMs, reason); });
  }

  scan(query: Query): AsyncIterable<Row> {
    return pages<Row>((after) => this.read(() => this.rows.page(query, after)));
  }

  scanWork(): AsyncIterable<WorkRow> {
    return pages<WorkRow>((after) => this.read(() => this.work.page(after)));
  }

  async forget({ table, overForMs, limit }: ForgetRequest): Promise<number> {
    checkForget({ table, overForMs, limit });
    return this.change((nowMs) => {
      const untilMs = nowMs - overForMs;
      if (table === 'work') return this.work.forget(untilMs, limit);
      return table === 'change' ? this.feeds.forget(untilMs, limit) : this.rows.forget(table, untilMs, limit);
    });
  }

  async feed(after: string | undefined, limit: number): Promise<FeedPage> {
    return this.read(() => this.feeds.page(after, limit));
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    try {
      if (this.migrated) guarded(this.path, () => { this.history.end(); });
    } finally {
      this.opened.close();
    }
  }

  /**
   * Judges expectations as it writes, which saves a look at each row. Where one does not hold, everything is undone, and
   * {@link apply} finds out which did not.
   */
  private applyHoping({ commitId, expect, write, marks, tell = [], builtOn = [], absent = [], epoch }: ChangeSet, nowMs: number): CommitResult {
    if (this.commits.has(commitId)) return { status: 'already' };
    if (epoch !== undefined && !this.history.isNamed(epoch)) return { status: 'conflict', failed: [] };
    if (!builtOn.every((id) => this.commits.has(id))) return { status: 'conflict', failed: [] };
    if (absent.some((query) => this.rows.find(query).length > 0)) throw NOT_AS_EXPECTED;
    const expected = new Map<TableName, Map<string, Expectation>>();
    for (const each of expect) {
      let ofTable = expected.get(each.table);
      if (ofTable === undefined) expected.set(each.table, (ofTable = new Map<string, Expectation>()));
      const id = rowId(each);
      if (ofTable.has(id) && ofTable.get(id)?.version !== each.version) throw NOT_AS_EXPECTED;
      ofTable.set(id, each);
    }
    for (const each of write) {
      const ofTable = expected.get(each.table);
      const id = ofTable === undefined ? '' : rowId(each);
      const expectation = ofTable?.get(id);
      if (expectation === undefined) this.rows.write(each);
      else if (!this.rows.writeExpected(each, expectation.version)) throw NOT_AS_EXPECTED;
      // What comes after its first write is no longer what was expected.
      ofTable?.delete(id);
    }
    for (const ofTable of expected.values()) for (const each of ofTable.values()) if (!this.rows.holds(each)) throw NOT_AS_EXPECTED;
    for (const mark of marks) this.work.mark(mark, nowMs);
    this.feeds.tell(tell);
    this.commits.add(commitId, nowMs);
    return { status: 'committed' };
  }

  private apply(change: ChangeSet, nowMs: number): CommitResult {
    if (this.commits.has(change.commitId)) return { status: 'already' };
    if (change.epoch !== undefined && !this.history.isNamed(change.epoch)) return { status: 'conflict', failed: [] };
    if (change.builtOn?.every((id) => this.commits.has(id)) === false) return { status: 'conflict', failed: [] };
    const failed = change.expect.filter((expectation) => !this.rows.holds(expectation));
    if (failed.length > 0) return { status: 'conflict', failed };
    const found = change.absent?.filter((query) => this.rows.find(query).length > 0) ?? [];
    if (found.length > 0) return { status: 'conflict', failed, found };
    for (const write of change.write) this.rows.write(write);
    for (const mark of change.marks) this.work.mark(mark, nowMs);
    this.feeds.tell(change.tell ?? []);
    this.commits.add(change.commitId, nowMs);
    return { status: 'committed' };
  }

  private read<Value>(body: (nowMs: number) => Value): Value {
    return this.within('BEGIN', body);
  }

  private change<Value>(body: (nowMs: number) => Value): Value {
    return this.within('BEGIN IMMEDIATE', body);
  }

  private within<Value>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', body: (nowMs: number) => Value): Value {
    this.open();
    if (!this.migrated) throw storeMisuse('migrate() comes before anything else');
    return guarded(this.path, () => transaction(this.database, begin, () => body(this.clock.now())));
  }

  private open(): void {
    if (this.closed) throw new StockwrightError(`SQLite file ${this.path} was closed.`, { code: 'STORE_UNAVAILABLE', details: { path: this.path } });
  }
}
