import { describe, expect, it } from 'vitest';
import { MARKET, SELLER, SETTINGS } from '../../test/fake-amazon.ts';
import { createAmazon } from '../create-amazon.ts';

const channel = createAmazon(SETTINGS);
const receive = (message: unknown) => channel.receive({ headers: {}, body: new TextEncoder().encode(typeof message === 'string' ? message : JSON.stringify(message)) });

const envelope = (type: string, payload: object, id = 'n-1') => ({
  NotificationVersion: '1.0', NotificationType: type, PayloadVersion: '1.0', EventTime: '2026-11-23T10:00:00Z', Payload: payload,
  NotificationMetadata: { ApplicationId: 'a', SubscriptionId: 's', PublishTime: '2026-11-23T10:00:00Z', NotificationId: id },
});

const orderChange = ({ summary = {}, ...extra }: { summary?: object; SellerId?: string; AmazonOrderId?: unknown } = {}) => ({
  OrderChangeNotification: {
    NotificationLevel: 'OrderLevel', SellerId: SELLER, AmazonOrderId: '903-8868176-2219830', OrderChangeType: 'OrderStatusChange',
    Summary: { MarketplaceId: MARKET, OrderStatus: 'Unshipped', FulfillmentType: 'MFN', ...summary }, ...extra,
  },
});
const quantityChange = (extra: object = {}) => ({ SellerId: SELLER, FulfillmentChannelCode: 'DEFAULT', Sku: 'MUG-A', Quantity: 99, ...extra });

/** The same message as the types with small letters write it. */
const small = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, small(inner)]))
    : value;

const ORDER = { status: 'accepted', messageId: 'n-1', hints: [{ kind: 'order', orderId: '903-8868176-2219830' }] };
const LEVEL = { status: 'accepted', messageId: 'n-1', hints: [{ kind: 'level', sku: 'A' }] };
const NOTHING = { status: 'accepted', messageId: 'n-1', hints: [] };

describe('receive', () => {
  it('asks for the order that changed and for the level that changed, in either spelling', () => {
    for (const spell of [(message: object) => message, small]) {
      expect(receive(spell(envelope('ORDER_CHANGE', orderChange())))).toEqual(ORDER);
      expect(receive(spell(envelope('LISTINGS_ITEM_MFN_QUANTITY_CHANGE', quantityChange())))).toEqual(LEVEL);
    }
  });

  it('reads what an EventBridge rule routed, whole or as the payload alone', () => {
    const event = (type: string, detail: object) => ({ version: '0', id: 'e-1', 'detail-type': type, source: `aws.partner/sellingpartnerapi.amazon.com/1/2`, detail });

    expect(receive(event('ORDER_CHANGE', envelope('ORDER_CHANGE', orderChange())))).toEqual(ORDER);
    expect(receive(event('LISTINGS_ITEM_MFN_QUANTITY_CHANGE', quantityChange()))).toEqual({ ...LEVEL, messageId: 'e-1' });
  });

  it.each([
    ['an order that Amazon ships', envelope('ORDER_CHANGE', orderChange({ summary: { FulfillmentType: 'AFN' } }))],
    ['an order of another marketplace', envelope('ORDER_CHANGE', orderChange({ summary: { MarketplaceId: 'A2EUQ1WTGCTBG2' } }))],
    ['an order without an id', envelope('ORDER_CHANGE', orderChange({ AmazonOrderId: 7 }))],
    ['a listing that nobody mapped', envelope('LISTINGS_ITEM_MFN_QUANTITY_CHANGE', quantityChange({ Sku: 'OTHER' }))],
    ['a listing of several places', envelope('LISTINGS_ITEM_MFN_QUANTITY_CHANGE', quantityChange({ FulfillmentChannelCode: 'd7679e14' }))],
    ['a feed', small(envelope('FEED_PROCESSING_FINISHED', { FeedProcessingFinishedNotification: { SellerId: SELLER, FeedId: '1' } }))],
    ['a feed of nobody', small(envelope('FEED_PROCESSING_FINISHED', { FeedProcessingFinishedNotification: { AccountId: 'amzn1.vg.1', FeedId: '1' } }))],
    ['stock in Amazon\'s warehouses', envelope('FBA_INVENTORY_AVAILABILITY_CHANGES', { SellerId: SELLER, SKU: 'MUG-A' })],
    ['something new', envelope('SOMETHING_NEW', { SellerId: SELLER })],
    ['an order of nobody', envelope('ORDER_CHANGE', { OrderChangeNotification: { AmazonOrderId: '1' } })],
  ])('accepts %s, without a hint', (_what, message) => {
    expect(receive(message)).toEqual(NOTHING);
  });

  it('refuses what is of another seller', () => {
    expect(receive(envelope('ORDER_CHANGE', orderChange({ SellerId: 'A0OTHER' })))).toMatchObject({ status: 'refused', httpStatus: 401, reason: expect.stringContaining(SELLER) });
    expect(receive(envelope('LISTINGS_ITEM_MFN_QUANTITY_CHANGE', quantityChange({ SellerId: 'A0OTHER' })))).toMatchObject({ status: 'refused', httpStatus: 401 });
    expect(receive(envelope('SOMETHING_NEW', { SellerId: 'A0OTHER' }))).toMatchObject({ status: 'refused', httpStatus: 401 });
  });

  it.each([
    ['no JSON', 'id=1'],
    ['a list', '[]'],
    ['null', 'null'],
    ['nothing of the kind', '{}'],
    ['no id', { ...envelope('ORDER_CHANGE', orderChange()), NotificationMetadata: {} }],
    ['no type', { ...envelope('ORDER_CHANGE', orderChange()), NotificationType: '' }],
    ['no payload', { ...envelope('ORDER_CHANGE', orderChange()), Payload: 'none' }],
    ['an event of something else', { id: 'e-1', 'detail-type': 'ORDER_CHANGE', detail: 'none' }],
  ])('refuses %s', (_what, message) => {
    expect(receive(message)).toMatchObject({ status: 'refused', httpStatus: 400 });
  });
});
