import type { CallContext } from '@stockwright/adapter';
import { collectPages } from '@stockwright/adapter-kit';
import { listingSchema, listingsSchema, type ListingWire } from '../wire/listings-wire.ts';
import { isNotFound, type AmazonClient } from './amazon-client.ts';

/** The most identifiers of one search, and the most listings of one page. */
export const LISTINGS_PER_CALL = 20;
/** Every identifier has one listing, so they fit one page; a few more do no harm. */
const PAGES_MAX = 5;
const INCLUDED = 'fulfillmentAvailability';

/** Whose listings are read, and where. */
export interface ListingParts {
  readonly client: AmazonClient;
  readonly sellerId: string;
  readonly marketplaceId: string;
}

/** The path of all listings of a seller, or of one. */
export function listingsPath(sellerId: string, sellerSku?: string): string {
  const all = `/listings/2021-08-01/items/${encodeURIComponent(sellerId)}`;
  return sellerSku === undefined ? all : `${all}/${encodeURIComponent(sellerSku)}`;
}

/**
 * Cuts seller skus into calls: up to 20 in a search, and one by itself where a list of identifiers could not hold it. The
 * list is joined with commas, also after decoding, and nobody says what becomes of spaces around one.
 */
export function planListingCalls(sellerSkus: Iterable<string>): readonly (readonly string[])[] {
  const plain: string[] = [];
  const alone: string[] = [];
  for (const sellerSku of new Set(sellerSkus)) (fitsList(sellerSku) ? plain : alone).push(sellerSku);
  const searches: string[][] = [];
  for (let from = 0; from < plain.length; from += LISTINGS_PER_CALL) searches.push(plain.slice(from, from + LISTINGS_PER_CALL));
  return [...searches, ...alone.map((sellerSku) => [sellerSku])];
}

function fitsList(sellerSku: string): boolean {
  return !sellerSku.includes(',') && sellerSku === sellerSku.trim();
}

/** Reads the listings of one planned call, by seller sku; those that Amazon does not have are not in it. */
export async function findListings(parts: ListingParts, planned: readonly string[], context: CallContext): Promise<ReadonlyMap<string, ListingWire>> {
  const [first = ''] = planned;
  const listings = fitsList(first) ? await searchListings(parts, planned, context) : await getListing(parts, first, context);
  const wanted = new Set(planned);
  return new Map(listings.filter(({ sku }) => wanted.has(sku)).map((listing) => [listing.sku, listing]));
}

async function getListing({ client, sellerId, marketplaceId }: ListingParts, sellerSku: string, context: CallContext): Promise<readonly ListingWire[]> {
  const call = {
    operation: 'getListingsItem',
    path: listingsPath(sellerId, sellerSku),
    query: { marketplaceIds: marketplaceId, includedData: INCLUDED },
    schema: listingSchema,
  } as const;
  try {
    return [await client.call(call, context)];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

async function searchListings({ client, sellerId, marketplaceId }: ListingParts, identifiers: readonly string[], context: CallContext): Promise<readonly ListingWire[]> {
  const operation = 'searchListingsItems';
  const query = { marketplaceIds: marketplaceId, identifiersType: 'SKU', identifiers, includedData: INCLUDED, pageSize: String(LISTINGS_PER_CALL) };
  try {
    return await collectPages(
      async (pageToken) => {
        const call = { operation, path: listingsPath(sellerId), query: { ...query, ...(pageToken === undefined ? {} : { pageToken }) }, schema: listingsSchema } as const;
        const { items, pagination } = await client.call(call, context);
        return { items, next: pagination?.nextToken };
      },
      { facts: { adapter: 'amazon', operation }, pagesMax: PAGES_MAX },
    );
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
