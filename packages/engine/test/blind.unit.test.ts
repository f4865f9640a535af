import { parseSku } from '@stockwright/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options: RigOptions = {}): Promise<Rig> => {
  rig = await createRig(options);
  return rig;
};
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const CAPPED: NonNullable<RigOptions['policy']> = {
  channels: [{ id: SHOP, locations: [W1] }],
  rules: [{ id: 'five-at-most', kind: 'cap', owner: 'sales', reason: 'never show more', scope: { channel: SHOP }, most: 5 }],
};

describe('a channel that cannot compare', () => {
  it('is written again after its own sale although the number is the same', async () => {
    const { engine, erp, shop, clock, pass } = await open({ policy: CAPPED, channel: { capabilities: { compareAndSet: 'none' } } });
    erp.count(MUG, W1, 100);
    await engine.start();
    await pass(60_000);
    expect(shop.shows(MUG)).toBe(5);
    shop.buy({ orderId: 'o1', sku: MUG, quantity: 2, atMs: clock.now() });
    expect(shop.shows(MUG)).toBe(3);
    await pass(60_000);
    expect(shop.shows(MUG)).toBe(5);
    const writes = shop.writes.length;
    await pass(3_600_000);
    expect(shop.writes.length).toBe(writes);
  });

  it('is not read before it is written', async () => {
    const { engine, erp, shop, pass } = await open({ channel: { capabilities: { compareAndSet: 'none' } } });
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(60_000);
    expect(shop.shows(MUG)).toBe(9);
    // The one read is the first read-back.
    expect(shop.calls.readLevels).toBeLessThanOrEqual(1);
  });

  it('is not judged by a read that came before its last write could show', async () => {
    const { engine, erp, shop, pass } = await open({
      polls: { readBackMs: 60_000 },
      channel: { effectMs: () => 200_000, capabilities: { compareAndSet: 'none', effectiveWithinMs: 200_000 } },
    });
    const drifts: string[] = [];
    engine.events.on('drift-found', ({ observed }) => { drifts.push(observed); });
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(190_000);
    expect(shop.calls.readLevels).toBeGreaterThan(1);
    await pass(600_000);
    expect(drifts).toEqual([]);
    expect(shop.shows(MUG)).toBe(9);
    expect(shop.writes.length).toBe(1);
  });
});

describe('a channel that compares, and shows what it accepted only a while later', () => {
  it('is lowered again where that overwrote a sale', async () => {
    const { engine, erp, shop, clock, pass } = await open({
      polls: { readBackMs: 100 * 3_600_000 }, channel: { effectMs: () => 8_000, capabilities: { effectiveWithinMs: 8_000 } },
    });
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(60_000);
    expect(shop.shows(MUG)).toBe(10);
    erp.count(MUG, W1, 6);
    while (shop.writes.length < 2) await pass(500);
    // Accepted and not shown yet: what is sold now is sold of the ten, and the six will not know of it.
    shop.buy({ orderId: 'o1', sku: MUG, quantity: 1, atMs: clock.now() });
    expect(shop.shows(MUG)).toBe(9);
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(5);
    const writes = shop.writes.length;
    await pass(3_600_000);
    expect(shop.writes.length).toBe(writes);
  });
});

describe('the rate of a vendor', () => {
  it('is never exceeded, and the newest number goes out after the wait', async () => {
    const skus = Array.from({ length: 40 }, (_value, index) => parseSku(`S${String(index + 10)}`));
    const sent: number[] = [];
    const { engine, erp, shop, clock, pass } = await open({
      catalog: skus.map((sku) => ({ sku })),
      channel: { latencyMs: 0, capabilities: { compareAndSet: 'none', publishBatchMax: 5, publishRate: { capacity: 5, refillPerSecond: 1 } }, effectMs: () => { sent.push(clock.now()); return 0; } },
    });
    for (const sku of skus) erp.count(sku, W1, 10);
    await engine.start();
    await pass(120_000);
    expect(skus.map((sku) => shop.shows(sku))).toEqual(skus.map(() => 10));
    expect(sent.length).toBe(40);
    for (const [index, atMs] of sent.entries()) {
      const earlier = sent[index - 5];
      if (earlier !== undefined) expect(atMs - earlier, `write ${String(index)}`).toBeGreaterThanOrEqual(5_000 - 1);
    }
  });

  it('stands still for orders no more than orders stand still for it', async () => {
    let throttled = true;
    const { engine, erp, shop, clock, pass } = await open({ channel: { capabilities: { limits: { publish: 'writes', readLevels: 'reads', readOrders: 'reads', readOrdersById: 'reads' } } } });
    erp.count(MUG, W1, 10);
    await engine.start();
    await pass(5_000);
    const { publish } = shop;
    shop.publish = async (request, context) => (throttled ? request.lines.map(() => ({ status: 'notSent', reason: 'too many', retryAfterMs: 600_000 }) as const) : publish(request, context));
    erp.count(MUG, W1, 8);
    await pass(90_000);
    expect(shop.shows(MUG)).toBe(10);
    const reads = shop.calls.readOrders;
    shop.buy({ orderId: 'o1', sku: MUG, quantity: 1, atMs: clock.now() });
    await pass(90_000);
    expect(shop.calls.readOrders).toBeGreaterThan(reads);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
    throttled = false;
    await pass(900_000);
    expect(shop.shows(MUG)).toBe(7);
  });
});

describe('a shop that puts what a customer gave back on sale again by itself', () => {
  it.each([
    ['none', { cancelled: 2 }], ['quantity', { cancelled: 2 }], ['none', { fulfilled: 2, returned: 2 }], ['quantity', { fulfilled: 2, returned: 2 }],
  ] as const)('is brought back to its number without a read-back, comparing %s, after %o', async (compareAndSet, counters) => {
    const { engine, erp, shop, clock, pass } = await open({ policy: CAPPED, polls: { readBackMs: 100 * 3_600_000 }, channel: { capabilities: { compareAndSet } } });
    erp.count(MUG, W1, 100);
    await engine.start();
    await pass(60_000);
    shop.buy({ orderId: 'o1', sku: MUG, quantity: 2, atMs: clock.now() });
    await pass(60_000);
    expect(shop.shows(MUG)).toBe(5);
    shop.change('o1', clock.now(), counters);
    shop.edit(MUG, 7);
    await pass(60_000);
    expect(shop.shows(MUG)).toBe(5);
    const writes = shop.writes.length;
    await pass(3_600_000);
    expect(shop.writes.length).toBe(writes);
  });
});
