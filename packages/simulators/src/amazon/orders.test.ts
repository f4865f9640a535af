import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestAccount, START_MS } from '../../test/amazon-fixture.ts';
import type { Answer, TestAccount } from '../../test/amazon-fixture.ts';
import type { AmazonOrderLineState } from './host-shapes.ts';

const ORDERS = '/orders/2026-01-01/orders';
const at = (ms: number): string => new Date(ms).toISOString();
const place = (account: TestAccount, quantity: number, sku = 'A'): string => account.simulator.placeOrder({ lines: [{ sku, quantity }] }).orderId ?? '';
const search = (account: TestAccount, query: Readonly<Record<string, string | number>>): Promise<Answer> => account.call({ path: ORDERS, query });
const idsOf = ({ body }: Answer): readonly string[] => body.orders.map(({ orderId }: { orderId: string }) => orderId);
const read = async (account: TestAccount, orderId: string): Promise<Answer['body']> =>
  (await account.call({ path: `${ORDERS}/${orderId}`, query: { includedData: 'FULFILLMENT,CANCELLATION,PACKAGES' } })).body.order;

type Deed = { readonly kind: 'place' | 'ship' | 'cancel'; readonly pick: number; readonly quantity: number; readonly restocks: boolean };
const deeds = fc.array(fc.record({
  kind: fc.constantFrom<Deed['kind']>('place', 'place', 'ship', 'cancel'), pick: fc.nat(5), quantity: fc.integer({ min: 1, max: 4 }), restocks: fc.boolean(),
}), { maxLength: 30 });

describe('orders', () => {
  it('keep every unit: offered, ordered, sent, cancelled', async () => {
    await fc.assert(fc.asyncProperty(deeds, async (steps) => {
      const account = createTestAccount({ usagePlans: 'unlimited', orderPendingMs: () => 1000 });
      const { simulator } = account;
      let lost = 0;
      for (const step of steps) {
        account.clock.ms += 700;
        const order = simulator.orders()[step.pick % Math.max(1, simulator.orders().length)];
        const open = order?.lines.reduce((sum, line) => sum + line.unfulfilledQuantity, 0) ?? 0;
        if (step.kind === 'place') place(account, step.quantity);
        else if (order !== undefined && open >= step.quantity && !(step.kind === 'ship' && order.status === 'PENDING')) {
          const lines = [{ sku: 'A', quantity: step.quantity }];
          if (step.kind === 'ship') simulator.shipOrder(order.orderId, { lines });
          else {
            simulator.cancelOrder(order.orderId, { lines, reason: step.restocks ? 'CustomerCancel' : 'NoInventory' });
            lost += step.restocks ? 0 : step.quantity;
          }
        }
        for (const { lines } of simulator.orders()) {
          expect(lines.every((line) => line.quantity === line.cancelled + line.shipped + line.unfulfilledQuantity && line.unfulfilledQuantity >= 0)).toBe(true);
        }
      }
      const count = (units: (line: AmazonOrderLineState) => number): number => simulator.orders().flatMap(({ lines }) => lines).reduce((sum, line) => sum + units(line), 0);

      expect(simulator.listing('A')?.effective).toBe(10 - count(({ quantity }) => quantity) + count(({ cancelled }) => cancelled) - lost);
      // What the API says of an order is what the host sees of it.
      for (const state of simulator.orders()) {
        const order = await read(account, state.orderId);
        expect(order.fulfillment.fulfillmentStatus).toBe(state.status);
        expect(order.orderItems.map((item: Answer['body']) => [item.quantityOrdered, item.fulfillment.quantityFulfilled, item.fulfillment.quantityUnfulfilled]))
          .toEqual(state.lines.map((line) => [line.quantity, line.shipped, line.unfulfilledQuantity]));
      }
    }), { numRuns: 60 });
  });

  it('are accepted line by line, whole or not at all', () => {
    const { simulator } = createTestAccount();

    const result = simulator.placeOrder({ lines: [{ sku: 'A', quantity: 6 }, { sku: 'A', quantity: 5 }, { sku: 'A', quantity: 4 }, { sku: 'B', quantity: 1 }] });

    expect(result).toEqual({ orderId: expect.stringMatching(/^\d{3}-\d{7}-\d{7}$/), lines: [
      { sku: 'A', accepted: 6, refused: 0 }, { sku: 'A', accepted: 0, refused: 5, reason: 'soldOut' }, { sku: 'A', accepted: 4, refused: 0 }, { sku: 'B', accepted: 0, refused: 1, reason: 'soldOut' },
    ] });
    expect(simulator.listing('A')?.effective).toBe(0);
    expect(simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }] })).toEqual({ lines: [{ sku: 'A', accepted: 0, refused: 1, reason: 'soldOut' }] });
    expect(simulator.orders()).toHaveLength(1);
  });

  it('take what there is where that is wanted', () => {
    const { simulator } = createTestAccount();

    expect(simulator.placeOrder({ lines: [{ sku: 'A', quantity: 12 }], allowPartial: true, id: '123-1234567-1234567' }))
      .toEqual({ orderId: '123-1234567-1234567', lines: [{ sku: 'A', accepted: 10, refused: 2, reason: 'soldOut' }] });
  });

  it('refuse what no shopper can do', () => {
    const { simulator } = createTestAccount();

    expect(() => simulator.placeOrder({ lines: [{ sku: 'nothing', quantity: 1 }] })).toThrow('no listing with the sku "nothing"');
    expect(() => simulator.placeOrder({ lines: [{ sku: 'A', quantity: 0 }] })).toThrow('at least 1, not 0');
    expect(() => simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }, { sku: 'F', quantity: 1 }] })).toThrow('two orders');
    expect(() => simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }], id: '7' })).toThrow('111-1111111-1111111');
    expect(simulator.listing('A')?.effective).toBe(10);
  });

  it('go from PENDING to SHIPPED, and take the units at once', async () => {
    const account = createTestAccount({ orderPendingMs: () => 60_000 });
    const orderId = place(account, 3);

    expect((await read(account, orderId)).fulfillment).toEqual({ fulfillmentStatus: 'PENDING', fulfilledBy: 'MERCHANT', fulfillmentServiceLevel: 'STANDARD' });
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 10, effective: 7 });
    expect(() => {
      account.simulator.shipOrder(orderId);
    }).toThrow('is pending');
    account.clock.ms += 60_000;
    expect((await read(account, orderId)).fulfillment.fulfillmentStatus).toBe('UNSHIPPED');
    account.simulator.shipOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }] });
    expect(await read(account, orderId)).toMatchObject({ fulfillment: { fulfillmentStatus: 'PARTIALLY_SHIPPED' }, orderItems: [{ fulfillment: { quantityFulfilled: 1, quantityUnfulfilled: 2 } }] });
    account.simulator.shipOrder(orderId);
    expect(await read(account, orderId)).toMatchObject({ fulfillment: { fulfillmentStatus: 'SHIPPED' }, packages: [{ packageItems: [{ quantity: 3 }] }] });
    expect(() => {
      account.simulator.shipOrder(orderId);
    }).toThrow('nothing left to send');
    expect(account.simulator.listing('A')?.effective).toBe(7);
  });

  it('give units back to the offer when the customer cancels, and not when there is no inventory', async () => {
    const account = createTestAccount();
    const orderId = place(account, 5);

    account.simulator.cancelOrder(orderId, { lines: [{ sku: 'A', quantity: 2 }] });
    account.simulator.cancelOrder(orderId, { by: 'MERCHANT', reason: 'NoInventory' });

    expect(account.shown.map(({ quantity, cause }) => [quantity, cause])).toEqual([[5, 'sale'], [7, 'cancellation']]);
    expect(await read(account, orderId)).toMatchObject({
      fulfillment: { fulfillmentStatus: 'CANCELLED' },
      orderItems: [{ quantityOrdered: 5, fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 0 }, cancellation: { cancellationExecution: { cancelledBy: 'MERCHANT', cancelReason: 'NoInventory' } } }],
    });
    expect(() => {
      account.simulator.cancelOrder(orderId);
    }).toThrow('nothing left to cancel');
  });

  it('stay cancelled when the payment would have been due', async () => {
    const account = createTestAccount({ orderPendingMs: () => 60_000 });
    const orderId = place(account, 5);
    account.simulator.cancelOrder(orderId, { by: 'AMAZON' });
    const before = account.simulator.order(orderId);

    await account.settle();

    expect(account.simulator.order(orderId)).toEqual(before);
    expect(before?.status).toBe('CANCELLED');
  });

  it('show only the parts that are asked for', async () => {
    const account = createTestAccount();
    const orderId = place(account, 1);

    const { body } = await account.call({ path: `${ORDERS}/${orderId}` });

    expect(body.order).toEqual({
      orderId, createdTime: '2026-11-23T10:00:00Z', lastUpdatedTime: '2026-11-23T10:00:00Z', salesChannel: { channelName: 'AMAZON', marketplaceId: 'ATVPDKIKX0DER' },
      orderItems: [{ orderItemId: expect.any(String), quantityOrdered: 1, product: { asin: 'B07N4M94X4', title: 'Item A', sellerSku: 'A' } }],
    });
  });

  it('have another time of change for every state, in whole seconds', () => {
    const account = createTestAccount();
    account.clock.ms += 300;
    const orderId = place(account, 4);
    const times = [account.simulator.order(orderId)?.lastUpdatedAtMs];

    account.simulator.shipOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }] });
    times.push(account.simulator.order(orderId)?.lastUpdatedAtMs);
    account.simulator.cancelOrder(orderId);
    times.push(account.simulator.order(orderId)?.lastUpdatedAtMs);

    expect(times).toEqual([START_MS, START_MS + 1000, START_MS + 2000]);
  });
});

describe('searchOrders', () => {
  it('finds orders from two minutes on, by the time that is asked for', async () => {
    const account = createTestAccount();
    const first = place(account, 1);
    account.clock.ms += 60_000;
    const second = place(account, 1);
    account.clock.ms += 90_000;

    expect(idsOf(await search(account, { createdAfter: at(START_MS) }))).toEqual([first]);
    account.clock.ms += 30_000;
    expect(idsOf(await search(account, { createdAfter: at(START_MS) }))).toEqual([first, second]);
    account.simulator.shipOrder(first);
    account.clock.ms += 120_000;
    const found = await search(account, { lastUpdatedAfter: at(START_MS + 30_000) });
    expect(idsOf(found)).toEqual([second, first]);
    expect(found.body).toEqual({ orders: expect.any(Array), lastUpdatedBefore: new Date(account.clock.ms - 120_000).toISOString().replace('.000', '') });
  });

  it('pages by a token that lives a day and belongs to its question', async () => {
    const account = createTestAccount({ usagePlans: 'unlimited' });
    const ids = [1, 2, 3, 4, 5].map(() => {
      account.clock.ms += 1000;
      return place(account, 1);
    });
    account.clock.ms += 120_000;
    const question = { createdAfter: at(START_MS) };

    const page = await search(account, { ...question, maxResultsPerPage: 2 });
    const paginationToken = page.body.pagination.nextToken;
    // An order that comes meanwhile is not in the result any more.
    place(account, 1);
    account.clock.ms += 180_000;
    const rest = await search(account, { ...question, paginationToken });

    expect([...idsOf(page), ...idsOf(rest)]).toEqual(ids);
    expect(rest.body.pagination).toBeUndefined();
    expect((await search(account, { createdAfter: at(START_MS + 1), paginationToken })).status).toBe(400);
    account.clock.ms += 24 * 3_600_000;
    expect((await search(account, { ...question, paginationToken })).status).toBe(400);
  });

  it('filters by status and by who ships', async () => {
    const account = createTestAccount();
    const [sent, open, theirs] = [place(account, 1), place(account, 1), place(account, 1, 'F')];
    account.simulator.shipOrder(sent);
    account.clock.ms += 180_000;
    const all = { createdAfter: at(START_MS) };

    expect(idsOf(await search(account, { ...all, fulfillmentStatuses: 'SHIPPED' }))).toEqual([sent]);
    expect(idsOf(await search(account, { ...all, fulfilledBy: 'MERCHANT', fulfillmentStatuses: 'PENDING,UNSHIPPED' }))).toEqual([open]);
    expect(idsOf(await search(account, { ...all, fulfilledBy: 'AMAZON' }))).toEqual([theirs]);
    expect(idsOf(await search(account, { ...all, marketplaceIds: 'A1PA6795UKMFR9' }))).toEqual([]);
  });

  it.each([
    ['no time at all', {}],
    ['two kinds of time', { createdAfter: at(START_MS), lastUpdatedAfter: at(START_MS) }],
    ['the end of another kind', { createdAfter: at(START_MS), lastUpdatedBefore: at(START_MS) }],
    ['an end that is too young', { createdAfter: at(START_MS - 300_000), createdBefore: at(START_MS - 119_999) }],
    ['an end before the start', { createdAfter: at(START_MS - 300_000), createdBefore: at(START_MS - 300_001) }],
    ['a time that is none', { createdAfter: 'TEST_CASE_400' }],
    ['a hundred and one on a page', { createdAfter: at(START_MS), maxResultsPerPage: 101 }],
    ['a status of the older interface', { createdAfter: at(START_MS), fulfillmentStatuses: 'Canceled' }],
  ])('refuses %s', async (_name, query) => {
    expect(await search(createTestAccount(), query)).toMatchObject({ status: 400, body: { errors: [{ code: 'InvalidInput' }] } });
  });
});

describe('getOrder', () => {
  it('refuses what is no id, and does not find what is none of ours', async () => {
    const account = createTestAccount();

    expect((await account.call({ path: `${ORDERS}/TEST_CASE_400` })).status).toBe(400);
    expect((await account.call({ path: `${ORDERS}/111-1111111-1111111` })).status).toBe(404);
  });
});
