import type { ChangesPage, Engine } from '@stockwright/engine';
import { createEngine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { describe, expect, it } from 'vitest';
import { createRig, engineOptions, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

const NUMBER = { channel: SHOP, location: '', sku: MUG };

async function started(options: RigOptions = {}): Promise<Rig> {
  const rig = await createRig(options);
  await rig.engine.start();
  await counted(rig, 9);
  return rig;
}

async function counted(rig: Rig, count: number): Promise<void> {
  rig.erp.count(MUG, W1, count);
  await rig.pass(61_000);
}

function wants(page: ChangesPage): readonly unknown[] {
  return page.status === 'changes' ? page.changes.map(({ previous, want }) => [previous, want]) : [page.why];
}

describe('the changes of an installation', () => {
  it('begin with everything, and go on from a cursor, page by page and over the death of the host', async () => {
    const rig = await started();
    const first = await rig.engine.changes();
    expect(first).toMatchObject({ status: 'readAnew', why: 'started' });
    const now = [];
    for await (const target of rig.engine.targets()) now.push(target);
    expect(now).toEqual([{ ...NUMBER, revision: 1, want: '9' }]);
    for (const count of [8, 7, 6]) await counted(rig, count);
    const page = await rig.engine.changes({ after: first.cursor, limit: 2 });
    expect([wants(page), wants(await rig.engine.changes({ after: first.cursor, limit: 2 }))]).toEqual([[['9', '8'], ['8', '7']], [['9', '8'], ['8', '7']]]);
    const rest = await rig.engine.changes({ after: page.cursor });
    expect(rest).toMatchObject({ status: 'changes', changes: [{ ...NUMBER, kind: 'target', revision: 4, previous: '7', want: '6', cause: 'stock erp', policyVersion: '1', atMs: expect.any(Number) }] });
    expect(wants(await rig.engine.changes({ after: rest.cursor }))).toEqual([]);
    await rig.stop();
  });

  it('are told anew where the store continues another history, and where what came since is not kept any more', async () => {
    let history = 'one';
    let store: Store | undefined;
    const rig = await started({ store: (clock) => {
      store = Object.assign(createMemoryStore({ clock }), { epoch: () => Promise.resolve(history) });
      return store;
    } });
    const { cursor } = await rig.engine.changes();
    await counted(rig, 8);
    expect(await store?.forget({ table: 'change', overForMs: 0, limit: 9 })).toBe(2);
    const gap = await rig.engine.changes({ after: cursor });
    expect(gap).toMatchObject({ status: 'readAnew', why: 'forgotten' });
    await counted(rig, 7);
    expect(wants(await rig.engine.changes({ after: gap.cursor }))).toEqual([['8', '7']]);
    history = 'two';
    const other = await rig.engine.changes({ after: gap.cursor });
    expect(other).toMatchObject({ status: 'readAnew', why: 'anotherHistory' });
    await counted(rig, 6);
    expect(wants(await rig.engine.changes({ after: other.cursor })).at(-1)).toEqual(['7', '6']);
    await rig.stop();
  });

  it.each<[string, Parameters<Engine['changes']>[0], unknown]>([
    ['a cursor that is none', { after: 7 as never }, [{ path: ['after'], message: expect.stringContaining('no cursor') }]],
    ['more than a page may have', { limit: 1_001 }, [{ path: ['limit'], message: '1001 is not 1 to 1000' }]],
    ['no changes', { limit: 0.5 }, [{ path: ['limit'], message: '0.5 is not 1 to 1000' }]],
    ['no request', null as never, [{ path: [], message: expect.stringContaining('no request') }]],
  ])('are refused for %s', async (_what, request, issues) => {
    const { engine } = await createRig();
    await expect(engine.changes(request)).rejects.toMatchObject({ code: 'INVALID_INPUT', issues });
  });

  it('cost a commit of what was observed nothing, and are not kept where nobody follows', async () => {
    const told: number[] = [];
    const counting = (inner: Store): Store => Object.assign(Object.create(inner) as Store, {
      commit: (change, options) => { told.push(change.tell?.length ?? 0); return inner.commit(change, options); },
    } satisfies Partial<Store>);
    const rig = await started({ store: (clock) => counting(createMemoryStore({ clock })) });
    expect(Math.max(...told)).toBe(0);
    await rig.stop();
    const silent = await createRig();
    const engine = createEngine({ ...engineOptions(silent, {}), feed: false });
    await engine.start();
    silent.erp.count(MUG, W1, 9);
    await silent.pass(61_000);
    const { entries } = await silent.store.feed('0', 9);
    expect([silent.shop.shows(MUG), entries.map(({ entry: { kind } }) => kind)]).toEqual([9, ['untold']]);
    // Otherwise it would say for ever that nothing has changed.
    await expect(engine.changes()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await silent.driven(engine.stop());
  });

  it('are read anew after an operator has said that the store was restored', async () => {
    const rig = await started();
    const { cursor } = await rig.engine.changes();
    await rig.driven(rig.engine.operate({ verb: 'doubt', reason: 'a backup' }, { requestedBy: 'anna' }));
    expect(await rig.engine.changes({ after: cursor })).toMatchObject({ status: 'readAnew', why: 'forgotten' });
    await rig.stop();
  });

  it('are read anew by who followed before an engine that told nothing', async () => {
    const rig = await started();
    const { cursor } = await rig.engine.changes();
    await rig.stop();
    const [silent, after] = [false, true].map((feed) => createEngine({ ...engineOptions(rig, { seed: String(feed) }), feed })) as [Engine, Engine];
    await silent.start();
    await counted(rig, 8);
    await rig.driven(silent.stop());
    await after.start();
    await rig.pass(1_000);
    const page = await after.changes({ after: cursor });
    expect(page).toMatchObject({ status: 'readAnew', why: 'forgotten' });
    await counted(rig, 7);
    expect(wants(await after.changes({ after: page.cursor }))).toEqual([['8', '7']]);
    await rig.driven(after.stop());
  });
});

describe('who follows the changes', () => {
  it('hears of each as it comes, also of another process’s, until the signal fires', async () => {
    const rig = await started();
    const beside = createEngine(engineOptions(rig, { seed: 'beside' }));
    const seen: unknown[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const page of beside.followChanges({ signal: stop.signal, everyMs: 5_000 })) seen.push(...wants(page));
    })();
    await rig.pass(1);
    expect(seen).toEqual(['started']);
    await counted(rig, 8);
    await rig.pass(5_000);
    expect(seen).toEqual(['started', ['9', '8']]);
    stop.abort();
    await rig.driven(following);
    await rig.stop();
  });

  it('of its own engine waits for no interval, and ends when the engine does', async () => {
    const rig = await started();
    const { cursor } = await rig.engine.changes();
    const seen: unknown[] = [];
    const following = (async () => {
      for await (const page of rig.engine.followChanges({ after: cursor, everyMs: 86_400_000 })) seen.push(...wants(page));
    })();
    await rig.pass(1);
    await counted(rig, 8);
    expect(seen).toEqual([['9', '8']]);
    await rig.stop();
    await rig.driven(following);
  });

  it('hears that the store is away, and goes on from the cursor that it kept', async () => {
    let away = false;
    const rig = await started({ store: (clock) => {
      const inner = createMemoryStore({ clock });
      return Object.assign(Object.create(inner) as Store, { feed: (after: string | undefined, limit: number) => (away ? Promise.reject(new Error('away')) : inner.feed(after, limit)) });
    } });
    const { cursor } = await rig.engine.changes();
    away = true;
    const broken = rig.engine.followChanges({ after: cursor })[Symbol.asyncIterator]();
    await expect(broken.next()).rejects.toThrow('away');
    away = false;
    await counted(rig, 8);
    const again = rig.engine.followChanges({ after: cursor })[Symbol.asyncIterator]();
    expect(wants((await again.next()).value as ChangesPage)).toEqual([['9', '8']]);
    await again.return?.();
    await rig.stop();
  });
});
