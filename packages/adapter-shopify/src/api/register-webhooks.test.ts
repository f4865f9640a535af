import { describe, expect, it } from 'vitest';
import { fakeShop, partPage, wholePage } from '../../test/fake-shop.ts';

const uri = 'https://stock.example/webhooks';

describe('registerWebhooks', () => {
  it('creates what is missing for this address, once', async () => {
    const { channel, context, requests, settle } = fakeShop({
      Webhooks: ({ variables }) => ({
        webhookSubscriptions:
          variables['after'] === null
            ? partPage('more', { topic: 'ORDERS_UPDATED', uri: 'https://elsewhere.example' })
            : wholePage({ topic: 'REFUNDS_CREATE', uri }),
      }),
      CreateWebhook: ({ variables }) => ({
        webhookSubscriptionCreate: {
          webhookSubscription: null,
          userErrors:
            variables['topic'] === 'ORDERS_CREATE'
              ? [{ field: ['webhookSubscription', 'callbackUrl'], message: 'Address for this topic has already been taken' }]
              : variables['topic'] === 'ORDERS_PAID'
                ? [{ field: ['webhookSubscription', 'callbackUrl'], message: 'Address is invalid' }]
                : [],
        },
      }),
    });

    const outcomes = await settle(
      channel.registerWebhooks({ uri, topics: ['orders/updated', 'refunds/create', 'orders/create', 'orders/paid', 'orders/updated'] }, context),
    );

    expect(outcomes).toEqual([
      { topic: 'orders/updated', status: 'created' },
      { topic: 'refunds/create', status: 'existing' },
      { topic: 'orders/create', status: 'existing' },
      { topic: 'orders/paid', status: 'rejected', reason: 'Address is invalid' },
      { topic: 'orders/updated', status: 'existing' },
    ]);
    const created = requests.filter(({ name }) => name === 'CreateWebhook');
    expect(created[0]?.variables).toEqual({ topic: 'ORDERS_UPDATED', subscription: { uri, format: 'JSON' } });
    expect(created).toHaveLength(3);
  });
});
