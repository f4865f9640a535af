import { z } from 'zod';
import { findListing } from './account.ts';
import type { Account, Listing } from './account.ts';
import { denied, invalidInput, RefusedCall } from './answers.ts';
import type { Answer } from './answers.ts';
import { submissionIssues } from './attributes.ts';
import type { PatchOperation } from './attributes.ts';
import { createListing } from './create-listing.ts';
import { LISTING_DATA, listingView } from './listing-views.ts';
import { readChoices, requireMarketplace } from './operation.ts';
import type { ApiCall, Operation } from './operation.ts';
import { searchListings } from './listing-search.ts';
import { deleteListing, submit } from './submissions.ts';

const ELEMENTS = z.array(z.record(z.string(), z.unknown()));
/** One operation as it is sent, here and in feeds. */
export const PATCH_SCHEMA = z.object({
  op: z.enum(['add', 'replace', 'merge', 'delete']),
  // Only attributes themselves can be patched, not what is inside of them.
  path: z.string().regex(/^\/attributes\/[A-Za-z0-9_]+$/),
  value: ELEMENTS.optional(),
}).refine(({ op, value }) => op === 'delete' || value !== undefined);
const PATCH_REQUEST = z.object({ productType: z.string().min(1), patches: z.array(PATCH_SCHEMA).min(1) });
const PUT_REQUEST = z.object({
  productType: z.string().min(1),
  requirements: z.enum(['LISTING', 'LISTING_PRODUCT_ONLY', 'LISTING_OFFER_ONLY']).optional(),
  attributes: z.record(z.string(), ELEMENTS),
});

/** The operations of the Listings Items interface, 2021-08-01. */
export const LISTING_OPERATIONS: readonly Operation[] = [
  { name: 'searchListingsItems', method: 'GET', path: '/listings/2021-08-01/items/{sellerId}', handle: guarded(searchListings) },
  { name: 'getListingsItem', method: 'GET', path: '/listings/2021-08-01/items/{sellerId}/{sku}', handle: guarded(getListing) },
  { name: 'patchListingsItem', method: 'PATCH', path: '/listings/2021-08-01/items/{sellerId}/{sku}', handle: guarded(patchListing) },
  { name: 'putListingsItem', method: 'PUT', path: '/listings/2021-08-01/items/{sellerId}/{sku}', handle: guarded(putListing) },
  { name: 'deleteListingsItem', method: 'DELETE', path: '/listings/2021-08-01/items/{sellerId}/{sku}', handle: guarded(removeListing) },
];

/** The checks that every one of them starts with. */
function guarded(handle: (call: ApiCall) => Answer): (call: ApiCall) => Answer {
  return (call) => {
    if (call.parameters['sellerId'] !== call.account.options.sellerId) throw new RefusedCall(403, denied(''));
    requireMarketplace(call, 'listings');
    return handle(call);
  };
}

/** An operation on an attribute, from its wire form. */
export function toOperations(patches: readonly z.infer<typeof PATCH_SCHEMA>[]): readonly PatchOperation[] {
  return patches.map(({ op, path, value }) => ({ op, attribute: path.slice('/attributes/'.length), value }));
}

function getListing(call: ApiCall): Answer {
  const included = readChoices(call, 'listings', { name: 'includedData', allowed: LISTING_DATA });
  const sku = call.parameters['sku'] ?? '';
  const listing = findListing(call.account, sku);
  if (listing === undefined) throw new RefusedCall(404, { code: 'NOT_FOUND', message: `SKU '${sku}' not found in marketplace ${call.account.options.marketplaceId}`, details: '' });
  return { status: 200, body: listingView(call.account, listing, included.length === 0 ? ['summaries'] : included) };
}

function patchListing(call: ApiCall): Answer {
  const sku = call.parameters['sku'] ?? '';
  const request = PATCH_REQUEST.safeParse(call.body);
  if (!request.success) throw invalidInput('listings', describe(request.error));
  const listing = findListing(call.account, sku);
  if (listing === undefined) throw invalidInput('listings', `SKU '${sku}' not found.`);
  const operations = toOperations(request.data.patches);
  return submission(call, listing, { operations, apply: () => {
    submit(call.account, listing, { operations, isNeverApplied: call.isNeverApplied });
  } });
}

function putListing(call: ApiCall): Answer {
  const sku = call.parameters['sku'] ?? '';
  const request = PUT_REQUEST.safeParse(call.body);
  if (!request.success) throw invalidInput('listings', describe(request.error));
  const operations = toReplacements(request.data.attributes);
  const known = findListing(call.account, sku);
  return submission(call, known ?? newListing(call.account, sku), { operations, apply: (listing) => {
    replaceListing(call.account, listing, { productType: request.data.productType, operations, isNeverApplied: call.isNeverApplied });
  } });
}

function removeListing(call: ApiCall): Answer {
  const listing = findListing(call.account, call.parameters['sku'] ?? '');
  if (listing !== undefined) deleteListing(call.account, listing);
  return { status: 200, body: { sku: call.parameters['sku'], status: 'ACCEPTED', submissionId: call.account.uuid(), issues: [] } };
}

/** Each attribute as one replacement. */
export function toReplacements(attributes: Readonly<Record<string, PatchOperation['value']>>): readonly PatchOperation[] {
  return Object.entries(attributes).map(([attribute, value]) => ({ op: 'replace', attribute, value }));
}

/** A listing that is not part of the account yet. */
export function newListing(account: Account, sku: string): Listing {
  const { marketplaceId } = account.options;
  return createListing({ sku }, { number: account.nextNumber(), nowMs: account.now(), marketplaceId });
}

/** Sets all attributes of a listing, which is added to the account where it was not part of it. */
export function replaceListing(
  account: Account, listing: Listing,
  content: { readonly productType: string; readonly operations: readonly PatchOperation[]; readonly isNeverApplied: boolean },
): void {
  account.listings.set(listing.sku, listing);
  account.listingsByAsin.set(listing.asin, listing);
  listing.productType = content.productType;
  listing.attributes = {};
  submit(account, listing, content);
}

/** What every submission answers: accepted or not, both with HTTP 200. */
function submission(call: ApiCall, listing: Listing, work: { readonly operations: readonly PatchOperation[]; readonly apply: (listing: Listing) => void }): Answer {
  const { account, query } = call;
  const included = readChoices(call, 'listings', { name: 'includedData', allowed: ['identifiers', 'issues'] });
  const mode = query.get('mode');
  if (mode !== null && mode !== 'VALIDATION_PREVIEW') throw invalidInput('listings', `'${mode}' is not a valid value of 'mode'.`);
  const issues = submissionIssues(work.operations);
  const accepted = mode === null ? 'ACCEPTED' : 'VALID';
  const status = issues.length > 0 ? 'INVALID' : accepted;
  if (status === 'ACCEPTED') work.apply(listing);
  const identifiers = status === 'INVALID' ? [] : [{ marketplaceId: account.options.marketplaceId, asin: listing.asin }];
  const body = { sku: listing.sku, status, submissionId: account.uuid() };
  const withIdentifiers = mode !== null || included.includes('identifiers');
  const withIssues = included.length === 0 || included.includes('issues');
  return { status: 200, body: { ...body, ...(withIdentifiers ? { identifiers } : {}), ...(withIssues ? { issues } : {}) } };
}

function describe(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
