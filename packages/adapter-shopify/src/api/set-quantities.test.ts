import type { PublishRequest } from '@stockwright/adapter';
import { parseLocationId, parseSku, type QuantityText } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { COST, fakeShop, ITEM, PLACE, SKU_A, SKU_B, W1, W2, type ShopAnswer } from '../../test/fake-shop.ts';

const quantity = (text: string): QuantityText => text as QuantityText;
const LINES = [
  { sku: SKU_A, location: W1, quantity: quantity('5'), expected: quantity('7') },
  { sku: SKU_B, location: W2, quantity: quantity('0') },
];
const REQUEST: PublishRequest = { idempotencyKey: 'push-1/2', lines: LINES };

const set = (userErrors: readonly unknown[], group: unknown = null) => ({ inventorySetQuantities: { inventoryAdjustmentGroup: group, userErrors } });
const errors = (extensions: Record<string, unknown>, rest: Record<string, unknown> = {}): Response =>
  Response.json({ errors: [{ message: 'Something', extensions }], extensions: { cost: COST }, ...rest });

async function publish(answer: ShopAnswer, request = REQUEST) {
  const shop = fakeShop({ SetQuantities: answer });
  return { ...shop, outcomes: await shop.settle(shop.channel.publish(request, shop.context)) };
}

describe('publish', () => {
  it('sets available with compare, key and reference, and says when', async () => {
    const { outcomes, requests, context } = await publish(() => set([], { id: 'gid://shopify/InventoryAdjustmentGroup/1' }));

    expect(outcomes).toEqual([
      { status: 'applied', at: '2026-11-23T10:00:00.000Z' },
      { status: 'applied', at: '2026-11-23T10:00:00.000Z' },
    ]);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.url).toBe('https://Example.myshopify.com/admin/api/2026-10/graphql.json');
    expect(requests[0]?.headers.get('x-shopify-access-token')).toBe('shpat_0123');
    expect(requests[0]?.variables).toEqual({
      key: 'push-1/2',
      input: {
        name: 'available',
        reason: 'correction',
        referenceDocumentUri: 'gid://stockwright/Publish/push-1%2F2',
        quantities: [
          { inventoryItemId: ITEM(1), locationId: PLACE(1), quantity: 5, changeFromQuantity: 7 },
          { inventoryItemId: ITEM(2), locationId: PLACE(2), quantity: 0, changeFromQuantity: null },
        ],
      },
    });
    expect(context.reports).toEqual([{ bucket: 'graphql', remaining: 1986, restorePerSecond: 100 }]);
  });

  it('writes the same request as the same text, whatever the order of its properties', async () => {
    const shuffled = { lines: LINES.map(({ sku, location, ...rest }) => ({ ...rest, location, sku })), idempotencyKey: 'push-1/2' };

    const first = await publish(() => set([]));
    const second = await publish(() => set([]), shuffled);

    expect(second.requests[0]?.text).toBe(first.requests[0]?.text);
  });

  it('takes no group and no error for a write that changed nothing', async () => {
    const { outcomes } = await publish(() => set([]));

    expect(outcomes.map(({ status }) => status)).toEqual(['applied', 'applied']);
  });

  it('lets one line conflict and asks for the others again, since Shopify wrote none', async () => {
    const { outcomes } = await publish(() =>
      set([{ code: 'CHANGE_FROM_QUANTITY_STALE', field: ['input', 'quantities', '0', 'changeFromQuantity'], message: 'no longer matches' }]),
    );

    expect(outcomes).toMatchObject([{ status: 'conflict' }, { status: 'notSent' }]);
  });

  it('lets every line conflict where Shopify does not say which one did', async () => {
    const { outcomes } = await publish(() => set([{ code: 'CHANGE_FROM_QUANTITY_STALE', field: null, message: 'no longer matches' }]));

    expect(outcomes).toEqual([{ status: 'conflict' }, { status: 'conflict' }]);
  });

  it('gives each line its own refusal, also where the path is one text', async () => {
    const { outcomes } = await publish(() =>
      set([
        { code: 'INVALID_LOCATION', field: ['input.quantities.1.locationId'], message: 'The location is gone.' },
        { code: 'CHANGE_FROM_QUANTITY_STALE', field: ['input', 'quantities', '1', 'changeFromQuantity'], message: 'no longer matches' },
      ]),
    );

    expect(outcomes).toMatchObject([{ status: 'notSent' }, { status: 'rejected', code: 'REJECTED', reason: 'INVALID_LOCATION: The location is gone.' }]);
  });

  it.each([
    ['IDEMPOTENCY_CONCURRENT_REQUEST', 'unknown'],
    ['IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'notSent'],
    ['IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'rejected'],
    ['SERVICE_UNAVAILABLE', 'unknown'],
    ['INVALID_REASON', 'rejected'],
    ['A_CODE_OF_NEXT_YEAR', 'rejected'],
    [null, 'rejected'],
  ])('reads the error %s of a whole write as %s', async (code, status) => {
    const { outcomes } = await publish(() => set([{ code, field: null, message: 'Something' }]));

    expect(outcomes.map((outcome) => outcome.status)).toEqual([status, status]);
  });

  it('refuses lines that nobody mapped or Shopify cannot express, and sends the rest', async () => {
    const { outcomes, requests } = await publish(() => set([]), {
      idempotencyKey: 'k',
      lines: [
        { sku: parseSku('unknown'), location: W1, quantity: quantity('1') },
        { sku: SKU_A, location: parseLocationId('elsewhere'), quantity: quantity('1') },
        { sku: SKU_A, location: W1, quantity: quantity('1.5') },
        { sku: SKU_A, location: W2, quantity: quantity('1000000001') },
        { sku: SKU_B, location: W1, quantity: quantity('1'), expected: quantity('0.5') },
        { sku: SKU_B, location: W2, quantity: quantity('4'), expected: quantity('-2') },
      ],
    });

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'rejected', 'applied']);
    expect(outcomes[0]).toMatchObject({ code: 'INVALID_CONFIGURATION' });
    expect(requests[0]?.variables['input']).toMatchObject({ quantities: [{ quantity: 4, changeFromQuantity: -2 }] });
  });

  it('sends nothing where no line is left, or where a line names no location', async () => {
    const { outcomes, requests } = await publish(() => set([]), { idempotencyKey: 'k', lines: [{ sku: SKU_A, quantity: quantity('1') }] });

    expect(outcomes).toMatchObject([{ status: 'rejected' }]);
    expect(requests).toHaveLength(0);
  });

  it('knows that a throttled write was not applied, and for how long to wait', async () => {
    const cost = { requestedQueryCost: 752, actualQueryCost: null, throttleStatus: { maximumAvailable: 1000, currentlyAvailable: 666, restoreRate: 50 } };
    const { outcomes, context, requests } = await publish(() => errors({ code: 'THROTTLED' }, { extensions: { cost } }));

    expect(outcomes).toMatchObject([
      { status: 'notSent', retryAfterMs: 1720 },
      { status: 'notSent', retryAfterMs: 1720 },
    ]);
    expect(context.reports).toEqual([{ bucket: 'graphql', remaining: 666, restorePerSecond: 50, pauseUntil: '2026-11-23T10:00:01.720Z' }]);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['HTTP 429', () => new Response('', { status: 429, headers: { 'retry-after': '2.0' } }), { status: 'notSent', retryAfterMs: 2000 }],
    ['HTTP 503', () => new Response('', { status: 503 }), { status: 'unknown' }],
    ['HTTP 423', () => new Response('', { status: 423 }), { status: 'rejected', code: 'REJECTED' }],
    ['an answer that is not JSON', () => new Response('<html>'), { status: 'unknown' }],
    ['an internal error', () => errors({ code: 'INTERNAL_SERVER_ERROR' }), { status: 'unknown' }],
    ['an unknown error after the write', () => errors({ code: 'NEW' }, { data: { inventorySetQuantities: null } }), { status: 'unknown' }],
    ['an unknown error instead of the write', () => errors({ code: 'undefinedField' }), { status: 'rejected' }],
    ['a missing directive', () => errors({ code: 'BAD_REQUEST' }, { data: { inventorySetQuantities: null } }), { status: 'rejected' }],
    ['too many rows', () => errors({ code: 'MAX_INPUT_SIZE_EXCEEDED' }), { status: 'rejected' }],
    ['a data root of null', () => Response.json({ data: null }), { status: 'unknown' }],
  ])('reads %s', async (_what, answer, outcome) => {
    const { outcomes, requests } = await publish(answer);

    expect(outcomes).toMatchObject([outcome, outcome]);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['a broken connection', 'ECONNRESET', 'unknown'],
    ['a refused connection', 'ECONNREFUSED', 'notSent'],
  ])('reads %s', async (_what, code, status) => {
    const { outcomes } = await publish(() => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
    });

    expect(outcomes.map((outcome) => outcome.status)).toEqual([status, status]);
  });

  it('does not know what became of a write that is never answered', async () => {
    const { outcomes } = await publish(() => new Promise(() => undefined));

    expect(outcomes.map(({ status }) => status)).toEqual(['unknown', 'unknown']);
  });

  it('fails as a whole without permission, naming the scope', async () => {
    const shop = fakeShop({ SetQuantities: () => errors({ code: 'ACCESS_DENIED', requiredAccess: '`write_inventory` access scope' }) });

    await expect(shop.settle(shop.channel.publish(REQUEST, shop.context))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('write_inventory'),
    });
  });

  it('fails as a whole with a token that is not accepted, and does not quote it', async () => {
    const shop = fakeShop({ SetQuantities: () => Response.json({ errors: 'Invalid API key or access token' }, { status: 401 }) });

    const error = await shop.settle(shop.channel.publish(REQUEST, shop.context)).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(String(error)).not.toContain('shpat');
  });

  it('fails for a caller who gave up before anything was sent', async () => {
    const shop = fakeShop({});

    await expect(shop.channel.publish(REQUEST, { ...shop.context, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(shop.requests).toHaveLength(0);
  });
});
