import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { BudgetReport, CallContext } from '@stockwright/adapter';
import { createMapping } from '@stockwright/adapter-kit';
import { parseChannelId, parseLocationId, parseSku, parseSourceId } from '@stockwright/core';
import { createNetSuite } from '../src/create-netsuite.ts';
import type { NetSuiteSettings } from '../src/netsuite-settings.ts';

/** 2026-11-23, ten o'clock. */
export const TEN: number = Date.parse('2026-11-23T10:00:00Z');
export const SHOP: ReturnType<typeof parseChannelId> = parseChannelId('shop');

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
export const RSA: { readonly pem: string; readonly publicKey: KeyObject } = { pem: toPem(rsa.privateKey), publicKey: rsa.publicKey };
export const EC: { readonly pem: string; readonly publicKey: KeyObject } = { pem: toPem(ec.privateKey), publicKey: ec.publicKey };

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A context whose time moves only when told, or when somebody sleeps for less than half a minute. */
export interface TestContext extends CallContext {
  readonly reports: readonly BudgetReport[];
  advance(ms: number): void;
}

export function testContext(startMs: number = TEN): TestContext {
  let nowMs = startMs;
  let ids = 0;
  const reports: BudgetReport[] = [];
  const log = (): void => undefined;
  return {
    signal: new AbortController().signal,
    get deadlineMs() {
      return nowMs + 60_000;
    },
    clock: {
      now: () => nowMs,
      sleep: (ms, signal) => new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        if (ms >= 30_000) return;
        nowMs += ms;
        resolve();
      }),
    },
    random: { next: () => 0.5, uuid: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}` },
    logger: { debug: log, info: log, warn: log, error: log },
    budget: { report: (report) => void reports.push(report) },
    reports,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

export function testSettings(overrides: Partial<NetSuiteSettings> = {}): NetSuiteSettings {
  return {
    id: parseSourceId('netsuite'),
    account: 'TSTDRV123_SB1',
    auth: { kind: 'oauth2', clientId: 'client', certificateId: 'certificate', privateKeyPem: EC.pem, algorithm: 'ES256' },
    mappings: {
      skus: createMapping(['A', 'B', 'C'].map((code) => [`ITEM-${code}`, parseSku(code)] as const)),
      locations: createMapping([['1', parseLocationId('W1')], ['2', parseLocationId('W2')]]),
    },
    orderReference: {
      column: 'otherrefnum',
      parse: (reference) => (reference.startsWith('shop:') ? { channel: SHOP, orderId: reference.slice(5) } : undefined),
    },
    endpoint: 'https://netsuite.test',
    ...overrides,
  };
}

/** A request as the fake account saw it. */
export interface SeenRequest {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  /** Of a statement. */
  readonly sql: string;
  readonly params: readonly string[];
}

/** An answer: rows of a statement, or a whole response. */
export type Answer = readonly Readonly<Record<string, unknown>>[] | { readonly status?: number; readonly json: unknown };

/** An account that answers statements one after the other as scripted, and every request for a token. */
export interface FakeAccount {
  readonly fetch: typeof globalThis.fetch;
  /** Statements only. */
  readonly statements: readonly SeenRequest[];
  readonly tokens: readonly SeenRequest[];
}

export function fakeAccount(answers: readonly Answer[]): FakeAccount {
  const script = [...answers];
  const statements: SeenRequest[] = [];
  const tokens: SeenRequest[] = [];
  return {
    statements,
    tokens,
    fetch: async (input, init) => {
      const seen = toSeen(String(input), init);
      if (seen.url.pathname.endsWith('/token')) {
        tokens.push(seen);
        return Response.json({ access_token: `token-${String(tokens.length)}`, expires_in: '3600', token_type: 'Bearer' });
      }
      statements.push(seen);
      const answer = script.shift();
      if (answer === undefined) throw new Error('The script has no more answers');
      return 'json' in answer ? Response.json(answer.json, { status: answer.status ?? 200 }) : Response.json({ items: answer, hasMore: false });
    },
  };
}

function toSeen(url: string, init: RequestInit | undefined): SeenRequest {
  const body = typeof init?.body === 'string' ? init.body : '';
  const { q = '', params = [] } = body.startsWith('{') ? (JSON.parse(body) as { q?: string; params?: string[] }) : {};
  return { url: new URL(url), headers: new Headers(init?.headers), body, sql: q, params };
}

/** A row of stock as NetSuite gives it, links and all. */
export function stockRow(fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    links: [], item: '7', sku: 'ITEM-A', location: '1', onhand: '10', committed: '0', backordered: '0', onorder: '0', intransit: '0',
    moment: '2026-11-23 10:00:00 +00:00', ...fields,
  };
}

/** A source over an account that gives these answers in turn. */
export function scripted(answers: readonly Answer[], overrides: Partial<NetSuiteSettings> = {}): { readonly account: ReturnType<typeof fakeAccount>; readonly source: ReturnType<typeof createNetSuite> } {
  const account = fakeAccount(answers);
  return { account, source: createNetSuite(testSettings({ fetch: account.fetch, ...overrides })) };
}

/** An answer by which NetSuite refuses. */
export const refusal = (status: number, code: string, detail = 'words'): Answer => ({ status, json: { status, 'o:errorDetails': [{ 'o:errorCode': code, detail }] } });
