import type { Mapping } from '@stockwright/adapter';
import type { Throttle } from '@stockwright/adapter-kit';
import { invalidInput, type ChannelId, type Issue, type Sku } from '@stockwright/core';
import { z } from 'zod';
import { AMAZON_CAPABILITIES } from './amazon-capabilities.ts';
import { ENDPOINTS, regionOf, type AmazonRegion } from './map/marketplaces.ts';

const LWA_URL = 'https://api.amazon.com/auth/o2/token';
const USER_AGENT = 'Stockwright/0.1 (Language=TypeScript; Platform=Node.js)';
/** Amazon takes any product type in a patch that touches what all types have (its issue 4406, read 2026-11). */
const PRODUCT_TYPE = 'PRODUCT';
/** As many as the burst of one publish. */
const MAX_CONCURRENCY = 5;

/** The mappings of one marketplace. @public */
export interface AmazonMappings {
  /**
   * Seller skus and ours. Where it has `externals`, as those of `createMapping` have, a read of all levels asks for exactly
   * these; otherwise it goes through the seller's whole catalogue.
   */
  readonly skus: Mapping<Sku> & { externals?(): Iterable<string> };
}

/** One marketplace of one seller account, and how to reach it. @public */
export interface AmazonSettings {
  readonly id: ChannelId;
  /** The seller's merchant token, such as `A3TH9S8BH6GOGM`. */
  readonly sellerId: string;
  /** One marketplace, such as `ATVPDKIKX0DER`; a seller who sells in two has two channels. */
  readonly marketplaceId: string;
  /** The region of the marketplace; needed only for one that this adapter does not know. */
  readonly region?: AmazonRegion;
  /** The application's LWA client id. */
  readonly clientId: string;
  /** The application's LWA client secret; Amazon has it replaced every 180 days. */
  readonly clientSecret: string;
  /** What the seller's authorisation of the application gave; it carries the roles of that moment. */
  readonly refreshToken: string;
  readonly mappings: AmazonMappings;
  /** The product type that patches name; `PRODUCT`, which Amazon takes for all, unless given. */
  readonly productType?: string;
  /** Days between order and shipment, written with every quantity. Unless given, what the listing has stays. */
  readonly handlingDays?: number;
  /** The longest time, in milliseconds, between an accepted write and a read that shows it; 15 minutes unless given. */
  readonly effectiveWithinMs?: number;
  /** How the application introduces itself, at most 500 characters: Amazon asks for `App/1.0 (Language=...; Platform=...)`. */
  readonly userAgent?: string;
  /** Where the Selling Partner API answers, such as a local simulator; Amazon's own host of the region unless given. */
  readonly endpoint?: string;
  /** Where tokens are fetched; Amazon's own unless given. */
  readonly lwaUrl?: string;
  /** Reaches the network; the platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
  /** The most requests in flight at once; 5 unless given. */
  readonly maxConcurrency?: number;
  /**
   * Bounds the requests in flight in place of `maxConcurrency`, such as one that several adapters of one account share; one
   * of this adapter's own unless given.
   */
  readonly throttle?: Throttle;
}

/** The settings with every gap filled. */
export interface ResolvedSettings extends AmazonSettings {
  readonly region: AmazonRegion;
  readonly productType: string;
  readonly effectiveWithinMs: number;
  readonly userAgent: string;
  readonly endpoint: string;
  readonly lwaUrl: string;
  readonly maxConcurrency: number;
}

const identifier = z.string().regex(/^[A-Z0-9]{5,20}$/, 'must be capital letters and digits, such as A3TH9S8BH6GOGM');
// A control character would fail inside the platform, with a message that quotes the secret.
const secret = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces');
const url = z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'must be an http or https URL');

const schema = z.object({
  sellerId: identifier,
  marketplaceId: identifier,
  region: z.enum(['na', 'eu', 'fe']).optional(),
  clientId: secret,
  clientSecret: secret,
  refreshToken: secret,
  productType: z.string().regex(/^[A-Z0-9_]{1,100}$/, 'must be a product type such as LUGGAGE'),
  handlingDays: z.number().int().min(0).max(365).optional(),
  effectiveWithinMs: z.number().int().min(0),
  userAgent: z.string().regex(/^[\x20-\x7e]{1,500}$/, 'must be 1 to 500 printable characters'),
  endpoint: url.optional(),
  lwaUrl: url,
  maxConcurrency: z.number().int().min(1),
});

/**
 * Checks the settings and fills the gaps.
 *
 * @throws `INVALID_INPUT` with the path of each problem; secrets are never quoted.
 */
export function resolveSettings(settings: AmazonSettings): ResolvedSettings {
  const {
    productType = PRODUCT_TYPE,
    effectiveWithinMs = AMAZON_CAPABILITIES.effectiveWithinMs,
    userAgent = USER_AGENT,
    lwaUrl = LWA_URL,
    maxConcurrency = MAX_CONCURRENCY,
    region = regionOf(settings.marketplaceId),
  } = settings;
  const filled = { ...settings, productType, effectiveWithinMs, userAgent, lwaUrl, maxConcurrency, region };
  const issues = [...schemaIssues(filled), ...regionIssues(region, settings.marketplaceId)];
  if (issues.length > 0 || region === undefined) throw invalidInput('Amazon settings', issues);
  const endpoint = (settings.endpoint ?? ENDPOINTS[region]).replace(/\/+$/, '');
  return { ...filled, region, endpoint };
}

function schemaIssues(filled: object): readonly Issue[] {
  const { error } = schema.safeParse(filled);
  return (error?.issues ?? []).map(({ path, message }) => ({ path: path.filter((part): part is string | number => typeof part !== 'symbol'), message }));
}

function regionIssues(region: AmazonRegion | undefined, marketplaceId: string): readonly Issue[] {
  const known = regionOf(marketplaceId);
  const path = ['region'];
  if (region === undefined) return [{ path, message: 'must be given: the marketplace is not one that this adapter knows. It is na, eu or fe' }];
  if (known === undefined || known === region) return [];
  return [{ path, message: `does not fit: marketplace ${marketplaceId} is in ${known}. Leave the region out` }];
}
