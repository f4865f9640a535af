import { parseGid, parseLevelGid } from './gid.ts';
import type { MutationOutcome, UserError } from './idempotency.ts';
import { startDeed } from './shop.ts';
import type { Item, Level, Location, Shop } from './shop.ts';
import { findLevel, levelsOf, moveStock, obtainLevel, readQuantity, setLevelActive } from './stock.ts';

/** Arguments of `inventoryActivate`. */
export interface ActivateInput {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly available?: number | null;
  readonly onHand?: number | null;
}

/** Finds the item of a global id. */
export function findItem(shop: Shop, gid: string): Item | undefined {
  return shop.items.get(parseGid('InventoryItem', gid) ?? Number.NaN);
}

/** Finds the location of a global id. */
export function findLocation(shop: Shop, gid: string): Location | undefined {
  const id = parseGid('Location', gid);
  return shop.locations.find((location) => location.id === id);
}

/** Finds the level of a global id. */
export function findLevelByGid(shop: Shop, gid: string): Level | undefined {
  const parsed = parseLevelGid(gid);
  return parsed === undefined
    ? undefined
    : [...shop.levels.values()].find(({ item, location }) => item.id === parsed.itemId && location.levelNumber === parsed.levelNumber);
}

/** Puts an item on sale at a location. Old quantities stay unless a new one comes along. */
export function activateLevel(shop: Shop, input: ActivateInput): MutationOutcome<Level> {
  const item = findItem(shop, input.inventoryItemId);
  const location = findLocation(shop, input.locationId);
  if (location === undefined) return refuse(['locationId'], "The product couldn't be stocked because the location wasn't found.");
  if (item === undefined) return refuse(['inventoryItemId'], "The product couldn't be stocked because the product was deleted.");
  const error = activationError(input, location, findLevel(shop, item, location)?.isActive === true);
  if (error !== undefined) return { errors: [error].flat() };
  const deed = startDeed(shop, 'write');
  const level = obtainLevel(shop, item, location);
  setLevelActive(deed, level, true);
  const target = input.available ?? (typeof input.onHand === 'number' ? input.onHand - readQuantity(level, 'on_hand') + readQuantity(level, 'available') : undefined);
  if (target !== undefined) moveStock(deed, level, { available: target - readQuantity(level, 'available') });
  return { rebuild: () => level };
}

function activationError({ available, onHand }: ActivateInput, location: Location, isActive: boolean): UserError | readonly UserError[] | undefined {
  const hasAvailable = typeof available === 'number';
  const hasOnHand = typeof onHand === 'number';
  if (hasAvailable && hasOnHand) {
    const message = `The product couldn't be stocked at ${location.name} because not allowed to set available and on_hand quantities at the same time.`;
    return [{ field: ['available'], message }, { field: ['onHand'], message }];
  }
  if (isActive && hasAvailable) return { field: ['available'], message: 'Not allowed to set available quantity when the item is already active at the location.' };
  if (isActive && hasOnHand) return { field: ['onHand'], message: 'Not allowed to set an on_hand quantity when the item is already active at the location.' };
  return undefined;
}

/** Takes an item off sale at a location; its quantities stay. One location must be left. */
export function deactivateLevel(shop: Shop, levelGid: string): readonly UserError[] {
  const level = findLevelByGid(shop, levelGid);
  if (level === undefined) return [{ field: ['inventoryLevelId'], message: "The product couldn't be unstocked because the inventory level wasn't found." }];
  if (isLastActive(shop, level)) {
    return [{ field: null, message: `The product couldn't be unstocked from ${level.location.name} because products need to be stocked at a minimum of 1 location.` }];
  }
  setLevelActive(startDeed(shop, 'write'), level, false);
  return [];
}

/** Switches several locations of one item, all or none. */
export function toggleLevels(
  shop: Shop,
  item: Item,
  updates: readonly { readonly locationId: string; readonly activate: boolean }[],
): { readonly levels: readonly Level[]; readonly errors: readonly UserError[] } {
  const known = updates.map(({ locationId, activate }) => ({ location: findLocation(shop, locationId), activate }));
  const missing = known.findIndex(({ location }) => location === undefined);
  if (missing >= 0) {
    return { levels: [], errors: [{ code: 'LOCATION_NOT_FOUND', field: ['inventoryItemUpdates', String(missing), 'locationId'], message: "The quantity couldn't be updated because the location was not found." }] };
  }
  const wanted = new Map(known.map(({ location, activate }) => [location, activate]));
  const leftActive = shop.locations.filter((location) => wanted.get(location) ?? findLevel(shop, item, location)?.isActive === true);
  if (leftActive.length === 0) {
    return { levels: [], errors: [{ code: 'CANNOT_DEACTIVATE_FROM_ONLY_LOCATION', field: ['inventoryItemUpdates', '0', 'locationId'], message: 'The variant must be stocked at one location at least.' }] };
  }
  const deed = startDeed(shop, 'write');
  const levels = known.flatMap(({ location, activate }) => {
    if (location === undefined) return [];
    const level = obtainLevel(shop, item, location);
    setLevelActive(deed, level, activate);
    return level.isActive ? [level] : [];
  });
  return { levels, errors: [] };
}

function isLastActive(shop: Shop, level: Level): boolean {
  return level.isActive && levelsOf(shop, level.item).every((other) => other === level || !other.isActive);
}

function refuse(field: readonly string[], message: string): { readonly errors: readonly UserError[] } {
  return { errors: [{ field, message }] };
}
