import type { PublishOutcome } from '@stockwright/adapter';
import type { Instant } from '@stockwright/core';
import { shorten } from '../amazon-errors.ts';
import type { IssueWire, SubmissionWire } from '../wire/listings-wire.ts';

/** What a patch of this adapter touches, as issues name it. */
const TOUCHED = new Set([
  'fulfillment_availability',
  'fulfillment_channel_code',
  'quantity',
  'lead_time_to_ship_max_days',
  'product_type',
  'producttype',
]);

/** What a listing can lack for reasons of its own, whatever was written now. */
const OF_THE_LISTING = new Set([
  'MISSING_ATTRIBUTE',
  'INVALID_IMAGE',
  'MISSING_IMAGE',
  'INVALID_PRICE',
  'MISSING_PRICE',
  'DUPLICATE',
  'QUALIFICATION_REQUIRED',
]);

/**
 * What became of a write, by Amazon's answer of HTTP 200. A listing can carry errors of its own, such as a missing size,
 * and take a new quantity nevertheless: only an error about what was written refuses the write.
 */
export function outcomeOfSubmission({ status, issues = [], submissionId }: SubmissionWire, at: Instant): PublishOutcome {
  const errors = issues.filter(({ severity }) => severity === 'ERROR');
  const own = errors.filter(isAboutWrite);
  if (status === 'INVALID') return refused([...own, ...errors, ...issues][0], submissionId);
  if (status === 'ACCEPTED') return own.length === 0 ? { status: 'applied', at } : refused(own[0], submissionId);
  return { status: 'unknown', reason: `Amazon answered with status ${shorten(status)}, which says nothing of a write (submission ${shorten(submissionId)})` };
}

/** By the attributes that it names; where it names none, unless its categories are of the listing alone. */
function isAboutWrite({ attributeNames = [], categories = [] }: IssueWire): boolean {
  if (attributeNames.length > 0) return attributeNames.some((name) => TOUCHED.has((name.split('.')[0] ?? '').toLowerCase()));
  return categories.length === 0 || categories.some((category) => !OF_THE_LISTING.has(category));
}

function refused(issue: IssueWire | undefined, submissionId: string): PublishOutcome {
  const why = issue === undefined ? `without a reason (submission ${shorten(submissionId)})` : `${shorten(issue.code)}: ${shorten(issue.message)}${namesOf(issue)}`;
  return { status: 'rejected', reason: `Amazon refused the write, ${why}`, code: 'REJECTED' };
}

function namesOf({ attributeNames = [] }: IssueWire): string {
  return attributeNames.length === 0 ? '' : ` (${shorten(attributeNames.join(', '))})`;
}
