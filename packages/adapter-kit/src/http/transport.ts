import { adapterError, type CallContext } from '@stockwright/adapter';
import { createThrottle, type Throttle } from '../throttle/throttle.ts';
import { withRetries } from '../retry/with-retries.ts';
import { isRefusedConnection, networkCode } from './network-failure.ts';
import { createExchange, type Exchange, type TransportRequest, type TransportResponse } from './exchange.ts';
import { ResponseTooLarge } from './read-text.ts';

/** The longest wait that a timer of a real clock can express. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** How a transport reaches its vendor. @public */
export interface TransportSettings {
  /** Which adapter, such as `shopify`; it stands in every error. */
  readonly adapter: string;
  /** Reaches the network; the platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
  /** The most requests in flight at once, at least 1. */
  readonly maxConcurrency: number;
  /** Bounds the requests in flight in place of `maxConcurrency`; one of this transport's own unless given. */
  readonly throttle?: Throttle;
  /** The longest response body that is read, in bytes; 32 MiB unless given. */
  readonly responseBytesMax?: number;
}

/** Sends requests with bounded concurrency, deadlines and retries of what is safe. @public */
export interface Transport {
  /**
   * Sends one request. A safe one is tried up to 4 times, after a network failure, a time-out or a 5xx, while the caller's
   * deadline allows; any other is tried once. Redirects are not followed: they would carry credentials elsewhere.
   *
   * @returns The response, whatever its status.
   * @throws `ABORTED` where the caller gave up before anything was sent (for a safe request: at any time).
   *   `UNAVAILABLE` where nothing was sent, or where a safe request got no response.
   *   `OUTCOME_UNKNOWN` where a request that is not safe was sent and no response came.
   *   `MALFORMED_RESPONSE` where a safe request's response is longer than allowed.
   */
  send(request: TransportRequest, context: CallContext): Promise<TransportResponse>;
}

/** Makes the one transport of an adapter account. @public */
export function createTransport(settings: TransportSettings): Transport {
  const exchange = createExchange(settings);
  const throttle = settings.throttle ?? createThrottle(settings.maxConcurrency);
  return {
    async send(request, context) {
      const once = (): Promise<TransportResponse> => attempt({ adapter: settings.adapter, request, exchange, throttle }, context);
      return request.safe ? withRetries(once, context) : once();
    },
  };
}

type Stop = 'timed-out' | 'aborted';

interface Attempt {
  readonly adapter: string;
  readonly request: TransportRequest;
  readonly exchange: Exchange;
  readonly throttle: Throttle;
}

async function attempt(facts: Attempt, context: CallContext): Promise<TransportResponse> {
  const { request, exchange, throttle } = facts;
  const watch = watchStop(request, context);
  let sent = false;
  try {
    if (watch.stoppedBy() !== undefined) throw stopError(facts, watch.stoppedBy(), false);
    const stopped = watch.stopped.then((): undefined => undefined);
    const job = throttle.run(context.clock, async () => {
      if (watch.stoppedBy() !== undefined) return undefined;
      sent = true;
      return Promise.race([exchange(request, watch.signal), stopped]);
    });
    // A request that still waits for a slot is given up without waiting for its turn.
    const response = await Promise.race([job, stopped.then(() => (sent ? job : undefined))]);
    if (response === undefined) throw stopError(facts, watch.stoppedBy(), sent);
    return response;
  } catch (error) {
    throw failureOf(facts, error, { sent, stop: watch.stoppedBy() });
  } finally {
    watch.end();
  }
}

interface StopWatch {
  /** Resolves when the time is over or the caller gives up. */
  readonly stopped: Promise<void>;
  readonly stoppedBy: () => Stop | undefined;
  /** Aborts the fetch. */
  readonly signal: AbortSignal;
  readonly end: () => void;
}

function watchStop({ timeoutMs = Number.POSITIVE_INFINITY }: TransportRequest, context: CallContext): StopWatch {
  const remainingMs = Math.min(timeoutMs, context.deadlineMs - context.clock.now());
  const fetching = new AbortController();
  const sleeping = new AbortController();
  let stop: Stop | undefined;
  let settle = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const stopFor = (reason: Stop): void => {
    stop ??= reason;
    settle();
    fetching.abort();
  };
  const onAbort = (): void => stopFor('aborted');
  if (context.signal.aborted) onAbort();
  else if (remainingMs <= 0) stopFor('timed-out');
  else {
    context.signal.addEventListener('abort', onAbort, { once: true });
    if (remainingMs <= TIMER_MS_MAX) {
      context.clock.sleep(remainingMs, sleeping.signal).then(() => stopFor('timed-out'), () => undefined);
    }
  }
  return {
    stopped,
    stoppedBy: () => stop,
    signal: fetching.signal,
    end: () => {
      context.signal.removeEventListener('abort', onAbort);
      sleeping.abort();
    },
  };
}

/** The error for a request that its caller's patience ended. */
function stopError({ adapter, request }: Attempt, stop: Stop | undefined, sent: boolean): Error {
  const { operation, safe } = request;
  const facts = { adapter, operation };
  if (sent && !safe) {
    const why = stop === 'aborted' ? 'the caller gave up' : 'the time was over';
    return adapterError('OUTCOME_UNKNOWN', `${operation} was sent to ${adapter}, and ${why} before it answered. Read back before writing again.`, facts);
  }
  if (stop === 'aborted') return adapterError('ABORTED', `${operation} was given up by its caller`, facts);
  const when = sent ? 'did not answer in time' : 'was not reached: the time was over before the request could be sent';
  return adapterError('UNAVAILABLE', `${operation}: ${adapter} ${when}`, facts);
}

/** The error for a request that failed. The cause is not attached: a platform's message may quote a header. */
function failureOf(facts: Attempt, error: unknown, { sent, stop }: { readonly sent: boolean; readonly stop: Stop | undefined }): unknown {
  const { adapter, request } = facts;
  const { operation, safe } = request;
  if (stop !== undefined) return stopError(facts, stop, sent);
  if (error instanceof ResponseTooLarge) {
    const message = `${adapter} answered ${operation} with more than ${String(error.bytesMax)} bytes`;
    return adapterError(safe ? 'MALFORMED_RESPONSE' : 'OUTCOME_UNKNOWN', message, { adapter, operation });
  }
  const code = networkCode(error);
  if (safe || !sent || isRefusedConnection(error)) {
    return adapterError('UNAVAILABLE', `${operation}: ${adapter} could not be reached (${code})`, { adapter, operation });
  }
  const message = `${operation} was sent to ${adapter}, and the connection failed (${code}). Read back before writing again.`;
  return adapterError('OUTCOME_UNKNOWN', message, { adapter, operation });
}
