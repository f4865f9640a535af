import { z } from 'zod';
import { invalidInput } from './answers.ts';
import type { Answer } from './answers.ts';
import { FEED_RETENTION_MS } from './feed-documents.ts';
import type { FeedDocumentStore } from './feed-documents.ts';
import { LISTINGS_FEED } from './feeds.ts';
import type { Feed, FeedQueue } from './feeds.ts';
import { readChoices, readCount, readList, readTime } from './operation.ts';
import type { ApiCall, Operation } from './operation.ts';
import { decodePosition, encodePosition } from './page-tokens.ts';
import { toWireTime } from './times.ts';

/** Types that are still accepted, and that nobody processes any more: every one of them is fatal. */
const DEAD_FEEDS = [
  'POST_PRODUCT_DATA', 'POST_INVENTORY_AVAILABILITY_DATA', 'POST_PRODUCT_PRICING_DATA', 'POST_PRODUCT_OVERRIDES_DATA', 'POST_FLAT_FILE_LISTINGS_DATA',
  'POST_FLAT_FILE_INVLOADER_DATA', 'POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA',
];
const STATUSES = ['CANCELLED', 'DONE', 'FATAL', 'IN_PROGRESS', 'IN_QUEUE'];
const DOCUMENT_REQUEST = z.object({ contentType: z.string().min(1) });
const FEED_REQUEST = z.object({
  feedType: z.string(),
  marketplaceIds: z.array(z.string()).min(1).max(25),
  inputFeedDocumentId: z.string(),
  feedOptions: z.record(z.string(), z.string()).optional(),
});

/** The operations of the Feeds interface, 2021-06-30. */
export function feedOperations(queue: FeedQueue, documents: FeedDocumentStore): readonly Operation[] {
  const [feeds, papers] = ['/feeds/2021-06-30/feeds', '/feeds/2021-06-30/documents'];
  return [
    { name: 'createFeedDocument', method: 'POST', path: papers, handle: (call) => createDocument(documents, call) },
    { name: 'getFeedDocument', method: 'GET', path: `${papers}/{feedDocumentId}`, handle: (call) => getDocument(documents, call) },
    { name: 'createFeed', method: 'POST', path: feeds, handle: (call) => createFeed(queue, documents, call) },
    { name: 'getFeeds', method: 'GET', path: feeds, handle: (call) => getFeeds(queue, call) },
    { name: 'getFeed', method: 'GET', path: `${feeds}/{feedId}`, handle: (call) => ({ status: 200, body: feedView(requireFeed(queue, call)) }) },
    { name: 'cancelFeed', method: 'DELETE', path: `${feeds}/{feedId}`, handle: (call) => cancelFeed(queue, call) },
  ];
}

function createDocument(documents: FeedDocumentStore, call: ApiCall): Answer {
  const request = DOCUMENT_REQUEST.safeParse(call.body);
  if (!request.success) throw invalidInput('feeds', 'A feed document needs a content type.');
  const document = documents.create({ contentType: request.data.contentType, body: undefined, isGzip: false });
  return { status: 201, body: { feedDocumentId: document.id, url: documents.address(call.origin, document, 'PUT') } };
}

function getDocument(documents: FeedDocumentStore, call: ApiCall): Answer {
  const document = documents.require(call.parameters['feedDocumentId'] ?? '');
  const url = documents.address(call.origin, document, 'GET');
  return { status: 200, body: { feedDocumentId: document.id, url, ...(document.isGzip ? { compressionAlgorithm: 'GZIP' } : {}) } };
}

function createFeed(queue: FeedQueue, documents: FeedDocumentStore, call: ApiCall): Answer {
  const request = FEED_REQUEST.safeParse(call.body);
  if (!request.success) throw invalidInput('feeds', 'A feed needs a type, stores and a document.');
  const { feedType, marketplaceIds, inputFeedDocumentId } = request.data;
  if (feedType !== LISTINGS_FEED && !DEAD_FEEDS.includes(feedType)) throw invalidInput('feeds', `${feedType} is no feed type that this seller can send.`);
  const { marketplaceId } = call.account.options;
  if (marketplaceIds.some((id) => id !== marketplaceId)) throw invalidInput('feeds', "'marketplaceIds' names a store that this seller does not sell in.");
  documents.require(inputFeedDocumentId);
  const feed = queue.add({ feedType, marketplaceIds, inputDocumentId: inputFeedDocumentId, isNeverApplied: call.isNeverApplied });
  return { status: 202, body: { feedId: feed.id } };
}

function cancelFeed(queue: FeedQueue, call: ApiCall): Answer {
  const feed = requireFeed(queue, call);
  if (!queue.cancel(feed)) throw invalidInput('feeds', `Feed ${feed.id} is ${feed.status}: only a feed IN_QUEUE can be cancelled.`);
  return { status: 200 };
}

function getFeeds(queue: FeedQueue, call: ApiCall): Answer {
  const token = call.query.get('nextToken');
  if (token !== null && [...call.query.keys()].length > 1) throw invalidInput('feeds', "'nextToken' goes with no other parameter.");
  const position = token === null ? undefined : decodePosition(token);
  if (token !== null && typeof position?.from !== 'number') throw invalidInput('feeds', "'nextToken' is invalid.");
  // The token carries the whole question.
  const asked: ApiCall = position === undefined ? call : { ...call, query: new URLSearchParams(position.question) };
  const from = Number(position?.from ?? 0);
  const size = readCount(asked, 'feeds', { name: 'pageSize', least: 1, most: 100, fallback: 10 });
  const found = [...queue.feeds.values()].filter(matcher(asked)).reverse();
  const nextToken = encodePosition({ question: asked.query.toString(), from: from + size });
  return { status: 200, body: { feeds: found.slice(from, from + size).map(feedView), ...(found.length > from + size ? { nextToken } : {}) } };
}

function matcher(call: ApiCall): (feed: Feed) => boolean {
  const types = readList(call.query, 'feedTypes');
  if (types.length < 1 || types.length > 10) throw invalidInput('feeds', "'feedTypes' takes 1 to 10 types; either it or 'nextToken' is required.");
  const statuses = readChoices(call, 'feeds', { name: 'processingStatuses', allowed: STATUSES });
  const stores = readList(call.query, 'marketplaceIds');
  const sinceMs = readTime(call, 'feeds', 'createdSince') ?? call.account.now() - FEED_RETENTION_MS;
  const untilMs = readTime(call, 'feeds', 'createdUntil') ?? Infinity;
  return (feed) => types.includes(feed.feedType) && feed.createdAtMs >= sinceMs && feed.createdAtMs <= untilMs
    && (statuses.length === 0 || statuses.includes(feed.status))
    && (stores.length === 0 || feed.marketplaceIds.some((id) => stores.includes(id)));
}

function requireFeed(queue: FeedQueue, call: ApiCall): Feed {
  const id = call.parameters['feedId'] ?? '';
  const feed = queue.feeds.get(id);
  if (feed === undefined) throw invalidInput('feeds', `There is no feed ${id}.`);
  return feed;
}

function feedView(feed: Feed): Readonly<Record<string, unknown>> {
  return {
    feedId: feed.id, feedType: feed.feedType, marketplaceIds: feed.marketplaceIds, createdTime: toWireTime(feed.createdAtMs), processingStatus: feed.status,
    ...(feed.startedAtMs === undefined ? {} : { processingStartTime: toWireTime(feed.startedAtMs) }),
    ...(feed.endedAtMs === undefined ? {} : { processingEndTime: toWireTime(feed.endedAtMs) }),
    ...(feed.resultDocumentId === undefined ? {} : { resultFeedDocumentId: feed.resultDocumentId }),
  };
}
