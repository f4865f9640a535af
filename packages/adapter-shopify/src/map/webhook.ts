import type { Mappings, RereadHint, WebhookRequest, WebhookResult } from '@stockwright/adapter';
import { verifyHmacSha256 } from '@stockwright/adapter-kit';
import { parseLossless, webhookSchema, type WebhookWire } from '../wire/webhook-wire.ts';
import { gidOf } from './gid.ts';

/** What receiving needs of a channel. */
export interface WebhookReader {
  readonly shopDomain: string;
  readonly secrets: readonly string[];
  readonly mappings: Mappings;
}

/** Checks who sent a webhook and reads what to read again; a topic that is not known is accepted and means nothing. */
export function readWebhook({ headers, body }: WebhookRequest, { shopDomain, secrets, mappings }: WebhookReader): WebhookResult {
  const signatureBase64 = headerOf(headers, 'hmac-sha256');
  if (signatureBase64 === undefined) return refused(401, 'The message carries no signature');
  if (!verifyHmacSha256({ body, secrets, signatureBase64 })) return refused(401, 'The signature was made with none of the secrets');
  // One app secret signs for all shops that installed the app.
  const shop = headerOf(headers, 'shop-domain');
  if (shop !== undefined && shop.toLowerCase() !== shopDomain) return refused(401, 'The message is of another shop');
  const messageId = headerOf(headers, 'webhook-id');
  const topic = headerOf(headers, 'topic');
  if (messageId === undefined || topic === undefined) return refused(400, 'The message has no webhook id or no topic');
  const payload = webhookSchema.safeParse(parseLossless(new TextDecoder().decode(body)));
  if (!payload.success) return refused(400, 'The body is not a JSON object');
  return { status: 'accepted', messageId, hints: hintsOf(topic, payload.data, mappings) };
}

function refused(httpStatus: 400 | 401, reason: string): WebhookResult {
  return { status: 'refused', httpStatus, reason };
}

/** Webhooks and the newer events name their headers with and without `x-`. */
function headerOf(headers: WebhookRequest['headers'], name: string): string | undefined {
  const value = headers[`x-shopify-${name}`] ?? headers[`shopify-${name}`];
  return value === undefined || value === '' ? undefined : value;
}

function hintsOf(topic: string, payload: WebhookWire, mappings: Mappings): readonly RereadHint[] {
  const [resource] = topic.split('/');
  switch (resource) {
    case 'orders':
      return orderHint(payload.order_edit?.order_id ?? payload.id, payload.admin_graphql_api_id);
    case 'refunds':
    case 'fulfillments':
      return orderHint(payload.order_id, undefined);
    case 'inventory_levels':
      return levelHint(payload, mappings);
    default:
      return [];
  }
}

function orderHint(id: string | null | undefined, gid: string | null | undefined): readonly RereadHint[] {
  const orderId = gid?.startsWith(gidOf('Order', '')) === true ? gid : gidOf('Order', id ?? '');
  return orderId === gidOf('Order', '') ? [] : [{ kind: 'order', orderId }];
}

function levelHint({ inventory_item_id: item, location_id: place }: WebhookWire, mappings: Mappings): readonly RereadHint[] {
  const sku = mappings.skus.toInternal(gidOf('InventoryItem', item ?? ''));
  const location = mappings.locations.toInternal(gidOf('Location', place ?? ''));
  return sku === undefined || location === undefined ? [] : [{ kind: 'level', sku, location }];
}
