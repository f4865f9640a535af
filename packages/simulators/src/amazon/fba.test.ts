import { describe, expect, it } from 'vitest';
import { createTestAccount, MARKETPLACE, START_MS } from '../../test/amazon-fixture.ts';
import type { Answer, TestAccount } from '../../test/amazon-fixture.ts';

const summaries = (account: TestAccount, query: Readonly<Record<string, string>> = {}): Promise<Answer> => account.call({
  path: '/fba/inventory/v1/summaries', query: { granularityType: 'Marketplace', granularityId: MARKETPLACE, marketplaceIds: MARKETPLACE, ...query },
});
const skusOf = ({ body }: Answer): readonly string[] => body.payload.inventorySummaries.map(({ sellerSku }: { sellerSku: string }) => sellerSku);
const held = (count: number): { readonly sku: string; readonly fulfillmentChannelCode: string }[] =>
  Array.from({ length: count }, (_, index) => ({ sku: `F${String(index).padStart(3, '0')}`, fulfillmentChannelCode: 'AMAZON_NA' }));

describe('getInventorySummaries', () => {
  it('says what is where, with the details that are asked for', async () => {
    const account = createTestAccount();
    account.simulator.setFbaStock('F', { fulfillable: 50, inboundShipped: 5, inboundReceiving: 10, pendingCustomerOrder: 10, pendingTransshipment: 15, fcProcessing: 5 });

    const { body } = await summaries(account, { details: 'true' });

    expect(body.payload.granularity).toEqual({ granularityType: 'Marketplace', granularityId: MARKETPLACE });
    expect(body.payload.inventorySummaries).toMatchObject([{ sellerSku: 'F', totalQuantity: 95, inventoryDetails: { fulfillableQuantity: 50, reservedQuantity: { totalReservedQuantity: 30 } } }]);
    account.clock.ms += 1000;
    expect((await summaries(account)).body.payload.inventorySummaries[0].inventoryDetails).toBeUndefined();
  });

  it('pages by fifty, with a token beside the payload that dies after 30 seconds', async () => {
    const account = createTestAccount({ listings: held(120) });

    const first = await summaries(account);
    expect(skusOf(first)).toHaveLength(50);
    expect(first.body.payload.pagination).toBeUndefined();
    account.clock.ms += 29_999;
    const second = await summaries(account, { nextToken: first.body.pagination.nextToken });
    account.clock.ms += 1000;
    const third = await summaries(account, { nextToken: second.body.pagination.nextToken });

    expect([...skusOf(first), ...skusOf(second), ...skusOf(third)]).toEqual(held(120).map(({ sku }) => sku));
    expect(third.body.pagination).toBeUndefined();
    account.clock.ms += 30_000;
    expect(await summaries(account, { nextToken: second.body.pagination.nextToken })).toMatchObject({ status: 400, body: { errors: [{ code: 'InvalidInput', message: 'This is an invalid input' }] } });
  });

  it('does not notice by time what is only on its way', async () => {
    const account = createTestAccount();
    account.clock.ms += 60_000;
    const startDateTime = new Date(START_MS + 30_000).toISOString();

    account.simulator.setFbaStock('F', { inboundShipped: 40 });
    expect(skusOf(await summaries(account, { startDateTime }))).toEqual([]);
    account.simulator.setFbaStock('F', { fulfillable: 6 });
    expect(skusOf(await summaries(account, { startDateTime, sellerSkus: 'nothing' }))).toEqual(['F']);
  });

  it('follows the orders that Amazon ships, and offers no quantity of its own', async () => {
    const account = createTestAccount();
    const { orderId } = account.simulator.placeOrder({ lines: [{ sku: 'F', quantity: 3 }] });

    const reserved = async (): Promise<unknown> => {
      account.clock.ms += 1000;
      const { fulfillableQuantity, reservedQuantity } = (await summaries(account, { details: 'true', sellerSku: 'F' })).body.payload.inventorySummaries[0].inventoryDetails;
      return [fulfillableQuantity, reservedQuantity.pendingCustomerOrderQuantity];
    };
    expect(await reserved()).toEqual([2, 3]);
    account.simulator.shipOrder(orderId ?? '', { lines: [{ sku: 'F', quantity: 1 }] });
    expect(await reserved()).toEqual([2, 2]);
    account.simulator.cancelOrder(orderId ?? '');
    expect(await reserved()).toEqual([4, 0]);
    expect(account.simulator.placeOrder({ lines: [{ sku: 'F', quantity: 5 }] }).orderId).toBeUndefined();
    expect(account.shown).toEqual([]);
    expect(account.simulator.listing('F')).toMatchObject({ submitted: undefined, effective: undefined });
  });

  it.each([
    ['fifty-one skus', { sellerSkus: held(51).map(({ sku }) => sku).join(',') }],
    ['a start before 18 months', { startDateTime: '2025-05-01T00:00:00Z' }],
    ['a start that is none', { startDateTime: 'yesterday' }],
    ['another granularity', { granularityType: 'Seller' }],
    ['another store', { marketplaceIds: 'A1PA6795UKMFR9' }],
  ])('refuses %s', async (_name, query) => {
    expect((await summaries(createTestAccount(), query)).status).toBe(400);
  });

  it('refuses a seller who has nothing there', async () => {
    expect(await summaries(createTestAccount({ listings: [{ sku: 'A' }] }))).toMatchObject({ status: 400, body: { errors: [{ code: 'InvalidInput' }] } });
  });
});
