import { answerAdjustment, type AdjustmentDesk } from './adjustment-endpoint.ts';
import type { NetSuiteOperation, NetSuiteSimulatorOptions } from './options.ts';
import { methodNotAllowed, notFound, ProblemError, problemResponse, STATUS_PROBLEMS } from './problems.ts';
import { answerQuery } from './suiteql/endpoint.ts';
import type { SuiteQlEngine } from './suiteql/engine.ts';
import type { TokenDesk } from './token-desk.ts';

const CONCURRENCY_LIMIT = 5;
const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
const QUERY_PATH = '/services/rest/query/v1/suiteql';
const GOVERNANCE_PATH = '/services/rest/system/v1/governancelimits';
const ADJUSTMENT_PATH = /^\/services\/rest\/record\/v1\/inventoryadjustment(?:\/([^/]+))?\/?$/i;

/** What answers once a request has come through. */
export interface RestParts extends AdjustmentDesk {
  readonly options: NetSuiteSimulatorOptions;
  readonly tokens: TokenDesk;
  readonly engine: SuiteQlEngine;
}

/** The account's REST web services. */
export interface RestSurface {
  fetch(request: Request): Promise<Response>;
  calls(): Readonly<Record<NetSuiteOperation, number>>;
}

/** Faults, latency, the concurrency gate and the login stand before every answer. */
export function createRestSurface(parts: RestParts): RestSurface {
  const { options } = parts;
  const calls: Record<NetSuiteOperation, number> = { token: 0, suiteql: 0, inventoryAdjustment: 0, governanceLimits: 0, other: 0 };
  const limit = options.concurrencyLimit ?? CONCURRENCY_LIMIT;
  let inFlight = 0;

  async function serve(request: Request, operation: NetSuiteOperation): Promise<Response> {
    const fault = options.requestFaults?.(operation, request.method);
    if (fault?.kind === 'timeoutBeforeApply') throw new TypeError('fetch failed');
    if (fault?.kind === 'status') return problemResponse(STATUS_PROBLEMS[fault.status], options.account);
    const response = await governed(request, operation);
    if (fault?.kind === 'timeoutAfterApply') throw new TypeError('fetch failed');
    return response;
  }

  async function governed(request: Request, operation: NetSuiteOperation): Promise<Response> {
    // The authorization server is not governed; everything else shares one account-wide limit.
    const weight = operation === 'token' ? 0 : 1;
    if (weight > 0 && inFlight >= limit) return problemResponse(STATUS_PROBLEMS[429], options.account);
    inFlight += weight;
    try {
      await options.latency?.(operation);
      return await answer(parts, request, operation);
    } finally {
      inFlight -= weight;
    }
  }

  return {
    calls: () => ({ ...calls }),
    fetch: async (request) => {
      request.signal.throwIfAborted();
      const operation = operationOf(request);
      calls[operation] += 1;
      const response = await abandonable(serve(request, operation), request.signal);
      response.headers.set('date', new Date(options.clock.now()).toUTCString());
      return response;
    },
  };
}

async function answer(parts: RestParts, request: Request, operation: NetSuiteOperation): Promise<Response> {
  const { options } = parts;
  try {
    if (operation === 'token') return await parts.tokens.grant(request);
    if (!parts.tokens.isAuthorized(request)) return problemResponse(STATUS_PROBLEMS[401], options.account);
    switch (operation) {
      case 'suiteql': return await answerQuery(parts.engine, request);
      case 'inventoryAdjustment': return await answerAdjustment(parts, request, adjustmentKey(request));
      case 'governanceLimits': return governanceLimits(request, options.concurrencyLimit ?? CONCURRENCY_LIMIT);
      case 'other': throw notFound('The requested resource does not exist.');
    }
  } catch (error) {
    if (error instanceof ProblemError) return problemResponse(error.problem, options.account);
    throw error;
  }
}

function governanceLimits(request: Request, limit: number): Response {
  if (request.method !== 'GET') throw methodNotAllowed(request.method);
  return Response.json({ accountConcurrencyLimit: limit, accountUnallocatedConcurrencyLimit: limit, integrationLimitType: 'accountLimit' });
}

function operationOf(request: Request): NetSuiteOperation {
  const path = new URL(request.url).pathname;
  if (path === TOKEN_PATH && request.method === 'POST') return 'token';
  if (path === QUERY_PATH) return 'suiteql';
  if (path.toLowerCase() === GOVERNANCE_PATH) return 'governanceLimits';
  return ADJUSTMENT_PATH.test(path) ? 'inventoryAdjustment' : 'other';
}

function adjustmentKey(request: Request): string {
  return decodeURIComponent(ADJUSTMENT_PATH.exec(new URL(request.url).pathname)?.[1] ?? '');
}

/** Rejects when the caller gives up, while the account goes on with what it was asked. */
async function abandonable(work: Promise<Response>, signal: AbortSignal): Promise<Response> {
  let onAbort: (() => void) | undefined;
  const abandoned = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
