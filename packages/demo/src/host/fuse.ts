import type { RowWrite, Store, TableName } from '@stockwright/engine/ports';
import type { Traffic } from '../world/network.ts';

/** What an engine does that somebody else can see. An answer has arrived, and the engine has not seen it yet. */
export type Effect = 'commit' | 'claim' | 'settle' | 'request' | 'answer';

/**
 * A place in the engine's work at which its process ends as if the power went. What is counted is the last thing that
 * happens, except that a request is not sent any more.
 */
export interface KillPoint {
  /** Which effects are counted; all where absent. */
  readonly effect?: Effect;
  /** Counts only what writes to this table. */
  readonly writing?: TableName;
  /** The first, the second and so on from now on; the first where absent. */
  readonly count?: number;
}

/** Ends the process at a kill point. */
export class Fuse implements Traffic {
  private point: KillPoint | undefined;
  private left = 0;
  private readonly blow: () => void;

  constructor(blow: () => void) {
    this.blow = blow;
  }

  get armed(): boolean {
    return this.point !== undefined;
  }

  arm(point: KillPoint): void {
    this.point = point;
    this.left = point.count ?? 1;
  }

  request(): void {
    this.burn('request');
  }

  answer(): void {
    this.burn('answer');
  }

  /** A store whose changes are counted. They are made when the call returns, so nobody sees the answer of the last one. */
  counting(store: Store): Store {
    const counted = <Result>(effect: Effect, written: readonly RowWrite[], result: Result): Result => {
      this.burn(effect, written);
      return result;
    };
    return {
      capabilities: store.capabilities,
      migrate: () => store.migrate(),
      now: () => store.now(),
      load: (queries) => store.load(queries),
      look: (queries) => store.look(queries),
      commit: (change, options) => counted('commit', change.write, store.commit(change, options)),
      decide: (request, options) => {
        let written: readonly RowWrite[] = [];
        const plan: typeof request.plan = (rows, nowMs) => {
          const planned = request.plan(rows, nowMs);
          written = planned.write ?? [];
          return planned;
        };
        const result = store.decide({ ...request, plan }, options);
        return counted('commit', written, result);
      },
      epoch: () => store.epoch(),
      claim: (request) => counted('claim', [], store.claim(request)),
      renew: (claims, leaseMs) => store.renew(claims, leaseMs),
      settle: (settlements) => counted('settle', settlements.flatMap(({ write = [] }) => write), store.settle(settlements)),
      dirtyShards: (limit) => store.dirtyShards(limit),
      dueWork: (shard) => store.dueWork(shard),
      takeBudget: (bucket, cost, policy) => store.takeBudget(bucket, cost, policy),
      pauseBucket: (bucket, untilMs, reason) => store.pauseBucket(bucket, untilMs, reason),
      scan: (query) => store.scan(query),
      scanWork: () => store.scanWork(),
      feed: (after, limit) => store.feed(after, limit),
      forget: (request) => store.forget(request),
      close: () => store.close(),
    };
  }

  private burn(effect: Effect, written: readonly RowWrite[] = []): void {
    if (this.point === undefined) return;
    const { effect: awaited = effect, writing } = this.point;
    if (awaited !== effect || (writing !== undefined && !written.some(({ table }) => table === writing))) return;
    this.left -= 1;
    if (this.left === 0) this.blow();
  }
}
