import { executeSync } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import type { Agenda } from './agenda.ts';
import { createMutationRoot } from './mutation-root.ts';
import type { MutationSurroundings, RequestContext } from './mutation-root.ts';
import { SHOPIFY_API_VERSIONS } from './options.ts';
import type { ShopifyApiVersion, ShopifyRequestFault, ShopifySimulatorOptions } from './options.ts';
import { actualCost, requestedCost } from './query-cost.ts';
import { createQueryRoot } from './query-root.ts';
import { fingerprintOf, keyOf, readOperation, toWireError } from './request-reading.ts';
import type { ReadableOperation } from './request-reading.ts';
import { shopSchema } from './schema.ts';
import type { CostBucket } from './throttle.ts';

/** The dearest single query. */
export const QUERY_COST_MAX = 1000;

/** What the endpoint works with. */
export interface EndpointSurroundings extends MutationSurroundings {
  readonly options: ShopifySimulatorOptions;
  readonly bucket: CostBucket;
  readonly agenda: Agenda;
  /** Counts a request by the names of its root fields. */
  readonly count: (operation: string) => void;
}

const POST_SCHEMA = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});
const PATH = /^\/admin\/api\/([^/]+)\/graphql\.json$/;

/** The Admin API as a function from request to response. */
export function createEndpoint(around: EndpointSurroundings): (request: Request) => Promise<Response> {
  const { options, shop } = around;
  const rootValue = { ...createQueryRoot(around), ...createMutationRoot(around) };
  return async (request) => {
    const apiVersion = SHOPIFY_API_VERSIONS.find((each) => each === PATH.exec(new URL(request.url).pathname)?.[1]);
    const headers = { 'x-request-id': shop.uuid() };
    if (apiVersion === undefined || request.method !== 'POST') return Response.json({ errors: 'Not Found' }, { status: 404, headers });
    if (request.headers.get('x-shopify-access-token') !== options.accessToken) {
      return Response.json({ errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' }, { status: 401, headers });
    }
    const post = POST_SCHEMA.safeParse(await readJson(request));
    request.signal.throwIfAborted();
    if (!post.success) return Response.json({ errors: { query: 'Required parameter missing or invalid' } }, { status: 400, headers });
    const schema = shopSchema(apiVersion);
    const run: Run = { around, schema, rootValue, apiVersion, headers: { ...headers, 'x-shopify-api-version': apiVersion } };
    const readable = readOperation(schema, {
      query: post.data.query, variables: post.data.variables ?? {}, operationName: post.data.operationName ?? undefined,
    });
    return 'errors' in readable ? answer(run, readable) : respond(run, readable);
  };
}

interface Run {
  readonly around: EndpointSurroundings;
  readonly schema: GraphQLSchema;
  readonly rootValue: unknown;
  readonly apiVersion: ShopifyApiVersion;
  readonly headers: Readonly<Record<string, string>>;
}

function respond(run: Run, readable: ReadableOperation): Response {
  const { around } = run;
  for (const field of readable.rootFields) around.count(field.name.value);
  const fault = around.options.requestFaults?.(readable.rootFields[0]?.name.value ?? '');
  const faulty = fault === undefined ? undefined : faultyResponse(run, readable, fault);
  const response = faulty ?? charged(run, readable);
  // The deed is done; only its answer is lost.
  if (fault?.kind === 'timeoutAfterApply') throw droppedConnection();
  return response;
}

/** Runs an operation within the budget of the app. */
function charged(run: Run, readable: ReadableOperation): Response {
  const { bucket } = run.around;
  const requested = requestedCost(toQuestion(run, readable));
  if (requested > QUERY_COST_MAX) {
    return answer(run, { errors: [{
      message: `Query cost is ${String(requested)}, which exceeds the single query max cost limit (${String(QUERY_COST_MAX)}).`,
      extensions: { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: QUERY_COST_MAX },
    }] });
  }
  if (!bucket.take(requested)) return throttled(run, requested);
  const result = execute(run, readable, false);
  const actual = Math.min(requested, actualCost(toQuestion(run, readable), result.data));
  bucket.refund(requested - actual);
  return answer(run, {
    data: result.data ?? null,
    ...(result.errors === undefined ? {} : { errors: result.errors.map(toWireError) }),
    extensions: { cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: bucket.status() } },
  });
}

/** The answer of a fault that applies nothing now, or nothing where the request goes on. */
function faultyResponse(run: Run, readable: ReadableOperation, fault: ShopifyRequestFault): Response | undefined {
  switch (fault.kind) {
    case 'throttle':
      return throttled(run, requestedCost(toQuestion(run, readable)));
    case 'status': {
      const retryAfter = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
      return Response.json({ errors: `HTTP ${String(fault.status)}` }, { status: fault.status, headers: { ...run.headers, ...retryAfter } });
    }
    case 'internalError': {
      const requestId = run.headers['x-request-id'] ?? '';
      const message = `Internal error. Looks like something went wrong on our end.\nRequest ID: ${requestId} (include this in support requests).`;
      return answer(run, { errors: [{ message, extensions: { requestId, code: 'INTERNAL_SERVER_ERROR' } }] });
    }
    case 'timeoutBeforeApply':
      throw droppedConnection();
    case 'timeoutAppliedLate':
      applyLate(run, readable, fault.delayMs);
      throw droppedConnection();
    case 'timeoutAfterApply':
      return undefined;
  }
}

function applyLate(run: Run, readable: ReadableOperation, delayMs: number): void {
  const { agenda, idempotency, options } = run.around;
  for (const field of readable.rootFields) {
    const key = keyOf(run.schema, field, readable.rawVariables);
    if (key !== undefined) idempotency.reserve({ key, fingerprint: fingerprintOf(field, readable.rawVariables) });
  }
  agenda.add(options.clock.now() + delayMs, async () => {
    execute(run, readable, true);
  });
}

function execute(run: Run, readable: ReadableOperation, isResumed: boolean): ReturnType<typeof executeSync> {
  const contextValue: RequestContext = { apiVersion: run.apiVersion, rawVariables: readable.rawVariables, isResumed };
  const operationName = readable.operation.name?.value;
  return executeSync({
    schema: run.schema, document: readable.document, rootValue: run.rootValue, contextValue, variableValues: readable.rawVariables,
    ...(operationName === undefined ? {} : { operationName }),
  });
}

function throttled(run: Run, requested: number): Response {
  const status = run.around.bucket.status();
  return answer(run, {
    errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' } }],
    extensions: { cost: { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: status } },
  });
}

function answer(run: Run, body: unknown): Response {
  return Response.json(body, { headers: run.headers });
}

function toQuestion({ schema }: Run, readable: ReadableOperation): Parameters<typeof requestedCost>[0] {
  return { schema, operation: readable.operation, fragments: readable.fragments, variables: readable.rawVariables };
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return JSON.parse(await request.text());
  } catch {
    return undefined;
  }
}

/** What `fetch` rejects with when the other side hangs up. */
function droppedConnection(): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }) });
}
