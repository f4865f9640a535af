import type { CallContext, LevelKey } from '@stockwright/adapter';
import { planLevelGroups, type LevelGroup } from '../map/levels.ts';
import type { StockingOutcome } from '../shopify-channel.ts';
import { shorten } from '../shopify-errors.ts';
import { activateSchema } from '../wire/levels-wire.ts';
import { ACTIVATE } from './documents.ts';
import { readGroup, type LevelParts } from './read-levels.ts';
import type { ShopifyClient } from './shopify-client.ts';

/** Activates the pairs that are not active; one outcome per pair, in the order given. */
export async function ensureStocked(parts: LevelParts, keys: readonly LevelKey[], context: CallContext): Promise<readonly StockingOutcome[]> {
  const { groups } = planLevelGroups(keys, parts.mappings);
  const results = new Map<string, Result>();
  for (const group of groups) await stockGroup({ client: parts.client, group, results }, context);
  return keys.map((key) => ({ ...key, ...(results.get(pairOf(key)) ?? NOT_MAPPED) }));
}

type Result = { readonly status: 'active' } | { readonly status: 'activated' } | { readonly status: 'rejected'; readonly reason: string };

const NOT_MAPPED: Result = { status: 'rejected', reason: 'The sku or the location is not mapped, or the shop has no such item' };

interface GroupJob {
  readonly client: ShopifyClient;
  readonly group: LevelGroup;
  readonly results: Map<string, Result>;
}

async function stockGroup({ client, group, results }: GroupJob, context: CallContext): Promise<void> {
  const items = new Map(group.items.map(({ sku, itemGid }) => [sku, itemGid]));
  for (const { key, level } of await readGroup(client, group, context)) {
    const pair = { item: items.get(key.sku) ?? '', location: group.locationGid };
    results.set(pairOf(key), level?.isActive === true ? { status: 'active' } : await activate(client, pair, context));
  }
}

async function activate(client: ShopifyClient, pair: { readonly item: string; readonly location: string }, context: CallContext): Promise<Result> {
  const { inventoryActivate } = await client.call(
    {
      operation: 'inventoryActivate',
      document: ACTIVATE,
      // A fresh key each time: a pair may be activated, deactivated and activated again within a day.
      variables: { ...pair, key: context.random.uuid() },
      schema: activateSchema,
      safe: false,
    },
    context,
  );
  const [error] = inventoryActivate.userErrors;
  return error === undefined ? { status: 'activated' } : { status: 'rejected', reason: shorten(error.message) };
}

function pairOf({ sku, location }: LevelKey): string {
  return JSON.stringify([sku, location]);
}
