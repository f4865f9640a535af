import { instantFromMs, parseSku } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Row, TableName } from '@stockwright/engine/ports';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, engineOptions, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

const PLATE = parseSku('PLATE');
const OPTIONS: RigOptions = { catalog: [{ sku: 'MUG' }, { sku: 'PLATE' }] };

let rig: Rig | undefined;
let other: Engine | undefined;
afterEach(async () => {
  if (other !== undefined) await rig?.driven(other.stop());
  await rig?.stop();
  [rig, other] = [undefined, undefined];
});

const open = async (): Promise<Rig> => {
  rig = await createRig(OPTIONS);
  rig.erp.count(MUG, W1, 10);
  rig.erp.count(PLATE, W1, 10);
  await rig.engine.start();
  await rig.pass(10_000);
  return rig;
};
/** A second engine on the same store, as another process would be. */
const beside = (one: Rig): Engine => {
  other = createEngine(engineOptions(one, { ...OPTIONS, seed: 'another' }));
  return other;
};
const rows = async ({ store }: Rig, table: TableName): Promise<readonly Row[]> => (await store.load([{ table, where: {} }]))[0] ?? [];
const place = (one: Rig, id: string): Promise<unknown> => one.engine.hold({ id, channel: SHOP, expiresAt: instantFromMs(one.clock.now() + 3_600_000), grant: 'all', lines: [{ sku: PLATE, quantity: 3 }] });
const ask = (one: Rig, commandId: string): Promise<unknown> => one.store.commit({
  commitId: commandId, expect: [], marks: [],
  write: [{ table: 'operatorCommand', key: { commandId }, set: { state: 'open', verb: 'forgetHold', argument: JSON.stringify({ holdId: 'cart', reason: 'cancelled' }), requestedBy: 'anna', requestedAtMs: 1 } }],
});
const GONE = { state: 'done', result: 'hold cart claims nothing any more: cancelled' };

describe('a command to forget a hold', () => {
  it('says what it did although another engine comes to it before the answer', async () => {
    const one = await open();
    await place(one, 'cart');
    const { commit } = one.store;
    let slow = true;
    one.store.commit = async (change, options) => {
      const result = await commit.call(one.store, change, options);
      if (slow && change.write.some(({ table, key }) => table === 'hold' && key['holdId'] === 'cart')) {
        slow = false;
        await one.clock.sleep(60_000);
      }
      return result;
    };
    await one.driven(beside(one).start());
    await ask(one, 'c1');
    await one.pass(120_000);
    expect((await rows(one, 'operatorCommand'))[0]).toMatchObject(GONE);
    expect((await rows(one, 'audit')).map(({ action, requestedBy, subject }) => [action, requestedBy, subject])).toEqual([['forgetHold', 'anna', 'cart']]);
  });

  it('says what it did although its engine dies right after', async () => {
    const one = await open();
    await place(one, 'cart');
    const { decide } = one.store;
    one.store.decide = () => Promise.reject(new Error('the process died'));
    await ask(one, 'c1');
    await one.pass(15_000);
    one.store.decide = decide;
    await one.pass(15_000);
    expect((await rows(one, 'operatorCommand'))[0]).toMatchObject(GONE);
    expect(await rows(one, 'audit')).toHaveLength(1);
  });

  it('that was done by another engine meanwhile forgets no hold that was placed since', async () => {
    const one = await open();
    await ask(one, 'c1');
    const { load } = one.store;
    // This engine has the open command in its hands, and stands still; the other one finds no such hold.
    one.store.load = async (queries, options) => {
      const found = await load.call(one.store, queries, options);
      if (queries[0]?.table === 'operatorCommand' && queries[0].where['state'] === 'open' && found[0]?.length === 1) {
        one.store.load = load;
        await one.store.commit({ commitId: 'other engine', expect: [], marks: [], write: [{ table: 'operatorCommand', key: { commandId: 'c1' }, set: { state: 'refused' } }] });
        await place(one, 'cart');
      }
      return found;
    };
    await one.pass(30_000);
    expect((await rows(one, 'hold')).map(({ state }) => state)).toEqual(['held']);
  });

  it('of a program is in the audit in the commit that forgets', async () => {
    const one = await open();
    await place(one, 'cart');
    const { commit } = one.store;
    one.store.commit = (change, options) => (change.write.some(({ table }) => table === 'hold') || !change.write.some(({ table }) => table === 'audit') ? commit.call(one.store, change, options) : Promise.reject(new Error('the process died')));
    expect(await one.engine.operate({ verb: 'forgetHold', holdId: 'cart', reason: 'cancelled' }, { requestedBy: 'bob' })).toBe(GONE.result);
    expect((await rows(one, 'audit')).map(({ action, requestedBy }) => [action, requestedBy])).toEqual([['forgetHold', 'bob']]);
  });
});

describe('a hold of other skus than the order that it became', () => {
  const order = (one: Rig): Parameters<Engine['ingest']>[0] => [{
    kind: 'order', channel: SHOP, orderId: 'o1', revision: instantFromMs(one.clock.now()), placedAt: instantFromMs(one.clock.now()),
    lines: [{ id: '1', sku: MUG, ordered: '1' as never, fulfilled: '0' as never, cancelled: '0' as never, returned: '0' as never }],
  }];

  it('ends although both were written at once by two engines', async () => {
    const one = await open();
    await place(one, 'cart');
    const told = order(one);
    const { commit } = one.store;
    let isBetween = true;
    // The order has looked for holds that became it, and found none.
    one.store.commit = async (change, options) => {
      if (isBetween && change.write.some(({ table }) => table === 'channelOrder')) {
        isBetween = false;
        expect((await beside(one).convertHold('cart', 'o1')).status).toBe('converted');
      }
      return commit.call(one.store, change, options);
    };
    await one.engine.ingest(told);
    expect(isBetween).toBe(false);
    await one.pass(400_000);
    expect([(await one.engine.status()).awaitingOrders, await rows(one, 'holdLine'), (await one.engine.compute({ channel: SHOP, sku: PLATE })).immediate]).toEqual([[], [], 10]);
  });

  it('ends although another that is found before it cannot', async () => {
    const one = await open();
    await one.engine.ingest(order(one));
    const line = { channel: SHOP, quantity: '3', expiresAt: '2027-01-01T00:00:00.000Z', state: 'converted', orderId: 'o1' };
    await place(one, 'cart');
    await one.engine.convertHold('cart', 'o1');
    await one.store.commit({ commitId: 'as a race left it, and as nobody ever wrote', expect: [], marks: [], write: [
      ...['a', 'cart'].map((holdId) => ({ table: 'holdLine' as const, key: { sku: PLATE, holdId, location: '' }, set: line })),
      { table: 'item', key: { sku: PLATE }, set: { version: 99 } },
    ] });
    await one.pass(400_000);
    expect((await rows(one, 'holdLine')).map(({ holdId }) => holdId)).toEqual(['a']);
  });

  it('ends where it is converted once more', async () => {
    const one = await open();
    await place(one, 'cart');
    await one.engine.convertHold('cart', 'o1');
    const [line] = await rows(one, 'holdLine');
    await one.engine.ingest(order(one));
    const { sku, holdId, location, ...set } = line ?? {};
    await one.store.commit({ commitId: 'as a race left it', expect: [], marks: [], write: [{ table: 'holdLine', key: { sku: sku ?? '', holdId: holdId ?? '', location: location ?? '' }, set }, { table: 'item', key: { sku: PLATE }, set: { version: 99 } }] });
    expect((await one.engine.convertHold('cart', 'o1')).status).toBe('converted');
    expect(await rows(one, 'holdLine')).toEqual([]);
  });
});
