import { adapterError, type AdapterErrorCode, type CallContext } from '@stockwright/adapter';
import { httpError, type CallFacts, type TransportResponse } from '@stockwright/adapter-kit';
import { instantFromMs, type StockwrightError } from '@stockwright/core';
import { readRefusal, type Refusal } from './wire/error-wire.ts';

/** NetSuite sends no Retry-After: callers come back spread over the seconds in which requests usually end. */
const BACKOFF_MS_MIN = 1000;
const BACKOFF_MS_SPREAD = 4000;

/** The codes that a read can meet: upper case from the services, lower case from the token endpoint. */
const MEANINGS: ReadonlyMap<string, AdapterErrorCode> = new Map<string, AdapterErrorCode>([
  ['INVALID_LOGIN', 'UNAUTHENTICATED'],
  ['INVALID_LOGIN_ATTEMPT', 'UNAUTHENTICATED'],
  ['invalid_grant', 'UNAUTHENTICATED'],
  ['invalid_client', 'UNAUTHENTICATED'],
  ['unauthorized_client', 'UNAUTHENTICATED'],
  ['INSUFFICIENT_PERMISSION', 'PERMISSION_DENIED'],
  ['CONCURRENCY_LIMIT_EXCEEDED', 'RATE_LIMITED'],
  ['SSS_REQUEST_LIMIT_EXCEEDED', 'RATE_LIMITED'],
  ['UNEXPECTED_ERROR', 'UNAVAILABLE'],
  ['INVALID_REQUEST', 'REJECTED'],
  ['INVALID_PARAMETER', 'REJECTED'],
  ['INVALID_CONTENT', 'REJECTED'],
  ['INVALID_HEADER', 'REJECTED'],
  ['NONEXISTENT_ID', 'REJECTED'],
  ['invalid_request', 'REJECTED'],
  ['unsupported_grant_type', 'REJECTED'],
]);

/** A record or column that the role may not see looks to SuiteQL as if it did not exist. */
const NOT_VISIBLE = /\b(Record|Field) '(\w{1,80})'.{0,200}was not found/s;

/**
 * The error that a refusal of NetSuite stands for.
 *
 * @see NetSuite help, section_156570709583 (read 2026-11)
 */
export function netSuiteError(response: TransportResponse, facts: CallFacts, context: CallContext): StockwrightError {
  const refusal = readRefusal(response.text);
  const status = response.status;
  const details = { ...facts, httpStatus: status };
  const what = `NetSuite answered ${facts.operation} with HTTP ${String(status)}${refusal.code === undefined ? '' : ` ${shown(refusal.code)}`}`;
  const code = codeOf(refusal, status);
  switch (code) {
    case 'RATE_LIMITED': {
      const retryAfterMs = BACKOFF_MS_MIN + Math.floor(context.random.next() * BACKOFF_MS_SPREAD);
      context.budget.report({ bucket: 'concurrency', pauseUntil: instantFromMs(context.clock.now() + retryAfterMs) });
      return adapterError(code, `${what}: as many requests as the account allows are running. Wait and try again.`, { ...details, retryAfterMs });
    }
    case 'UNAUTHENTICATED':
      return adapterError(code, `${what}: the credentials were not accepted. Check the certificate, its mapping and the role.`, details);
    case 'PERMISSION_DENIED':
      return adapterError(code, `${what}: ${lackOf(refusal)} Grant it to the integration's role.`, details);
    case 'UNAVAILABLE':
      return adapterError(code, `${what}: NetSuite failed. Try again later.`, details);
    case 'REJECTED':
      return adapterError(code, `${what}: NetSuite refused the request.`, details);
    default:
      return httpError({ ...facts, safe: true, nowMs: context.clock.now() }, response);
  }
}

/** What a code means; where NetSuite gave none that is known, the HTTP status decides. */
function codeOf({ code, detail }: Refusal, status: number): AdapterErrorCode | undefined {
  const meaning = code === undefined ? undefined : MEANINGS.get(code);
  if (meaning === 'REJECTED' && NOT_VISIBLE.test(detail ?? '')) return 'PERMISSION_DENIED';
  return meaning ?? (status === 429 ? 'RATE_LIMITED' : undefined);
}

/** Names the record or column, and nothing else of the vendor's sentence: it may hold values. */
function lackOf({ detail = '' }: Refusal): string {
  const [, kind, name] = NOT_VISIBLE.exec(detail) ?? [];
  return kind === undefined || name === undefined ? 'a permission is missing.' : `the role cannot see ${kind === 'Field' ? 'column' : 'record'} "${name}".`;
}

/** A code is a word; anything else is not repeated. */
function shown(code: string): string {
  return /^\w{1,64}$/.test(code) ? code : '';
}
