import { addMs, instantFromMs, parseInstant, type Instant } from '@stockwright/core';
import { z } from 'zod';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Amazon shows a search only what changed at least two minutes before it (model of 2026-08-05). */
const HIDDEN_MS = 2 * MINUTE_MS;
/** How far two reads overlap: what changed in the last moment that a search covers may be missing from it. */
const OVERLAP_MS = 2 * MINUTE_MS;
/** How far this machine's clock may be ahead of Amazon's, where Amazon does not tell which time its answer covers. */
const CLOCK_SKEW_MS = 15 * MINUTE_MS;

/** What is still to be shipped or paid. */
const OPEN_STATUSES = ['PENDING_AVAILABILITY', 'PENDING', 'UNSHIPPED', 'PARTIALLY_SHIPPED'];
/** No order is shown that is older than two years (model of 2026-08-05); a day less, so that the limit is not met on the way. */
const OLDEST_MS = 729 * DAY_MS;
/** From how far back a first read takes also what has been shipped or cancelled. */
const RECENT_MS = 2 * DAY_MS;

/** One search for orders, which a read of changes consists of. */
export interface OrderSearch {
  readonly lastUpdatedAfter: string;
  readonly fulfillmentStatuses?: readonly string[];
}

/** Where a read of changed orders stands. All of it but the token stays as it was on the first page. */
export interface ChangedCursor {
  /** When the first page was asked for, by the caller's clock. */
  readonly startedAt: string;
  /** Which of the searches. */
  readonly search: number;
  /** Amazon's token of the next page; it lasts for 24 hours. Absent at the start of a search. */
  readonly token?: string | undefined;
  /** Up to when Amazon's first answer shows changes, by Amazon's clock. */
  readonly coveredTo?: string | undefined;
}

export const changedCursorSchema: z.ZodType<ChangedCursor> = z.strictObject({
  startedAt: z.string(),
  search: z.number().int().min(0),
  token: z.string().optional(),
  coveredTo: z.string().optional(),
});

/**
 * The searches of a read. Without a moment to start from they are two: everything that is still open, however old, and
 * everything of the last two days. A seller's whole history would take days at one page in three minutes, and what was
 * shipped or cancelled long ago asks nothing of stock.
 */
export function orderSearches(since: string | undefined, startedAt: Instant): readonly OrderSearch[] {
  if (since !== undefined) {
    const from = parseInstant(since, ['since']);
    // A search that would begin after what it can cover is refused.
    const latest = addMs(startedAt, -HIDDEN_MS);
    return [{ lastUpdatedAfter: from < latest ? from : latest }];
  }
  return [
    { lastUpdatedAfter: addMs(startedAt, -OLDEST_MS), fulfillmentStatuses: OPEN_STATUSES },
    { lastUpdatedAfter: addMs(startedAt, -RECENT_MS) },
  ];
}

/** From where the next read starts: where Amazon's first answer ends, and some time before it. Never before this one. */
export function resumeFrom({ since, startedAt, coveredTo }: { readonly since: string | undefined; readonly startedAt: Instant; readonly coveredTo: Instant | undefined }): Instant {
  const covered = coveredTo ?? addMs(startedAt, -HIDDEN_MS - CLOCK_SKEW_MS);
  const next = addMs(covered, -OVERLAP_MS);
  if (since === undefined) return next;
  const floor = parseInstant(since, ['since']);
  return floor > next ? floor : next;
}

/** The moment of a clock. */
export function momentOf(clock: { now(): number }): Instant {
  return instantFromMs(clock.now());
}
