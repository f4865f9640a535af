import { gzipSync } from 'node:zlib';
import type { Account } from './account.ts';
import { FEED_RETENTION_MS } from './feed-documents.ts';
import type { FeedDocumentStore } from './feed-documents.ts';
import { processFeed, readFeed } from './feed-messages.ts';
import type { ListingsFeed } from './feed-messages.ts';

const DEFAULT_QUEUE_MS = 30_000;
const DEFAULT_PROCESSING_MS = 60_000;

/** The one type that still works. */
export const LISTINGS_FEED = 'JSON_LISTINGS_FEED';

/** A feed. */
export interface Feed {
  readonly id: string;
  readonly feedType: string;
  readonly marketplaceIds: readonly string[];
  readonly inputDocumentId: string;
  readonly createdAtMs: number;
  /** Before this it is not taken up, even where none is before it. */
  readonly readyAtMs: number;
  readonly isNeverApplied: boolean;
  status: 'IN_QUEUE' | 'IN_PROGRESS' | 'DONE' | 'CANCELLED' | 'FATAL';
  startedAtMs: number | undefined;
  endedAtMs: number | undefined;
  resultDocumentId: string | undefined;
}

/** The feeds of a seller: one after the other. */
export interface FeedQueue {
  readonly feeds: ReadonlyMap<string, Feed>;
  add(wanted: Pick<Feed, 'feedType' | 'marketplaceIds' | 'inputDocumentId' | 'isNeverApplied'>): Feed;
  /** Takes a waiting feed out; false where it has been taken up. */
  cancel(feed: Feed): boolean;
}

/** An empty queue. */
export function createFeedQueue(account: Account, documents: FeedDocumentStore): FeedQueue {
  const feeds = new Map<string, Feed>();
  const waiting: Feed[] = [];
  let isBusy = false;
  const takeNext = (): void => {
    const feed = waiting[0];
    if (isBusy || feed === undefined) return;
    isBusy = true;
    account.agenda.add(Math.max(account.now(), feed.readyAtMs), () => {
      isBusy = false;
      // It may have been cancelled meanwhile.
      if (waiting[0] !== feed) {
        takeNext();
        return;
      }
      waiting.shift();
      isBusy = true;
      start({ account, documents }, feed, () => {
        isBusy = false;
        takeNext();
      });
    });
  };
  return {
    feeds,
    add: (wanted) => {
      for (const [id, { createdAtMs, status }] of feeds) {
        if (createdAtMs + FEED_RETENTION_MS > account.now() || status === 'IN_QUEUE' || status === 'IN_PROGRESS') break;
        feeds.delete(id);
      }
      const nowMs = account.now();
      const feed: Feed = {
        ...wanted, id: String(50_000_000_000 + account.nextNumber()), createdAtMs: nowMs, readyAtMs: nowMs + (account.options.feedQueueMs?.() ?? DEFAULT_QUEUE_MS),
        status: 'IN_QUEUE', startedAtMs: undefined, endedAtMs: undefined, resultDocumentId: undefined,
      };
      feeds.set(feed.id, feed);
      waiting.push(feed);
      takeNext();
      return feed;
    },
    cancel: (feed) => {
      const index = waiting.indexOf(feed);
      if (index === -1) return false;
      waiting.splice(index, 1);
      finish(account, feed, 'CANCELLED');
      return true;
    },
  };
}

interface Surroundings {
  readonly account: Account;
  readonly documents: FeedDocumentStore;
}

/** Takes a feed up. A stuck one never calls `next`, so that every later feed waits for good. */
function start({ account, documents }: Surroundings, feed: Feed, next: () => void): void {
  feed.status = 'IN_PROGRESS';
  feed.startedAtMs = account.now();
  const fault = account.options.feedFaults?.({ feedId: feed.id, feedType: feed.feedType }) ?? 'process';
  if (fault === 'stuck') return;
  const input = documents.find(feed.inputDocumentId);
  const content = fault === 'fatal' || feed.feedType !== LISTINGS_FEED ? undefined : readFeed(account.options.sellerId, input?.body);
  const messages = content?.messages.length ?? 0;
  const durationMs = account.options.feedProcessingMs?.(messages) ?? DEFAULT_PROCESSING_MS;
  account.agenda.add(account.now() + durationMs, () => {
    if (content !== undefined) feed.resultDocumentId = report({ account, documents }, feed, content);
    if (input !== undefined) input.body = undefined;
    finish(account, feed, content === undefined ? 'FATAL' : 'DONE');
    next();
  });
}

/** Messages take effect when the feed is done, so a feed can land on a patch that was sent after it. */
function report({ account, documents }: Surroundings, feed: Feed, content: ListingsFeed): string {
  const text = JSON.stringify(processFeed(account, content, { feedId: feed.id, isNeverApplied: feed.isNeverApplied }));
  const isGzip = account.options.gzipFeedReports === true;
  const bytes = new TextEncoder().encode(text);
  return documents.create({ contentType: 'application/json; charset=UTF-8', body: isGzip ? gzipSync(bytes) : bytes, isGzip }).id;
}

function finish(account: Account, feed: Feed, status: 'DONE' | 'FATAL' | 'CANCELLED'): void {
  const { sellerId } = account.options;
  feed.status = status;
  feed.endedAtMs = account.now();
  const result = feed.resultDocumentId === undefined ? {} : { resultFeedDocumentId: feed.resultDocumentId };
  account.notify({
    notificationType: 'FEED_PROCESSING_FINISHED',
    subject: feed.id,
    payload: () => ({ feedProcessingFinishedNotification: {
      sellerId, accountId: `amzn1.merchant.o.${sellerId}`, feedId: feed.id, feedType: feed.feedType, processingStatus: status, ...result,
    } }),
  });
}
