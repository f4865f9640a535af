import type { LevelKey, Mappings } from '@stockwright/adapter';
import type { LocationId, QuantityText, Sku } from '@stockwright/core';
import type { LevelWire } from '../wire/levels-wire.ts';
import { fromShopifyInt } from './shopify-int.ts';

/**
 * What a level lets the shop sell there. A level that does not exist or is not active sells nothing, whatever number it
 * keeps; an active one may be negative, when the shop oversold.
 */
export function shownQuantity(level: LevelWire | null | undefined): QuantityText {
  const available = level?.quantities.find(({ name }) => name === 'available');
  return fromShopifyInt(level?.isActive === true ? (available?.quantity ?? 0) : 0);
}

/** The pairs of one location, as they are read in one call. */
export interface LevelGroup {
  readonly location: LocationId;
  readonly locationGid: string;
  readonly items: readonly { readonly sku: Sku; readonly itemGid: string }[];
}

/** Which calls a list of pairs takes, and which pairs nobody mapped. */
export interface LevelPlan {
  readonly groups: readonly LevelGroup[];
  readonly unmapped: readonly string[];
}

/** Groups pairs by location, since one call reads many items of one location; the same pairs give the same groups. */
export function planLevelGroups(keys: readonly LevelKey[], mappings: Mappings): LevelPlan {
  const groups = new Map<LocationId, { locationGid: string; items: Map<Sku, string> }>();
  const unmapped = new Set<string>();
  for (const { sku, location } of keys) {
    const itemGid = mappings.skus.toExternal(sku);
    const locationGid = location === undefined ? undefined : mappings.locations.toExternal(location);
    if (itemGid === undefined) unmapped.add(sku);
    if (location !== undefined && locationGid === undefined) unmapped.add(location);
    if (location === undefined || itemGid === undefined || locationGid === undefined) continue;
    const group = groups.get(location) ?? { locationGid, items: new Map<Sku, string>() };
    group.items.set(sku, itemGid);
    groups.set(location, group);
  }
  return {
    groups: [...groups].map(([location, { locationGid, items }]) => ({
      location,
      locationGid,
      items: [...items].map(([sku, itemGid]) => ({ sku, itemGid })),
    })),
    unmapped: [...unmapped],
  };
}
