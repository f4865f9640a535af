import { isVendorChannel } from './account.ts';
import type { Listing } from './account.ts';
import { invalidInput } from './answers.ts';
import type { Answer } from './answers.ts';
import { readList, readTime, requireMarketplace } from './operation.ts';
import type { ApiCall, Operation } from './operation.ts';
import { decodePosition, encodePosition, questionOf } from './page-tokens.ts';
import { toWireTime } from './times.ts';

const PAGE_SIZE = 50;
const SKUS_MAX = 50;
const TOKEN_LIFETIME_MS = 30_000;
const MONTHS_BACK = 18;

/** The operations of the FBA Inventory interface, v1: it only reads. */
export const FBA_OPERATIONS: readonly Operation[] = [
  { name: 'getInventorySummaries', method: 'GET', path: '/fba/inventory/v1/summaries', handle: getSummaries },
];

function getSummaries(call: ApiCall): Answer {
  const { account, query } = call;
  requireMarketplace(call, 'fba');
  const { marketplaceId } = account.options;
  const granularity = { granularityType: query.get('granularityType'), granularityId: query.get('granularityId') };
  if (granularity.granularityType !== 'Marketplace') throw invalidInput('fba', 'Query parameter [granularityType] must be Marketplace.');
  if (granularity.granularityId !== marketplaceId) throw invalidInput('fba', 'Query parameter [granularityId] must be the marketplace.');
  const held = [...account.listings.values()].filter(isHeld);
  if (held.length === 0) throw invalidInput('fba', 'The seller has no inventory in the fulfillment network.');
  const wanted = held.filter(selector(call)).sort((a, b) => (a.sku < b.sku ? -1 : 1));
  const question = questionOf(query, ['nextToken']);
  const after = readPage(call, question);
  const rest = after === undefined ? wanted : wanted.filter(({ sku }) => sku > after);
  const page = rest.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  const nextToken = last === undefined || rest.length <= PAGE_SIZE
    ? undefined
    : encodePosition({ question, from: last.sku, expiresAtMs: account.now() + TOKEN_LIFETIME_MS });
  const inventorySummaries = page.map((listing) => summaryOf(listing, query.get('details') === 'true'));
  return { status: 200, body: {
    payload: { granularity, inventorySummaries },
    // Beside the payload, not in it.
    ...(nextToken === undefined ? {} : { pagination: { nextToken } }),
  } };
}

/** A listing that was turned over to the seller again may still have units in the network. */
function isHeld({ offer, fba }: Listing): boolean {
  return isVendorChannel(offer.channel) || Object.values(fba).some((quantity) => quantity > 0);
}

/** A start wins over skus, several skus over one. */
function selector(call: ApiCall): (listing: Listing) => boolean {
  const startMs = readStart(call);
  const skus = readList(call.query, 'sellerSkus');
  if (skus.length > SKUS_MAX) throw invalidInput('fba', `Query parameter [sellerSkus] takes at most ${String(SKUS_MAX)} values.`);
  const single = call.query.get('sellerSku');
  if (startMs !== undefined) return ({ fbaNoticedAtMs }) => fbaNoticedAtMs >= startMs;
  if (skus.length > 0) return ({ sku }) => skus.includes(sku);
  return ({ sku }) => single === null || sku === single;
}

function readStart(call: ApiCall): number | undefined {
  const startMs = readTime(call, 'fba', 'startDateTime');
  if (startMs === undefined) return undefined;
  const earliest = new Date(call.account.now());
  earliest.setUTCMonth(earliest.getUTCMonth() - MONTHS_BACK);
  if (startMs < earliest.getTime()) throw invalidInput('fba', 'Query parameter [startDateTime] must not lie more than 18 months back.');
  return startMs;
}

function readPage(call: ApiCall, question: string): string | undefined {
  const text = call.query.get('nextToken');
  if (text === null) return undefined;
  const position = decodePosition(text);
  const isAlive = position?.expiresAtMs !== undefined && position.expiresAtMs > call.account.now();
  if (!isAlive || position.question !== question) throw invalidInput('fba', 'Query parameter [nextToken] is invalid or expired.');
  return String(position.from);
}

function summaryOf(listing: Listing, withDetails: boolean): Readonly<Record<string, unknown>> {
  const { sku, asin, fnSku, fba } = listing;
  const reserved = fba.pendingCustomerOrder + fba.pendingTransshipment + fba.fcProcessing;
  return {
    asin, fnSku, sellerSku: sku, condition: 'NewItem',
    ...(withDetails ? { inventoryDetails: {
      fulfillableQuantity: fba.fulfillable,
      inboundWorkingQuantity: fba.inboundWorking,
      inboundShippedQuantity: fba.inboundShipped,
      inboundReceivingQuantity: fba.inboundReceiving,
      reservedQuantity: {
        totalReservedQuantity: reserved, pendingCustomerOrderQuantity: fba.pendingCustomerOrder,
        pendingTransshipmentQuantity: fba.pendingTransshipment, fcProcessingQuantity: fba.fcProcessing,
      },
      researchingQuantity: {
        totalResearchingQuantity: fba.researching,
        researchingQuantityBreakdown: [
          { name: 'researchingQuantityInShortTerm', quantity: fba.researching },
          { name: 'researchingQuantityInMidTerm', quantity: 0 },
          { name: 'researchingQuantityInLongTerm', quantity: 0 },
        ],
      },
      unfulfillableQuantity: {
        totalUnfulfillableQuantity: fba.unfulfillable, customerDamagedQuantity: 0, warehouseDamagedQuantity: fba.unfulfillable,
        distributorDamagedQuantity: 0, carrierDamagedQuantity: 0, defectiveQuantity: 0, expiredQuantity: 0,
      },
    } } : {}),
    lastUpdatedTime: toWireTime(listing.fbaUpdatedAtMs),
    productName: `Item ${sku}`,
    totalQuantity: Object.values(fba).reduce((sum, quantity) => sum + quantity, 0),
    stores: [],
  };
}
