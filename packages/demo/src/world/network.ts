import type { Clock } from '@stockwright/adapter';

/** How long each vendor takes to answer, in virtual milliseconds: what their users see on a common day. */
export const LATENCY_MS = { netsuite: 900, shopify: 250, amazon: 350, webhook: 120 } as const;

/** A clock that may have to tell others the time before they are called. */
export interface SharedClock extends Clock {
  agree?(): Promise<void>;
}

/** Hears of each request before it leaves and of each answer before it starts to travel. */
export interface Traffic {
  request(): void;
  answer(): void;
}

/**
 * A fetch over real sockets and virtual time: the clock stands still while the request is under way and then moves by
 * the latency of that vendor, so the machine's own speed changes nothing. A request that takes time leaves by itself, when
 * nothing else is under way: whoever dies meanwhile has either sent it or not, and the sockets have no say in the order.
 */
export function networkTo(clock: SharedClock, latencyMs: number, traffic?: Traffic): typeof globalThis.fetch {
  // One line for requests that take no time: what is sent first arrives first, whichever socket is quicker.
  let line: Promise<void> = Promise.resolve();
  return async (input, init) => {
    const request = new Request(input, init);
    if (latencyMs > 0) await clock.sleep(0, request.signal);
    const release = clock.hold?.();
    const turn = line;
    let leave = (): void => undefined;
    line = new Promise((resolve) => { leave = resolve; });
    let answered: { readonly status: number; readonly headers: Headers; readonly body: ArrayBuffer };
    try {
      await turn;
      await clock.agree?.();
      traffic?.request();
      const response = await fetch(request);
      answered = { status: response.status, headers: response.headers, body: await response.arrayBuffer() };
      traffic?.answer();
    } finally {
      leave();
      release?.();
    }
    if (latencyMs > 0) await clock.sleep(latencyMs, request.signal);
    const { status, headers, body } = answered;
    return new Response(status === 204 || status === 304 ? null : body, { status, headers });
  };
}
