import { describe, expect, it } from 'vitest';
import { createTestAccount, itemPath, MARKETPLACE, SELLER } from '../../test/amazon-fixture.ts';

describe('patchListingsItem', () => {
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
});

describe('searchListingsItems', () => {
  it('reads many skus back in one call', async () => {
    const account = createTestAccount();

    const { body } = await account.call({
      path: `/listings/2021-08-01/items/${SELLER}`,
      query: { marketplaceIds: MARKETPLACE, identifiers: ['A', 'F', 'nothing'], identifiersType: 'SKU', includedData: 'fulfillmentAvailability', sortBy: 'sku', sortOrder: 'ASC', pageSize: 20 },
    });

    expect(body).toEqual({ numberOfResults: 2, items: [
      { sku: 'A', fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 10 }] },
      { sku: 'F', fulfillmentAvailability: [{ fulfillmentChannelCode: 'AMAZON_NA' }] },
    ] });
    expect(itemPath('a/b')).toContain('a%2Fb');
  });
});

describe('getOrder', () => {
  it('shows an order that was placed', async () => {
    const account = createTestAccount();
    const { orderId } = account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 3 }] });

    const { body } = await account.call({ path: `/orders/2026-01-01/orders/${String(orderId)}`, query: { includedData: 'FULFILLMENT' } });

    expect(body.order).toMatchObject({ orderId, fulfillment: { fulfillmentStatus: 'UNSHIPPED', fulfilledBy: 'MERCHANT' } });
    expect(body.order.orderItems).toMatchObject([{ quantityOrdered: 3, product: { sellerSku: 'A' }, fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 3 } }]);
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 10, effective: 7 });
  });
});
