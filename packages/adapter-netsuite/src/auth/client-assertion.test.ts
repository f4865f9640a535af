import { constants, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EC, RSA, TEN } from '../../test/fixtures.ts';
import type { NetSuiteOAuth2 } from '../netsuite-settings.ts';
import { clientAssertion, readPrivateKey } from './client-assertion.ts';

const base = { kind: 'oauth2' as const, clientId: 'client', certificateId: 'certificate' };
const ps256: NetSuiteOAuth2 = { ...base, privateKeyPem: RSA.pem, algorithm: 'PS256' };
const es256: NetSuiteOAuth2 = { ...base, privateKeyPem: EC.pem, algorithm: 'ES256' };
const moment = { nowMs: TEN + 999, id: 'unique', tokenUrl: 'https://netsuite.test/token' };

function parts(assertion: string): { header: unknown; claims: unknown; signed: Buffer; signature: Buffer } {
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { header: decode(header), claims: decode(claims), signed: Buffer.from(`${header}.${claims}`), signature: Buffer.from(signature, 'base64url') };
}

describe('clientAssertion', () => {
  it('says who asks, for what, where and for how long', () => {
    const { header, claims } = parts(clientAssertion(es256, readPrivateKey(es256), moment));

    expect(header).toEqual({ typ: 'JWT', alg: 'ES256', kid: 'certificate' });
    expect(claims).toEqual({ iss: 'client', scope: ['rest_webservices'], aud: moment.tokenUrl, iat: TEN / 1000, exp: TEN / 1000 + 300, jti: 'unique' });
  });

  it('signs with the elliptic curve in the fixed form that tokens need', () => {
    const { signed, signature } = parts(clientAssertion(es256, readPrivateKey(es256), moment));

    expect(signature).toHaveLength(64);
    expect(verify('sha256', signed, { key: EC.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });

  it('signs with RSA and a salt as long as the digest', () => {
    const { signed, signature } = parts(clientAssertion(ps256, readPrivateKey(ps256), moment));
    const key = { key: RSA.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

    expect(verify('sha256', signed, key, signature)).toBe(true);
  });
});

describe('readPrivateKey', () => {
  it.each([
    ['an RSA key for ES256', { ...es256, privateKeyPem: RSA.pem }],
    ['an EC key for PS256', { ...ps256, privateKeyPem: EC.pem }],
    ['a text that is no key', { ...es256, privateKeyPem: 'secret words' }],
  ])('refuses %s and does not repeat it', (_what, auth) => {
    let message = '';
    try {
      readPrivateKey(auth);
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', issues: [{ path: ['auth', 'privateKeyPem'] }] });
      message = String(error);
    }

    expect(message).toContain('private key');
    expect(message).not.toContain('secret words');
  });
});
