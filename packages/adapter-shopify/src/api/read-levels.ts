import type { CallContext, LevelKey, Mappings, ObservedLevel, Page } from '@stockwright/adapter';
import { collectPages } from '@stockwright/adapter-kit';
import { instantFromMs } from '@stockwright/core';
import { z } from 'zod';
import { formatCursor, parseCursor } from '../map/cursor.ts';
import { planLevelGroups, shownQuantity, type LevelGroup } from '../map/levels.ts';
import { nextCursor, type ConnectionWire } from '../wire/graphql-wire.ts';
import { levelsOfItemsSchema, levelsOfLocationSchema, locationsSchema, type ItemLevelWire, type LevelWire } from '../wire/levels-wire.ts';
import { LEVELS_OF_ITEMS, LEVELS_OF_LOCATION, LOCATIONS, NODES_PER_CALL } from './documents.ts';
import type { ShopifyClient } from './shopify-client.ts';

/** What reading levels needs of a channel. */
export interface LevelParts {
  readonly client: ShopifyClient;
  readonly mappings: Mappings;
}

/** A shop has 200 locations at most. */
const LOCATION_PAGES_MAX = 10;

/** Reads some pairs: one page per location, each in one call. */
export async function readSomeLevels(
  parts: LevelParts,
  { keys, page }: { readonly keys: readonly LevelKey[]; readonly page: string | undefined },
  context: CallContext,
): Promise<Page<ObservedLevel>> {
  const { groups, unmapped } = planLevelGroups(keys, parts.mappings);
  const index = page === undefined ? 0 : parseCursor(z.number().int().min(0), page);
  const group = groups[index];
  const observedAt = instantFromMs(context.clock.now());
  const levels = group === undefined ? [] : await readGroup(parts.client, group, context);
  return {
    items: levels.map(({ key, level }) => ({ ...key, quantity: shownQuantity(level), observedAt })),
    unmapped: index === 0 ? unmapped : [],
    ...(index + 1 < groups.length ? { next: formatCursor(index + 1) } : {}),
  };
}

/** What the shop keeps for one pair; nothing where it was never stocked. */
export interface PairLevel {
  readonly key: Required<LevelKey>;
  readonly level: LevelWire | undefined;
}

/** Reads the pairs of one location, in the order given. An item that the shop does not know is left out, with a warning. */
export async function readGroup(client: ShopifyClient, { location, locationGid, items }: LevelGroup, context: CallContext): Promise<readonly PairLevel[]> {
  const levels: PairLevel[] = [];
  for (let start = 0; start < items.length; start += NODES_PER_CALL) {
    const chunk = items.slice(start, start + NODES_PER_CALL);
    const { nodes } = await client.call(
      {
        operation: 'nodes',
        document: LEVELS_OF_ITEMS,
        variables: { items: chunk.map(({ itemGid }) => itemGid), location: locationGid },
        schema: levelsOfItemsSchema,
        safe: true,
      },
      context,
    );
    const known = new Map(nodes.flatMap((node) => (node?.id === undefined ? [] : [[node.id, node.inventoryLevel ?? undefined] as const])));
    for (const { sku, itemGid } of chunk) {
      if (known.has(itemGid)) levels.push({ key: { sku, location }, level: known.get(itemGid) });
      else context.logger.warn({ sku, inventoryItem: itemGid }, 'The shop has no such inventory item; correct its mapping');
    }
  }
  return levels;
}

/** Where a walk over all mapped locations stands. */
interface WalkCursor {
  /** Locations still to be read, the current one first. */
  readonly locations: readonly string[];
  readonly after?: string | undefined;
}

const walkCursorSchema: z.ZodType<WalkCursor> = z.object({ locations: z.array(z.string()).min(1), after: z.string().optional() });

/**
 * Reads every mapped level, location by location, since a query may ask for one location of many items at the price of the
 * items alone; items and locations that nobody mapped are reported.
 */
export async function readAllLevels(parts: LevelParts, page: string | undefined, context: CallContext): Promise<Page<ObservedLevel>> {
  if (page === undefined) return readFirstLocation(parts, context);
  return readLocationPage(parts, parseCursor(walkCursorSchema, page), context);
}

async function readFirstLocation(parts: LevelParts, context: CallContext): Promise<Page<ObservedLevel>> {
  const { client, mappings } = parts;
  const ids = await collectPages(
    async (after) => {
      const { locations } = await client.call(
        { operation: 'locations', document: LOCATIONS, variables: { after: after ?? null }, schema: locationsSchema, safe: true },
        context,
      );
      return { items: locations.nodes.map(({ id }) => id), next: nextCursor(locations) };
    },
    { facts: { adapter: 'shopify', operation: 'locations' }, pagesMax: LOCATION_PAGES_MAX },
  );
  const mapped = ids.filter((id) => mappings.locations.toInternal(id) !== undefined);
  const unmapped = ids.filter((id) => mappings.locations.toInternal(id) === undefined);
  if (mapped.length === 0) return { items: [], unmapped };
  const first = await readLocationPage(parts, { locations: mapped }, context);
  return { ...first, unmapped: [...unmapped, ...first.unmapped] };
}

async function readLocationPage({ client, mappings }: LevelParts, cursor: WalkCursor, context: CallContext): Promise<Page<ObservedLevel>> {
  const [locationGid = '', ...rest] = cursor.locations;
  const location = mappings.locations.toInternal(locationGid);
  const observedAt = instantFromMs(context.clock.now());
  const { inventoryItems } = await client.call(
    {
      operation: 'inventoryItems',
      document: LEVELS_OF_LOCATION,
      variables: { location: locationGid, first: NODES_PER_CALL, after: cursor.after ?? null },
      schema: levelsOfLocationSchema,
      safe: true,
    },
    context,
  );
  const items: ObservedLevel[] = [];
  const unmapped = new Set<string>();
  for (const { id, inventoryLevel } of inventoryItems.nodes) {
    const sku = mappings.skus.toInternal(id);
    if (sku === undefined) unmapped.add(id);
    else if (location !== undefined) items.push({ sku, location, quantity: shownQuantity(inventoryLevel), observedAt });
  }
  return { items, unmapped: [...unmapped], ...nextStep(cursor.locations, rest, inventoryItems) };
}

/** The next page of this location, else the first of the next one, else the end. */
function nextStep(
  current: readonly string[],
  rest: readonly string[],
  items: ConnectionWire<ItemLevelWire>,
): { readonly next?: string } {
  const after = nextCursor(items);
  if (after !== undefined) return { next: formatCursor({ locations: current, after }) };
  return rest.length === 0 ? {} : { next: formatCursor({ locations: rest }) };
}
