import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createTestAccount, MARKETPLACE, SELLER, toAnswer } from '../../test/amazon-fixture.ts';
import type { Answer, TestAccount } from '../../test/amazon-fixture.ts';

const BASE = '/feeds/2021-06-30';
const JSON_TYPE = 'application/json; charset=UTF-8';
const HEADER = { sellerId: SELLER, version: '2.0' };

const setTo = (messageId: number, sku: string, quantity: number, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  messageId, sku, operationType: 'PATCH', productType: 'PRODUCT',
  patches: [{ op: 'merge', path: '/attributes/fulfillment_availability', value: [{ fulfillment_channel_code: 'DEFAULT', quantity }] }], ...more,
});
const createDocument = (account: TestAccount): Promise<Answer> => account.call({ method: 'POST', path: `${BASE}/documents`, body: { contentType: JSON_TYPE } });
const put = async (account: TestAccount, url: string, body: string, headers: Readonly<Record<string, string>> = { 'content-type': JSON_TYPE }): Promise<Answer> =>
  toAnswer(await account.simulator.fetch(new Request(url, { method: 'PUT', body, headers })));

/** Sends a feed and gives its id. */
async function send(account: TestAccount, content: unknown, feedType = 'JSON_LISTINGS_FEED'): Promise<string> {
  const { body } = await createDocument(account);
  expect((await put(account, body.url, JSON.stringify(content))).status).toBe(200);
  const answer = await account.call({ method: 'POST', path: `${BASE}/feeds`, body: { feedType, marketplaceIds: [MARKETPLACE], inputFeedDocumentId: body.feedDocumentId } });
  expect(answer.status).toBe(202);
  return answer.body.feedId;
}

const stateOf = async (account: TestAccount, feedId: string): Promise<Answer['body']> => (await account.call({ path: `${BASE}/feeds/${feedId}` })).body;

async function reportOf(account: TestAccount, feedId: string): Promise<Answer['body']> {
  const { resultFeedDocumentId } = await stateOf(account, feedId);
  const { body } = await account.call({ path: `${BASE}/documents/${String(resultFeedDocumentId)}` });
  const bytes = Buffer.from(await (await account.simulator.fetch(new Request(body.url))).arrayBuffer());
  return JSON.parse((body.compressionAlgorithm === 'GZIP' ? gunzipSync(bytes) : bytes).toString());
}

describe('a feed', () => {
  it.each([false, true])('is queued, processed and reported (compressed: %s), and what it accepts is only submitted', async (gzipFeedReports) => {
    const account = createTestAccount({ gzipFeedReports, applyDelayMs: () => 5000 });
    const feedId = await send(account, { header: { ...HEADER, report: { includedData: ['fulfillmentAvailability'], apiVersion: '2021-08-01' } }, messages: [setTo(1, 'A', 4), setTo(2, 'B', 6)] });

    expect(await stateOf(account, feedId)).toEqual({ feedId, feedType: 'JSON_LISTINGS_FEED', marketplaceIds: [MARKETPLACE], createdTime: '2026-11-23T10:00:00Z', processingStatus: 'IN_QUEUE' });
    account.clock.ms += 30_000;
    expect(await stateOf(account, feedId)).toMatchObject({ processingStatus: 'IN_PROGRESS', processingStartTime: '2026-11-23T10:00:30Z' });
    account.clock.ms += 60_000;
    expect(await stateOf(account, feedId)).toMatchObject({ processingStatus: 'DONE', processingEndTime: '2026-11-23T10:01:30Z' });
    expect(await reportOf(account, feedId)).toEqual({
      header: { ...HEADER, feedId, report: { includedData: ['fulfillmentAvailability'], apiVersion: '2021-08-01' } },
      issues: [],
      summary: { errors: 0, warnings: 0, messagesProcessed: 2, messagesAccepted: 2, messagesInvalid: 0, itemSummary: { items: 2, errors: 0, warnings: 0 } },
      items: [{ sku: 'A', fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 10 }] }, { sku: 'B', fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 0 }] }],
    });
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 4, effective: 10 });
    account.clock.ms += 5000;
    expect(account.simulator.listings().map(({ effective }) => effective)).toEqual([4, 6, undefined]);
  });

  it('reports each message that is invalid by its id, and does the others', async () => {
    const account = createTestAccount();
    const value = (element: unknown): unknown => ({ patches: [{ op: 'merge', path: '/attributes/fulfillment_availability', value: [element] }] });
    const feedId = await send(account, { header: HEADER, messages: [
      setTo(1, 'A', 4), setTo(2, 'A', 5, value({ quantity: 5 }) as never), setTo(3, 'A', 5, value({ fulfillmentChannelCode: 'DEFAULT' }) as never), setTo(4, 'nothing', 5),
      setTo(1, 'B', 9), { messageId: 6, sku: 'A', operationType: 'RENAME' }, { messageId: 7, sku: 'F', operationType: 'DELETE' },
      { messageId: 8, sku: 'new', operationType: 'UPDATE', productType: 'PRODUCT', attributes: { fulfillment_availability: [{ fulfillment_channel_code: 'DEFAULT', quantity: 2 }] } },
      { messageId: 9, sku: 'B', operationType: 'PARTIAL_UPDATE', productType: 'PRODUCT', attributes: { fulfillment_availability: [{ fulfillment_channel_code: 'DEFAULT', quantity: 3 }] } },
    ] });
    await account.settle();

    const report = await reportOf(account, feedId);

    expect(report.issues.map(({ messageId, sku, code }: Answer['body']) => [messageId, sku, code])).toEqual([
      [2, undefined, 'BAD_REQUEST'], [3, 'A', '90000900'], [4, 'nothing', '4000000'], [1, undefined, 'BAD_REQUEST'], [6, undefined, 'BAD_REQUEST'],
    ]);
    expect(report.summary).toEqual({ errors: 5, warnings: 0, messagesProcessed: 9, messagesAccepted: 4, messagesInvalid: 5 });
    expect(account.simulator.listings().map(({ sku, effective }) => [sku, effective])).toEqual([['A', 4], ['B', 3], ['new', 2]]);
  });

  it('waits for the one before it, and can be taken back until it is taken up', async () => {
    const account = createTestAccount();
    const [first, second, third] = [
      await send(account, { header: HEADER, messages: [setTo(1, 'A', 4)] }),
      await send(account, { header: HEADER, messages: [setTo(1, 'A', 5)] }),
      await send(account, { header: HEADER, messages: [setTo(1, 'A', 6)] }),
    ];
    account.clock.ms += 60_000;
    const cancel = (feedId: string): Promise<Answer> => account.call({ method: 'DELETE', path: `${BASE}/feeds/${feedId}` });

    expect((await cancel(first)).status).toBe(400);
    expect(await cancel(second)).toMatchObject({ status: 200, body: undefined });
    await account.settle();

    const states = await Promise.all([first, second, third].map((feedId) => stateOf(account, feedId)));
    expect(states.map(({ processingStatus, processingStartTime }) => [processingStatus, processingStartTime])).toEqual([
      ['DONE', '2026-11-23T10:00:30Z'], ['CANCELLED', undefined], ['DONE', '2026-11-23T10:01:30Z'],
    ]);
    expect(account.shown.map(({ quantity }) => quantity)).toEqual([4, 6]);
  });

  it('lands on a patch that was sent after it', async () => {
    const account = createTestAccount();
    await send(account, { header: HEADER, messages: [setTo(1, 'A', 4)] });
    await account.patch('A', 9);

    await account.settle();

    expect(account.simulator.listing('A')?.effective).toBe(4);
  });

  it('is fatal where nothing can be read of it, or its type is gone', async () => {
    const account = createTestAccount();
    const feeds = [
      await send(account, 'nonsense'),
      await send(account, { header: { ...HEADER, sellerId: 'OTHER' }, messages: [setTo(1, 'A', 4)] }),
      await send(account, { header: HEADER, messages: [] }),
      await send(account, { header: HEADER, messages: [setTo(1, 'A', 4)] }, 'POST_INVENTORY_AVAILABILITY_DATA'),
    ];
    await account.settle();

    const states = await Promise.all(feeds.map((feedId) => stateOf(account, feedId)));
    expect(states.map(({ processingStatus, resultFeedDocumentId }) => [processingStatus, resultFeedDocumentId])).toEqual(feeds.map(() => ['FATAL', undefined]));
    expect(account.simulator.listing('A')?.effective).toBe(10);
  });

  it('can be stuck, and holds up every later one', async () => {
    const account = createTestAccount({ feedFaults: () => 'stuck' });
    const feeds = [await send(account, { header: HEADER, messages: [setTo(1, 'A', 4)] }), await send(account, { header: HEADER, messages: [setTo(1, 'A', 5)] })];
    await account.settle();
    account.clock.ms += 10 * 24 * 3_600_000;

    expect(await Promise.all(feeds.map(async (feedId) => (await stateOf(account, feedId)).processingStatus))).toEqual(['IN_PROGRESS', 'IN_QUEUE']);
  });

  it('comes five in five minutes', async () => {
    const account = createTestAccount();
    const { body } = await createDocument(account);
    const create = (): Promise<Answer> => account.call({ method: 'POST', path: `${BASE}/feeds`, body: { feedType: 'JSON_LISTINGS_FEED', marketplaceIds: [MARKETPLACE], inputFeedDocumentId: body.feedDocumentId } });

    const statuses = [];
    for (let index = 0; index < 6; index += 1) statuses.push((await create()).status);

    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
    account.clock.ms += 60_000;
    expect((await create()).status).toBe(202);
  });

  it('is announced in the other spelling when it is over', async () => {
    const account = createTestAccount();
    const { body } = await account.grantless({ method: 'POST', path: '/notifications/v1/destinations', body: { name: 'ours', resourceSpecification: { sqs: { arn: 'arn:aws:sqs:us-east-2:4:q' } } } });
    await account.call({ method: 'POST', path: '/notifications/v1/subscriptions/FEED_PROCESSING_FINISHED', body: { payloadVersion: '2020-09-04', destinationId: body.payload.destinationId } });
    const feedId = await send(account, { header: HEADER, messages: [setTo(1, 'A', 4)] });
    await account.settle();

    const { resultFeedDocumentId } = await stateOf(account, feedId);
    const [message] = account.simulator.queue.receive({ max: 10 });
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      notificationType: 'FEED_PROCESSING_FINISHED',
      payload: { feedProcessingFinishedNotification: { sellerId: SELLER, feedId, feedType: 'JSON_LISTINGS_FEED', processingStatus: 'DONE', resultFeedDocumentId } },
    });
  });
});

describe('the address of a document', () => {
  it('takes the content type that was signed, for five minutes, without a token', async () => {
    const account = createTestAccount();
    const { url } = (await createDocument(account)).body;

    expect(await put(account, url, '{}', { 'content-type': 'application/json' })).toMatchObject({ status: 403, body: expect.stringContaining('SignatureDoesNotMatch') });
    expect(await put(account, url, '{}', { 'content-type': JSON_TYPE, 'x-amz-access-token': 'Atza|x' })).toMatchObject({ status: 403, body: expect.stringContaining('not signed') });
    expect((await toAnswer(await account.simulator.fetch(new Request(url)))).status).toBe(403);
    account.clock.ms += 299_999;
    expect((await put(account, url, '{}')).status).toBe(200);
    account.clock.ms += 1;
    expect(await put(account, url, '{}')).toMatchObject({ status: 403, body: expect.stringContaining('Request has expired') });
    expect(account.simulator.calls()['uploadFeedDocument']).toEqual({ count: 4, throttled: 0 });
  });
});

describe('getFeeds', () => {
  it('lists the newest first, and pages by a token alone', async () => {
    const account = createTestAccount();
    const feeds = [];
    for (let index = 0; index < 3; index += 1) feeds.push(await send(account, { header: HEADER, messages: [setTo(1, 'A', index)] }));
    const list = (query: Readonly<Record<string, string | number>>): Promise<Answer> => account.call({ path: `${BASE}/feeds`, query });

    const first = await list({ feedTypes: 'JSON_LISTINGS_FEED', pageSize: 2, processingStatuses: 'IN_QUEUE' });
    const second = await list({ nextToken: first.body.nextToken });

    expect([...first.body.feeds, ...second.body.feeds].map(({ feedId }) => feedId)).toEqual([...feeds].reverse());
    expect(second.body.nextToken).toBeUndefined();
    expect((await list({ nextToken: first.body.nextToken, pageSize: 2 })).status).toBe(400);
    expect((await list({})).status).toBe(400);
    expect((await list({ feedTypes: 'JSON_LISTINGS_FEED', processingStatuses: 'LOST' })).status).toBe(400);
  });
});
