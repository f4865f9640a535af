import type { PublishOutcome } from '@stockwright/adapter';
import type { Instant } from '@stockwright/core';
import { outcomeOfUserError } from '../shopify-errors.ts';
import type { SetQuantitiesWire } from '../wire/publish-wire.ts';

const SPARED: PublishOutcome = {
  status: 'notSent',
  reason: 'Another line of the same batch was refused, and Shopify then writes none of it. Send this line again.',
};

/** Least to most binding, where one call has several errors that name no line. */
const SEVERITY: readonly PublishOutcome['status'][] = ['applied', 'rejected', 'notSent', 'conflict', 'unknown'];

/** What was sent, and when the answer came. */
export interface SentRows {
  readonly count: number;
  readonly at: Instant;
}

/**
 * What became of each row of one write. Shopify writes all rows or none: a row with an error of its own gets that, the
 * others were not written.
 *
 * @returns One outcome per row, in the order sent.
 */
export function mapPublishOutcomes(answer: SetQuantitiesWire['inventorySetQuantities'], sent: SentRows): readonly PublishOutcome[] {
  const { userErrors, inventoryAdjustmentGroup } = answer;
  if (userErrors.length === 0) return fill(sent.count, { status: 'applied', at: sent.at });
  if ((inventoryAdjustmentGroup ?? undefined) !== undefined) {
    return fill(sent.count, { status: 'unknown', reason: 'Shopify answered with both a change and an error' });
  }
  const ofRow = new Map<number, PublishOutcome>();
  let ofAll: PublishOutcome | undefined;
  for (const error of userErrors) {
    const index = rowIndex(error.field, sent.count);
    const outcome = outcomeOfUserError(error);
    if (index === undefined) ofAll = graver(ofAll, outcome);
    // A row that is refused anyway need not be compared again.
    else if (ofRow.get(index)?.status !== 'rejected') ofRow.set(index, outcome);
  }
  return Array.from({ length: sent.count }, (_none, index) => ofRow.get(index) ?? ofAll ?? SPARED);
}

function fill(count: number, outcome: PublishOutcome): readonly PublishOutcome[] {
  return Array.from({ length: count }, () => outcome);
}

function graver(a: PublishOutcome | undefined, b: PublishOutcome): PublishOutcome {
  return a !== undefined && SEVERITY.indexOf(a.status) >= SEVERITY.indexOf(b.status) ? a : b;
}

/** Which row an error speaks of: `input.quantities.3.locationId`, in one text or in four. */
function rowIndex(field: readonly string[] | null | undefined, count: number): number | undefined {
  const match = /(?:^|\.)quantities\.(\d+)(?:\.|$)/.exec((field ?? []).join('.'));
  if (match === null) return undefined;
  const index = Number(match[1]);
  return index < count ? index : undefined;
}
