import type { Claim, ClaimRequest, Mark, Row, RowWrite, Settlement, Store } from '@stockwright/engine/ports';
import type { ConformanceCase } from './conformance.ts';

/** A store under test, with its clock in the hands of the case. @public */
export interface StoreSubject {
  readonly store: Store;
  readonly clock: { now(): number; set(ms: number): void };
  /** Closes the store and opens it again over what it kept; only where it is durable. */
  readonly reopen?: () => Promise<Store>;
}

/** One promise of the stores' port. @public */
export type StoreCase = ConformanceCase<StoreSubject, 'durable'>;

export const SHARD = 'channel:shop';
let made = 0;

export function mark(key: string, more: Partial<Mark> = {}): Mark {
  return { kind: 'push', key, shard: SHARD, priority: 5, notBeforeMs: 0, cause: 'test', ...more };
}

export function item(sku: string, version: number): RowWrite {
  return { table: 'item', key: { sku }, set: { version } };
}

export function only<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined || items.length !== 1) throw new Error(`expected one, got ${String(items.length)}`);
  return first;
}

export function claimAll(store: Store, more: Partial<ClaimRequest> = {}): Promise<readonly Claim[]> {
  return store.claim({ shard: SHARD, kinds: ['push'], limit: 100, leaseMs: 1_000, worker: 'test', ...more });
}

export function done(claim: Claim, more: Partial<Settlement> = {}): Settlement {
  return { claim, outcome: { status: 'done' }, ...more };
}

/** A commit with an id of its own. */
export function commit(store: Store, change: Partial<Parameters<Store['commit']>[0]>): ReturnType<Store['commit']> {
  made += 1;
  return store.commit({ commitId: `case-${String(made)}`, expect: [], write: [], marks: [], ...change });
}

export async function read(store: Store, sku: string): Promise<Row | undefined> {
  return (await store.load([{ table: 'item', where: { sku } }]))[0]?.[0];
}

/** Fails unless the call is refused, with this code where one is named. */
export async function rejects(call: () => Promise<unknown>, what: string, code?: string): Promise<void> {
  try {
    await call();
  } catch (error) {
    const found = (error as { readonly code?: unknown }).code;
    if (code !== undefined && found !== code) throw new Error(`${what}: expected ${code}, got ${String(found)}`, { cause: error });
    return;
  }
  throw new Error(`${what} was accepted`);
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const each of items) all.push(each);
  return all;
}
