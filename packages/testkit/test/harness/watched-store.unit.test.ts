import { describe, expect, it } from 'vitest';
import { StoreWatch } from '../../src/harness/invariants/store-watch.ts';
import { Violations } from '../../src/harness/invariants/violations.ts';
import { SimTime } from '../../src/harness/sim-time.ts';
import { WatchedStore } from '../../src/harness/watched-store.ts';

describe('a store after a failover', () => {
  it('takes no lease of the history that is gone for one of its own', async () => {
    const time = new SimTime(1_000_000);
    const pass = (ms: number): Promise<void> => time.runUntil(time.now() + ms, () => false);
    const now = (): number => time.now();
    const watched = new WatchedStore(time, new StoreWatch(new Violations(now), now), { keepsLog: true });
    const { port } = watched;
    const claim = async () => (await port.claim({ shard: 's', kinds: ['push'], limit: 1, leaseMs: 30_000, worker: 'w' }))[0];
    const mark = (commitId: string) => port.commit({ commitId, expect: [], write: [], marks: [{ kind: 'push', key: 'x', shard: 's', priority: 0, notBeforeMs: 0, cause: commitId }] });

    await mark('kept');
    await pass(2_000);
    await mark('lost');
    const gone = await claim();
    await pass(1_000);
    await watched.failOver(time.now() - 2_000);
    const own = await claim();
    if (gone === undefined || own === undefined) throw new Error('nothing was claimed');

    expect(await port.settle([{ claim: gone, outcome: { status: 'done' } }])).toEqual(['leaseLost']);
    expect(await port.settle([{ claim: own, outcome: { status: 'done' } }])).toEqual(['settled']);
    await mark('next');
    expect((await claim())?.revision).toBe(own.revision + 1);
  });
});
