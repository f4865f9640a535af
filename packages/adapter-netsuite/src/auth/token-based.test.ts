import { describe, expect, it } from 'vitest';
import { testContext } from '../../test/fixtures.ts';
import { signature, tokenBased } from './token-based.ts';

// The sample that NetSuite publishes for checking an implementation; these are nobody's credentials.
const auth = {
  kind: 'tba' as const,
  consumerKey: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4',
  consumerSecret: 'd26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5',
  tokenId: '2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc',
  tokenSecret: 'c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295',
};
const moment = { nonce: 'fjaLirsIcCGVZWzBX0pg', timestamp: 1508242306 };

describe('token-based authentication', () => {
  it('signs a call without a query as the published sample does', () => {
    const url = 'https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40';

    expect(signature(auth, { method: 'GET', url }, moment)).toBe('B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=');
  });

  it('signs the parameters of the query with those of the protocol', () => {
    const url = 'https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl?script=6&deploy=1&customParam=someValue&testParam=someOtherValue';

    expect(signature(auth, { method: 'POST', url }, moment)).toBe('+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ=');
  });

  it('names the realm in upper case and encodes the signature', async () => {
    const context = testContext(1508242306_000);
    const header = await tokenBased(auth, '123456-sb1').header({ method: 'POST', url: 'https://netsuite.test/x?limit=1' }, context);

    expect(header).toMatch(/^OAuth realm="123456_SB1", oauth_token="2b0c.*", oauth_nonce="[0-9a-f]{32}", oauth_timestamp="1508242306", /);
    expect(header).toMatch(/oauth_signature="[A-Za-z0-9%]+%3D"$/);
    expect(header).not.toContain(auth.tokenSecret);
  });
});
