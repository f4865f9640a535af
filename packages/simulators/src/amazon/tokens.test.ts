import { describe, expect, it } from 'vitest';
import { APP_GRANT, createTestAccount, itemPath, MARKETPLACE, ORIGIN, SELLER_GRANT, toAnswer } from '../../test/amazon-fixture.ts';

const GET_A = { path: itemPath('A'), query: { marketplaceIds: MARKETPLACE } };
const REFUSED = { code: 'Unauthorized', message: 'Access to requested resource is denied.' };

describe('the login', () => {
  it('gives a token for an hour and the refresh token back', async () => {
    const account = createTestAccount();

    const { status, body } = await account.login();

    expect([status, body]).toEqual([200, { access_token: expect.stringMatching(/^Atza\|/), token_type: 'bearer', expires_in: 3600, refresh_token: SELLER_GRANT.refresh_token }]);
    account.clock.ms += 3_599_999;
    expect((await account.call({ ...GET_A, token: body.access_token })).status).toBe(200);
    account.clock.ms += 1;
    expect(await account.call({ ...GET_A, token: body.access_token })).toMatchObject({ status: 403, body: { errors: [{ ...REFUSED, details: 'The access token you provided has expired.' }] } });
  });

  it.each([
    ['a revoked grant', { ...SELLER_GRANT, refresh_token: 'Atzr|old' }, 400, 'invalid_grant'],
    ['another application', { ...SELLER_GRANT, client_secret: 'wrong' }, 401, 'invalid_client'],
    ['another scope', { ...APP_GRANT, scope: 'profile' }, 400, 'invalid_scope'],
    ['another grant', { ...SELLER_GRANT, grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_name, grant, status, error) => {
    const account = createTestAccount();

    expect(await account.login(grant)).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
  });

  it('refuses a body that is no form', async () => {
    const { simulator } = createTestAccount();
    const request = new Request('https://api.amazon.com/auth/o2/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(SELLER_GRANT) });

    expect(await toAnswer(await simulator.fetch(request))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('a token', () => {
  it.each([
    ['is missing', null, 'Access token is missing in the request header.'],
    ['is unknown', 'Atza|made-up', 'The access token you provided is revoked, malformed or invalid.'],
  ])('that %s lets nobody in', async (_name, token, details) => {
    const account = createTestAccount();

    const answer = await account.call({ ...GET_A, token });

    expect(answer).toMatchObject({ status: 403, body: { errors: [{ ...REFUSED, details }] } });
    expect(answer.headers.has('x-amzn-RateLimit-Limit')).toBe(false);
    expect(answer.headers.get('x-amzn-RequestId')).not.toBeNull();
    expect(account.simulator.calls()['getListingsItem']).toBeUndefined();
  });

  it('of the application alone opens what concerns no seller, and the seller\'s the rest', async () => {
    const account = createTestAccount();
    const destinations = { path: '/notifications/v1/destinations' };

    expect((await account.grantless(GET_A)).status).toBe(403);
    expect((await account.call(destinations)).status).toBe(403);
    expect((await account.grantless(destinations)).status).toBe(200);
  });
});

describe('an address', () => {
  it('that does not exist is refused as if a token were missing', async () => {
    const { simulator } = createTestAccount();

    const answer = await toAnswer(await simulator.fetch(new Request(`${ORIGIN}/listings/2020-09-01/items`)));

    expect([answer.status, answer.headers.get('x-amzn-ErrorType'), answer.body.errors[0].code]).toEqual([403, 'MissingAuthenticationTokenException', 'MissingAuthenticationToken']);
  });
});
