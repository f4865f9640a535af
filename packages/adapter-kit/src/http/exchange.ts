import { readText } from './read-text.ts';

const RESPONSE_BYTES_MAX_DEFAULT = 32 * 1024 * 1024;

/** One HTTP request. @public */
export interface TransportRequest {
  /** Which call, in the vendor's words; it stands in every error, where the URL does not: it may hold a secret. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True where sending it twice changes nothing more than sending it once: reads and tokens. Only those are retried. */
  readonly safe: boolean;
  /** The longest time for one try, waiting for a slot included, in milliseconds; the caller's deadline unless given. */
  readonly timeoutMs?: number;
}

/** What came back, whatever the status. @public */
export interface TransportResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends one request and reads the whole response. */
export type Exchange = (request: TransportRequest, signal: AbortSignal) => Promise<TransportResponse>;

/** How an exchange reaches the network, and how much it reads. */
export interface ExchangeSettings {
  readonly fetch?: typeof globalThis.fetch;
  readonly responseBytesMax?: number;
}

/** The bare exchange: no retry, no time limit of its own. Redirects are answers: following them would carry credentials elsewhere. */
export function createExchange({ fetch = globalThis.fetch, responseBytesMax = RESPONSE_BYTES_MAX_DEFAULT }: ExchangeSettings): Exchange {
  return async ({ method, url, headers = {}, body }, signal) => {
    const response = await fetch(url, { method, headers, signal, redirect: 'manual', ...(body === undefined ? {} : { body }) });
    return { status: response.status, headers: response.headers, text: await readText(response, responseBytesMax) };
  };
}
