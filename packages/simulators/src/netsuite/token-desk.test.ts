import { describe, expect, it } from 'vitest';
import { assertion, EC, openTestAccount, ORIGIN, RSA, START_MS, TOKEN_URL, tokenRequest, type AssertionChanges } from '../../test/netsuite-account.ts';

const nowS = Math.floor(START_MS / 1000);
const QUERY = '/services/rest/query/v1/suiteql';

describe('token endpoint', () => {
  it('grants a token that lives an hour of the simulated clock', async () => {
    const { account, clock, send } = await openTestAccount();

    const granted = await account.fetch(tokenRequest(assertion(clock.ms)));
    clock.ms += 3_599_999;
    const before = await send('POST', QUERY, { q: 'SELECT id FROM item' });
    clock.ms += 1;
    const after = await send('POST', QUERY, { q: 'SELECT id FROM item' });

    expect(granted.status).toBe(200);
    expect(await granted.json()).toMatchObject({ expires_in: 3600, token_type: 'Bearer' });
    expect([before.status, after.status]).toEqual([200, 401]);
    expect(after.headers.get('www-authenticate')).toBe('Bearer realm="TSTDRV123", error="invalid_token", error_description="Invalid login attempt."');
    expect(await after.json()).toMatchObject({ title: 'Unauthorized', status: 401, 'o:errorDetails': [{ 'o:errorCode': 'INVALID_LOGIN' }] });
  });

  it('takes PS256 with an RSA key, also as PEM', async () => {
    const pem = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const { account, clock } = await openTestAccount({ publicKey: pem });

    expect((await account.fetch(tokenRequest(assertion(clock.ms, { alg: 'PS256' })))).status).toBe(200);
    expect((await account.fetch(tokenRequest(assertion(clock.ms, { alg: 'RS256' })))).status).toBe(400);
    expect((await account.fetch(tokenRequest(assertion(clock.ms, { alg: 'ES256', key: EC.privateKey })))).status).toBe(400);
  });

  it('expects the address that the request came in on as audience', async () => {
    const { account, clock } = await openTestAccount();
    const local = 'http://localhost:4001/services/rest/auth/oauth2/v1/token';

    expect((await account.fetch(tokenRequest(assertion(clock.ms, { claims: { aud: local } }), local))).status).toBe(200);
    expect((await account.fetch(tokenRequest(assertion(clock.ms), local))).status).toBe(400);
  });

  it.each<[string, AssertionChanges]>([
    ['an unknown certificate', { kid: 'other' }],
    ['another client', { claims: { iss: 'other' } }],
    ['another audience', { claims: { aud: `${ORIGIN}/other` } }],
    ['more than an hour', { claims: { exp: nowS + 3601 } }],
    ['an expiry that has come', { claims: { iat: nowS - 60, exp: nowS } }],
    ['a scope that lacks REST', { claims: { scope: 'restlets' } }],
    ['a foreign signature', { alg: 'PS256', key: RSA.privateKey }],
  ])('refuses %s', async (_reason, changes) => {
    const { account, clock } = await openTestAccount();

    const response = await account.fetch(tokenRequest(assertion(clock.ms, changes)));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('refuses an assertion that was changed after signing', async () => {
    const { account, clock } = await openTestAccount();
    const [head, , signed] = assertion(clock.ms).split('.');
    const forged = Buffer.from(JSON.stringify({ iss: 'client', scope: ['rest_webservices'], aud: TOKEN_URL, iat: nowS, exp: nowS + 3000 })).toString('base64url');

    const response = await account.fetch(tokenRequest(`${head}.${forged}.${signed}`));

    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  });
});
