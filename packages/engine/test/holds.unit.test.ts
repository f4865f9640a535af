import { instantFromMs, parseChannelId, parseSku, type HoldRequest, type Instant } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { createSqliteStore } from '@stockwright/store-sqlite';
import { createMemoryStore } from '@stockwright/store-memory';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, engineOptions, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

const [PLATE, SET, PAIR] = ['PLATE', 'SET', 'PAIR'].map((sku) => parseSku(sku)) as [typeof MUG, typeof MUG, typeof MUG];
const KITS = [{ sku: 'MUG' }, { sku: 'PLATE' }, { sku: 'SET', components: [{ sku: 'MUG', quantityPer: 1 }, { sku: 'PLATE', quantityPer: 1 }] }, { sku: 'PAIR', components: [{ sku: 'MUG', quantityPer: 2 }] }];
const BUYERS = Array.from({ length: 16 }, (_value, index) => index);

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  await rig?.store.close();
  rig = undefined;
});

const open = async (options: RigOptions & { readonly mugs?: number; readonly plates?: number } = {}): Promise<Rig> => {
  rig = await createRig({ catalog: KITS, ...options });
  rig.erp.count(MUG, W1, options.mugs ?? 10);
  rig.erp.count(PLATE, W1, options.plates ?? 10);
  await rig.engine.start();
  await rig.pass(10_000);
  return rig;
};
const until = ({ clock }: Rig, ms = 600_000): Instant => instantFromMs(clock.now() + ms);
const cart = (id: string, expiresAt: Instant, lines: HoldRequest['lines'], grant: HoldRequest['grant'] = 'all'): HoldRequest => ({ id, channel: SHOP, expiresAt, grant, lines });
const mugsLeft = async ({ engine }: Rig): Promise<unknown> => (await engine.compute({ channel: SHOP, sku: MUG })).immediate;

/** A second engine on the same store, as another process would be. */
const beside = (one: Rig): Engine => createEngine(engineOptions(one, { catalog: KITS, seed: 'another' }));

const STORES: readonly { readonly name: string; readonly store: NonNullable<RigOptions['store']> }[] = [
  { name: 'in memory', store: (clock) => createMemoryStore({ clock }) },
  { name: 'in SQLite', store: (clock) => createSqliteStore({ path: ':memory:', clock }) },
];

describe.each(STORES)('holds $name', ({ store }) => {
  it('give the last unit to one of sixteen buyers', async () => {
    const one = await open({ store, mugs: 1 });
    const decisions = await Promise.all(BUYERS.map((buyer) => one.engine.hold(cart(`cart ${String(buyer)}`, until(one), [{ sku: MUG, quantity: 1 }]))));
    expect(decisions.filter(({ status }) => status === 'granted')).toHaveLength(1);
    expect(await mugsLeft(one)).toBe(0);
  });

  it('give the last unit to one of sixteen buyers at two engines', async () => {
    const one = await open({ store, mugs: 1 });
    const other = beside(one);
    const decisions = await Promise.all(BUYERS.map((buyer) => (buyer % 2 === 0 ? one.engine : other).hold(cart(`cart ${String(buyer)}`, until(one), [{ sku: MUG, quantity: 1 }]))));
    expect(decisions.filter(({ status }) => status === 'granted')).toHaveLength(1);
  });

  it('share three components between kits that use them and two lines of one cart', async () => {
    const one = await open({ store, mugs: 3 });
    const asked = [[{ sku: SET, quantity: 1 }], [{ sku: PAIR, quantity: 1 }], [{ sku: MUG, quantity: 1 }, { sku: SET, quantity: 1 }], [{ sku: MUG, quantity: 1 }, { sku: MUG, quantity: 2 }]];
    const decisions = await Promise.all(BUYERS.map((buyer) => one.engine.hold(cart(`cart ${String(buyer)}`, until(one), asked[buyer % asked.length] ?? []))));
    const mugsOf = { [MUG]: 1, [SET]: 1, [PAIR]: 2 } as Readonly<Record<string, number>>;
    const held = decisions.flatMap(({ lines }) => lines).reduce((sum, { sku, granted }) => sum + Number(granted) * (mugsOf[sku] ?? 0), 0);
    expect(held).toBe(3 - Number(await mugsLeft(one)));
    expect(held).toBeLessThanOrEqual(3);
    expect(held).toBeGreaterThanOrEqual(2);
  });

  it('end with the order that they became, whether it comes before or after the payment', async () => {
    const one = await open({ store });
    for (const early of [true, false]) {
      const left = Number(await mugsLeft(one));
      const [holdId, orderId] = [`cart ${String(early)}`, `order ${String(early)}`];
      await one.engine.hold(cart(holdId, until(one), [{ sku: MUG, quantity: 2 }]));
      const buy = async (): Promise<void> => {
        const order = one.shop.buy({ orderId, sku: MUG, quantity: 2, atMs: one.clock.now() });
        if (order !== undefined) await one.engine.ingest([order]);
      };
      if (early) await buy();
      expect((await one.engine.convertHold(holdId, orderId)).status).toBe('converted');
      expect(await mugsLeft(one)).toBe(left - 2);
      if (!early) await buy();
      expect(await mugsLeft(one)).toBe(left - 2);
      expect((await one.engine.convertHold(holdId, orderId)).status).toBe('converted');
    }
    const [lines = []] = await one.store.load([{ table: 'holdLine', where: { sku: MUG } }]);
    expect(lines).toEqual([]);
  });
});

describe('a hold', () => {
  it('lowers what the channel shows, and gives it back when it is released or has expired', async () => {
    const one = await open();
    await one.engine.hold(cart('a', until(one), [{ sku: MUG, quantity: 3 }]));
    await one.engine.hold(cart('b', until(one, 60_000), [{ sku: MUG, quantity: 2 }]));
    await one.pass(5_000);
    expect(one.shop.shows(MUG)).toBe(5);
    expect((await one.engine.releaseHold('a')).status).toBe('changed');
    await one.pass(5_000);
    expect(one.shop.shows(MUG)).toBe(8);
    await one.pass(70_000);
    expect(one.shop.shows(MUG)).toBe(10);
  });

  it('lasts longer when it is extended, and is not extended when it is over', async () => {
    const one = await open();
    await one.engine.hold(cart('a', until(one, 30_000), [{ sku: MUG, quantity: 3 }]));
    expect((await one.engine.extendHold('a', until(one, 90_000))).status).toBe('changed');
    await one.pass(60_000);
    expect(await mugsLeft(one)).toBe(7);
    await one.pass(60_000);
    expect(await one.engine.extendHold('a', until(one))).toMatchObject({ status: 'refused', reason: 'EXPIRED' });
  });

  it('that was paid for too late asks again, and is short where the units are gone', async () => {
    const one = await open({ mugs: 3 });
    for (const id of ['a', 'b']) await one.engine.hold(cart(id, until(one, 30_000), [{ sku: MUG, quantity: id === 'a' ? 2 : 1 }]));
    await one.pass(40_000);
    await one.engine.hold(cart('c', until(one), [{ sku: MUG, quantity: 2 }]));
    expect((await one.engine.convertHold('a', 'o1')).status).toBe('short');
    expect((await one.engine.convertHold('b', 'o2')).status).toBe('convertedLate');
    expect(await mugsLeft(one)).toBe(0);
  });

  it('of the same id takes the place of the one before', async () => {
    const one = await open({ mugs: 3 });
    await one.engine.hold(cart('a', until(one), [{ sku: MUG, quantity: 3 }]));
    expect((await one.engine.hold(cart('a', until(one), [{ sku: MUG, quantity: 2 }]))).status).toBe('granted');
    expect(await mugsLeft(one)).toBe(1);
  });

  it('is refused with a reason where it cannot be', async () => {
    const one = await open();
    await one.engine.hold(cart('a', until(one), [{ sku: MUG, quantity: 1 }]));
    await one.engine.releaseHold('a');
    await expect(one.engine.hold(cart('a', until(one), [{ sku: MUG, quantity: 1 }]))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(one.engine.releaseHold('never')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(one.engine.hold({ ...cart('b', until(one), [{ sku: MUG, quantity: 1 }]), channel: parseChannelId('nowhere') })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(one.engine.hold(cart('c', until(one), [{ sku: MUG, quantity: 1 }]), { tx: {} })).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED' });
  });

  it('is decided once although the answer of its commit was lost', async () => {
    const one = await open({ mugs: 1, store: (clock) => losingEveryOther(createMemoryStore({ clock })) });
    const decisions = await Promise.all(BUYERS.map((buyer) => one.engine.hold(cart(`cart ${String(buyer)}`, until(one), [{ sku: MUG, quantity: 1 }]))));
    expect(decisions.filter(({ status }) => status === 'granted')).toHaveLength(1);
  });

  it('is decided inside the lock when somebody else is always faster', async () => {
    const one = await open();
    const { commit, decide } = one.store;
    const counts = { commit: 0, decide: 0 };
    one.store.commit = async (change, options) => {
      counts.commit += 1;
      // Another process moves the same sku between what was read and what is written.
      if (change.expect.some(({ table }) => table === 'item')) await commit.call(one.store, { commitId: `rival ${String(counts.commit)}`, expect: [], marks: [], write: change.expect.flatMap(({ table, key, version }) => (table === 'item' ? [{ table, key, set: { version: version + 1 } }] : [])) });
      return commit.call(one.store, change, options);
    };
    one.store.decide = (request, options) => {
      counts.decide += 1;
      return decide.call(one.store, request, options) as ReturnType<Store['decide']> as never;
    };
    expect((await one.engine.hold(cart('a', until(one), [{ sku: MUG, quantity: 4 }]))).status).toBe('granted');
    expect(counts).toEqual({ commit: 3, decide: 1 });
    expect(await mugsLeft(one)).toBe(6);
  });
});

describe('group commit', () => {
  it('puts a hundred concurrent calls into a few commits, each with its own entries in the ledger', async () => {
    const one = await open();
    const { commit } = one.store;
    let commits = 0;
    one.store.commit = (change, options) => {
      commits += 1;
      return commit.call(one.store, change, options);
    };
    const at = instantFromMs(one.clock.now());
    await Promise.all(Array.from({ length: 100 }, (_value, index) => one.engine.ingest([{
      kind: 'order', channel: SHOP, orderId: `o${String(index)}`, revision: at, placedAt: at,
      lines: [{ id: '1', sku: MUG, ordered: '1' as never, fulfilled: '0' as never, cancelled: '0' as never, returned: '0' as never }],
    }])));
    expect(commits).toBeLessThanOrEqual(3);
    const [ledger = []] = await one.store.load([{ table: 'ledger', where: { sku: MUG } }]);
    expect(new Set(ledger.filter((row) => row['toAccount'] === 'committed').map((row) => row['reference']))).toHaveProperty('size', 100);
  });

  it('refuses what cannot be taken, and takes in what came at the same time', async () => {
    const one = await open();
    const at = instantFromMs(one.clock.now());
    const order = (orderId: string, ordered: string): Promise<void> => one.engine.ingest([{
      kind: 'order', channel: SHOP, orderId, revision: at, placedAt: at, lines: [{ id: '1', sku: MUG, ordered: ordered as never, fulfilled: '0' as never, cancelled: '0' as never, returned: '0' as never }],
    }]);
    const ended = await Promise.allSettled([order('o1', '1'), order('o2', '0.5'), order('o3', '2'), order('o\u0000', '1')]);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(await mugsLeft(one)).toBe(7);
  });
});

/** Every second commit is made and its answer is lost. */
function losingEveryOther(store: Store): Store {
  const { commit } = store;
  let count = 0;
  store.commit = async (change, options) => {
    const result = await commit.call(store, change, options);
    count += 1;
    if (count % 2 === 0) throw new Error('The connection broke.');
    return result;
  };
  return store;
}
