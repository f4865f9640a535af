import type { Account } from './account.ts';
import { denied, droppedConnection, QUOTA_EXCEEDED, RefusedCall } from './answers.ts';
import type { Answer, ApiError } from './answers.ts';
import type { FeedDocumentStore, StoreRequest } from './feed-documents.ts';
import { createRouter } from './router.ts';
import type { Match } from './router.ts';
import type { ApiCall, Operation } from './operation.ts';
import type { AmazonOperation, AmazonRequestDetails, AmazonRequestFault } from './options.ts';
import type { TokenDesk } from './tokens.ts';
import type { AmazonPlannedOperation, TokenBuckets } from './usage-plans.ts';

/** What the endpoint works with. */
export interface EndpointSurroundings {
  readonly account: Account;
  readonly operations: readonly Operation[];
  readonly desk: TokenDesk;
  readonly buckets: TokenBuckets;
  /** Counts a request, and whether it was throttled. */
  readonly count: (operation: AmazonOperation, isThrottled: boolean) => void;
  /** What stands at the addresses of feed documents, where no token is wanted. */
  readonly documents: FeedDocumentStore;
}

const TOKEN_PATH = '/auth/o2/token';

/** The vendor's interfaces as a function from request to response. */
export function createEndpoint(around: EndpointSurroundings): (request: Request) => Promise<Response> {
  const { account } = around;
  const route = createRouter(around.operations);
  return async (request) => {
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    request.signal.throwIfAborted();
    const { method, headers } = request;
    account.agenda.catchUp();
    try {
      const beside = besideTheApi(around, { method, url, headers, body });
      if (beside !== undefined) return beside;
      const match = route(method, url.pathname);
      if (match === undefined) return toResponse(around, { status: 403, error: MISSING_TOKEN, errorType: 'MissingAuthenticationTokenException' });
      return respond({ around, match, url, headers, text: new TextDecoder().decode(body) });
    } finally {
      account.agenda.catchUp();
    }
  };
}

/** The vendor's login and the store of feed documents are servers of their own: no usage plan, but faults can meet them. */
function besideTheApi(around: EndpointSurroundings, request: StoreRequest): Response | undefined {
  const { method, url } = request;
  const document = around.documents.operationOf(method, url);
  if (document !== undefined) {
    return unplanned(around, { operation: document, query: url.searchParams, run: () => around.documents.answer(request) });
  }
  if (method !== 'POST' || url.pathname !== TOKEN_PATH) return undefined;
  const text = new TextDecoder().decode(request.body);
  return unplanned(around, { operation: 'getAccessToken', query: new URLSearchParams(text), run: () => {
    const { status, body } = around.desk.answer(request.headers.get('content-type'), text);
    return Response.json(body, { status, headers: { 'cache-control': 'no-store', 'x-amzn-requestid': around.account.uuid() } });
  } });
}

interface UnplannedCall {
  readonly operation: Exclude<AmazonOperation, AmazonPlannedOperation>;
  readonly query: URLSearchParams;
  readonly run: () => Response;
}

function unplanned(around: EndpointSurroundings, { operation, query, run }: UnplannedCall): Response {
  const fault = around.account.options.requestFaults?.(operation, { parameters: {}, query, body: undefined });
  const faulty = fault === undefined ? undefined : faultyResponse(around, { operation, fault, run });
  if (faulty !== undefined) return faulty;
  around.count(operation, false);
  const response = run();
  // The deed is done; only its answer is lost.
  if (fault?.kind === 'timeoutAfterApply') throw droppedConnection();
  return response;
}

/** What the gateway says to addresses that it does not know. */
const MISSING_TOKEN: ApiError = { code: 'MissingAuthenticationToken', message: 'Missing Authentication Token' };

interface Arrival {
  readonly around: EndpointSurroundings;
  readonly match: Match;
  readonly url: URL;
  readonly headers: Headers;
  readonly text: string;
}

function respond(arrival: Arrival): Response {
  const { around, match: { operation, parameters } } = arrival;
  const refusal = around.desk.check(arrival.headers.get('x-amz-access-token'), operation.token ?? 'seller');
  if (refusal !== undefined) return toResponse(around, { status: 403, error: refusal, errorType: 'AccessDeniedException' });
  const body = readJson(arrival.text);
  const details: AmazonRequestDetails = { parameters, query: arrival.url.searchParams, body };
  const fault = around.account.options.requestFaults?.(operation.name, details);
  const call: ApiCall = {
    account: around.account, parameters, query: arrival.url.searchParams, body, origin: arrival.url.origin,
    isNeverApplied: fault?.kind === 'acceptedNeverApplied',
  };
  const run = (): Answer => {
    if (arrival.text !== '' && arrival.headers.get('content-type')?.toLowerCase().startsWith('application/json') !== true) {
      throw new RefusedCall(415, { code: 'UnsupportedMediaType', message: 'The request payload is in an unsupported format.' });
    }
    return operation.handle(call);
  };
  const response = (fault === undefined ? undefined : faultyResponse(around, { operation: operation.name, fault, run }))
    ?? charged(around, operation.name, run);
  if (fault?.kind === 'timeoutAfterApply') throw droppedConnection();
  return response;
}

/** Runs an operation within its usage plan. */
function charged(around: EndpointSurroundings, operation: AmazonPlannedOperation, run: () => Answer): Response {
  if (!around.buckets.take(operation)) return throttled(around, operation);
  around.count(operation, false);
  return toResponse(around, { ...settle(run), operation });
}

/** The answer of a call, also of one that was refused. */
function settle(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof RefusedCall) return error.answer;
    throw error;
  }
}

interface FaultyCall {
  readonly operation: AmazonOperation;
  readonly fault: AmazonRequestFault;
  /** What the request would do. */
  readonly run: () => unknown;
}

/** The answer of a fault that applies nothing now, or nothing where the request goes on. */
function faultyResponse(around: EndpointSurroundings, { operation, fault, run }: FaultyCall): Response | undefined {
  if (fault.kind === 'timeoutAfterApply' || fault.kind === 'acceptedNeverApplied') return undefined;
  if (fault.kind === 'throttle') return throttled(around, operation);
  around.count(operation, false);
  switch (fault.kind) {
    case 'status':
      return statusResponse(around, fault.status, fault.retryAfterSeconds);
    case 'internalError':
      return statusResponse(around, 500);
    case 'timeoutBeforeApply':
      throw droppedConnection();
    case 'timeoutAppliedLate':
      around.account.agenda.add(around.account.now() + fault.delayMs, () => {
        settle(() => {
          run();
          return { status: 200 };
        });
      });
      throw droppedConnection();
  }
}

function throttled(around: EndpointSurroundings, operation: AmazonOperation): Response {
  around.count(operation, true);
  return toResponse(around, { status: 429, error: QUOTA_EXCEEDED, errorType: 'TooManyRequestsException' });
}

const STATUS_ERRORS: Readonly<Record<number, ApiError>> = {
  403: denied(''),
  413: { code: 'RequestEntityTooLarge', message: 'The request size exceeded the maximum accepted size.' },
  429: QUOTA_EXCEEDED,
  500: { code: 'InternalFailure', message: 'We encountered an internal error. Please try again.' },
  503: { code: 'ServiceUnavailable', message: 'Service is temporarily unavailable. Please try again.' },
};

function statusResponse(around: EndpointSurroundings, status: number, retryAfterSeconds?: number): Response {
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  // Gateways in front of the vendor answer in HTML.
  if (status === 502 || status === 504) {
    const text = `<html><head><title>${String(status)}</title></head><body></body></html>`;
    return new Response(text, { status, headers: { 'content-type': 'text/html', 'x-amzn-requestid': around.account.uuid(), ...retryAfter } });
  }
  const error = STATUS_ERRORS[status] ?? { code: `HTTP${String(status)}`, message: `HTTP ${String(status)}` };
  return toResponse(around, { status, error, extraHeaders: retryAfter });
}

interface Outcome extends Answer {
  readonly error?: ApiError;
  readonly errorType?: string;
  readonly operation?: AmazonPlannedOperation;
  readonly extraHeaders?: Readonly<Record<string, string>>;
}

function toResponse(around: EndpointSurroundings, { status, body, error, errorType, operation, extraHeaders = {} }: Outcome): Response {
  // The rate is told only where the request was looked at.
  const isPlanned = (status >= 200 && status < 300) || status === 400 || status === 404;
  const rate = operation === undefined || !isPlanned ? undefined : around.buckets.rateText(operation);
  const headers = new Headers({ 'x-amzn-requestid': around.account.uuid(), ...extraHeaders });
  if (rate !== undefined) headers.set('x-amzn-ratelimit-limit', rate);
  if (errorType !== undefined) headers.set('x-amzn-errortype', errorType);
  if (status === 429) headers.set('x-amz-apigw-id', `${around.account.uuid().slice(0, 15)}=`);
  const content = error === undefined ? body : { errors: [error] };
  return content === undefined ? new Response(null, { status, headers }) : Response.json(content, { status, headers });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
