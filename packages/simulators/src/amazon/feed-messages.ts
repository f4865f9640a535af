import { z } from 'zod';
import { findListing } from './account.ts';
import type { Account, Listing } from './account.ts';
import { submissionIssues } from './attributes.ts';
import type { PatchOperation } from './attributes.ts';
import { newListing, PATCH_SCHEMA, replaceListing, toOperations, toReplacements } from './listing-operations.ts';
import { LISTING_DATA, listingView } from './listing-views.ts';
import { deleteListing, submit } from './submissions.ts';

/** The most messages of a feed. */
export const MESSAGES_MAX = 25_000;

const REPORT_WISH = z.object({ includedData: z.array(z.enum(LISTING_DATA)).min(1), apiVersion: z.literal('2021-08-01') });
const FEED = z.object({
  header: z.object({ sellerId: z.string(), version: z.literal('2.0'), issueLocale: z.string().optional(), report: REPORT_WISH.optional() }),
  messages: z.array(z.unknown()).min(1).max(MESSAGES_MAX),
});
/** A feed that can be processed, whatever its messages are worth. */
export type ListingsFeed = z.infer<typeof FEED>;

const ATTRIBUTES = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));
const HEAD = { messageId: z.number().int().min(1).max(2_147_483_647), sku: z.string().min(1) };
const MESSAGE = z.discriminatedUnion('operationType', [
  z.object({ ...HEAD, operationType: z.literal('PATCH'), productType: z.string().min(1), patches: z.array(PATCH_SCHEMA).min(1) }),
  z.object({ ...HEAD, operationType: z.literal('PARTIAL_UPDATE'), productType: z.string().min(1), attributes: ATTRIBUTES }),
  z.object({ ...HEAD, operationType: z.literal('UPDATE'), productType: z.string().min(1), attributes: ATTRIBUTES }),
  z.object({ ...HEAD, operationType: z.literal('DELETE') }),
]);
type Message = z.infer<typeof MESSAGE>;

/** One entry of a processing report. Some name only the message. */
export interface FeedIssue {
  readonly messageId?: number;
  readonly sku?: string;
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly attributeName?: string;
}

/** Reads what was uploaded; nothing where no feed can be made of it. */
export function readFeed(sellerId: string, body: Uint8Array | undefined): ListingsFeed | undefined {
  if (body === undefined) return undefined;
  try {
    const feed = FEED.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
    return feed.success && feed.data.header.sellerId === sellerId ? feed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Submits the messages of a feed in their order, and reports. What is accepted is submitted, not yet on offer. */
export function processFeed(account: Account, feed: ListingsFeed, run: { readonly feedId: string; readonly isNeverApplied: boolean }): Readonly<Record<string, unknown>> {
  const seen = new Set<number>();
  const issues: FeedIssue[] = [];
  const touched = new Map<string, Listing>();
  let accepted = 0;
  for (const raw of feed.messages) {
    const message = MESSAGE.safeParse(raw);
    if (!message.success || seen.has(message.data.messageId)) {
      issues.push(invalidParameters(raw));
      continue;
    }
    seen.add(message.data.messageId);
    const found = processMessage(account, message.data, run.isNeverApplied);
    issues.push(...found.issues);
    if (found.issues.length > 0) continue;
    accepted += 1;
    if (found.listing !== undefined) touched.set(found.listing.sku, found.listing);
  }
  const { report } = feed.header;
  const items = report === undefined ? [] : [...touched.values()].map((listing) => listingView(account, listing, report.includedData));
  return {
    header: { sellerId: feed.header.sellerId, version: '2.0', feedId: run.feedId, ...(report === undefined ? {} : { report }) },
    issues,
    summary: {
      errors: issues.length, warnings: 0, messagesProcessed: feed.messages.length, messagesAccepted: accepted, messagesInvalid: feed.messages.length - accepted,
      ...(report === undefined ? {} : { itemSummary: { items: items.length, ...countIssues([...touched.values()]) } }),
    },
    ...(report === undefined ? {} : { items }),
  };
}

function countIssues(listings: readonly Listing[]): { readonly errors: number; readonly warnings: number } {
  const count = (severity: string): number => listings.reduce((sum, { issues }) => sum + issues.filter((issue) => issue.severity === severity).length, 0);
  return { errors: count('ERROR'), warnings: count('WARNING') };
}

function processMessage(account: Account, message: Message, isNeverApplied: boolean): { readonly issues: readonly FeedIssue[]; readonly listing?: Listing } {
  const known = findListing(account, message.sku);
  if (message.operationType === 'DELETE') {
    if (known !== undefined) deleteListing(account, known);
    return { issues: [] };
  }
  const operations = message.operationType === 'PATCH' ? toOperations(message.patches) : toReplacements(message.attributes);
  const issues = messageIssues(message, operations);
  if (issues.length > 0) return { issues };
  if (message.operationType === 'UPDATE') {
    const listing = known ?? newListing(account, message.sku);
    replaceListing(account, listing, { productType: message.productType, operations, isNeverApplied });
    return { issues, listing };
  }
  if (known === undefined) return { issues: [{ messageId: message.messageId, sku: message.sku, code: '4000000', severity: 'ERROR', message: `SKU '${message.sku}' not found.` }] };
  submit(account, known, { operations, isNeverApplied });
  return { issues, listing: known };
}

function messageIssues({ messageId, sku }: Message, operations: readonly PatchOperation[]): readonly FeedIssue[] {
  return submissionIssues(operations).map(({ code, severity, message, attributeNames, categories }) => {
    // What is missing altogether is told in fewer words here than by the single operation.
    if (categories.includes('MISSING_ATTRIBUTE')) return invalidParameters({ messageId });
    const [attributeName] = attributeNames ?? [];
    return { messageId, sku, code, severity, message, ...(attributeName === undefined ? {} : { attributeName }) };
  });
}

function invalidParameters(raw: unknown): FeedIssue {
  const id = typeof raw === 'object' && raw !== null && 'messageId' in raw ? raw.messageId : undefined;
  const named = typeof id === 'number' && Number.isInteger(id) && id >= 1 ? { messageId: id } : {};
  return { ...named, code: 'BAD_REQUEST', severity: 'ERROR', message: 'Invalid parameters provided.' };
}
