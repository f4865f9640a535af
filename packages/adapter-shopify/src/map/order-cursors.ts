import { instantFromMs, instantToMs, parseInstant, type Instant } from '@stockwright/core';
import { z } from 'zod';

/**
 * How far two reads overlap. `updatedAt` is cut to the second, and Shopify's search index, which answers the read, may
 * follow the order by some seconds.
 */
const OVERLAP_MS = 60_000;

/** Where a read of changed orders stands. */
export interface ChangedCursor {
  readonly after: string;
  /** When the first page was asked for, by the caller's clock. */
  readonly startedAt: string;
  /** The latest change seen so far, by Shopify's clock. */
  readonly newest?: string | undefined;
}

export const changedCursorSchema: z.ZodType<ChangedCursor> = z.object({
  after: z.string(),
  startedAt: z.string(),
  newest: z.string().optional(),
});

/** Shopify's search text for orders changed at a moment or later; none for all orders. */
export function changedQuery(since: string | undefined): string | null {
  return since === undefined ? null : `updated_at:>='${parseInstant(since, ['since']).replace(/\.\d{3}Z$/, 'Z')}'`;
}

/** The later of two moments, as they come from Shopify. */
export function newestOf(newest: string | undefined, updatedAt: string): Instant {
  const instant = parseInstant(updatedAt);
  return newest !== undefined && newest > instant ? (newest as Instant) : instant;
}

/**
 * From where the next read starts: before the latest change that Shopify showed, because only that is by Shopify's own
 * clock, and before this read began, so that what changed meanwhile comes again. Where Shopify showed nothing it starts where
 * this one did: a clock of ours that is ahead would skip orders for good. A quiet shop shows its last minute again each time.
 */
export function resumeFrom({ since, startedAt, newest }: { readonly since: string | undefined; readonly startedAt: Instant; readonly newest: string | undefined }): Instant | undefined {
  const floor = since === undefined ? undefined : parseInstant(since, ['since']);
  if (newest === undefined) return floor;
  const next = instantFromMs(Math.min(instantToMs(startedAt), instantToMs(newest as Instant)) - OVERLAP_MS);
  return floor !== undefined && floor > next ? floor : next;
}
