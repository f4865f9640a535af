import type { AvailabilityChannel } from '@stockwright/adapter';
import { createMapping } from '@stockwright/adapter-kit';
import { parseChannelId, parseSku } from '@stockwright/core';
import { createTestContext, createVirtualClock, type TestContext } from '../../adapter-kit/test/virtual-context.ts';
import { createAmazon, type AmazonSettings } from '../src/index.ts';

/** One request as Amazon got it. */
export interface AmazonRequest {
  readonly operation: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly text: string;
}

/** Answers one request: a JSON body of HTTP 200, or a whole response. */
export type AmazonAnswer = (request: AmazonRequest) => unknown;

export const SELLER = 'A3TH9S8BH6GOGM';
export const MARKET = 'ATVPDKIKX0DER';
export const SKU_A = parseSku('A');
export const SKU_B = parseSku('B');
/** A seller sku that a comma-joined list cannot hold and a path can, encoded. */
export const AWKWARD = 'K 1/2,5"+50%';
export const SKU_K = parseSku('K');

export const SETTINGS: AmazonSettings = {
  id: parseChannelId('amazon'),
  sellerId: SELLER,
  marketplaceId: MARKET,
  clientId: 'amzn1.application-oa2-client.0123',
  clientSecret: 'amzn1.oa2-cs.v1.top-secret',
  refreshToken: 'Atzr|very-secret',
  mappings: { skus: createMapping([['MUG-A', SKU_A], ['MUG-B', SKU_B], [AWKWARD, SKU_K]]) },
};

/** A listing that the seller ships. */
export const listing = (sku: string, quantity?: number, channel = 'DEFAULT') => ({
  sku,
  fulfillmentAvailability: [{ fulfillmentChannelCode: channel, ...(quantity === undefined ? {} : { quantity }) }],
});

/** A search result on one page. */
export const found = (...items: readonly object[]) => ({ numberOfResults: items.length, items });

/** A refusal as Amazon writes it. */
export function refusal(status: number, code: string, { message = 'No.', details = '', headers = {} }: { message?: string; details?: string; headers?: Record<string, string> } = {}): Response {
  return Response.json({ errors: [{ code, message, details }] }, { status, headers: { 'x-amzn-requestid': 'r-1', ...headers } });
}

export const accepted = { sku: 'MUG-A', status: 'ACCEPTED', submissionId: 's-1', issues: [] };

/** Everything a test needs of a channel over an Amazon that answers by operation. */
export interface FakeAmazon {
  readonly channel: AvailabilityChannel;
  readonly requests: readonly AmazonRequest[];
  /** The requests of one operation. */
  readonly sent: (operation: string) => readonly AmazonRequest[];
  readonly context: TestContext;
  readonly settle: <Result>(promise: Promise<Result>) => Promise<Result>;
}

/** Every listing that is searched for is there, shipped by the seller, and every write is accepted, unless told otherwise. */
export function fakeAmazon(answers: Readonly<Record<string, AmazonAnswer>> = {}, settings: Partial<AmazonSettings> = {}): FakeAmazon {
  const clock = createVirtualClock();
  const requests: AmazonRequest[] = [];
  let tokens = 0;
  const usual: Readonly<Record<string, AmazonAnswer>> = {
    token: () => ({ access_token: `Atza|${String((tokens += 1))}`, token_type: 'bearer', expires_in: 3600 }),
    searchListingsItems: ({ url }) => found(...(url.searchParams.get('identifiers') ?? '').split(',').map((sku) => listing(sku, 1))),
    getListingsItem: ({ url }) => listing(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), 1),
    patchListingsItem: () => accepted,
  };
  const fetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    const method = init.method ?? 'GET';
    const request = { operation: operationOf(method, url), url, method, headers: new Headers(init.headers), text: String(init.body ?? '') };
    requests.push(request);
    const answer = answers[request.operation] ?? usual[request.operation];
    if (answer === undefined) throw new Error(`The test has no answer to ${request.operation}`);
    const result = await answer(request);
    return result instanceof Response ? result : Response.json(result, { headers: { 'x-amzn-requestid': 'r-1', 'x-amzn-ratelimit-limit': '5.0' } });
  };
  return {
    channel: createAmazon({ ...SETTINGS, fetch: fetch as typeof globalThis.fetch, ...settings }),
    requests,
    sent: (operation) => requests.filter((request) => request.operation === operation),
    context: createTestContext({ clock }),
    settle: (promise) => clock.settle(promise),
  };
}

/** The operation of a request, by Amazon's models. */
export function operationOf(method: string, { pathname }: URL): string {
  const [, api, , kind, ...rest] = pathname.split('/');
  if (api === 'auth') return 'token';
  if (api === 'orders' && kind === 'orders') return rest.length === 0 ? 'searchOrders' : 'getOrder';
  if (api !== 'listings' || kind !== 'items') return pathname;
  if (method === 'PATCH') return 'patchListingsItem';
  return rest.length === 1 ? 'searchListingsItems' : 'getListingsItem';
}
