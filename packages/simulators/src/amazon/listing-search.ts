import type { Listing } from './account.ts';
import { invalidInput } from './answers.ts';
import type { Answer } from './answers.ts';
import { LISTING_DATA, listingStatus, listingView } from './listing-views.ts';
import { readChoices, readCount, readList, readTime } from './operation.ts';
import type { ApiCall } from './operation.ts';
import { decodePosition, encodePosition, questionOf } from './page-tokens.ts';

/** The most identifiers of one search. */
const IDENTIFIERS_MAX = 20;
/** The most listings that can be paged through, however many were found. */
const REACHABLE_MAX = 1000;

/** `searchListingsItems`: listings by identifier, or all of them, page by page. */
export function searchListings(call: ApiCall): Answer {
  const included = readChoices(call, 'listings', { name: 'includedData', allowed: LISTING_DATA });
  const size = readCount(call, 'listings', { name: 'pageSize', least: 1, most: 20, fallback: 10 });
  const found = sorted(call, candidates(call).filter(matcher(call)));
  const question = questionOf(call.query, ['pageToken', 'pageSize', 'includedData']);
  const from = readPage(call, question);
  const reachable = Math.min(found.length, REACHABLE_MAX);
  const token = (start: number): string => encodePosition({ question, from: start });
  const pagination = {
    ...(from + size < reachable ? { nextToken: token(from + size) } : {}),
    ...(from > 0 ? { previousToken: token(Math.max(0, from - size)) } : {}),
  };
  const items = found.slice(from, Math.min(from + size, reachable));
  return { status: 200, body: {
    numberOfResults: found.length,
    ...(Object.keys(pagination).length === 0 ? {} : { pagination }),
    items: items.map((listing) => listingView(call.account, listing, included.length === 0 ? ['summaries'] : included)),
  } };
}

/** Named listings are looked up one by one; only a search without names goes over all of them. */
function candidates(call: ApiCall): readonly Listing[] {
  const { account, query } = call;
  const identifiers = readList(query, 'identifiers');
  const [type] = readChoices(call, 'listings', { name: 'identifiersType', allowed: ['ASIN', 'EAN', 'FNSKU', 'GTIN', 'ISBN', 'JAN', 'MINSAN', 'SKU', 'UPC'] });
  if ((identifiers.length > 0) !== (type !== undefined)) throw invalidInput('listings', "'identifiers' and 'identifiersType' need each other.");
  if (identifiers.length > IDENTIFIERS_MAX) throw invalidInput('listings', `'identifiers' takes at most ${String(IDENTIFIERS_MAX)} values.`);
  // This account has no variations and no packages.
  if (query.has('variationParentSku') || query.has('packageHierarchySku')) return [];
  switch (type) {
    case undefined: return [...account.listings.values()];
    case 'SKU': return [...new Set(identifiers)].flatMap((sku) => account.listings.get(sku) ?? []);
    case 'ASIN': return [...new Set(identifiers)].flatMap((asin) => account.listingsByAsin.get(asin) ?? []);
    case 'FNSKU': return [...account.listings.values()].filter(({ fnSku }) => identifiers.includes(fnSku));
    // The listings of this account carry no other codes.
    default: return [];
  }
}

function matcher(call: ApiCall): (listing: Listing) => boolean {
  const after = (name: string): number => readTime(call, 'listings', name) ?? -Infinity;
  const before = (name: string): number => readTime(call, 'listings', name) ?? Infinity;
  const created = [after('createdAfter'), before('createdBefore')] as const;
  const updated = [after('lastUpdatedAfter'), before('lastUpdatedBefore')] as const;
  const statuses = { name: 'withStatus', allowed: ['BUYABLE', 'DISCOVERABLE'] };
  const wanted = readChoices(call, 'listings', statuses);
  const unwanted = readChoices(call, 'listings', { ...statuses, name: 'withoutStatus' });
  const severities = readChoices(call, 'listings', { name: 'withIssueSeverity', allowed: ['WARNING', 'ERROR'] });
  return (listing) => {
    const status = listingStatus(listing);
    return isWithin(listing.createdAtMs, created) && isWithin(listing.updatedAtMs, updated)
      && wanted.every((each) => status.includes(each)) && !unwanted.some((each) => status.includes(each))
      && (severities.length === 0 || listing.issues.some(({ severity }) => severities.includes(severity)));
  };
}

function isWithin(ms: number, [from, to]: readonly [number, number]): boolean {
  return ms >= from && ms <= to;
}

function sorted(call: ApiCall, listings: readonly Listing[]): readonly Listing[] {
  const [by = 'lastUpdatedDate'] = readChoices(call, 'listings', { name: 'sortBy', allowed: ['sku', 'createdDate', 'lastUpdatedDate'] });
  const [order = 'DESC'] = readChoices(call, 'listings', { name: 'sortOrder', allowed: ['ASC', 'DESC'] });
  const direction = order === 'ASC' ? 1 : -1;
  const keyOf = ({ createdAtMs, updatedAtMs }: Listing): number => (by === 'sku' ? 0 : by === 'createdDate' ? createdAtMs : updatedAtMs);
  // Listings of one time are told apart by sku, so that pages do not overlap while nothing changes.
  return [...listings].sort((a, b) => direction * (keyOf(a) - keyOf(b) || (a.sku < b.sku ? -1 : 1)));
}

function readPage(call: ApiCall, question: string): number {
  const text = call.query.get('pageToken');
  if (text === null) return 0;
  const position = decodePosition(text);
  if (position?.question !== question || typeof position.from !== 'number') throw invalidInput('listings', "'pageToken' is invalid.");
  return position.from;
}
