import { generateKeyPairSync } from 'node:crypto';
import { createMapping } from '@stockwright/adapter-kit';
import { createNetSuite } from '@stockwright/adapter-netsuite';
import { createShopify, type ShopifyChannel } from '@stockwright/adapter-shopify';
import type { CallContext, Random } from '@stockwright/adapter';
import { parseCatalog, parseChannelId, parseLocationId, parseSku, parseSourceId, StockwrightError, type ChannelId, type LocationId, type Policy, type Sku, type SourceId } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { serveHttp } from '@stockwright/simulators/http';
import { createNetSuiteSimulator, type NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import { createShopifySimulator, type ShopifySimulator } from '@stockwright/simulators/shopify';
import type { OpeningStock } from '../input/replay.ts';
import type { VirtualClock } from '@stockwright/testkit';
import { fromOrderReference } from './erp.ts';
import { LATENCY_MS, networkTo } from './network.ts';

const ACCOUNT = 'TSTDRV123';
const SHOP = 'demo-shop.myshopify.com';
const ACCESS_TOKEN = 'demo-token';
const WEBHOOK_SECRET = 'demo-webhook-secret';
const MINUTE_MS = 60_000;

/** The names that policy, ledger and report use. */
export const SHOP_CHANNEL: ChannelId = parseChannelId('shopify');
/** The system that owns the stock. */
export const ERP_SOURCE: SourceId = parseSourceId('netsuite');

/** Everything that runs, and how to end it. */
export interface World {
  readonly engine: Engine;
  readonly netsuite: NetSuiteSimulator;
  readonly shop: ShopifySimulator;
  /** The shop's own number of a location. */
  locationNumber(location: string): number;
  /** Lets the shop send the webhooks that are due, now and as they come due. */
  sendWebhooks(): void;
  readonly urls: { readonly netsuite: string; readonly shopify: string; readonly webhooks: string };
  close(): Promise<void>;
}

/** What a world is made from. */
export interface WorldOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly store: Store;
  readonly policy: Policy;
  readonly stock: readonly OpeningStock[];
  /** The first of three ports in a row; free ones where absent. */
  readonly port?: number;
  readonly signal: AbortSignal;
}

/** Composes the SDK as a user would, against local servers of both vendors. What was opened before a failure is closed again. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const places = placesOf(options);
  const vendors = createVendors(options, places);
  const servers: Awaited<ReturnType<typeof serveHttp>>[] = [];
  const closeVendors = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    vendors.netsuite.close();
  };
  const serve: Serve = async (handler) => {
    try {
      const server = await serveHttp(handler, options.port === undefined ? {} : { port: options.port + servers.length });
      servers.push(server);
      return server.url;
    } catch (error) {
      throw new StockwrightError(error instanceof Error ? error.message : String(error), { code: 'INVALID_CONFIGURATION', cause: error });
    }
  };
  try {
    return await assemble(options, places, { ...vendors, serve, closeVendors });
  } catch (error) {
    await closeVendors();
    throw error;
  }
}

type Serve = (handler: (request: Request) => Promise<Response>) => Promise<string>;

interface Places {
  readonly skus: readonly string[];
  readonly locations: readonly string[];
  locationNumber(location: string): number;
}

function placesOf({ stock, policy }: WorldOptions): Places {
  const locations = [...new Set([...policy.channels.flatMap((channel) => channel.locations as readonly string[]), ...stock.map(({ location }) => location)])];
  const numberOf = new Map(locations.map((location, index) => [location, index + 1]));
  return { skus: [...new Set(stock.map(({ sku }) => sku))].sort(), locations, locationNumber: (location) => numberOf.get(location) ?? 0 };
}

interface Vendors {
  readonly netsuite: NetSuiteSimulator;
  readonly shop: ShopifySimulator;
  readonly privateKeyPem: string;
}

function createVendors({ clock, random, stock }: WorldOptions, { skus, locations, locationNumber }: Places): Vendors {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const netsuite = createNetSuiteSimulator({
    clock, random, account: ACCOUNT, clientId: 'demo-client', certificateId: 'demo-certificate', publicKey,
    locations: locations.map((name) => ({ id: locationNumber(name), name })),
    items: skus.map((itemid) => ({ itemid, itemtype: 'InvtPart' as const })),
    stock: stock.map(({ sku, location, onHand }) => ({ itemid: sku, locationId: locationNumber(location), onHand })),
  });
  const deliver = networkTo(clock, 0);
  const shop = createShopifySimulator({
    clock, random, shopDomain: SHOP, accessToken: ACCESS_TOKEN, webhookSecret: WEBHOOK_SECRET,
    locations: locations.map((name) => ({ id: locationNumber(name), name })),
    products: skus.map((sku, index) => ({ sku, inventoryItemId: 5_000_001 + index })),
    deliver: (request) => deliver(request),
    webhookDelayMs: () => LATENCY_MS.webhook + Math.floor(random.next() * 2_000),
  });
  return { netsuite, shop, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

async function assemble(
  options: WorldOptions,
  places: Places,
  { netsuite, shop, privateKeyPem, serve, closeVendors }: Vendors & { serve: Serve; closeVendors: () => Promise<void> },
): Promise<World> {
  const { clock, random, signal } = options;
  const netsuiteUrl = await serve((request) => netsuite.fetch(request));
  const shopUrl = await serve((request) => shop.fetch(request));
  const { engine, shopify } = compose(options, { ...places, privateKeyPem, urls: { netsuite: netsuiteUrl, shopify: shopUrl } });
  const webhooksUrl = await serve(async (request) => {
    const headers = Object.fromEntries(request.headers);
    const { httpStatus } = await engine.receive(SHOP_CHANNEL, { headers, body: new Uint8Array(await request.arrayBuffer()) });
    return new Response(null, { status: httpStatus });
  });
  const silent = (): void => undefined;
  const context: CallContext = {
    signal, clock, random, deadlineMs: Number.MAX_SAFE_INTEGER, budget: { report: silent }, logger: { debug: silent, info: silent, warn: silent, error: silent },
  };
  await shopify.registerWebhooks({ uri: `${webhooksUrl}/webhooks/shopify`, topics: ['orders/create', 'orders/updated'] }, context);
  return {
    engine, netsuite, shop, locationNumber: places.locationNumber, sendWebhooks: webhookSender(shop, clock, signal),
    urls: { netsuite: netsuiteUrl, shopify: shopUrl, webhooks: webhooksUrl },
    close: async () => {
      await engine.stop();
      await closeVendors();
      await options.store.close();
    },
  };
}

/** Lets the shop send each webhook when it is due. */
function webhookSender(shop: ShopifySimulator, clock: VirtualClock, signal: AbortSignal): () => void {
  let sending: Promise<void> = Promise.resolve();
  let armedFor = Number.POSITIVE_INFINITY;
  const send = (): void => {
    const due = shop.nextDueAtMs();
    if (due === undefined || due >= armedFor) return;
    armedFor = due;
    sending = sending.then(() => clock.sleep(Math.max(0, due - clock.now()), signal)).then(async () => {
      armedFor = Number.POSITIVE_INFINITY;
      await shop.deliverDue();
      send();
    }).catch(() => undefined);
  };
  return send;
}

interface Composition extends Places {
  readonly privateKeyPem: string;
  readonly urls: { readonly netsuite: string; readonly shopify: string };
}

function compose({ clock, random, store, policy }: WorldOptions, { skus, locations, locationNumber, privateKeyPem, urls }: Composition): { engine: Engine; shopify: ShopifyChannel } {
  const catalog = parseCatalog(skus.map((sku) => ({ sku })));
  const netsuite = createNetSuite({
    id: ERP_SOURCE, account: ACCOUNT, endpoint: urls.netsuite, fetch: networkTo(clock, LATENCY_MS.netsuite),
    auth: { kind: 'oauth2', clientId: 'demo-client', certificateId: 'demo-certificate', privateKeyPem, algorithm: 'ES256' },
    mappings: {
      skus: createMapping<Sku>(skus.map((sku) => [sku, parseSku(sku)])),
      locations: createMapping<LocationId>(locations.map((location) => [String(locationNumber(location)), parseLocationId(location)])),
    },
    orderReference: {
      column: 'externalid',
      parse: (reference) => {
        const orderId = fromOrderReference(reference);
        return orderId === undefined ? undefined : { channel: SHOP_CHANNEL, orderId };
      },
    },
    lineColumns: { ordered: 'custcol_ordered', cancelled: 'custcol_cancelled', returned: 'custcol_returned' },
  });
  const shopify = createShopify({
    id: SHOP_CHANNEL, shopDomain: SHOP, accessToken: ACCESS_TOKEN, webhookSecrets: [WEBHOOK_SECRET], endpoint: urls.shopify,
    fetch: networkTo(clock, LATENCY_MS.shopify),
    mappings: {
      skus: createMapping<Sku>(skus.map((sku, index) => [`gid://shopify/InventoryItem/${String(5_000_001 + index)}`, parseSku(sku)])),
      locations: createMapping<LocationId>(locations.map((location) => [`gid://shopify/Location/${String(locationNumber(location))}`, parseLocationId(location)])),
    },
  });
  const engine = createEngine({
    store, catalog, policy, clock, random,
    sources: [{ adapter: netsuite, pollMs: 10 * MINUTE_MS, fullReadMs: 24 * 60 * MINUTE_MS }],
    channels: [{ adapter: shopify, ordersPollMs: 60 * MINUTE_MS, readBackMs: 6 * 60 * MINUTE_MS }],
    owners: [{ source: ERP_SOURCE, measures: ['onHand', 'committed'] }],
  });
  return { engine, shopify };
}
