import { parseGid, toGid } from './gid.ts';
import type { ShopifyOrderLineResult, ShopifyOrderRequest, ShopifyOrderResult } from './order-shapes.ts';
import { requireItem, startDeed } from './shop.ts';
import type { Deed, FulfillmentOrder, FulfillmentOrderLine, Item, Location, Order, OrderLine, Shop } from './shop.ts';
import { moveStock, obtainLevel, onlineLevels, sellableOnline } from './stock.ts';

/** Whether a count of units makes sense at all. */
export function assertUnits(quantity: number, what: string): void {
  if (!Number.isSafeInteger(quantity) || quantity < 1) {
    throw new Error(`The quantity of ${what} must be a whole number of at least 1, not ${String(quantity)}.`);
  }
}

/** Units still to be sent of a portion. */
export function remainingOf(portion: FulfillmentOrderLine): number {
  return portion.total - portion.fulfilled - portion.cancelled;
}

/** The counters of a line, summed over the locations that serve it. */
export function countersOf(line: OrderLine): { readonly fulfilled: number; readonly cancelled: number; readonly returned: number } {
  const sum = (counter: 'fulfilled' | 'cancelled' | 'returned'): number => line.portions.reduce((total, portion) => total + portion[counter], 0);
  return { fulfilled: sum('fulfilled'), cancelled: sum('cancelled'), returned: sum('returned') };
}

/** The next time of change of an order: whole seconds, each later than the one before. */
export function stampOrder(shop: Shop, order: Order): void {
  order.updatedAtMs = Math.max(wholeSecond(shop.now()), order.updatedAtMs + 1000);
}

/** Finds an order by its global id or its number; throws where there is none. */
export function requireOrder(shop: Shop, id: string | number): Order {
  const order = shop.orders.get(typeof id === 'number' ? id : parseGid('Order', id) ?? Number.NaN);
  if (order === undefined) throw new Error(`The shop has no order ${String(id)}.`);
  return order;
}

/**
 * A customer's checkout. Each accepted line takes its stock at once: from the first location that has all of it, else
 * split over the locations in order.
 */
export function placeOrder(shop: Shop, request: ShopifyOrderRequest): ShopifyOrderResult {
  if (request.id !== undefined && shop.orders.has(request.id)) throw new Error(`The shop already has an order ${String(request.id)}.`);
  const wanted = request.lines.map(({ sku, quantity }) => {
    assertUnits(quantity, `sku ${sku}`);
    return { item: requireItem(shop, sku), quantity };
  });
  const deed = startDeed(shop, 'order');
  const lines: OrderLine[] = [];
  const results = wanted.map(({ item, quantity }): ShopifyOrderLineResult => {
    const accepted = acceptable(shop, item, { quantity, allowPartial: request.allowPartial === true });
    if (accepted > 0) lines.push(takeStock(deed, item, accepted));
    return accepted === quantity
      ? { sku: item.sku, accepted, refused: 0 }
      : { sku: item.sku, accepted, refused: quantity - accepted, reason: 'soldOut' };
  });
  if (lines.length === 0) return { lines: results };
  const order = createOrder(shop, request.id ?? shop.nextId(), lines);
  deed.notify('ORDERS_CREATE', { kind: 'order', order });
  deed.notify('ORDERS_PAID', { kind: 'order', order });
  return { orderId: toGid('Order', order.id), lines: results };
}

function acceptable(shop: Shop, item: Item, wish: { readonly quantity: number; readonly allowPartial: boolean }): number {
  const { quantity, allowPartial } = wish;
  if (!item.tracked || item.inventoryPolicy === 'CONTINUE') return quantity;
  const sellable = Math.max(0, sellableOnline(shop, item));
  if (sellable >= quantity) return quantity;
  return allowPartial ? sellable : 0;
}

function createOrder(shop: Shop, id: number, lines: readonly OrderLine[]): Order {
  const createdAtMs = wholeSecond(shop.now());
  const order: Order = {
    id, number: 1001 + shop.orders.size, createdAtMs, updatedAtMs: createdAtMs, cancelledAtMs: undefined,
    lines, fulfillmentOrders: toFulfillmentOrders(shop, lines), fulfillments: [], refunds: [],
  };
  shop.orders.set(id, order);
  return order;
}

function toFulfillmentOrders(shop: Shop, lines: readonly OrderLine[]): readonly FulfillmentOrder[] {
  const portions = lines.flatMap((line) => line.portions);
  return shop.locations
    .map((location) => ({ location, lines: portions.filter((portion) => portion.location === location) }))
    .filter((group) => group.lines.length > 0)
    .map((group) => ({ id: shop.nextId(), ...group }));
}

function takeStock(deed: Deed, item: Item, quantity: number): OrderLine {
  const { shop } = deed;
  const line: OrderLine = { id: shop.nextId(), item, quantity, portions: [] };
  for (const share of chooseLocations(shop, item, quantity)) {
    if (item.tracked) {
      const level = obtainLevel(shop, item, share.location);
      moveStock(deed, level, { available: -share.quantity, committed: share.quantity });
    }
    line.portions.push({
      id: shop.nextId(), orderLine: line, location: share.location, total: share.quantity,
      movedStock: item.tracked, fulfilled: 0, cancelled: 0, returned: 0,
    });
  }
  return line;
}

interface Share {
  readonly location: Location;
  readonly quantity: number;
}

function chooseLocations(shop: Shop, item: Item, quantity: number): readonly Share[] {
  const levels = onlineLevels(shop, item);
  const fallback = levels[0]?.location ?? shop.locations.find(({ fulfillsOnlineOrders }) => fulfillsOnlineOrders) ?? shop.locations[0];
  if (fallback === undefined) throw new Error('The shop has no location.');
  if (!item.tracked) return [{ location: fallback, quantity }];
  const single = levels.find((level) => level.quantities.available.quantity >= quantity);
  if (single !== undefined) return [{ location: single.location, quantity }];

  const shares = new Map<Location, number>();
  let open = quantity;
  for (const { location, quantities } of levels) {
    const part = Math.min(open, Math.max(0, quantities.available.quantity));
    if (part > 0) shares.set(location, part);
    open -= part;
  }
  // Only a product that sells below zero leaves something open; its first location carries the debt.
  if (open > 0) shares.set(fallback, (shares.get(fallback) ?? 0) + open);
  return [...shares].map(([location, part]) => ({ location, quantity: part }));
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
