import { describe, expect, it } from 'vitest';
import { fakeAmazon, SETTINGS, SKU_A } from '../test/fake-amazon.ts';
import { AMAZON_CAPABILITIES } from './amazon-capabilities.ts';
import { createAmazon } from './create-amazon.ts';

describe('createAmazon', () => {
  it('tells its account from every other one, and shares limits with the other marketplaces of the region', () => {
    const us = createAmazon(SETTINGS);

    expect(us).toMatchObject({ kind: 'channel', contractVersion: 'v1', id: 'amazon', account: 'amazon:na:A3TH9S8BH6GOGM', capabilities: AMAZON_CAPABILITIES });
    expect(createAmazon({ ...SETTINGS, marketplaceId: 'A2EUQ1WTGCTBG2' }).account).toBe(us.account);
    expect(createAmazon({ ...SETTINGS, marketplaceId: 'A1PA6795UKMFR9' }).account).toBe('amazon:eu:A3TH9S8BH6GOGM');
    expect(createAmazon({ ...SETTINGS, marketplaceId: 'AE08WJ6YKNBMC', region: 'eu' }).account).toBe('amazon:eu:A3TH9S8BH6GOGM');
  });

  it('takes an unknown write to be able to land as late as an accepted one shows', () => {
    const { capabilities } = createAmazon({ ...SETTINGS, effectiveWithinMs: 1000 });

    expect(capabilities).toEqual({ ...AMAZON_CAPABILITIES, effectiveWithinMs: 1000, lateRequestMsMax: 61_000 });
  });

  it.each([
    [{ sellerId: 'not a seller' }, 'sellerId'],
    [{ marketplaceId: 'US' }, 'marketplaceId'],
    [{ marketplaceId: 'A0UNKNOWN0' }, 'region: must be given'],
    [{ region: 'eu' as const }, 'region: does not fit: marketplace ATVPDKIKX0DER is in na'],
    [{ clientId: '' }, 'clientId'],
    [{ clientSecret: 'top\nsecret' }, 'clientSecret'],
    [{ refreshToken: 'very secret' }, 'refreshToken'],
    [{ productType: 'a mug' }, 'productType'],
    [{ handlingDays: 1.5 }, 'handlingDays'],
    [{ effectiveWithinMs: -1 }, 'effectiveWithinMs'],
    [{ userAgent: 'x'.repeat(501) }, 'userAgent'],
    [{ endpoint: 'example.com' }, 'endpoint'],
    [{ lwaUrl: 'ftp://example.com' }, 'lwaUrl'],
    [{ maxConcurrency: 0 }, 'maxConcurrency'],
  ])('refuses %j', (setting, message) => {
    const create = () => createAmazon({ ...SETTINGS, ...setting });

    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(create).toThrow(message);
    expect(create).not.toThrow(/secret[^:]/);
  });

  it('speaks to the region, introduces itself and signs nothing but with its token', async () => {
    const { channel, settle, context, sent } = fakeAmazon({}, { userAgent: 'Shop/1.0 (Language=TypeScript)' });

    await settle(channel.readLevels([{ sku: SKU_A }], undefined, context));

    const [token] = sent('token');
    expect(token?.url.href).toBe('https://api.amazon.com/auth/o2/token');
    expect(Object.fromEntries(new URLSearchParams(token?.text))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: SETTINGS.refreshToken,
      client_id: SETTINGS.clientId,
      client_secret: SETTINGS.clientSecret,
    });
    const [search] = sent('searchListingsItems');
    expect(search?.url.host).toBe('sellingpartnerapi-na.amazon.com');
    expect(Object.fromEntries(search?.headers ?? [])).toEqual({ 'x-amz-access-token': 'Atza|1', 'user-agent': 'Shop/1.0 (Language=TypeScript)', accept: 'application/json' });
  });
});
