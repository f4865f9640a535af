import { isStockwrightError, StockwrightError, type ErrorCode } from '@stockwright/core';

/** The codes that an adapter may throw. @public */
export type AdapterErrorCode = Extract<
  ErrorCode,
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'OUTCOME_UNKNOWN'
  | 'REJECTED'
  | 'MALFORMED_RESPONSE'
  | 'UNSUPPORTED'
  | 'ABORTED'
>;

/** What the adapter, which knows its vendor, advises. The engine reads this and guesses nothing. @public */
export type RetryAdvice = 'never' | 'now' | 'after' | 'verify-first';

/** What is known about a call that failed. @public */
export interface AdapterErrorDetails {
  /** Which adapter, such as `shopify`. */
  readonly adapter: string;
  /** Which call, in the vendor's words, such as `inventorySetQuantities`. */
  readonly operation: string;
  readonly retry: RetryAdvice;
  /** With advice `after`: how long to wait. */
  readonly retryAfterMs?: number;
  readonly httpStatus?: number;
  /** The vendor's id of the request, for its support. */
  readonly requestId?: string;
}

const DEFAULT_ADVICE: Readonly<Record<AdapterErrorCode, RetryAdvice>> = {
  UNAUTHENTICATED: 'never',
  PERMISSION_DENIED: 'never',
  RATE_LIMITED: 'after',
  UNAVAILABLE: 'after',
  OUTCOME_UNKNOWN: 'verify-first',
  REJECTED: 'never',
  MALFORMED_RESPONSE: 'after',
  UNSUPPORTED: 'never',
  ABORTED: 'now',
};

/** An error of an adapter, with its advice filled in where the caller gave none. @public */
export function adapterError(
  code: AdapterErrorCode,
  message: string,
  details: Omit<AdapterErrorDetails, 'retry'> & { readonly retry?: RetryAdvice; readonly cause?: unknown },
): StockwrightError {
  const { cause, ...facts } = details;
  return new StockwrightError(message, {
    code,
    details: { ...facts, retry: facts.retry ?? DEFAULT_ADVICE[code] },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The advice that a caught error carries; `never` for an error that is not of this project. @public */
export function retryAdvice(error: unknown): RetryAdvice {
  const advice = detailOf(error, 'retry');
  return advice === 'now' || advice === 'after' || advice === 'verify-first' ? advice : 'never';
}

/** How long an error asks its caller to wait, in whole milliseconds rounded up, where it says so. @public */
export function retryAfterMs(error: unknown): number | undefined {
  const wait = detailOf(error, 'retryAfterMs');
  return typeof wait === 'number' && wait >= 0 && Number.isSafeInteger(Math.ceil(wait)) ? Math.ceil(wait) : undefined;
}

/** A detail of a caught error. One that went through JSON has its brand and perhaps nothing else. */
function detailOf(error: unknown, name: keyof AdapterErrorDetails): unknown {
  return isStockwrightError(error) ? (error.details as StockwrightError['details'] | null | undefined)?.[name] : undefined;
}
