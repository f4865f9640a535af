import { StockwrightError } from '@stockwright/core';
import type { Claim, Store } from '@stockwright/engine/ports';
import { TABLES, type TableName } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import fc from 'fast-check';
import { same, type ConformanceTarget, type Runner } from './conformance.ts';
import { storeHistories, type StoreOperation } from './store-operations.ts';
import { endOf, follow } from './store-feed-cases.ts';
import { collect, type StoreCapability, type StoreSubject } from './store-subject.ts';

/** How much of the model is played. @public */
export interface StoreModelOptions {
  /** How many histories; 100 where absent. */
  readonly runs?: number;
  /** A history that failed once is played again by its seed. */
  readonly seed?: number;
}

/**
 * Plays random histories on a store and on the memory store, and compares every answer and, at the end, everything
 * they keep. A history that differs is shrunk to the shortest one that still does.
 *
 * @public
 */
export function registerStoreModel(runner: Runner, target: ConformanceTarget<StoreSubject, StoreCapability>, { runs = 100, seed }: StoreModelOptions = {}): void {
  runner.describe(`model: ${target.name}`, () => {
    runner.it('[random-histories-agree] answers every history as the memory store does', async () => {
      await fc.assert(
        fc.asyncProperty(storeHistories, (history) => play(history, target)),
        { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
      );
    });
  });
}

async function play(history: readonly StoreOperation[], { setup }: ConformanceTarget<StoreSubject, StoreCapability>): Promise<void> {
  const { subject, teardown } = await setup();
  const { clock, reopen } = subject;
  const model = createMemoryStore({ clock });
  const claims: Claim[] = [];
  let store = subject.store;
  const from = { model: await endOf(model), store: await endOf(store) };
  try {
    for (const [index, operation] of history.entries()) {
      if (operation.does === 'advance') clock.set(clock.now() + operation.ms);
      else if (operation.does === 'reopen') {
        store = (await reopen?.()) ?? store;
        await store.migrate();
      } else {
        const expected = await answer(model, operation, claims);
        same(sorted(await answer(store, operation, claims)), sorted(expected), `step ${String(index + 1)}, ${JSON.stringify(operation)}`);
        if (operation.does === 'claim') claims.push(...(expected as readonly Claim[]));
      }
    }
    same(sorted(await dump(store)), sorted(await dump(model)), 'what is kept at the end');
    const told = (await model.feed(from.model, 1_000)).entries;
    // What else the database does may hold the feed back; whoever goes on looking sees the same.
    const seen = await follow(store, from.store, { count: told.length });
    same(seen.map(({ entry }) => sorted(entry)), told.map(({ entry }) => sorted(entry)), 'what was told');
    same((await store.feed(seen.at(-1)?.place ?? from.store, 1)).entries, [], 'what was told besides');
  } finally {
    await teardown?.();
  }
}

/** What a store says, an error's code included. */
async function answer(store: Store, operation: StoreOperation, claims: readonly Claim[]): Promise<unknown> {
  try {
    return await perform(store, operation, claims);
  } catch (error) {
    return { refused: (error as { readonly code?: unknown }).code };
  }
}

async function perform(store: Store, operation: StoreOperation, claims: readonly Claim[]): Promise<unknown> {
  switch (operation.does) {
    case 'commit': return store.commit(operation.change);
    case 'decide': {
      const { commitId, lock, read, change, throws } = operation;
      // What the plan was shown is part of the answer; the moment too.
      return store.decide({ commitId, lock, read, plan: (rows, nowMs) => {
        if (throws) throw new StockwrightError('The plan thought better of it.', { code: 'ABORTED' });
        return { ...change, answer: { rows, nowMs } };
      } });
    }
    case 'claim': return store.claim(operation.request);
    case 'renew': return store.renew(operation.back.flatMap((back) => claims[claims.length - 1 - back] ?? []), operation.leaseMs);
    case 'settle': {
      // Old claims are settled as well: theirs is the late answer of a worker that was given up.
      const settlements = operation.settlements.flatMap(({ back, ...rest }) => {
        const claim = claims[claims.length - 1 - back];
        return claim === undefined ? [] : [{ ...rest, claim }];
      });
      return store.settle(settlements);
    }
    case 'load': return [await store.load(operation.queries), await store.look(operation.queries)];
    case 'takeBudget': return store.takeBudget(operation.bucket, operation.cost, { capacity: operation.capacity, refillPerSecond: 0.7 });
    case 'pauseBucket': return store.pauseBucket(operation.bucket, operation.untilMs, 'paused');
    case 'dirtyShards': return store.dirtyShards(operation.limit);
    case 'dueWork': return store.dueWork(operation.shard);
    case 'forget': return store.forget(operation.request);
    case 'scanWork': return collect(store.scanWork());
    default: return undefined;
  }
}

async function dump(store: Store): Promise<unknown> {
  const tables = await Promise.all((Object.keys(TABLES) as TableName[]).map((table) => collect(store.scan({ table, where: {} }))));
  return { tables, work: await collect(store.scanWork()), shards: await store.dirtyShards(100) };
}

/** The same value with the names of every object in one order, so that it can be compared as JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}
