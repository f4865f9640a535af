import { adapterError } from '@stockwright/adapter';
import type { OrderObservation } from '@stockwright/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, MUG, SHOP, W1, type Rig } from './rig.ts';

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const limited = (retryAfterMs: number): Error => adapterError('RATE_LIMITED', 'too many', { adapter: 'shop', operation: 'orders', retryAfterMs });
const notify = async ({ engine }: Rig, orderId: string): Promise<void> => {
  await engine.receive(SHOP, { headers: {}, body: new TextEncoder().encode(JSON.stringify({ id: `message ${orderId}`, orderId })) });
};

describe('a read of orders that the vendor breaks off', () => {
  it('by id keeps what was read and asks for the rest alone', async () => {
    rig = await createRig({ polls: { ordersPollMs: 86_400_000 }, channel: { capabilities: { limits: { publish: 'w', readLevels: 'r', readOrders: 'r', readOrdersById: 'o' } } } });
    const { erp, shop, engine, clock, pass } = rig;
    erp.count(MUG, W1, 100);
    await engine.start();
    await pass(10_000);
    const asked: (readonly string[])[] = [];
    const { readOrders } = shop;
    shop.readOrders = async (request, page, context) => {
      if (request.scope === 'changed') return readOrders(request, page, context);
      const from = Number(page ?? 0);
      if (page === undefined) asked.push(request.orderIds);
      if (from > 2) throw limited(60_000.5);
      const { items } = await readOrders({ scope: 'ids', orderIds: request.orderIds.slice(from, from + 1) }, undefined, context);
      return { items, unmapped: [], ...(from + 1 < request.orderIds.length ? { next: String(from + 1) } : {}) };
    };
    for (let index = 0; index < 7; index += 1) shop.buy({ orderId: `o${String(index)}`, sku: MUG, quantity: 1, atMs: clock.now() });
    await Promise.all(Array.from({ length: 7 }, (_value, index) => notify(rig as Rig, `o${String(index)}`)));
    await pass(300_000);
    expect(asked.map((ids) => ids.length)).toEqual([7, 4, 1]);
    expect(new Set(asked[1]).size).toBe(4);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(93);
    // A wait that is no whole number of milliseconds does not leave the whole.
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  it('by change goes on at the page where it stopped', async () => {
    rig = await createRig({ polls: { ordersPollMs: 600_000 } });
    const { erp, shop, engine, clock, pass } = rig;
    erp.count(MUG, W1, 100);
    await engine.start();
    await pass(10_000);
    const orders: OrderObservation[] = [];
    for (let index = 0; index < 10; index += 1) {
      const order = shop.buy({ orderId: `o${String(index)}`, sku: MUG, quantity: 1, atMs: clock.now() });
      if (order !== undefined) orders.push(order);
    }
    const pages: number[] = [];
    let allowed = 4;
    shop.readOrders = async (_request, page) => {
      if (allowed === 0) {
        allowed = 4;
        throw limited(180_000);
      }
      allowed -= 1;
      const from = Number(page ?? 0);
      pages.push(from);
      const item = orders[from];
      return { items: item === undefined ? [] : [item], unmapped: [], ...(from < 9 ? { next: String(from + 1) } : { resumeFrom: 'end' }) };
    };
    await pass(1_500_000);
    expect(pages.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(90);
  });

  it('by change begins anew where the vendor no longer knows the page', async () => {
    rig = await createRig({ polls: { ordersPollMs: 600_000 } });
    const { erp, shop, engine, clock, pass } = rig;
    erp.count(MUG, W1, 100);
    await engine.start();
    await pass(10_000);
    const order = shop.buy({ orderId: 'o1', sku: MUG, quantity: 1, atMs: clock.now() });
    let calls = 0;
    const pages: (string | undefined)[] = [];
    shop.readOrders = async (_request, page) => {
      calls += 1;
      pages.push(page);
      if (calls === 1) return { items: [], unmapped: [], next: 'kept' };
      if (calls === 2) throw limited(60_000);
      if (page === 'kept') throw adapterError('REJECTED', 'the page has expired', { adapter: 'shop', operation: 'orders' });
      return { items: order === undefined ? [] : [order], unmapped: [], resumeFrom: 'end' };
    };
    await pass(1_500_000);
    expect(pages.slice(0, 4)).toEqual([undefined, 'kept', 'kept', undefined]);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(99);
  });
});
