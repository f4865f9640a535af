import { StockwrightError } from '@stockwright/core';
import {
  checkChange, checkForget, checkLimit, checkLocks, checkMoment, checkSettlement, checkTaking, forwardClock, storable, storeMisuse, type BudgetPolicy, type ChangeSet, type Claim, type ClaimRequest, type CommitOptions, type CommitResult,
  type Decision, type DecisionRequest, type DirtyShard, type DueWork, type FeedPage, type ForgetRequest, type ForwardClock, type Look, type PlacedEntry, type Query, type Row, type Settlement, type SettleResult, type Store, type StoreCapabilities, type WorkRow,
} from '@stockwright/engine/ports';
import { failedOf, pack } from './change.ts';
import { FORGETTABLE } from './code/forget-routines.ts';
import { routinesOf, type Routines } from './code/routines.ts';
import type { Connected, PostgresQueryable } from './database.ts';
import { decideInside, PlanFailure } from './decision.ts';
import { explained, explainedInside, isPassing, stateOf, unavailable } from './failures.ts';
import { readEpoch } from './epoch.ts';
import { readNewest } from './newest.ts';
import { migrate } from './migrate.ts';
import { foundBy, Reads } from './reads.ts';
import { FEED_LAYOUT } from './schema.ts';
import { packSettlements, packWorks } from './settlements.ts';
import { quoted } from './names.ts';

/** How often a call is made before others are said to be always in its way. */
const TRIES = 10;
/** The SQLSTATE of what may only be done inside a transaction. */
const OUTSIDE = '25P01';
/** How many times the usual a migration may take, since an index over many rows is not made in an instant. */
const MIGRATION_PATIENCE = 20;
/** How many rows a scan reads at once. */
const SCAN_PAGE = 500;
/** Every so many commits of a process the log of commits is tidied. */
const TIDIED_EVERY = 4_096;

/** What a store is made from, once it is known how the database is reached. */
export interface PostgresStoreParts {
  readonly database: Connected;
  readonly namespace: string;
  readonly schema: string;
  readonly capabilities: StoreCapabilities;
  readonly clock: { now(): number } | undefined;
}

/** The store. Nearly every call is one function in the database, and so one round trip and one transaction. */
export class PostgresStore implements Store {
  readonly capabilities: StoreCapabilities;
  private readonly database: Connected;
  private readonly namespace: string;
  private readonly schema: string;
  private readonly clock: { now(): number } | undefined;
  private readonly forward: ForwardClock | undefined;
  private readonly routines: Routines;
  private readonly reads: Reads;
  private commits = 0;
  private closing: Promise<void> | undefined;

  constructor({ database, namespace, schema, capabilities, clock }: PostgresStoreParts) {
    this.capabilities = capabilities;
    this.database = database;
    this.namespace = namespace;
    this.schema = schema;
    // A database inside the process goes by the clock of its host, which may be set back.
    this.forward = capabilities.multiProcess ? undefined : forwardClock(clock ?? Date);
    this.clock = this.forward ?? clock;
    this.routines = routinesOf(schema);
    this.reads = new Reads({ schema, namespace, routines: this.routines });
  }

  async migrate(): Promise<void> {
    await this.attempt(() => this.database.transaction((run) => migrate(run, this.schema, this.routines), MIGRATION_PATIENCE));
    await this.attempt(() => this.database.query(`SELECT ${this.routines.call('adopt_feed')}($1)`, [this.namespace]));
    if (this.forward !== undefined) this.forward.goOnFrom(await this.attempt(() => readNewest(this.database, { schema: this.schema, namespace: this.namespace })));
  }

  async now(): Promise<number> {
    if (this.clock !== undefined) return this.attempt(async () => this.clock?.now() ?? 0);
    const { rows } = await this.attempt(() => this.database.query('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"'));
    return (rows as { readonly nowMs: number }[])[0]?.nowMs ?? 0;
  }

  async load(queries: readonly Query[], { tx }: CommitOptions = {}): Promise<readonly (readonly Row[])[]> {
    const host = await this.hostOf(tx);
    return this.attempt(() => this.reads.load(host ?? this.database, queries), host);
  }

  async look(queries: readonly Query[], { tx }: CommitOptions = {}): Promise<Look> {
    const host = await this.hostOf(tx);
    return this.attempt(() => this.reads.look(host ?? this.database, queries, this.nowMs()), host);
  }

  async commit(change: ChangeSet, { tx }: CommitOptions = {}): Promise<CommitResult> {
    checkChange(change);
    const { commitId, expect, absent = [] } = change;
    const packed = JSON.stringify(pack(change));
    const routine = tx === undefined ? 'commit' : 'commit_inside';
    const host = await this.hostOf(tx);
    const result = await this.attempt(() => unlessLost(() => this.call<CommitAnswer>(routine, [this.namespace, commitId, packed, this.nowMs()], host)), host);
    if (result.status === 'committed') this.tidy(tx);
    if (result.status === 'forgotten') return { status: 'conflict', failed: [] };
    if (result.status === 'present') return { status: 'conflict', failed: [], found: foundBy(absent, result.found) };
    return result.status === 'conflict' ? { status: 'conflict', failed: failedOf(expect, result) } : result;
  }

  async decide<Answer>(request: DecisionRequest<Answer>, { tx }: CommitOptions = {}): Promise<Decision<Answer>> {
    checkLocks(request.lock);
    const means = {
      namespace: this.namespace, reads: this.reads,
      call: <Value>(run: PostgresQueryable, routine: string, values: readonly unknown[]): Promise<Value> => this.call<Value>(routine, [...values, this.nowMs()], run),
      remove: async (run: PostgresQueryable, parts: unknown): Promise<void> => { await run.query(`SELECT ${this.routines.call('remove')}($1, $2)`, [this.namespace, JSON.stringify(parts)]); },
    };
    const host = await this.hostOf(tx);
    return this.attempt(() => unlessLost(() => {
      if (host !== undefined) return decideInside(host, request, { ...means, isHosts: true });
      return this.database.transaction((run) => decideInside(run, request, { ...means, isHosts: false }));
    }), host);
  }

  async epoch(): Promise<string> {
    return this.attempt(() => readEpoch(this.database, `${quoted(this.schema)}."history"`));
  }

  async claim({ shard, kinds, limit, leaseMs, worker, order = 'urgency' }: ClaimRequest): Promise<readonly Claim[]> {
    return this.attempt(() => this.call('claim', [this.namespace, shard, kinds, limit, leaseMs, worker, order === 'age', this.nowMs()]));
  }

  async renew(claims: readonly Settlement['claim'][], leaseMs: number): Promise<readonly (number | undefined)[]> {
    const works = JSON.stringify(packWorks(claims));
    const cells = JSON.stringify(claims.map(({ kind, shard, key, fence }, place) => [kind, shard, key, fence, place]));
    const held = await this.attempt(() => this.call<readonly (readonly [number, number])[]>('renew', [this.namespace, works, cells, leaseMs, this.nowMs()]));
    const untilMs = new Map(held);
    return claims.map((_claim, place) => untilMs.get(place));
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    settlements.forEach(checkSettlement);
    const { locks, works, settlements: each } = packSettlements(settlements);
    return this.attempt(() => this.call('settle', [this.namespace, JSON.stringify(locks), JSON.stringify(works), JSON.stringify(each), this.nowMs()]));
  }

  async dirtyShards(limit: number): Promise<readonly DirtyShard[]> {
    return this.attempt(() => this.call('dirty_shards', [this.namespace, limit, this.nowMs()]));
  }

  async dueWork(shard: string): Promise<DueWork> {
    const { kinds, nextDueMs, nowMs } = await this.attempt(() => this.call<Omit<DueWork, 'nextDueMs'> & { readonly nextDueMs: number | null }>('due_work', [this.namespace, shard, this.nowMs()]));
    return { kinds, nextDueMs: nextDueMs ?? undefined, nowMs };
  }

  async takeBudget(bucket: string, cost: number, policy: BudgetPolicy): ReturnType<Store['takeBudget']> {
    checkTaking(bucket, cost, policy);
    return this.attempt(() => this.call('take_budget', [bucket, cost, policy.capacity, policy.refillPerSecond, this.nowMs()]));
  }

  async pauseBucket(bucket: string, untilMs: number, reason: string): Promise<void> {
    checkMoment(untilMs, `the pause of bucket ${bucket}`);
    await this.attempt(() => this.database.query(`SELECT ${this.routines.call('pause_bucket')}($1, $2, $3)`, [bucket, untilMs, storable(reason)]));
  }

  scan(query: Query): AsyncIterable<Row> {
    return pages<Row>((after) => this.attempt(() => this.reads.page(this.database, query, { after, limit: SCAN_PAGE })));
  }

  scanWork(): AsyncIterable<WorkRow> {
    return pages<WorkRow>((after) => this.attempt(() => this.call('work_page', [this.namespace, after?.kind ?? '', after?.key ?? '', after?.shard ?? '', SCAN_PAGE])));
  }

  async forget({ table, overForMs, limit }: ForgetRequest): Promise<number> {
    checkForget({ table, overForMs, limit });
    return this.attempt(() => this.call('forget', [this.namespace, FORGETTABLE.indexOf(table), overForMs, limit, this.nowMs()]));
  }

  async feed(after: string | undefined, limit: number): Promise<FeedPage> {
    checkLimit(limit);
    const place = after === undefined ? undefined : PLACE.exec(after);
    const [xid, number] = place === null ? [null, null] : [place?.[1] ?? null, place?.[2] ?? null];
    const { entries, end, isGap } = await this.attempt(() => this.call<{ readonly entries: readonly (readonly (string | null)[])[]; readonly end: string; readonly isGap: boolean | null }>('feed', [this.namespace, xid, number, limit]));
    if (place === null || isGap === true) return { entries: [], end, isGap: true };
    return { entries: entries.map(placedOf), end, isGap: false };
  }

  close(): Promise<void> {
    this.closing ??= this.database.close();
    return this.closing;
  }

  /** Makes a call again where somebody was in its way and nothing of it is left, and says what stops it in the words of an operator. */
  private async attempt<Value>(body: () => Promise<Value>, host?: PostgresQueryable): Promise<Value> {
    for (let count = 1; ; count += 1) {
      if (this.closing !== undefined) throw new StockwrightError('The PostgreSQL store was closed.', { code: 'STORE_UNAVAILABLE' });
      try {
        return await body();
      } catch (error) {
        if (error instanceof PlanFailure) throw error.thrown;
        // What failed inside the host's transaction has ended it, so that nothing can be tried again there.
        if (host !== undefined) throw explainedInside(error);
        if (count >= TRIES || !isPassing(error)) throw explained(error);
      }
    }
  }

  /**
   * The host's transaction. A statement that the server refuses outside of one finds out whether it is one: on a pool, or a
   * client that has begun none, each statement would count by itself, and nothing would be locked or undone together.
   *
   * @throws `INVARIANT_VIOLATED` where it is none.
   */
  private async hostOf(tx: unknown): Promise<PostgresQueryable | undefined> {
    const host = runsIn(tx);
    if (host === undefined) return undefined;
    await this.attempt(async () => {
      try {
        await host.query(`LOCK TABLE ${quoted(this.schema)}."commitLog" IN ACCESS SHARE MODE`);
      } catch (error) {
        if (stateOf(error) === OUTSIDE) throw storeMisuse("what was given for the host's transaction is in no transaction: BEGIN one on this client first, and not on a pool");
        throw error;
      }
    }, host);
    return host;
  }

  /** Calls a routine that answers with JSON. */
  private async call<Value>(routine: string, values: readonly unknown[], run: PostgresQueryable = this.database): Promise<Value> {
    const { rows } = await run.query(`SELECT ${this.routines.call(routine)}(${values.map((_value, index) => `$${String(index + 1)}`).join(', ')}) AS "answer"`, [...values]);
    return JSON.parse((rows as { readonly answer: string }[])[0]?.answer ?? 'null') as Value;
  }

  /** The moment that a test gave; the server's where there is none. */
  private nowMs(): number | null {
    return this.clock?.now() ?? null;
  }

  /** Forgets old commits now and then, beside the call that was made; what is not forgotten today is forgotten tomorrow. */
  private tidy(tx: unknown): void {
    this.commits += 1;
    if (tx !== undefined || this.commits % TIDIED_EVERY !== 0) return;
    this.database.query(`SELECT ${this.routines.call('tidy')}($1, $2)`, [this.namespace, this.nowMs()]).catch(() => undefined);
  }
}

/** A place in the feed: the number of a transaction, and of an entry. */
const PLACE = /^(\d{1,18})\.(\d{1,18})$/;

function placedOf([xid, number, ...cells]: readonly (string | null)[]): PlacedEntry {
  const entry = Object.fromEntries(FEED_LAYOUT.map(({ name, type }, index) => [name, type === 'text' || cells[index] == null ? (cells[index] ?? null) : Number(cells[index])]));
  return { place: `${String(xid)}.${String(number)}`, entry: entry as PlacedEntry['entry'] };
}

type CommitAnswer = Exclude<CommitResult, { readonly status: 'conflict' }> | { readonly status: 'lost' } | /** A commit that it builds on is not known. */ { readonly status: 'forgotten' } | /** What was supposed to be absent is there. */ { readonly status: 'present'; readonly found: string } | { readonly status: 'conflict'; readonly kept: readonly number[]; readonly there: readonly number[] };

/** Makes an attempt again for as long as somebody else makes the same rows first. */
async function unlessLost<Answer extends { readonly status: string }>(attempt: () => Promise<Answer>): Promise<Exclude<Answer, { readonly status: 'lost' }>> {
  for (let count = 1; count <= TRIES; count += 1) {
    const answer = await attempt();
    if (answer.status !== 'lost') return answer as Exclude<Answer, { readonly status: 'lost' }>;
  }
  throw unavailable('Other commits made the same rows first, again and again. Try again.');
}

/** What the host gave, as something that can be asked. @throws `INVARIANT_VIOLATED` where it cannot. */
function runsIn(tx: unknown): PostgresQueryable | undefined {
  if (tx === undefined) return undefined;
  if (typeof (tx as { readonly query?: unknown } | null)?.query !== 'function') throw storeMisuse('the transaction of the host has no method query(text, values), as a client of pg has');
  return tx as PostgresQueryable;
}

/** The items of pages that continue each other, none read before it is asked for. */
async function* pages<Item>(read: (after: Item | undefined) => Promise<readonly Item[]>): AsyncIterable<Item> {
  let after: Item | undefined;
  for (;;) {
    const items = await read(after);
    yield* items;
    if (items.length < SCAN_PAGE) return;
    after = items[items.length - 1];
  }
}
