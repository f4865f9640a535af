import { describe, expect, it } from 'vitest';
import { createTestContext } from '../../../adapter-kit/test/virtual-context.ts';
import { accepted, fakeAmazon, found, refusal, SETTINGS, SKU_A, type AmazonAnswer } from '../../test/fake-amazon.ts';

const KEY = [{ sku: SKU_A }];
const LINES = { idempotencyKey: 'k', lines: [{ sku: SKU_A, quantity: '5' as never }] };
const EXPIRED = () => refusal(403, 'Unauthorized', { message: 'Access to requested resource is denied.', details: 'The access token you provided has expired.' });

/** Gives these answers in turn, the last one for ever. */
function inTurn(...answers: readonly AmazonAnswer[]): AmazonAnswer {
  let count = 0;
  return (request) => answers[Math.min((count += 1), answers.length) - 1]?.(request);
}

describe('access tokens', () => {
  it('are fetched once for calls that start together, and again a minute before they end', async () => {
    const { channel, settle, context, sent } = fakeAmazon();
    const read = () => settle(channel.readLevels(KEY, undefined, { ...context, deadlineMs: Number.MAX_SAFE_INTEGER }));

    await settle(Promise.all([read(), read(), read()]));
    expect(sent('token')).toHaveLength(1);
    await settle(context.clock.sleep(3_539_000));
    await read();
    expect(sent('token')).toHaveLength(1);
    await settle(context.clock.sleep(1000));
    await settle(Promise.all([read(), read()]));
    expect(sent('token')).toHaveLength(2);
  });

  it('are renewed once where Amazon says that one has expired, also before a write', async () => {
    const { channel, settle, context, sent } = fakeAmazon({ patchListingsItem: inTurn(EXPIRED, () => accepted) });

    expect(await settle(channel.publish(LINES, context))).toMatchObject([{ status: 'applied' }]);
    expect(sent('patchListingsItem').map(({ headers }) => headers.get('x-amz-access-token'))).toEqual(['Atza|1', 'Atza|2']);
  });

  it('are not renewed without end', async () => {
    const { channel, settle, context, sent } = fakeAmazon({ searchListingsItems: EXPIRED });

    await expect(settle(channel.readLevels(KEY, undefined, context))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(sent('searchListingsItems')).toHaveLength(2);
  });

  it.each(['gave up', 'ran out of time'])('are fetched anew for a caller whose companion %s while fetching', async (why) => {
    const silence = () => new Promise<Response>(() => undefined);
    const { channel, settle, context, sent } = fakeAmazon({ token: inTurn(silence, () => ({ access_token: 'second', expires_in: 3600 })) });
    const abort = new AbortController();
    const short = why === 'gave up' ? { signal: abort.signal } : { deadlineMs: context.clock.now() + 1000 };
    const impatient = channel.readLevels(KEY, undefined, { ...context, ...short }).catch((error: unknown) => error);
    const patient = channel.readLevels(KEY, undefined, context);
    while (sent('token').length === 0) await new Promise(setImmediate);
    if (why === 'gave up') abort.abort();

    expect(await settle(impatient)).toMatchObject({ code: why === 'gave up' ? 'ABORTED' : 'UNAVAILABLE' });
    expect((await settle(patient)).items).toHaveLength(1);
    expect(sent('token')).toHaveLength(2);
  });

  it.each([
    [400, { error: 'invalid_grant', error_description: 'secret words' }, 'UNAUTHENTICATED', /invalid_grant.*authorise the application again/],
    [401, { error: 'invalid_client' }, 'UNAUTHENTICATED', /invalid_client.*180 days/],
    [400, { error: 'unauthorized_client' }, 'UNAUTHENTICATED', /client id or secret/],
    [503, '<html>', 'UNAVAILABLE', /503/],
    [429, {}, 'RATE_LIMITED', /429/],
    [200, { token: 'none' }, 'MALFORMED_RESPONSE', /access_token/],
  ])('say what to do where they are refused with %d %j', async (status, body, code, message) => {
    const { channel, settle, context, sent } = fakeAmazon({ token: () => Response.json(body, { status }) });

    const reading = settle(channel.readLevels(KEY, undefined, context));

    await expect(reading).rejects.toMatchObject({ code });
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.not.toThrow(/secret words|very-secret|top-secret/);
    expect(sent('searchListingsItems')).toHaveLength(0);
  });

  it('leave every line unsent where they cannot be fetched now, and end the write where they never will', async () => {
    const later = fakeAmazon({ token: () => new Response('', { status: 503 }) });
    const never = fakeAmazon({ token: () => Response.json({ error: 'invalid_grant' }, { status: 400 }) });

    expect(await later.settle(later.channel.publish(LINES, later.context))).toMatchObject([{ status: 'notSent' }]);
    await expect(never.settle(never.channel.publish(LINES, never.context))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('refusals', () => {
  const readWith = (answer: AmazonAnswer) => {
    const { channel, settle, context } = fakeAmazon({ searchListingsItems: answer });
    return { context, reading: settle(channel.readLevels(KEY, undefined, context)) };
  };

  it('name the operation and the role that probably lacks', async () => {
    const { reading } = readWith(() => refusal(403, 'Unauthorized', { message: 'Access to requested resource is denied.' }));

    await expect(reading).rejects.toMatchObject({ code: 'PERMISSION_DENIED', details: { operation: 'searchListingsItems', requestId: 'r-1', retry: 'never' } });
    await expect(reading).rejects.toThrow(/"Product Listing".*authorise/);
  });

  it('tell a replaced secret and a wrong path from a lacking role', async () => {
    await expect(readWith(() => refusal(403, 'Unauthorized', { details: 'The LWA secret token you provided has expired.' })).reading).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(readWith(() => refusal(403, 'MissingAuthenticationToken')).reading).rejects.toThrow(/no such path.*region/);
  });

  it('wait for at least one part of a second at the granted rate, or at the default one', async () => {
    const granted = readWith(() => refusal(429, 'QuotaExceeded', { headers: { 'x-amzn-ratelimit-limit': '0.5' } }));
    const silent = readWith(() => refusal(429, 'QuotaExceeded'));
    const asked = readWith(() => refusal(429, 'QuotaExceeded', { headers: { 'retry-after': '7' } }));

    await expect(granted.reading).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 2000 } });
    await expect(silent.reading).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 200 } });
    await expect(asked.reading).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 7000 } });
    expect(granted.context.reports).toEqual([
      { bucket: 'searchListingsItems', restorePerSecond: 0.5 },
      { bucket: 'searchListingsItems', pauseUntil: expect.any(String) },
    ]);
  });

  it.each([
    [400, () => refusal(400, 'InvalidInput', { message: 'Bad', details: 'identifiers' }), 'REJECTED', /400 InvalidInput, Bad, identifiers/],
    [413, () => new Response('<html>Request Entity Too Large</html>', { status: 413 }), 'REJECTED', /HTTP 413/],
    [503, () => refusal(503, 'ServiceUnavailable'), 'UNAVAILABLE', /503/],
    [302, () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example' } }), 'REJECTED', /302/],
    [200, () => new Response('<html>'), 'MALFORMED_RESPONSE', /not JSON/],
    [200, () => ({ items: [] }), 'MALFORMED_RESPONSE', /numberOfResults/],
  ])('of a read with HTTP %d', async (_status, answer, code, message) => {
    const { reading } = readWith(answer);

    await expect(reading).rejects.toMatchObject({ code });
    await expect(reading).rejects.toThrow(message);
  });

  it('report the rate that Amazon grants', async () => {
    const { context, reading } = readWith(() => Response.json(found(), { headers: { 'x-amzn-ratelimit-limit': '10.0' } }));
    await reading;

    expect(context.reports).toEqual([{ bucket: 'searchListingsItems', restorePerSecond: 10 }]);
  });

  it('quote no secret', async () => {
    const failing = fakeAmazon({ searchListingsItems: () => Promise.reject(new TypeError(`failed with ${SETTINGS.refreshToken}`)) });

    await expect(failing.settle(failing.channel.readLevels(KEY, undefined, createTestContext({ clock: failing.context.clock, forMs: 1000 })))).rejects.not.toThrow(/secret/);
  });
});
