import { parseLocationId, type QuantityText } from '@stockwright/core';
import { createMapping } from '@stockwright/adapter-kit';
import { describe, expect, it } from 'vitest';
import { accepted, AWKWARD, fakeAmazon, found, listing, MARKET, refusal, SELLER, SKU_A, SKU_B, SKU_K, type AmazonAnswer } from '../../test/fake-amazon.ts';
import type { AmazonSettings } from '../amazon-settings.ts';

const line = (sku: typeof SKU_A, quantity: number | string) => ({ sku, quantity: String(quantity) as QuantityText });

function setUp(answers: Readonly<Record<string, AmazonAnswer>> = {}, settings: Partial<AmazonSettings> = {}) {
  const fake = fakeAmazon(answers, settings);
  return { ...fake, publish: (...lines: readonly ReturnType<typeof line>[]) => fake.settle(fake.channel.publish({ idempotencyKey: 'k', lines }, fake.context)) };
}

const issue = (extra: object) => ({ code: '90000900', message: 'The attributes are invalid.', severity: 'ERROR', categories: ['INVALID_ATTRIBUTE'], ...extra });
const failure = (code: string) => () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
};

describe('publishing', () => {
  it('merges one quantity per listing, so that what else the listing has stays', async () => {
    const { publish, sent } = setUp();

    expect(await publish(line(SKU_A, 5), line(SKU_B, 0))).toEqual([
      { status: 'applied', at: '2026-11-23T10:00:00.000Z' },
      { status: 'applied', at: '2026-11-23T10:00:00.000Z' },
    ]);
    const [first, second] = sent('patchListingsItem');
    expect(first?.url.href).toBe(`https://sellingpartnerapi-na.amazon.com/listings/2021-08-01/items/${SELLER}/MUG-A?marketplaceIds=${MARKET}`);
    expect(JSON.parse(first?.text ?? '')).toEqual({
      productType: 'PRODUCT',
      patches: [{ op: 'merge', path: '/attributes/fulfillment_availability', value: [{ fulfillment_channel_code: 'DEFAULT', quantity: 5 }] }],
    });
    expect(second?.url.pathname).toMatch(/MUG-B$/);
    expect(JSON.parse(second?.text ?? '')).toMatchObject({ patches: [{ value: [{ quantity: 0 }] }] });
  });

  it('writes the product type and the handling time that the settings name', async () => {
    const { publish, sent } = setUp({}, { productType: 'MUG', handlingDays: 2 });
    await publish(line(SKU_A, 5));

    expect(JSON.parse(sent('patchListingsItem')[0]?.text ?? '')).toMatchObject({ productType: 'MUG', patches: [{ value: [{ quantity: 5, lead_time_to_ship_max_days: 2 }] }] });
  });

  it('encodes a seller sku in the path, whatever stands in it', async () => {
    const { publish, sent } = setUp();
    await publish(line(SKU_K, 5));

    const [patch] = sent('patchListingsItem');
    expect(patch?.url.pathname.split('/')).toHaveLength(6);
    expect(decodeURIComponent(patch?.url.pathname.split('/').at(-1) ?? '')).toBe(AWKWARD);
  });

  it('gives each line an outcome of its own', async () => {
    const { publish } = setUp({ patchListingsItem: ({ url }) => (url.pathname.endsWith('MUG-B') ? refusal(400, 'BAD_REQUEST', { message: 'Invalid input' }) : accepted) });

    expect(await publish(line(SKU_A, 5), line(SKU_B, 3), line(SKU_K, 1))).toMatchObject([
      { status: 'applied' },
      { status: 'rejected', code: 'REJECTED', reason: expect.stringContaining('BAD_REQUEST, Invalid input') },
      { status: 'applied' },
    ]);
  });

  it.each([
    ['unmapped', { sku: 'Z' as typeof SKU_A, quantity: '1' as QuantityText }, 'INVALID_CONFIGURATION', /not mapped/],
    ['at a location', { ...line(SKU_A, 1), location: parseLocationId('W1') }, 'REJECTED', /one number per listing/],
    ['half', line(SKU_A, '0.5'), 'REJECTED', /0\.5 .*not a whole number/],
    ['negative', line(SKU_A, -1), 'REJECTED', /-1 .*not a whole number/],
    ['too much', line(SKU_A, 2_147_483_648), 'REJECTED', /2147483648/],
  ])('sends no line that is %s', async (_what, refused, code, reason) => {
    const { publish, sent } = setUp();

    const [outcome, other] = await publish(refused, line(SKU_B, 1));

    expect(outcome).toMatchObject({ status: 'rejected', code, reason: expect.stringMatching(reason) });
    expect(other).toMatchObject({ status: 'applied' });
    expect(sent('patchListingsItem')).toHaveLength(1);
  });

  it('sends nothing to a seller sku that would shorten the path', async () => {
    const { publish, requests } = setUp({}, { mappings: { skus: createMapping([['..', SKU_A], ['.', SKU_B]]) } });

    expect(await publish(line(SKU_A, 1), line(SKU_B, 1))).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(requests).toEqual([]);
  });

  it('bounds how many writes are under way', async () => {
    let inFlight = 0;
    let most = 0;
    const { publish, context } = setUp(
      {
        patchListingsItem: async () => {
          most = Math.max(most, (inFlight += 1));
          await context.clock.sleep(100);
          inFlight -= 1;
          return accepted;
        },
      },
      { maxConcurrency: 2 },
    );
    await publish(line(SKU_A, 1), line(SKU_B, 1), line(SKU_K, 1));

    expect(most).toBe(2);
  });
});

describe('what Amazon answers to a write', () => {
  it.each([
    ['accepted', { issues: [] }, 'applied'],
    ['accepted without a list of issues', { issues: undefined }, 'applied'],
    ['accepted beside an error of the listing', { issues: [issue({ attributeNames: ['size'], categories: ['MISSING_ATTRIBUTE'] })] }, 'applied'],
    ['accepted beside a nameless error of the listing', { issues: [issue({ categories: ['MISSING_IMAGE'] })] }, 'applied'],
    ['accepted with a warning about it', { issues: [issue({ severity: 'WARNING', attributeNames: ['fulfillment_availability'] })] }, 'applied'],
    ['accepted with an error about it', { issues: [issue({ attributeNames: ['fulfillment_availability.quantity'] })] }, 'rejected'],
    ['accepted with a nameless error', { issues: [issue({})] }, 'rejected'],
    ['invalid', { status: 'INVALID', issues: [issue({ attributeNames: ['fake_attribute'] })] }, 'rejected'],
    ['invalid without a reason', { status: 'INVALID', issues: [] }, 'rejected'],
    ['only looked at', { status: 'VALID' }, 'unknown'],
  ])('is read where it was %s', async (_what, answer, status) => {
    const { publish } = setUp({ patchListingsItem: () => ({ ...accepted, ...answer }) });

    expect(await publish(line(SKU_A, 5))).toMatchObject([{ status }]);
  });

  it('is repeated for a person', async () => {
    const own = issue({ code: '99022', message: 'Too many.', attributeNames: ['fulfillment_availability'] });
    const { publish } = setUp({ patchListingsItem: () => ({ ...accepted, status: 'INVALID', issues: [issue({ attributeNames: ['size'] }), own] }) });

    expect(await publish(line(SKU_A, 5))).toEqual([{ status: 'rejected', code: 'REJECTED', reason: 'Amazon refused the write, 99022: Too many. (fulfillment_availability)' }]);
  });

  it.each([
    ['429', () => refusal(429, 'QuotaExceeded', { headers: { 'x-amzn-ratelimit-limit': '4' } }), { status: 'notSent', retryAfterMs: 250 }],
    ['429 without a word', () => new Response('', { status: 429 }), { status: 'notSent', retryAfterMs: 200 }],
    ['503 before anything was done', () => refusal(503, 'ServiceUnavailable'), { status: 'notSent' }],
    ['a bare 503', () => new Response('', { status: 503 }), { status: 'unknown' }],
    ['500', () => refusal(500, 'InternalFailure'), { status: 'unknown' }],
    ['413', () => new Response('<html>', { status: 413 }), { status: 'rejected', code: 'REJECTED' }],
    ['404', () => refusal(404, 'NOT_FOUND'), { status: 'rejected', code: 'REJECTED' }],
    ['a web page', () => new Response('<html>'), { status: 'unknown' }],
    ['a refused connection', failure('ECONNREFUSED'), { status: 'notSent' }],
    ['a broken connection', failure('ECONNRESET'), { status: 'unknown' }],
    ['silence', () => new Promise(() => undefined), { status: 'unknown' }],
  ])('is never tried again: %s', async (_what, answer, outcome) => {
    const { publish, sent } = setUp({ patchListingsItem: answer });

    expect(await publish(line(SKU_A, 5))).toMatchObject([outcome]);
    expect(sent('patchListingsItem')).toHaveLength(1);
  });

  it('ends the whole write where every line lacks the permission, and only the line where others passed', async () => {
    const denied = () => refusal(403, 'Unauthorized');
    const all = setUp({ patchListingsItem: denied });
    const one = setUp({ patchListingsItem: ({ url }) => (url.pathname.endsWith('MUG-B') ? denied() : accepted) });

    await expect(all.publish(line(SKU_A, 5), line(SKU_B, 3))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await one.publish(line(SKU_A, 5), line(SKU_B, 3))).toMatchObject([{ status: 'applied' }, { status: 'rejected', code: 'PERMISSION_DENIED' }]);
  });

  it('ends the write of a caller who gave up before', async () => {
    const { channel, context, requests } = setUp();

    await expect(channel.publish({ idempotencyKey: 'k', lines: [line(SKU_A, 5)] }, { ...context, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(requests).toEqual([]);
  });
});

describe('the guard of listings that the seller does not ship', () => {
  it.each([
    ['Amazon', [listing('MUG-A', undefined, 'AMAZON_NA')], /offered through AMAZON_NA.*DEFAULT/],
    ['the seller and Amazon', [{ sku: 'MUG-A', fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 1 }, { fulfillmentChannelCode: 'AMAZON_EU' }] }], /DEFAULT and AMAZON_EU/],
    ['a place of its own', [listing('MUG-A', 4, 'd7679e14-031b')], /d7679e14-031b/],
    ['nobody yet', [{ sku: 'MUG-A', fulfillmentAvailability: [] }], /no fulfilment channel/],
    ['nobody, since there is none', [], /no listing MUG-A/],
    ['somebody that is not told', [{ sku: 'MUG-A' }], /no fulfilment channel/],
  ])('writes nothing where it is shipped by %s', async (_who, items, reason) => {
    const { publish, sent } = setUp({ searchListingsItems: () => found(...items, listing('MUG-B', 0)) });

    expect(await publish(line(SKU_A, 5), line(SKU_B, 5))).toMatchObject([
      { status: 'rejected', code: 'INVALID_CONFIGURATION', reason: expect.stringMatching(reason) },
      { status: 'applied' },
    ]);
    expect(sent('patchListingsItem').map(({ url }) => url.pathname.split('/').at(-1))).toEqual(['MUG-B']);
  });

  it('looks once for many, and again after five minutes', async () => {
    const { channel, sent, settle, context } = setUp();
    const lines = [line(SKU_A, 5), line(SKU_B, 5)];
    const again = () => settle(channel.publish({ idempotencyKey: 'k', lines }, { ...context, deadlineMs: Number.MAX_SAFE_INTEGER }));

    await again();
    await again();
    expect(sent('searchListingsItems')).toHaveLength(1);
    await settle(context.clock.sleep(5 * 60_000));
    await again();
    expect(sent('searchListingsItems')).toHaveLength(2);
  });

  it('learns from reads, both ways', async () => {
    let channelCode = 'DEFAULT';
    const { publish, channel, context, settle, sent } = setUp({ searchListingsItems: () => found(listing('MUG-A', channelCode === 'DEFAULT' ? 4 : undefined, channelCode)) });
    const read = () => settle(channel.readLevels([{ sku: SKU_A }], undefined, context));

    await read();
    expect(await publish(line(SKU_A, 5))).toMatchObject([{ status: 'applied' }]);
    expect(sent('searchListingsItems')).toHaveLength(1);
    channelCode = 'AMAZON_NA';
    await read();
    expect(await publish(line(SKU_A, 5))).toMatchObject([{ status: 'rejected' }]);
    channelCode = 'DEFAULT';
    // An objection is looked at anew, so that whoever put it right need not wait.
    expect(await publish(line(SKU_A, 5))).toMatchObject([{ status: 'applied' }]);
  });

  it.each([
    ['throttles', () => refusal(429, 'QuotaExceeded'), { status: 'notSent', retryAfterMs: 200 }],
    ['fails', () => new Response('', { status: 500 }), { status: 'notSent' }],
    ['answers nonsense', () => new Response('<html>'), { status: 'notSent' }],
    ['refuses to look', () => refusal(400, 'InvalidInput'), { status: 'rejected' }],
  ])('writes nothing where Amazon %s', async (_what, answer, outcome) => {
    const { publish, sent } = setUp({ searchListingsItems: answer });

    expect(await publish(line(SKU_A, 5))).toMatchObject([outcome]);
    expect(sent('patchListingsItem')).toEqual([]);
  });

  it('ends the write where it may not look', async () => {
    const { publish } = setUp({ searchListingsItems: () => refusal(403, 'Unauthorized') });

    await expect(publish(line(SKU_A, 5))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
