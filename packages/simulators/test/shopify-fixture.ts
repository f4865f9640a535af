import { createShopifySimulator } from '../src/shopify/index.ts';
import type { ShopifySimulator, ShopifySimulatorOptions } from '../src/shopify/index.ts';

/** Where every test starts. */
export const START_MS: number = Date.UTC(2026, 10, 23, 10, 0, 0);
export const TOKEN = 'shpat_test';
export const SECRET = 'hush';
/** Two locations that serve online orders, then one that does not. */
export const EAST = 11;
export const WEST = 22;
export const STORE = 33;

/** The documents that an adapter sends. */
export const LEVELS = `query Levels($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on InventoryItem { id sku tracked
  inventoryLevels(first: 50, includeInactive: true) { pageInfo { hasNextPage endCursor } nodes { id isActive updatedAt
    location { id name isActive fulfillsOnlineOrders } quantities(names: ["available", "on_hand", "committed"]) { name quantity updatedAt } } } } } }`;
export const SET = `mutation Set($input: InventorySetQuantitiesInput!, $key: String!) { inventorySetQuantities(input: $input) @idempotent(key: $key) {
  inventoryAdjustmentGroup { id createdAt reason referenceDocumentUri changes { name delta quantityAfterChange item { id } location { id } } }
  userErrors { code field message } } }`;
export const ADJUST = `mutation Adj($input: InventoryAdjustQuantitiesInput!, $key: String!) { inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
  inventoryAdjustmentGroup { id changes { name delta } } userErrors { code field message } } }`;
export const HOOK = `mutation Hook($topic: WebhookSubscriptionTopic!, $s: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $s) { webhookSubscription { id topic uri name format includeFields filter apiVersion { handle } } userErrors { field message } } }`;
export const HOOKS = `query Hooks($after: String) { webhookSubscriptions(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id topic uri } } }`;
export const ORDERS = `query O($q: String, $after: String, $first: Int!) { orders(first: $first, after: $after, query: $q, sortKey: UPDATED_AT) {
  pageInfo { hasNextPage endCursor } nodes { id name createdAt updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
    lineItems(first: 50) { nodes { id sku quantity currentQuantity unfulfilledQuantity nonFulfillableQuantity variant { id inventoryItem { id tracked } } } }
    refunds(first: 20) { id createdAt refundLineItems(first: 50) { nodes { quantity restockType restocked location { id } lineItem { id } } } }
    fulfillmentOrders(first: 10) { nodes { id status assignedLocation { location { id } } lineItems(first: 50) { nodes { totalQuantity remainingQuantity lineItem { id } } } } } } } }`;

/** One row of a set, in short. */
export interface SetRow {
  readonly sku: string;
  readonly at: number;
  readonly to: number;
  /** Null opts out of the comparison; absent leaves the field out. */
  readonly from?: number | null;
}

/** A shop with its clock, and what came out of it. */
export interface TestShop {
  readonly simulator: ShopifySimulator;
  readonly clock: { ms: number };
  /** Webhooks that arrived, with what they said. */
  readonly received: { readonly headers: Headers; readonly body: string }[];
  /** Sends a document and reads the answer. */
  call(query: string, variables?: Readonly<Record<string, unknown>>, version?: string): Promise<Answer>;
  set(key: string, ...rows: readonly SetRow[]): Promise<Answer>;
  /** Runs the clock until nothing is due any more, or for so long. */
  settle(maxMs?: number): Promise<void>;
  itemGid(sku: string): string;
}

/** An answer, loosely: tests say what they expect of it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever came
  readonly body: any;
}

/** Builds a shop with the skus A and B (counted), U (not counted), and C, which sells below zero. */
export function createTestShop(overrides: Partial<ShopifySimulatorOptions> = {}): TestShop {
  const clock = { ms: START_MS };
  const received: { headers: Headers; body: string }[] = [];
  const simulator = createShopifySimulator({
    clock: { now: () => clock.ms },
    random: seeded(7),
    shopDomain: 'demo.myshopify.com',
    accessToken: TOKEN,
    webhookSecret: SECRET,
    locations: [{ id: EAST, name: 'East' }, { id: WEST, name: 'West' }, { id: STORE, name: 'Store', fulfillsOnlineOrders: false }],
    products: [{ sku: 'A' }, { sku: 'B' }, { sku: 'U', tracked: false }, { sku: 'C', inventoryPolicy: 'CONTINUE' }, { sku: 'N', stockedAt: [EAST] }],
    deliver: async (request) => {
      received.push({ headers: request.headers, body: await request.text() });
      return new Response(null, { status: 200 });
    },
    ...overrides,
  });
  const itemGid = (sku: string): string => `gid://shopify/InventoryItem/${String(simulator.levels().find((level) => level.sku === sku)?.inventoryItemId)}`;
  const call: TestShop['call'] = async (query, variables = {}, version = '2026-10') => {
    const response = await simulator.fetch(graphqlRequest({ query, variables }, version));
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return {
    simulator, clock, received, call, itemGid,
    set: (key, ...rows) => call(SET, { key, input: setInput(itemGid, rows) }),
    settle: async (maxMs = 1000 * 60 * 60 * 24) => {
      const endMs = clock.ms + maxMs;
      for (let dueMs = simulator.nextDueAtMs(); dueMs !== undefined && dueMs <= endMs; dueMs = simulator.nextDueAtMs()) {
        clock.ms = Math.max(clock.ms, dueMs);
        await simulator.deliverDue();
      }
    },
  };
}

/** The input of a set. */
export function setInput(itemGid: (sku: string) => string, rows: readonly SetRow[]): Readonly<Record<string, unknown>> {
  return {
    name: 'available', reason: 'correction', referenceDocumentUri: 'gid://stockwright/Target/1',
    quantities: rows.map(({ sku, at, to, from }) => ({
      inventoryItemId: itemGid(sku), locationId: `gid://shopify/Location/${String(at)}`, quantity: to,
      ...(from === undefined ? {} : { changeFromQuantity: from }),
    })),
  };
}

/** A request as a client would send it. */
export function graphqlRequest(body: unknown, version = '2026-10', token = TOKEN): Request {
  return new Request(`https://demo.myshopify.com/admin/api/${version}/graphql.json`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'x-shopify-access-token': token }, body: JSON.stringify(body),
  });
}

/** The same numbers every time. */
export function seeded(seed: number): { next(): number } {
  let state = seed;
  return {
    next: () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    },
  };
}
