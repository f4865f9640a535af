import { foldMovements, parseQuantity, parseSku, verifyLedger, type Account, type AccountRef, type ChannelId, type LocationId, type Movement, type Sku } from '@stockwright/core';
import type { ForgettableName, Row, TableName } from '@stockwright/engine/ports';
import { createHostileDispatcher, seededRandom, type ModelChannelOptions, type ModelFault } from '@stockwright/testkit';
import { describe, expect, it } from 'vitest';
import { createRig, SHOP, W1, type Rig } from './rig.ts';

const SKUS = ['A', 'B', 'C'].map((sku) => parseSku(sku));
const STEPS = 40;

/** What the world knows to be true, whatever the engine thinks. */
interface Truth {
  readonly counted: Map<Sku, number>;
  readonly orders: { readonly orderId: string; readonly sku: Sku; quantity: number; imported: boolean; shipped: boolean }[];
}

/** Channels that differ in what the engine may rely on. */
const KINDS: readonly { readonly name: string; readonly channel: (random: () => number) => Partial<ModelChannelOptions>; readonly hostile?: true }[] = [
  { name: 'a channel that compares', channel: () => ({}) },
  { name: 'a channel whose wakes are lost, doubled, late and early, and whose drains overlap', channel: () => ({}), hostile: true },
  {
    name: 'a channel that neither compares nor shows a write at once, and allows two a second',
    channel: (random) => ({
      effectMs: () => Math.floor(random() * 20_000),
      capabilities: { compareAndSet: 'none', idempotencyKeys: false, effectiveWithinMs: 20_000, publishBatchMax: 5, publishRate: { capacity: 2, refillPerSecond: 2 } },
    }),
  },
];

const FORGETTABLE: readonly ForgettableName[] = ['inbox', 'attempt', 'targetChange', 'hold', 'work', 'refused', 'unmapped'];

/** @param forgets - Whether everything that is over is forgotten after each step, however young it is. */
async function playHistory(seed: string, kind: (typeof KINDS)[number], forgets = false): Promise<{ rig: Rig; truth: Truth }> {
  const random = seededRandom(`history ${seed}`);
  const faults: readonly ModelFault[] = ['none', 'none', 'none', 'lostRequest', 'lostResponse', 'notSent'];
  let calm = false;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)] as Item;
  const rig = await createRig({
    seed, catalog: SKUS.map((sku) => ({ sku })), channel: { ...kind.channel(random.next), fault: () => (calm ? 'none' : pick(faults)) }, sourceFails: () => !calm && random.next() < 0.1,
    ...(kind.hostile === true ? { dispatcher: (clock) => createHostileDispatcher({ clock, random: seededRandom(`wakes ${seed}`) }) } : {}),
  });
  const truth: Truth = { counted: new Map(), orders: [] };
  for (const sku of SKUS) {
    truth.counted.set(sku, 20);
    rig.erp.count(sku, W1, 20);
  }
  await rig.engine.start();
  await rig.pass(20_000);
  for (let step = 0; step < STEPS; step += 1) {
    await rig.pass(Math.floor(random.next() * 40_000));
    await act(rig, truth, { random: random.next, pick, step });
    if (forgets) for (const table of FORGETTABLE) await rig.store.forget({ table, overForMs: 0, limit: 9_999 });
  }
  calm = true;
  await rig.pass(1_800_000);
  return { rig, truth };
}

async function act({ erp, shop, clock, engine }: Rig, truth: Truth, { random, pick, step }: { random: () => number; pick: <Item>(items: readonly Item[]) => Item; step: number }): Promise<void> {
  const sku = pick(SKUS);
  const kind = random();
  const atMs = clock.now();
  if (kind < 0.5) {
    const quantity = 1 + Math.floor(random() * 3);
    const order = shop.buy({ orderId: `o${String(step)}`, sku, quantity, atMs });
    if (order === undefined) return;
    truth.orders.push({ orderId: order.orderId, sku, quantity, imported: false, shipped: false });
    // Webhooks are lost, doubled and late; the poll finds what they do not tell.
    for (let times = Math.floor(random() * 3); times > 0; times -= 1) {
      await engine.receive(SHOP, { headers: {}, body: new TextEncoder().encode(JSON.stringify({ id: `${order.orderId}-${String(times)}`, orderId: order.orderId })) });
    }
  } else if (kind < 0.7) {
    const next = truth.orders.find(({ imported }) => !imported);
    if (next === undefined) return;
    next.imported = true;
    erp.importOrder({ channel: SHOP, location: W1, ...next, atMs });
  } else if (kind < 0.85) {
    const next = truth.orders.find(({ imported, shipped }) => imported && !shipped);
    if (next === undefined) return;
    next.shipped = true;
    truth.counted.set(next.sku, (truth.counted.get(next.sku) ?? 0) - next.quantity);
    erp.ship({ channel: SHOP, location: W1, ...next, atMs });
    shop.change(next.orderId, atMs, { fulfilled: next.quantity });
  } else if (kind < 0.95) {
    const moved = Math.floor(random() * 5) - 1;
    truth.counted.set(sku, Math.max(0, (truth.counted.get(sku) ?? 0) + moved));
    erp.count(sku, W1, truth.counted.get(sku) ?? 0);
  } else {
    shop.edit(sku, Math.floor(random() * 30));
  }
}

function movementOf(row: Row): Movement {
  const ref = (side: 'from' | 'to'): AccountRef => ({
    account: String(row[`${side}Account`]) as Account, location: String(row[`${side}Location`]) as LocationId | '', channel: String(row[`${side}Channel`]) as ChannelId | '',
  });
  return { from: ref('from'), to: ref('to'), quantity: parseQuantity(row['quantity']) };
}

describe.each(KINDS)('whatever happens on the way to $name', (kind) => {
  it.each(Array.from({ length: 60 }, (_value, index) => String(index + 1)))('ends with the shop at the truth and a ledger that folds to its positions (seed %s)', async (seed) => {
    const { rig, truth } = await playHistory(seed, kind);
    try {
      const status = await rig.engine.status();
      expect(status.channels[0]?.outOfSync).toEqual([]);
      expect(status.quarantined).toEqual([]);
      for (const sku of SKUS) {
        const open = truth.orders.filter((order) => order.sku === sku && !order.shipped).reduce((sum, { quantity }) => sum + quantity, 0);
        const expected = Math.max(0, (truth.counted.get(sku) ?? 0) - open);
        expect((await rig.engine.compute({ channel: SHOP, sku })).immediate, `${sku} computed`).toBe(expected);
        expect(rig.shop.shows(sku), `${sku} shown`).toBe(expected);
        const [ledger = [], positions = []] = await rig.store.load([{ table: 'ledger', where: { sku } }, { table: 'position', where: { sku } }]);
        const movements = ledger.map(movementOf);
        const kept = new Map(positions.map((row) => [`${String(row['account'])}\u001f${String(row['location'])}\u001f${String(row['channel'])}`, parseQuantity(row['quantity'])]));
        expect(verifyLedger(movements, kept)).toEqual({ status: 'agrees' });
        expect([...foldMovements(movements).values()].reduce<number>((sum, value) => sum + Number(value), 0)).toBe(0);
      }
    } finally {
      await rig.stop();
    }
  });
});

describe.each(KINDS.slice(0, 2))('what is over for $name', (kind) => {
  it.each(Array.from({ length: 12 }, (_value, index) => String(index + 1)))('can be forgotten as soon as it is, and nothing becomes of it (seed %s)', async (seed) => {
    const [kept, forgotten] = [(await playHistory(seed, kind)).rig, (await playHistory(seed, kind, true)).rig];
    const told = async ({ store, shop }: Rig): Promise<unknown> => [
      await store.load((['item', 'ledger', 'position', 'sourceBase', 'channelOrder', 'claim', 'target', 'channelSale', 'audit'] as const).map((table) => ({ table, where: {} }))),
      SKUS.map((sku) => shop.shows(sku)), shop.writes,
    ];
    const rows = async ({ store }: Rig, table: TableName): Promise<number> => ((await store.load([{ table, where: {} }]))[0] ?? []).length;
    expect(await told(forgotten)).toEqual(await told(kept));
    expect(await rows(forgotten, 'inbox')).toBeLessThan(await rows(kept, 'inbox'));
    await forgotten.store.forget({ table: 'targetChange', overForMs: 0, limit: 9_999 });
    expect([await rows(forgotten, 'targetChange'), await rows(kept, 'targetChange') > SKUS.length]).toEqual([SKUS.length, true]);
    for (const rig of [kept, forgotten]) await rig.stop();
  });
});
