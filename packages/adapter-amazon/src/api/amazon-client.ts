import type { CallContext } from '@stockwright/adapter';
import { createTransport, parseJson, parseResponse, type TransportResponse } from '@stockwright/adapter-kit';
import { instantFromMs, isStockwrightError } from '@stockwright/core';
import type { z } from 'zod';
import { amazonError, readRate, saysTokenExpired, type AmazonCallFacts } from '../amazon-errors.ts';
import type { ResolvedSettings } from '../amazon-settings.ts';
import { createAccessTokens } from './access-token.ts';
import type { AmazonOperation } from './operations.ts';

const REQUEST_TIMEOUT_MS = 30_000;

/** One call of the Selling Partner API. */
export interface AmazonCall<Answer> {
  readonly operation: AmazonOperation;
  /** Begins with a slash; every part is encoded already. */
  readonly path: string;
  /** Lists are joined with commas, as Amazon reads them; a value must not hold a comma of its own. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Present for a patch, absent for a read. */
  readonly body?: unknown;
  /** The shape of the answer. */
  readonly schema: z.ZodType<Answer>;
}

/** Speaks to one seller's account. */
export interface AmazonClient {
  /** @throws Any code of the adapter taxonomy. */
  call<Answer>(call: AmazonCall<Answer>, context: CallContext): Promise<Answer>;
}

/** Makes the one client of a seller's account. */
export function createAmazonClient(settings: ResolvedSettings): AmazonClient {
  const { fetch, throttle, maxConcurrency, endpoint, userAgent } = settings;
  const transport = createTransport({ adapter: 'amazon', maxConcurrency, ...(throttle === undefined ? {} : { throttle }), ...(fetch === undefined ? {} : { fetch }) });
  const tokens = createAccessTokens(settings, transport);

  const send = ({ operation, path, query, body }: AmazonCall<unknown>, token: string, context: CallContext): Promise<TransportResponse> => {
    const headers = { 'x-amz-access-token': token, 'user-agent': userAgent, accept: 'application/json' };
    const request = { operation, url: `${endpoint}${path}${queryText(query)}`, timeoutMs: REQUEST_TIMEOUT_MS };
    return body === undefined
      ? transport.send({ ...request, method: 'GET', headers, safe: true }, context)
      : transport.send({ ...request, method: 'PATCH', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body), safe: false }, context);
  };

  return {
    async call(call, context) {
      const token = await tokens.get(context);
      let response = await send(call, token, context);
      if (saysTokenExpired(response)) {
        // Refused before anything was done, so this is no second write.
        tokens.forget(token);
        response = await send(call, await tokens.get(context), context);
      }
      const facts = factsOf(call, response, context);
      reportRate(facts, response, context);
      if (response.status === 200) return parseResponse(call.schema, parseJson(response.text, facts), facts);
      const error = amazonError(facts, response);
      reportPause(facts, error.details['retryAfterMs'], context);
      throw error;
    },
  };
}

/** Whether a read failed because there is no such thing. */
export function isNotFound(error: unknown): boolean {
  return isStockwrightError(error) && error.details['httpStatus'] === 404;
}

function queryText(query: AmazonCall<unknown>['query']): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${[value].flat().map(encodeURIComponent).join(',')}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function factsOf({ operation, body }: AmazonCall<unknown>, { headers }: TransportResponse, { clock }: CallContext): AmazonCallFacts {
  const requestId = headers.get('x-amzn-requestid');
  return { adapter: 'amazon', operation, safe: body === undefined, nowMs: clock.now(), ...(requestId === null ? {} : { requestId }) };
}

function reportRate({ operation }: AmazonCallFacts, { headers }: TransportResponse, { budget }: CallContext): void {
  const rate = readRate(headers);
  if (rate !== undefined) budget.report({ bucket: operation, restorePerSecond: rate });
}

function reportPause({ operation }: AmazonCallFacts, waitMs: unknown, { budget, clock }: CallContext): void {
  if (typeof waitMs === 'number') budget.report({ bucket: operation, pauseUntil: instantFromMs(clock.now() + waitMs) });
}
