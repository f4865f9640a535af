import { toConnection } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { parseGid, toGid, toLevelGid, toShopTime } from './gid.ts';
import { STORED_QUANTITY_NAMES } from './shop.ts';
import type { AdjustmentGroup, Item, Level, Location, QuantityName, Shop } from './shop.ts';
import { activeAvailable, findLevel, levelsOf, readQuantity, sellableOnline } from './stock.ts';

/** An object as GraphQL's default resolver reads it: fields are values, or functions of the field's arguments. */
export interface View {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

const READABLE: readonly QuantityName[] = [...STORED_QUANTITY_NAMES, 'on_hand'];

/** An inventory item. */
export function itemView(shop: Shop, item: Item): View {
  return {
    __typename: 'InventoryItem',
    id: toGid('InventoryItem', item.id),
    legacyResourceId: String(item.id),
    sku: item.sku,
    tracked: item.tracked,
    requiresShipping: true,
    createdAt: toShopTime(item.createdAtMs),
    updatedAt: toShopTime(item.updatedAtMs),
    duplicateSkuCount: () => [...shop.items.values()].filter((other) => other !== item && other.sku === item.sku).length,
    variants: (page: PageArguments) => toConnection([item], page, { key: (each) => ({ value: each.variantId, id: each.variantId }), view: (each) => variantView(shop, each) }),
    inventoryLevel: ({ locationId, includeInactive }: { readonly locationId: string; readonly includeInactive?: boolean }) => {
      const location = shop.locations.find(({ id }) => id === parseGid('Location', locationId));
      const level = location === undefined ? undefined : findLevel(shop, item, location);
      return level !== undefined && (level.isActive || includeInactive === true) ? levelView(shop, level) : null;
    },
    inventoryLevels: (page: PageArguments & { readonly includeInactive?: boolean }) => toConnection(
      levelsOf(shop, item).filter(({ isActive }) => isActive || page.includeInactive === true),
      page,
      { key: ({ location }) => ({ value: location.levelNumber, id: location.levelNumber }), view: (level) => levelView(shop, level) },
    ),
  };
}

/** The one variant of an item. */
export function variantView(shop: Shop, item: Item): View {
  return {
    __typename: 'ProductVariant',
    id: toGid('ProductVariant', item.variantId),
    sku: item.sku,
    inventoryPolicy: item.inventoryPolicy,
    inventoryQuantity: () => activeAvailable(shop, item),
    sellableOnlineQuantity: () => sellableOnline(shop, item),
    requiresComponents: false,
    inventoryItem: () => itemView(shop, item),
    product: { __typename: 'Product', id: toGid('Product', item.productId), title: item.sku, status: 'ACTIVE' },
  };
}

/** A level, also an inactive one. */
export function levelView(shop: Shop, level: Level): View {
  return {
    __typename: 'InventoryLevel',
    id: levelGid(level),
    isActive: level.isActive,
    createdAt: toShopTime(level.item.createdAtMs),
    updatedAt: toShopTime(level.updatedAtMs),
    item: () => itemView(shop, level.item),
    location: () => locationView(shop, level.location),
    quantities: ({ names }: { readonly names: readonly string[] }) => names
      .filter((name): name is QuantityName => READABLE.some((readable) => readable === name))
      .map((name) => quantityView(level, name)),
  };
}

function quantityView(level: Level, name: QuantityName): View {
  // The vendor gives no time for the mirrored total.
  const updatedAtMs = name === 'on_hand' ? undefined : level.quantities[name].updatedAtMs;
  return {
    __typename: 'InventoryQuantity',
    id: `gid://shopify/InventoryQuantity/${String(level.location.levelNumber)}?inventory_item_id=${String(level.item.id)}&name=${name}`,
    name,
    quantity: readQuantity(level, name),
    updatedAt: updatedAtMs === undefined ? null : toShopTime(updatedAtMs),
  };
}

/** The global id of a level. */
export function levelGid(level: Level): string {
  return toLevelGid(level.location.levelNumber, level.item.id);
}

/** A location. */
export function locationView(shop: Shop, location: Location): View {
  return {
    __typename: 'Location',
    id: toGid('Location', location.id),
    legacyResourceId: String(location.id),
    name: location.name,
    isActive: true,
    fulfillsOnlineOrders: location.fulfillsOnlineOrders,
    shipsInventory: location.fulfillsOnlineOrders,
    isFulfillmentService: false,
    hasActiveInventory: () => [...shop.levels.values()].some((level) => level.location === location && level.isActive),
  };
}

interface ChangeFilter {
  readonly inventoryItemIds?: readonly string[] | null;
  readonly locationIds?: readonly string[] | null;
  readonly quantityNames?: readonly string[] | null;
}

/** What a mutation changed. `quantityAfterChange` is null, as in every recorded answer of the vendor. */
export function groupView(shop: Shop, group: AdjustmentGroup): View {
  const admits = (wanted: readonly string[] | null | undefined, value: string): boolean => wanted === undefined || wanted === null || wanted.includes(value);
  return {
    __typename: 'InventoryAdjustmentGroup',
    id: toGid('InventoryAdjustmentGroup', group.id),
    createdAt: toShopTime(group.createdAtMs),
    reason: group.reason,
    referenceDocumentUri: group.referenceDocumentUri ?? null,
    app: { __typename: 'App', id: toGid('App', 1) },
    changes: (filter: ChangeFilter) => group.changes
      .filter(({ item, location, name }) => admits(filter.inventoryItemIds, toGid('InventoryItem', item.id))
        && admits(filter.locationIds, toGid('Location', location.id)) && admits(filter.quantityNames, name))
      .map((change) => ({
        name: change.name,
        delta: change.delta,
        quantityAfterChange: null,
        ledgerDocumentUri: change.ledgerDocumentUri ?? null,
        item: () => itemView(shop, change.item),
        location: () => locationView(shop, change.location),
      })),
  };
}
