import { toConnection } from './connection.ts';
import type { PageArguments, RowKey } from './connection.ts';
import { findItem, findLevelByGid, findLocation } from './activation-mutations.ts';
import { parseGid, toGid } from './gid.ts';
import { itemView, levelView, locationView, variantView } from './inventory-views.ts';
import type { View } from './inventory-views.ts';
import { SHOPIFY_API_VERSIONS } from './options.ts';
import { fulfillmentOrderView, orderView } from './order-views.ts';
import { toSearchTest } from './search.ts';
import type { Order, Shop } from './shop.ts';
import { subscriptionView } from './webhook-subscriptions.ts';
import type { SubscriptionTable } from './webhook-subscriptions.ts';

/** What the resolvers of the roots need. */
export interface RootSurroundings {
  readonly shop: Shop;
  readonly subscriptions: SubscriptionTable;
}

type SearchArguments = PageArguments & { readonly query?: string | null };

/** The scopes that this simulator's documents need. */
export const DEFAULT_ACCESS_SCOPES: readonly string[] = [
  'read_inventory', 'write_inventory', 'read_locations', 'read_products', 'read_orders', 'read_fulfillments', 'read_merchant_managed_fulfillment_orders',
];

/** The fields of `QueryRoot`. */
export function createQueryRoot({ shop, subscriptions }: RootSurroundings): Readonly<Record<string, unknown>> {
  const apiVersion = shop.options.apiVersion ?? '2026-10';
  const node = ({ id }: { readonly id: string }): View | null => findNode({ shop, subscriptions }, id);
  return {
    node,
    nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => node({ id })),
    inventoryItem: ({ id }: { readonly id: string }) => viewOf(findItem(shop, id), (item) => itemView(shop, item)),
    inventoryItems: (page: SearchArguments) => {
      const test = toSearchTest(page.query);
      const items = [...shop.items.values()].filter((item) => test({
        id: item.id, sku: item.sku, tracked: item.tracked, created_at: item.createdAtMs, updated_at: item.updatedAtMs,
      }));
      return toConnection(items, page, { key: ({ id }) => ({ value: id, id }), view: (item) => itemView(shop, item) });
    },
    inventoryLevel: ({ id }: { readonly id: string }) => viewOf(findLevelByGid(shop, id), (level) => levelView(shop, level)),
    location: ({ id }: { readonly id?: string | null }) => viewOf(typeof id === 'string' ? findLocation(shop, id) : shop.locations[0], (location) => locationView(shop, location)),
    locations: (page: PageArguments) => toConnection(shop.locations, page, { key: ({ id, name }) => ({ value: name, id }), view: (location) => locationView(shop, location) }),
    order: ({ id }: { readonly id: string }) => viewOf(findOrder(shop, id), (order) => orderView(shop, order)),
    orders: (page: SearchArguments & { readonly sortKey?: string }) => ordersPage(shop, page),
    webhookSubscription: ({ id }: { readonly id: string }) => viewOf(
      subscriptions.all().find((each) => each.id === parseGid('WebhookSubscription', id)), (each) => subscriptionView(each, apiVersion),
    ),
    webhookSubscriptions: (page: PageArguments & { readonly topics?: readonly string[] | null; readonly uri?: string | null }) => toConnection(
      subscriptions.all().filter(({ topic, uri }) => (page.topics?.includes(topic) ?? true) && (typeof page.uri !== 'string' || page.uri === uri)),
      page,
      { key: ({ id }) => ({ value: id, id }), view: (each) => subscriptionView(each, apiVersion) },
    ),
    ...shopFields(shop),
  };
}

function shopFields({ options }: Shop): Readonly<Record<string, unknown>> {
  return {
    currentAppInstallation: {
      __typename: 'AppInstallation',
      id: toGid('AppInstallation', 1),
      app: { __typename: 'App', id: toGid('App', 1) },
      accessScopes: (options.accessScopes ?? DEFAULT_ACCESS_SCOPES).map((handle) => ({ handle, description: handle })),
    },
    shop: {
      __typename: 'Shop',
      id: toGid('Shop', 1),
      myshopifyDomain: options.shopDomain,
      name: options.shopDomain,
      currencyCode: 'EUR',
      plan: { publicDisplayName: 'Simulated', shopifyPlus: false },
    },
    publicApiVersions: SHOPIFY_API_VERSIONS.map((handle) => ({ handle, supported: true, displayName: handle })),
  };
}

function ordersPage(shop: Shop, page: SearchArguments & { readonly sortKey?: string }): unknown {
  const test = toSearchTest(page.query);
  const orders = [...shop.orders.values()].filter((order) => test({
    id: order.id, name: `#${String(order.number)}`, created_at: order.createdAtMs, updated_at: order.updatedAtMs, processed_at: order.createdAtMs,
  }));
  return toConnection(orders, page, { key: (order) => orderKey(order, page.sortKey), view: (order) => orderView(shop, order) });
}

function orderKey(order: Order, sortKey: string | undefined): RowKey {
  if (sortKey === 'UPDATED_AT') return { value: order.updatedAtMs, id: order.id };
  if (sortKey === 'ID') return { value: order.id, id: order.id };
  if (sortKey === 'ORDER_NUMBER') return { value: order.number, id: order.id };
  return { value: order.createdAtMs, id: order.id };
}

function findNode({ shop, subscriptions }: RootSurroundings, id: string): View | null {
  const subscriptionId = parseGid('WebhookSubscription', id);
  return viewOf(findItem(shop, id), (item) => itemView(shop, item))
    ?? viewOf(findLevelByGid(shop, id), (level) => levelView(shop, level))
    ?? viewOf(findLocation(shop, id), (location) => locationView(shop, location))
    ?? viewOf(findOrder(shop, id), (order) => orderView(shop, order))
    ?? findVariant(shop, id)
    ?? findFulfillmentOrder(shop, id)
    ?? viewOf(subscriptions.all().find((each) => each.id === subscriptionId), (each) => subscriptionView(each, shop.options.apiVersion ?? '2026-10'));
}

function findVariant(shop: Shop, gid: string): View | null {
  const id = parseGid('ProductVariant', gid);
  if (id === undefined) return null;
  return viewOf([...shop.items.values()].find((item) => item.variantId === id), (item) => variantView(shop, item));
}

function findFulfillmentOrder(shop: Shop, gid: string): View | null {
  const id = parseGid('FulfillmentOrder', gid);
  if (id === undefined) return null;
  for (const order of shop.orders.values()) {
    const found = order.fulfillmentOrders.find((each) => each.id === id);
    if (found !== undefined) return fulfillmentOrderView(shop, order, found);
  }
  return null;
}

function findOrder(shop: Shop, gid: string): Order | undefined {
  return shop.orders.get(parseGid('Order', gid) ?? Number.NaN);
}

function viewOf<Thing>(thing: Thing | undefined, toView: (thing: Thing) => View): View | null {
  return thing === undefined ? null : toView(thing);
}
