import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const LIFETIME_S_MAX = 3600;

/** The algorithms that the account accepts; RS256 is not among them. */
const ALGORITHMS: Readonly<Record<string, { readonly keyType: 'rsa' | 'ec'; readonly hash: string }>> = {
  PS256: { keyType: 'rsa', hash: 'sha256' }, PS384: { keyType: 'rsa', hash: 'sha384' }, PS512: { keyType: 'rsa', hash: 'sha512' },
  ES256: { keyType: 'ec', hash: 'sha256' }, ES384: { keyType: 'ec', hash: 'sha384' }, ES512: { keyType: 'ec', hash: 'sha512' },
};

const header = z.object({ alg: z.string(), kid: z.string() });
const payload = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  iat: z.number(),
  exp: z.number(),
  scope: z.union([z.string(), z.array(z.string())]),
});

/** What an assertion must say to be believed. */
export interface AssertionExpectation {
  readonly clientId: string;
  readonly certificateId: string;
  readonly publicKey: KeyObject;
  /** The address to which the assertion was sent. */
  readonly tokenUrl: string;
  readonly nowMs: number;
}

/** Reads PEM where the caller has no key object. */
export function toPublicKey(key: KeyObject | string): KeyObject {
  return typeof key === 'string' ? createPublicKey(key) : key;
}

/** Why an assertion is refused, or nothing where it is good. */
export function assertionProblem(assertion: string, expected: AssertionExpectation): string | undefined {
  const [headerPart = '', payloadPart = '', signaturePart = '', ...rest] = assertion.split('.');
  const head = header.safeParse(decode(headerPart));
  const claims = payload.safeParse(decode(payloadPart));
  if (rest.length > 0 || !head.success || !claims.success) return 'The assertion is not a JWT with the claims required.';
  if (head.data.kid !== expected.certificateId) return 'The certificate is unknown.';
  const algorithm = ALGORITHMS[head.data.alg];
  if (algorithm === undefined || algorithm.keyType !== expected.publicKey.asymmetricKeyType) return `Algorithm ${head.data.alg} is not accepted.`;
  const key = algorithm.keyType === 'rsa'
    ? { key: expected.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key: expected.publicKey, dsaEncoding: 'ieee-p1363' as const };
  const isSigned = verify(algorithm.hash, Buffer.from(`${headerPart}.${payloadPart}`), key, Buffer.from(signaturePart, 'base64url'));
  return isSigned ? claimsProblem(claims.data, expected) : 'The signature does not match.';
}

function claimsProblem(claims: z.infer<typeof payload>, expected: AssertionExpectation): string | undefined {
  const audiences = [claims.aud].flat();
  const scopes = [claims.scope].flat().flatMap((scope) => scope.split(/[\s,]+/));
  if (claims.iss !== expected.clientId) return 'The issuer is unknown.';
  if (!audiences.includes(expected.tokenUrl)) return 'The audience is not this token address.';
  if (!scopes.includes('rest_webservices')) return 'The scope does not contain rest_webservices.';
  if (claims.exp <= claims.iat || claims.exp - claims.iat > LIFETIME_S_MAX) return 'The assertion must expire within 60 minutes of its issue.';
  return claims.exp * 1000 <= expected.nowMs ? 'The assertion has expired.' : undefined;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
