import { constants, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { invalidConfiguration, type NetSuiteOAuth2 } from '../netsuite-settings.ts';

/** NetSuite takes up to 60 minutes; an assertion is used at once, so it need not live long. */
const LIFETIME_S = 300;

/** What changes from assertion to assertion. */
export interface AssertionMoment {
  readonly nowMs: number;
  /** Unique to this assertion. */
  readonly id: string;
  /** The address that the assertion is sent to. */
  readonly tokenUrl: string;
}

/**
 * Reads the private key once, so that a wrong one is found before the first call.
 *
 * @throws `INVALID_CONFIGURATION` where it is not a private key that fits the algorithm; the key is not quoted.
 */
export function readPrivateKey({ privateKeyPem, algorithm }: NetSuiteOAuth2): KeyObject {
  const wanted = algorithm === 'PS256' ? 'an RSA private key' : 'an EC private key on the curve P-256';
  const problem = invalidConfiguration([{ path: ['auth', 'privateKeyPem'], message: `must be ${wanted} in PEM, not encrypted` }]);
  const key = parseKey(privateKeyPem);
  if (key === undefined) throw problem;
  const fits = algorithm === 'PS256'
    ? key.asymmetricKeyType === 'rsa'
    : key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (!fits) throw problem;
  return key;
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/**
 * The signed claim of who is asking for a token.
 *
 * @returns A JSON web token. NetSuite takes PS256 and ES256 and refuses RS256.
 * @see NetSuite help, section_162790605110 (read 2026-11)
 */
export function clientAssertion(auth: NetSuiteOAuth2, key: KeyObject, { nowMs, id, tokenUrl }: AssertionMoment): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const header = { typ: 'JWT', alg: auth.algorithm, kid: auth.certificateId };
  const claims = { iss: auth.clientId, scope: ['rest_webservices'], aud: tokenUrl, iat: issuedAt, exp: issuedAt + LIFETIME_S, jti: id };
  const signed = `${encode(header)}.${encode(claims)}`;
  const signingKey = auth.algorithm === 'PS256'
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, dsaEncoding: 'ieee-p1363' as const };
  return `${signed}.${sign('sha256', Buffer.from(signed), signingKey).toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
