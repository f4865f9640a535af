import { toConnection } from './connection.ts';
import type { PageArguments, RowKey } from './connection.ts';
import { toGid, toShopTime } from './gid.ts';
import { locationView, variantView } from './inventory-views.ts';
import type { View } from './inventory-views.ts';
import { countersOf, remainingOf } from './orders.ts';
import type { FulfillmentOrder, FulfillmentOrderLine, Order, OrderLine, Refund, RefundLine, Shop } from './shop.ts';

const byId = ({ id }: { readonly id: number }): RowKey => ({ value: id, id });

/** An order with everything that hangs on it. */
export function orderView(shop: Shop, order: Order): View {
  return {
    __typename: 'Order',
    id: toGid('Order', order.id),
    legacyResourceId: String(order.id),
    name: orderName(order),
    createdAt: toShopTime(order.createdAtMs),
    updatedAt: toShopTime(order.updatedAtMs),
    processedAt: toShopTime(order.createdAtMs),
    cancelledAt: order.cancelledAtMs === undefined ? null : toShopTime(order.cancelledAtMs),
    cancelReason: order.cancelledAtMs === undefined ? null : 'CUSTOMER',
    test: false,
    sourceName: 'web',
    displayFinancialStatus: financialStatus(order),
    displayFulfillmentStatus: fulfillmentStatus(order),
    lineItems: (page: PageArguments) => toConnection(order.lines, page, { key: byId, view: (line) => lineView(shop, line) }),
    refunds: ({ first }: { readonly first?: number | null }) => order.refunds.slice(0, first ?? undefined).map((refund) => refundView(shop, refund)),
    fulfillmentOrders: (page: PageArguments) => toConnection(order.fulfillmentOrders, page, { key: byId, view: (each) => fulfillmentOrderView(shop, order, each) }),
  };
}

/** The name that people use for an order. */
export function orderName(order: Order): string {
  return `#${String(order.number)}`;
}

/** Paid on checkout; refunds follow the goods, since this shop keeps no prices. */
export function financialStatus(order: Order): 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED' {
  if (order.refunds.length === 0) return 'PAID';
  const isEmpty = order.lines.every((line) => currentQuantity(line) === 0);
  return isEmpty ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
}

/** How much of what is still wanted was sent. */
export function fulfillmentStatus(order: Order): 'FULFILLED' | 'PARTIALLY_FULFILLED' | 'UNFULFILLED' {
  if (order.fulfillments.length === 0) return 'UNFULFILLED';
  return order.lines.every((line) => unfulfilledQuantity(line) === 0) ? 'FULFILLED' : 'PARTIALLY_FULFILLED';
}

/** Ordered, less what was taken off before or after sending. */
export function currentQuantity(line: OrderLine): number {
  const { cancelled, returned } = countersOf(line);
  return line.quantity - cancelled - returned;
}

/** Still to be sent. */
export function unfulfilledQuantity(line: OrderLine): number {
  const { cancelled, fulfilled } = countersOf(line);
  return line.quantity - cancelled - fulfilled;
}

function lineView(shop: Shop, line: OrderLine): View {
  return {
    __typename: 'LineItem',
    id: toGid('LineItem', line.id),
    sku: line.item.sku,
    quantity: line.quantity,
    currentQuantity: currentQuantity(line),
    unfulfilledQuantity: unfulfilledQuantity(line),
    nonFulfillableQuantity: countersOf(line).cancelled,
    restockable: true,
    variant: () => variantView(shop, line.item),
    sellingPlan: null,
    lineItemGroup: null,
  };
}

/** A refund; `order` is left to the caller, who came from it. */
export function refundView(shop: Shop, refund: Refund): View {
  return {
    __typename: 'Refund',
    id: toGid('Refund', refund.id),
    legacyResourceId: String(refund.id),
    createdAt: toShopTime(refund.createdAtMs),
    order: () => orderView(shop, refund.order),
    refundLineItems: (page: PageArguments) => toConnection(refund.lines, page, { key: byId, view: (line) => refundLineView(shop, line) }),
  };
}

function refundLineView(shop: Shop, line: RefundLine): View {
  const { location } = line;
  return {
    __typename: 'RefundLineItem',
    id: toGid('RefundLineItem', line.id),
    quantity: line.quantity,
    restockType: line.restockType,
    restocked: line.restockType !== 'NO_RESTOCK',
    location: location === undefined ? null : () => locationView(shop, location),
    lineItem: () => lineView(shop, line.orderLine),
  };
}

/** What one location has to send of an order. */
export function fulfillmentOrderView(shop: Shop, order: Order, fulfillmentOrder: FulfillmentOrder): View {
  const { location } = fulfillmentOrder;
  return {
    __typename: 'FulfillmentOrder',
    id: toGid('FulfillmentOrder', fulfillmentOrder.id),
    orderId: toGid('Order', order.id),
    status: fulfillmentOrderStatus(fulfillmentOrder),
    requestStatus: fulfillmentOrderStatus(fulfillmentOrder) === 'CLOSED' ? 'CLOSED' : 'UNSUBMITTED',
    assignedLocation: { name: location.name, location: () => locationView(shop, location) },
    lineItems: (page: PageArguments) => toConnection(fulfillmentOrder.lines, page, { key: byId, view: (line) => fulfillmentOrderLineView(shop, line) }),
  };
}

function fulfillmentOrderStatus({ lines }: FulfillmentOrder): 'OPEN' | 'IN_PROGRESS' | 'CLOSED' | 'CANCELLED' {
  const isSent = lines.some(({ fulfilled }) => fulfilled > 0);
  const isDone = lines.every((line) => remainingOf(line) === 0);
  if (isDone) return isSent ? 'CLOSED' : 'CANCELLED';
  return isSent ? 'IN_PROGRESS' : 'OPEN';
}

function fulfillmentOrderLineView(shop: Shop, line: FulfillmentOrderLine): View {
  return {
    __typename: 'FulfillmentOrderLineItem',
    id: toGid('FulfillmentOrderLineItem', line.id),
    totalQuantity: line.total,
    remainingQuantity: remainingOf(line),
    inventoryItemId: toGid('InventoryItem', line.orderLine.item.id),
    sku: line.orderLine.item.sku,
    lineItem: () => lineView(shop, line.orderLine),
  };
}
