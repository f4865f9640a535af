import type { ObservedLevel, PublishLine } from '@stockwright/adapter';
import { createMapping } from '@stockwright/adapter-kit';
import { parseChannelId, parseLocationId, parseSku, type OrderObservation, type QuantityText } from '@stockwright/core';
import { createShopifySimulator, type ShopifyRequestFault, type ShopifySimulatorOptions } from '@stockwright/simulators/shopify';
import { describe, expect, it } from 'vitest';
import { createTestContext, createVirtualClock } from '../../../adapter-kit/test/virtual-context.ts';
import { createShopify } from '../../src/index.ts';

const A = parseSku('A');
const B = parseSku('B');
const W1 = parseLocationId('W1');
const W2 = parseLocationId('W2');
/** As long as real ones. */
const ITEM_A = 53_469_430_055_218;
const ITEM_B = 53_469_430_055_219;
const WEBHOOKS = 'https://stock.example/webhooks';

const quantity = (value: number): QuantityText => String(value) as QuantityText;

/** A channel over a simulated shop, without HTTP, and everything that the shop sent to it. */
function setUp(options: Partial<ShopifySimulatorOptions> = {}) {
  const clock = createVirtualClock();
  const context = createTestContext({ clock, forMs: 3_600_000 });
  const faults: ShopifyRequestFault[] = [];
  const deliveries: Request[] = [];
  const shop = createShopifySimulator({
    clock,
    random: context.random,
    shopDomain: 'demo.myshopify.com',
    accessToken: 'shpat_demo',
    webhookSecret: 'demo-secret',
    locations: [{ id: 1, name: 'W1' }, { id: 2, name: 'W2' }],
    products: [{ sku: 'A', inventoryItemId: ITEM_A }, { sku: 'B', inventoryItemId: ITEM_B }, { sku: 'nobody mapped', inventoryItemId: 3 }],
    deliver: async (request) => {
      deliveries.push(request);
      return new Response(null, { status: 200 });
    },
    requestFaults: () => faults.shift(),
    ...options,
  });
  const channel = createShopify({
    id: parseChannelId('demo'),
    shopDomain: 'demo.myshopify.com',
    accessToken: 'shpat_demo',
    webhookSecrets: ['demo-secret'],
    endpoint: 'http://127.0.0.1:4010',
    mappings: {
      skus: createMapping([[`gid://shopify/InventoryItem/${String(ITEM_A)}`, A], [`gid://shopify/InventoryItem/${String(ITEM_B)}`, B]]),
      locations: createMapping([['gid://shopify/Location/1', W1], ['gid://shopify/Location/2', W2]]),
    },
    fetch: (url, init) => shop.fetch(new Request(url, init)),
  });
  let writes = 0;
  return {
    shop,
    channel,
    context,
    clock,
    faults,
    deliveries,
    async publish(lines: readonly PublishLine[], key = `write-${String((writes += 1))}`) {
      return clock.settle(channel.publish({ idempotencyKey: key, lines }, context));
    },
    async levels(): Promise<readonly ObservedLevel[]> {
      const levels: ObservedLevel[] = [];
      for (let page: string | undefined, isFirst = true; isFirst || page !== undefined; isFirst = false) {
        const next = await clock.settle(channel.readLevels('all', page, context));
        levels.push(...next.items);
        page = next.next;
      }
      return levels;
    },
    async order(orderId: string | undefined): Promise<OrderObservation | undefined> {
      const { items } = await clock.settle(channel.readOrders({ scope: 'ids', orderIds: [orderId ?? ''] }, undefined, context));
      return items[0];
    },
    async pass(ms: number) {
      await clock.settle(clock.sleep(ms));
      await shop.deliverDue();
    },
  };
}

const line = (sku: typeof A, location: typeof W1, value: number, expected?: number): PublishLine => ({
  sku,
  location,
  quantity: quantity(value),
  ...(expected === undefined ? {} : { expected: quantity(expected) }),
});

describe('publishing to a shop', () => {
  it('writes what it reads back', async () => {
    const { publish, levels, channel, context, clock } = setUp();

    const outcomes = await publish([line(A, W1, 5, 0), line(A, W2, 3, 0), line(B, W1, 9)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied']);
    const all = await levels();
    expect(Object.fromEntries(all.map(({ sku, location, quantity: shown }) => [`${sku}@${String(location)}`, shown]))).toEqual({
      'A@W1': '5',
      'A@W2': '3',
      'B@W1': '9',
      'B@W2': '0',
    });
    const some = await clock.settle(channel.readLevels([{ sku: A, location: W2 }, { sku: B, location: W2 }], undefined, context));
    expect(some.items.map(({ quantity: shown }) => shown)).toEqual(['3', '0']);
    expect(context.reports.at(-1)).toMatchObject({ bucket: 'graphql', restorePerSecond: 100 });
  });

  it('writes 250 lines at once and reads them back', async () => {
    const numbers = Array.from({ length: 125 }, (_none, index) => index + 1);
    const clock = createVirtualClock();
    const context = createTestContext({ clock });
    const shop = createShopifySimulator({
      clock,
      random: context.random,
      shopDomain: 'demo.myshopify.com',
      accessToken: 't',
      webhookSecret: 's',
      locations: [{ id: 1, name: 'W1' }, { id: 2, name: 'W2' }],
      products: numbers.map((number) => ({ sku: `S${String(number)}`, inventoryItemId: number })),
      deliver: async () => new Response(null),
    });
    const channel = createShopify({
      id: parseChannelId('demo'),
      shopDomain: 'demo.myshopify.com',
      accessToken: 't',
      webhookSecrets: [],
      mappings: {
        skus: createMapping(numbers.map((number) => [`gid://shopify/InventoryItem/${String(number)}`, parseSku(`S${String(number)}`)] as const)),
        locations: createMapping([['gid://shopify/Location/1', W1], ['gid://shopify/Location/2', W2]]),
      },
      fetch: (url, init) => shop.fetch(new Request(url, init)),
    });
    const lines = numbers.flatMap((number) => [W1, W2].map((location) => line(parseSku(`S${String(number)}`), location, number, 0)));

    const outcomes = await clock.settle(channel.publish({ idempotencyKey: 'k', lines }, context));

    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['applied']));
    const first = await clock.settle(channel.readLevels(lines.map(({ sku, location = W1 }) => ({ sku, location })), undefined, context));
    expect(first.items.map(({ quantity: shown }) => Number(shown))).toEqual(numbers);
    expect(shop.calls()).toEqual({ inventorySetQuantities: 1, nodes: 1 });
  });

  it.each(['row', 'none'] as const)('writes nothing of a batch in which one number is stale (field: %s)', async (staleErrorField) => {
    const { publish, shop } = setUp({ staleErrorField });
    await publish([line(A, W1, 5, 0)]);

    const outcomes = await publish([line(A, W1, 4, 6), line(B, W1, 2, 0)]);

    expect(outcomes.map(({ status }) => status)).toEqual(staleErrorField === 'row' ? ['conflict', 'notSent'] : ['conflict', 'conflict']);
    expect(shop.level('A', 1)?.available).toBe(5);
    expect(shop.level('B', 1)?.available).toBe(0);
  });

  it('refuses a write that a sale overtook', async () => {
    const { publish, shop } = setUp();
    await publish([line(A, W1, 9, 0)]);
    shop.placeOrder({ lines: [{ sku: 'A', quantity: 1 }] });

    expect(await publish([line(A, W1, 8, 9)])).toMatchObject([{ status: 'conflict' }]);
    expect(await publish([line(A, W1, 7, 8)])).toMatchObject([{ status: 'applied' }]);
  });

  it('was not applied where the shop throttles', async () => {
    const { publish, shop, faults, context } = setUp();
    faults.push({ kind: 'throttle' }, { kind: 'status', status: 429, retryAfterSeconds: 2 });

    expect(await publish([line(A, W1, 5, 0)])).toMatchObject([{ status: 'notSent', retryAfterMs: expect.any(Number) }]);
    expect(context.reports.at(-1)).toMatchObject({ bucket: 'graphql', pauseUntil: expect.any(String) });
    expect(await publish([line(A, W1, 5, 0)])).toMatchObject([{ status: 'notSent', retryAfterMs: 2000 }]);
    expect(shop.level('A', 1)?.available).toBe(0);
  });

  it('is one write where the answer to the first is lost and the same request is sent again', async () => {
    const { publish, shop, faults } = setUp();
    faults.push({ kind: 'timeoutAfterApply' });

    expect(await publish([line(A, W1, 5, 0)], 'same')).toMatchObject([{ status: 'unknown' }]);
    expect(shop.level('A', 1)?.available).toBe(5);
    expect(await publish([line(A, W1, 5, 0)], 'same')).toMatchObject([{ status: 'applied' }]);
    expect(shop.calls()).toEqual({ inventorySetQuantities: 2 });
  });

  it('stays unknown while the first request with its key still runs', async () => {
    const { publish, shop, faults, pass } = setUp();
    faults.push({ kind: 'timeoutAppliedLate', delayMs: 20_000 });

    expect(await publish([line(A, W1, 5, 0)], 'same')).toMatchObject([{ status: 'unknown' }]);
    expect(await publish([line(A, W1, 5, 0)], 'same')).toMatchObject([{ status: 'unknown' }]);
    await pass(20_000);

    expect(await publish([line(A, W1, 5, 0)], 'same')).toMatchObject([{ status: 'applied' }]);
    expect(shop.level('A', 1)?.available).toBe(5);
  });

  it('does not know what became of a write that failed inside', async () => {
    const { publish, faults } = setUp();
    faults.push({ kind: 'internalError' }, { kind: 'status', status: 503 });

    expect(await publish([line(A, W1, 5, 0)])).toMatchObject([{ status: 'unknown' }]);
    expect(await publish([line(A, W1, 5, 0)])).toMatchObject([{ status: 'unknown' }]);
  });

  it('refuses another request under a key that was used', async () => {
    const { publish } = setUp();

    expect(await publish([line(A, W1, 5, 0)], 'same')).toMatchObject([{ status: 'applied' }]);
    expect(await publish([line(A, W1, 6, 5)], 'same')).toMatchObject([{ status: 'rejected' }]);
  });

  it('sells nothing at a place where the item is not stocked, until it is', async () => {
    const { publish, levels, channel, clock, context } = setUp({
      products: [{ sku: 'A', inventoryItemId: ITEM_A, stockedAt: [1] }, { sku: 'B', inventoryItemId: ITEM_B }],
    });
    const key = { sku: A, location: W2 };

    expect(await publish([line(A, W2, 5)])).toMatchObject([{ status: 'applied' }]);
    expect((await levels()).find(({ sku, location }) => sku === A && location === W2)?.quantity).toBe('0');

    expect(await clock.settle(channel.ensureStocked([key], context))).toMatchObject([{ ...key, status: 'activated' }]);
    expect(await clock.settle(channel.ensureStocked([key], context))).toMatchObject([{ ...key, status: 'active' }]);
    expect((await levels()).find(({ sku, location }) => sku === A && location === W2)?.quantity).toBe('5');
  });
});

describe('reading orders of a shop', () => {
  it('follows an order through its life', async () => {
    const { publish, shop, order } = setUp();
    await publish([line(A, W1, 10), line(B, W1, 10)]);
    const { orderId = '' } = shop.placeOrder({ lines: [{ sku: 'A', quantity: 5 }, { sku: 'B', quantity: 1 }, { sku: 'A', quantity: 1 }] });
    const counters = async () =>
      (await order(orderId))?.lines.map(({ ordered, fulfilled, cancelled, returned }) => [ordered, fulfilled, cancelled, returned].join('/'));

    expect(await order(orderId)).toMatchObject({ channel: 'demo', orderId, lines: [{ sku: 'A', location: 'W1' }, { sku: 'B' }, { sku: 'A' }] });
    expect(await counters()).toEqual(['5/0/0/0', '1/0/0/0', '1/0/0/0']);
    shop.cancelOrder(orderId, { lines: [{ sku: 'B', quantity: 1 }, { sku: 'A', quantity: 1 }] });
    expect(await counters()).toEqual(['5/0/1/0', '1/0/1/0', '1/0/0/0']);
    shop.fulfilOrder(orderId, [{ sku: 'A', quantity: 3 }]);
    expect(await counters()).toEqual(['5/3/1/0', '1/0/1/0', '1/0/0/0']);
    shop.refundOrder(orderId, { lines: [{ sku: 'A', quantity: 2 }], restock: true });
    expect(await counters()).toEqual(['5/3/1/2', '1/0/1/0', '1/0/0/0']);
    shop.refundOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }], restock: false });
    expect(await counters()).toEqual(['5/3/1/2', '1/0/1/0', '1/0/0/0']);
    shop.cancelOrder(orderId);
    expect(await counters()).toEqual(['5/3/2/2', '1/0/1/0', '1/0/1/0']);
  });

  it('routes lines that sit at one place and leaves open those that sit at two', async () => {
    const { publish, shop, order } = setUp();
    await publish([line(A, W1, 3), line(A, W2, 3), line(B, W2, 3)]);
    const { orderId } = shop.placeOrder({ lines: [{ sku: 'A', quantity: 4 }, { sku: 'B', quantity: 1 }] });

    const places = (await order(orderId))?.lines.map(({ sku, location }) => [sku, location]);

    const portions = shop.orders()[0]?.lines.map((one) => one.portions.map(({ locationId }) => locationId));
    const expected = portions?.map((ids) => (ids.length === 1 ? `W${String(ids[0])}` : undefined));
    expect(places?.map(([, location]) => location)).toEqual(expected);
  });

  it('reads an order of 593 lines whole', async () => {
    const { publish, shop, order } = setUp();
    await publish([line(A, W1, 1000)]);
    const { orderId } = shop.placeOrder({ lines: Array.from({ length: 593 }, () => ({ sku: 'A', quantity: 1 })) });

    expect((await order(orderId))?.lines).toHaveLength(593);
  });

  it('reads what changed, and goes on without a gap', async () => {
    const { publish, shop, channel, context, clock, pass } = setUp();
    await publish([line(A, W1, 1000)]);
    const readChanged = async (since: string | undefined) => {
      const orders: OrderObservation[] = [];
      for (let page: string | undefined, isFirst = true; ; isFirst = false) {
        const next = await clock.settle(channel.readOrders({ scope: 'changed', since }, isFirst ? undefined : page, context));
        orders.push(...next.items);
        page = next.next;
        if (page === undefined) return { orders, resumeFrom: next.resumeFrom };
      }
    };
    for (let count = 0; count < 120; count += 1) shop.placeOrder({ lines: [{ sku: 'A', quantity: 1 }] });
    const all = await readChanged(undefined);
    await pass(3_600_000 / 2);
    const changed = shop.orders()[7]?.orderId ?? '';
    shop.fulfilOrder(changed);
    const { orderId: placed } = shop.placeOrder({ lines: [{ sku: 'A', quantity: 1 }] });

    const later = await readChanged(all.resumeFrom);
    const again = await readChanged(later.resumeFrom);

    expect(new Set(all.orders.map(({ orderId }) => orderId)).size).toBe(120);
    const seen = later.orders.map(({ orderId }) => orderId);
    expect(seen).toContain(changed);
    expect(seen).toContain(placed);
    expect(new Set(again.orders.map(({ orderId }) => orderId))).toEqual(new Set([changed, placed]));
  });

  it('reports an item that nobody mapped', async () => {
    const { shop, channel, context, clock } = setUp();
    shop.editLevel('nobody mapped', 1, 5);
    const { orderId = '' } = shop.placeOrder({ lines: [{ sku: 'nobody mapped', quantity: 1 }] });

    const page = await clock.settle(channel.readOrders({ scope: 'ids', orderIds: [orderId] }, undefined, context));

    expect(page).toMatchObject({ items: [{ lines: [] }], unmapped: ['gid://shopify/InventoryItem/3'] });
  });

  it('tries a read again after failures', async () => {
    const { levels, faults, shop } = setUp();
    faults.push({ kind: 'status', status: 502 }, { kind: 'timeoutBeforeApply' });

    expect(await levels()).toHaveLength(4);
    expect(shop.calls()['locations']).toBe(3);
  });
});

describe('webhooks of a shop', () => {
  it('are registered once, signed, and lead back to the order and the level', async () => {
    const { channel, context, clock, shop, publish, pass, deliveries } = setUp();
    const registration = { uri: WEBHOOKS, topics: ['orders/create', 'inventory_levels/update', 'refunds/create', 'fulfillments/create'] } as const;
    const created = await clock.settle(channel.registerWebhooks(registration, context));
    const existing = await clock.settle(channel.registerWebhooks(registration, context));
    await publish([line(A, W1, 10)]);
    const { orderId = '' } = shop.placeOrder({ lines: [{ sku: 'A', quantity: 2 }], id: 5_820_982_911_946 });
    shop.fulfilOrder(orderId, [{ sku: 'A', quantity: 1 }]);
    shop.refundOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }], restock: true });
    await pass(60_000);

    const results = await Promise.all(
      deliveries.map(async (request) => ({
        topic: request.headers.get('x-shopify-topic'),
        result: channel.receive({ headers: Object.fromEntries(request.headers), body: new Uint8Array(await request.clone().arrayBuffer()) }),
      })),
    );

    expect(created.map(({ status }) => status)).toEqual(['created', 'created', 'created', 'created']);
    expect(existing.map(({ status }) => status)).toEqual(['existing', 'existing', 'existing', 'existing']);
    expect(new Set(results.map(({ topic }) => topic))).toEqual(new Set(registration.topics));
    for (const { topic, result } of results) {
      const hint = topic === 'inventory_levels/update' ? { kind: 'level', sku: 'A', location: 'W1' } : { kind: 'order', orderId };
      expect(result).toMatchObject({ status: 'accepted', hints: [hint] });
    }
    const [first] = deliveries;
    const forged = { headers: Object.fromEntries(first?.headers ?? []), body: new TextEncoder().encode('{"id":1}') };
    expect(channel.receive(forged)).toMatchObject({ status: 'refused', httpStatus: 401 });
  });
});
