import type { Mappings } from '@stockwright/adapter';
import type { Throttle } from '@stockwright/adapter-kit';
import { invalidInput, type ChannelId } from '@stockwright/core';
import { z } from 'zod';

/** The version of the Admin API that is spoken unless the settings name another. @public */
export const SHOPIFY_API_VERSION = '2026-10';

/** Before it, writes had another compare field and inactive levels could not be seen. */
const API_VERSION_MIN = '2026-04';
const MAX_CONCURRENCY_DEFAULT = 4;

/** One shop, and how to reach it. @public */
export interface ShopifySettings {
  readonly id: ChannelId;
  /** Such as `example.myshopify.com`, without scheme or path. */
  readonly shopDomain: string;
  /** An Admin API token with `read_inventory`, `write_inventory`, `read_orders` and the scopes for fulfillment orders. */
  readonly accessToken: string;
  /** The app's client secrets: any of them may have signed a webhook. Empty: every webhook is refused. */
  readonly webhookSecrets: readonly string[];
  /** A quarter such as `2026-10`, not older than 2026-04; {@link SHOPIFY_API_VERSION} unless given. */
  readonly apiVersion?: string;
  /** Skus to `gid://shopify/InventoryItem/...`, locations to `gid://shopify/Location/...`. */
  readonly mappings: Mappings;
  /** Reaches the network; the platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
  /** Where the Admin API stands, such as `http://127.0.0.1:4010`, for a local simulator; `https://{shopDomain}` unless given. */
  readonly endpoint?: string;
  /** The most requests in flight at once; 4 unless given. */
  readonly maxConcurrency?: number;
  /**
   * Bounds the requests in flight in place of `maxConcurrency`, such as one that several adapters of one account share; one
   * of this adapter's own unless given.
   */
  readonly throttle?: Throttle;
}

/** The settings with every gap filled. */
export interface ResolvedSettings extends Omit<ShopifySettings, 'endpoint' | 'apiVersion' | 'maxConcurrency'> {
  readonly graphqlUrl: string;
  readonly maxConcurrency: number;
}

const settingsSchema = z.object({
  shopDomain: z.string().regex(/^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/i, 'must be a domain such as example.myshopify.com'),
  // A control character would fail inside the platform, with a message that quotes the token.
  accessToken: z.string().regex(/^[\x21-\x7e]+$/, 'must be a token of printable characters without spaces'),
  webhookSecrets: z.array(z.string().min(1, 'must not be empty')),
  apiVersion: z
    .string()
    .regex(/^\d{4}-(01|04|07|10)$/, 'must be a quarter such as 2026-10')
    .refine((version) => version >= API_VERSION_MIN, `must not be older than ${API_VERSION_MIN}`),
  endpoint: z.string().refine((url) => /^https?:\/\//.test(url) && URL.canParse(url), 'must be an http or https URL'),
  maxConcurrency: z.number().int().min(1),
});

/**
 * Checks the settings and fills the gaps.
 *
 * @throws `INVALID_INPUT` with the path of each problem; the token and the secrets are never quoted.
 */
export function resolveSettings(settings: ShopifySettings): ResolvedSettings {
  const {
    shopDomain,
    apiVersion = SHOPIFY_API_VERSION,
    endpoint = `https://${shopDomain}`,
    maxConcurrency = MAX_CONCURRENCY_DEFAULT,
    ...rest
  } = settings;
  const { accessToken, webhookSecrets } = rest;
  const checked = settingsSchema.safeParse({ shopDomain, accessToken, webhookSecrets, apiVersion, endpoint, maxConcurrency });
  if (!checked.success) {
    const issues = checked.error.issues.map(({ path, message }) => ({
      path: path.filter((part): part is string | number => typeof part !== 'symbol'),
      message,
    }));
    throw invalidInput('Shopify settings', issues);
  }
  const base = endpoint.replace(/\/+$/, '');
  return { ...rest, shopDomain: shopDomain.toLowerCase(), maxConcurrency, graphqlUrl: `${base}/admin/api/${apiVersion}/graphql.json` };
}
