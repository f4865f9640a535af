import { createLevel, levelKey, STORED_QUANTITY_NAMES } from './shop.ts';
import type { Deed, Item, Level, Location, QuantityName, Shop, StoredQuantityName } from './shop.ts';

/** The level of an item at a location, where there ever was one. */
export function findLevel(shop: Shop, item: Item, location: Location): Level | undefined {
  return shop.levels.get(levelKey(item.id, location.id));
}

/** The level of a pair; one that never was is made, and stays inactive, so it sells nothing. */
export function obtainLevel(shop: Shop, item: Item, location: Location): Level {
  const known = findLevel(shop, item, location);
  if (known !== undefined) return known;
  const level = createLevel({ item, location, isActive: false }, shop.now());
  shop.levels.set(levelKey(item.id, location.id), level);
  return level;
}

/** The levels of an item in the shop's order of locations. */
export function levelsOf(shop: Shop, item: Item): readonly Level[] {
  return shop.locations.flatMap((location) => findLevel(shop, item, location) ?? []);
}

/** One quantity of a level; `on_hand` is everything physical, so `incoming` stays out. */
export function readQuantity(level: Level, name: QuantityName): number {
  if (name !== 'on_hand') return level.quantities[name].quantity;
  return STORED_QUANTITY_NAMES.reduce((sum, part) => (part === 'incoming' ? sum : sum + level.quantities[part].quantity), 0);
}

/** Levels that serve online orders. */
export function onlineLevels(shop: Shop, item: Item): readonly Level[] {
  return levelsOf(shop, item).filter(({ isActive, location }) => isActive && location.fulfillsOnlineOrders);
}

/** What online customers can buy. Levels that are not active count nothing, whatever they read. */
export function sellableOnline(shop: Shop, item: Item): number {
  return onlineLevels(shop, item).reduce((sum, level) => sum + level.quantities.available.quantity, 0);
}

/** What the variant reports: every active level, online or not. */
export function activeAvailable(shop: Shop, item: Item): number {
  return levelsOf(shop, item).reduce((sum, level) => (level.isActive ? sum + level.quantities.available.quantity : sum), 0);
}

/** Moves quantities of one level. The webhook goes out only where `available` changed: nothing else stands in it. */
export function moveStock(deed: Deed, level: Level, deltas: Partial<Record<StoredQuantityName, number>>): void {
  const nowMs = deed.shop.now();
  for (const name of STORED_QUANTITY_NAMES) {
    const delta = deltas[name] ?? 0;
    if (delta === 0) continue;
    const stored = level.quantities[name];
    stored.quantity += delta;
    stored.updatedAtMs = nowMs;
    level.updatedAtMs = nowMs;
    if (name !== 'available') continue;
    const { item, location } = level;
    deed.shop.options.onLevelChange?.({ sku: item.sku, locationId: location.id, available: stored.quantity, cause: deed.cause, atMs: nowMs });
    deed.notify('INVENTORY_LEVELS_UPDATE', { kind: 'level', level });
  }
}

/** Switches a level on or off; its quantities stay as they are. */
export function setLevelActive(deed: Deed, level: Level, isActive: boolean): void {
  if (level.isActive === isActive) return;
  level.isActive = isActive;
  level.updatedAtMs = deed.shop.now();
  deed.notify(isActive ? 'INVENTORY_LEVELS_CONNECT' : 'INVENTORY_LEVELS_DISCONNECT', { kind: 'level', level });
}
