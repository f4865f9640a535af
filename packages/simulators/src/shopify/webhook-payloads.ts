import { toGid, toShopTime } from './gid.ts';
import { levelGid } from './inventory-views.ts';
import { currentQuantity, financialStatus, fulfillmentStatus, orderName, unfulfilledQuantity } from './order-views.ts';
import type { FiredTopic, Fulfillment, Item, Level, Order, OrderLine, Refund, WebhookSubject } from './shop.ts';

type Payload = Readonly<Record<string, unknown>>;

/** What a webhook says: flat objects in the older REST shape, from the state of this moment. */
export function toPayload(topic: FiredTopic, subject: WebhookSubject): Payload {
  switch (subject.kind) {
    case 'level': return topic === 'INVENTORY_LEVELS_DISCONNECT' ? disconnectPayload(subject.level) : levelPayload(subject.level);
    case 'item': return itemPayload(subject.item);
    case 'order': return orderPayload(subject.order);
    case 'refund': return refundPayload(subject.refund);
    case 'fulfillment': return fulfillmentPayload(subject.fulfillment);
  }
}

function disconnectPayload({ item, location }: Level): Payload {
  return { inventory_item_id: item.id, location_id: location.id };
}

function levelPayload(level: Level): Payload {
  return {
    inventory_item_id: level.item.id,
    location_id: level.location.id,
    available: level.quantities.available.quantity,
    updated_at: toShopTime(level.updatedAtMs),
    admin_graphql_api_id: levelGid(level),
  };
}

function itemPayload(item: Item): Payload {
  return {
    id: item.id, sku: item.sku, created_at: toShopTime(item.createdAtMs), updated_at: toShopTime(item.updatedAtMs),
    requires_shipping: true, tracked: item.tracked, cost: null, country_code_of_origin: null, province_code_of_origin: null,
    harmonized_system_code: null, country_harmonized_system_codes: [], weight_value: 0, weight_unit: 'kg',
    admin_graphql_api_id: toGid('InventoryItem', item.id),
  };
}

function orderPayload(order: Order): Payload {
  const isCancelled = order.cancelledAtMs !== undefined;
  const status = fulfillmentStatus(order);
  return {
    id: order.id,
    admin_graphql_api_id: toGid('Order', order.id),
    name: orderName(order),
    order_number: order.number,
    created_at: toShopTime(order.createdAtMs),
    updated_at: toShopTime(order.updatedAtMs),
    processed_at: toShopTime(order.createdAtMs),
    cancelled_at: isCancelled ? toShopTime(order.cancelledAtMs ?? 0) : null,
    cancel_reason: isCancelled ? 'customer' : null,
    closed_at: null,
    test: false,
    confirmed: true,
    source_name: 'web',
    location_id: null,
    financial_status: financialStatus(order).toLowerCase(),
    fulfillment_status: status === 'UNFULFILLED' ? null : status === 'FULFILLED' ? 'fulfilled' : 'partial',
    line_items: order.lines.map(linePayload),
    fulfillments: order.fulfillments.map(fulfillmentPayload),
    refunds: order.refunds.map(refundPayload),
    returns: [],
    line_item_groups: [],
  };
}

function linePayload(line: OrderLine): Payload {
  const open = unfulfilledQuantity(line);
  return {
    id: line.id, admin_graphql_api_id: toGid('LineItem', line.id), sku: line.item.sku, quantity: line.quantity,
    current_quantity: currentQuantity(line), fulfillable_quantity: open, fulfillment_service: 'manual',
    fulfillment_status: open === 0 ? 'fulfilled' : open < currentQuantity(line) ? 'partial' : null,
    gift_card: false, product_exists: true, product_id: line.item.productId, variant_id: line.item.variantId, requires_shipping: true,
    variant_inventory_management: line.item.tracked ? 'shopify' : null, sales_line_item_group_id: null,
  };
}

function refundPayload(refund: Refund): Payload {
  return {
    id: refund.id, admin_graphql_api_id: toGid('Refund', refund.id), order_id: refund.order.id,
    created_at: toShopTime(refund.createdAtMs), processed_at: toShopTime(refund.createdAtMs),
    restock: refund.lines.some(({ restockType }) => restockType !== 'NO_RESTOCK'), note: null, transactions: [],
    refund_line_items: refund.lines.map((line) => ({
      id: line.id, line_item_id: line.orderLine.id, location_id: line.location?.id ?? null, quantity: line.quantity,
      restock_type: line.restockType.toLowerCase(), line_item: linePayload(line.orderLine),
    })),
  };
}

function fulfillmentPayload(fulfillment: Fulfillment): Payload {
  return {
    id: fulfillment.id, admin_graphql_api_id: toGid('Fulfillment', fulfillment.id), order_id: fulfillment.order.id,
    status: 'success', created_at: toShopTime(fulfillment.createdAtMs), updated_at: toShopTime(fulfillment.createdAtMs),
    location_id: fulfillment.location.id, service: 'manual', shipment_status: null, tracking_company: null, tracking_number: null,
    line_items: fulfillment.lines.map(({ orderLine, quantity }) => ({ id: orderLine.id, variant_id: orderLine.item.variantId, sku: orderLine.item.sku, quantity })),
  };
}
