import { ensureStocked } from './api/ensure-stocked.ts';
import { readAllLevels, readSomeLevels } from './api/read-levels.ts';
import { readOrders } from './api/read-orders.ts';
import { registerWebhooks } from './api/register-webhooks.ts';
import { publishQuantities } from './api/set-quantities.ts';
import { createShopifyClient } from './api/shopify-client.ts';
import { readWebhook } from './map/webhook.ts';
import { SHOPIFY_CAPABILITIES } from './shopify-capabilities.ts';
import type { ShopifyChannel } from './shopify-channel.ts';
import { resolveSettings, type ShopifySettings } from './shopify-settings.ts';

/**
 * A Shopify shop as a sales channel, over the Admin GraphQL API.
 *
 * @remarks
 * Publishes `available` per location, compared with what the shop is believed to show; Shopify writes a batch whole or not
 * at all. The numbers it reads back are what sells: a pair that is not stocked reads as 0, see `ensureStocked`.
 *
 * @throws `INVALID_INPUT` where a setting is not usable; nothing is sent yet.
 * @example
 * ```ts
 * const shop = createShopify({
 *   id: parseChannelId('shop'),
 *   shopDomain: 'example.myshopify.com',
 *   accessToken,
 *   webhookSecrets: [clientSecret],
 *   mappings: {
 *     skus: createMapping([['gid://shopify/InventoryItem/1', parseSku('85123A')]]),
 *     locations: createMapping([['gid://shopify/Location/1', parseLocationId('W1')]]),
 *   },
 * });
 * ```
 * @public
 */
export function createShopify(settings: ShopifySettings): ShopifyChannel {
  const resolved = resolveSettings(settings);
  const { id, mappings, shopDomain, webhookSecrets } = resolved;
  const client = createShopifyClient(resolved);
  return {
    kind: 'channel',
    contractVersion: 'v1',
    id,
    capabilities: SHOPIFY_CAPABILITIES,
    account: `shopify:${shopDomain}`,
    publish: (request, context) => publishQuantities({ client, mappings }, request, context),
    readLevels: (keys, page, context) =>
      keys === 'all' ? readAllLevels({ client, mappings }, page, context) : readSomeLevels({ client, mappings }, { keys, page }, context),
    readOrders: (request, page, context) => readOrders({ client, mappings, channel: id }, { request, page }, context),
    receive: (request) => readWebhook(request, { shopDomain, secrets: webhookSecrets, mappings }),
    ensureStocked: (keys, context) => ensureStocked({ client, mappings }, keys, context),
    registerWebhooks: (registration, context) => registerWebhooks(client, registration, context),
  };
}
