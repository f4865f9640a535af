import type { Claim, ClaimRequest, Decision, DecisionRequest, Mark, Query, Row, RowKey, RowWrite, Settlement, Store, StoreCapabilities } from '@stockwright/engine/ports';
import type { ConformanceCase } from './conformance.ts';

/** A store under test, with its clock in the hands of the case. @public */
export interface StoreSubject {
  readonly store: Store;
  readonly clock: { now(): number; set(ms: number): void };
  /** Closes the store and opens it again over what it kept, as another installation where a namespace is named; only where it is durable. */
  readonly reopen?: (namespace?: string) => Promise<Store>;
  /** Opens a second store over the same rows while the first goes on, as another process would; where that is refused, rejects. */
  readonly second?: () => Promise<Store>;
  /** Runs a body in a transaction of a host's own, which counts unless the body rejects; only where the store can join one. */
  readonly host?: (body: (tx: unknown) => Promise<void>) => Promise<void>;
  /** A store over the same rows whose connection is cut before its statement of this number, counted from 0; only where several processes may use the rows. */
  readonly cut?: (statement: number) => Promise<Store>;
}

/** What a store may or may not be able to do. @public */
export type StoreCapability = keyof StoreCapabilities;

/** One promise of the stores' port. @public */
export type StoreCase = ConformanceCase<StoreSubject, StoreCapability>;

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

/** A decision with an id of its own. */
export function decide<Answer>(store: Store, request: Partial<Omit<DecisionRequest<Answer>, 'plan'>> & Pick<DecisionRequest<Answer>, 'plan'>, tx?: unknown): Promise<Decision<Answer>> {
  made += 1;
  return store.decide({ commitId: `case-${String(made)}`, lock: [], read: [], ...request }, { tx });
}

/** The key of an item, and the query for it. */
export function keyOf(sku: string): RowKey {
  return { table: 'item', key: { sku } };
}

export function queryOf(sku: string): Query {
  return { table: 'item', where: { sku } };
}

/** Raises the version of an item by one, whatever it is, inside the lock. */
export function raise(store: Store, sku: string, tx?: unknown): Promise<Decision<number>> {
  return decide(store, { lock: [keyOf(sku)], read: [queryOf(sku)], plan: ([rows = []]) => {
    const version = Number(rows[0]?.['version'] ?? 0) + 1;
    return { write: [item(sku, version)], answer: version };
  } }, tx);
}

/** Raises the version of an item by one, by reading it and hoping; returns how often somebody was faster. */
export async function raiseByVersion(store: Store, sku: string): Promise<number> {
  for (let lost = 0; ; lost += 1) {
    const version = Number((await read(store, sku))?.['version'] ?? 0);
    const { status } = await commit(store, { expect: [{ ...keyOf(sku), version }], write: [item(sku, version + 1)] });
    if (status === 'committed') return lost;
  }
}

/** What a subject must bring for a capability that it claims. */
export function brought<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined) throw new Error(`a target with this capability must bring ${name}()`);
  return part;
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
