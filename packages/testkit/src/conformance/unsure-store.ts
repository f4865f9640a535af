import { StockwrightError } from '@stockwright/core';
import type { Store } from '@stockwright/engine/ports';

/** What becomes of one call that changes something: it is answered, never arrives, or is done and its answer lost. @public */
export type CallFate = 'answered' | 'lost' | 'doneUnheard';

/**
 * A store behind a bad line: what changes something may be lost before or after it is done, and its caller hears the
 * same of both. Who repeats it under the same id must not be able to tell afterwards.
 *
 * @param fate - Asked for each call that changes something, by the name of the method.
 * @public
 */
export function createUnsureStore(store: Store, fate: (method: 'commit' | 'decide' | 'settle' | 'forget') => CallFate): Store {
  const through = async <Answer>(method: 'commit' | 'decide' | 'settle' | 'forget', call: () => Promise<Answer>): Promise<Answer> => {
    const drawn = fate(method);
    if (drawn === 'lost') throw lineLost(method);
    const answer = await call();
    if (drawn === 'doneUnheard') throw lineLost(method);
    return answer;
  };
  return {
    capabilities: store.capabilities,
    migrate: () => store.migrate(),
    now: () => store.now(),
    load: (queries, options) => store.load(queries, options),
    look: (queries, options) => store.look(queries, options),
    commit: (change, options) => through('commit', () => store.commit(change, options)),
    decide: (request, options) => through('decide', () => store.decide(request, options)),
    epoch: () => store.epoch(),
    claim: (request) => store.claim(request),
    renew: (claims, leaseMs) => store.renew(claims, leaseMs),
    settle: (settlements) => through('settle', () => store.settle(settlements)),
    dirtyShards: (limit) => store.dirtyShards(limit),
    dueWork: (shard) => store.dueWork(shard),
    takeBudget: (bucket, cost, policy) => store.takeBudget(bucket, cost, policy),
    pauseBucket: (bucket, untilMs, reason) => store.pauseBucket(bucket, untilMs, reason),
    scan: (query) => store.scan(query),
    scanWork: () => store.scanWork(),
    feed: (after, limit) => store.feed(after, limit),
    forget: (request) => through('forget', () => store.forget(request)),
    close: () => store.close(),
  };
}

function lineLost(method: string): StockwrightError {
  return new StockwrightError(`The line to the store was lost during ${method}. It may have happened.`, { code: 'STORE_UNAVAILABLE' });
}
