import { createAgenda } from './agenda.ts';
import { createEndpoint } from './endpoint.ts';
import { toGid, toShopTime } from './gid.ts';
import { createIdempotencyTable } from './idempotency.ts';
import type { ShopifyLocationOptions, ShopifyProductOptions, ShopifySimulatorOptions } from './options.ts';
import { cancelOrder, fulfilOrder, refundOrder } from './order-changes.ts';
import type { ShopifyLevelState, ShopifyOrderRequest, ShopifyOrderResult, ShopifyOrderState, ShopifyOrderUnits } from './order-shapes.ts';
import { currentQuantity, orderName, unfulfilledQuantity } from './order-views.ts';
import { countersOf, placeOrder, remainingOf } from './orders.ts';
import { createLevel, levelKey, requireItem, requireLocation, startDeed } from './shop.ts';
import type { Item, Level, Location, Order, Shop } from './shop.ts';
import { findLevel, moveStock, readQuantity } from './stock.ts';
import { createCostBucket } from './throttle.ts';
import { createOutbox } from './webhook-outbox.ts';
import { createSubscriptionTable } from './webhook-subscriptions.ts';

/** A shop that runs in this process. @public */
export interface ShopifySimulator {
  /**
   * The Admin API: `POST /admin/api/{version}/graphql.json`, on any host.
   *
   * @throws TypeError (`fetch failed`) where a request fault breaks the connection.
   */
  readonly fetch: (request: Request) => Promise<Response>;

  /** A customer's checkout. Unknown skus and quantities below 1 throw: they are mistakes of the caller. */
  placeOrder(request: ShopifyOrderRequest): ShopifyOrderResult;
  /** Takes unsent units off: all of them and the order with them, or only those named. They go back on sale. */
  cancelOrder(orderId: string | number, options?: { readonly lines?: readonly ShopifyOrderUnits[] }): void;
  /** Sends units: those named, or all that are left. */
  fulfilOrder(orderId: string | number, lines?: readonly ShopifyOrderUnits[]): void;
  /** Takes units back: sent ones first, beyond those unsent ones. `restock` puts them on sale where they came from. */
  refundOrder(orderId: string | number, options: { readonly lines: readonly ShopifyOrderUnits[]; readonly restock: boolean }): void;
  /** Somebody types another `available` into the admin. */
  editLevel(sku: string, locationId: number, quantity: number): void;

  /** The next moment, in milliseconds of the clock, at which something is due; nothing while the shop is idle. */
  nextDueAtMs(): number | undefined;
  /** Sends the webhooks and applies the late requests that are due now; how many that were. */
  deliverDue(): Promise<number>;

  /** One level, also an inactive one; nothing for a pair that never was stocked. */
  level(sku: string, locationId: number): ShopifyLevelState | undefined;
  /** Every level, by item, then by location. */
  levels(): readonly ShopifyLevelState[];
  /** Every order, the oldest first. */
  orders(): readonly ShopifyOrderState[];
  /** How many readable requests came, by name of root field; those that a fault or the throttle answered count too. */
  calls(): Readonly<Record<string, number>>;
}

/** Where the numbers of the shop's own objects start: as large as real ones, and safe as JavaScript numbers. */
const FIRST_OBJECT_ID = 8_900_000_000_000;
const FIRST_ITEM_ID = 53_000_000_000_000;
const FIRST_LEVEL_NUMBER = 143_000_000_000;
const DEFAULT_PLAN = { bucketMax: 2000, restorePerSecond: 100 };

/**
 * Builds a shop: its stock starts at zero.
 *
 * @remarks
 * Nothing happens by itself: there are no timers, time is `clock` and chance is `random`, so a seed repeats a run. Times on
 * the wire are whole seconds, as the vendor's; an order's `updatedAt` moves on by at least one second with each state, so
 * it may run ahead of the clock, and two states never share one.
 *
 * @throws Error where a product or a location is listed twice, or there is no location.
 * @public
 */
export function createShopifySimulator(options: ShopifySimulatorOptions): ShopifySimulator {
  const now = (): number => options.clock.now();
  const nextId = createCounter(FIRST_OBJECT_ID);
  const uuid = createUuids(options.random);
  const agenda = createAgenda(now);
  const subscriptions = createSubscriptionTable(nextId, now);
  const notify = createOutbox({ options, agenda, subscriptions, uuid });
  const shop: Shop = { ...createStock(options), options, orders: new Map(), nextId, uuid, now, notify };
  const levelOf = (sku: string, locationId: number): Level | undefined => findLevel(shop, requireItem(shop, sku), requireLocation(shop, locationId));
  const calls = new Map<string, number>();
  const fetch = createEndpoint({
    options, shop, subscriptions, agenda,
    idempotency: createIdempotencyTable(now),
    bucket: createCostBucket(now, options.plan ?? DEFAULT_PLAN),
    count: (operation) => calls.set(operation, (calls.get(operation) ?? 0) + 1),
  });
  return {
    fetch,
    placeOrder: (request) => placeOrder(shop, request),
    cancelOrder: (orderId, { lines } = {}) => {
      cancelOrder(shop, orderId, lines);
    },
    fulfilOrder: (orderId, lines) => {
      fulfilOrder(shop, orderId, lines);
    },
    refundOrder: (orderId, refund) => {
      refundOrder(shop, orderId, refund);
    },
    editLevel: (sku, locationId, quantity) => {
      editLevel(shop, levelOf(sku, locationId), quantity);
    },
    nextDueAtMs: agenda.nextDueAtMs,
    deliverDue: agenda.runDue,
    level: (sku, locationId) => {
      const level = levelOf(sku, locationId);
      return level === undefined ? undefined : toLevelState(level);
    },
    levels: () => [...shop.levels.values()]
      .sort((a, b) => a.item.id - b.item.id || shop.locations.indexOf(a.location) - shop.locations.indexOf(b.location)).map(toLevelState),
    orders: () => [...shop.orders.values()].map(toOrderState),
    calls: () => Object.fromEntries(calls),
  };
}

function editLevel(shop: Shop, level: Level | undefined, quantity: number): void {
  if (level === undefined) throw new Error('The product was never stocked at this location, so there is no level to edit.');
  if (!Number.isSafeInteger(quantity)) throw new Error(`A shop counts whole units; ${String(quantity)} is none.`);
  moveStock(startDeed(shop, 'edit'), level, { available: quantity - readQuantity(level, 'available') });
}

function createStock(options: ShopifySimulatorOptions): Pick<Shop, 'locations' | 'items' | 'itemsBySku' | 'levels'> {
  const nowMs = options.clock.now();
  const locations = createLocations(options.locations);
  const items = new Map<number, Item>();
  const itemsBySku = new Map<string, Item>();
  const levels = new Map<string, Level>();
  for (const [index, product] of options.products.entries()) {
    const item = createItem(product, product.inventoryItemId ?? FIRST_ITEM_ID + 1 + index, nowMs);
    if (items.has(item.id)) throw new Error(`Two products of the shop have the inventory item id ${String(item.id)}.`);
    items.set(item.id, item);
    // Skus need not be unique at the vendor; whoever names one means the first.
    if (!itemsBySku.has(item.sku)) itemsBySku.set(item.sku, item);
    for (const location of locations) {
      if (product.stockedAt?.includes(location.id) ?? true) levels.set(levelKey(item.id, location.id), createLevel({ item, location, isActive: true }, nowMs));
    }
  }
  return { locations, items, itemsBySku, levels };
}

function createLocations(wanted: readonly ShopifyLocationOptions[]): readonly Location[] {
  if (wanted.length === 0) throw new Error('A shop needs at least one location.');
  if (new Set(wanted.map(({ id }) => id)).size < wanted.length) throw new Error('Two locations of the shop have the same id.');
  return wanted.map(({ id, name, fulfillsOnlineOrders = true }, index) => ({ id, name, fulfillsOnlineOrders, levelNumber: FIRST_LEVEL_NUMBER + 1 + index }));
}

function createItem({ sku, tracked = true, inventoryPolicy = 'DENY' }: ShopifyProductOptions, id: number, nowMs: number): Item {
  return { id, variantId: id + 1_000_000_000_000, productId: id + 2_000_000_000_000, sku, tracked, inventoryPolicy, createdAtMs: nowMs, updatedAtMs: nowMs };
}

function toLevelState(level: Level): ShopifyLevelState {
  return {
    sku: level.item.sku,
    inventoryItemId: level.item.id,
    locationId: level.location.id,
    isActive: level.isActive,
    available: readQuantity(level, 'available'),
    onHand: readQuantity(level, 'on_hand'),
    committed: readQuantity(level, 'committed'),
    incoming: readQuantity(level, 'incoming'),
    reserved: readQuantity(level, 'reserved'),
    damaged: readQuantity(level, 'damaged'),
    safetyStock: readQuantity(level, 'safety_stock'),
    qualityControl: readQuantity(level, 'quality_control'),
    updatedAt: toShopTime(level.updatedAtMs),
  };
}

function toOrderState(order: Order): ShopifyOrderState {
  return {
    orderId: toGid('Order', order.id),
    name: orderName(order),
    createdAt: toShopTime(order.createdAtMs),
    updatedAt: toShopTime(order.updatedAtMs),
    cancelledAt: order.cancelledAtMs === undefined ? undefined : toShopTime(order.cancelledAtMs),
    lines: order.lines.map((line) => ({
      lineItemId: toGid('LineItem', line.id),
      sku: line.item.sku,
      quantity: line.quantity,
      currentQuantity: currentQuantity(line),
      unfulfilledQuantity: unfulfilledQuantity(line),
      ...countersOf(line),
      portions: line.portions.map((portion) => ({ locationId: portion.location.id, quantity: portion.total, remaining: remainingOf(portion) })),
    })),
  };
}

function createCounter(first: number): () => number {
  let last = first;
  return () => {
    last += 1;
    return last;
  };
}

function createUuids(random: { next(): number }): () => string {
  const hex = (digits: number): string => Math.floor(random.next() * 16 ** digits).toString(16).padStart(digits, '0');
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
