import { createAmazon } from '@stockwright/adapter-amazon';
import { createMapping } from '@stockwright/adapter-kit';
import { createNetSuite } from '@stockwright/adapter-netsuite';
import { createShopify, type ShopifyChannel } from '@stockwright/adapter-shopify';
import { parseChannelId } from '@stockwright/core';
import type { EngineOptions } from '@stockwright/engine';
import { hostileDispatcher, retentionOf, StorePort, type Life } from '@stockwright/testkit/harness';
import { fromOrderReference } from '../world/erp.ts';
import { AMAZON_LOGIN, NETSUITE_LOGIN, SHOPIFY_LOGIN } from '../world/vendors.ts';
import { SHAPE } from './shape.ts';
import { takingTurns } from './turns.ts';
import { AMAZON_EFFECTIVE_MS, PRIVATE_KEY_PEM, type Played } from './vendors.ts';
import { Wire } from './wire.ts';

const NETSUITE_URL = 'http://netsuite.invalid';
const AMAZON_URL = 'http://amazon.invalid';
const IN_FLIGHT_MAX = 2;

/** What the engine of one process is composed of: as a user would, over the ports of this world. */
export function composeFor(world: Played, life: Life): EngineOptions {
  const { weather, store } = world;
  return {
    store: new StorePort(life, () => store.port), catalog: SHAPE.catalog, policy: SHAPE.policy(weather.cap),
    clock: life, random: life.prng, dispatcher: hostileDispatcher(life),
    sources: [{ adapter: netsuiteOf(new Wire(world, life, 'netsuite').fetch), pollMs: weather.sourcePollMs, fullReadMs: weather.fullReadMs }],
    channels: [
      { adapter: shopifyOf(new Wire(world, life, 'shopify').fetch), ordersPollMs: weather.ordersPollMs, readBackMs: weather.readBackMs },
      { adapter: amazonOf(new Wire(world, life, 'amazon').fetch), ordersPollMs: world.amazonPollMs, readBackMs: weather.readBackMs },
    ],
    owners: [{ source: SHAPE.source, measures: ['onHand', 'committed'] }],
    times: { leaseMs: world.leaseMs, callTimeoutMs: world.callTimeoutMs, sweepMs: weather.sweepMs }, retention: retentionOf(weather),
  };
}

function netsuiteOf(fetch: typeof globalThis.fetch): EngineOptions['sources'][number]['adapter'] {
  const { account, clientId, certificateId } = NETSUITE_LOGIN;
  return createNetSuite({
    id: SHAPE.source, account, endpoint: NETSUITE_URL, fetch, throttle: takingTurns(IN_FLIGHT_MAX), pageSize: 5,
    auth: { kind: 'oauth2', clientId, certificateId, privateKeyPem: PRIVATE_KEY_PEM, algorithm: 'ES256' },
    mappings: { skus: createMapping(SHAPE.stocked.map((sku) => [sku, sku])), locations: createMapping([[String(SHAPE.locationNumber), SHAPE.location]]) },
    orderReference: {
      column: 'externalid',
      parse: (reference) => {
        const found = fromOrderReference(reference);
        return found === undefined ? undefined : { channel: parseChannelId(found.channel), orderId: found.orderId };
      },
    },
    lineColumns: { ordered: 'custcol_ordered', cancelled: 'custcol_cancelled', returned: 'custcol_returned' },
  });
}

/** The shop as one process, or whoever sets it up, reaches it. */
export function shopifyOf(fetch: typeof globalThis.fetch): ShopifyChannel {
  const { shopDomain, accessToken, webhookSecret } = SHOPIFY_LOGIN;
  return createShopify({
    id: SHAPE.shopify, shopDomain, accessToken, webhookSecrets: [webhookSecret], fetch, throttle: takingTurns(IN_FLIGHT_MAX),
    mappings: {
      skus: createMapping(SHAPE.listings.map(({ sku, itemNumber }) => [`gid://shopify/InventoryItem/${String(itemNumber)}`, sku])),
      locations: createMapping([[`gid://shopify/Location/${String(SHAPE.locationNumber)}`, SHAPE.location]]),
    },
  });
}

function amazonOf(fetch: typeof globalThis.fetch): EngineOptions['channels'][number]['adapter'] {
  return createAmazon({
    ...AMAZON_LOGIN, id: SHAPE.amazon, endpoint: AMAZON_URL, lwaUrl: `${AMAZON_URL}/auth/o2/token`, fetch, throttle: takingTurns(IN_FLIGHT_MAX),
    effectiveWithinMs: AMAZON_EFFECTIVE_MS, mappings: { skus: createMapping(SHAPE.listings.map(({ sku }) => [sku, sku])) },
  });
}
