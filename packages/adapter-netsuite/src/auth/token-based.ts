import { createHmac } from 'node:crypto';
import { realmOf, type NetSuiteTokenBased } from '../netsuite-settings.ts';
import type { Authorization, AuthorizedCall } from './authorization.ts';

/** What changes from signature to signature. */
export interface SignatureMoment {
  readonly nonce: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** Signs every call by itself: there is no token to fetch, and a nonce counts once. */
export function tokenBased(auth: NetSuiteTokenBased, account: string): Authorization {
  const realm = realmOf(account);
  return {
    isRepeatable: false,
    isRenewable: () => false,
    header: async (call, { clock, random }) => {
      const moment = { nonce: random.uuid().replaceAll('-', ''), timestamp: Math.floor(clock.now() / 1000) };
      const fields = { realm, ...oauthFields(auth, moment), oauth_signature: signature(auth, call, moment) };
      return `OAuth ${Object.entries(fields).map(([name, value]) => `${name}="${encode(value)}"`).join(', ')}`;
    },
  };
}

/**
 * The OAuth 1.0a signature of a call: HMAC-SHA256 over method, address and parameters. The realm and a JSON body are
 * not part of it.
 *
 * @returns Base64, not yet encoded for the header.
 * @see RFC 5849, section 3.4
 */
export function signature(auth: NetSuiteTokenBased, { method, url }: AuthorizedCall, moment: SignatureMoment): string {
  const { origin, pathname, searchParams } = new URL(url);
  const parameters = [...searchParams, ...Object.entries(oauthFields(auth, moment))]
    .map(([name, value]): readonly [string, string] => [encode(name), encode(value)])
    .toSorted(byNameThenValue)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const base = [method, encode(origin + pathname), encode(parameters)].join('&');
  return createHmac('sha256', `${encode(auth.consumerSecret)}&${encode(auth.tokenSecret)}`).update(base).digest('base64');
}

function oauthFields({ consumerKey, tokenId }: NetSuiteTokenBased, { nonce, timestamp }: SignatureMoment): Readonly<Record<string, string>> {
  return {
    oauth_token: tokenId,
    oauth_consumer_key: consumerKey,
    oauth_nonce: nonce,
    oauth_timestamp: String(timestamp),
    oauth_signature_method: 'HMAC-SHA256',
    oauth_version: '1.0',
  };
}

/** By code unit: the order of encoded texts is that of their bytes. */
function byNameThenValue(a: readonly [string, string], b: readonly [string, string]): number {
  return compare(a[0], b[0]) || compare(a[1], b[1]);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 3986: `encodeURIComponent` leaves five characters that OAuth encodes. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
