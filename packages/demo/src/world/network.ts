import type { Clock } from '@stockwright/adapter';

/** How long each vendor takes to answer, in virtual milliseconds: what their users see on a common day. */
export const LATENCY_MS = { netsuite: 900, shopify: 250, webhook: 120 } as const;

/**
 * A fetch over real sockets and virtual time: the clock stands still while the request is under way and then moves by
 * the latency of that vendor, so the machine's own speed changes nothing.
 */
export function networkTo(clock: Clock, latencyMs: number): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const release = clock.hold?.();
    let answered: { readonly status: number; readonly headers: Headers; readonly body: ArrayBuffer };
    try {
      const response = await fetch(request);
      answered = { status: response.status, headers: response.headers, body: await response.arrayBuffer() };
    } finally {
      release?.();
    }
    if (latencyMs > 0) await clock.sleep(latencyMs, request.signal);
    const { status, headers, body } = answered;
    return new Response(status === 204 || status === 304 ? null : body, { status, headers });
  };
}
