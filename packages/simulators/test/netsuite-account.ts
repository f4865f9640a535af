import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createNetSuiteSimulator, type NetSuiteSimulator, type NetSuiteSimulatorOptions } from '../src/netsuite/index.ts';

export const ORIGIN = 'https://tstdrv123.suitetalk.api.netsuite.com';
export const TOKEN_URL: string = `${ORIGIN}/services/rest/auth/oauth2/v1/token`;
export const START_MS: number = Date.UTC(2026, 8, 30, 10, 0, 0, 250);

/** Made once: RSA keys are slow to make. */
export const RSA: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = generateKeyPairSync('rsa', { modulusLength: 3072 });
export const EC: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

export interface TestAccount {
  readonly account: NetSuiteSimulator;
  readonly clock: { ms: number; now(): number };
  /** An authorised request to a path of the account. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** All rows of one page of a statement. */
  query(statement: string, parameters?: readonly (string | number)[], window?: string): Promise<Record<string, string>[]>;
}

/** An account with two locations, three items and a logged-in client. */
export async function openTestAccount(overrides: Partial<NetSuiteSimulatorOptions> = {}): Promise<TestAccount> {
  const clock = { ms: START_MS, now: () => clock.ms };
  const account = createNetSuiteSimulator({
    clock,
    random: seededRandom(7),
    account: 'TSTDRV123',
    clientId: 'client',
    certificateId: 'certificate',
    publicKey: EC.publicKey,
    locations: [{ id: 1, name: 'Main' }, { id: 2, name: 'Second' }],
    items: [{ id: 20, itemid: 'MUG' }, { id: 21, itemid: 'CUP' }, { id: 22, itemid: 'GIFT-WRAP', itemtype: 'NonInvtPart' }],
    stock: [
      { itemid: 'MUG', locationId: 1, onHand: 10 },
      { itemid: 'MUG', locationId: 2, onHand: 4 },
      { itemid: 'CUP', locationId: 1, onHand: 0 },
    ],
    ...overrides,
  });
  let token = '';
  const send: TestAccount['send'] = async (method, path, body, headers = {}) => account.fetch(new Request(ORIGIN + path, {
    method,
    headers: { authorization: `Bearer ${token}`, prefer: 'transient', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
  const logIn = await account.fetch(tokenRequest(assertion(clock.ms)));
  if (logIn.status === 200) token = ((await logIn.json()) as { access_token: string }).access_token;
  return {
    account,
    clock,
    send,
    query: async (q, params = [], window = '') => {
      const response = await send('POST', `/services/rest/query/v1/suiteql${window}`, { q, params });
      if (response.status !== 200) throw new Error(await response.text());
      return ((await response.json()) as { items: Record<string, string>[] }).items.map(({ links: _links, ...row }) => row);
    },
  };
}

/** What a test changes in an otherwise good assertion. */
export interface AssertionChanges {
  readonly alg?: 'PS256' | 'ES256' | 'RS256';
  readonly kid?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
}

/** A signed assertion, good unless something is changed. */
export function assertion(nowMs: number, { alg = 'ES256', kid = 'certificate', claims = {}, key }: AssertionChanges = {}): string {
  const iat = Math.floor(nowMs / 1000);
  const payload = { iss: 'client', scope: ['rest_webservices'], aud: TOKEN_URL, iat, exp: iat + 3600, ...claims };
  const data = [{ typ: 'JWT', alg, kid }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${data}.${signature(data, alg, key).toString('base64url')}`;
}

export function tokenRequest(clientAssertion: string, url: string = TOKEN_URL): Request {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: clientAssertion,
  });
  return new Request(url, { method: 'POST', body });
}

/** Numbers in [0, 1) that repeat. */
export function seededRandom(seed: number): { next(): number } {
  let state = seed;
  return { next: () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647 };
}

function signature(data: string, alg: string, key: KeyObject | undefined): Buffer {
  const bytes = Buffer.from(data);
  switch (alg) {
    case 'ES256': return sign('sha256', bytes, { key: key ?? EC.privateKey, dsaEncoding: 'ieee-p1363' });
    case 'PS256': return sign('sha256', bytes, { key: key ?? RSA.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    default: return sign('sha256', bytes, key ?? RSA.privateKey);
  }
}
