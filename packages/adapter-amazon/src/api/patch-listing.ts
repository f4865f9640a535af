import type { CallContext, PublishOutcome, PublishRequest } from '@stockwright/adapter';
import { instantFromMs, isStockwrightError } from '@stockwright/core';
import { outcomeOfFailure } from '../amazon-errors.ts';
import type { AmazonMappings } from '../amazon-settings.ts';
import { patchOf, planPublishLines, type PatchRules, type PlannedLine } from '../map/publish-lines.ts';
import { outcomeOfSubmission } from '../map/submission.ts';
import { submissionSchema } from '../wire/listings-wire.ts';
import type { ChannelGuard } from './channel-guard.ts';
import { listingsPath, type ListingParts } from './find-listings.ts';

/** What publishing needs of a channel. */
export interface PublishParts extends ListingParts {
  readonly mappings: AmazonMappings;
  readonly guard: ChannelGuard;
  readonly rules: PatchRules;
}

/** Errors that are about the account or the caller and not about a line: nothing was written where one came. */
const OF_ALL = new Set(['UNAUTHENTICATED', 'PERMISSION_DENIED', 'ABORTED']);

/** Writes each line with a patch of its own; one outcome per line, in the order given. */
export async function publishQuantities(parts: PublishParts, { lines }: PublishRequest, context: CallContext): Promise<readonly PublishOutcome[]> {
  const planned = await guardLines(parts, planPublishLines(lines, parts.mappings), context);
  const results = await Promise.all(planned.map((line) => ('refused' in line ? line.refused : writeLine(parts, line, context))));
  const tried = results.filter((_result, index) => !('refused' in (planned[index] ?? {})));
  const failures = tried.flatMap((result) => ('error' in result && isStockwrightError(result.error) && OF_ALL.has(result.error.code) ? [result.error] : []));
  if (failures.length > 0 && failures.length === tried.length) throw failures[0];
  return results.map((result) => ('error' in result ? outcomeOfFailure(result.error) : result));
}

/** Leaves out the lines whose listing the seller does not ship. */
async function guardLines({ guard }: PublishParts, planned: readonly PlannedLine[], context: CallContext): Promise<readonly PlannedLine[]> {
  const sellerSkus = planned.flatMap((line) => ('refused' in line ? [] : [line.sellerSku]));
  try {
    const objections = await guard.objections(sellerSkus, context);
    return planned.map((line) => {
      const refused = 'refused' in line ? undefined : objections.get(line.sellerSku);
      return refused === undefined ? line : { refused };
    });
  } catch (error) {
    if (isStockwrightError(error) && OF_ALL.has(error.code)) throw error;
    const refused = outcomeOfFailure(error);
    return planned.map((line) => ('refused' in line ? line : { refused }));
  }
}

type Result = PublishOutcome | { readonly error: unknown };

async function writeLine(parts: PublishParts, { sellerSku, quantity }: Exclude<PlannedLine, { refused: PublishOutcome }>, context: CallContext): Promise<Result> {
  const { client, sellerId, marketplaceId, rules, guard } = parts;
  try {
    const submission = await client.call(
      {
        operation: 'patchListingsItem',
        path: listingsPath(sellerId, sellerSku),
        query: { marketplaceIds: marketplaceId },
        body: patchOf(quantity, rules),
        schema: submissionSchema,
      },
      context,
    );
    return outcomeOfSubmission(submission, instantFromMs(context.clock.now()));
  } catch (error) {
    // Perhaps the listing is no longer what it was: the next write looks.
    if (isStockwrightError(error) && error.code === 'REJECTED') guard.forget(sellerSku);
    return { error };
  }
}
