import { same } from './conformance.ts';
import { brought, claimAll, collect, commit, done, item, mark, only, read, rejects, type StoreCase } from './store-subject.ts';

/** Budgets, scans, the clock and restarts. */
export const REST_CASES: readonly StoreCase[] = [
  { key: 'budget-refills-by-the-clock', title: 'a bucket gives what it holds and refills by the store\'s clock', run: async ({ store, clock }) => {
    const policy = { capacity: 10, refillPerSecond: 2 };
    same(await store.takeBudget('b', 10, policy), { ok: true }, 'first');
    const second = await store.takeBudget('b', 4, policy);
    same(second.ok || second.waitMs, 2_000, 'wait');
    clock.set(clock.now() + 2_000);
    same(await store.takeBudget('b', 4, policy), { ok: true }, 'third');
  } },
  { key: 'budget-outlives-a-clock-set-back', title: 'a bucket that was taken from in what is the future by now refills within a few of its waits', run: async ({ store, clock }) => {
    const policy = { capacity: 2, refillPerSecond: 1 };
    const startMs = clock.now();
    clock.set(startMs + 3_600_000);
    same(await store.takeBudget('b', 2, policy), { ok: true }, 'first');
    clock.set(startMs);
    let answer = await store.takeBudget('b', 1, policy);
    for (let tries = 0; !answer.ok && tries < 20; tries += 1) {
      clock.set(clock.now() + answer.waitMs);
      answer = await store.takeBudget('b', 1, policy);
    }
    same([answer, clock.now() - startMs < 10_000], [{ ok: true }, true], 'again, and soon');
  } },
  { key: 'clock-set-back-never-runs-backwards', title: 'a store with no clock but its host\'s never runs backwards and never stands: what waits is due within twice its wait', lacks: 'multiProcess', run: async ({ store, clock }) => {
    const startMs = clock.now();
    clock.set(startMs + 3_600_000);
    const aheadMs = await store.now();
    await commit(store, { marks: [mark('x'), mark('y', { notBeforeMs: aheadMs + 1_000 })] });
    const first = only(await claimAll(store));
    clock.set(startMs);
    same([await store.now() >= aheadMs, await claimAll(store)], [true, []], 'still leased, and not due yet');
    clock.set(startMs + 2_000);
    same([(await claimAll(store)).map(({ key }) => key), first.key], [['x', 'y'], 'x'], 'both are due');
    clock.set(startMs + 7_200_000);
    same(await store.now(), startMs + 7_200_000, 'caught up');
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
  { key: 'scan-sees-each-row-once', title: 'a scan skips what is removed before it gets there and shows no row twice', run: async ({ store }) => {
    const sku = (index: number): string => `S${String(index).padStart(5, '0')}`;
    await commit(store, { write: Array.from({ length: 2_100 }, (_value, index) => ({ table: 'target' as const, key: { channel: index % 2 === 0 ? 'a' : 'b', location: '', sku: sku(index) }, set: { differs: 1 } })) });
    const seen: unknown[] = [];
    for await (const row of store.scan({ table: 'target', where: { channel: 'a', differs: 1 } })) {
      seen.push(row['sku']);
      if (seen.length !== 3) continue;
      await commit(store, { write: [{ table: 'target', key: { channel: 'a', location: '', sku: sku(2_000) }, remove: true }, { table: 'target', key: { channel: 'a', location: '', sku: sku(0) }, set: { differs: 0 } }] });
    }
    const expected = Array.from({ length: 1_050 }, (_value, index) => sku(index * 2)).filter((each) => each !== sku(2_000));
    same(seen, expected, 'rows');
  } },
  { key: 'refused-takings-cost-nothing', title: 'asking in vain, or for nothing, takes nothing, and fractions do not starve', run: async ({ store, clock }) => {
    const policy = { capacity: 1, refillPerSecond: 0.3 };
    same((await store.takeBudget('b', 1, policy)).ok, true, 'first');
    const wait = await store.takeBudget('b', 1, policy);
    if (wait.ok) throw new Error('the bucket was empty');
    const dueMs = clock.now() + wait.waitMs;
    for (let tries = 0; tries < 20; tries += 1) {
      clock.set(Math.min(dueMs - 1, clock.now() + 171));
      same([(await store.takeBudget('b', 1, policy)).ok, (await store.takeBudget('b', 0, policy)).ok], [false, true], 'in vain');
    }
    clock.set(dueMs);
    same((await store.takeBudget('b', 1, policy)).ok, true, 'at the moment that was named');
  } },
  { key: 'bucket-holds-its-capacity', title: 'a bucket that rested long holds its capacity and no more, and asking with a smaller one spills nothing', run: async ({ store, clock }) => {
    const policy = { capacity: 10, refillPerSecond: 2 };
    await store.takeBudget('b', 10, policy);
    clock.set(clock.now() + 3_600_000);
    same((await store.takeBudget('b', 0, { capacity: 1, refillPerSecond: 1 })).ok, true, 'asked');
    same((await store.takeBudget('b', 10, policy)).ok, true, 'full');
    same((await store.takeBudget('b', 1, policy)).ok, false, 'empty');
  } },
  { key: 'large-cost-is-late-not-stuck', title: 'a cost above the capacity waits for a full bucket and leaves a debt', run: async ({ store, clock }) => {
    const policy = { capacity: 10, refillPerSecond: 10 };
    same((await store.takeBudget('b', 25, policy)).ok, true, 'full');
    const next = await store.takeBudget('b', 5, policy);
    same(next.ok || next.waitMs, 2_000, 'debt');
    clock.set(clock.now() + 2_000);
    same((await store.takeBudget('b', 5, policy)).ok, true, 'paid');
  } },
  { key: 'pause-keeps-the-bucket', title: 'a pause of one bucket leaves others alone, and its own units too', run: async ({ store, clock }) => {
    const policy = { capacity: 4, refillPerSecond: 0.001 };
    await store.takeBudget('b', 3, policy);
    await store.pauseBucket('b', clock.now() + 100, 'throttled');
    same((await store.takeBudget('other', 4, policy)).ok, true, 'other');
    clock.set(clock.now() + 100);
    same([(await store.takeBudget('b', 1, policy)).ok, (await store.takeBudget('b', 1, policy)).ok], [true, false], 'own');
  } },
  { key: 'closed-store-refuses', title: 'a closed store refuses every call and may be closed again', run: async ({ store }) => {
    await store.close();
    await store.close();
    await rejects(() => store.load([]), 'load', 'STORE_UNAVAILABLE');
    await rejects(() => commit(store, {}), 'commit', 'STORE_UNAVAILABLE');
    await rejects(() => claimAll(store), 'claim', 'STORE_UNAVAILABLE');
    await rejects(() => store.dirtyShards(1), 'dirtyShards', 'STORE_UNAVAILABLE');
    await rejects(() => store.dueWork('any'), 'dueWork', 'STORE_UNAVAILABLE');
    await rejects(() => store.feed(undefined, 1), 'feed', 'STORE_UNAVAILABLE');
    await rejects(() => store.forget({ table: 'work', overForMs: 0, limit: 1 }), 'forget', 'STORE_UNAVAILABLE');
    await rejects(async () => collect(store.scan({ table: 'item', where: {} })), 'scan', 'STORE_UNAVAILABLE');
  } },
  ...(['durable', 'joinsHostTransaction', 'multiProcess'] as const).flatMap((capability): StoreCase[] => [
    { key: `tells-${kebab(capability)}`, title: `says that it has the capability ${capability}, as its target does`, requires: [capability], run: async ({ store }) => { same(store.capabilities[capability], true, capability); } },
    { key: `tells-no-${kebab(capability)}`, title: `says that it lacks the capability ${capability}, as its target does`, lacks: capability, run: async ({ store }) => { same(store.capabilities[capability], false, capability); } },
  ]),
  { key: 'epoch-is-steady', title: 'names one history for as long as nothing is lost', run: async ({ store }) => {
    const epoch = await store.epoch();
    same(epoch.length > 0, true, 'name');
    await commit(store, { write: [item('A', 1)] });
    same(await store.epoch(), epoch, 'later');
  } },
  { key: 'epoch-survives-reopening', title: 'names the same history after an orderly restart', requires: ['durable'], run: async ({ store, reopen }) => {
    const epoch = await store.epoch();
    const again = await brought(reopen, 'reopen')();
    await again.migrate();
    same(await again.epoch(), epoch, 'epoch');
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
  { key: 'leases-survive-reopening', title: 'a lease, its fence and a pause hold over a restart', requires: ['durable'], run: async ({ store, clock, reopen }) => {
    await commit(store, { marks: [mark('x')] });
    const claim = only(await claimAll(store));
    await store.pauseBucket('b', clock.now() + 500, 'throttled');
    const again = await reopen?.();
    if (again === undefined) throw new Error('a durable target must bring reopen()');
    await again.migrate();
    same(await claimAll(again), [], 'leased');
    same((await again.takeBudget('b', 1, { capacity: 1, refillPerSecond: 1 })).ok, false, 'paused');
    same(await again.settle([done(claim)]), ['settled'], 'settled');
  } },
];

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
