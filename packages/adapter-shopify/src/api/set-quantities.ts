import type { CallContext, Mappings, PublishOutcome, PublishRequest } from '@stockwright/adapter';
import { instantFromMs } from '@stockwright/core';
import { planPublishLines, type QuantityRow } from '../map/publish-lines.ts';
import { mapPublishOutcomes } from '../map/publish-outcomes.ts';
import { outcomeOfFailure } from '../shopify-errors.ts';
import { setQuantitiesSchema } from '../wire/publish-wire.ts';
import { SET_QUANTITIES } from './documents.ts';
import type { ShopifyClient } from './shopify-client.ts';

/** What publishing needs of a channel. */
export interface PublishParts {
  readonly client: ShopifyClient;
  readonly mappings: Mappings;
}

/** Writes `available` with `inventorySetQuantities`; one outcome per line, in the order given. */
export async function publishQuantities(
  { client, mappings }: PublishParts,
  { idempotencyKey, lines }: PublishRequest,
  context: CallContext,
): Promise<readonly PublishOutcome[]> {
  const planned = planPublishLines(lines, mappings);
  const rows = planned.flatMap((line) => ('row' in line ? [line.row] : []));
  const outcomes = rows.length === 0 ? [] : await sendRows(client, { idempotencyKey, rows }, context);
  const sent = outcomes[Symbol.iterator]();
  return planned.map((line) => ('refused' in line ? line.refused : nextOutcome(sent)));
}

function nextOutcome(sent: Iterator<PublishOutcome>): PublishOutcome {
  const { done, value } = sent.next();
  return done === true ? { status: 'unknown', reason: 'Shopify answered for fewer lines than were sent' } : value;
}

interface Write {
  readonly idempotencyKey: string;
  readonly rows: readonly QuantityRow[];
}

async function sendRows(client: ShopifyClient, { idempotencyKey, rows }: Write, context: CallContext): Promise<readonly PublishOutcome[]> {
  const input = {
    name: 'available',
    reason: 'correction',
    // Shown in the merchant's inventory history: which write of ours it was.
    referenceDocumentUri: `gid://stockwright/Publish/${encodeURIComponent(idempotencyKey)}`,
    quantities: rows,
  };
  try {
    const { inventorySetQuantities } = await client.call(
      {
        operation: 'inventorySetQuantities',
        document: SET_QUANTITIES,
        variables: { input, key: idempotencyKey },
        schema: setQuantitiesSchema,
        safe: false,
      },
      context,
    );
    return mapPublishOutcomes(inventorySetQuantities, { count: rows.length, at: instantFromMs(context.clock.now()) });
  } catch (error) {
    const outcome = outcomeOfFailure(error);
    return rows.map(() => outcome);
  }
}
