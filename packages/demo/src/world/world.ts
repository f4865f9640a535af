import { generateKeyPairSync } from 'node:crypto';
import type { Random } from '@stockwright/adapter';
import { parseChannelId, parseSourceId, StockwrightError, type ChannelId, type Policy, type SourceId } from '@stockwright/core';
import { serveHttp } from '@stockwright/simulators/http';
import { createNetSuiteSimulator, type NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import { createShopifySimulator, type ShopifySimulator } from '@stockwright/simulators/shopify';
import { seededRandom, type VirtualClock } from '@stockwright/testkit';
import type { EngineSettings } from '../host/compose.ts';
import type { EngineHost, HostFactory } from '../host/engine-host.ts';
import type { OpeningStock } from '../input/replay.ts';
import { LATENCY_MS, networkTo } from './network.ts';

const ACCOUNT = 'TSTDRV123';
const CLIENT_ID = 'demo-client';
const CERTIFICATE_ID = 'demo-certificate';
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
  readonly engine: EngineHost;
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
  /** Of all that is random in this world; the engine draws for itself. */
  readonly seed: string;
  /** Where the engine runs. */
  readonly host: HostFactory;
  readonly policy: Policy;
  readonly stock: readonly OpeningStock[];
  /** The first of three ports in a row; free ones where absent. */
  readonly port?: number;
  readonly signal: AbortSignal;
}

/** Composes the SDK as a user would, against local servers of both vendors. What was opened before a failure is closed again. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const places = placesOf(options);
  const vendors = createVendors(options, places, seededRandom(options.seed));
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

/** The shop's own number of the sku at this place of the list. */
const itemNumber = (index: number): number => 5_000_001 + index;

interface Vendors {
  readonly netsuite: NetSuiteSimulator;
  readonly shop: ShopifySimulator;
  readonly privateKeyPem: string;
}

function createVendors({ clock, stock }: WorldOptions, { skus, locations, locationNumber }: Places, random: Random): Vendors {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const netsuite = createNetSuiteSimulator({
    clock, random, account: ACCOUNT, clientId: CLIENT_ID, certificateId: CERTIFICATE_ID, publicKey,
    locations: locations.map((name) => ({ id: locationNumber(name), name })),
    items: skus.map((itemid) => ({ itemid, itemtype: 'InvtPart' as const })),
    stock: stock.map(({ sku, location, onHand }) => ({ itemid: sku, locationId: locationNumber(location), onHand })),
  });
  const deliver = networkTo(clock, 0);
  const shop = createShopifySimulator({
    clock, random, shopDomain: SHOP, accessToken: ACCESS_TOKEN, webhookSecret: WEBHOOK_SECRET,
    locations: locations.map((name) => ({ id: locationNumber(name), name })),
    products: skus.map((sku, index) => ({ sku, inventoryItemId: itemNumber(index) })),
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
  const { clock, host, port, signal } = options;
  const netsuiteUrl = await serve((request) => netsuite.fetch(request));
  const shopUrl = await serve((request) => shop.fetch(request));
  const settings = settingsOf(options, places, { privateKeyPem, netsuite: netsuiteUrl, shopify: shopUrl });
  const engine = await host({ settings, clock, ...(port === undefined ? {} : { port: port + 2 }) });
  return {
    engine, netsuite, shop, locationNumber: places.locationNumber, sendWebhooks: webhookSender(shop, clock, signal),
    urls: { netsuite: netsuiteUrl, shopify: shopUrl, webhooks: engine.webhooksUrl },
    close: async () => {
      await engine.stop();
      await closeVendors();
    },
  };
}

function settingsOf({ seed, policy }: WorldOptions, { skus, locations, locationNumber }: Places, { privateKeyPem, netsuite, shopify }: { privateKeyPem: string; netsuite: string; shopify: string }): EngineSettings {
  return {
    seed: `engine ${seed}`, policy, catalog: skus.map((sku) => ({ sku })), skus,
    locations: locations.map((name) => ({ name, number: locationNumber(name) })),
    netsuite: {
      source: ERP_SOURCE, url: netsuite, account: ACCOUNT, clientId: CLIENT_ID, certificateId: CERTIFICATE_ID, privateKeyPem,
      pollMs: 10 * MINUTE_MS, fullReadMs: 24 * 60 * MINUTE_MS,
    },
    shopify: {
      channel: SHOP_CHANNEL, url: shopify, shopDomain: SHOP, accessToken: ACCESS_TOKEN, webhookSecret: WEBHOOK_SECRET,
      itemNumbers: Object.fromEntries(skus.map((sku, index) => [sku, itemNumber(index)])),
      ordersPollMs: 60 * MINUTE_MS, readBackMs: 6 * 60 * MINUTE_MS,
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
