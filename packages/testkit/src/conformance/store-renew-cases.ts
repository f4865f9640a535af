import { same } from './conformance.ts';
import { claimAll, commit, done, mark, only, SHARD, type StoreCase } from './store-subject.ts';

/** Leases that are prolonged. */
export const RENEW_CASES: readonly StoreCase[] = [
  { key: 'renewed-leases-go-on', title: 'a renewed lease lasts from its renewal on, is never shortened, and settles as the claim that it is', run: async ({ store, clock }) => {
    const startMs = clock.now();
    await commit(store, { marks: [mark('x'), mark('y')] });
    const claims = await claimAll(store);
    clock.set(startMs + 900);
    same(await store.renew(claims, 1_000), [startMs + 1_900, startMs + 1_900], 'renewed');
    same(await store.renew(claims, 10), [startMs + 1_900, startMs + 1_900], 'not shortened');
    clock.set(startMs + 1_899);
    same([await claimAll(store), (await store.dueWork(SHARD)).nextDueMs], [[], startMs + 1_900], 'still leased');
    await commit(store, { marks: [mark('x')] });
    same(await store.settle(claims.map((claim) => done(claim))), ['settled', 'settled'], 'settled');
    same((await claimAll(store)).map(({ key, revision, takenOver }) => [key, revision, takenOver]), [['x', 2, false]], 'what was marked meanwhile');
    same(await store.renew([], 1_000), [], 'none');
  } },
  { key: 'renewing-revives-nothing', title: 'a lease that somebody else was given since, or that was settled, is not renewed, and those beside it are', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x'), mark('y'), mark('z')] });
    const [x, y, z] = await claimAll(store);
    if (x === undefined || y === undefined || z === undefined) throw new Error('three claims expected');
    clock.set(clock.now() + 500);
    await store.settle([done(z)]);
    await store.renew([y], 5_000);
    clock.set(clock.now() + 500);
    const next = only(await claimAll(store));
    same([next.key, next.takenOver], ['x', true], 'taken over');
    const nowMs = clock.now();
    same((await store.renew([x, y, z], 9_000)).map((untilMs) => untilMs ?? 'lost'), ['lost', nowMs + 9_000, 'lost'], 'renewed');
    clock.set(nowMs + 1_000);
    same((await claimAll(store)).map(({ key }) => key), ['x'], 'the lease of the next holder ended when it said');
    same(await store.settle([done(x), done(next), done(y), done(z)]), ['leaseLost', 'leaseLost', 'settled', 'leaseLost'], 'settled');
  } },
  { key: 'renewing-late', title: 'a lease that ran out is held again where nobody was given another, also where its work was found ripe', run: async ({ store, clock }) => {
    const startMs = clock.now();
    await commit(store, { marks: [mark('x', { priority: 7 }), mark('y', { priority: 0 })] });
    const claim = (await claimAll(store)).find(({ key }) => key === 'x');
    if (claim === undefined) throw new Error('a claim on x expected');
    clock.set(startMs + 4_000);
    same((await claimAll(store, { limit: 1 })).map(({ key }) => key), ['y'], 'somebody looks and takes other work');
    same(await store.renew([claim], 1_000), [startMs + 5_000], 'renewed');
    clock.set(startMs + 4_999);
    same([await claimAll(store, { leaseMs: 1 }), (await store.dueWork(SHARD)).nextDueMs], [[], startMs + 5_000], 'still leased');
    same(await store.settle([done(claim)]), ['settled'], 'settled');
  } },
];
