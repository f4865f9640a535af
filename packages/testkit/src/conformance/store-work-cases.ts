import { same } from './conformance.ts';
import { claimAll, collect, commit, done, item, mark, only, read, rejects, SHARD, type StoreCase } from './store-subject.ts';

/** Marks, claims and settlements. */
export const WORK_CASES: readonly StoreCase[] = [
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
  { key: 'claims-by-age', title: 'claims the oldest first where that is asked for, then the urgent, then by key', run: async ({ store, clock }) => {
    const startMs = clock.now();
    await commit(store, { marks: [mark('d', { priority: 7 }), mark('c', { priority: 7 }), mark('e', { priority: 2 })] });
    clock.set(startMs + 10);
    await commit(store, { marks: [mark('a', { priority: 0 }), mark('d', { priority: 8 }), mark('f', { notBeforeMs: startMs + 500 })] });
    same((await claimAll(store, { order: 'age', limit: 2 })).map(({ key }) => key), ['e', 'c'], 'first');
    same((await claimAll(store, { order: 'age' })).map(({ key }) => key), ['d', 'a'], 'then');
    clock.set(startMs + 500);
    same((await claimAll(store, { order: 'age', kinds: ['project', 'push'] })).map(({ key }) => key), ['f'], 'last');
  } },
  { key: 'claims-are-by-shard-kind-and-limit', title: 'claims only what was asked for', run: async ({ store }) => {
    await commit(store, { marks: [mark('a'), mark('b'), mark('c', { shard: 'other' }), mark('d', { kind: 'project' })] });
    same((await claimAll(store, { limit: 1 })).map(({ key }) => key), ['a'], 'first');
    same((await claimAll(store)).map(({ key }) => key), ['b'], 'second');
  } },
  { key: 'leases-exclude', title: 'what is leased is nobody else\'s until the lease runs out by the store\'s clock', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    const first = only(await claimAll(store));
    same([first.takenOver, first.leaseUntilMs - clock.now()], [false, 1_000], 'taken over, and for how long');
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
  { key: 'fences-outlive-a-failover', title: 'no fence is below the clock, so that the lease of a history that is gone is never taken for one of this', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    const startMs = clock.now();
    const first = only(await claimAll(store));
    clock.set(startMs + 5_000);
    const second = only(await claimAll(store));
    same([first.fence >= startMs, second.fence >= startMs + 5_000], [true, true], 'fences');
    clock.set(startMs + 5_000 + 1_000);
    same(only(await claimAll(store)).fence > second.fence, true, 'next');
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
  { key: 'lease-is-of-the-store-clock', title: 'a lease lasts to its last millisecond and not longer, and who still holds it may settle late', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    const claim = only(await claimAll(store));
    clock.set(clock.now() + 999);
    same(await claimAll(store), [], 'last millisecond');
    clock.set(clock.now() + 60_000);
    same(await store.settle([done(claim)]), ['settled'], 'late, and nobody came');
    same(await claimAll(store), [], 'left');
  } },
  { key: 'two-workers-share-nothing', title: 'concurrent claims hand out every piece of work once', run: async ({ store }) => {
    await commit(store, { marks: Array.from({ length: 30 }, (_value, index) => mark(`k${String(index)}`)) });
    const claims = await Promise.all(Array.from({ length: 8 }, (_value, index) => claimAll(store, { limit: 5, worker: `w${String(index)}` })));
    same([claims.flat().length, new Set(claims.flat().map(({ key }) => key)).size], [30, 30], 'claims');
  } },
  { key: 'mark-of-a-claimed-key-keeps-its-moment', title: 'what was marked meanwhile is due when its mark says and dirty since its mark', run: async ({ store, clock }) => {
    const startMs = clock.now();
    await commit(store, { marks: [mark('x', { priority: 0 })] });
    const claim = only(await claimAll(store));
    clock.set(startMs + 100);
    await commit(store, { marks: [mark('x', { notBeforeMs: startMs + 900, priority: 8 }), mark('x', { notBeforeMs: startMs + 700, priority: 7 })] });
    clock.set(startMs + 150);
    await commit(store, { marks: [mark('x', { notBeforeMs: startMs + 800, priority: 9 })] });
    clock.set(startMs + 200);
    await store.settle([done(claim)]);
    same(await claimAll(store), [], 'early');
    clock.set(startMs + 700);
    const { revision, dirtySinceMs, notBeforeMs, priority } = only(await claimAll(store));
    same([revision, dirtySinceMs, notBeforeMs, priority], [4, startMs + 100, startMs + 700, 7], 'claim');
  } },
  { key: 'new-mark-never-waits-for-a-retry', title: 'a retry that was asked for long hence gives way to a mark that came meanwhile, and to one that comes later', run: async ({ store, clock }) => {
    const later = (): number => clock.now() + 3_600_000;
    await commit(store, { marks: [mark('x'), mark('y')] });
    const [x, y] = await claimAll(store);
    if (x === undefined || y === undefined) throw new Error('two claims expected');
    await commit(store, { marks: [mark('x', { notBeforeMs: clock.now() + 50 })] });
    await store.settle([x, y].map((claim) => ({ claim, outcome: { status: 'retry', atMs: later(), reason: 'busy' } })));
    clock.set(clock.now() + 50);
    same(only(await claimAll(store)).key, 'x', 'meanwhile');
    await commit(store, { marks: [mark('y')] });
    const again = only(await claimAll(store));
    same([again.key, again.attempts], ['y', 0], 'later');
  } },
  { key: 'quarantine-gives-way-to-a-mark', title: 'a quarantine of an old revision does not hold back a mark that came meanwhile', run: async ({ store }) => {
    await commit(store, { marks: [mark('x')] });
    const claim = only(await claimAll(store));
    await commit(store, { marks: [mark('x')] });
    await store.settle([{ claim, outcome: { status: 'quarantine', reason: 'refused' } }]);
    same(only(await claimAll(store)).revision, 2, 'revision');
  } },
  { key: 'quarantined-work-stays-dirty', title: 'work that is revived is dirty since it first was', run: async ({ store, clock }) => {
    const startMs = clock.now();
    await commit(store, { marks: [mark('x')] });
    await store.settle([{ claim: only(await claimAll(store)), outcome: { status: 'quarantine', reason: 'refused' } }]);
    clock.set(startMs + 5_000);
    await commit(store, { marks: [mark('x', { notBeforeMs: startMs + 6_000 })] });
    same(await claimAll(store), [], 'early');
    clock.set(startMs + 6_000);
    same(only(await claimAll(store)).dirtySinceMs, startMs, 'dirty since');
  } },
  { key: 'dirty-since-starts-anew', title: 'work that was done is dirty since its next mark', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    await store.settle([done(only(await claimAll(store)))]);
    clock.set(clock.now() + 5_000);
    await commit(store, { marks: [mark('x')] });
    same(only(await claimAll(store)).dirtySinceMs, clock.now(), 'dirty since');
  } },
  { key: 'urgent-mark-comes-first', title: 'waiting work takes the most urgent priority and the last cause of its marks', run: async ({ store }) => {
    await commit(store, { marks: [mark('a', { priority: 5 }), mark('b', { priority: 6 }), mark('b', { priority: 1, cause: 'sold' }), mark('b', { priority: 9, cause: 'counted' })] });
    same((await claimAll(store)).map(({ key, priority, cause }) => [key, priority, cause]), [['b', 1, 'counted'], ['a', 5, 'test']], 'claims');
  } },
  { key: 'lost-lease-of-unknown-work', title: 'a settlement of work that does not exist is a lost lease', run: async ({ store }) => {
    const claim = { kind: 'push', shard: SHARD, key: 'never', revision: 1, fence: 1 } as const;
    same(await store.settle([{ claim, outcome: { status: 'done' }, write: [item('A', 1)] }]), ['leaseLost'], 'result');
    same(await read(store, 'A'), undefined, 'row');
  } },
  { key: 'settlements-see-each-other', title: 'settlements of one call apply one after the other', run: async ({ store }) => {
    await commit(store, { marks: [mark('x'), mark('y')] });
    const [x, y] = await claimAll(store);
    if (x === undefined || y === undefined) throw new Error('two claims expected');
    const expect = [{ table: 'item' as const, key: { sku: 'A' }, version: 0 }];
    same(await store.settle([done(x, { expect, write: [item('A', 1)] }), done(y, { expect, write: [item('A', 2)] })]), ['settled', 'conflict'], 'results');
    same((await read(store, 'A'))?.['version'], 1, 'version');
  } },
  { key: 'refused-settlement-leaves-nothing', title: 'a settlement that is not of the layout stops all settlements of its call', run: async ({ store }) => {
    await commit(store, { marks: [mark('x'), mark('y')] });
    const [x, y] = await claimAll(store);
    if (x === undefined || y === undefined) throw new Error('two claims expected');
    await rejects(() => store.settle([done(x, { write: [item('A', 1)] }), done(y, { write: [{ table: 'item', key: { sku: 'B' }, set: { nonsense: 1 } }] })]), 'an unknown column', 'INVARIANT_VIOLATED');
    same(await read(store, 'A'), undefined, 'row');
    same(await store.settle([done(x), done(y)]), ['settled', 'settled'], 'again');
  } },
  { key: 'leased-work-is-due-when-its-lease-ends', title: 'a shard whose work is leased is due when the lease runs out', run: async ({ store, clock }) => {
    const startMs = clock.now();
    await commit(store, { marks: [mark('x'), mark('y', { notBeforeMs: startMs + 9_000 })] });
    const shard = { shard: SHARD, oldestDirtySinceMs: startMs };
    await claimAll(store);
    same(await store.dirtyShards(9), [{ ...shard, nextDueMs: startMs + 1_000 }], 'leased');
    clock.set(startMs + 1_000);
    await store.settle([done(only(await claimAll(store)))]);
    same(await store.dirtyShards(9), [{ ...shard, nextDueMs: startMs + 9_000 }], 'waiting');
  } },
  { key: 'due-work-names-kinds', title: 'names the kinds of one shard that could be claimed now, and when the next of its work is due', run: async ({ store, clock }) => {
    const startMs = clock.now();
    same(await store.dueWork(SHARD), { kinds: [], nextDueMs: undefined, nowMs: startMs }, 'nothing');
    const later = (ms: number): { readonly notBeforeMs: number } => ({ notBeforeMs: startMs + ms });
    await commit(store, { marks: [mark('x', later(0)), mark('y', later(0)), mark('r', { kind: 'readLevels', ...later(300) }), mark('o', { kind: 'readOrder', ...later(500) }), mark('z', { shard: 'other', kind: 'project' })] });
    same(await store.dueWork(SHARD), { kinds: ['push'], nextDueMs: startMs, nowMs: startMs }, 'one kind');
    clock.set(startMs + 300);
    same(await store.dueWork(SHARD), { kinds: ['push', 'readLevels'], nextDueMs: startMs, nowMs: startMs + 300 }, 'two kinds');
    const claims = await claimAll(store, { kinds: ['push', 'readLevels'] });
    same(await store.dueWork(SHARD), { kinds: [], nextDueMs: startMs + 500, nowMs: startMs + 300 }, 'leased');
    clock.set(startMs + 1_300);
    same(await store.dueWork(SHARD), { kinds: ['push', 'readLevels', 'readOrder'], nextDueMs: startMs + 500, nowMs: startMs + 1_300 }, 'leases that have run out');
    const again = await claimAll(store, { kinds: ['push', 'readLevels', 'readOrder'] });
    same([claims.length, again.length], [3, 4], 'claims');
    await store.settle(again.map((claim, index) => (index === 0 ? { claim, outcome: { status: 'quarantine', reason: 'broken' } } : done(claim))));
    same(await store.dueWork(SHARD), { kinds: [], nextDueMs: undefined, nowMs: startMs + 1_300 }, 'quarantined and done');
  } },
  { key: 'oldest-is-of-what-is-due', title: 'the age of a shard is that of its oldest due work', run: async ({ store, clock }) => {
    const startMs = clock.now();
    await commit(store, { marks: [mark('planned', { notBeforeMs: startMs + 50_000 })] });
    clock.set(startMs + 10_000);
    await commit(store, { marks: [mark('due', { notBeforeMs: startMs + 10_000 })] });
    clock.set(startMs + 20_000);
    same(await store.dirtyShards(9), [{ shard: SHARD, oldestDirtySinceMs: startMs + 10_000, nextDueMs: startMs + 10_000 }], 'shards');
  } },
  { key: 'scan-work-shows-what-is-left', title: 'shows work that is waiting, leased and quarantined in the order of its keys, and nothing that is done', run: async ({ store, clock }) => {
    await commit(store, { marks: ['d', 'c', 'b', 'a'].map((key) => mark(key)) });
    const claims = await claimAll(store, { limit: 3 });
    const [a, b] = claims;
    if (a === undefined || b === undefined) throw new Error('three claims expected');
    await store.settle([done(a), { claim: b, outcome: { status: 'quarantine', reason: 'refused' } }]);
    const rows = await collect(store.scanWork());
    same(rows.map(({ key, state, reason, worker, leaseUntilMs, revision, settledRevision }) => [key, state, reason, worker, leaseUntilMs, revision, settledRevision]), [
      ['b', 'quarantined', 'refused', null, null, 1, 0],
      ['c', 'ready', null, 'test', clock.now() + 1_000, 1, 0],
      ['d', 'ready', null, null, null, 1, 0],
    ], 'rows');
  } },
];
