import { describe, expect, it } from 'vitest';
import { createTestShop, EAST, ORDERS, STORE, WEST } from '../../test/shopify-fixture.ts';
import type { TestShop } from '../../test/shopify-fixture.ts';

/** A shop with so much of A in East, West and the store that does not serve online orders. */
async function stocked(east: number, west: number, store = 0): Promise<TestShop> {
  const shop = createTestShop();
  await shop.set('stock', { sku: 'A', at: EAST, to: east, from: null }, { sku: 'A', at: WEST, to: west, from: null }, { sku: 'A', at: STORE, to: store, from: null });
  return shop;
}

const figures = (shop: TestShop, at: number): string => {
  const level = shop.simulator.level('A', at);
  return `${String(level?.available)} available, ${String(level?.committed)} committed, ${String(level?.onHand)} on hand`;
};

describe('placeOrder', () => {
  it('takes stock from the first location that has all of it', async () => {
    const shop = await stocked(2, 5);

    const result = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 3 }] });

    expect(result.lines).toEqual([{ sku: 'A', accepted: 3, refused: 0 }]);
    expect(figures(shop, EAST)).toBe('2 available, 0 committed, 2 on hand');
    expect(figures(shop, WEST)).toBe('2 available, 3 committed, 5 on hand');
  });

  it('does not split what one location has to the last unit', async () => {
    const shop = await stocked(2, 3);

    shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 3 }] });

    expect(figures(shop, EAST)).toBe('2 available, 0 committed, 2 on hand');
    expect(figures(shop, WEST)).toBe('0 available, 3 committed, 3 on hand');
  });

  it('splits over the locations where none has all of it, with one fulfillment order each', async () => {
    const shop = await stocked(2, 5);

    const { orderId } = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 6 }] });

    const { body } = await shop.call(ORDERS, { first: 5 });
    const [order] = body.data.orders.nodes;
    expect(order.id).toBe(orderId);
    expect(order.fulfillmentOrders.nodes.map((each: { assignedLocation: { location: { id: string } }; lineItems: { nodes: { remainingQuantity: number }[] } }) => [
      each.assignedLocation.location.id, each.lineItems.nodes[0]?.remainingQuantity,
    ])).toEqual([[`gid://shopify/Location/${String(EAST)}`, 2], [`gid://shopify/Location/${String(WEST)}`, 4]]);
    expect(figures(shop, EAST)).toBe('0 available, 2 committed, 2 on hand');
  });

  it('counts only active levels of locations that serve online orders, and lets lines of one sku add up', async () => {
    const shop = await stocked(2, 3, 100);

    const result = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }, { sku: 'A', quantity: 2 }, { sku: 'A', quantity: 1 }] });

    expect(result.lines).toEqual([
      { sku: 'A', accepted: 4, refused: 0 }, { sku: 'A', accepted: 0, refused: 2, reason: 'soldOut' }, { sku: 'A', accepted: 1, refused: 0 },
    ]);
    expect(figures(shop, STORE)).toBe('100 available, 0 committed, 100 on hand');
  });

  it('takes what there is where the customer accepts a part', async () => {
    const shop = await stocked(2, 3);

    const result = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 9 }], allowPartial: true });

    expect(result.lines).toEqual([{ sku: 'A', accepted: 5, refused: 4, reason: 'soldOut' }]);
    expect(shop.simulator.orders()[0]?.lines[0]).toMatchObject({ quantity: 5, unfulfilledQuantity: 5 });
  });

  it('creates nothing where no line was accepted', async () => {
    const shop = createTestShop();

    const result = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }], allowPartial: true });

    expect(result).toEqual({ lines: [{ sku: 'A', accepted: 0, refused: 1, reason: 'soldOut' }] });
    expect(shop.simulator.orders()).toEqual([]);
    expect(shop.simulator.nextDueAtMs()).toBeUndefined();
  });

  it('sells below zero under CONTINUE, and never counts what is not tracked', () => {
    const shop = createTestShop();

    const result = shop.simulator.placeOrder({ lines: [{ sku: 'C', quantity: 3 }, { sku: 'U', quantity: 40 }], id: 777 });

    expect(result.orderId).toBe('gid://shopify/Order/777');
    expect(shop.simulator.level('C', EAST)).toMatchObject({ available: -3, committed: 3, onHand: 0 });
    expect(shop.simulator.level('U', EAST)).toMatchObject({ available: 0, committed: 0 });
    expect(() => shop.simulator.placeOrder({ lines: [{ sku: 'C', quantity: 1 }], id: 777 })).toThrow('already has an order 777');
    expect(() => shop.simulator.placeOrder({ lines: [{ sku: 'Z', quantity: 1 }] })).toThrow('no product with the sku "Z"');
    expect(() => shop.simulator.placeOrder({ lines: [{ sku: 'C', quantity: 0.5 }] })).toThrow('whole number of at least 1');
  });
});

describe('what becomes of an order', () => {
  it('tells of every change of available, and what made it', async () => {
    const changes: string[] = [];
    const shop = createTestShop({ onLevelChange: ({ sku, locationId, available, cause }) => changes.push(`${sku} ${locationId === EAST ? 'east' : 'west'} ${String(available)} ${cause}`) });
    await shop.set('stock', { sku: 'A', at: EAST, to: 5, from: null });
    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 3 }] }).orderId ?? '';
    shop.simulator.cancelOrder(orderId);
    shop.simulator.editLevel('A', EAST, 9);
    expect(changes).toEqual(['A east 5 write', 'A east 2 order', 'A east 5 order', 'A east 9 edit']);
  });

  it('sends: committed and on hand fall, available stays', async () => {
    const shop = await stocked(5, 0);
    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 3 }] }).orderId ?? '';

    shop.simulator.fulfilOrder(orderId, [{ sku: 'A', quantity: 1 }]);

    expect(figures(shop, EAST)).toBe('2 available, 2 committed, 4 on hand');
    expect(shop.simulator.orders()[0]?.lines[0]).toMatchObject({ quantity: 3, currentQuantity: 3, unfulfilledQuantity: 2, fulfilled: 1 });
    expect((await shop.call(ORDERS, { first: 1 })).body.data.orders.nodes[0].displayFulfillmentStatus).toBe('PARTIALLY_FULFILLED');
    shop.simulator.fulfilOrder(orderId);
    expect(() => {
      shop.simulator.fulfilOrder(orderId);
    }).toThrow('nothing left to send');
  });

  it('cancels the unsent part and puts it back on sale', async () => {
    const shop = await stocked(5, 0);
    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    shop.simulator.fulfilOrder(orderId, [{ sku: 'A', quantity: 1 }]);

    shop.simulator.cancelOrder(orderId);

    const { body } = await shop.call(ORDERS, { first: 1 });
    const [order] = body.data.orders.nodes;
    expect(figures(shop, EAST)).toBe('4 available, 0 committed, 4 on hand');
    expect(order.cancelledAt).toBe(order.updatedAt);
    expect(order.lineItems.nodes[0]).toMatchObject({ quantity: 4, currentQuantity: 1, unfulfilledQuantity: 0, nonFulfillableQuantity: 3 });
    expect(order.refunds[0].refundLineItems.nodes).toMatchObject([{ quantity: 3, restockType: 'CANCEL', restocked: true, location: { id: `gid://shopify/Location/${String(EAST)}` } }]);
    expect(() => {
      shop.simulator.cancelOrder(orderId);
    }).toThrow('already cancelled');
  });

  it('cancels some units of an order that stays open', async () => {
    const shop = await stocked(5, 0);
    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';

    shop.simulator.cancelOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }, { sku: 'A', quantity: 2 }] });

    expect(figures(shop, EAST)).toBe('4 available, 1 committed, 5 on hand');
    expect(shop.simulator.orders()[0]).toMatchObject({ cancelledAt: undefined, lines: [{ cancelled: 3, unfulfilledQuantity: 1 }] });
    expect(() => {
      shop.simulator.cancelOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }, { sku: 'A', quantity: 1 }] });
    }).toThrow('has 0 of sku A not yet sent; 1 were asked for');
    expect(figures(shop, EAST)).toBe('4 available, 1 committed, 5 on hand');
  });

  it('takes sent units back to where they came from, on sale or not', async () => {
    const shop = await stocked(2, 5);
    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    shop.simulator.fulfilOrder(orderId);

    shop.simulator.refundOrder(orderId, { lines: [{ sku: 'A', quantity: 1 }], restock: true });
    shop.simulator.refundOrder(orderId, { lines: [{ sku: 'A', quantity: 2 }], restock: false });

    const { body } = await shop.call(ORDERS, { first: 1 });
    const [order] = body.data.orders.nodes;
    expect(figures(shop, WEST)).toBe('2 available, 0 committed, 2 on hand');
    expect(order.refunds.map((refund: { refundLineItems: { nodes: { restockType: string; location: unknown }[] } }) => refund.refundLineItems.nodes[0]))
      .toMatchObject([{ restockType: 'RETURN', quantity: 1 }, { restockType: 'NO_RESTOCK', quantity: 2, location: null }]);
    expect(order.lineItems.nodes[0]).toMatchObject({ quantity: 4, currentQuantity: 1, unfulfilledQuantity: 0 });
    expect(order.displayFinancialStatus).toBe('PARTIALLY_REFUNDED');
  });

  it('lists a line twice in one refund that takes back sent units and cancels others', async () => {
    const shop = await stocked(5, 0);
    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    shop.simulator.fulfilOrder(orderId, [{ sku: 'A', quantity: 1 }]);

    shop.simulator.refundOrder(orderId, { lines: [{ sku: 'A', quantity: 3 }], restock: true });

    const { body } = await shop.call(ORDERS, { first: 1 });
    expect(body.data.orders.nodes[0].refunds[0].refundLineItems.nodes).toMatchObject([{ restockType: 'RETURN', quantity: 1 }, { restockType: 'CANCEL', quantity: 2 }]);
    expect(figures(shop, EAST)).toBe('4 available, 1 committed, 5 on hand');
  });
});

describe('the time of change of an order', () => {
  it('differs for every state, in whole seconds, also when all happens in one', async () => {
    const shop = await stocked(5, 0);
    shop.clock.ms += 300;
    const orderId = shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 4 }] }).orderId ?? '';
    const times = [shop.simulator.orders()[0]?.updatedAt];

    shop.simulator.fulfilOrder(orderId, [{ sku: 'A', quantity: 1 }]);
    times.push(shop.simulator.orders()[0]?.updatedAt);
    shop.simulator.cancelOrder(orderId);
    times.push(shop.simulator.orders()[0]?.updatedAt);

    expect(times).toEqual(['2026-11-23T10:00:00Z', '2026-11-23T10:00:01Z', '2026-11-23T10:00:02Z']);
  });

  it('is what orders are found and paged by', async () => {
    const shop = await stocked(50, 0);
    const ids = [1, 2, 3, 4].map((id) => {
      shop.clock.ms += 10_000;
      return shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 1 }], id }).orderId ?? '';
    });
    shop.clock.ms += 10_000;
    shop.simulator.fulfilOrder(ids[0] ?? '');

    const page = await shop.call(ORDERS, { first: 2, q: "updated_at:>='2026-11-23T10:00:20Z'" });
    const rest = await shop.call(ORDERS, { first: 2, q: "updated_at:>='2026-11-23T10:00:20Z'", after: page.body.data.orders.pageInfo.endCursor });

    const idsOf = (answer: typeof page): string[] => answer.body.data.orders.nodes.map((order: { id: string }) => order.id);
    expect(idsOf(page)).toEqual([ids[1], ids[2]]);
    expect(page.body.data.orders.pageInfo.hasNextPage).toBe(true);
    expect(idsOf(rest)).toEqual([ids[3], ids[0]]);
    expect(rest.body.data.orders.pageInfo.hasNextPage).toBe(false);
    const byId = await shop.call('query Q($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { id updatedAt } } }', { ids: [ids[0], 'gid://shopify/Order/5'] });
    expect(byId.body.data.nodes).toEqual([{ __typename: 'Order', id: ids[0], updatedAt: '2026-11-23T10:00:50Z' }, null]);
  });
});
