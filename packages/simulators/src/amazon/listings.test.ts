import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestAccount, itemPath, MARKETPLACE, SELLER } from '../../test/amazon-fixture.ts';
import type { Answer, TestAccount } from '../../test/amazon-fixture.ts';

const HERE = { marketplaceIds: MARKETPLACE };

/** A patch of whatever. */
const send = (account: TestAccount, patches: unknown, more: { readonly sku?: string; readonly query?: Record<string, string> } = {}): Promise<Answer> =>
  account.call({ method: 'PATCH', path: itemPath(more.sku ?? 'A'), query: { ...HERE, ...more.query }, body: { productType: 'PRODUCT', patches } });
const availability = (op: string, ...value: readonly Readonly<Record<string, unknown>>[]): unknown => [{ op, path: '/attributes/fulfillment_availability', value }];
const submitted = async (account: TestAccount, sku = 'A'): Promise<unknown> =>
  (await account.call({ path: itemPath(sku), query: { ...HERE, includedData: 'attributes' } })).body.attributes.fulfillment_availability;

describe('a submission', () => {
  it('lands in the order sent or not at all: what is shown last is what was accepted last', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ quantity: fc.nat(50), delayMs: fc.nat(100), waitMs: fc.nat(60) }), { minLength: 1, maxLength: 12 }), async (writes) => {
      let turn = 0;
      const account = createTestAccount({ usagePlans: 'unlimited', applyDelayMs: () => writes[turn]?.delayMs ?? 0 });
      const order: number[] = [];
      for (const [index, { quantity, waitMs }] of writes.entries()) {
        turn = index;
        await account.patch('A', quantity);
        order.push(quantity);
        account.clock.ms += waitMs;
      }
      await account.settle();

      expect(account.simulator.listing('A')).toMatchObject({ submitted: order.at(-1), effective: order.at(-1), pendingSubmissions: 0 });
      // What was shown is a part of what was sent, in its order.
      let position = -1;
      for (const { quantity } of account.shown) {
        position = order.indexOf(quantity ?? -1, position + 1);
        expect(position).toBeGreaterThanOrEqual(0);
      }
      expect(account.shown.every((change, index) => index === 0 || change.atMs >= (account.shown[index - 1]?.atMs ?? 0))).toBe(true);
    }), { numRuns: 60 });
  });

  it('is accepted at once and on offer after the delay', async () => {
    const account = createTestAccount({ applyDelayMs: () => 60_000 });

    const answer = await account.patch('A', 7);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ sku: 'A', status: 'ACCEPTED', submissionId: expect.any(String), issues: [] });
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 7, effective: 10, pendingSubmissions: 1 });
    account.clock.ms += 60_000;
    expect(await account.offer('A')).toEqual([{ fulfillmentChannelCode: 'DEFAULT', quantity: 7 }]);
    expect(account.shown).toEqual([{ sku: 'A', quantity: 7, atMs: account.clock.ms, cause: 'write' }]);
  });

  it('overwrites what was sold while it was on its way', async () => {
    const account = createTestAccount({ applyDelayMs: () => 60_000 });
    await account.patch('A', 9);
    account.clock.ms += 1000;

    account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] });

    expect(account.simulator.listing('A')).toMatchObject({ submitted: 9, effective: 6 });
    await account.settle();
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 9, effective: 9 });
    expect(account.shown.map(({ quantity, cause }) => [quantity, cause])).toEqual([[6, 'sale'], [9, 'write']]);
  });

  it('never lands on what the seller typed after it', async () => {
    const account = createTestAccount({ applyDelayMs: () => 60_000 });
    await account.patch('A', 9);

    account.simulator.setQuantity('A', 2);
    await account.settle();

    expect(account.simulator.listing('A')).toMatchObject({ submitted: 2, effective: 2 });
    expect(account.shown).toEqual([{ sku: 'A', quantity: 2, atMs: expect.any(Number), cause: 'edit' }]);
  });
});

describe('patchListingsItem', () => {
  it('keeps by merge and wipes by replace what it does not name', async () => {
    const account = createTestAccount();

    await send(account, availability('merge', { fulfillment_channel_code: 'DEFAULT', quantity: 4 }));
    expect(await submitted(account)).toEqual([{ fulfillment_channel_code: 'DEFAULT', quantity: 4, lead_time_to_ship_max_days: 3, marketplace_id: MARKETPLACE }]);

    await send(account, availability('replace', { fulfillment_channel_code: 'DEFAULT', quantity: 5 }));
    expect(await submitted(account)).toEqual([{ fulfillment_channel_code: 'DEFAULT', quantity: 5, marketplace_id: MARKETPLACE }]);
    expect(await account.offer('A')).toEqual([{ fulfillmentChannelCode: 'DEFAULT', quantity: 5 }]);
  });

  it.each([
    ['without a channel', availability('merge', { quantity: 4 }), { code: '90220', categories: ['MISSING_ATTRIBUTE'] }],
    ['without a quantity', availability('merge', { fulfillment_channel_code: 'DEFAULT', lead_time_to_ship_max_days: 5 }), { code: '90220', categories: ['MISSING_ATTRIBUTE'] }],
    ['in camel case', availability('merge', { fulfillmentChannelCode: 'DEFAULT', quantity: 4 }), { code: '90000900', categories: ['INVALID_ATTRIBUTE'] }],
    ['with less than nothing', availability('merge', { fulfillment_channel_code: 'DEFAULT', quantity: -1 }), { code: '90000900' }],
    ['with half a unit', availability('merge', { fulfillment_channel_code: 'DEFAULT', quantity: 0.5 }), { code: '90000900' }],
    ['with a text', availability('merge', { fulfillment_channel_code: 'DEFAULT', quantity: '4' }), { code: '90000900' }],
    ['with a channel that does not exist', availability('merge', { fulfillment_channel_code: 'STORE1', quantity: 4 }), { code: '90000900' }],
    ['of an attribute that does not exist', [{ op: 'merge', path: '/attributes/fake_attribute', value: [{ value: 1 }] }], { code: '90000900', attributeNames: ['fake_attribute'] }],
  ])('says INVALID with HTTP 200 to a patch %s', async (_name, patches, issue) => {
    const account = createTestAccount();

    const { status, body } = await send(account, patches);

    expect(status).toBe(200);
    expect(body).toMatchObject({ sku: 'A', status: 'INVALID', issues: [{ severity: 'ERROR', ...issue }] });
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 10, effective: 10 });
  });

  it.each([
    ['inside of an attribute', [{ op: 'replace', path: '/attributes/fulfillment_availability/0/quantity', value: [{ value: 4 }] }]],
    ['with an operation of another standard', availability('remove')],
    ['without a value', [{ op: 'merge', path: '/attributes/fulfillment_availability' }]],
    ['of nothing', []],
  ])('refuses a patch %s', async (_name, patches) => {
    const account = createTestAccount();

    expect(await send(account, patches)).toMatchObject({ status: 400, body: { errors: [{ code: 'BAD_REQUEST', message: 'Invalid input' }] } });
  });

  it('refuses a sku that is not listed, a store of others, and no store at all', async () => {
    const account = createTestAccount();
    const patch = availability('merge', { fulfillment_channel_code: 'DEFAULT', quantity: 4 });

    expect((await send(account, patch, { sku: 'nothing' })).status).toBe(400);
    expect((await send(account, patch, { query: { marketplaceIds: 'A1PA6795UKMFR9' } })).status).toBe(400);
    expect((await account.call({ method: 'PATCH', path: itemPath('A'), body: {} })).status).toBe(400);
    expect((await account.call({ method: 'PATCH', path: itemPath('A'), query: HERE, body: {}, headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });

  it('tries without keeping', async () => {
    const account = createTestAccount();
    const preview = { query: { mode: 'VALIDATION_PREVIEW' } };

    const valid = await account.patch('A', 4, preview);
    const invalid = await account.patch('A', -4, preview);

    expect(valid.body).toEqual({ sku: 'A', status: 'VALID', submissionId: expect.any(String), identifiers: [{ marketplaceId: MARKETPLACE, asin: 'B07N4M94X4' }], issues: [] });
    expect(invalid.body).toMatchObject({ status: 'INVALID', identifiers: [] });
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 10, effective: 10 });
  });

  it('turns a listing over to Amazon by its channel, and back', async () => {
    const account = createTestAccount();

    await send(account, availability('merge', { fulfillment_channel_code: 'AMAZON_NA' }));

    expect(await account.offer('A')).toEqual([{ fulfillmentChannelCode: 'AMAZON_NA' }]);
    expect(await submitted(account)).toHaveLength(2);
    expect(account.simulator.listing('A')).toMatchObject({ fulfillmentChannelCode: 'AMAZON_NA', effective: undefined });
    await account.patch('A', 3);
    expect(await account.offer('A')).toEqual([{ fulfillmentChannelCode: 'DEFAULT', quantity: 3 }]);
    expect(account.shown.map(({ quantity }) => quantity)).toEqual([undefined, 3]);
  });

  it('flips a listing of Amazon to the seller where a quantity is sent to it', async () => {
    const account = createTestAccount();

    await account.patch('F', 6);

    expect(await account.offer('F')).toEqual([{ fulfillmentChannelCode: 'DEFAULT', quantity: 6 }]);
  });

  it('offers nothing any more once the attribute is deleted', async () => {
    const account = createTestAccount();

    await send(account, [{ op: 'delete', path: '/attributes/fulfillment_availability' }]);

    expect(await account.offer('A')).toEqual([{ fulfillmentChannelCode: 'DEFAULT', quantity: 0 }]);
    expect(account.simulator.listing('A')?.submitted).toBeUndefined();
  });

  it('finds a sku with every character that a path cannot hold', async () => {
    const sku = 'a/b +%25,ü?#';
    const account = createTestAccount({ listings: [{ sku }] });

    expect((await account.patch(sku, 3)).body.sku).toBe(sku);
    expect(await account.offer(sku)).toEqual([{ fulfillmentChannelCode: 'DEFAULT', quantity: 3 }]);
    // An unencoded slash is another path.
    expect((await account.call({ path: `/listings/2021-08-01/items/${SELLER}/a/b`, query: HERE })).status).toBe(403);
  });
});

describe('putListingsItem and deleteListingsItem', () => {
  it('replace all of a listing, make one, and take it away', async () => {
    const account = createTestAccount();
    const body = { productType: 'LUGGAGE', attributes: { fulfillment_availability: [{ fulfillment_channel_code: 'DEFAULT', quantity: 8 }] } };

    await account.call({ method: 'PUT', path: itemPath('A'), query: HERE, body });
    const made = await account.call({ method: 'PUT', path: itemPath('new'), query: HERE, body });

    expect(made.body.status).toBe('ACCEPTED');
    expect(account.simulator.listing('A')).toMatchObject({ productType: 'LUGGAGE', submitted: 8, effective: 8 });
    expect(account.simulator.listing('new')).toMatchObject({ submitted: 8, effective: 8 });
    const attributes = (await account.call({ path: itemPath('A'), query: { ...HERE, includedData: 'attributes' } })).body.attributes;
    expect(Object.keys(attributes)).toEqual(['fulfillment_availability']);

    expect((await account.call({ method: 'DELETE', path: itemPath('new'), query: HERE })).body).toMatchObject({ sku: 'new', status: 'ACCEPTED' });
    expect((await account.call({ method: 'DELETE', path: itemPath('new'), query: HERE })).status).toBe(200);
    expect((await account.call({ path: itemPath('new'), query: HERE })).status).toBe(404);
    expect((await account.patch('new', 3)).status).toBe(400);
  });
});

describe('getListingsItem', () => {
  it('shows what is asked for, and a summary where nothing is', async () => {
    const account = createTestAccount({ listings: [{ sku: 'A', quantity: 2, productType: 'LUGGAGE', issues: [{ code: '90220', message: 'm', severity: 'ERROR', categories: ['MISSING_ATTRIBUTE'], attributeNames: ['size'] }] }] });

    const plain = await account.call({ path: itemPath('A'), query: HERE });
    const parts = await account.call({ path: itemPath('A'), query: { ...HERE, includedData: 'issues,productTypes' } });

    expect(plain.body).toMatchObject({ sku: 'A', summaries: [{ marketplaceId: MARKETPLACE, productType: 'LUGGAGE', status: ['BUYABLE', 'DISCOVERABLE'], createdDate: '2026-11-23T10:00:00Z' }] });
    expect(Object.keys(plain.body)).toEqual(['sku', 'summaries']);
    expect(parts.body).toEqual({ sku: 'A', issues: [{ code: '90220', message: 'm', severity: 'ERROR', categories: ['MISSING_ATTRIBUTE'], attributeNames: ['size'], marketplaceIds: [MARKETPLACE] }], productTypes: [{ marketplaceId: MARKETPLACE, productType: 'LUGGAGE' }] });
    await account.patch('A', 0);
    expect((await account.call({ path: itemPath('A'), query: HERE })).body.summaries[0].status).toEqual(['DISCOVERABLE']);
    expect((await account.call({ path: itemPath('A'), query: { ...HERE, includedData: 'everything' } })).status).toBe(400);
  });
});
