import { parseSku } from '@stockwright/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, ERP, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options?: RigOptions): Promise<Rig> => {
  rig = await createRig(options);
  return rig;
};
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

describe('the line from source to channel', () => {
  it('publishes what the owner counted', async () => {
    const { engine, erp, shop, pass } = await open();
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    expect(shop.shows(MUG)).toBe(10);
    expect((await engine.status()).channels[0]?.outOfSync).toEqual([]);
  });

  it('shows no more than the channel can express', async () => {
    const { engine, erp, shop, pass } = await open({ channel: { capabilities: { quantityMax: '99' as never } } });
    erp.count(MUG, W1, 1_000);
    await engine.start();
    await pass(5_000);
    expect(shop.shows(MUG)).toBe(99);
    expect((await engine.status()).channels[0]?.outOfSync).toEqual([]);
  });

  it('never publishes a number before the owner has counted', async () => {
    const { engine, shop, pass } = await open();
    shop.edit(MUG, 7);
    await engine.start();
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(7);
    expect(shop.writes).toEqual([]);
  });

  it('sends nothing while nothing changes', async () => {
    const { engine, erp, shop, pass } = await open();
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(10_000);
    const writes = shop.writes.length;
    await pass(3_600_000);
    expect(shop.writes.length).toBe(writes);
  });

  it("needs no write for the shop's own sale, and keeps the number through import and shipment", async () => {
    const { engine, erp, shop, clock, pass } = await open();
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    const writes = shop.writes.length;
    shop.buy({ orderId: 'o1', sku: MUG, quantity: 3, atMs: clock.now() });
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(7);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
    erp.importOrder({ channel: SHOP, orderId: 'o1', sku: MUG, location: W1, quantity: 3, atMs: clock.now() });
    await pass(240_000);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
    erp.ship({ channel: SHOP, orderId: 'o1', sku: MUG, location: W1, quantity: 3, atMs: clock.now() });
    shop.change('o1', clock.now(), { fulfilled: 3 });
    await pass(240_000);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
    expect(shop.shows(MUG)).toBe(7);
    expect(shop.writes.length - writes).toBeLessThanOrEqual(1);
  });

  it('follows a cycle count down and up', async () => {
    const { engine, erp, shop, pass } = await open();
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    erp.count(MUG, W1, 2);
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(2);
    erp.count(MUG, W1, 25);
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(25);
  });

  it('puts a hand edit right at the next read-back', async () => {
    const { engine, erp, shop, pass } = await open();
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    shop.edit(MUG, 99);
    await pass(700_000);
    expect(shop.shows(MUG)).toBe(10);
  });

  it('keeps a kit at what its components allow', async () => {
    const cup = parseSku('CUP');
    const set = parseSku('SET');
    const { engine, erp, shop, clock, pass } = await open({ catalog: [{ sku: 'CUP' }, { sku: 'SET', components: [{ sku: 'CUP', quantityPer: 6 }] }] });
    erp.count(cup, W1, 20);
    await engine.start();
    await pass(5_000);
    expect([shop.shows(cup), shop.shows(set)]).toEqual([20, 3]);
    shop.buy({ orderId: 'k', sku: set, quantity: 2, atMs: clock.now() });
    await pass(120_000);
    expect([shop.shows(cup), shop.shows(set)]).toEqual([8, 1]);
  });

  it('takes a webhook once, however often it comes', async () => {
    const { engine, erp, shop, clock, pass } = await open({ polls: { ordersPollMs: 3_600_000 } });
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    shop.buy({ orderId: 'o1', sku: MUG, quantity: 4, atMs: clock.now() });
    const body = new TextEncoder().encode(JSON.stringify({ id: 'm1', orderId: 'o1' }));
    const reads = shop.calls.readOrders;
    for (let times = 0; times < 3; times += 1) {
      expect(await engine.receive(SHOP, { headers: {}, body })).toEqual({ httpStatus: 200 });
      await pass(10_000);
    }
    expect(shop.calls.readOrders - reads).toBe(1);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(6);
  });
});

describe('faults on the way', () => {
  it('asserts the number again after an answer was lost, and ends right', async () => {
    let lose = 0;
    const { engine, erp, shop, pass } = await open({ channel: { fault: () => (lose-- > 0 ? 'lostResponse' : 'none') } });
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    lose = 1;
    erp.count(MUG, W1, 4);
    await pass(90_000);
    expect(shop.shows(MUG)).toBe(4);
    const reads = shop.calls.readLevels;
    await pass(120_000);
    expect(shop.calls.readLevels).toBeGreaterThan(reads);
    expect((await engine.status()).channels[0]?.outOfSync).toEqual([]);
  });

  it('sends a lost request again', async () => {
    let lose = 0;
    const { engine, erp, shop, pass } = await open({ channel: { fault: () => (lose-- > 0 ? 'lostRequest' : 'none') } });
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    lose = 3;
    erp.count(MUG, W1, 4);
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(4);
  });

  it('says since when a source is silent, and catches up', async () => {
    let silent = false;
    const { engine, erp, shop, pass } = await open({ sourceFails: () => silent });
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    silent = true;
    erp.count(MUG, W1, 4);
    await pass(600_000);
    expect(shop.shows(MUG)).toBe(10);
    const [source] = (await engine.status()).sources;
    expect(source).toMatchObject({ source: ERP, lastError: 'The source does not answer.' });
    expect(source?.failingSinceMs).toBeGreaterThan(0);
    silent = false;
    await pass(600_000);
    expect(shop.shows(MUG)).toBe(4);
    expect((await engine.status()).sources[0]?.failingSinceMs).toBeUndefined();
  });

  it('keeps what the ledger cannot take, says why, and goes on with the rest', async () => {
    const { engine, erp, shop, clock, pass } = await open();
    erp.count(MUG, W1, 20);
    await engine.start();
    await pass(5_000);
    shop.buy({ orderId: 'odd', sku: MUG, quantity: 1.5, atMs: clock.now() });
    shop.buy({ orderId: 'good', sku: MUG, quantity: 2, atMs: clock.now() });
    erp.count(MUG, W1, 5);
    await pass(600_000);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(3);
    expect(shop.shows(MUG)).toBe(3);
    expect((await engine.status()).refused).toMatchObject([{ origin: SHOP, reference: 'order odd' }]);
  });

  it('shows which reads of a channel fail, and forgets it once they work', async () => {
    let fails = true;
    const { engine, erp, shop, pass } = await open();
    const { readOrders } = shop;
    shop.readOrders = (...args) => (fails ? Promise.reject(new Error('no orders today')) : readOrders(...args));
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(120_000);
    const reads = async () => (await engine.status()).channels[0]?.reads;
    expect(await reads()).toContainEqual(expect.objectContaining({ what: 'orders', lastError: 'no orders today' }));
    fails = false;
    await pass(600_000);
    expect(await reads()).toContainEqual(expect.objectContaining({ what: 'orders', failingSinceMs: undefined, lastError: undefined }));
  });

  it('comes back to a number after losing many races for its row', async () => {
    let conflicts = 0;
    const { engine, erp, shop, store, pass } = await open();
    const { commit } = store;
    store.commit = async (change) => {
      if (conflicts > 0 && change.expect.some(({ table }) => table === 'target')) {
        conflicts -= 1;
        return { status: 'conflict', failed: change.expect };
      }
      return commit.call(store, change);
    };
    conflicts = 20;
    erp.count(MUG, W1, 20);
    await engine.start();
    await pass(300_000);
    expect(conflicts).toBe(0);
    expect(shop.shows(MUG)).toBe(20);
    expect((await engine.status()).quarantined).toEqual([]);
  });

  it('tells when a shard cannot be worked off, and goes on once it can', async () => {
    const { engine, erp, shop, store, pass } = await open();
    const { load } = store;
    let broken = false;
    store.load = (queries) => (broken ? Promise.reject(new Error('disk on fire')) : load.call(store, queries));
    const told: string[] = [];
    engine.events.on('shard-failed', ({ shard, error }) => { told.push(`${shard}: ${error}`); });
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    broken = true;
    await pass(120_000);
    expect(told).not.toEqual([]);
    expect(told[0]).toMatch(/disk on fire$/);
    broken = false;
    erp.count(MUG, W1, 4);
    await pass(900_000);
    expect(shop.shows(MUG)).toBe(4);
  });
});
