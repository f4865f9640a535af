import type { PublishLine, PublishOutcome } from '@stockwright/adapter';
import type { AmazonMappings } from '../amazon-settings.ts';
import { QUANTITY_MAX, toAmazonQuantity } from './amazon-quantity.ts';
import { MERCHANT_CHANNEL } from './offer.ts';

/** A line on its way, or why it is not sent. */
export type PlannedLine = { readonly sellerSku: string; readonly quantity: number } | { readonly refused: PublishOutcome };

/** Turns each line into what is written, in the order given. */
export function planPublishLines(lines: readonly PublishLine[], { skus }: AmazonMappings): readonly PlannedLine[] {
  return lines.map(({ sku, location, quantity }) => {
    const sellerSku = skus.toExternal(sku);
    if (sellerSku === undefined) return refused(`Sku "${sku}" is not mapped to a seller sku. Map it, then publish again.`, 'INVALID_CONFIGURATION');
    if (location !== undefined) return refused(`Sku "${sku}" at "${location}": Amazon keeps one number per listing. Publish the total.`, 'REJECTED');
    if (isDots(sellerSku)) return refused(`Seller sku "${sellerSku}" cannot stand in an address. Give the listing another one.`, 'REJECTED');
    const value = toAmazonQuantity(quantity);
    if (value === undefined) return refused(`Quantity ${quantity} of "${sku}" is not a whole number from 0 to ${String(QUANTITY_MAX)}.`, 'REJECTED');
    return { sellerSku, quantity: value };
  });
}

/** A path ends in these only to be shortened by them, encoded or not. */
function isDots(sellerSku: string): boolean {
  return sellerSku === '.' || sellerSku === '..';
}

function refused(reason: string, code: string): PlannedLine {
  return { refused: { status: 'rejected', reason, code } };
}

/** What a patch says besides the quantity. */
export interface PatchRules {
  readonly productType: string;
  readonly handlingDays?: number;
}

/**
 * The body of a patch. `merge` keeps what the listing has besides the quantity, such as its handling time and restock date,
 * where `replace` would wipe it (Amazon's issue 4406, read 2026-11).
 */
export function patchOf(quantity: number, { productType, handlingDays }: PatchRules): object {
  const days = handlingDays === undefined ? {} : { lead_time_to_ship_max_days: handlingDays };
  const value = [{ fulfillment_channel_code: MERCHANT_CHANNEL, quantity, ...days }];
  return { productType, patches: [{ op: 'merge', path: '/attributes/fulfillment_availability', value }] };
}
