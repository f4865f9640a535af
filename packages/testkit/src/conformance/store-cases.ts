import type { Claim, Mark, Row, Settlement, Store } from '@stockwright/engine/ports';
import { same, type ConformanceCase } from './conformance.ts';

/** A store under test, with its clock in the hands of the case. @public */
export interface StoreSubject {
  readonly store: Store;
  readonly clock: { now(): number; set(ms: number): void };
  /** Closes the store and opens it again over what it kept; only where it is durable. */
  readonly reopen?: () => Promise<Store>;
}

type StoreCase = ConformanceCase<StoreSubject, 'durable'>;

const SHARD = 'channel:shop';
const mark = (key: string, more: Partial<Mark> = {}): Mark => ({ kind: 'push', key, shard: SHARD, priority: 5, notBeforeMs: 0, cause: 'test', ...more });
const item = (sku: string, version: number): { table: 'item'; key: { sku: string }; set: Record<string, number> } => ({ table: 'item', key: { sku }, set: { version } });
const only = <Item>(items: readonly Item[]): Item => {
  const [first] = items;
  if (first === undefined || items.length !== 1) throw new Error(`expected one, got ${String(items.length)}`);
  return first;
};
const claimAll = (store: Store, more: Partial<Parameters<Store['claim']>[0]> = {}): Promise<readonly Claim[]> =>
  store.claim({ shard: SHARD, kinds: ['push'], limit: 100, leaseMs: 1_000, worker: 'test', ...more });
const done = (claim: Claim, more: Partial<Settlement> = {}): Settlement => ({ claim, outcome: { status: 'done' }, ...more });
let made = 0;
const commit = (store: Store, change: Partial<Parameters<Store['commit']>[0]>): ReturnType<Store['commit']> => {
  made += 1;
  return store.commit({ commitId: `case-${String(made)}`, expect: [], write: [], marks: [], ...change });
};
const read = async (store: Store, sku: string): Promise<Row | undefined> => (await store.load([{ table: 'item', where: { sku } }]))[0]?.[0];
const rejects = async (work: () => Promise<unknown>, what: string): Promise<void> => {
  try {
    await work();
  } catch {
    return;
  }
  throw new Error(`${what} was accepted`);
};

const COMMITS: readonly StoreCase[] = [
  { key: 'commit-is-all-or-nothing', title: 'writes nothing where one expectation fails', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    const result = await commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version: 1 }, { table: 'item', key: { sku: 'B' }, version: 7 }], write: [item('A', 2), item('B', 8)], marks: [mark('x')] });
    same(result, { status: 'conflict', failed: [{ table: 'item', key: { sku: 'B' }, version: 7 }] }, 'result');
    same((await read(store, 'A'))?.['version'], 1, 'A');
    same(await claimAll(store), [], 'claims');
  } },
  { key: 'commit-refused-write-leaves-nothing', title: 'writes nothing where one write is not of the layout', run: async ({ store }) => {
    await rejects(() => commit(store, { write: [item('A', 1), { table: 'item', key: { sku: 'B' }, set: { nonsense: 1 } }] }), 'an unknown column');
    same(await read(store, 'A'), undefined, 'A');
  } },
  { key: 'commit-id-counts-once', title: 'answers already to the same commit and changes nothing', run: async ({ store }) => {
    const change = { commitId: 'once', expect: [], write: [item('A', 1)], marks: [mark('x')] };
    same(await store.commit(change), { status: 'committed' }, 'first');
    same(await store.commit({ ...change, write: [item('A', 9)] }), { status: 'already' }, 'second');
    same((await read(store, 'A'))?.['version'], 1, 'A');
    same(only(await claimAll(store)).revision, 1, 'revision');
  } },
  { key: 'conflicted-commit-may-come-again', title: 'a commit that lost is not remembered', run: async ({ store }) => {
    const change = { commitId: 'again', expect: [{ table: 'item' as const, key: { sku: 'A' }, version: 1 }], write: [item('A', 2)], marks: [] };
    same((await store.commit(change)).status, 'conflict', 'first');
    await commit(store, { write: [item('A', 1)] });
    same((await store.commit(change)).status, 'committed', 'second');
  } },
  { key: 'version-zero-means-absent', title: 'expects a row not to be there with version 0', run: async ({ store }) => {
    const inbox = { table: 'inbox' as const, key: { origin: 'shop', messageId: 'm' } };
    const change = { expect: [{ ...inbox, version: 0 }], write: [{ ...inbox, set: { receivedAtMs: 1 } }] };
    same((await commit(store, change)).status, 'committed', 'first');
    same((await commit(store, change)).status, 'conflict', 'second');
  } },
  { key: 'write-patches-columns', title: 'a write keeps the columns that it does not name', run: async ({ store }) => {
    await commit(store, { write: [{ table: 'item', key: { sku: 'A' }, set: { version: 1, changedAtMs: 5 } }] });
    await commit(store, { write: [item('A', 2)] });
    same(await read(store, 'A'), { sku: 'A', version: 2, counted: null, changedAtMs: 5 }, 'row');
  } },
  { key: 'write-removes', title: 'a row can be removed', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    await commit(store, { write: [{ table: 'item', key: { sku: 'A' }, remove: true }] });
    same(await read(store, 'A'), undefined, 'row');
  } },
  { key: 'load-by-key-prefix-and-index', title: 'finds rows by a prefix of the key and by an index, in the order of their keys', run: async ({ store }) => {
    const rows = [['B', 'W1'], ['A', 'W2'], ['A', 'W1']] as const;
    await commit(store, { write: rows.map(([sku, location]) => ({ table: 'target' as const, key: { channel: 'shop', location, sku }, set: { differs: sku === 'A' ? 1 : 0 } })) });
    const [byChannel = [], bySku = [], byDiffers = []] = await store.load([{ table: 'target', where: { channel: 'shop' } }, { table: 'target', where: { sku: 'A' } }, { table: 'target', where: { channel: 'shop', differs: 1 } }]);
    const names = (found: readonly Row[]): string => found.map((row) => `${String(row['location'])}/${String(row['sku'])}`).join(' ');
    same([names(byChannel), names(bySku), names(byDiffers)], ['W1/A W1/B W2/A', 'W1/A W2/A', 'W1/A W2/A'], 'rows');
    await rejects(() => store.load([{ table: 'target', where: { want: '1' } }]), 'a query without an index');
  } },
  { key: 'order-of-integer-keys', title: 'keys that are numbers sort as numbers', run: async ({ store }) => {
    await commit(store, { write: [10, 9, 2].map((itemVersion) => ({ table: 'ledger' as const, key: { sku: 'A', itemVersion, ordinal: 0 }, set: { quantity: '1' } })) });
    const [rows = []] = await store.load([{ table: 'ledger', where: { sku: 'A' } }]);
    same(rows.map((row) => row['itemVersion']), [2, 9, 10], 'order');
  } },
  { key: 'loaded-rows-are-copies', title: 'what a caller does to a row stays with the caller', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    Object.assign((await read(store, 'A')) ?? {}, { version: 99 });
    same((await read(store, 'A'))?.['version'], 1, 'version');
  } },
  { key: 'one-of-many-writers-wins', title: 'of concurrent commits on one version exactly one wins', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    const results = await Promise.all(Array.from({ length: 16 }, () => commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version: 1 }], write: [item('A', 2)] })));
    same(results.filter(({ status }) => status === 'committed').length, 1, 'winners');
  } },
  { key: 'forty-increments-count-forty', title: 'forty concurrent read, add one, write apply forty times', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    await Promise.all(Array.from({ length: 40 }, async () => {
      for (;;) {
        const version = Number((await read(store, 'A'))?.['version']);
        const result = await commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version }], write: [item('A', version + 1)] });
        if (result.status === 'committed') return;
      }
    }));
    same((await read(store, 'A'))?.['version'], 41, 'version');
  } },
];

const WORK: readonly StoreCase[] = [
  { key: 'marks-conflate', title: 'many marks on one key are one piece of work', run: async ({ store }) => {
    await commit(store, { marks: [mark('x'), mark('x'), mark('x')] });
    same(only(await claimAll(store)).revision, 3, 'revision');
  } },
  { key: 'earlier-moment-wins', title: 'a new mark on dirty work never waits for an old wait', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x', { notBeforeMs: clock.now() + 5_000 })] });
    same(await claimAll(store), [], 'too early');
    await commit(store, { marks: [mark('x', { notBeforeMs: clock.now() })] });
    same((await claimAll(store)).length, 1, 'claims');
  } },
  { key: 'claims-by-priority-age-key', title: 'claims the urgent first, then the old, then by key', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('c'), mark('b')] });
    clock.set(clock.now() + 10);
    await commit(store, { marks: [mark('a'), mark('z', { priority: 0 })] });
    same((await claimAll(store)).map(({ key }) => key), ['z', 'b', 'c', 'a'], 'order');
  } },
  { key: 'claims-are-by-shard-kind-and-limit', title: 'claims only what was asked for', run: async ({ store }) => {
    await commit(store, { marks: [mark('a'), mark('b'), mark('c', { shard: 'other' }), mark('d', { kind: 'project' })] });
    same((await claimAll(store, { limit: 1 })).map(({ key }) => key), ['a'], 'first');
    same((await claimAll(store)).map(({ key }) => key), ['b'], 'second');
  } },
  { key: 'leases-exclude', title: 'what is leased is nobody else\'s until the lease runs out by the store\'s clock', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    const first = only(await claimAll(store));
    same(first.takenOver, false, 'taken over');
    same(await claimAll(store), [], 'second');
    clock.set(clock.now() + 1_000);
    const third = only(await claimAll(store));
    same([third.takenOver, third.fence > first.fence], [true, true], 'third');
  } },
  { key: 'fence-keeps-late-settlers-out', title: 'who lost the lease settles nothing', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    const late = only(await claimAll(store));
    clock.set(clock.now() + 1_000);
    const next = only(await claimAll(store));
    same(await store.settle([done(late, { write: [item('A', 1)], marks: [mark('y')] })]), ['leaseLost'], 'late');
    same(await read(store, 'A'), undefined, 'row');
    same(await store.settle([done(next)]), ['settled'], 'next');
    same(await store.settle([done(next)]), ['leaseLost'], 'twice');
  } },
  { key: 'settles-the-claimed-revision', title: 'a mark that came meanwhile stays dirty', run: async ({ store }) => {
    await commit(store, { marks: [mark('x')] });
    const claim = only(await claimAll(store));
    await commit(store, { marks: [mark('x')] });
    await store.settle([done(claim)]);
    same(only(await claimAll(store)).revision, 2, 'revision');
  } },
  { key: 'settled-work-is-clean', title: 'what is done is not claimed again', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    await store.settle([done(only(await claimAll(store)))]);
    clock.set(clock.now() + 60_000);
    same([await claimAll(store), await store.dirtyShards(9)], [[], []], 'left');
  } },
  { key: 'retry-waits-and-counts', title: 'a retry comes again at its moment and counts the try; a release does not count', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    await store.settle([{ claim: only(await claimAll(store)), outcome: { status: 'retry', atMs: clock.now() + 500, reason: 'busy' } }]);
    same(await claimAll(store), [], 'early');
    clock.set(clock.now() + 500);
    const second = only(await claimAll(store));
    same(second.attempts, 1, 'attempts');
    await store.settle([{ claim: second, outcome: { status: 'release', atMs: clock.now(), reason: 'later' } }]);
    same(only(await claimAll(store)).attempts, 1, 'attempts after release');
  } },
  { key: 'quarantine-until-marked', title: 'quarantined work rests with its reason until somebody marks it', run: async ({ store }) => {
    await commit(store, { marks: [mark('x')] });
    await store.settle([{ claim: only(await claimAll(store)), outcome: { status: 'quarantine', reason: 'refused' } }]);
    same([await claimAll(store), await store.dirtyShards(9)], [[], []], 'left');
    for await (const row of store.scanWork()) same([row.key, row.state, row.reason], ['x', 'quarantined', 'refused'], 'row');
    await commit(store, { marks: [mark('x')] });
    same(only(await claimAll(store)).attempts, 0, 'attempts');
  } },
  { key: 'marks-of-a-settlement-come-after', title: 'a mark in a settlement makes its own key dirty again', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    await store.settle([done(only(await claimAll(store)), { marks: [mark('x', { notBeforeMs: clock.now() + 700 })] })]);
    same(await claimAll(store), [], 'early');
    clock.set(clock.now() + 700);
    same((await claimAll(store)).length, 1, 'later');
  } },
  { key: 'settlement-is-all-or-nothing', title: 'a settlement whose expectation fails applies nothing and keeps the claim', run: async ({ store }) => {
    await commit(store, { marks: [mark('x'), mark('y')] });
    const [x, y] = await claimAll(store);
    if (x === undefined || y === undefined) throw new Error('two claims expected');
    const results = await store.settle([
      done(x, { expect: [{ table: 'item', key: { sku: 'A' }, version: 3 }], write: [item('B', 1)], marks: [mark('z')] }),
      done(y, { write: [item('C', 1)] }),
    ]);
    same(results, ['conflict', 'settled'], 'results');
    same([await read(store, 'B'), (await read(store, 'C'))?.['version']], [undefined, 1], 'rows');
    same(await store.settle([done(x)]), ['settled'], 'again');
  } },
  { key: 'same-key-in-two-shards', title: 'the same key in two shards is two pieces of work', run: async ({ store }) => {
    await commit(store, { marks: [mark('', { shard: 'channel:a' }), mark('', { shard: 'channel:b' })] });
    const a = only(await claimAll(store, { shard: 'channel:a' }));
    await store.settle([done(a)]);
    same((await claimAll(store, { shard: 'channel:b' })).length, 1, 'other');
  } },
  { key: 'dirty-shards-say-when', title: 'names dirty shards, the one due soonest first', run: async ({ store, clock }) => {
    const now = clock.now();
    await commit(store, { marks: [mark('a', { notBeforeMs: now + 900 }), mark('b', { shard: 'other', notBeforeMs: now + 100 })] });
    same((await store.dirtyShards(9)).map(({ shard, nextDueMs }) => [shard, nextDueMs]), [['other', now + 100], [SHARD, now + 900]], 'shards');
    same((await store.dirtyShards(1)).length, 1, 'limit');
  } },
];

const REST: readonly StoreCase[] = [
  { key: 'budget-refills-by-the-clock', title: 'a bucket gives what it holds and refills by the store\'s clock', run: async ({ store, clock }) => {
    const policy = { capacity: 10, refillPerSecond: 2 };
    same(await store.takeBudget('b', 10, policy), { ok: true }, 'first');
    const second = await store.takeBudget('b', 4, policy);
    same(second.ok || second.waitMs, 2_000, 'wait');
    clock.set(clock.now() + 2_000);
    same(await store.takeBudget('b', 4, policy), { ok: true }, 'third');
  } },
  { key: 'later-pause-wins', title: 'a paused bucket gives nothing, and a later pause is not shortened', run: async ({ store, clock }) => {
    const now = clock.now();
    await store.pauseBucket('b', now + 5_000, 'throttled');
    await store.pauseBucket('b', now + 1_000, 'sooner');
    const answer = await store.takeBudget('b', 0, { capacity: 1, refillPerSecond: 1 });
    same(answer.ok ? 'given' : [answer.waitMs, answer.reason], [5_000, 'throttled'], 'paused');
    clock.set(now + 5_000);
    same((await store.takeBudget('b', 0, { capacity: 1, refillPerSecond: 1 })).ok, true, 'over');
  } },
  { key: 'scan-pages', title: 'scans more rows than fit a page, also while rows are written', run: async ({ store }) => {
    const sku = (index: number): string => `S${String(index).padStart(5, '0')}`;
    await commit(store, { write: Array.from({ length: 2_100 }, (_value, index) => item(sku(index), 1)) });
    let count = 0;
    for await (const row of store.scan({ table: 'item', where: {} })) {
      same(row['sku'], sku(count), 'order');
      count += 1;
      if (count === 700) await commit(store, { write: [item('A', 1)] });
    }
    same(count, 2_100, 'rows');
  } },
  { key: 'store-clock', title: 'tells the time of its own clock', run: async ({ store, clock }) => {
    clock.set(1_234_567);
    same(await store.now(), 1_234_567, 'now');
  } },
  { key: 'survives-reopening', title: 'keeps rows, work and commits over a restart', requires: ['durable'], run: async ({ store, reopen }) => {
    await store.commit({ commitId: 'kept', expect: [], write: [item('A', 3)], marks: [mark('x')] });
    const again = await reopen?.();
    if (again === undefined) throw new Error('a durable target must bring reopen()');
    await again.migrate();
    same((await read(again, 'A'))?.['version'], 3, 'row');
    same((await again.commit({ commitId: 'kept', expect: [], write: [], marks: [] })).status, 'already', 'commit');
    same((await claimAll(again)).length, 1, 'work');
  } },
];

/** What every store of the engine promises. @public */
export const STORE_CASES: readonly StoreCase[] = [...COMMITS, ...WORK, ...REST];
