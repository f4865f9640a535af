import { parseChannelId, parseSourceId, StockwrightError, type ChannelId, type Policy, type SourceId } from '@stockwright/core';
import type { AmazonSimulator } from '@stockwright/simulators/amazon';
import { serveHttp } from '@stockwright/simulators/http';
import type { NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import type { ShopifySimulator } from '@stockwright/simulators/shopify';
import type { VirtualClock } from '@stockwright/testkit';
import type { Weather } from '../faults/weather.ts';
import type { EngineSettings } from '../host/compose.ts';
import type { EngineHost, HostFactory } from '../host/engine-host.ts';
import type { OpeningStock } from '../input/replay.ts';
import { dueRunner } from './due.ts';
import type { Market } from './market.ts';
import { networkTo } from './network.ts';
import { forwardNotifications, subscribeToOrders } from './notifications.ts';
import { amazonShop, realMarket, shopifyShop, type Shop } from './shops.ts';
import { AMAZON_LOGIN, createVendors, NETSUITE_LOGIN, SHOPIFY_LOGIN, type ShownAt, type Vendors } from './vendors.ts';

const MINUTE_MS = 60_000;

/** The names that policy, ledger and report use. */
export const SHOPIFY: ChannelId = parseChannelId('shopify');
export const AMAZON: ChannelId = parseChannelId('amazon');
/** The system that owns the stock. */
export const ERP_SOURCE: SourceId = parseSourceId('netsuite');

/** Everything that runs, and how to end it. */
export interface World {
  readonly engine: EngineHost;
  readonly netsuite: NetSuiteSimulator;
  readonly shopify: ShopifySimulator;
  readonly amazon: AmazonSimulator;
  /** The shops that the policy names, by channel. */
  readonly shops: ReadonlyMap<string, Shop>;
  readonly market: Market;
  /** The vendors' own number of a location. */
  locationNumber(location: string): number;
  readonly urls: { readonly netsuite: string; readonly shopify: string; readonly amazon: string; readonly webhooks: string };
  close(): Promise<void>;
}

/** A shop shows something else at one of its places. */
export interface ShownChange {
  readonly channel: string;
  readonly location: string;
  readonly sku: string;
  readonly quantity: number;
  readonly bySale: boolean;
  readonly atMs: number;
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
  /** What the shops list; the skus of the stock where absent. */
  readonly listings?: readonly string[];
  /** As `parseCatalog` takes it; the listings as plain skus where absent. */
  readonly catalog?: readonly unknown[];
  /** Where goods arrive that come back or are found. */
  readonly goodsIn: string;
  readonly weather: Weather;
  readonly onShown?: (change: ShownChange) => void;
  /** The first of four ports in a row; free ones where absent. */
  readonly port?: number;
  readonly signal: AbortSignal;
}

/** Composes the SDK as a user would, against local servers of all vendors. What was opened before a failure is closed again. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const places = placesOf(options);
  const vendors = createVendors({
    ...options, ...places,
    onShown: ({ channel, locationNumber, ...shown }: ShownAt) => { options.onShown?.({ channel, location: places.nameOf(locationNumber), ...shown }); },
  });
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
    return await assemble(options, places, { vendors, serve, closeVendors });
  } catch (error) {
    await closeVendors();
    throw error;
  }
}

type Serve = (handler: (request: Request) => Promise<Response>) => Promise<string>;

interface Places {
  readonly listings: readonly { readonly sku: string; readonly number: number }[];
  readonly locations: readonly { readonly name: string; readonly number: number }[];
  locationNumber(location: string): number;
  nameOf(locationNumber: number | undefined): string;
}

function placesOf({ stock, policy, listings }: WorldOptions): Places {
  const names = [...new Set([...policy.channels.flatMap((channel) => channel.locations as readonly string[]), ...stock.map(({ location }) => location)])];
  const numberOf = new Map(names.map((location, index) => [location, index + 1]));
  const skus = listings ?? [...new Set(stock.map(({ sku }) => sku))].sort();
  return {
    listings: skus.map((sku, index) => ({ sku, number: 5_000_001 + index })),
    locations: names.map((name) => ({ name, number: numberOf.get(name) ?? 0 })),
    locationNumber: (location) => numberOf.get(location) ?? 0,
    nameOf: (locationNumber) => (locationNumber === undefined ? '' : (names[locationNumber - 1] ?? '')),
  };
}

async function assemble(
  options: WorldOptions,
  places: Places,
  { vendors, serve, closeVendors }: { vendors: Vendors; serve: Serve; closeVendors: () => Promise<void> },
): Promise<World> {
  const { clock, host, port, signal, policy } = options;
  const { netsuite, shopify, amazon } = vendors;
  const changed = { shopify: dueRunner(shopify, clock, signal), amazon: (): void => undefined };
  const answering = (fetch: (request: Request) => Promise<Response>, after: () => void) => async (request: Request): Promise<Response> => {
    try {
      return await fetch(request);
    } finally {
      after();
    }
  };
  const urls = {
    netsuite: await serve((request) => netsuite.fetch(request)),
    shopify: await serve(answering((request) => shopify.fetch(request), () => { changed.shopify(); })),
    amazon: await serve(answering((request) => amazon.fetch(request), () => { changed.amazon(); })),
  };
  const settings = settingsOf(options, places, { privateKeyPem: vendors.privateKeyPem, urls });
  const engine = await host({ settings, clock, ...(port === undefined ? {} : { port: port + 3 }) });
  if (settings.amazon !== undefined) await subscribeToOrders(amazon);
  const wake = settings.amazon === undefined ? (): void => undefined : forwardNotifications(amazon, { url: `${engine.webhooksUrl}/${AMAZON}`, clock, post: networkTo(clock, 0), signal });
  changed.amazon = dueRunner({ nextDueAtMs: amazon.nextDueAtMs, deliverDue: async () => { const done = await amazon.deliverDue(); wake(); return done; } }, clock, signal);
  const named = new Set<string>(policy.channels.map(({ id }) => id));
  const shops = new Map<string, Shop>([
    [SHOPIFY, shopifyShop(shopify, { channel: SHOPIFY, locationNumber: places.locationNumber, changed: () => { changed.shopify(); } })] as const,
    [AMAZON, amazonShop(amazon, { channel: AMAZON, changed: () => { changed.amazon(); } })] as const,
  ].filter(([channel]) => named.has(channel)));
  return {
    engine, netsuite, shopify, amazon, shops, locationNumber: places.locationNumber,
    market: realMarket({ shops, netsuite, goodsInNumber: places.locationNumber(options.goodsIn) }),
    urls: { ...urls, webhooks: engine.webhooksUrl },
    close: async () => {
      await engine.stop();
      await closeVendors();
    },
  };
}

function settingsOf({ seed, policy, stock, catalog }: WorldOptions, { listings, locations }: Places, { privateKeyPem, urls }: { privateKeyPem: string; urls: { netsuite: string; shopify: string; amazon: string } }): EngineSettings {
  const named = new Set<string>(policy.channels.map(({ id }) => id));
  return {
    seed: `engine ${seed}`, policy, catalog: catalog ?? listings.map(({ sku }) => ({ sku })),
    skus: [...new Set([...stock.map(({ sku }) => sku), ...listings.map(({ sku }) => sku)])].sort(), locations,
    netsuite: { ...NETSUITE_LOGIN, source: ERP_SOURCE, url: urls.netsuite, privateKeyPem, pollMs: 10 * MINUTE_MS, fullReadMs: 24 * 60 * MINUTE_MS },
    ...(named.has(SHOPIFY) ? {
      shopify: {
        ...SHOPIFY_LOGIN, channel: SHOPIFY, url: urls.shopify, itemNumbers: Object.fromEntries(listings.map(({ sku, number }) => [sku, number])),
        ordersPollMs: 60 * MINUTE_MS, readBackMs: 6 * 60 * MINUTE_MS,
      },
    } : {}),
    ...(named.has(AMAZON) ? {
      amazon: { ...AMAZON_LOGIN, channel: AMAZON, url: urls.amazon, listings: listings.map(({ sku }) => sku), effectiveWithinMs: 5 * MINUTE_MS, ordersPollMs: 60 * MINUTE_MS, readBackMs: 6 * 60 * MINUTE_MS },
    } : {}),
  };
}
