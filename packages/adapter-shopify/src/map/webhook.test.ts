import { createMapping, signHmacSha256 } from '@stockwright/adapter-kit';
import { describe, expect, it } from 'vitest';
import { ITEM, PLACE, SECRET, SETTINGS, SKU_A, W1 } from '../../test/fake-shop.ts';
import { createShopify } from '../create-shopify.ts';

const LONG = '271878346596884015';
const channel = createShopify({
  ...SETTINGS,
  webhookSecrets: ['next-secret', SECRET],
  mappings: {
    skus: createMapping([[ITEM(1), SKU_A], [`gid://shopify/InventoryItem/${LONG}`, 'LONG' as typeof SKU_A]]),
    locations: createMapping([[PLACE(24826418), W1]]),
  },
});

function message(topic: string, json: string, { secret = SECRET, prefix = 'x-shopify-', shop = 'example.myshopify.com' } = {}) {
  const body = new TextEncoder().encode(json);
  const headers = {
    [`${prefix}topic`]: topic,
    [`${prefix}hmac-sha256`]: signHmacSha256({ body, secret }),
    [`${prefix}webhook-id`]: 'w-1',
    [`${prefix}shop-domain`]: shop,
  };
  return { headers, body };
}

describe('receive', () => {
  it.each([
    ['orders/updated', '{"id":820982911946154508,"admin_graphql_api_id":"gid://shopify/Order/820982911946154508"}', '820982911946154508'],
    ['orders/create', '{"id":820982911946154507}', '820982911946154507'],
    ['orders/delete', '{"id":820982911946154509}', '820982911946154509'],
    ['orders/edited', '{"order_edit":{"id":1,"order_id":820982911946154509}}', '820982911946154509'],
    ['refunds/create', '{"id":890088186047892319,"order_id":820982911946154511,"admin_graphql_api_id":"gid://shopify/Refund/890088186047892319"}', '820982911946154511'],
    ['fulfillments/update', '{"id":123456,"order_id":820982911946154513,"admin_graphql_api_id":"gid://shopify/Fulfillment/123456"}', '820982911946154513'],
  ])('%s asks for the order, with every digit of its id', (topic, json, id) => {
    expect(channel.receive(message(topic, json))).toEqual({
      status: 'accepted',
      messageId: 'w-1',
      hints: [{ kind: 'order', orderId: `gid://shopify/Order/${id}` }],
    });
  });

  it.each(['inventory_levels/update', 'inventory_levels/disconnect'])('%s asks for the level, where it is mapped', (topic) => {
    const mapped = channel.receive(message(topic, `{"inventory_item_id":${LONG},"location_id":24826418,"available":10}`));
    const elsewhere = channel.receive(message(topic, `{"inventory_item_id":${LONG},"location_id":1}`));
    const unknown = channel.receive(message(topic, '{"inventory_item_id":271878346596884014,"location_id":24826418}'));

    expect(mapped).toMatchObject({ hints: [{ kind: 'level', sku: 'LONG', location: 'W1' }] });
    expect(elsewhere).toMatchObject({ status: 'accepted', hints: [] });
    expect(unknown).toMatchObject({ status: 'accepted', hints: [] });
  });

  it('accepts what it does not know, without a hint', () => {
    expect(channel.receive(message('products/update', '{"id":1}'))).toEqual({ status: 'accepted', messageId: 'w-1', hints: [] });
    expect(channel.receive(message('orders/create', '{}'))).toMatchObject({ status: 'accepted', hints: [] });
    expect(channel.receive(message('refunds/create', '{"order_id":{"a":1}}'))).toMatchObject({ status: 'accepted', hints: [] });
  });

  it('accepts both families of headers and either secret', () => {
    expect(channel.receive(message('orders/create', '{"id":1}', { prefix: 'shopify-' })).status).toBe('accepted');
    expect(channel.receive(message('orders/create', '{"id":1}', { secret: 'next-secret' })).status).toBe('accepted');
  });

  it('refuses what was signed by nobody, by somebody else or for another shop', () => {
    const good = message('orders/create', '{"id":1}');
    const { 'x-shopify-hmac-sha256': _signature, ...unsigned } = good.headers;

    expect(channel.receive({ ...good, headers: unsigned })).toMatchObject({ status: 'refused', httpStatus: 401 });
    expect(channel.receive(message('orders/create', '{"id":1}', { secret: 'other' }))).toMatchObject({ status: 'refused', httpStatus: 401 });
    expect(channel.receive({ ...good, body: new TextEncoder().encode('{"id":2}') })).toMatchObject({ status: 'refused', httpStatus: 401 });
    expect(channel.receive(message('orders/create', '{"id":1}', { shop: 'other.myshopify.com' }))).toMatchObject({ status: 'refused', httpStatus: 401 });
  });

  it('refuses what it cannot read', () => {
    const good = message('orders/create', '{"id":1}');
    const { 'x-shopify-webhook-id': _id, ...nameless } = good.headers;

    expect(channel.receive(message('orders/create', 'id=1'))).toMatchObject({ status: 'refused', httpStatus: 400 });
    expect(channel.receive(message('orders/create', '[]'))).toMatchObject({ status: 'refused', httpStatus: 400 });
    expect(channel.receive({ ...good, headers: nameless })).toMatchObject({ status: 'refused', httpStatus: 400 });
  });
});
