import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../test/fake-shop.ts';
import { createShopify } from './create-shopify.ts';
import { SHOPIFY_CAPABILITIES } from './shopify-capabilities.ts';

describe('createShopify', () => {
  it('tells its account from every other one', () => {
    expect(createShopify(SETTINGS)).toMatchObject({
      kind: 'channel',
      contractVersion: 'v1',
      id: 'shop',
      account: 'shopify:example.myshopify.com',
      capabilities: SHOPIFY_CAPABILITIES,
    });
  });

  it.each([
    [{ shopDomain: 'https://example.myshopify.com/admin' }, 'shopDomain'],
    [{ accessToken: 'shpat_very\nsecret' }, 'accessToken'],
    [{ webhookSecrets: [''] }, 'webhookSecrets[0]'],
    [{ apiVersion: '2025-10' }, 'apiVersion'],
    [{ apiVersion: 'unstable' }, 'apiVersion'],
    [{ endpoint: 'example.com' }, 'endpoint'],
    [{ maxConcurrency: 0 }, 'maxConcurrency'],
  ])('refuses %j', (setting, path) => {
    const create = () => createShopify({ ...SETTINGS, ...setting });

    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(create).toThrow(path);
    expect(create).not.toThrow(/secret[^s]/);
  });
});
