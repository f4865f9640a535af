import type { AvailabilityChannel } from '@stockwright/adapter';
import { capabilitiesOf } from './amazon-capabilities.ts';
import { resolveSettings, type AmazonSettings } from './amazon-settings.ts';
import { createAmazonClient } from './api/amazon-client.ts';
import { createChannelGuard } from './api/channel-guard.ts';
import { publishQuantities } from './api/patch-listing.ts';
import { readAllLevels, readSomeLevels } from './api/read-levels.ts';
import { readOrders } from './api/read-orders.ts';
import { receiveNotification } from './map/notification.ts';

/**
 * One marketplace of one Amazon seller as a sales channel, over the Selling Partner API: the quantities of listings that
 * the seller ships, and the orders of them.
 *
 * @remarks
 * A write is a patch per listing; Amazon accepts it first and applies it minutes later, and nothing compares. A listing that
 * Amazon ships (FBA) is never written. Units of an order that waits for its payment are demand already: Amazon has taken
 * them off the offer.
 *
 * @throws `INVALID_INPUT` where a setting is not usable; nothing is sent yet.
 * @example
 * ```ts
 * const amazon = createAmazon({
 *   id: parseChannelId('amazon-us'),
 *   sellerId: 'A3TH9S8BH6GOGM',
 *   marketplaceId: 'ATVPDKIKX0DER',
 *   clientId,
 *   clientSecret,
 *   refreshToken,
 *   mappings: { skus: createMapping([['MUG-BLUE', parseSku('85123A')]]) },
 * });
 * ```
 * @public
 */
export function createAmazon(settings: AmazonSettings): AvailabilityChannel {
  const resolved = resolveSettings(settings);
  const { id, mappings, sellerId, marketplaceId, region, effectiveWithinMs, productType, handlingDays } = resolved;
  const listings = { client: createAmazonClient(resolved), sellerId, marketplaceId };
  const guard = createChannelGuard(listings);
  const rules = { productType, ...(handlingDays === undefined ? {} : { handlingDays }) };
  const levels = { ...listings, mappings, guard };
  return {
    kind: 'channel',
    contractVersion: 'v1',
    id,
    capabilities: capabilitiesOf(effectiveWithinMs),
    // Amazon's limits are of a seller in a region: the marketplaces of one region share them.
    account: `amazon:${region}:${sellerId}`,
    publish: (request, context) => publishQuantities({ ...levels, rules }, request, context),
    readLevels: (keys, page, context) => (keys === 'all' ? readAllLevels(levels, page, context) : readSomeLevels(levels, { keys, page }, context)),
    readOrders: (request, page, context) => readOrders({ ...listings, mappings, channel: id }, { request, page }, context),
    receive: (request) => receiveNotification(request, { sellerId, marketplaceId, mappings }),
  };
}
