import { adapterError } from '@stockwright/adapter';
import { instantFromMs } from '@stockwright/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { TargetKey } from '../src/brain/project.ts';
import { planPush, settleRead } from '../src/brain/push.ts';
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

describe('a suspicion', () => {
  const key: TargetKey = { channel: SHOP, location: '', sku: MUG };
  const rows = { target: { channel: SHOP, location: '', sku: MUG, version: 3, want: '8', suspectUntilMs: 60_000 }, sale: undefined };
  const read = (readAtMs: number): unknown =>
    settleRead(key, rows, { observed: '8', observedAt: instantFromMs(0), readAtMs, movesBefore: { sold: '0', givenBack: '0' }, scale: 0, compares: true, nowMs: 61_000 }).write[0];

  it('is not ended by a read that began before its end, however late it is written down', () => {
    expect(read(59_999)).not.toHaveProperty('set.suspectUntilMs');
  });

  it('is ended by a read that began at its end', () => {
    expect(read(60_000)).toHaveProperty('set.suspectUntilMs', null);
  });
});

describe('a number that nobody knows', () => {
  const target = { channel: SHOP, location: '', sku: MUG, version: 3, want: '8', acked: null, ackedAtMs: 60_000 };
  const plan = (nowMs: number, effectiveWithinMs: number): unknown => planPush({ target, sale: undefined }, { scale: 0, mustRead: true, effectiveWithinMs, nowMs });

  it('is not read while the last accepted write may not show yet', () => {
    expect(plan(60_000, 8_000)).toEqual({ step: 'landing', untilMs: 68_001 });
    expect(plan(68_000, 8_000)).toEqual({ step: 'landing', untilMs: 68_001 });
    expect(plan(68_001, 8_000)).toEqual({ step: 'read' });
  });

  it('is read at once where writes show at once', () => {
    expect(plan(60_000, 0)).toEqual({ step: 'read' });
  });
});

describe('a write that a vendor refuses for now', () => {
  it('waits longer each time, and never less than the vendor asks', async () => {
    const sent: number[] = [];
    const { engine, erp, shop, clock, pass } = await open();
    shop.publish = async ({ lines }) => {
      sent.push(clock.now());
      return lines.map(() => ({ status: 'notSent', reason: 'too many', retryAfterMs: 200.4 }) as const);
    };
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(120_000);
    const waits = sent.slice(1).map((atMs, index) => atMs - (sent[index] ?? 0));
    expect(waits.every((wait) => wait >= 200)).toBe(true);
    // Doubling from a second: seven or eight tries in two minutes, where 200 ms each would be six hundred.
    expect(sent.length).toBeGreaterThan(4);
    expect(sent.length).toBeLessThan(12);
  });

  it.each([
    ['whose outcome stays unknown', 'unknown'],
    ['that is always compared with another number than expected', 'conflict'],
  ] as const)('waits longer each time, also a write %s, on a channel that is read before each', async (_what, status) => {
    const sent: number[] = [];
    const { engine, erp, shop, store, clock, pass } = await open();
    shop.publish = async ({ lines }) => {
      sent.push(clock.now());
      return lines.map(() => (status === 'conflict' ? { status } : { status, reason: 'no answer' }));
    };
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(600_000);
    const waits = sent.slice(1).map((atMs, index) => atMs - (sent[index] ?? 0));
    // At once the first time; then doubling from a second.
    expect(waits[0]).toBeLessThan(500);
    expect(sent.length).toBeGreaterThan(6);
    expect(sent.length).toBeLessThan(20);
    const attempts = [];
    for await (const row of store.scan({ table: 'attempt', where: {} })) attempts.push(row);
    expect(attempts.length).toBe(sent.length);
  });

  it.each([-3_600_000, 0, 3_600_000])('waits as long as the adapter reports, by a clock of the host that is wrong by %d ms', async (wrongByMs) => {
    const sent: number[] = [];
    const { engine, erp, shop, clock, pass } = await open({
      hostClock: (right) => ({ now: () => right.now() + wrongByMs, sleep: (ms, signal) => right.sleep(ms, signal) }),
      channel: { capabilities: { limits: { publish: 'w', readLevels: 'r', readOrders: 'o', readOrdersById: 'o' } } },
    });
    const { publish } = shop;
    shop.publish = async (request, context) => {
      sent.push(clock.now());
      if (sent.length > 1) return publish(request, context);
      context.budget.report({ bucket: 'w', pauseUntil: instantFromMs(context.clock.now() + 20_000) });
      return request.lines.map(() => ({ status: 'notSent', reason: 'too many' }) as const);
    };
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(60_000);
    expect(sent.length).toBe(2);
    expect((sent[1] ?? 0) - (sent[0] ?? 0)).toBeGreaterThanOrEqual(20_000);
    expect((sent[1] ?? 0) - (sent[0] ?? 0)).toBeLessThanOrEqual(31_000);
  });

  it('is tried again when it is due, also while another limit of the channel is used up', async () => {
    const sent: number[] = [];
    const { engine, erp, shop, clock, pass } = await open({ polls: { ordersPollMs: 20_000 }, channel: { capabilities: { limits: { publish: 'w', readLevels: 'r', readOrders: 'o', readOrdersById: 'o' } } } });
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(15_000);
    shop.readOrders = () => Promise.reject(adapterError('RATE_LIMITED', 'too many', { adapter: 'shop', operation: 'orders', retryAfterMs: 178_000 }));
    await pass(10_000);
    const { publish } = shop;
    shop.publish = async (request, context) => {
      sent.push(clock.now());
      return sent.length === 1 ? request.lines.map(() => ({ status: 'notSent', reason: 'busy' }) as const) : publish(request, context);
    };
    erp.count(MUG, W1, 0);
    await pass(90_000);
    expect(sent.length).toBe(2);
    expect((sent[1] ?? 0) - (sent[0] ?? 0)).toBeLessThanOrEqual(1_000);
  });
});

describe('a message that is quicker than what it speaks of', () => {
  it('is asked for again a few times, and then left to the poll', async () => {
    const { engine, erp, shop, clock, pass } = await open({ polls: { ordersPollMs: 86_400_000 } });
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(10_000);
    const { readOrders } = shop;
    let asked = 0;
    shop.readOrders = async (request, page, context) => {
      if (request.scope === 'changed') return readOrders(request, page, context);
      asked += 1;
      return asked < 3 ? { items: [], unmapped: [] } : readOrders(request, page, context);
    };
    shop.buy({ orderId: 'o1', sku: MUG, quantity: 2, atMs: clock.now() });
    for (const orderId of ['o1', 'never']) await engine.receive(SHOP, { headers: {}, body: new TextEncoder().encode(JSON.stringify({ id: `message ${orderId}`, orderId })) });
    await pass(60_000);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
    const tries = asked;
    await pass(3_600_000);
    expect(asked).toBe(tries);
    expect(tries).toBeLessThanOrEqual(8);
  });
});

describe('a store that is away', () => {
  it('is asked once a sweep, not without end, and the work goes on when it is back', async () => {
    const { engine, erp, shop, store, pass } = await open();
    erp.count(MUG, W1, 9);
    await engine.start();
    await pass(10_000);
    const { dirtyShards } = store;
    let asked = 0;
    store.dirtyShards = () => {
      asked += 1;
      return Promise.reject(new Error('the disk is full'));
    };
    await pass(100_000);
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(60);
    store.dirtyShards = dirtyShards;
    erp.count(MUG, W1, 4);
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(4);
  });
});
