import type { AvailabilityChannel, CallContext, Clock, Random } from '@stockwright/adapter';
import { createMapping } from '@stockwright/adapter-kit';
import { createAmazon } from '@stockwright/adapter-amazon';
import { createNetSuite } from '@stockwright/adapter-netsuite';
import { createShopify } from '@stockwright/adapter-shopify';
import { parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, type LocationId, type Sku } from '@stockwright/core';
import { createEngine, type ChannelOptions, type Engine, type SourceOptions } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { fromOrderReference } from '../world/erp.ts';
import { LATENCY_MS, networkTo, type SharedClock, type Traffic } from '../world/network.ts';

/** What an engine is composed from, as JSON: it goes to another process as it is. */
export interface EngineSettings {
  /** Of the engine's own randomness, which is nobody else's. */
  readonly seed: string;
  /** As `parsePolicy` takes it. */
  readonly policy: unknown;
  /** As `parseCatalog` takes it. */
  readonly catalog: unknown;
  /** What the vendors list, which is what adapters must know. */
  readonly skus: readonly string[];
  /** Each with the number by which both vendors know it. */
  readonly locations: readonly { readonly name: string; readonly number: number }[];
  readonly netsuite: NetSuitePlace;
  /** Absent where the policy does not name the shop. */
  readonly shopify?: ShopifyPlace;
  readonly amazon?: AmazonPlace;
}

/** The ERP, how to sign in there, and how often it is read. */
export interface NetSuitePlace {
  readonly source: string;
  readonly url: string;
  readonly account: string;
  readonly clientId: string;
  readonly certificateId: string;
  readonly privateKeyPem: string;
  readonly pollMs: number;
  readonly fullReadMs: number;
}

/** The shop, how to sign in there, and how often it is read. */
export interface ShopifyPlace {
  readonly channel: string;
  readonly url: string;
  readonly shopDomain: string;
  readonly accessToken: string;
  readonly webhookSecret: string;
  /** The shop's number of each sku. */
  readonly itemNumbers: Readonly<Record<string, number>>;
  readonly ordersPollMs: number;
  readonly readBackMs: number;
}

/** The Amazon account, how to sign in there, and how often it is read. */
export interface AmazonPlace {
  readonly channel: string;
  readonly url: string;
  readonly sellerId: string;
  readonly marketplaceId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** The seller's skus. */
  readonly listings: readonly string[];
  readonly effectiveWithinMs: number;
  readonly ordersPollMs: number;
  readonly readBackMs: number;
}

/** What cannot travel as JSON. */
export interface LiveParts {
  readonly clock: SharedClock;
  readonly random: Random;
  readonly store: Store;
  /** Hears of every request and answer. */
  readonly traffic?: Traffic;
  /** Stands between the engine and a channel. */
  readonly channelPort?: (adapter: AvailabilityChannel) => AvailabilityChannel;
}

/** An engine, and what its vendors must be told before it starts. */
export interface Composition {
  readonly engine: Engine;
  /** Has every vendor that sends webhooks send them to `<webhooksUrl>/<channel>`. What is registered already stays. */
  registerWebhooks(webhooksUrl: string): Promise<void>;
}

/** A channel with its settings, and what it must be told where it sends webhooks. */
interface ComposedChannel {
  readonly options: ChannelOptions;
  registerWebhooks?(uri: string, context: CallContext): Promise<unknown>;
}

/** Composes the SDK as a user would. */
export function compose(settings: EngineSettings, parts: LiveParts): Composition {
  const { clock, random, store } = parts;
  const channels = [...shopifyChannel(settings, parts), ...amazonChannel(settings, parts)];
  const engine = createEngine({
    store, clock, random,
    catalog: parseCatalog(settings.catalog), policy: parsePolicy(settings.policy),
    sources: [netsuiteSource(settings, parts)],
    channels: channels.map(({ options }) => ({ ...options, adapter: parts.channelPort?.(options.adapter) ?? options.adapter })),
    owners: [{ source: parseSourceId(settings.netsuite.source), measures: ['onHand', 'committed'] }],
  });
  return {
    engine,
    registerWebhooks: async (webhooksUrl) => {
      for (const { options: { adapter }, registerWebhooks } of channels) await registerWebhooks?.(`${webhooksUrl}/${adapter.id}`, setupContext(clock, random));
    },
  };
}

/** For calls that nobody of the engine makes: once, by whoever sets the shop up. */
function setupContext(clock: Clock, random: Random): CallContext {
  const silent = (): void => undefined;
  return {
    signal: new AbortController().signal, clock, random, deadlineMs: Number.MAX_SAFE_INTEGER,
    budget: { report: silent }, logger: { debug: silent, info: silent, warn: silent, error: silent },
  };
}

function netsuiteSource({ netsuite, skus, locations }: EngineSettings, { clock, traffic }: LiveParts): SourceOptions {
  const { source, url, account, clientId, certificateId, privateKeyPem, pollMs, fullReadMs } = netsuite;
  const adapter = createNetSuite({
    id: parseSourceId(source), account, endpoint: url, fetch: networkTo(clock, LATENCY_MS.netsuite, traffic),
    auth: { kind: 'oauth2', clientId, certificateId, privateKeyPem, algorithm: 'ES256' },
    mappings: {
      skus: createMapping<Sku>(skus.map((sku) => [sku, parseSku(sku)])),
      locations: createMapping<LocationId>(locations.map(({ name, number }) => [String(number), parseLocationId(name)])),
    },
    orderReference: {
      column: 'externalid',
      parse: (reference) => {
        const found = fromOrderReference(reference);
        return found === undefined ? undefined : { channel: parseChannelId(found.channel), orderId: found.orderId };
      },
    },
    lineColumns: { ordered: 'custcol_ordered', cancelled: 'custcol_cancelled', returned: 'custcol_returned' },
  });
  return { adapter, pollMs, fullReadMs };
}

function shopifyChannel({ shopify, skus, locations }: EngineSettings, { clock, traffic }: LiveParts): readonly ComposedChannel[] {
  if (shopify === undefined) return [];
  const { channel, url, shopDomain, accessToken, webhookSecret, itemNumbers, ordersPollMs, readBackMs } = shopify;
  const adapter = createShopify({
    id: parseChannelId(channel), shopDomain, accessToken, webhookSecrets: [webhookSecret], endpoint: url,
    fetch: networkTo(clock, LATENCY_MS.shopify, traffic),
    mappings: {
      skus: createMapping<Sku>(skus.flatMap((sku) => (itemNumbers[sku] === undefined ? [] : [[`gid://shopify/InventoryItem/${String(itemNumbers[sku])}`, parseSku(sku)]]))),
      locations: createMapping<LocationId>(locations.map(({ name, number }) => [`gid://shopify/Location/${String(number)}`, parseLocationId(name)])),
    },
  });
  return [{
    options: { adapter, ordersPollMs, readBackMs },
    registerWebhooks: (uri, context) => adapter.registerWebhooks({ uri, topics: ['orders/create', 'orders/updated'] }, context),
  }];
}

/** Its notifications come through a queue, which somebody follows for the engine. */
function amazonChannel({ amazon }: EngineSettings, { clock, traffic }: LiveParts): readonly ComposedChannel[] {
  if (amazon === undefined) return [];
  const { channel, url, listings, ordersPollMs, readBackMs, ...login } = amazon;
  const adapter = createAmazon({
    ...login, id: parseChannelId(channel), endpoint: url, lwaUrl: `${url}/auth/o2/token`, fetch: networkTo(clock, LATENCY_MS.amazon, traffic),
    mappings: { skus: createMapping<Sku>(listings.map((sku) => [sku, parseSku(sku)])) },
  });
  return [{ options: { adapter, ordersPollMs, readBackMs } }];
}
