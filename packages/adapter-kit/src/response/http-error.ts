import { adapterError } from '@stockwright/adapter';
import type { StockwrightError } from '@stockwright/core';

/** Nobody means a longer wait, and the moment after it may be in no calendar. */
const YEAR_MS = 366 * 86_400_000;

/** Which call of which adapter is spoken of. @public */
export interface CallFacts {
  /** Which adapter, such as `shopify`. */
  readonly adapter: string;
  /** Which call, in the vendor's words, such as `inventorySetQuantities`. */
  readonly operation: string;
  /** The vendor's id of the request, for its support. */
  readonly requestId?: string;
}

/** Which HTTP call is spoken of. @public */
export interface HttpCallFacts extends CallFacts {
  /** True for reads and tokens: nothing can have been applied. */
  readonly safe: boolean;
  /** The caller's clock now, in milliseconds; needed where `Retry-After` is a date. */
  readonly nowMs: number;
}

/**
 * The error that an HTTP status which is not a success stands for.
 *
 * 401 is `UNAUTHENTICATED`, 403 `PERMISSION_DENIED`, 429 `RATE_LIMITED` with the wait that `Retry-After` asks for,
 * 5xx `UNAVAILABLE` for a read and `OUTCOME_UNKNOWN` for a write, anything else `REJECTED`. The response body is never
 * part of the message: it may hold a customer's data.
 *
 * @returns An error to be thrown by the caller.
 * @public
 */
export function httpError(
  facts: HttpCallFacts,
  response: { readonly status: number; readonly headers: Headers },
): StockwrightError {
  const { adapter, operation, requestId, safe, nowMs } = facts;
  const { status, headers } = response;
  const retryAfterMs = readRetryAfterMs(headers, nowMs);
  const details = {
    adapter,
    operation,
    httpStatus: status,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  const what = `${adapter} answered ${operation} with HTTP ${String(status)}`;
  if (status === 401) {
    return adapterError('UNAUTHENTICATED', `${what}: the credentials were not accepted. Renew them.`, details);
  }
  if (status === 403) {
    return adapterError('PERMISSION_DENIED', `${what}: the credentials do not allow this call. Grant the permission.`, details);
  }
  if (status === 429) return adapterError('RATE_LIMITED', `${what}: too many requests. Wait and try again.`, details);
  if (status >= 500) {
    return safe
      ? adapterError('UNAVAILABLE', `${what}: the vendor failed. Try again later.`, details)
      : adapterError('OUTCOME_UNKNOWN', `${what}: the write may have been applied. Read back before writing again.`, details);
  }
  return adapterError('REJECTED', `${what}: the vendor refused the request.`, details);
}

/**
 * How long a response asks its caller to wait, in milliseconds, from `Retry-After` in seconds or as a date.
 *
 * @returns Zero or more, at most a year; nothing where the header is absent or unreadable, or asks for longer.
 * @public
 */
export function readRetryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  const wait = /^\d+(\.\d+)?$/.test(value) ? Math.ceil(Number(value) * 1000) : Math.max(0, Date.parse(value) - nowMs);
  return wait <= YEAR_MS ? wait : undefined;
}
