import { describe, expect, it } from 'vitest';
import { createTestContext, createVirtualClock, type VirtualClock } from '../../test/virtual-context.ts';
import type { TransportRequest } from './exchange.ts';
import type { Throttle } from '../throttle/throttle.ts';
import { createTransport } from './transport.ts';

const READ: TransportRequest = { operation: 'read', method: 'GET', url: 'https://vendor.test/secret-path', safe: true };
const WRITE: TransportRequest = { operation: 'write', method: 'POST', url: 'https://vendor.test/secret-path', body: '{}', safe: false };

type Answer = (signal: AbortSignal) => Response | Promise<Response>;

/** A vendor that gives these answers in turn, the last one for ever, and holds the clock as a real one would. */
function vendor(clock: VirtualClock, ...answers: readonly Answer[]) {
  const requests: RequestInit[] = [];
  const fetch = async (_url: unknown, init: RequestInit = {}): Promise<Response> => {
    requests.push(init);
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    if (answer === undefined || !(init.signal instanceof AbortSignal)) throw new Error('The test gave no answer');
    return answer(init.signal);
  };
  return { fetch: fetch as typeof globalThis.fetch, requests, clock };
}

const status = (code: number, headers: Record<string, string> = {}): Answer => () => new Response(`status ${String(code)}`, { status: code, headers });
const failure = (code: string): Answer => () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('Bearer very-secret'), { code }) });
};
const silence: Answer = (signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });

function setUp(...answers: readonly Answer[]) {
  const clock = createVirtualClock();
  const { fetch, requests } = vendor(clock, ...answers);
  const transport = createTransport({ adapter: 'vendor', fetch, maxConcurrency: 2 });
  return { clock, requests, transport, context: createTestContext({ clock }) };
}

describe('createTransport', () => {
  it('returns any status of a write without trying again', async () => {
    const { clock, requests, transport, context } = setUp(status(500));

    const response = await clock.settle(transport.send(WRITE, context));

    expect(response).toMatchObject({ status: 500, text: 'status 500' });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'POST', body: '{}', redirect: 'manual' });
  });

  it('tries a read again after network failures and 5xx, waiting longer each time by the given clock', async () => {
    const { clock, requests, transport, context } = setUp(failure('ECONNRESET'), status(503), status(200));
    const startedAt = clock.now();

    const response = await clock.settle(transport.send(READ, context));

    expect(response.status).toBe(200);
    expect(requests).toHaveLength(3);
    expect(clock.now() - startedAt).toBe(187.5 + 375);
  });

  it('waits as long as a failing vendor asks', async () => {
    const { clock, transport, context } = setUp(status(503, { 'retry-after': '7' }), status(200));
    const startedAt = clock.now();

    await clock.settle(transport.send(READ, context));

    expect(clock.now() - startedAt).toBe(7000);
  });

  it('gives the last response of a read that failed 4 times', async () => {
    const { clock, requests, transport, context } = setUp(status(502));

    const response = await clock.settle(transport.send(READ, context));

    expect(response.status).toBe(502);
    expect(requests).toHaveLength(4);
  });

  it('never tries again past the deadline', async () => {
    const { clock, requests, transport } = setUp(status(502));
    const context = createTestContext({ clock, forMs: 200 });

    const response = await clock.settle(transport.send(READ, context));

    expect(response.status).toBe(502);
    expect(requests).toHaveLength(2);
    expect(clock.now()).toBeLessThan(context.deadlineMs);
  });

  it('does not try a rate limit again', async () => {
    const { clock, requests, transport, context } = setUp(status(429));

    const response = await clock.settle(transport.send(READ, context));

    expect(response.status).toBe(429);
    expect(requests).toHaveLength(1);
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])('knows that a write met by %s was not applied', async (code) => {
    const { clock, requests, transport, context } = setUp(failure(code));

    await expect(clock.settle(transport.send(WRITE, context))).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { operation: 'write', retry: 'after' } });
    expect(requests).toHaveLength(1);
  });

  it('knows that a write was not applied when every address refused it', async () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const both = setUp(() => {
      throw new TypeError('fetch failed', { cause: new AggregateError([refused, refused]) });
    });
    const one = setUp(() => {
      throw new TypeError('fetch failed', { cause: new AggregateError([refused, Object.assign(new Error('reset'), { code: 'ECONNRESET' })]) });
    });

    await expect(both.clock.settle(both.transport.send(WRITE, both.context))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(one.clock.settle(one.transport.send(WRITE, one.context))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('does not know whether a write was applied when the connection broke, and quotes no secret', async () => {
    const { clock, transport, context } = setUp(failure('ECONNRESET'));

    const error = await clock.settle(transport.send(WRITE, context)).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { retry: 'verify-first' } });
    expect((error as Error).cause).toBeUndefined();
    expect(String(error)).not.toMatch(/secret/);
  });

  it('gives up a write at its time limit, aborts it and leaves no timer behind', async () => {
    const { clock, requests, transport, context } = setUp(silence);

    await expect(clock.settle(transport.send({ ...WRITE, timeoutMs: 5000 }, context))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });

    expect(requests[0]?.signal).toMatchObject({ aborted: true });
    expect({ holds: clock.holds(), sleepers: clock.sleepers() }).toEqual({ holds: 0, sleepers: 0 });
  });

  it('gives up a write even where the given fetch ignores its signal', async () => {
    const { clock, transport, context } = setUp(() => new Promise<Response>(() => undefined));

    await expect(clock.settle(transport.send({ ...WRITE, timeoutMs: 5000 }, context))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('tries a silent read again until the deadline', async () => {
    const { clock, requests, transport } = setUp(silence);
    const context = createTestContext({ clock, forMs: 12_000 });

    await expect(clock.settle(transport.send({ ...READ, timeoutMs: 5000 }, context))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(requests).toHaveLength(3);
    expect(clock.now()).toBe(context.deadlineMs);
  });

  it('sends nothing for a caller who gave up or whose time is over', async () => {
    const { clock, requests, transport, context } = setUp(status(200));

    await expect(transport.send(WRITE, { ...context, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(transport.send(WRITE, { ...context, deadlineMs: clock.now() })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(requests).toHaveLength(0);
  });

  it('tells what a caller may assume who gives up after sending', async () => {
    const write = setUp(silence);
    const read = setUp(silence);
    for (const [{ clock, transport, context, requests }, request, code] of [
      [write, WRITE, 'OUTCOME_UNKNOWN'],
      [read, READ, 'ABORTED'],
    ] as const) {
      const abort = new AbortController();
      const sending = transport.send({ ...request, timeoutMs: 5000 }, { ...context, signal: abort.signal });
      void clock.settle(clock.sleep(1000)).then(() => abort.abort());

      await expect(sending).rejects.toMatchObject({ code });
      expect(requests).toHaveLength(1);
    }
  });

  it('bounds how many requests are in flight, and lets time pass for those that are', async () => {
    const clock = createVirtualClock();
    let inFlight = 0;
    let most = 0;
    const { fetch } = vendor(clock, async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await clock.sleep(100);
      inFlight -= 1;
      return new Response('ok');
    });
    const transport = createTransport({ adapter: 'vendor', fetch, maxConcurrency: 2 });
    const context = createTestContext({ clock });
    const startedAt = clock.now();

    const responses = await clock.settle(Promise.all(Array.from({ length: 6 }, () => transport.send(READ, context))));

    expect(responses.map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => 'ok'));
    expect(most).toBe(2);
    expect(clock.now() - startedAt).toBe(300);
    expect(clock.holds()).toBe(0);
  });

  it('leaves the bound to a throttle that it was given', async () => {
    const clock = createVirtualClock();
    const passed: number[] = [];
    const throttle: Throttle = { run: (given, job) => { passed.push(given.now()); return job(); } };
    const { fetch } = vendor(clock, status(200));
    const [one, other] = ['one', 'other'].map((adapter) => createTransport({ adapter, fetch, maxConcurrency: 1, throttle }));

    await Promise.all([one?.send(READ, createTestContext({ clock })), other?.send(WRITE, createTestContext({ clock }))]);

    expect(passed).toHaveLength(2);
  });

  it('keeps the clock still exactly while real timers are pending', async () => {
    const clock = createVirtualClock();
    const held: number[] = [];
    const { fetch } = vendor(clock, async () => {
      held.push(clock.holds());
      await clock.sleep(100);
      return new Response('ok');
    });
    const transport = createTransport({ adapter: 'vendor', fetch, maxConcurrency: 1 });
    const context = createTestContext({ clock });

    const first = transport.send(WRITE, context);
    const second = transport.send(WRITE, context);
    const whilePending = clock.holds();
    await clock.settle(Promise.all([first, second]));

    // The first is about to start; the second waits for the first, which needs time to pass.
    expect(whilePending).toBe(1);
    expect(held).toEqual([0, expect.any(Number)]);
    expect(clock.holds()).toBe(0);
  });

  it('gives up a write that never left the queue as not applied', async () => {
    const clock = createVirtualClock();
    const { fetch, requests } = vendor(clock, silence);
    const transport = createTransport({ adapter: 'vendor', fetch, maxConcurrency: 1 });
    const context = createTestContext({ clock });
    const first = transport.send({ ...WRITE, timeoutMs: 9000 }, context).catch((error: unknown) => error);

    const second = transport.send({ ...WRITE, timeoutMs: 1000 }, context);

    await expect(clock.settle(second)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await clock.settle(first)).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(requests).toHaveLength(1);
  });

  it('refuses a response that is longer than allowed', async () => {
    const clock = createVirtualClock();
    const { fetch } = vendor(clock, () => new Response('x'.repeat(1001)));
    const transport = createTransport({ adapter: 'vendor', fetch, maxConcurrency: 1, responseBytesMax: 1000 });
    const context = createTestContext({ clock });

    await expect(clock.settle(transport.send(READ, context))).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE' });
    await expect(clock.settle(transport.send(WRITE, context))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('reads text that is cut inside a character between two chunks', async () => {
    const bytes = new TextEncoder().encode('größe');
    const { clock, transport, context } = setUp(
      () =>
        new Response(
          new ReadableStream({
            start(controller) {
              for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
              controller.close();
            },
          }),
        ),
    );

    expect((await clock.settle(transport.send(READ, context))).text).toBe('größe');
  });
});
