import { describe, expect, it } from 'vitest';
import { createTestShop, EAST, graphqlRequest, HOOKS, LEVELS, ORDERS, SET, setInput, WEST } from '../../test/shopify-fixture.ts';
import type { ShopifyRequestFault } from './index.ts';

const SHOP = '{ shop { id myshopifyDomain } }';

describe('the endpoint', () => {
  it('refuses an unknown token with 401 and an unknown path with 404', async () => {
    const { simulator } = createTestShop();

    const unknown = await simulator.fetch(graphqlRequest({ query: SHOP }, '2026-10', 'wrong'));
    const elsewhere = await simulator.fetch(graphqlRequest({ query: SHOP }, '2019-04'));

    expect(unknown.status).toBe(401);
    expect(await unknown.json()).toEqual({ errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' });
    expect(elsewhere.status).toBe(404);
  });

  it('names its version and the request in every answer', async () => {
    const shop = createTestShop();

    const { headers, body } = await shop.call(SHOP, {}, '2026-04');

    expect(headers.get('x-shopify-api-version')).toBe('2026-04');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(body.data.shop.myshopifyDomain).toBe('demo.myshopify.com');
  });

  it('answers documents that do not fit the schema without data and without cost', async () => {
    const shop = createTestShop();

    const field = await shop.call('{ shop { id moods } }');
    const broken = await shop.call('{ shop {');
    const variable = await shop.call(SET, { key: 'k', input: { ...setInput(shop.itemGid, [{ sku: 'A', at: EAST, to: 1, from: 0 }]), ignoreCompareQuantity: true } });

    expect(field.body).toMatchObject({ errors: [{ message: "Field 'moods' doesn't exist on type 'Shop'", extensions: { code: 'undefinedField', typeName: 'Shop', fieldName: 'moods' } }] });
    expect(variable.body.errors[0]).toMatchObject({
      message: 'Variable $input of type InventorySetQuantitiesInput! was provided invalid value for ignoreCompareQuantity (Field is not defined on InventorySetQuantitiesInput)',
      extensions: { code: 'INVALID_VARIABLE', problems: [{ path: ['ignoreCompareQuantity'], explanation: 'Field is not defined on InventorySetQuantitiesInput' }] },
    });
    for (const { status, body } of [field, broken, variable]) {
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('data');
      expect(body).not.toHaveProperty('extensions');
    }
  });

  it('reads levels by item, the inactive ones too, with a number in the id that is not the location', async () => {
    const shop = createTestShop();
    await shop.set('k', { sku: 'A', at: WEST, to: 3, from: 0 });

    const { body } = await shop.call(LEVELS, { ids: [shop.itemGid('A'), 'gid://shopify/InventoryItem/1', shop.itemGid('N')] });

    const [itemA, nobody, itemN] = body.data.nodes;
    expect(nobody).toBeNull();
    expect(itemN.inventoryLevels.nodes).toHaveLength(1);
    expect(itemA.inventoryLevels.nodes.map((level: { location: { name: string } }) => level.location.name)).toEqual(['East', 'West', 'Store']);
    expect(itemA.inventoryLevels.nodes[1].quantities).toEqual([
      { name: 'available', quantity: 3, updatedAt: '2026-11-23T10:00:00Z' }, { name: 'on_hand', quantity: 3, updatedAt: null }, { name: 'committed', quantity: 0, updatedAt: null },
    ]);
    const levelNumber = /InventoryLevel\/(\d+)\?/.exec(itemA.inventoryLevels.nodes[1].id)?.[1];
    expect(levelNumber).not.toBe(String(WEST));
    expect(itemN.inventoryLevels.nodes[0].id.split('?')[0]).toBe(itemA.inventoryLevels.nodes[0].id.split('?')[0]);
  });

  it('pages items and locations to the end', async () => {
    const shop = createTestShop();
    const seen: string[] = [];

    for (let after: string | null = null, hasNext = true; hasNext;) {
      const { body } = await shop.call('query I($after: String) { inventoryItems(first: 2, after: $after) { pageInfo { hasNextPage endCursor } nodes { sku } } }', { after });
      seen.push(...body.data.inventoryItems.nodes.map((item: { sku: string }) => item.sku));
      after = body.data.inventoryItems.pageInfo.endCursor;
      hasNext = body.data.inventoryItems.pageInfo.hasNextPage;
    }
    const one = await shop.call('{ inventoryItems(first: 10, query: "sku:B") { nodes { sku variants(first: 5) { nodes { sellableOnlineQuantity product { title } } } } } locations(first: 5) { nodes { name } } }');
    const none = await shop.call('{ locations { nodes { name } } }');

    expect(seen).toEqual(['A', 'B', 'U', 'C', 'N']);
    expect(one.body.data.inventoryItems.nodes).toEqual([{ sku: 'B', variants: { nodes: [{ sellableOnlineQuantity: 0, product: { title: 'B' } }] } }]);
    expect(one.body.data.locations.nodes.map((location: { name: string }) => location.name)).toEqual(['East', 'Store', 'West']);
    expect(none.body.errors[0].message).toBe('you must provide one of first or last');
  });
});

describe('the cost of a request', () => {
  it('is taken before, partly given back, and comes back with time', async () => {
    const shop = createTestShop({ plan: { bucketMax: 100, restorePerSecond: 10 } });

    const first = await shop.call(LEVELS, { ids: [shop.itemGid('N')] });
    const second = await shop.call(SHOP);
    shop.clock.ms += 500;
    const third = await shop.call(SHOP);

    expect(first.body.extensions.cost).toEqual({ requestedQueryCost: 24, actualQueryCost: 6, throttleStatus: { maximumAvailable: 100, currentlyAvailable: 94, restoreRate: 10 } });
    expect(second.body.extensions.cost.throttleStatus.currentlyAvailable).toBe(93);
    expect(third.body.extensions.cost.throttleStatus.currentlyAvailable).toBe(97);
  });

  it('throttles in HTTP 200, without data, and applies nothing', async () => {
    const shop = createTestShop({ plan: { bucketMax: 20, restorePerSecond: 10 } });
    await shop.set('k1', { sku: 'A', at: EAST, to: 5, from: 0 });

    const throttled = await shop.set('k2', { sku: 'A', at: EAST, to: 6, from: 5 });
    shop.clock.ms += 600;
    const later = await shop.set('k2', { sku: 'A', at: EAST, to: 6, from: 5 });

    expect(throttled.status).toBe(200);
    expect(throttled.body).toEqual({
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' } }],
      extensions: { cost: { requestedQueryCost: 13, actualQueryCost: null, throttleStatus: { maximumAvailable: 20, currentlyAvailable: 7, restoreRate: 10 } } },
    });
    expect(later.body.data.inventorySetQuantities.userErrors).toEqual([]);
    expect(shop.simulator.calls()).toEqual({ inventorySetQuantities: 3 });
  });

  it('refuses a single query above 1000 points', async () => {
    const shop = createTestShop();
    const { body } = await shop.call(ORDERS.replace('lineItems(first: 50)', 'lineItems(first: 250)').replaceAll('first: 50', 'first: 250'), { first: 250 });

    expect(body.errors[0].extensions).toMatchObject({ code: 'MAX_COST_EXCEEDED', maxCost: 1000 });
    expect(body).not.toHaveProperty('data');
  });
});

describe('request faults', () => {
  const faulty = (fault: ShopifyRequestFault, operation = 'inventorySetQuantities') => {
    const left = [fault];
    return createTestShop({ requestFaults: (name) => (name === operation ? left.shift() : undefined) });
  };
  const write = (shop: ReturnType<typeof createTestShop>) => shop.set('k', { sku: 'A', at: EAST, to: 5, from: 0 });

  it('apply and lose the answer, so that the same key shows what happened', async () => {
    const shop = faulty({ kind: 'timeoutAfterApply' });

    await expect(write(shop)).rejects.toThrow(new TypeError('fetch failed'));
    expect(shop.simulator.level('A', EAST)?.available).toBe(5);
    shop.simulator.editLevel('A', EAST, 1);
    const again = await write(shop);

    expect(again.body.data.inventorySetQuantities.userErrors).toEqual([]);
    expect(shop.simulator.level('A', EAST)?.available).toBe(1);
  });

  it('lose the request', async () => {
    const shop = faulty({ kind: 'timeoutBeforeApply' });

    await expect(write(shop)).rejects.toThrow('fetch failed');
    expect(shop.simulator.level('A', EAST)?.available).toBe(0);
    await write(shop);

    expect(shop.simulator.level('A', EAST)?.available).toBe(5);
  });

  it('apply late: until then the key is in flight, and afterwards it is done', async () => {
    const shop = faulty({ kind: 'timeoutAppliedLate', delayMs: 20_000 });

    await expect(write(shop)).rejects.toThrow('fetch failed');
    const meanwhile = await write(shop);
    const dueAtMs = shop.simulator.nextDueAtMs();
    shop.clock.ms = dueAtMs ?? 0;
    const done = await shop.simulator.deliverDue();
    const afterwards = await write(shop);

    expect(meanwhile.body.data.inventorySetQuantities.userErrors).toEqual([{
      code: 'IDEMPOTENCY_CONCURRENT_REQUEST', field: null, message: 'This request is currently in progress, please try again.',
    }]);
    expect(done).toBe(1);
    expect(afterwards.body.data.inventorySetQuantities.userErrors).toEqual([]);
    expect(shop.simulator.level('A', EAST)?.available).toBe(5);
  });

  it('answer with a status, a throttle or an internal error, and apply nothing', async () => {
    const unavailable = faulty({ kind: 'status', status: 503, retryAfterSeconds: 2 });
    const throttle = faulty({ kind: 'throttle' });
    const internal = faulty({ kind: 'internalError' });

    const response = await unavailable.simulator.fetch(graphqlRequest({ query: SET, variables: { key: 'k', input: setInput(unavailable.itemGid, [{ sku: 'A', at: EAST, to: 5, from: 0 }]) } }));
    const throttled = await write(throttle);
    const failed = await write(internal);

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(throttled.body.errors[0].extensions.code).toBe('THROTTLED');
    expect(failed.body.errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(failed.body).not.toHaveProperty('data');
    for (const shop of [unavailable, throttle, internal]) expect(shop.simulator.level('A', EAST)?.available).toBe(0);
  });

  it('meet only the operation that they name', async () => {
    const shop = faulty({ kind: 'status', status: 500 }, 'webhookSubscriptions');

    await write(shop);
    const hooks = await shop.simulator.fetch(graphqlRequest({ query: HOOKS }));

    expect(hooks.status).toBe(500);
    expect(shop.simulator.level('A', EAST)?.available).toBe(5);
    expect(shop.simulator.calls()).toEqual({ inventorySetQuantities: 1, webhookSubscriptions: 1 });
  });
});
