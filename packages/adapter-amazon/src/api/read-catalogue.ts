import { adapterError, type CallContext } from '@stockwright/adapter';
import { z } from 'zod';
import { formatCursor, parseCursor } from '../map/cursor.ts';
import { listingsSchema, type ListingsWire, type ListingWire } from '../wire/listings-wire.ts';
import { LISTINGS_PER_CALL, listingsPath, type ListingParts } from './find-listings.ts';

/** The most listings of one search, over all its pages (model of 2026-08-05). */
const SEARCH_MAX = 1000;

/** Where a walk through the catalogue stands. It goes by creation date, in searches of at most 1000 listings each. */
interface CatalogueCursor {
  /** The oldest creation date of the present search; none for the first one. */
  readonly from?: string | undefined;
  readonly pageToken?: string | undefined;
  /** Listings that the present search has given so far, and the latest creation date among them. */
  readonly seen: number;
  readonly latest?: string | undefined;
}

const cursorSchema: z.ZodType<CatalogueCursor> = z.strictObject({
  from: z.string().optional(),
  pageToken: z.string().optional(),
  seen: z.number().int().min(0),
  latest: z.string().optional(),
});

/** One page of the seller's catalogue. */
export interface CataloguePage {
  readonly listings: readonly ListingWire[];
  readonly next?: string | undefined;
}

/**
 * Reads one page of all listings. Amazon ends a search at 1000 listings, so the walk then begins another one at the latest
 * creation date that it saw; the listings of that moment come twice.
 */
export async function readCataloguePage(parts: ListingParts, page: string | undefined, context: CallContext): Promise<CataloguePage> {
  const cursor = page === undefined ? { seen: 0 } : parseCursor(cursorSchema, page);
  const { client, sellerId, marketplaceId } = parts;
  const answer = await client.call(
    {
      operation: 'searchListingsItems',
      path: listingsPath(sellerId),
      query: {
        marketplaceIds: marketplaceId,
        includedData: ['summaries', 'fulfillmentAvailability'],
        sortBy: 'createdDate',
        sortOrder: 'ASC',
        pageSize: String(LISTINGS_PER_CALL),
        ...(cursor.from === undefined ? {} : { createdAfter: cursor.from }),
        ...(cursor.pageToken === undefined ? {} : { pageToken: cursor.pageToken }),
      },
      schema: listingsSchema,
    },
    context,
  );
  const next = nextCursor(cursor, answer, marketplaceId);
  return { listings: answer.items, ...(next === undefined ? {} : { next: formatCursor(next) }) };
}

function nextCursor(cursor: CatalogueCursor, { items, numberOfResults, pagination }: ListingsWire, marketplaceId: string): CatalogueCursor | undefined {
  const seen = cursor.seen + items.length;
  const latest = items.reduce<string | undefined>((last, listing) => later(last, createdDateOf(listing, marketplaceId)), cursor.latest);
  const place = { ...(cursor.from === undefined ? {} : { from: cursor.from }), seen, ...(latest === undefined ? {} : { latest }) };
  const pageToken = pagination?.nextToken;
  if (pageToken !== undefined && pageToken !== cursor.pageToken && seen < SEARCH_MAX) return { ...place, pageToken };
  const isCut = seen >= SEARCH_MAX;
  if (!isCut && numberOfResults <= seen) return undefined;
  if (latest !== undefined && latest !== cursor.from) return { from: latest, seen: 0 };
  if (isCut) throw stuck(latest);
  return undefined;
}

function createdDateOf({ summaries = [] }: ListingWire, marketplaceId: string): string | undefined {
  return summaries.find((summary) => summary.marketplaceId === marketplaceId)?.createdDate;
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function stuck(latest: string | undefined): Error {
  const what = latest === undefined ? 'Amazon tells no creation dates of its listings' : `There are ${String(SEARCH_MAX)} listings or more of one moment, ${latest}`;
  const message = `${what}, and a search ends at ${String(SEARCH_MAX)}. Give the adapter a mapping that lists its seller skus, as createMapping makes them.`;
  return adapterError('UNSUPPORTED', message, { adapter: 'amazon', operation: 'searchListingsItems' });
}
