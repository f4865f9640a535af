import type {
  BudgetPolicy, ChangeSet, Claim, ClaimRequest, CommitOptions, CommitResult, Decision, DecisionRequest, DirtyShard, DueWork, FeedPage, ForgetRequest, Look, Query, Row, Settlement, SettleResult, Store, StoreCapabilities, WorkRow,
} from '@stockwright/engine/ports';
import type { Grant } from '../invariants/budget-watch.ts';
import type { Life } from '../life.ts';

/** The store as one process reaches it: every call can be its last, and its answer can be lost. */
export class StorePort implements Store {
  private readonly life: Life;
  private readonly inner: () => Store;

  constructor(life: Life, inner: () => Store) {
    this.life = life;
    this.inner = inner;
  }

  get capabilities(): StoreCapabilities {
    return this.inner().capabilities;
  }

  migrate(): Promise<void> {
    return this.life.store(() => this.told('migrate', this.inner().migrate()));
  }

  now(): Promise<number> {
    return this.life.store(() => this.told('now', this.inner().now()));
  }

  load(queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    return this.life.store(() => this.told('load', this.inner().load(queries), queries));
  }

  look(queries: readonly Query[]): Promise<Look> {
    return this.life.store(() => this.told('look', this.inner().look(queries), queries));
  }

  commit(change: ChangeSet, options?: CommitOptions): Promise<CommitResult> {
    return this.life.store(() => this.told(change.commitId, this.inner().commit(change, options), change));
  }

  decide<Answer>(request: DecisionRequest<Answer>, options?: CommitOptions): Promise<Decision<Answer>> {
    return this.life.store(() => this.told(request.commitId, this.inner().decide(request, options)));
  }

  epoch(): Promise<string> {
    return this.life.store(() => this.told('epoch', this.inner().epoch()));
  }

  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    return this.life.store(() => this.told(request.shard, this.inner().claim({ ...request, worker: this.life.name }), request));
  }

  renew(claims: readonly Settlement['claim'][], leaseMs: number): Promise<readonly (number | undefined)[]> {
    return this.life.store(() => this.told('renew', this.inner().renew(claims, leaseMs), claims));
  }

  settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return this.life.store(() => this.told('settle', this.inner().settle(settlements), settlements));
  }

  dirtyShards(limit: number): Promise<readonly DirtyShard[]> {
    return this.life.store(() => this.told('dirtyShards', this.inner().dirtyShards(limit)));
  }

  dueWork(shard: string): Promise<DueWork> {
    return this.life.store(() => this.told('dueWork', this.inner().dueWork(shard)));
  }

  takeBudget(bucket: string, cost: number, policy: BudgetPolicy): ReturnType<Store['takeBudget']> {
    const { budget, time } = this.life.world;
    let grant: Grant | undefined;
    const taken = async (): ReturnType<Store['takeBudget']> => {
      const atMs = time.now();
      const answer = await this.inner().takeBudget(bucket, cost, policy);
      if (!answer.ok) return answer;
      grant = { atMs, cost };
      budget.granted(this.life.name, bucket, grant);
      return answer;
    };
    return this.life.store(() => this.told('takeBudget', taken(), cost), () => { if (grant !== undefined) budget.unheard(this.life.name, bucket, grant); });
  }

  pauseBucket(bucket: string, untilMs: number, reason: string): Promise<void> {
    return this.life.store(() => this.told('pauseBucket', this.inner().pauseBucket(bucket, untilMs, reason), untilMs));
  }

  async *scan(query: Query): AsyncIterable<Row> {
    const rows = await this.life.store(() => collect(this.inner().scan(query)));
    for (const row of rows) yield row;
  }

  async *scanWork(): AsyncIterable<WorkRow> {
    const rows = await this.life.store(() => collect(this.inner().scanWork()));
    for (const row of rows) yield row;
  }

  feed(after: string | undefined, limit: number): Promise<FeedPage> {
    return this.life.store(() => this.told('feed', this.inner().feed(after, limit), after));
  }

  forget(request: ForgetRequest): Promise<number> {
    return this.life.store(() => this.told('forget', this.inner().forget(request), request));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Puts the call and its answer into the hash of the world. */
  private told<Value>(name: string, answer: Promise<Value>, argument?: unknown): Promise<Value> {
    const { trace, time } = this.life.world;
    trace.text(this.life.name);
    trace.text(name);
    trace.number(time.now());
    if (!trace.deep) return answer;
    trace.text(JSON.stringify(argument) ?? '');
    return answer.then((value) => {
      trace.text(JSON.stringify(value) ?? '');
      return value;
    });
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
