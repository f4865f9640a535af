import type { ShopifyLevelChange, ShopifySimulatorOptions } from './options.ts';

/** Quantities that the shop stores; `on_hand` is their sum without `incoming`. */
export const STORED_QUANTITY_NAMES = [
  'available', 'committed', 'incoming', 'reserved', 'damaged', 'safety_stock', 'quality_control',
] as const;
/** One of {@link STORED_QUANTITY_NAMES}. */
export type StoredQuantityName = (typeof STORED_QUANTITY_NAMES)[number];
/** Every quantity that can be read. */
export type QuantityName = StoredQuantityName | 'on_hand';

/** A place of the shop. */
export interface Location {
  readonly id: number;
  readonly name: string;
  readonly fulfillsOnlineOrders: boolean;
  /** The number that this location's levels carry in their global ids. */
  readonly levelNumber: number;
}

/** A counted thing with its one variant. */
export interface Item {
  readonly id: number;
  readonly variantId: number;
  readonly productId: number;
  readonly sku: string;
  readonly inventoryPolicy: 'DENY' | 'CONTINUE';
  readonly createdAtMs: number;
  tracked: boolean;
  updatedAtMs: number;
}

/** One stored quantity of a level. */
export interface StoredQuantity {
  quantity: number;
  /** Nothing until somebody changed it. */
  updatedAtMs: number | undefined;
}

/** An item at a location. */
export interface Level {
  readonly item: Item;
  readonly location: Location;
  isActive: boolean;
  updatedAtMs: number;
  readonly quantities: Record<StoredQuantityName, StoredQuantity>;
}

/** One line of an order; its counters follow from the fulfillment order lines. */
export interface OrderLine {
  readonly id: number;
  readonly item: Item;
  readonly quantity: number;
  readonly portions: FulfillmentOrderLine[];
}

/** The part of an order line that one location serves. */
export interface FulfillmentOrderLine {
  readonly id: number;
  readonly orderLine: OrderLine;
  readonly location: Location;
  readonly total: number;
  /** Whether stock was taken when the order came: not so for untracked items. */
  readonly movedStock: boolean;
  fulfilled: number;
  cancelled: number;
  returned: number;
}

/** What one location has to send. */
export interface FulfillmentOrder {
  readonly id: number;
  readonly location: Location;
  readonly lines: FulfillmentOrderLine[];
}

/** A parcel that left. */
export interface Fulfillment {
  readonly id: number;
  readonly order: Order;
  readonly location: Location;
  readonly createdAtMs: number;
  readonly lines: readonly { readonly orderLine: OrderLine; readonly quantity: number }[];
}

/** How refunded units go back. */
export type RestockType = 'CANCEL' | 'RETURN' | 'NO_RESTOCK';

/** Units taken off an order. */
export interface RefundLine {
  readonly id: number;
  readonly orderLine: OrderLine;
  readonly quantity: number;
  readonly restockType: RestockType;
  /** Where they went; nothing when they were not restocked. */
  readonly location: Location | undefined;
}

/** A refund. */
export interface Refund {
  readonly id: number;
  readonly order: Order;
  readonly createdAtMs: number;
  readonly lines: readonly RefundLine[];
}

/** An order. */
export interface Order {
  readonly id: number;
  readonly number: number;
  readonly createdAtMs: number;
  /** A whole second, and a later one for each state, so that no two states of an order share a time. */
  updatedAtMs: number;
  cancelledAtMs: number | undefined;
  readonly lines: readonly OrderLine[];
  readonly fulfillmentOrders: readonly FulfillmentOrder[];
  readonly fulfillments: Fulfillment[];
  readonly refunds: Refund[];
}

/** One booked change of one quantity. */
export interface AdjustmentChange {
  readonly name: QuantityName;
  readonly delta: number;
  readonly item: Item;
  readonly location: Location;
  readonly ledgerDocumentUri: string | undefined;
}

/** What one mutation changed. */
export interface AdjustmentGroup {
  readonly id: number;
  readonly createdAtMs: number;
  readonly reason: string;
  readonly referenceDocumentUri: string | undefined;
  readonly changes: readonly AdjustmentChange[];
}

/** What a webhook speaks about; its payload is written when it is sent. */
export type WebhookSubject =
  | { readonly kind: 'level'; readonly level: Level }
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'refund'; readonly refund: Refund }
  | { readonly kind: 'fulfillment'; readonly fulfillment: Fulfillment };

/** Topics that this shop fires, as the API's enum names them, with the name in the header. */
export const FIRED_TOPICS = {
  FULFILLMENTS_CREATE: 'fulfillments/create',
  INVENTORY_ITEMS_UPDATE: 'inventory_items/update',
  INVENTORY_LEVELS_CONNECT: 'inventory_levels/connect',
  INVENTORY_LEVELS_DISCONNECT: 'inventory_levels/disconnect',
  INVENTORY_LEVELS_UPDATE: 'inventory_levels/update',
  ORDERS_CANCELLED: 'orders/cancelled',
  ORDERS_CREATE: 'orders/create',
  ORDERS_FULFILLED: 'orders/fulfilled',
  ORDERS_PAID: 'orders/paid',
  ORDERS_PARTIALLY_FULFILLED: 'orders/partially_fulfilled',
  ORDERS_UPDATED: 'orders/updated',
  REFUNDS_CREATE: 'refunds/create',
} as const;
/** A key of {@link FIRED_TOPICS}. */
export type FiredTopic = keyof typeof FIRED_TOPICS;

/** The state of the shop and the few things that every operation on it needs. */
export interface Shop {
  readonly options: ShopifySimulatorOptions;
  readonly locations: readonly Location[];
  readonly items: ReadonlyMap<number, Item>;
  /** The first item of each sku. */
  readonly itemsBySku: ReadonlyMap<string, Item>;
  readonly levels: Map<string, Level>;
  readonly orders: Map<number, Order>;
  /** A new number, larger than the ones before it. */
  nextId(): number;
  /** 128 random bits as a UUID. */
  uuid(): string;
  now(): number;
  /** Writes webhooks down for every subscription of the topic; one `eventId` for all of one deed. */
  notify(eventId: string, topic: FiredTopic, subject: WebhookSubject): void;
}

/** One thing that happened to the shop: every webhook of it carries one event id. */
export interface Deed {
  readonly shop: Shop;
  readonly cause: ShopifyLevelChange['cause'];
  readonly notify: (topic: FiredTopic, subject: WebhookSubject) => void;
}

/** Starts a deed. */
export function startDeed(shop: Shop, cause: ShopifyLevelChange['cause']): Deed {
  const eventId = shop.uuid();
  return {
    shop,
    cause,
    notify: (topic, subject) => {
      shop.notify(eventId, topic, subject);
    },
  };
}

/** Where a level is kept. */
export function levelKey(itemId: number, locationId: number): string {
  return `${String(itemId)}@${String(locationId)}`;
}

/** A level at zero. */
export function createLevel(place: Pick<Level, 'item' | 'location' | 'isActive'>, nowMs: number): Level {
  const zero = (): StoredQuantity => ({ quantity: 0, updatedAtMs: undefined });
  return {
    ...place, updatedAtMs: nowMs,
    quantities: {
      available: zero(), committed: zero(), incoming: zero(), reserved: zero(), damaged: zero(), safety_stock: zero(), quality_control: zero(),
    },
  };
}

/** The item of a sku. A caller who names another one has made a mistake, so this throws. */
export function requireItem(shop: Shop, sku: string): Item {
  const item = shop.itemsBySku.get(sku);
  if (item === undefined) throw new Error(`The shop has no product with the sku ${JSON.stringify(sku)}.`);
  return item;
}

/** The location of an id; throws like {@link requireItem}. */
export function requireLocation(shop: Shop, locationId: number): Location {
  const location = shop.locations.find(({ id }) => id === locationId);
  if (location === undefined) throw new Error(`The shop has no location with the id ${String(locationId)}.`);
  return location;
}
