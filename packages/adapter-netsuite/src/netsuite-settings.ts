import type { Mappings } from '@stockwright/adapter';
import type { Throttle } from '@stockwright/adapter-kit';
import { MAX_SCALE, StockwrightError, type ChannelId, type Issue, type SourceId } from '@stockwright/core';
import { z } from 'zod';

/** A certificate mapped to an integration: no user, no password, no refresh token. The way for new integrations. @public */
export interface NetSuiteOAuth2 {
  readonly kind: 'oauth2';
  /** The integration's client id. */
  readonly clientId: string;
  /** The id that NetSuite gave to the uploaded certificate; it stands in the assertion as `kid`. */
  readonly certificateId: string;
  /** The certificate's private key, PEM, not encrypted: RSA for `PS256`, EC P-256 for `ES256`. */
  readonly privateKeyPem: string;
  readonly algorithm: 'PS256' | 'ES256';
}

/**
 * Token-based authentication, OAuth 1.0a with HMAC-SHA256. Legacy: NetSuite takes no new integrations of this kind from
 * release 2027.1 on, so use it only for one that exists.
 *
 * @public
 */
export interface NetSuiteTokenBased {
  readonly kind: 'tba';
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
}

/** How a sales order in NetSuite names the order of a channel that it was imported from. @public */
export interface NetSuiteOrderReference {
  /** The column of the sales order that holds the reference. Several sales orders may share an `otherrefnum`. */
  readonly column: 'otherrefnum' | 'externalid';
  /**
   * Reads a reference: one reference stands for one order, and one order has one reference.
   *
   * @returns Nothing where the sales order is not of a channel; it is then passed over.
   */
  parse(reference: string): { readonly channel: ChannelId; readonly orderId: string } | undefined;
}

/**
 * Columns of the account's own on the lines of sales orders, by script id such as `custcol_ordered`. NetSuite itself keeps
 * only the quantity as it is now; an import job that writes the cumulative counters beside it makes them exact.
 *
 * @public
 */
export interface NetSuiteLineColumns {
  /** What was ever ordered; the line's quantity where absent or empty. */
  readonly ordered?: string;
  /** What was cancelled before shipment; where absent, what a closed line had still open. */
  readonly cancelled?: string;
  /** What came back and is sellable again; zero where absent. */
  readonly returned?: string;
}

/** What {@link createNetSuite} is made from. @public */
export interface NetSuiteSettings {
  readonly id: SourceId;
  /** The account id as NetSuite shows it, such as `1234567_SB1`. */
  readonly account: string;
  readonly auth: NetSuiteOAuth2 | NetSuiteTokenBased;
  /** `skus` maps what {@link NetSuiteSettings.skuColumn} holds, `locations` the internal id of the location as text. */
  readonly mappings: Mappings;
  /** The item's column that holds the vendor's side of the sku mapping; `itemid` unless given. */
  readonly skuColumn?: 'itemid' | 'upccode' | 'externalid';
  readonly orderReference: NetSuiteOrderReference;
  /** Columns with cumulative counters; none unless given. */
  readonly lineColumns?: NetSuiteLineColumns;
  /** Decimal digits that quantities may have, 0 to 12; 0 unless given, and a fraction is then an error. */
  readonly scale?: number;
  /** Where the account answers, such as a local simulator; NetSuite's own host of the account unless given. */
  readonly endpoint?: string;
  /** Reaches the network; the platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
  /** The most requests in flight; 2 unless given. NetSuite's limit is of the whole account, and other integrations share it. */
  readonly maxConcurrency?: number;
  /**
   * Bounds the requests in flight in place of `maxConcurrency`, such as one that several adapters of one account share; one
   * of this adapter's own unless given.
   */
  readonly throttle?: Throttle;
  /** Rows of one page, 1 to 1000; 1000 unless given. */
  readonly pageSize?: number;
  /** How far before its cursor a read of changes starts, in milliseconds; 300000 unless given. Saves that took long are seen so. */
  readonly overlapMs?: number;
  /**
   * The longest time, in milliseconds, between the moment that a save stamps on a record and the moment from which
   * others see it; 0 unless given. Stock counts as so much older, since it may not show saves stamped shortly before.
   */
  readonly commitLagMs?: number;
}

/** The settings with every default filled in. */
export type ResolvedSettings = NetSuiteSettings & Required<Omit<NetSuiteSettings, 'fetch' | 'throttle'>>;

const text = z.string().min(1);
const column = z.string().regex(/^custcol[a-z0-9_]*$/i, 'must be the script id of a line column, such as custcol_ordered').optional();
const duration = z.number().int().min(0);

/** What must hold of the plain values; ids, mappings and functions have types of their own. */
const schema = z.object({
  account: z.string().regex(/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)?$/, 'must be an account id such as 1234567 or 1234567_SB1'),
  auth: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('oauth2'), clientId: text, certificateId: text, privateKeyPem: text, algorithm: z.enum(['PS256', 'ES256']) }),
    z.object({ kind: z.literal('tba'), consumerKey: text, consumerSecret: text, tokenId: text, tokenSecret: text }),
  ]),
  skuColumn: z.enum(['itemid', 'upccode', 'externalid']),
  orderReference: z.object({ column: z.enum(['otherrefnum', 'externalid']) }),
  lineColumns: z.strictObject({ ordered: column, cancelled: column, returned: column }),
  scale: z.number().int().min(0).max(MAX_SCALE),
  endpoint: z.url({ protocol: /^https?$/ }),
  maxConcurrency: z.number().int().min(1),
  pageSize: z.number().int().min(1).max(1000),
  overlapMs: duration,
  commitLagMs: duration,
});

/**
 * Fills in what was not given and checks the rest.
 *
 * @throws `INVALID_CONFIGURATION` with each problem and its path; values are not repeated, since some are secrets.
 */
export function resolveSettings(settings: NetSuiteSettings): ResolvedSettings {
  const resolved = {
    ...settings,
    skuColumn: settings.skuColumn ?? 'itemid',
    lineColumns: settings.lineColumns ?? {},
    scale: settings.scale ?? 0,
    endpoint: (settings.endpoint ?? `https://${hostOf(settings.account)}.suitetalk.api.netsuite.com`).replace(/\/+$/, ''),
    maxConcurrency: settings.maxConcurrency ?? 2,
    pageSize: settings.pageSize ?? 1000,
    overlapMs: settings.overlapMs ?? 300_000,
    commitLagMs: settings.commitLagMs ?? 0,
  };
  const { error } = schema.safeParse(resolved);
  if (error === undefined) return resolved;
  const issues = error.issues.map(({ path, message }) => ({ path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)), message }));
  throw invalidConfiguration(issues);
}

/** The account id as it stands in host names. */
export function hostOf(account: string): string {
  return account.toLowerCase().replaceAll('_', '-');
}

/** The account id as it stands in signatures. */
export function realmOf(account: string): string {
  return account.toUpperCase().replaceAll('-', '_');
}

/** Settings that cannot work. */
export function invalidConfiguration(issues: readonly Issue[]): StockwrightError {
  const lines = issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return new StockwrightError(`The settings of the NetSuite adapter cannot work: ${lines}`, { code: 'INVALID_CONFIGURATION', issues });
}
