import type { CallContext } from '@stockwright/adapter';
import { createTransport, httpError, parseJson, parseResponse, type CallFacts } from '@stockwright/adapter-kit';
import { instantFromMs } from '@stockwright/core';
import type { z } from 'zod';
import { canonicalJson } from '../map/canonical-json.ts';
import { answerError, throttleWaitMs } from '../shopify-errors.ts';
import type { ResolvedSettings } from '../shopify-settings.ts';
import { envelopeSchema, type EnvelopeWire } from '../wire/graphql-wire.ts';

const REQUEST_TIMEOUT_MS = 30_000;

/** One GraphQL call. */
export interface ShopifyCall<Data> {
  /** The root field, for messages. */
  readonly operation: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The shape of `data`. */
  readonly schema: z.ZodType<Data>;
  /** True for queries. */
  readonly safe: boolean;
}

/** Speaks to one shop. */
export interface ShopifyClient {
  /**
   * @returns The parsed `data` of an answer without top-level errors.
   * @throws Any code of the adapter taxonomy.
   */
  call<Data>(call: ShopifyCall<Data>, context: CallContext): Promise<Data>;
}

/** Makes the one client of a shop. */
export function createShopifyClient({ graphqlUrl, accessToken, fetch, throttle, maxConcurrency }: ResolvedSettings): ShopifyClient {
  const transport = createTransport({ adapter: 'shopify', maxConcurrency, ...(throttle === undefined ? {} : { throttle }), ...(fetch === undefined ? {} : { fetch }) });
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-shopify-access-token': accessToken };
  return {
    async call({ operation, document, variables, schema, safe }, context) {
      const body = canonicalJson({ query: document, variables });
      const request = { operation, method: 'POST', url: graphqlUrl, headers, body, safe, timeoutMs: REQUEST_TIMEOUT_MS } as const;
      const response = await transport.send(request, context);
      const requestId = response.headers.get('x-request-id');
      const facts: CallFacts = { adapter: 'shopify', operation, ...(requestId === null ? {} : { requestId }) };
      if (response.status < 200 || response.status > 299) {
        const error = httpError({ ...facts, safe, nowMs: context.clock.now() }, response);
        if (error.code === 'RATE_LIMITED') reportPause(error.details['retryAfterMs'], context);
        throw error;
      }
      const envelope = parseResponse(envelopeSchema, parseJson(response.text, facts), facts);
      reportCost(envelope, context);
      const error = answerError({ facts, safe, envelope });
      if (error !== undefined) throw error;
      return parseResponse(schema, envelope.data, facts);
    },
  };
}

function reportPause(waitMs: unknown, { budget, clock }: CallContext): void {
  if (typeof waitMs === 'number') budget.report({ bucket: 'graphql', pauseUntil: instantFromMs(clock.now() + waitMs) });
}

function reportCost({ errors, extensions }: EnvelopeWire, { budget, clock }: CallContext): void {
  const status = extensions?.cost?.throttleStatus ?? undefined;
  const isThrottled = errors?.some((error) => error.extensions?.code === 'THROTTLED') ?? false;
  const pause = isThrottled ? { pauseUntil: instantFromMs(clock.now() + throttleWaitMs(extensions?.cost)) } : {};
  if (status !== undefined) {
    budget.report({ bucket: 'graphql', remaining: status.currentlyAvailable, restorePerSecond: status.restoreRate, ...pause });
  } else if (isThrottled) budget.report({ bucket: 'graphql', ...pause });
}
