import type { OrdersRequest } from '@stockwright/adapter';
import { describe, expect, it } from 'vitest';
import { fakeAmazon, MARKET, refusal, type AmazonAnswer, type FakeAmazon } from '../../test/fake-amazon.ts';

const SINCE = '2026-11-23T09:00:00.000Z';

const item = (id: string, sellerSku: string | undefined, [ordered, fulfilled, open]: readonly (number | undefined)[], extra: object = {}) => ({
  orderItemId: id,
  quantityOrdered: ordered,
  product: { asin: 'B01', ...(sellerSku === undefined ? {} : { sellerSku }) },
  fulfillment: { ...(fulfilled === undefined ? {} : { quantityFulfilled: fulfilled }), ...(open === undefined ? {} : { quantityUnfulfilled: open }) },
  ...extra,
});

const order = (orderId: string, status: string, items: readonly object[], extra: object = {}) => ({
  orderId,
  createdTime: '2026-11-23T08:00:00Z',
  lastUpdatedTime: '2026-11-23T09:30:00Z',
  salesChannel: { channelName: 'AMAZON', marketplaceId: MARKET },
  fulfillment: { fulfillmentStatus: status, fulfilledBy: 'MERCHANT' },
  orderItems: items,
  ...extra,
});

async function readAll({ channel, settle, context }: FakeAmazon, request: OrdersRequest) {
  const pages = [];
  for (let page: string | undefined, isFirst = true; isFirst || page !== undefined; isFirst = false) {
    const next = await settle(channel.readOrders(request, page, context));
    pages.push(next);
    page = next.next;
  }
  return { items: pages.flatMap(({ items }) => items), unmapped: pages.flatMap(({ unmapped }) => unmapped), resumeFrom: pages.at(-1)?.resumeFrom };
}

function readOne(content: object) {
  const fake = fakeAmazon({ getOrder: () => ({ order: content }) });
  return readAll(fake, { scope: 'ids', orderIds: ['1'] });
}

async function countersOf(content: object) {
  const { items } = await readOne(content);
  return items[0]?.lines.map(({ ordered, fulfilled, cancelled, returned }) => [ordered, fulfilled, cancelled, returned].join('/'));
}

describe('an order', () => {
  it('is one state, its lines in the order of their ids', async () => {
    expect(await readOne(order('1', 'PARTIALLY_SHIPPED', [item('9', 'MUG-B', [2, 0, 1]), item('10', 'MUG-A', [3, 1, 2])]))).toEqual({
      items: [
        {
          kind: 'order', channel: 'amazon', orderId: '1', revision: '2026-11-23T09:30:00.000Z', placedAt: '2026-11-23T08:00:00.000Z',
          lines: [
            { id: '10', sku: 'A', ordered: '3', fulfilled: '1', cancelled: '0', returned: '0' },
            { id: '9', sku: 'B', ordered: '2', fulfilled: '0', cancelled: '1', returned: '0' },
          ],
        },
      ],
      unmapped: [],
      resumeFrom: undefined,
    });
  });

  it.each([
    ['PENDING', [2, 0, 2], '2/0/0/0'],
    ['PENDING', [2, 0, 0], '2/0/0/0'],
    ['PENDING', [2], '2/0/0/0'],
    ['PENDING_AVAILABILITY', [2, 0, 0], '2/0/0/0'],
    ['UNSHIPPED', [2, 0, 2], '2/0/0/0'],
    ['UNSHIPPED', [2], '2/0/0/0'],
    ['UNSHIPPED', [2, 0, 1], '2/0/1/0'],
    ['PARTIALLY_SHIPPED', [5, 2, 2], '5/2/1/0'],
    ['SHIPPED', [5, 4, 0], '5/4/1/0'],
    ['SHIPPED', [5], '5/5/0/0'],
    ['CANCELLED', [5, 0, 0], '5/0/5/0'],
    ['CANCELLED', [5, 2, 3], '5/2/3/0'],
    ['CANCELLED', [5], '5/0/5/0'],
    ['CANCELLED', [0, 0, 0], '0/0/0/0'],
    ['UNFULFILLABLE', [5, 0, 5], '5/0/5/0'],
    ['SOMETHING_NEW', [5, 1, 0], '5/1/0/0'],
  ])('in status %s with %j counts %s', async (status, counts, expected) => {
    expect(await countersOf(order('1', status, [item('1', 'MUG-A', counts)]))).toEqual([expected]);
  });

  it('that waits for its payment gives back a line only once Amazon says that it was cancelled', async () => {
    const executed = { cancellation: { cancellationExecution: { cancelledBy: 'BUYER' } } };
    const requested = { cancellation: { cancellationRequest: { requester: 'BUYER' } } };

    expect(await countersOf(order('1', 'PENDING', [item('1', 'MUG-A', [2, 0, 0], executed), item('2', 'MUG-A', [2, 0, 0], requested)]))).toEqual(['2/0/2/0', '2/0/0/0']);
  });

  it.each([
    ['that Amazon ships', { fulfillment: { fulfillmentStatus: 'UNSHIPPED', fulfilledBy: 'AMAZON' } }],
    ['of another marketplace', { salesChannel: { channelName: 'AMAZON', marketplaceId: 'A2EUQ1WTGCTBG2' } }],
  ])('%s is none of this channel\'s', async (_what, extra) => {
    expect(await readOne(order('1', 'UNSHIPPED', [item('1', 'MUG-A', [2, 0, 2])], extra))).toMatchObject({ items: [], unmapped: [] });
  });

  it('names what nobody mapped', async () => {
    const strange = { product: {} };
    const lines = [item('1', 'OTHER', [1]), item('2', 'OTHER', [1]), item('3', undefined, [1]), item('4', undefined, [1], strange), item('5', 'MUG-A', [1])];

    expect(await readOne(order('1', 'UNSHIPPED', lines))).toMatchObject({ items: [{ lines: [{ id: '5' }] }], unmapped: ['OTHER', 'asin:B01', 'item:4'] });
  });
});

describe('reading orders by id', () => {
  it('passes over those that are gone, and reads few at a time', async () => {
    const ids = Array.from({ length: 12 }, (_none, index) => `114-000000${String(index).padStart(2, '0')}-0000000`);
    const fake = fakeAmazon({
      getOrder: ({ url }) => {
        const id = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
        return id === ids[3] ? refusal(404, 'NotFound') : { order: order(id, 'UNSHIPPED', [item('1', 'MUG-A', [1, 0, 1])]) };
      },
    });

    expect((await readAll(fake, { scope: 'ids', orderIds: ids })).items.map(({ orderId }) => orderId)).toEqual(ids.filter((_id, index) => index !== 3));
    expect(fake.sent('getOrder').map(({ url }) => url.search)).toEqual(ids.map(() => '?includedData=FULFILLMENT,CANCELLATION'));
  });

  it('gives what it read before Amazon wanted no more, and fails with the next page', async () => {
    let granted = 3;
    const fake = fakeAmazon({
      getOrder: ({ url }) => ((granted -= 1) < 0 ? refusal(429, 'QuotaExceeded') : { order: order(url.pathname.split('/').at(-1) ?? '', 'UNSHIPPED', []) }),
    });
    const read = (page: string | undefined) => fake.settle(fake.channel.readOrders({ scope: 'ids', orderIds: ['1', '2', '3', '4', '5'] }, page, fake.context));

    const first = await read(undefined);
    expect(first.items.map(({ orderId }) => orderId)).toEqual(['1', '2', '3']);
    await expect(read(first.next)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    granted = 9;
    expect(await read(first.next)).toMatchObject({ items: [{ orderId: '4' }, { orderId: '5' }] });
  });

  it('fails where one cannot be read', async () => {
    const fake = fakeAmazon({ getOrder: () => refusal(429, 'QuotaExceeded') });

    await expect(readAll(fake, { scope: 'ids', orderIds: ['1'] })).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { operation: 'getOrder', retryAfterMs: 2000 } });
  });
});

describe('reading changed orders', () => {
  const page = (ids: readonly string[], extra: object = {}) => ({ orders: ids.map((id) => order(id, 'UNSHIPPED', [item('1', 'MUG-A', [1, 0, 1])])), ...extra });
  const reading = (answer: AmazonAnswer, since: string | undefined = SINCE) => {
    const fake = fakeAmazon({ searchOrders: answer });
    return { fake, read: () => readAll(fake, { scope: 'changed', since }) };
  };
  const queries = (fake: FakeAmazon) => fake.sent('searchOrders').map(({ url }) => Object.fromEntries(url.searchParams));

  it('asks for everything of the seller\'s own since then, and keeps every parameter but the token', async () => {
    const { fake, read } = reading(({ url }) => {
      const token = url.searchParams.get('paginationToken');
      return token === 'second' ? page(['3']) : page(['1', '2'], { pagination: { nextToken: 'second' }, lastUpdatedBefore: '2026-11-23T09:58:00Z' });
    });

    expect((await read()).items.map(({ orderId }) => orderId)).toEqual(['1', '2', '3']);
    const base = { lastUpdatedAfter: SINCE, marketplaceIds: MARKET, fulfilledBy: 'MERCHANT', includedData: 'FULFILLMENT,CANCELLATION', maxResultsPerPage: '100' };
    expect(queries(fake)).toEqual([base, { ...base, paginationToken: 'second' }]);
  });

  it('resumes two minutes before what the first answer covers, by Amazon\'s clock', async () => {
    const { read } = reading(({ url }) =>
      url.searchParams.has('paginationToken')
        ? page([], { lastUpdatedBefore: '2026-11-23T10:30:00Z' })
        : page([], { pagination: { nextToken: 'second' }, lastUpdatedBefore: '2026-11-23T09:58:00Z' }),
    );

    expect((await read()).resumeFrom).toBe('2026-11-23T09:56:00.000Z');
  });

  it('resumes far enough back where Amazon does not tell what it covers, and never before it began', async () => {
    expect((await reading(() => page([])).read()).resumeFrom).toBe('2026-11-23T09:41:00.000Z');
    expect((await reading(() => page([]), '2026-11-23T09:50:00Z').read()).resumeFrom).toBe('2026-11-23T09:50:00.000Z');
  });

  it('never starts later than a search can cover', async () => {
    const { fake, read } = reading(() => page([]), '2026-11-23T09:59:59Z');
    await read();

    expect(queries(fake)[0]).toMatchObject({ lastUpdatedAfter: '2026-11-23T09:58:00.000Z' });
  });

  it('begins with all that is open, however old, and with all of the last two days', async () => {
    const fake = fakeAmazon({
      searchOrders: ({ url }) => {
        const isOpen = url.searchParams.has('fulfillmentStatuses');
        if (isOpen && !url.searchParams.has('paginationToken')) return page(['1'], { pagination: { nextToken: 'more' }, lastUpdatedBefore: '2026-11-23T09:58:00Z' });
        return page(isOpen ? ['2'] : ['2', '3'], { lastUpdatedBefore: '2026-11-23T09:59:00Z' });
      },
    });

    const { items, resumeFrom } = await readAll(fake, { scope: 'changed', since: undefined });

    expect(items.map(({ orderId }) => orderId)).toEqual(['1', '2', '2', '3']);
    expect(resumeFrom).toBe('2026-11-23T09:56:00.000Z');
    const open = { lastUpdatedAfter: '2024-11-24T10:00:00.000Z', fulfillmentStatuses: 'PENDING_AVAILABILITY,PENDING,UNSHIPPED,PARTIALLY_SHIPPED' };
    expect(queries(fake)).toMatchObject([open, { ...open, paginationToken: 'more' }, { lastUpdatedAfter: '2026-11-21T10:00:00.000Z' }]);
    expect(queries(fake)[2]).not.toHaveProperty('fulfillmentStatuses');
  });

  it('can be continued by another process', async () => {
    const answer: AmazonAnswer = ({ url }) => (url.searchParams.has('paginationToken') ? page(['2']) : page(['1'], { pagination: { nextToken: 'second' } }));
    const { fake: one } = reading(answer);
    const { fake: other } = reading(answer);
    const request = { scope: 'changed', since: SINCE } as const;

    const { next } = await one.settle(one.channel.readOrders(request, undefined, one.context));

    expect((await other.settle(other.channel.readOrders(request, next, other.context))).items).toMatchObject([{ orderId: '2' }]);
  });

  it('says so where the place in the list is too old', async () => {
    const { read } = reading(({ url }) => (url.searchParams.has('paginationToken') ? refusal(400, 'InvalidInput') : page([], { pagination: { nextToken: 'second' } })));

    await expect(read()).rejects.toMatchObject({ code: 'REJECTED', message: expect.stringContaining('begin the read again') });
  });

  it('waits three minutes where it asked too often', async () => {
    await expect(reading(() => refusal(429, 'QuotaExceeded')).read()).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 178_572 } });
  });

  it.each(['page 2', '{"startedAt":"2026-11-23T10:00:00.000Z","search":5}', '{"startedAt":"noon","search":0}'])('refuses the page %s', async (cursor) => {
    const { fake } = reading(() => page([]));

    await expect(fake.channel.readOrders({ scope: 'changed', since: SINCE }, cursor, fake.context)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses an order whose times cannot be read', async () => {
    const { read } = reading(() => ({ orders: [order('1', 'UNSHIPPED', [], { lastUpdatedTime: 'yesterday' })] }));

    await expect(read()).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE' });
  });
});
