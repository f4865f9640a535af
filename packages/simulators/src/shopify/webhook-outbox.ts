import { createHmac } from 'node:crypto';
import type { Agenda } from './agenda.ts';
import { toShopTime } from './gid.ts';
import type { ShopifySimulatorOptions, ShopifyWebhookDelivery } from './options.ts';
import { FIRED_TOPICS } from './shop.ts';
import type { FiredTopic, WebhookSubject } from './shop.ts';
import { toPayload } from './webhook-payloads.ts';
import type { Subscription, SubscriptionTable } from './webhook-subscriptions.ts';

/** Waits between the tries of one webhook: eight retries within four hours. The vendor does not publish its steps. */
export const RETRY_DELAYS_MS: readonly number[] = [1, 3, 8, 15, 30, 45, 60, 78].map((minutes) => minutes * 60_000);
const DEFAULT_DELAY_MS = 500;

interface Delivery extends ShopifyWebhookDelivery {
  readonly subscription: Subscription;
  readonly firedTopic: FiredTopic;
  readonly subject: WebhookSubject;
  /** Written at the first try; retries carry the same text. */
  body: string | undefined;
  failures: number;
}

/** What the outbox needs of its shop. */
export interface OutboxSurroundings {
  readonly options: ShopifySimulatorOptions;
  readonly agenda: Agenda;
  readonly subscriptions: SubscriptionTable;
  readonly uuid: () => string;
}

/** Writes one deed down for each subscription of its topic. */
export type Notify = (eventId: string, topic: FiredTopic, subject: WebhookSubject) => void;

/** The shop's outgoing webhooks. Nothing leaves before the agenda is run. */
export function createOutbox(around: OutboxSurroundings): Notify {
  const { options, agenda, subscriptions, uuid } = around;
  const schedule = (delivery: Delivery, dueAtMs: number): void => {
    agenda.add(dueAtMs, () => attempt(around, delivery, (retryAtMs) => {
      schedule(delivery, retryAtMs);
    }));
  };
  return (eventId, firedTopic, subject) => {
    const topic = FIRED_TOPICS[firedTopic];
    for (const subscription of subscriptions.ofTopic(firedTopic)) {
      const nowMs = options.clock.now();
      const delivery: Delivery = {
        topic, firedTopic, eventId, webhookId: uuid(), uri: subscription.uri, triggeredAtMs: nowMs, subscription, subject, body: undefined, failures: 0,
      };
      const fault = options.webhookFaults?.(toPublic(delivery)) ?? 'deliver';
      const dueAtMs = nowMs + (options.webhookDelayMs?.(topic) ?? DEFAULT_DELAY_MS);
      if (fault === 'lose') continue;
      schedule(delivery, typeof fault === 'object' ? dueAtMs + fault.delayMs : dueAtMs);
      if (fault === 'duplicate') schedule({ ...delivery }, dueAtMs);
    }
  };
}

function toPublic({ topic, webhookId, eventId, uri, triggeredAtMs }: Delivery): ShopifyWebhookDelivery {
  return { topic, webhookId, eventId, uri, triggeredAtMs };
}

async function attempt(around: OutboxSurroundings, delivery: Delivery, retryAt: (ms: number) => void): Promise<void> {
  const { options, subscriptions } = around;
  if (!subscriptions.has(delivery.subscription)) return;
  delivery.body ??= JSON.stringify(selectFields(toPayload(delivery.firedTopic, delivery.subject), delivery.subscription.includeFields));
  if (await isAccepted(options, toRequest(options, delivery, delivery.body))) return;
  const delayMs = RETRY_DELAYS_MS[delivery.failures];
  delivery.failures += 1;
  if (delayMs === undefined) subscriptions.remove(delivery.subscription.id);
  else retryAt(options.clock.now() + delayMs);
}

async function isAccepted(options: ShopifySimulatorOptions, request: Request): Promise<boolean> {
  try {
    const response = await options.deliver(request);
    // An unread body would keep its connection busy.
    await response.body?.cancel();
    return response.status >= 200 && response.status < 300;
  } catch {
    return false;
  }
}

function toRequest(options: ShopifySimulatorOptions, delivery: Delivery, body: string): Request {
  const headers = new Headers({
    'content-type': 'application/json',
    'x-shopify-topic': delivery.topic,
    'x-shopify-hmac-sha256': createHmac('sha256', options.webhookSecret).update(body, 'utf8').digest('base64'),
    'x-shopify-shop-domain': options.shopDomain,
    'x-shopify-api-version': options.apiVersion ?? '2026-10',
    'x-shopify-webhook-id': delivery.webhookId,
    'x-shopify-event-id': delivery.eventId,
    'x-shopify-triggered-at': toShopTime(delivery.triggeredAtMs),
  });
  if (delivery.subscription.name !== undefined) headers.set('x-shopify-name', delivery.subscription.name);
  return new Request(delivery.uri, { method: 'POST', headers, body });
}

function selectFields(payload: Readonly<Record<string, unknown>>, fields: readonly string[]): Readonly<Record<string, unknown>> {
  return fields.length === 0 ? payload : Object.fromEntries(Object.entries(payload).filter(([name]) => fields.includes(name)));
}
