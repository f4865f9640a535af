import { describe, expect, it } from 'vitest';
import { signHmacSha256, verifyHmacSha256 } from './hmac-sha256.ts';

const body = new TextEncoder().encode('what do ya want for nothing?');

describe('verifyHmacSha256', () => {
  it('agrees with test case 2 of RFC 4231', () => {
    const signatureBase64 = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex').toString('base64');

    expect(signHmacSha256({ body, secret: 'Jefe' })).toBe(signatureBase64);
    expect(verifyHmacSha256({ body, secrets: ['Jefe'], signatureBase64 })).toBe(true);
  });

  it('accepts any of several secrets', () => {
    const signatureBase64 = signHmacSha256({ body, secret: 'old' });

    expect(verifyHmacSha256({ body, secrets: ['new', 'old'], signatureBase64 })).toBe(true);
    expect(verifyHmacSha256({ body, secrets: ['new'], signatureBase64 })).toBe(false);
  });

  it.each(['', 'not base64 at all', 'AAAA'])('refuses the signature %j', (signatureBase64) => {
    expect(verifyHmacSha256({ body, secrets: ['Jefe'], signatureBase64 })).toBe(false);
  });

  it('refuses another body, no secret and an empty secret', () => {
    const signatureBase64 = signHmacSha256({ body, secret: 'Jefe' });

    expect(verifyHmacSha256({ body: body.slice(1), secrets: ['Jefe'], signatureBase64 })).toBe(false);
    expect(verifyHmacSha256({ body, secrets: [], signatureBase64 })).toBe(false);
    expect(verifyHmacSha256({ body, secrets: [''], signatureBase64: signHmacSha256({ body, secret: '' }) })).toBe(false);
  });
});
