import type { RereadHint, WebhookRequest, WebhookResult } from '@stockwright/adapter';
import type { AmazonMappings } from '../amazon-settings.ts';
import { fieldsOf, readNotification, textOf, type Fields, type NotificationWire } from '../wire/notification-wire.ts';
import { MERCHANT_CHANNEL } from './offer.ts';

/** What receiving needs of a channel. */
export interface NotificationReader {
  readonly sellerId: string;
  readonly marketplaceId: string;
  readonly mappings: AmazonMappings;
}

/**
 * Reads what to read again. A notification carries no signature: whoever may write to the queue is believed, and only
 * as far as reading again goes. A type that is not known is accepted and means nothing.
 */
export function receiveNotification({ body }: WebhookRequest, reader: NotificationReader): WebhookResult {
  const notification = readNotification(new TextDecoder().decode(body));
  if (notification === undefined) return { status: 'refused', httpStatus: 400, reason: 'The body is not a notification of the Selling Partner API' };
  const { messageId, payload } = notification;
  const sellerId = sellerOf(payload);
  if (sellerId !== undefined && sellerId !== reader.sellerId) {
    return { status: 'refused', httpStatus: 401, reason: `The notification is of another seller than ${reader.sellerId}. Give each seller a queue, or sort the messages before.` };
  }
  return { status: 'accepted', messageId, hints: sellerId === undefined ? [] : hintsOf(notification, reader) };
}

/** Whose notification it is; some types say so in the payload and some one level further down. */
function sellerOf(payload: Fields): string | undefined {
  return textOf(payload['sellerId']) ?? Object.values(payload).flatMap((inner) => textOf(fieldsOf(inner)?.['sellerId']) ?? [])[0];
}

function hintsOf({ type, payload }: NotificationWire, reader: NotificationReader): readonly RereadHint[] {
  switch (type) {
    case 'ORDER_CHANGE':
      return orderHint(fieldsOf(payload['orderChangeNotification']), reader);
    case 'LISTINGS_ITEM_MFN_QUANTITY_CHANGE':
      return levelHint(payload, reader);
    default:
      return [];
  }
}

/** Orders that Amazon ships, and those of another marketplace, are none of this channel's. */
function orderHint(change: Fields | undefined, { marketplaceId }: NotificationReader): readonly RereadHint[] {
  const orderId = textOf(change?.['amazonOrderId']);
  const summary = fieldsOf(change?.['summary']);
  const isElsewhere = (textOf(summary?.['marketplaceId']) ?? marketplaceId) !== marketplaceId;
  return orderId === undefined || summary?.['fulfillmentType'] === 'AFN' || isElsewhere ? [] : [{ kind: 'order', orderId }];
}

/** It names no marketplace, and our own writes come back this way: worth a read, never a number. */
function levelHint(payload: Fields, { mappings }: NotificationReader): readonly RereadHint[] {
  const sku = payload['fulfillmentChannelCode'] === MERCHANT_CHANNEL ? mappings.skus.toInternal(textOf(payload['sku']) ?? '') : undefined;
  return sku === undefined ? [] : [{ kind: 'level', sku }];
}
