import type { Instant, Observation, QuantityText } from '@stockwright/core';
import { createMemoryStore } from '@stockwright/store-memory';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Claim, Row, Settlement, Store } from '@stockwright/engine/ports';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, engineOptions, ERP, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options: RigOptions = {}): Promise<Rig> => {
  rig = await createRig(options);
  rig.erp.count(MUG, W1, 10);
  await rig.engine.start();
  await rig.pass(10_000);
  return rig;
};
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const KEY = { channel: SHOP, location: '', sku: MUG };
const target = async ({ store }: Rig): Promise<Row> => (await store.load([{ table: 'target', where: { sku: MUG } }]))[0]?.[0] ?? {};
/** One that only says that nothing was to be done. */
const isQuietPush = ({ claim, outcome, write = [] }: Settlement): boolean =>
  claim.kind === 'push' && outcome.status === 'done' && write.every((one) => 'set' in one && Object.keys(one.set).join() === 'version');

describe('a store that loses its last commits', () => {
  it('has its suspicion back, and the push that took it for over does not end the work on it', async () => {
    const one = await open();
    await one.engine.operate({ verb: 'assert', channel: SHOP, sku: MUG }, { requestedBy: 'anna' });
    const suspect = await target(one);
    expect(suspect['suspectUntilMs']).toBeGreaterThan(one.clock.now());
    const { settle } = one.store;
    let lost = 0;
    one.store.settle = async (settlements) => {
      const now = await target(one);
      if (lost === 0 && now['suspectUntilMs'] === null && settlements.some(isQuietPush)) {
        // What the read wrote down is gone; the claim, which is older, is still there.
        lost += 1;
        await one.store.commit({ commitId: 'older history', expect: [], marks: [], write: [{ table: 'target', key: KEY, set: { version: Number(now['version']) - 1, suspectUntilMs: suspect['suspectUntilMs'] ?? null } }] });
      }
      return settle.call(one.store, settlements);
    };
    await one.pass(200_000);
    expect(lost).toBe(1);
    expect((await target(one))['suspectUntilMs']).toBeNull();
  });

  it.each([
    ['', false],
    [', the very first one that it was seen in among them', true],
  ])('shows nothing that followed from what is gone%s', async (_also, first) => {
    let history = 'first';
    const one = await open({ store: (clock) => Object.assign(createMemoryStore({ clock }), { epoch: async () => history }) });
    expect(one.shop.shows(MUG)).toBe(10);
    // A projector that was under way looked at a position of the history that is gone, and settles in the one that is left.
    const now = await target(one);
    await one.store.commit({ commitId: 'late projector', expect: [], marks: [], write: [{ table: 'target', key: KEY, set: { version: Number(now['version']) + 1, want: '7', differs: 1 } }] });
    history = 'second';
    if (first) await one.store.commit({ commitId: 'before the first sweep', expect: [], marks: [], write: [{ table: 'epoch', key: { name: 'engine' }, remove: true }] });
    await one.pass(200_000);
    expect([(await target(one))['want'], one.shop.shows(MUG)]).toEqual(['10', 10]);
  });

  it.each([
    ['finds the line gone, and when it is asked again the store has gone on from before', true],
    ['comes to a store that has gone on from before', false],
  ])('keeps no plan of the history that is gone, whose version somebody else may have written by now: the commit %s', async (_how, isLineLost) => {
    // A memory store names its history by when it began.
    const [gone, left] = [createMemoryStore({ clock: { now: () => Date.UTC(2026, 0, 1, 1) } }), createMemoryStore({ clock: { now: () => Date.UTC(2026, 0, 1, 2) } })];
    const counted = (onHand: string, second: number): Observation => ({ kind: 'stock', source: ERP, sku: MUG, location: W1, asOf: `2026-01-01T00:00:0${String(second)}.000Z` as Instant, measures: { onHand: onHand as QuantityText } });
    let current = gone;
    let isGoing = false;
    // The look sees what is lost, and the commit does not.
    const failingOver = (call: keyof Store): Store['commit'] | undefined => {
      if (call !== 'commit' || !isGoing) return undefined;
      return async (change) => {
        [current, isGoing] = [left, false];
        await beside(left, 'after').ingest([counted('3', 3)]);
        if (isLineLost) throw new Error('the line is gone');
        return left.commit(change);
      };
    };
    const one = await createRig({ store: () => new Proxy(gone, { get: (_target, name: keyof Store) => {
      const value: unknown = current[name];
      return typeof value === 'function' ? (failingOver(name) ?? value.bind(current)) : value;
    } }) });
    rig = one;
    const beside = (store: Store, seed: string): Engine => createEngine(engineOptions({ ...one, store }, { seed }));
    for (const store of [gone, left]) await beside(store, 'before').ingest([counted('5', 1)]);
    await beside(gone, 'lost').ingest([counted('7', 2)]);
    await one.engine.start();
    await one.pass(1_000);
    isGoing = true;
    await one.driven(one.engine.ingest([counted('9', 4)]));
    const [positions = [], ledger = []] = await left.load([{ table: 'position', where: { sku: MUG } }, { table: 'ledger', where: { sku: MUG } }]);
    expect([positions.map(({ quantity }) => quantity), ledger.map(({ quantity, fromAccount }) => [fromAccount, quantity])]).toEqual([['9'], [['adjustment', '5'], ['onHand', '2'], ['adjustment', '6']]]);
  });

  it('pushes what a process that stands still from then on had read under a claim that is gone', async () => {
    let history = 'first';
    const options: RigOptions = { store: (clock) => Object.assign(createMemoryStore({ clock }), { epoch: async () => history }), times: { callTimeoutMs: 3_600_000 } };
    const one = await open(options);
    const { store, shop, engine } = one;
    const { claim } = store;
    let held: readonly Claim[] = [];
    store.claim = async (request) => {
      const claims = await claim.call(store, request);
      if (request.kinds.includes('push')) held = claims;
      return claims;
    };
    const { readOrders, publish } = shop;
    shop.readOrders = async (request, page, context) => {
      const answer = await readOrders(request, page, context);
      const [lost] = history === 'first' ? held : [];
      if (lost === undefined) return answer;
      // In the history that is left the number was right and nobody had anything to push.
      const version = Number((await target(one))['version']);
      const set = { version: version + 1, acked: '10', ackedSold: '0', believed: '10', differs: 0, dirtySinceMs: null, suspectUntilMs: null };
      await store.settle([{ claim: lost, outcome: { status: 'done' }, write: [{ table: 'target', key: KEY, set }] }]);
      history = 'second';
      return answer;
    };
    let stands = false;
    shop.publish = () => {
      stands = true;
      return new Promise(() => undefined);
    };
    held = [];
    shop.edit(MUG, 3);
    await engine.operate({ verb: 'assert', channel: SHOP, sku: MUG }, { requestedBy: 'anna' });
    await one.clock.runUntil(() => stands);
    expect(await target(one)).toMatchObject({ believed: '3', want: '10', differs: 1 });
    shop.publish = publish;
    const next = createEngine(engineOptions(one, { ...options, seed: 'next' }));
    await one.driven(next.start());
    await one.pass(10_000);
    expect(shop.shows(MUG)).toBe(10);
    await one.driven(next.stop());
  });
});
