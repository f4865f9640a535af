import type { CallContext, LevelKey, ObservedLevel, Page } from '@stockwright/adapter';
import { instantFromMs, type Sku } from '@stockwright/core';
import { z } from 'zod';
import type { AmazonMappings } from '../amazon-settings.ts';
import { fromAmazonQuantity } from '../map/amazon-quantity.ts';
import { formatCursor, parseCursor } from '../map/cursor.ts';
import { offerOf } from '../map/offer.ts';
import type { ListingWire } from '../wire/listings-wire.ts';
import type { ChannelGuard } from './channel-guard.ts';
import { findListings, planListingCalls, type ListingParts } from './find-listings.ts';
import { readCataloguePage } from './read-catalogue.ts';

/** What reading levels needs of a channel. */
export interface LevelParts extends ListingParts {
  readonly mappings: AmazonMappings;
  readonly guard: ChannelGuard;
}

const cursorSchema = z.number().int().min(0);

/** Reads the levels of some skus, a call per page. */
export async function readSomeLevels(
  parts: LevelParts,
  { keys, page }: { readonly keys: readonly LevelKey[]; readonly page: string | undefined },
  context: CallContext,
): Promise<Page<ObservedLevel>> {
  const pairs = keys.map(({ sku }) => ({ sku, sellerSku: parts.mappings.skus.toExternal(sku) }));
  const unmapped = [...new Set(pairs.flatMap(({ sku, sellerSku }) => (sellerSku === undefined ? [sku] : [])))];
  const first = await readCall(parts, { sellerSkus: pairs.flatMap(({ sellerSku }) => sellerSku ?? []), page }, context);
  return page === undefined ? { ...first, unmapped: [...unmapped, ...first.unmapped] } : first;
}

/** Reads the levels of all mapped skus: those that the mapping lists, or else whatever the seller's catalogue has. */
export async function readAllLevels(parts: LevelParts, page: string | undefined, context: CallContext): Promise<Page<ObservedLevel>> {
  const { skus } = parts.mappings;
  if (skus.externals !== undefined) return readCall(parts, { sellerSkus: skus.externals(), page }, context);
  const readAtMs = context.clock.now();
  const { listings, next } = await readCataloguePage(parts, page, context);
  return { ...toLevels(parts, { listings, readAtMs }, context), ...(next === undefined ? {} : { next }) };
}

interface Wanted {
  readonly sellerSkus: Iterable<string>;
  readonly page: string | undefined;
}

async function readCall(parts: LevelParts, { sellerSkus, page }: Wanted, context: CallContext): Promise<Page<ObservedLevel>> {
  const index = page === undefined ? 0 : parseCursor(cursorSchema, page);
  const calls = planListingCalls(sellerSkus);
  const planned = calls[index];
  if (planned === undefined) return { items: [], unmapped: [] };
  const readAtMs = context.clock.now();
  const found = await findListings(parts, planned, context);
  const missing = planned.filter((sellerSku) => !found.has(sellerSku));
  if (missing.length > 0) context.logger.warn({ sellerSkus: missing }, 'Amazon has no listing of these seller skus; nothing is known of their levels');
  const listings = planned.flatMap((sellerSku) => found.get(sellerSku) ?? []);
  const levels = toLevels(parts, { listings, readAtMs }, context);
  return { ...levels, ...(index + 1 < calls.length ? { next: formatCursor(index + 1) } : {}) };
}

interface ReadListings {
  readonly listings: readonly ListingWire[];
  readonly readAtMs: number;
}

/** A listing that the seller does not ship has no number of this channel's, which is not the number zero. */
function toLevels({ mappings, guard }: LevelParts, { listings, readAtMs }: ReadListings, { logger }: CallContext): { items: ObservedLevel[]; unmapped: string[] } {
  const items: ObservedLevel[] = [];
  const unmapped = new Set<string>();
  const silent: string[] = [];
  for (const listing of listings) {
    guard.learn(listing, readAtMs);
    const sku: Sku | undefined = mappings.skus.toInternal(listing.sku);
    const offer = offerOf(listing);
    const isOurs = offer.by === 'merchant';
    // Among what nobody mapped, what Amazon ships is no business of this channel's.
    if (sku === undefined ? isOurs : !isOurs) unmapped.add(listing.sku);
    if (sku === undefined || offer.by !== 'merchant') continue;
    if (offer.quantity === undefined) silent.push(listing.sku);
    else items.push({ sku, quantity: fromAmazonQuantity(offer.quantity), observedAt: instantFromMs(readAtMs) });
  }
  if (silent.length > 0) logger.warn({ sellerSkus: silent }, 'Amazon tells no quantity of these listings; nothing is known of their levels');
  return { items, unmapped: [...unmapped] };
}
