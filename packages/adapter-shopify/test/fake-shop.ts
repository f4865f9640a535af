import { createMapping } from '@stockwright/adapter-kit';
import { parseChannelId, parseLocationId, parseSku } from '@stockwright/core';
import { createTestContext, createVirtualClock, type TestContext } from '../../adapter-kit/test/virtual-context.ts';
import { createShopify } from '../src/create-shopify.ts';
import type { ShopifyChannel } from '../src/shopify-channel.ts';
import type { ShopifySettings } from '../src/shopify-settings.ts';

/** One request as the shop got it. */
export interface ShopRequest {
  readonly name: string;
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
  readonly variables: Record<string, unknown>;
}

/** Answers one request: `data` of a GraphQL answer, or a whole response. */
export type ShopAnswer = (request: ShopRequest) => unknown;

export const ITEM = (number: number): string => `gid://shopify/InventoryItem/${String(number)}`;
export const PLACE = (number: number): string => `gid://shopify/Location/${String(number)}`;
export const SECRET = 'shop-secret';
export const SKU_A = parseSku('A');
export const SKU_B = parseSku('B');
export const W1 = parseLocationId('W1');
export const W2 = parseLocationId('W2');

export const SETTINGS: ShopifySettings = {
  id: parseChannelId('shop'),
  shopDomain: 'Example.myshopify.com',
  accessToken: 'shpat_0123',
  webhookSecrets: [SECRET],
  mappings: {
    skus: createMapping([[ITEM(1), SKU_A], [ITEM(2), SKU_B]]),
    locations: createMapping([[PLACE(1), W1], [PLACE(2), W2]]),
  },
};

export const COST = { requestedQueryCost: 13, throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1986, restoreRate: 100 } };

/** A channel over a shop that answers by the name of the document. */
export function fakeShop(answers: Readonly<Record<string, ShopAnswer>>): {
  readonly channel: ShopifyChannel;
  readonly requests: readonly ShopRequest[];
  readonly context: TestContext;
  readonly settle: <Result>(promise: Promise<Result>) => Promise<Result>;
} {
  const clock = createVirtualClock();
  const requests: ShopRequest[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const text = String(init.body);
    const { query, variables } = JSON.parse(text) as { query: string; variables: Record<string, unknown> };
    const name = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? 'unnamed';
    const request = { name, url: String(url), headers: new Headers(init.headers), text, variables };
    requests.push(request);
    const answer = answers[name];
    if (answer === undefined) throw new Error(`The test has no answer to ${name}`);
    const result = await answer(request);
    return result instanceof Response ? result : Response.json({ data: result, extensions: { cost: COST } }, { headers: { 'x-request-id': 'r-1' } });
  };
  const channel = createShopify({ ...SETTINGS, fetch: fetch as typeof globalThis.fetch });
  return { channel, requests, context: createTestContext({ clock }), settle: (promise) => clock.settle(promise) };
}

/** One page that is the last. */
export function wholePage<Node>(...nodes: readonly Node[]): { nodes: readonly Node[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } {
  return { nodes, pageInfo: { hasNextPage: false, endCursor: null } };
}

/** One page with another one after it. */
export function partPage<Node>(endCursor: string, ...nodes: readonly Node[]): { nodes: readonly Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } } {
  return { nodes, pageInfo: { hasNextPage: true, endCursor } };
}
