import { StockwrightError } from '@stockwright/core';
import {
  tableDefinition, type BudgetPolicy, type ChangeSet, type Claim, type ClaimRequest, type CommitResult, type DirtyShard, type Expectation, type Mark, type Query,
  type Row, type RowWrite, type Settlement, type SettleResult, type Store, type TableName, type Value, type WorkRow,
} from '@stockwright/engine/ports';

interface Work {
  readonly kind: Claim['kind'];
  readonly key: string;
  shard: string;
  priority: number;
  notBeforeMs: number;
  cause: string;
  revision: number;
  settledRevision: number;
  fence: number;
  attempts: number;
  dirtySinceMs: number;
  leaseUntilMs: number | null;
  worker: string | null;
  state: 'ready' | 'quarantined';
  reason: string | null;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
  pausedUntilMs: number;
  reason: string;
}

/** What a memory store is made from. @public */
export interface MemoryStoreOptions {
  /** The store's clock; the system's where absent. */
  readonly clock?: { now(): number };
}

const SCAN_PAGE = 500;

/**
 * The reference store: everything in this process, gone with it. Written to be read; other stores are held against it.
 *
 * @public
 */
export function createMemoryStore({ clock = Date }: MemoryStoreOptions = {}): Store {
  return new MemoryStore(clock);
}

class MemoryStore implements Store {
  readonly capabilities = { multiProcess: false, durable: false } as const;
  private readonly tables = new Map<TableName, Map<string, Row>>();
  private readonly work = new Map<string, Work>();
  private readonly buckets = new Map<string, Bucket>();
  private readonly commits = new Set<string>();
  private readonly clock: { now(): number };

  constructor(clock: { now(): number }) {
    this.clock = clock;
  }

  async migrate(): Promise<void> {
    // There is no older layout in memory.
  }

  async now(): Promise<number> {
    return this.clock.now();
  }

  async load(queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    return queries.map((query) => this.find(query));
  }

  async commit({ commitId, expect, write, marks }: ChangeSet): Promise<CommitResult> {
    if (this.commits.has(commitId)) return { status: 'already' };
    const failed = expect.filter((expectation) => !this.holds(expectation));
    if (failed.length > 0) return { status: 'conflict', failed };
    write.forEach(checkWrite);
    write.forEach((each) => { this.apply(each); });
    marks.forEach((each) => { this.mark(each); });
    this.commits.add(commitId);
    return { status: 'committed' };
  }

  async claim({ shard, kinds, limit, leaseMs, worker }: ClaimRequest): Promise<readonly Claim[]> {
    const now = this.clock.now();
    const due = [...this.work.values()]
      .filter((work) => work.shard === shard && kinds.includes(work.kind) && isDirty(work) && !isLeased(work, now) && work.notBeforeMs <= now)
      .sort((a, b) => a.priority - b.priority || a.dirtySinceMs - b.dirtySinceMs || compareText(a.kind, b.kind) || compareText(a.key, b.key))
      .slice(0, limit);
    return due.map((work) => {
      const takenOver = work.leaseUntilMs !== null;
      work.leaseUntilMs = now + leaseMs;
      work.worker = worker;
      work.fence += 1;
      const { kind, key, priority, revision, fence, attempts, dirtySinceMs, notBeforeMs, cause } = work;
      return { kind, key, shard, priority, revision, fence, attempts, dirtySinceMs, notBeforeMs, cause, takenOver };
    });
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return settlements.map((settlement) => this.settleOne(settlement));
  }

  async dirtyShards(limit: number): Promise<readonly DirtyShard[]> {
    const now = this.clock.now();
    const shards = new Map<string, { shard: string; oldestDirtySinceMs: number; nextDueMs: number }>();
    for (const work of this.work.values()) {
      if (!isDirty(work)) continue;
      const dueMs = isLeased(work, now) ? Math.max(work.leaseUntilMs ?? 0, work.notBeforeMs) : work.notBeforeMs;
      const known = shards.get(work.shard) ?? { shard: work.shard, oldestDirtySinceMs: work.dirtySinceMs, nextDueMs: dueMs };
      known.oldestDirtySinceMs = Math.min(known.oldestDirtySinceMs, work.dirtySinceMs);
      known.nextDueMs = Math.min(known.nextDueMs, dueMs);
      shards.set(work.shard, known);
    }
    return [...shards.values()].sort((a, b) => a.nextDueMs - b.nextDueMs || compareText(a.shard, b.shard)).slice(0, limit);
  }

  async takeBudget(name: string, cost: number, policy: BudgetPolicy): ReturnType<Store['takeBudget']> {
    const now = this.clock.now();
    const bucket = this.buckets.get(name) ?? { tokens: policy.capacity, filledAtMs: now, pausedUntilMs: 0, reason: '' };
    this.buckets.set(name, bucket);
    if (bucket.pausedUntilMs > now) return { ok: false, waitMs: bucket.pausedUntilMs - now, reason: bucket.reason };
    bucket.tokens = Math.min(policy.capacity, bucket.tokens + ((now - bucket.filledAtMs) / 1_000) * policy.refillPerSecond);
    bucket.filledAtMs = now;
    if (bucket.tokens < cost) return { ok: false, waitMs: Math.ceil(((cost - bucket.tokens) / policy.refillPerSecond) * 1_000), reason: 'the budget is used up' };
    bucket.tokens -= cost;
    return { ok: true };
  }

  async pauseBucket(name: string, untilMs: number, reason: string): Promise<void> {
    const bucket = this.buckets.get(name) ?? { tokens: Number.POSITIVE_INFINITY, filledAtMs: this.clock.now(), pausedUntilMs: 0, reason: '' };
    if (untilMs > bucket.pausedUntilMs) {
      bucket.pausedUntilMs = untilMs;
      bucket.reason = reason;
    }
    this.buckets.set(name, bucket);
  }

  async *scan(query: Query): AsyncIterable<Row> {
    const { key } = tableDefinition(query.table);
    let after: Row | undefined;
    for (;;) {
      const last = after;
      const page = this.find(query).filter((row) => last === undefined || compareKeys(key, row, last) > 0).slice(0, SCAN_PAGE);
      yield* page;
      if (page.length < SCAN_PAGE) return;
      after = page[page.length - 1];
    }
  }

  async *scanWork(): AsyncIterable<WorkRow> {
    const rows = [...this.work.values()].filter((work) => work.revision > work.settledRevision || work.state === 'quarantined');
    yield* rows.sort((a, b) => compareText(a.kind, b.kind) || compareText(a.key, b.key) || compareText(a.shard, b.shard)).map((work) => ({ ...work }));
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  private rows(table: TableName): Map<string, Row> {
    const known = this.tables.get(table);
    if (known !== undefined) return known;
    const fresh = new Map<string, Row>();
    this.tables.set(table, fresh);
    return fresh;
  }

  private find({ table, where }: Query): readonly Row[] {
    const definition = tableDefinition(table);
    checkWhere(table, where);
    const columns = Object.keys(where);
    const rows = this.rows(table);
    if (columns.length === definition.key.length && definition.key.every((column) => column in where)) {
      const row = rows.get(rowId(table, where));
      return row === undefined ? [] : [{ ...row }];
    }
    return [...rows.values()]
      .filter((row) => columns.every((column) => row[column] === where[column]))
      .sort((a, b) => compareKeys(definition.key, a, b))
      .map((row) => ({ ...row }));
  }

  private holds({ table, key, version }: Expectation): boolean {
    const row = this.rows(table).get(rowId(table, key));
    if (version === 0) return row === undefined || row['version'] === 0;
    return row?.['version'] === version;
  }

  private apply(write: RowWrite): void {
    const rows = this.rows(write.table);
    const id = rowId(write.table, write.key);
    if ('remove' in write) rows.delete(id);
    else rows.set(id, { ...write.key, ...emptyRow(write.table), ...rows.get(id), ...write.set });
  }

  private mark({ kind, key, shard, priority, notBeforeMs, cause }: Mark): void {
    const now = this.clock.now();
    const id = workId(kind, key, shard);
    const known = this.work.get(id);
    if (known === undefined) {
      this.work.set(id, {
        kind, key, shard, priority, notBeforeMs, cause, revision: 1, settledRevision: 0, fence: 0, attempts: 0, dirtySinceMs: now,
        leaseUntilMs: null, worker: null, state: 'ready', reason: null,
      });
      return;
    }
    const dirty = isDirty(known);
    known.notBeforeMs = dirty ? Math.min(known.notBeforeMs, notBeforeMs) : notBeforeMs;
    known.priority = dirty ? Math.min(known.priority, priority) : priority;
    if (!dirty) known.dirtySinceMs = now;
    known.revision += 1;
    known.attempts = 0;
    known.cause = cause;
    known.state = 'ready';
    known.reason = null;
  }

  private settleOne({ claim, outcome, expect = [], write = [], marks = [] }: Settlement): SettleResult {
    const work = this.work.get(workId(claim.kind, claim.key, claim.shard));
    if (work === undefined || work.fence !== claim.fence || work.leaseUntilMs === null) return 'leaseLost';
    if (!expect.every((expectation) => this.holds(expectation))) return 'conflict';
    write.forEach(checkWrite);
    write.forEach((each) => { this.apply(each); });
    work.leaseUntilMs = null;
    work.worker = null;
    const marked = work.revision > claim.revision;
    if (outcome.status === 'done') {
      work.settledRevision = Math.max(work.settledRevision, claim.revision);
      work.attempts = 0;
      work.reason = null;
    } else if (!marked) {
      work.reason = outcome.reason;
      if (outcome.status === 'quarantine') work.state = 'quarantined';
      else work.notBeforeMs = outcome.atMs;
      if (outcome.status === 'retry') work.attempts += 1;
    }
    marks.forEach((each) => { this.mark(each); });
    return 'settled';
  }
}

function isDirty({ revision, settledRevision, state }: Work): boolean {
  return revision > settledRevision && state === 'ready';
}

function isLeased({ leaseUntilMs }: Work, now: number): boolean {
  return leaseUntilMs !== null && leaseUntilMs > now;
}

function workId(kind: string, key: string, shard: string): string {
  return JSON.stringify([kind, shard, key]);
}

function rowId(table: TableName, key: Readonly<Record<string, Value>>): string {
  return JSON.stringify(tableDefinition(table).key.map((column) => {
    const value = key[column];
    if (value === undefined || value === null) throw misuse(`table ${table} needs ${column} in its key`);
    return value;
  }));
}

function emptyRow(table: TableName): Row {
  return Object.fromEntries(Object.keys(tableDefinition(table).columns).map((column) => [column, null]));
}

function checkWrite(write: RowWrite): void {
  const { columns } = tableDefinition(write.table);
  rowId(write.table, write.key);
  if ('remove' in write) return;
  for (const column of Object.keys(write.set)) {
    if (!(column in columns)) throw misuse(`table ${write.table} has no column ${column}`);
  }
}

function checkWhere(table: TableName, where: Readonly<Record<string, Value>>): void {
  const { key, indexes = [] } = tableDefinition(table);
  const columns = Object.keys(where);
  const covers = (index: readonly string[]): boolean => columns.every((column) => index.slice(0, columns.length).includes(column));
  if (![key, ...indexes].some(covers)) throw misuse(`table ${table} cannot be asked by ${columns.join(', ')}`);
}

function misuse(message: string): StockwrightError {
  return new StockwrightError(`The store was misused: ${message}.`, { code: 'INVARIANT_VIOLATED' });
}

function compareKeys(key: readonly string[], a: Row, b: Row): number {
  for (const column of key) {
    const left = a[column] ?? '';
    const right = b[column] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
