import { adapterError, retryAfterMs, type PublishOutcome } from '@stockwright/adapter';
import { httpError, readRetryAfterMs, type CallFacts, type TransportResponse } from '@stockwright/adapter-kit';
import { isStockwrightError, type StockwrightError } from '@stockwright/core';
import { OPERATIONS, type AmazonOperation } from './api/operations.ts';
import { readErrors, readTokenError, type ErrorWire } from './wire/error-wire.ts';

const MESSAGE_LENGTH_MAX = 300;
const EXPIRED_TOKEN = /access token\b.*\bexpired/i;
const EXPIRED_SECRET = /LWA secret\b.*\bexpired/i;
/** What the token endpoint asks to wait where it says nothing. */
const TOKEN_WAIT_MS = 5000;

/** The facts of a call that stand in every error. */
export interface AmazonCallFacts extends CallFacts {
  readonly adapter: 'amazon';
  readonly operation: AmazonOperation;
  /** True for reads. */
  readonly safe: boolean;
  readonly nowMs: number;
}

/** Whether a refusal only means that the access token is too old. */
export function saysTokenExpired({ status, text }: TransportResponse): boolean {
  return status === 403 && readErrors(text).some(({ message, details }) => EXPIRED_TOKEN.test(`${message} ${details ?? ''}`));
}

/** The error that an answer other than 200 stands for. */
export function amazonError(facts: AmazonCallFacts, response: TransportResponse): StockwrightError {
  const { operation, safe } = facts;
  const { status } = response;
  const errors = readErrors(response.text);
  const what = `Amazon answered ${operation} with HTTP ${String(status)}${sayErrors(errors)}`;
  const details = { adapter: facts.adapter, operation, httpStatus: status, ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }) };
  if (status === 403) return deniedError(facts, what, { errors, details });
  if (status === 429) {
    return adapterError('RATE_LIMITED', `${what}: too many requests. Wait and try again.`, { ...details, retryAfterMs: waitMs(facts, response) });
  }
  // Amazon's own word that it did not take the request on; a gateway's bare 503 says nothing of the kind.
  if (status === 503 && !safe && errors.some(({ code }) => code === 'ServiceUnavailable')) {
    return adapterError('UNAVAILABLE', `${what}: nothing was written. Try again later.`, details);
  }
  if (status === 401 || status >= 500) return httpError(facts, response);
  return adapterError('REJECTED', `${what}: Amazon refused the request.`, details);
}

interface Denial {
  readonly errors: readonly ErrorWire[];
  readonly details: Parameters<typeof adapterError>[2];
}

function deniedError({ operation }: AmazonCallFacts, what: string, { errors, details }: Denial): StockwrightError {
  const said = (pattern: RegExp): boolean => errors.some(({ code, message, details: more }) => pattern.test(`${code} ${message} ${more ?? ''}`));
  if (said(EXPIRED_SECRET)) {
    return adapterError('UNAUTHENTICATED', `${what}: the client secret was replaced and the old one has run out. Put the new clientSecret into the settings.`, details);
  }
  if (said(EXPIRED_TOKEN)) {
    return adapterError('UNAUTHENTICATED', `${what}: Amazon takes no access token of this application, not even a new one. Have the seller authorise it again.`, details);
  }
  if (said(/MissingAuthenticationToken/)) {
    return adapterError('PERMISSION_DENIED', `${what}: there is no such path at this endpoint. Check the endpoint and the region.`, details);
  }
  const remedy = `It probably lacks the role "${OPERATIONS[operation].role}": add the role, then have the seller authorise the application again, because roles are fixed at that moment.`;
  return adapterError('PERMISSION_DENIED', `${what}: the application may not call it for this seller. ${remedy}`, details);
}

/** A limit comes back at its rate: one request after one part of a second. Amazon is not seen to send Retry-After. */
function waitMs({ operation, nowMs }: AmazonCallFacts, { headers }: TransportResponse): number {
  const perSecond = readRate(headers) ?? OPERATIONS[operation].ratePerSecond;
  return Math.max(readRetryAfterMs(headers, nowMs) ?? 0, Math.ceil(1000 / perSecond));
}

/** How many requests per second Amazon grants this account for the operation; it says so in some answers. */
export function readRate(headers: Headers): number | undefined {
  const value = Number(headers.get('x-amzn-ratelimit-limit') ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** The error that a refusal of the token endpoint stands for. Its description is left out: nothing of it is needed. */
export function tokenError(facts: CallFacts & { readonly nowMs: number }, response: TransportResponse): StockwrightError {
  const { status } = response;
  const code = readTokenError(response.text);
  const what = `Amazon refused an access token with HTTP ${String(status)}${code === undefined ? '' : ` ${code}`}`;
  const details = { adapter: facts.adapter, operation: facts.operation, httpStatus: status };
  if (status === 429) return adapterError('RATE_LIMITED', `${what}: too many requests. Wait and try again.`, { ...details, retryAfterMs: readRetryAfterMs(response.headers, facts.nowMs) ?? TOKEN_WAIT_MS });
  if (status >= 500) return httpError({ ...facts, safe: true }, response);
  const remedy =
    code === 'invalid_grant'
      ? 'The refresh token is not accepted. Have the seller authorise the application again: an authorisation lasts 365 days, and the seller can end it at any time.'
      : 'The client id or secret is not accepted. Put the current ones into the settings: a secret is replaced every 180 days, and the old one ends 7 days later.';
  return adapterError('UNAUTHENTICATED', `${what}. ${remedy}`, details);
}

/** What an error of a write means for its line; rethrows what is a bug. */
export function outcomeOfFailure(error: unknown): PublishOutcome {
  if (!isStockwrightError(error)) throw error;
  const { code, message, details } = error;
  const wasWrite = details['operation'] === 'patchListingsItem';
  if (code === 'REJECTED' || code === 'PERMISSION_DENIED') return { status: 'rejected', reason: message, code };
  if (wasWrite && (code === 'OUTCOME_UNKNOWN' || code === 'MALFORMED_RESPONSE')) return { status: 'unknown', reason: message };
  const wait = retryAfterMs(error);
  return { status: 'notSent', reason: message, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
}

function sayErrors(errors: readonly ErrorWire[]): string {
  const [first] = errors;
  if (first === undefined) return '';
  const { code, message, details } = first;
  return ` ${shorten([code, message, details === message ? undefined : details].filter((part) => part !== undefined && part !== '').join(', '))}`;
}

/** A vendor's sentence, short enough for a log line. */
export function shorten(text: string): string {
  return text.length <= MESSAGE_LENGTH_MAX ? text : `${text.slice(0, MESSAGE_LENGTH_MAX)}...`;
}
