import type { ChangeSet, Claim, CommitOptions, CommitResult, Decision, DecisionRequest, DueWork, ForgetRequest, RowWrite, Settlement, SettleResult, Store } from '@stockwright/engine/ports';
import { forwardClock } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { WATCHED_TABLES, type StoreWatch } from './invariants/store-watch.ts';
import type { SimTime } from './sim-time.ts';

/** A transaction of the host's own, which ends with the call that becomes part of it. */
export const HOST_TRANSACTION: CommitOptions = { tx: "the host's own" };

const DAY_MS = 86_400_000;

type Replay = (store: Store) => Promise<unknown>;

/**
 * The one store of a world. What it lets happen is watched at once, and where it is to lose its last commits it remembers every call, so
 * that its history can be played again up to a moment.
 */
export class WatchedStore {
  private inner: Store;
  private readonly time: SimTime;
  private readonly watch: StoreWatch;
  private readonly log: { readonly atMs: number; readonly storeMs: number; readonly replay: Replay }[] | undefined;
  private readonly clock: { now(): number };
  private readonly dayMs: number;
  private behindMs = 0;
  private replayingAtMs: number | undefined;
  private histories = 1;
  readonly port: Store;

  /** @param dayMs - How long a day lasts for what is to be forgotten: a world has no time for real ones. */
  constructor(time: SimTime, watch: StoreWatch, { keepsLog, dayMs = DAY_MS }: { readonly keepsLog: boolean; readonly dayMs?: number | undefined }) {
    this.time = time;
    this.watch = watch;
    this.dayMs = dayMs;
    this.log = keepsLog ? [] : undefined;
    const own = forwardClock({ now: () => time.now() - this.behindMs });
    this.clock = { now: () => this.replayingAtMs ?? own.now() };
    this.inner = createMemoryStore({ clock: this.clock });
    this.port = this.watchedPort();
  }

  /** Which history it is in. */
  get epoch(): string {
    return `history ${String(this.histories)}`;
  }

  /** Its own clock. */
  get nowMs(): number {
    return this.clock.now();
  }

  /** The clock beneath it is set back. */
  setBack(byMs: number): void {
    this.behindMs += byMs;
  }

  /** Everything after a moment is gone. */
  async failOver(backToMs: number): Promise<void> {
    const kept = (this.log ?? []).filter(({ atMs }) => atMs <= backToMs);
    const fresh = createMemoryStore({ clock: this.clock });
    // At once and not one after the other: each call does its work before it returns its promise, and nobody may come between.
    for (const { storeMs, replay } of kept) {
      this.replayingAtMs = storeMs;
      replay(fresh).then(() => undefined, () => undefined);
    }
    this.replayingAtMs = undefined;
    const rows = await fresh.load(WATCHED_TABLES);
    this.log?.splice(kept.length);
    this.inner = fresh;
    this.histories += 1;
    this.watch.beginAnew(rows);
  }

  private watchedPort(): Store {
    const direct = (): Store => this.inner;
    return {
      capabilities: { ...this.inner.capabilities, multiProcess: true, joinsHostTransaction: true },
      migrate: () => direct().migrate(), now: () => direct().now(), load: (queries) => direct().load(queries), look: (queries) => direct().look(queries),
      commit: (change, options) => this.committed(change, this.logged(this.inHistory(change, options))),
      decide: (request, options) => this.decided(request, (seen) => this.logged((store) => store.decide(seen, options?.tx === undefined ? options : {}))),
      epoch: () => Promise.resolve(this.epoch),
      claim: (request) => this.claimed(request.worker, this.logged((store) => store.claim(request))),
      renew: (claims, leaseMs) => this.logged((store) => store.renew(claims, leaseMs)),
      settle: (settlements) => this.settled(settlements, this.logged((store) => store.settle(settlements))),
      dirtyShards: (limit) => direct().dirtyShards(limit),
      dueWork: (shard) => this.lookedFor(shard, direct().dueWork(shard)),
      takeBudget: (bucket, cost, policy) => this.budgeted(bucket, this.logged((store) => store.takeBudget(bucket, cost, policy))),
      pauseBucket: (bucket, untilMs, reason) => this.logged((store) => store.pauseBucket(bucket, untilMs, reason)),
      scan: (query) => direct().scan(query), scanWork: () => direct().scanWork(), forget: (request) => this.forgot(request), feed: (after, limit) => direct().feed(after, limit), close: () => Promise.resolve(),
    };
  }

  /** A commit that was planned in a history is judged by that alone; played again it was, and whoever kept its id knows of it. */
  private inHistory({ epoch, ...change }: ChangeSet, options: CommitOptions | undefined): (store: Store) => Promise<CommitResult> {
    const isAnother = epoch !== undefined && epoch !== this.epoch;
    return (store) => (isAnother ? store.commit({ ...change, epoch: 'gone' }, options) : store.commit(change, options));
  }

  private logged<Value>(call: (store: Store) => Promise<Value>): Promise<Value> {
    this.log?.push({ atMs: this.time.now(), storeMs: this.clock.now(), replay: call });
    return call(this.inner);
  }

  private async forgot({ table, overForMs, limit }: ForgetRequest): Promise<number> {
    const shortMs = Math.floor(overForMs * this.dayMs / DAY_MS);
    if (table === 'work') this.watch.forgot(this.nowMs - shortMs);
    return this.logged((store) => store.forget({ table, overForMs: shortMs, limit }));
  }

  private lookedFor(shard: string, answer: Promise<DueWork>): Promise<DueWork> {
    answer.then(({ kinds }) => { this.watch.onDue(shard, kinds); }, () => undefined);
    return answer;
  }

  private claimed(worker: string, answer: Promise<readonly Claim[]>): Promise<readonly Claim[]> {
    answer.then((claims) => { this.watch.claimed(worker, claims); }, () => undefined);
    return answer;
  }

  private budgeted(bucket: string, answer: ReturnType<Store['takeBudget']>): ReturnType<Store['takeBudget']> {
    answer.then(({ ok }) => { if (!ok) this.watch.onRefused(bucket); }, () => undefined);
    return answer;
  }

  private async committed(change: ChangeSet, result: Promise<CommitResult>): Promise<CommitResult> {
    const answer = await result;
    if (answer.status === 'committed') this.watch.wrote(change.write);
    return answer;
  }

  private async decided<Answer>(request: DecisionRequest<Answer>, call: (request: DecisionRequest<Answer>) => Promise<Decision<Answer>>): Promise<Decision<Answer>> {
    let write: readonly RowWrite[] = [];
    const seen: DecisionRequest<Answer> = {
      ...request,
      plan: (rows, nowMs) => {
        const plan = request.plan(rows, nowMs);
        write = plan.write ?? [];
        return plan;
      },
    };
    const answer = await call(seen);
    if (answer.status === 'committed') this.watch.wrote(write);
    return answer;
  }

  private async settled(settlements: readonly Settlement[], result: Promise<readonly SettleResult[]>): Promise<readonly SettleResult[]> {
    const answers = await result;
    settlements.forEach((settlement, index) => {
      if (answers[index] === 'settled') this.watch.settled(settlement);
    });
    return answers;
  }
}
