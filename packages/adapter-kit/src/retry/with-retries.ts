import type { CallContext } from '@stockwright/adapter';
import { isStockwrightError } from '@stockwright/core';
import pRetry from 'p-retry';
import { readRetryAfterMs } from '../response/http-error.ts';
import type { TransportResponse } from '../http/exchange.ts';

const TRIES_MAX = 4;
const FIRST_WAIT_MS = 250;

/** A response that is worth another try; thrown, because that is how the retry loop is told. */
class FailedResponse extends Error {
  readonly response: TransportResponse;

  constructor(response: TransportResponse) {
    super(`HTTP ${String(response.status)}`);
    this.name = 'FailedResponse';
    this.response = response;
  }
}

/**
 * Repeats what is safe to repeat: up to 4 tries, waiting longer each time, by the caller's clock and randomness and
 * never past its deadline. p-retry counts the tries; its own timers are switched off.
 *
 * @returns The first response below 500, or the last response.
 */
export async function withRetries(once: () => Promise<TransportResponse>, context: CallContext): Promise<TransportResponse> {
  try {
    return await pRetry(
      async () => {
        const response = await once();
        if (response.status >= 500) throw new FailedResponse(response);
        return response;
      },
      {
        retries: TRIES_MAX - 1,
        minTimeout: 0,
        shouldRetry: async ({ error, retriesConsumed }) => {
          if (!isWorthAnotherTry(error)) return false;
          const waitMs = waitMsBefore(error, retriesConsumed, context);
          if (context.clock.now() + waitMs >= context.deadlineMs) return false;
          await context.clock.sleep(waitMs, context.signal);
          return true;
        },
      },
    );
  } catch (error) {
    if (error instanceof FailedResponse) return error.response;
    throw error;
  }
}

function isWorthAnotherTry(error: Error): boolean {
  return error instanceof FailedResponse || (isStockwrightError(error) && error.code === 'UNAVAILABLE');
}

/** Doubles each time, with jitter of half, and not less than the vendor asks for. */
function waitMsBefore(error: Error, retriesConsumed: number, { clock, random }: CallContext): number {
  const backoffMs = FIRST_WAIT_MS * 2 ** retriesConsumed * (0.5 + random.next() / 2);
  const askedMs = error instanceof FailedResponse ? (readRetryAfterMs(error.response.headers, clock.now()) ?? 0) : 0;
  return Math.max(backoffMs, askedMs);
}
