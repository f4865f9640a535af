import { generateKeyPairSync } from 'node:crypto';
import { createAmazonSimulator, type AmazonSimulator } from '@stockwright/simulators/amazon';
import { createNetSuiteSimulator, type NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import { createShopifySimulator, type ShopifySimulator } from '@stockwright/simulators/shopify';
import { seededRandom, type VirtualClock } from '@stockwright/testkit';
import type { Weather } from '../faults/weather.ts';
import type { OpeningStock } from '../input/replay.ts';
import { LATENCY_MS, networkTo } from './network.ts';

export const NETSUITE_LOGIN = { account: 'TSTDRV123', clientId: 'demo-client', certificateId: 'demo-certificate' } as const;
export const SHOPIFY_LOGIN = { shopDomain: 'demo-shop.myshopify.com', accessToken: 'demo-token', webhookSecret: 'demo-webhook-secret' } as const;
export const AMAZON_LOGIN = {
  sellerId: 'A3DEMOSELLER01', marketplaceId: 'A1F83G8C2ARO7P', clientId: 'amzn1.application-oa2-client.demo', clientSecret: 'amzn1.oa2-cs.v1.demo', refreshToken: 'Atzr|demo',
} as const;

/** How long Amazon takes until an accepted quantity is on offer. */
const AMAZON_APPLY_MS = { least: 15_000, most: 90_000 } as const;

/** What a shop shows at one of its places from now on. */
export interface ShownAt {
  readonly channel: 'shopify' | 'amazon';
  /** The number of the place; absent where the shop has none. */
  readonly locationNumber?: number;
  readonly sku: string;
  readonly quantity: number;
  /** The shop took its own sale off. */
  readonly bySale: boolean;
  readonly atMs: number;
}

/** The simulated vendors of a world. */
export interface Vendors {
  readonly netsuite: NetSuiteSimulator;
  readonly shopify: ShopifySimulator;
  readonly amazon: AmazonSimulator;
  readonly privateKeyPem: string;
}

/** What vendors are made of. */
export interface VendorParts {
  readonly clock: VirtualClock;
  /** Each vendor has random numbers of its own. */
  readonly seed: string;
  readonly weather: Weather;
  readonly locations: readonly { readonly name: string; readonly number: number }[];
  readonly stock: readonly OpeningStock[];
  /** What the shops list, each with Shopify's number of it. */
  readonly listings: readonly { readonly sku: string; readonly number: number }[];
  readonly onShown: (shown: ShownAt) => void;
}

/** Starts the vendors' accounts, with the stock in the ERP and nothing on offer yet. */
export function createVendors({ clock, seed, weather, locations, stock, listings, onShown }: VendorParts): Vendors {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const random = { netsuite: seededRandom(`netsuite ${seed}`), shopify: seededRandom(`shopify ${seed}`), amazon: seededRandom(`amazon ${seed}`) };
  const numberOf = new Map(locations.map(({ name, number }) => [name, number]));
  const netsuite = createNetSuiteSimulator({
    clock, random: random.netsuite, ...NETSUITE_LOGIN, publicKey,
    locations: locations.map(({ name, number }) => ({ id: number, name })),
    items: [...new Set(stock.map(({ sku }) => sku))].sort().map((itemid) => ({ itemid, itemtype: 'InvtPart' as const })),
    stock: stock.map(({ sku, location, onHand }) => ({ itemid: sku, locationId: numberOf.get(location) ?? 0, onHand })),
    requestFaults: (operation) => weather.netsuite(operation),
  });
  const deliver = networkTo(clock, 0);
  const shopify = createShopifySimulator({
    clock, random: random.shopify, ...SHOPIFY_LOGIN,
    locations: locations.map(({ name, number }) => ({ id: number, name })),
    products: listings.map(({ sku, number }) => ({ sku, inventoryItemId: number })),
    deliver: (request) => deliver(request),
    webhookDelayMs: () => LATENCY_MS.webhook + Math.floor(random.shopify.next() * 2_000),
    webhookFaults: () => weather.webhook(),
    requestFaults: (operation) => weather.shopify(operation),
    onLevelChange: (() => {
      const shown = new Map<string, number>();
      return ({ sku, locationId, available, cause, atMs }) => {
        const key = `${String(locationId)} ${sku}`;
        onShown({ channel: 'shopify', locationNumber: locationId, sku, quantity: available, bySale: cause === 'order' && available < (shown.get(key) ?? 0), atMs });
        shown.set(key, available);
      };
    })(),
  });
  const amazon = createAmazonSimulator({
    clock, random: random.amazon, ...AMAZON_LOGIN,
    listings: listings.map(({ sku }) => ({ sku })),
    applyDelayMs: () => AMAZON_APPLY_MS.least + Math.floor(random.amazon.next() * (AMAZON_APPLY_MS.most - AMAZON_APPLY_MS.least)),
    notificationDelayMs: () => LATENCY_MS.webhook + Math.floor(random.amazon.next() * 3_000),
    notificationFaults: () => weather.notification(),
    requestFaults: (operation) => weather.amazon(operation),
    onShown: ({ sku, quantity, cause, atMs }) => { onShown({ channel: 'amazon', sku, quantity: quantity ?? 0, bySale: cause === 'sale', atMs }); },
  });
  return { netsuite, shopify, amazon, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
