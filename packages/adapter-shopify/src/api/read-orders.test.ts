import { describe, expect, it } from 'vitest';
import { fakeShop, ITEM, partPage, PLACE, wholePage } from '../../test/fake-shop.ts';

const ORDER = (number: number): string => `gid://shopify/Order/${String(number)}`;
const at = (location: number | null, status = 'OPEN') => ({
  status,
  assignedLocation: { location: location === null ? null : { id: PLACE(location) } },
});
const line = (id: string, item: number | null, more: Record<string, unknown> = {}) => ({
  id,
  sku: 'whatever',
  quantity: 2,
  currentQuantity: 2,
  unfulfilledQuantity: 2,
  nonFulfillableQuantity: 0,
  variant: item === null ? null : { inventoryItem: { id: ITEM(item) } },
  ...more,
});
const order = (number: number, more: Record<string, unknown> = {}) => ({
  id: ORDER(number),
  createdAt: '2026-11-23T09:00:00Z',
  updatedAt: '2026-11-23T09:59:30Z',
  lineItems: wholePage(line('l-1', 1)),
  fulfillmentOrders: wholePage(at(1)),
  ...more,
});
const updatedAt = '2026-11-23T09:59:30Z';

describe('readOrders by id', () => {
  it('reads orders as states, routed where all of an order ships from one place', async () => {
    const { channel, context, settle, requests } = fakeShop({
      OrdersById: () => ({ nodes: [order(1, { lineItems: wholePage(line('l-1', 1, { unfulfilledQuantity: 1 }), line('l-2', 1)) }), null, {}] }),
    });

    const page = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1), ORDER(2), PLACE(1)] }, undefined, context));

    expect(page).toEqual({
      items: [
        {
          kind: 'order',
          channel: 'shop',
          orderId: ORDER(1),
          revision: '2026-11-23T09:59:30.000Z',
          placedAt: '2026-11-23T09:00:00.000Z',
          lines: [
            { id: 'l-1', sku: 'A', location: 'W1', ordered: '2', fulfilled: '1', cancelled: '0', returned: '0' },
            { id: 'l-2', sku: 'A', location: 'W1', ordered: '2', fulfilled: '0', cancelled: '0', returned: '0' },
          ],
        },
      ],
      unmapped: [],
    });
    expect(requests).toHaveLength(1);
  });

  it('reads a long list of ids in pages', async () => {
    const { channel, context, settle, requests } = fakeShop({
      OrdersById: ({ variables }) => ({ nodes: (variables['ids'] as string[]).map((id) => ({ ...order(0), id })) }),
    });
    const request = { scope: 'ids', orderIds: Array.from({ length: 123 }, (_none, number) => ORDER(number)) } as const;

    const ids: string[] = [];
    for (let page: string | undefined = '0'; page !== undefined; ) {
      const next: Awaited<ReturnType<typeof channel.readOrders>> = await settle(channel.readOrders(request, page, context));
      ids.push(...next.items.map(({ orderId }) => orderId));
      page = next.next;
    }

    expect(ids).toEqual(request.orderIds);
    expect(requests).toHaveLength(3);
  });

  it('reads every line of an order of 593', async () => {
    const lines = Array.from({ length: 593 }, (_none, number) => line(`l-${String(number)}`, 1));
    const { channel, context, settle, requests } = fakeShop({
      OrdersById: () => ({ nodes: [order(1, { lineItems: partPage('25', ...lines.slice(0, 25)) })] }),
      OrderLines: ({ variables }) => {
        const start = Number(variables['after']);
        const rows = lines.slice(start, start + 250);
        const end = start + rows.length;
        return { order: { updatedAt, lineItems: end < lines.length ? partPage(String(end), ...rows) : wholePage(...rows) } };
      },
    });

    const page = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context));

    expect(page.items[0]?.lines.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
    expect(requests).toHaveLength(4);
  });

  it('starts again with an order that changes while it is read', async () => {
    const versions = ['2026-11-23T09:59:30Z', '2026-11-23T09:59:31Z'];
    let reads = -1;
    const { channel, context, settle } = fakeShop({
      OrdersById: () => {
        reads += 1;
        return { nodes: [order(1, { updatedAt: versions[reads], lineItems: partPage('1', line('l-1', 1, { quantity: 2 + reads, currentQuantity: 2 + reads })) })] };
      },
      OrderLines: () => ({ order: { updatedAt: versions[1], lineItems: wholePage(line('l-2', 2)) } }),
    });

    const { items } = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context));

    expect(items).toMatchObject([{ revision: '2026-11-23T09:59:31.000Z', lines: [{ ordered: '3' }, { ordered: '2' }] }]);
    expect(context.warnings).toEqual([]);
  });

  it('takes an order that never stands still under its oldest revision', async () => {
    let second = 10;
    const { channel, context, settle } = fakeShop({
      OrdersById: () => ({ nodes: [order(1, { updatedAt: `2026-11-23T09:59:${String((second += 1))}Z`, lineItems: partPage('1', line('l-1', 1)) })] }),
      OrderLines: () => ({ order: { updatedAt: `2026-11-23T09:59:${String((second += 1))}Z`, lineItems: wholePage(line('l-2', 2)) } }),
    });

    const { items } = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context));

    expect(items).toMatchObject([{ revision: '2026-11-23T09:59:15.000Z' }]);
    expect(context.warnings).toHaveLength(1);
  });

  it('leaves out an order that disappears while it is read', async () => {
    let reads = 0;
    const { channel, context, settle } = fakeShop({
      OrdersById: () => ({ nodes: [(reads += 1) === 1 ? order(1, { lineItems: partPage('1', line('l-1', 1)) }) : null] }),
      OrderLines: () => ({ order: null }),
    });

    expect(await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context))).toEqual({ items: [], unmapped: [] });
  });

  it('reads refunds where units were taken back, all pages of each', async () => {
    const refundLine = (quantity: number, restockType: string, id = 'l-1') => ({ quantity, restockType, lineItem: { id } });
    const { channel, context, settle, requests } = fakeShop({
      OrdersById: () => ({
        nodes: [order(1, { lineItems: wholePage(line('l-1', 1, { quantity: 5, currentQuantity: 2, unfulfilledQuantity: 1, nonFulfillableQuantity: 1 })) })],
      }),
      OrderRefunds: () => ({
        order: { updatedAt, refunds: [{ id: 'r-1', refundLineItems: partPage('1', refundLine(1, 'CANCEL')) }, { id: 'r-2', refundLineItems: wholePage() }] },
      }),
      RefundLines: () => ({ nodes: [{ refundLineItems: wholePage(refundLine(2, 'RETURN')) }] }),
    });

    const { items } = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context));

    expect(items[0]?.lines).toMatchObject([{ ordered: '5', fulfilled: '3', cancelled: '1', returned: '2' }]);
    expect(requests.map(({ name }) => name)).toEqual(['OrdersById', 'OrderRefunds', 'RefundLines']);
  });

  it('asks again for the refunds of an order with many', async () => {
    const refunds = Array.from({ length: 30 }, (_none, number) => ({
      id: `r-${String(number)}`,
      refundLineItems: wholePage({ quantity: 1, restockType: 'RETURN', lineItem: { id: 'l-1' } }),
    }));
    const { channel, context, settle } = fakeShop({
      OrdersById: () => ({ nodes: [order(1, { lineItems: wholePage(line('l-1', 1, { quantity: 40, currentQuantity: 10, unfulfilledQuantity: 0 })) })] }),
      OrderRefunds: ({ variables }) => ({ order: { updatedAt, refunds: refunds.slice(0, Number(variables['refunds'])) } }),
    });

    const { items } = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context));

    expect(items[0]?.lines).toMatchObject([{ ordered: '40', fulfilled: '40', returned: '30' }]);
  });

  it('routes each line of a split order that sits wholly at one place', async () => {
    const holding = (location: number, status: string, ...lines: readonly (readonly [string, number])[]) => ({
      id: `fo-${String(location)}-${status}`,
      ...at(location, status),
      lineItems: wholePage(...lines.map(([id, totalQuantity]) => ({ totalQuantity, lineItem: { id } }))),
    });
    const { channel, context, settle } = fakeShop({
      OrdersById: () => ({
        nodes: [
          order(1, {
            lineItems: wholePage(line('l-1', 1), line('l-2', 2), line('l-3', 1), line('l-4', 1)),
            fulfillmentOrders: wholePage(at(1), at(2), at(1, 'CANCELLED')),
          }),
        ],
      }),
      OrderFulfillment: ({ variables }) => ({
        order: {
          updatedAt,
          fulfillmentOrders:
            variables['after'] === null
              ? partPage('1', holding(1, 'OPEN', ['l-1', 2], ['l-3', 1], ['l-2', 0]))
              : wholePage(holding(2, 'CLOSED', ['l-2', 2], ['l-3', 1]), holding(1, 'CANCELLED', ['l-2', 2])),
        },
      }),
    });

    const { items } = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context));

    expect(items[0]?.lines.map(({ id, location }) => [id, location])).toEqual([
      ['l-1', 'W1'],
      ['l-2', 'W2'],
      ['l-3', undefined],
      ['l-4', undefined],
    ]);
  });

  it('reports what nobody mapped once a page, and leaves it out', async () => {
    const { channel, context, settle } = fakeShop({
      OrdersById: () => ({
        nodes: [
          order(1, {
            lineItems: wholePage(line('l-1', 1), line('l-2', 77), line('l-3', 77), line('gone', null), line('typed-in', null, { sku: null })),
            fulfillmentOrders: wholePage(at(9)),
          }),
        ],
      }),
    });

    const page = await settle(channel.readOrders({ scope: 'ids', orderIds: [ORDER(1)] }, undefined, context));

    expect(page.items[0]?.lines.map(({ id, location }) => [id, location])).toEqual([['l-1', undefined]]);
    expect(page.unmapped).toEqual([PLACE(9), ITEM(77), 'gone']);
  });

  it('says UNAVAILABLE where Shopify fails inside an answer, and MALFORMED_RESPONSE where a field is missing', async () => {
    const broken = fakeShop({ OrdersById: () => Response.json({ errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }) });
    const changed = fakeShop({ OrdersById: () => ({ nodes: [{ ...order(1), updatedAt: undefined }] }) });
    const request = { scope: 'ids', orderIds: [ORDER(1)] } as const;

    await expect(broken.settle(broken.channel.readOrders(request, undefined, broken.context))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(changed.settle(changed.channel.readOrders(request, undefined, changed.context))).rejects.toMatchObject({
      code: 'MALFORMED_RESPONSE',
      details: { requestId: 'r-1' },
    });
  });
});

describe('readOrders that changed', () => {
  it('reads from a moment on, oldest change first, and says where to go on', async () => {
    const { channel, context, settle, requests } = fakeShop({
      OrdersChanged: ({ variables }) => ({
        orders: variables['after'] === null ? partPage('more', order(1)) : wholePage(order(2, { updatedAt: '2026-11-23T09:59:40Z' })),
      }),
    });
    const request = { scope: 'changed', since: '2026-11-23T09:50:00.500Z' } as const;

    const first = await settle(channel.readOrders(request, undefined, context));
    const last = await settle(channel.readOrders(request, first.next, context));

    expect([...first.items, ...last.items].map(({ orderId }) => orderId)).toEqual([ORDER(1), ORDER(2)]);
    expect(first.resumeFrom).toBeUndefined();
    expect(last).toMatchObject({ resumeFrom: '2026-11-23T09:58:40.000Z' });
    expect(last.next).toBeUndefined();
    expect(requests.map(({ variables }) => variables)).toEqual([
      { after: null, first: 50, query: "updated_at:>='2026-11-23T09:50:00Z'" },
      { after: 'more', first: 50, query: "updated_at:>='2026-11-23T09:50:00Z'" },
    ]);
  });

  it('reads all orders without a moment', async () => {
    const { channel, context, settle, requests } = fakeShop({ OrdersChanged: () => ({ orders: wholePage() }) });

    const page = await settle(channel.readOrders({ scope: 'changed', since: undefined }, undefined, context));

    expect(page).toEqual({ items: [], unmapped: [] });
    expect(requests[0]?.variables['query']).toBeNull();
  });
});
