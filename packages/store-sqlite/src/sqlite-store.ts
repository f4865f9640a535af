import { StockwrightError } from '@stockwright/core';
import type { DatabaseSync } from 'node:sqlite';
import type { BudgetPolicy, ChangeSet, Claim, ClaimRequest, CommitResult, DirtyShard, Query, Row, Settlement, SettleResult, Store, WorkRow } from '@stockwright/engine/ports';
import { migrate, openForEngine, openForReading, type Opened } from './open.ts';
import { misuse, Rows, Statements } from './rows.ts';
import { Work } from './work.ts';

/** What a SQLite store is made from. @public */
export interface SqliteStoreOptions {
  /** The file, made where it is not there; or `:memory:`. Its folder must exist. */
  readonly path: string;
  /** The store's clock; the system's where absent. */
  readonly clock?: { now(): number };
  /** Keeps several installations apart in one file; `main` where absent. */
  readonly namespace?: string;
  /** `full`: what was committed survives a power cut. `normal`: it survives the process. `full` where absent. */
  readonly durability?: 'full' | 'normal';
}

/** What can be read from a file while an engine works on it. @public */
export interface SqliteReader extends Pick<Store, 'load' | 'scan' | 'scanWork'> {
  close(): void;
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
  return new SqliteStore({ path, clock, namespace, opened: openForEngine(path, durability) });
}

/**
 * Opens a store's file for reading, also while an engine works on it.
 *
 * @throws `STORE_UNAVAILABLE` where there is no such store.
 * @public
 */
export function openSqliteReader(path: string, namespace = 'main'): SqliteReader {
  const database = openForReading(path);
  const statements = new Statements(database);
  const rows = new Rows(statements, namespace);
  const work = new Work(statements, namespace);
  return {
    load: async (queries) => snapshot(database, () => queries.map((query) => rows.find(query))),
    scan: (query) => eachOf(rows.scan(query)),
    scanWork: () => eachOf(work.unsettled()),
    close: () => { database.close(); },
  };
}

async function* eachOf<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items;
}

function snapshot<Value>(database: DatabaseSync, read: () => Value): Value {
  return transaction(database, 'BEGIN', read);
}

/** All of it or nothing. */
function transaction<Value>(database: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', body: () => Value): Value {
  database.exec(begin);
  try {
    const value = body();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    // A failed COMMIT may have ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

class SqliteStore implements Store {
  readonly capabilities = { multiProcess: false, durable: true } as const;
  private readonly database: DatabaseSync;
  private readonly opened: Opened;
  private readonly clock: { now(): number };
  private readonly path: string;
  private readonly namespace: string;
  private readonly statements: Statements;
  private readonly rows: Rows;
  private readonly work: Work;
  private migrated = false;
  private closed = false;

  constructor({ path, clock, namespace, opened }: { path: string; clock: { now(): number }; namespace: string; opened: Opened }) {
    this.opened = opened;
    this.database = opened.database;
    this.path = path;
    this.clock = clock;
    this.namespace = namespace;
    this.statements = new Statements(this.database);
    this.rows = new Rows(this.statements, namespace);
    this.work = new Work(this.statements, namespace);
  }

  async migrate(): Promise<void> {
    if (this.migrated) return;
    migrate(this.database, this.path);
    this.migrated = true;
  }

  async now(): Promise<number> {
    return this.clock.now();
  }

  async load(queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    this.ready();
    return snapshot(this.database, () => queries.map((query) => this.rows.find(query)));
  }

  async commit({ commitId, expect, write, marks }: ChangeSet): Promise<CommitResult> {
    return this.change((nowMs): CommitResult => {
      const known = this.statements.get('SELECT 1 FROM "commitLog" WHERE "namespace" = ? AND "commitId" = ?').get(this.namespace, commitId);
      if (known !== undefined) return { status: 'already' };
      const failed = expect.filter((expectation) => !this.rows.holds(expectation));
      if (failed.length > 0) return { status: 'conflict', failed };
      write.forEach((each) => { this.rows.write(each); });
      marks.forEach((each) => { this.work.mark(each, nowMs); });
      this.statements.get('INSERT INTO "commitLog" ("namespace", "commitId", "atMs") VALUES (?, ?, ?)').run(this.namespace, commitId, nowMs);
      return { status: 'committed' };
    });
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    return this.change((nowMs) => this.work.claim(request, nowMs));
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return this.change((nowMs) => settlements.map((settlement): SettleResult => {
      if (!this.work.isHeld(settlement.claim)) return 'leaseLost';
      if (!(settlement.expect ?? []).every((expectation) => this.rows.holds(expectation))) return 'conflict';
      settlement.write?.forEach((each) => { this.rows.write(each); });
      this.work.end(settlement);
      settlement.marks?.forEach((each) => { this.work.mark(each, nowMs); });
      return 'settled';
    }));
  }

  async dirtyShards(limit: number): Promise<readonly DirtyShard[]> {
    this.ready();
    return this.work.dirtyShards(limit, this.clock.now()).map((row) => ({ ...row }));
  }

  async takeBudget(bucket: string, cost: number, policy: BudgetPolicy): ReturnType<Store['takeBudget']> {
    return this.change((nowMs) => this.work.takeBudget(bucket, cost, { policy, nowMs }));
  }

  async pauseBucket(bucket: string, untilMs: number, reason: string): Promise<void> {
    this.change((nowMs) => { this.work.pauseBucket(bucket, untilMs, { reason, nowMs }); });
  }

  scan(query: Query): AsyncIterable<Row> {
    this.ready();
    return eachOf(this.rows.scan(query));
  }

  scanWork(): AsyncIterable<WorkRow> {
    this.ready();
    return eachOf(this.work.unsettled());
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.database.close();
    this.opened.close();
  }

  private change<Value>(body: (nowMs: number) => Value): Value {
    this.ready();
    return transaction(this.database, 'BEGIN IMMEDIATE', () => body(this.clock.now()));
  }

  private ready(): void {
    if (this.closed) throw new StockwrightError(`SQLite file ${this.path} was closed.`, { code: 'STORE_UNAVAILABLE' });
    if (!this.migrated) throw misuse('migrate() comes before anything else');
  }
}
