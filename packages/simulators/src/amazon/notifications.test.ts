import { describe, expect, it } from 'vitest';
import { createTestAccount, MARKETPLACE, SELLER } from '../../test/amazon-fixture.ts';
import type { Answer, TestAccount } from '../../test/amazon-fixture.ts';
import type { AmazonNotificationDelivery } from './options.ts';

const BASE = '/notifications/v1';
const QUEUE = { sqs: { arn: 'arn:aws:sqs:us-east-2:444455556666:queue1' } };
const BUS = { eventBridge: { accountId: '444455556666', region: 'us-east-2' } };

const createDestination = (account: TestAccount, resourceSpecification: unknown = QUEUE): Promise<Answer> =>
  account.grantless({ method: 'POST', path: `${BASE}/destinations`, body: { name: 'ours', resourceSpecification } });

/** Subscribes to a type, with a destination of its own. */
async function subscribe(account: TestAccount, type: string, processingDirective?: unknown): Promise<Answer> {
  const known = (await account.grantless({ path: `${BASE}/destinations` })).body.payload.map((each: Answer['body']) => [Object.keys(each.resource)[0], each.destinationId]);
  const kind = type.startsWith('LISTINGS_') ? 'eventBridge' : 'sqs';
  const destinationId = new Map<string, string>(known).get(kind) ?? (await createDestination(account, kind === 'sqs' ? QUEUE : BUS)).body.payload.destinationId;
  const payloadVersion = type === 'FEED_PROCESSING_FINISHED' ? '2020-09-04' : '1.0';
  return account.call({ method: 'POST', path: `${BASE}/subscriptions/${type}`, body: { payloadVersion, destinationId, processingDirective } });
}

/** Everything that is in the queue once all is quiet. */
async function drain(account: TestAccount): Promise<readonly Answer['body'][]> {
  await account.settle();
  const { queue } = account.simulator;
  const bodies: Answer['body'][] = [];
  for (let batch = queue.receive({ max: 10 }); batch.length > 0; batch = queue.receive({ max: 10 })) {
    for (const { body, receiptHandle } of batch) {
      bodies.push(JSON.parse(body));
      queue.delete(receiptHandle);
    }
  }
  return bodies;
}

const statusOf = (message: Answer['body']): unknown => message.Payload.OrderChangeNotification.Summary.OrderStatus;

describe('a subscription to ORDER_CHANGE', () => {
  it('tells of every change of an order, as it was then', async () => {
    const account = createTestAccount({ orderPendingMs: () => 60_000 });
    await subscribe(account, 'ORDER_CHANGE');
    const orderId = account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    await account.settle();
    account.simulator.shipOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }] });
    account.simulator.cancelOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }] });
    account.simulator.shipOrder(orderId);

    const messages = await drain(account);

    expect(messages.map(statusOf)).toEqual(['Pending', 'Unshipped', 'PartiallyShipped', 'PartiallyShipped', 'Shipped']);
    expect(messages[3]).toMatchObject({
      NotificationType: 'ORDER_CHANGE', PayloadVersion: '1.0',
      Payload: { OrderChangeNotification: {
        SellerId: SELLER, AmazonOrderId: orderId, OrderChangeType: 'BuyerRequestedChange',
        Summary: { MarketplaceId: MARKETPLACE, FulfillmentType: 'MFN', NumberOfItemsShipped: 1, NumberOfItemsUnshipped: 2, OrderItems: [{ SellerSKU: 'A', Quantity: 4, QuantityShipped: 1, IsBuyerRequestedCancel: true }] },
      } },
    });
    expect(new Set(messages.map(({ NotificationMetadata }) => NotificationMetadata.NotificationId)).size).toBe(5);
  });

  it('passes only the changes that its filter names', async () => {
    const account = createTestAccount();
    await subscribe(account, 'ORDER_CHANGE', { eventFilter: { eventFilterType: 'ORDER_CHANGE', orderChangeTypes: ['BuyerRequestedChange'] } });
    const orderId = account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    account.simulator.cancelOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }] });

    expect((await drain(account)).map(statusOf)).toEqual(['Unshipped']);
  });
});

describe('a subscription to LISTINGS_ITEM_MFN_QUANTITY_CHANGE', () => {
  it('comes over the bus, also for what the seller wrote, and without a store', async () => {
    const account = createTestAccount();
    await subscribe(account, 'LISTINGS_ITEM_MFN_QUANTITY_CHANGE');
    await account.patch('A', 7);
    await account.patch('A', 7);
    account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 2 }] });

    const messages = await drain(account);

    expect(messages.map(({ detail }) => detail.Payload)).toEqual([7, 5].map((Quantity) => ({ SellerId: SELLER, FulfillmentChannelCode: 'DEFAULT', Sku: 'A', Quantity })));
    expect(messages[0]).toMatchObject({ 'detail-type': 'LISTINGS_ITEM_MFN_QUANTITY_CHANGE', 'source': expect.stringMatching(/^aws\.partner\/sellingpartnerapi\.amazon\.com\/444455556666\//) });
  });

  it('cannot lead to a queue by itself', async () => {
    const account = createTestAccount();
    const { body } = await createDestination(account);
    const answer = await account.call({ method: 'POST', path: `${BASE}/subscriptions/LISTINGS_ITEM_MFN_QUANTITY_CHANGE`, body: { payloadVersion: '1.0', destinationId: body.payload.destinationId } });

    expect(answer.status).toBe(400);
  });
});

describe('a notification', () => {
  it('can be lost, doubled or late, and is written at its event', async () => {
    const seen: AmazonNotificationDelivery[] = [];
    const faults = ['lose', 'duplicate', { delayMs: 60_000 }, 'deliver'] as const;
    const account = createTestAccount({
      notificationDelayMs: () => 1000,
      notificationFaults: (notification) => faults[seen.push(notification) - 1] ?? 'deliver',
    });
    await subscribe(account, 'ORDER_CHANGE');
    const orderId = account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    for (const quantity of [1, 1, 2]) account.simulator.shipOrder(orderId, { lines: [{ sku: 'A', quantity }] });

    account.clock.ms += 999;
    expect(account.simulator.queue.size()).toBe(0);
    account.clock.ms += 1;
    expect(account.simulator.queue.size()).toBe(3);
    const messages = await drain(account);

    expect(messages.map((message) => message.Payload.OrderChangeNotification.Summary.NumberOfItemsShipped)).toEqual([1, 1, 4, 2]);
    expect(messages[0].NotificationMetadata).toEqual(messages[1].NotificationMetadata);
    expect(seen.map(({ subject, notificationType }) => [subject, notificationType])).toEqual(Array.from({ length: 4 }, () => [orderId, 'ORDER_CHANGE']));
  });

  it('comes back where it is not deleted, as the clock says', async () => {
    const account = createTestAccount();
    await subscribe(account, 'ORDER_CHANGE');
    account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }] });
    account.clock.ms += 500;
    expect(account.simulator.queue.receive({ max: 10 })).toHaveLength(1);

    expect(account.simulator.nextDueAtMs()).toBe(account.clock.ms + 30_000);
    await account.settle();

    expect(account.simulator.queue.receive({ max: 10 })).toHaveLength(1);
  });

  it('is not sent any more once nobody subscribes', async () => {
    const account = createTestAccount();
    const { body } = await subscribe(account, 'ORDER_CHANGE');
    account.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }] });

    await account.grantless({ method: 'DELETE', path: `${BASE}/subscriptions/ORDER_CHANGE/${body.payload.subscriptionId}` });

    expect(await drain(account)).toEqual([]);
  });
});

describe('destinations and subscriptions', () => {
  it('are made, read and taken away', async () => {
    const account = createTestAccount();
    const { destinationId } = (await createDestination(account)).body.payload;
    const destination = { destinationId, name: 'ours', resource: QUEUE };
    const path = `${BASE}/destinations/${destinationId}`;

    expect((await account.grantless({ path })).body).toEqual({ payload: destination });
    expect((await account.grantless({ path: `${BASE}/destinations` })).body).toEqual({ payload: [destination] });
    const { body } = await subscribe(account, 'ORDER_CHANGE');
    expect(body.payload).toEqual({ subscriptionId: expect.any(String), payloadVersion: '1.0', destinationId });
    const one = `${BASE}/subscriptions/ORDER_CHANGE/${body.payload.subscriptionId}`;
    expect((await account.call({ path: `${BASE}/subscriptions/ORDER_CHANGE` })).body).toEqual(body);
    expect((await account.grantless({ path: one })).body).toEqual(body);
    expect((await account.call({ path: `${BASE}/subscriptions`, query: { notificationTypes: 'ORDER_CHANGE' } })).body).toEqual({ payload: { subscriptions: [body.payload] } });

    expect((await account.grantless({ method: 'DELETE', path })).status).toBe(409);
    account.clock.ms += 10_000;
    expect((await account.grantless({ method: 'DELETE', path: one })).body).toEqual({});
    expect((await account.grantless({ method: 'DELETE', path })).body).toEqual({});
    expect((await account.grantless({ path })).status).toBe(404);
    expect((await account.call({ path: `${BASE}/subscriptions/ORDER_CHANGE` })).status).toBe(404);
  });

  it('are refused where they make no sense or are there already', async () => {
    const account = createTestAccount({ usagePlans: 'unlimited' });
    await subscribe(account, 'ORDER_CHANGE');

    expect((await createDestination(account)).status).toBe(409);
    expect((await createDestination(account, { ...QUEUE, ...BUS })).status).toBe(400);
    expect((await createDestination(account, { sqs: { arn: 'queue1' } })).status).toBe(400);
    expect((await subscribe(account, 'ORDER_CHANGE')).status).toBe(409);
    expect((await subscribe(account, 'PRICING_HEALTH')).status).toBe(400);
    expect((await subscribe(account, 'FBA_INVENTORY_AVAILABILITY_CHANGES', { filterExpression: 'SKU == "F"' })).status).toBe(400);
    expect((await subscribe(account, 'FBA_INVENTORY_AVAILABILITY_CHANGES', { eventFilter: { eventFilterType: 'ORDER_CHANGE' } })).status).toBe(400);
    expect((await account.call({ method: 'POST', path: `${BASE}/subscriptions/FEED_PROCESSING_FINISHED`, body: { payloadVersion: '1.0', destinationId: 'x' } })).status).toBe(400);
  });
});
