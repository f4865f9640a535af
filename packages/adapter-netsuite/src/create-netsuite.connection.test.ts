import { describe, expect, it } from 'vitest';
import { refusal, scripted, stockRow, testContext, testSettings, type Answer } from '../test/fixtures.ts';
import { createNetSuite } from './create-netsuite.ts';

describe('tokens', () => {
  it('fetches one for calls that start together, and another one a minute before it ends', async () => {
    const { account, source } = scripted([[], [], [], []]);
    const context = testContext();
    const read = () => source.readStock({ scope: 'all' }, undefined, context);

    await Promise.all([read(), read()]);
    context.advance(3_539_000);
    await read();
    expect(account.tokens).toHaveLength(1);

    context.advance(1000);
    await read();
    expect(account.tokens).toHaveLength(2);
    expect(account.statements.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  it('fetches a new one on a 401, once', async () => {
    const lost = refusal(401, 'INVALID_LOGIN');
    const recovering = scripted([lost, [stockRow()]]);
    const failing = scripted([lost, lost, []]);

    expect((await recovering.source.readStock({ scope: 'all' }, undefined, testContext())).items).toHaveLength(1);
    expect(recovering.account.tokens).toHaveLength(2);
    await expect(failing.source.readStock({ scope: 'all' }, undefined, testContext())).rejects.toMatchObject({ code: 'UNAUTHENTICATED', details: { retry: 'never', httpStatus: 401 } });
    expect(failing.account.statements).toHaveLength(2);
  });

  it('signs every call by itself with token-based authentication, and repeats none', async () => {
    const auth = { kind: 'tba', consumerKey: 'a', consumerSecret: 'b', tokenId: 'c', tokenSecret: 'd' } as const;
    const { account, source } = scripted([[], refusal(503, 'SERVICE_UNAVAILABLE')], { auth });
    const broken = createNetSuite(testSettings({ auth, fetch: () => Promise.reject(new TypeError('fetch failed')) }));
    const context = testContext();

    await source.readStock({ scope: 'all' }, undefined, context);
    await expect(source.readStock({ scope: 'all' }, undefined, context)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(broken.readStock({ scope: 'all' }, undefined, context)).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    expect(account.tokens).toEqual([]);
    const headers = account.statements.map((statement) => statement.headers.get('authorization'));
    expect(new Set(headers).size).toBe(2);
    expect(headers[0]).toMatch(/^OAuth realm="TSTDRV123_SB1"/);
  });
});

describe('refusals', () => {
  const restlet: Answer = { status: 400, json: { error: { code: 'SSS_REQUEST_LIMIT_EXCEEDED' } } };

  it.each([
    ['429', refusal(429, 'CONCURRENCY_LIMIT_EXCEEDED')],
    ['the code of a RESTlet', restlet],
    ['429 without words', { status: 429, json: null }],
  ])('waits a jittered while after %s and says so to the budget', async (_what, answer) => {
    const { source } = scripted([answer]);
    const context = testContext();

    await expect(source.readStock({ scope: 'all' }, undefined, context)).rejects.toMatchObject({
      code: 'RATE_LIMITED', details: { adapter: 'netsuite', operation: 'suiteql stock', retry: 'after', retryAfterMs: 3000 },
    });
    expect(context.reports).toEqual([{ bucket: 'concurrency', pauseUntil: '2026-11-23T10:00:03.000Z' }]);
  });

  it.each([
    [400, 'INVALID_PARAMETER', 'REJECTED'],
    [403, 'INSUFFICIENT_PERMISSION', 'PERMISSION_DENIED'],
    [403, 'SOMETHING_NEW', 'PERMISSION_DENIED'],
    [400, 'SOMETHING_NEW', 'REJECTED'],
    [400, 'UNEXPECTED_ERROR', 'UNAVAILABLE'],
  ])('reads HTTP %d %s as %s', async (status, vendorCode, code) => {
    const { source } = scripted([refusal(status, vendorCode, 'a customer\'s name')]);

    await expect(source.readStock({ scope: 'all' }, undefined, testContext())).rejects.toMatchObject({
      code, message: expect.not.stringContaining('customer') as unknown, details: { httpStatus: status },
    });
  });

  it('says which record the role cannot see', async () => {
    const { source } = scripted([refusal(400, 'INVALID_PARAMETER', "Invalid search query. Search error occurred: Record 'aggregateitemlocation' was not found.")]);

    await expect(source.readStock({ scope: 'all' }, undefined, testContext())).rejects.toMatchObject({
      code: 'PERMISSION_DENIED', message: expect.stringContaining('cannot see record "aggregateitemlocation"') as unknown,
    });
  });

  it('tries a failing server again within the deadline', async () => {
    const { account, source } = scripted([refusal(500, 'UNEXPECTED_ERROR'), [stockRow()]]);

    expect((await source.readStock({ scope: 'all' }, undefined, testContext())).items).toHaveLength(1);
    expect(account.statements).toHaveLength(2);
  });

  it.each([
    ['a missing column', [stockRow({ onhand: undefined })]],
    ['a fraction of a whole unit', [stockRow({ onhand: '1.5' })]],
    ['a page that says more will come and is empty', { json: { items: [], hasMore: true } }],
    ['something else altogether', { json: { rows: [] } }],
  ])('refuses %s', async (_what, answer) => {
    const { source } = scripted([answer]);

    await expect(source.readStock({ scope: 'all' }, undefined, testContext())).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE' });
  });

  it('takes fractions where the settings say how fine they may be', async () => {
    const { source } = scripted([[stockRow({ onhand: '1.5', committed: '.25' })]], { scale: 2 });

    expect((await source.readStock({ scope: 'all' }, undefined, testContext())).items[0]?.measures).toMatchObject({ onHand: '1.5', committed: '0.25' });
  });
});

describe('settings', () => {
  it('names the account as hosts do', () => {
    expect(scripted([]).source.account).toBe('netsuite:tstdrv123-sb1');
  });

  it('refuses what cannot work, with the path and without secrets', () => {
    const wrong = { account: 'a.b', pageSize: 1001, maxConcurrency: 0, scale: 13, lineColumns: { ordered: 'quantity; --' }, endpoint: 'netsuite' };

    expect(() => createNetSuite(testSettings(wrong))).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION' }));
    try {
      createNetSuite(testSettings(wrong));
    } catch (error) {
      expect(error).toMatchObject({ issues: ['account', 'lineColumns', 'scale', 'endpoint', 'maxConcurrency', 'pageSize'].map((name) => ({ path: expect.arrayContaining([name]) as unknown })) });
    }
  });
});
