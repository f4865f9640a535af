import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTestShop, EAST, HOOK, HOOKS, SECRET, START_MS } from '../../test/shopify-fixture.ts';
import type { TestShop } from '../../test/shopify-fixture.ts';

const URI = 'http://127.0.0.1:4000/webhooks';

async function subscribed(topics: readonly string[], overrides: Parameters<typeof createTestShop>[0] = {}): Promise<TestShop> {
  const shop = createTestShop(overrides);
  for (const topic of topics) await shop.call(HOOK, { topic, s: { uri: URI } });
  await shop.set('stock', { sku: 'A', at: EAST, to: 10, from: null });
  await shop.settle();
  shop.received.length = 0;
  return shop;
}

const topicsOf = (shop: TestShop): (string | null)[] => shop.received.map(({ headers }) => headers.get('x-shopify-topic'));

describe('webhook subscriptions', () => {
  it('are made for https and for this machine, once for a topic and an address', async () => {
    const shop = createTestShop();
    const create = async (uri: string, name?: string): Promise<string[]> => {
      const { body } = await shop.call(HOOK, { topic: 'ORDERS_CREATE', s: { uri, ...(name === undefined ? {} : { name }) } });
      return body.data.webhookSubscriptionCreate.userErrors.map((error: { message: string }) => error.message);
    };

    expect(await create(URI, 'one')).toEqual([]);
    expect(await create('https://shop.example/hooks')).toEqual([]);
    expect(await create(URI)).toEqual(['Address for this topic has already been taken']);
    expect(await create('http://shop.example/hooks')).toEqual(['Address protocol http:// is not supported']);
    expect(await create('')).toEqual(["Address can't be blank"]);
    expect(await create('https://other.example', 'one')).toEqual(['Name already exists, no duplicate allowed']);
    const { body } = await shop.call(HOOKS);
    expect(body.data.webhookSubscriptions.nodes.map((hook: { uri: string }) => hook.uri)).toEqual([URI, 'https://shop.example/hooks']);
    await shop.call('mutation D($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } } }', { id: body.data.webhookSubscriptions.nodes[0].id });
    expect((await shop.call(HOOKS)).body.data.webhookSubscriptions.nodes).toHaveLength(1);
  });
});

describe('webhooks', () => {
  it('carry a signature over the body, every header, and a flat payload', async () => {
    const shop = await subscribed(['ORDERS_CREATE']);

    const { orderId } = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 3 }] });
    await shop.settle();

    const [delivery] = shop.received;
    const body = delivery?.body ?? '';
    expect(Object.fromEntries(delivery?.headers ?? [])).toMatchObject({
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/create',
      'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
      'x-shopify-shop-domain': 'demo.myshopify.com',
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-shopify-event-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-shopify-triggered-at': '2026-11-23T10:00:00Z',
    });
    expect(JSON.parse(body)).toMatchObject({
      admin_graphql_api_id: orderId, fulfillment_status: null, cancelled_at: null, line_items: [{ sku: 'A', quantity: 3, current_quantity: 3, fulfillable_quantity: 3 }],
    });
  });

  it('say what holds when they are sent, not when they were caused', async () => {
    const shop = await subscribed(['INVENTORY_LEVELS_UPDATE']);

    shop.simulator.editLevel('A', EAST, 4);
    shop.simulator.editLevel('A', EAST, 9);
    await shop.settle();

    const payloads = shop.received.map(({ body }) => JSON.parse(body) as Readonly<Record<string, unknown>>);
    expect(payloads).toHaveLength(2);
    expect(payloads.map((payload) => payload['available'])).toEqual([9, 9]);
    expect(payloads[0]).toEqual({
      inventory_item_id: shop.simulator.level('A', EAST)?.inventoryItemId, location_id: EAST, available: 9, updated_at: '2026-11-23T10:00:00Z',
      admin_graphql_api_id: expect.stringMatching(/^gid:\/\/shopify\/InventoryLevel\/\d+\?inventory_item_id=\d+$/),
    });
  });

  it('tell of every deed, all of one deed under one event id', async () => {
    const shop = await subscribed(['ORDERS_CREATE', 'ORDERS_UPDATED', 'ORDERS_CANCELLED', 'REFUNDS_CREATE', 'FULFILLMENTS_CREATE', 'INVENTORY_LEVELS_UPDATE']);
    const told = async (): Promise<string[]> => {
      shop.received.length = 0;
      await shop.settle();
      expect(new Set(shop.received.map(({ headers }) => headers.get('x-shopify-event-id'))).size).toBe(1);
      expect(new Set(shop.received.map(({ headers }) => headers.get('x-shopify-webhook-id'))).size).toBe(shop.received.length);
      return topicsOf(shop).map(String).sort();
    };

    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    expect(await told()).toEqual(['inventory_levels/update', 'orders/create']);
    shop.simulator.fulfilOrder(orderId, [{ sku: 'A', quantity: 2 }]);
    expect(await told()).toEqual(['fulfillments/create', 'orders/updated']);
    shop.simulator.refundOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }], restock: true });
    expect(await told()).toEqual(['inventory_levels/update', 'orders/updated', 'refunds/create']);
    shop.simulator.cancelOrder(orderId);
    expect(await told()).toEqual(['inventory_levels/update', 'orders/cancelled', 'orders/updated', 'refunds/create']);
    await shop.set('own', { sku: 'A', at: EAST, to: 20, from: null });
    expect(await told()).toEqual(['inventory_levels/update']);
  });

  it('wait their delay, by topic', async () => {
    const shop = await subscribed(['ORDERS_CREATE', 'INVENTORY_LEVELS_UPDATE'], { webhookDelayMs: (topic) => (topic === 'orders/create' ? 3000 : 100) });
    const placedAtMs = shop.clock.ms;

    shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }] });

    expect(shop.simulator.nextDueAtMs()).toBe(placedAtMs + 100);
    expect(await shop.simulator.deliverDue()).toBe(0);
    shop.clock.ms += 100;
    expect(await shop.simulator.deliverDue()).toBe(1);
    expect(topicsOf(shop)).toEqual(['inventory_levels/update']);
    expect(shop.simulator.nextDueAtMs()).toBe(placedAtMs + 3000);
  });

  it('are lost, doubled under one id, or late, as the fault hook says', async () => {
    const faults = ['lose', 'duplicate', { delayMs: 60_000 }] as const;
    let index = 0;
    const shop = await subscribed(['ORDERS_CREATE'], { webhookFaults: ({ topic }) => (topic === 'orders/create' ? faults[index++] ?? 'deliver' : 'deliver') });

    for (const id of [1, 2, 3, 4]) shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }], id });
    await shop.settle();

    expect(shop.received.map(({ body }) => (JSON.parse(body) as { id: number }).id)).toEqual([2, 2, 4, 3]);
    expect(shop.received[0]?.headers.get('x-shopify-webhook-id')).toBe(shop.received[1]?.headers.get('x-shopify-webhook-id'));
  });

  it('are tried again with the same body and id', async () => {
    const bodies: string[] = [];
    const ids: (string | null)[] = [];
    const shop = await subscribed(['INVENTORY_LEVELS_UPDATE'], {
      deliver: async (request) => {
        bodies.push(await request.text());
        ids.push(request.headers.get('x-shopify-webhook-id'));
        return new Response(null, { status: bodies.length === 2 ? 302 : 200 });
      },
    });

    shop.simulator.editLevel('A', EAST, 4);
    await shop.settle(600);
    shop.simulator.editLevel('A', EAST, 5);
    await shop.settle();

    expect(bodies.slice(1).map((body) => (JSON.parse(body) as { available: number }).available)).toEqual([4, 5, 4]);
    expect(ids[3]).toBe(ids[1]);
  });

  it('are given up after eight retries within four hours, and the subscription with them', async () => {
    let tries = 0;
    const shop = createTestShop({
      deliver: async () => {
        tries += 1;
        throw new Error('nobody listens');
      },
    });
    await shop.call(HOOK, { topic: 'INVENTORY_LEVELS_UPDATE', s: { uri: URI } });

    shop.simulator.editLevel('A', EAST, 4);
    await shop.settle();

    expect(tries).toBe(9);
    expect(shop.clock.ms - START_MS).toBeLessThanOrEqual(4 * 60 * 60 * 1000 + 500);
    expect((await shop.call(HOOKS)).body.data.webhookSubscriptions.nodes).toEqual([]);
    shop.simulator.editLevel('A', EAST, 5);
    expect(shop.simulator.nextDueAtMs()).toBeUndefined();
  });

  it('keep to the fields that were asked for', async () => {
    const shop = createTestShop();
    await shop.call(HOOK, { topic: 'INVENTORY_LEVELS_UPDATE', s: { uri: URI, includeFields: ['admin_graphql_api_id', 'updated_at'], name: 'stock' } });

    shop.simulator.editLevel('A', EAST, 4);
    await shop.settle();

    expect(Object.keys(JSON.parse(shop.received[0]?.body ?? '{}') as object).sort()).toEqual(['admin_graphql_api_id', 'updated_at']);
    expect(shop.received[0]?.headers.get('x-shopify-name')).toBe('stock');
  });
});
