import { createAmazonSimulator } from '../src/amazon/index.ts';
import type { AmazonShownChange, AmazonSimulator, AmazonSimulatorOptions } from '../src/amazon/index.ts';

/** Where every test starts. */
export const START_MS: number = Date.UTC(2026, 10, 23, 10, 0, 0);
export const SELLER = 'A3TH9S8BH6GOGM';
export const MARKETPLACE = 'ATVPDKIKX0DER';
export const ORIGIN = 'https://sellingpartnerapi-na.amazon.com';
const APP = { client_id: 'amzn1.application-oa2-client.test', client_secret: 'amzn1.oa2-cs.v1.test' };
export const SELLER_GRANT = { grant_type: 'refresh_token', refresh_token: 'Atzr|test', ...APP };
export const APP_GRANT = { grant_type: 'client_credentials', scope: 'sellingpartnerapi::notifications', ...APP };

/** A request, in short. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: unknown;
  /** The seller's by default; null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, loosely: tests say what they expect of it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever came
  readonly body: any;
}

/** An account with its clock, and what shoppers saw. */
export interface TestAccount {
  readonly simulator: AmazonSimulator;
  readonly clock: { ms: number };
  readonly shown: AmazonShownChange[];
  /** Asks for a token. */
  login(grant?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends a request with the seller's token. */
  call(ask: Ask): Promise<Answer>;
  /** Sends a request with the application's token. */
  grantless(ask: Ask): Promise<Answer>;
  /** Writes one quantity, as an adapter would. */
  patch(sku: string, quantity: number, more?: PatchMore): Promise<Answer>;
  /** What is on offer by the API. */
  offer(sku: string): Promise<unknown>;
  /** Runs the clock until nothing is due any more. */
  settle(): Promise<void>;
}

/** What a patch says beyond the quantity. */
export interface PatchMore {
  readonly op?: string;
  readonly element?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, string>>;
}

export const itemPath = (sku: string): string => `/listings/2021-08-01/items/${SELLER}/${encodeURIComponent(sku)}`;

/** Builds an account with the skus A (10) and B (0), which the seller ships, and F, which Amazon ships. */
export function createTestAccount(overrides: Partial<AmazonSimulatorOptions> = {}): TestAccount {
  const clock = { ms: START_MS };
  const shown: AmazonShownChange[] = [];
  const simulator = createAmazonSimulator({
    clock: { now: () => clock.ms },
    random: seeded(7),
    sellerId: SELLER,
    marketplaceId: MARKETPLACE,
    clientId: APP.client_id,
    clientSecret: APP.client_secret,
    refreshToken: SELLER_GRANT.refresh_token,
    listings: [
      { sku: 'A', quantity: 10, asin: 'B07N4M94X4', leadTimeToShipMaxDays: 3 }, { sku: 'B' },
      { sku: 'F', fulfillmentChannelCode: 'AMAZON_NA', fba: { fulfillable: 5 } },
    ],
    onShown: (change) => shown.push(change),
    ...overrides,
  });
  const send = async (ask: Ask): Promise<Answer> => toAnswer(await simulator.fetch(toRequest(ask)));
  const login = async (grant: Readonly<Record<string, string>> = SELLER_GRANT): Promise<Answer> => toAnswer(await simulator.fetch(tokenRequest(grant)));
  const tokens = new Map<object, { readonly text: string; readonly expiresAtMs: number }>();
  const tokenOf = async (grant: Readonly<Record<string, string>>): Promise<string> => {
    const known = tokens.get(grant);
    if (known !== undefined && known.expiresAtMs > clock.ms) return known.text;
    const text: string = (await login(grant)).body.access_token;
    tokens.set(grant, { text, expiresAtMs: clock.ms + 3_600_000 });
    return text;
  };
  const call: TestAccount['call'] = async (ask) => send({ token: ask.token === undefined ? await tokenOf(SELLER_GRANT) : ask.token, ...ask });
  return {
    simulator, clock, shown, login, call,
    grantless: async (ask) => send({ token: await tokenOf(APP_GRANT), ...ask }),
    patch: (sku, quantity, { op = 'merge', element = {}, query = {} } = {}) => call({
      method: 'PATCH', path: itemPath(sku), query: { marketplaceIds: MARKETPLACE, ...query },
      body: { productType: 'PRODUCT', patches: [{ op, path: '/attributes/fulfillment_availability', value: [{ fulfillment_channel_code: 'DEFAULT', quantity, ...element }] }] },
    }),
    offer: async (sku) => (await call({ path: itemPath(sku), query: { marketplaceIds: MARKETPLACE, includedData: 'fulfillmentAvailability' } })).body.fulfillmentAvailability,
    settle: async () => {
      for (let dueMs = simulator.nextDueAtMs(); dueMs !== undefined; dueMs = simulator.nextDueAtMs()) {
        clock.ms = Math.max(clock.ms, dueMs);
        await simulator.deliverDue();
      }
    },
  };
}

/** A request as a client would send it. */
export function toRequest({ method = 'GET', path, query = {}, body, token, headers = {} }: Ask): Request {
  const url = new URL(path, ORIGIN);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, typeof value === 'object' ? value.join(',') : String(value));
  return new Request(url, {
    method,
    headers: {
      ...(typeof token === 'string' ? { 'x-amz-access-token': token } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A request for a token. */
export function tokenRequest(grant: Readonly<Record<string, string>>): Request {
  return new Request('https://api.amazon.com/auth/o2/token', { method: 'POST', body: new URLSearchParams(grant) });
}

/** Reads an answer to its end. */
export async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
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
