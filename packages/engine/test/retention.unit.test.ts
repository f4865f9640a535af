import { instantFromMs, parseQuantity } from '@stockwright/core';
import { createEngine, type EngineRetention } from '@stockwright/engine';
import type { Row, Store, TableName } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { describe, expect, it } from 'vitest';
import { createRig, engineOptions, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

const DAY_MS = 86_400_000;
const LEAST: EngineRetention = { inbox: 15, attempt: 1, targetChange: 1, hold: 7, work: 1, refused: 7, unmapped: 7, variance: 7, operatorCommand: 1, change: 1 };
/** An engine that looks around every hour. */
const SLOW: RigOptions = { times: { sweepMs: DAY_MS / 24 }, polls: { sourceMs: DAY_MS, ordersPollMs: DAY_MS, readBackMs: DAY_MS }, retention: LEAST };

async function rows({ store }: Pick<Rig, 'store'>, table: TableName): Promise<readonly Row[]> {
  return (await store.load([{ table, where: {} }]))[0] ?? [];
}

async function tell({ engine, shop, clock, driven }: Rig, { messageId, orderId }: { readonly messageId: string; readonly orderId: string }): Promise<void> {
  shop.buy({ orderId, sku: MUG, quantity: 1, atMs: clock.now() });
  await again({ engine, driven }, { messageId, orderId });
}

async function again({ engine, driven }: Pick<Rig, 'engine' | 'driven'>, { messageId, orderId }: { readonly messageId: string; readonly orderId: string }): Promise<void> {
  await driven(engine.receive(SHOP, { headers: {}, body: new TextEncoder().encode(JSON.stringify({ id: messageId, orderId })) }));
}

async function busy(options: RigOptions = {}): Promise<Rig> {
  const rig = await createRig({ ...SLOW, ...options });
  rig.erp.count(MUG, W1, 9);
  await rig.engine.start();
  await rig.pass(60_000);
  await tell(rig, { messageId: 'm1', orderId: 'o1' });
  await rig.pass(60_000);
  return rig;
}

describe('an engine forgets by itself', () => {
  it('what is over for as long as it is to be kept, and nothing that is needed', async () => {
    const rig = await busy();
    const { engine, clock, store, driven } = rig;
    const hold = (id: string, days: number): ReturnType<typeof engine.hold> => engine.hold({ id, channel: SHOP, expiresAt: instantFromMs(clock.now() + days * DAY_MS), grant: 'all', lines: [{ sku: MUG, quantity: parseQuantity(1) }] });
    for (const [id, days] of [['expires', 1], ['lives', 40], ['given up', 40], ['awaits its order', 40]] as const) await driven(hold(id, days));
    await driven(engine.releaseHold('given up'));
    await driven(engine.convertHold('awaits its order', 'o2'));
    await driven(engine.ingest([{ kind: 'delta', source: 'nobody' as never, id: 'd', sku: MUG, location: W1, measure: 'onHand', delta: '1' as never, at: instantFromMs(clock.now()) }]));
    await rig.pass(60_000);
    const before = { ledger: await rows(rig, 'ledger'), targets: (await rows(rig, 'target')).map(({ want }) => want), answer: (await driven(engine.compute({ channel: SHOP, sku: MUG }))).immediate };
    expect([(await rows(rig, 'targetChange')).length > 1, (await rows(rig, 'attempt')).length > 0, (await rows(rig, 'inbox')).length, (await rows(rig, 'refused')).length]).toEqual([true, true, 1, 1]);

    await rig.pass(6 * DAY_MS);
    expect((await rows(rig, 'hold')).map(({ holdId }) => holdId)).toEqual(['awaits its order', 'expires', 'given up', 'lives']);
    expect([(await rows(rig, 'inbox')).length, (await rows(rig, 'refused')).length]).toEqual([1, 1]);
    await rig.pass(24 * DAY_MS);
    expect((await rows(rig, 'hold')).map(({ holdId }) => holdId)).toEqual(['awaits its order', 'lives']);
    expect((await rows(rig, 'holdLine')).map(({ holdId }) => holdId)).toEqual(['awaits its order', 'lives']);
    expect([(await rows(rig, 'inbox')).length, (await rows(rig, 'refused')).length]).toEqual([0, 0]);
    // That of the expired hold changed the number once more, and is the newest since.
    expect((await rows(rig, 'targetChange')).map(({ want }) => want)).toEqual((await rows(rig, 'target')).map(({ want }) => want));
    expect([await rows(rig, 'ledger'), (await rows(rig, 'target')).map(({ want }) => want)]).toEqual([before.ledger, before.targets.map((want) => String(Number(want) + 1))]);
    expect((await driven(engine.compute({ channel: SHOP, sku: MUG }))).immediate).toBe(Number(before.answer) + 1);
    const young = (await rows(rig, 'attempt')).filter(({ sentAtMs }) => Number(sentAtMs) < clock.now() - 2 * DAY_MS);
    expect([young, (await store.forget({ table: 'work', overForMs: 2 * DAY_MS, limit: 99 }))]).toEqual([[], 0]);
    await rig.stop();
  });

  it('a message, which changes nothing when it is delivered again: the order is read again, and is the same', async () => {
    const rig = await busy();
    const before = [await rows(rig, 'ledger'), await rows(rig, 'target')];
    await rig.pass(30 * DAY_MS);
    expect(await rows(rig, 'inbox')).toEqual([]);
    const { readOrders } = rig.shop.calls;
    await again(rig, { messageId: 'm1', orderId: 'o1' });
    await rig.pass(60_000);
    const wants = (targets: readonly Row[]): unknown => targets.map(({ want, wantRevision }) => [want, wantRevision]);
    expect([await rows(rig, 'ledger'), wants(await rows(rig, 'target')), rig.shop.shows(MUG)]).toEqual([before[0], wants(before[1] ?? []), 8]);
    expect([(await rows(rig, 'inbox')).length, rig.shop.calls.readOrders > readOrders]).toEqual([1, true]);
    await rig.stop();
  });

  it('a command that is done, and none that is open', async () => {
    const rig = await busy();
    const ask = (commandId: string, set: Row): Promise<unknown> => rig.store.commit({ commitId: `${commandId} ${String(rig.clock.now())}`, expect: [], marks: [], write: [{ table: 'operatorCommand', key: { commandId }, set: { state: 'open', requestedBy: 'anna', requestedAtMs: rig.clock.now(), ...set } }] });
    await ask('done', { verb: 'pause', argument: '{"scope":"channel:shop","reason":"sale"}' });
    await ask('refused', { verb: 'explode' });
    await rig.pass(DAY_MS / 12);
    expect((await rows(rig, 'operatorCommand')).map(({ commandId, state }) => [commandId, state])).toEqual([['done', 'done'], ['refused', 'refused']]);
    await rig.pass(DAY_MS / 2);
    expect(await rows(rig, 'operatorCommand')).toHaveLength(2);
    // Work of which nobody can be told is never found out, so such a command stays open.
    const { scanWork } = rig.store;
    rig.store.scanWork = () => { throw new Error('The disk is slow.'); };
    await ask('new', { verb: 'release', argument: '{"shard":"channel:shop"}' });
    await ask('done', { verb: 'release', argument: '{"shard":"channel:shop"}' });
    await rig.pass(4 * DAY_MS);
    expect((await rows(rig, 'operatorCommand')).map(({ commandId, state }) => [commandId, state])).toEqual([['done', 'open'], ['new', 'open']]);
    rig.store.scanWork = scanWork;
    await rig.pass(DAY_MS / 12);
    expect((await rows(rig, 'operatorCommand')).map(({ state }) => state)).toEqual(['done', 'done']);
    await rig.pass(2 * DAY_MS);
    expect([await rows(rig, 'operatorCommand'), (await rows(rig, 'audit')).length, (await rows(rig, 'pause')).length]).toEqual([[], 3, 1]);
    await rig.stop();
  });

  it('what a system without a say said otherwise, unless it says so again', async () => {
    const rig = await busy();
    const say = (location: string): Promise<unknown> => rig.driven(rig.engine.ingest([{ kind: 'stock', source: 'portal' as never, sku: MUG, location: location as never, measures: { onHand: '5' as never }, asOf: instantFromMs(rig.clock.now()) }]));
    await say('W1');
    await say('W2');
    await rig.pass(6 * DAY_MS);
    expect((await rig.driven(rig.engine.status())).variances.map(({ location }) => location)).toEqual(['W1', 'W2']);
    await say('W1');
    await rig.pass(5 * DAY_MS);
    expect((await rig.driven(rig.engine.status())).variances.map(({ location }) => location)).toEqual(['W1']);
    await rig.stop();
  });

  it('nothing, where it is to be kept for ever', async () => {
    const for_ever = Object.fromEntries(Object.keys(LEAST).map((table) => [table, Number.POSITIVE_INFINITY]));
    const rig = await busy({ retention: for_ever });
    await rig.pass(60 * DAY_MS);
    expect([(await rows(rig, 'inbox')).length, (await rows(rig, 'targetChange')).length > 1]).toEqual([1, true]);
    await rig.stop();
  });

  it('nothing, while its host and its store do not agree what day it is', async () => {
    let aheadMs = 0;
    const warned: string[] = [];
    const rig = await busy({ store: (clock) => createMemoryStore({ clock: { now: () => clock.now() + aheadMs } }), logger: (_details, message) => { warned.push(message); } });
    aheadMs = 400 * DAY_MS;
    await rig.pass(DAY_MS);
    expect([(await rows(rig, 'inbox')).length, warned.some((message) => message.startsWith('nothing is forgotten while the clocks'))]).toEqual([1, true]);
    await rig.stop();
  });

  it('in small pieces, a few in each look around, beside another process and over calls that fail', async () => {
    const asked: number[] = [];
    let calls = 0;
    const failing = (inner: Store): Store => new Proxy(inner, { get: (target, name) => {
      const own: unknown = Reflect.get(target, name, target);
      if (name !== 'forget') return typeof own === 'function' ? own.bind(target) : own;
      return async (request: Parameters<Store['forget']>[0]) => {
        calls += 1;
        if (calls % 5 === 0) throw new Error('the line is gone');
        const gone = await target.forget(request);
        asked.push(gone);
        if (calls % 7 === 0) throw new Error('the line went with the answer');
        return gone;
      };
    } });
    const rig = await createRig({ ...SLOW, times: { sweepMs: 60_000 }, store: (clock) => failing(createMemoryStore({ clock })) });
    const write = Array.from({ length: 2_500 }, (_value, index) => ({ table: 'inbox' as const, key: { origin: 'shop', messageId: `m${String(index)}` }, set: { receivedAtMs: rig.clock.now() - 20 * DAY_MS } }));
    await rig.store.commit({ commitId: 'many', expect: [], marks: [], write });
    await rig.engine.start();
    const beside = createEngine(engineOptions(rig, { ...SLOW, seed: 'beside' }));
    await rig.driven(beside.start());
    await rig.pass(30_000);
    expect([Math.max(...asked), (await rows(rig, 'inbox')).length >= 500]).toEqual([200, true]);
    await rig.pass(3_600_000);
    expect(await rows(rig, 'inbox')).toEqual([]);
    await rig.driven(beside.stop());
    await rig.stop();
  });
});
