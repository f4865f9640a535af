import type { Agenda } from './agenda.ts';
import type { NotificationEvent } from './account.ts';
import type { MessageQueue } from './message-queue.ts';
import type { AmazonNotificationDelivery, AmazonSimulatorOptions } from './options.ts';
import { NOTIFICATION_TYPES } from './subscriptions.ts';
import type { Subscription, SubscriptionTable } from './subscriptions.ts';
import { toEventTime } from './times.ts';

const DEFAULT_DELAY_MS = 500;

/** What the outbox needs of its account. */
export interface OutboxSurroundings {
  readonly options: AmazonSimulatorOptions;
  readonly agenda: Agenda;
  readonly table: SubscriptionTable;
  readonly queue: MessageQueue;
  readonly uuid: () => string;
  /** The application, as notifications name it. */
  readonly applicationId: string;
}

/** Tells whoever subscribed. What was written down at the event is sent, however late. */
export function createOutbox(around: OutboxSurroundings): (event: NotificationEvent) => void {
  const { options, agenda, table, queue, uuid } = around;
  return (event) => {
    const subscription = table.ofType(event.notificationType);
    if (subscription === undefined || !passes(subscription, event, options.marketplaceId)) return;
    const delivery: AmazonNotificationDelivery = {
      notificationType: event.notificationType, notificationId: uuid(), subscriptionId: subscription.subscriptionId, eventAtMs: agenda.now(), subject: event.subject,
    };
    const fault = options.notificationFaults?.(delivery) ?? 'deliver';
    if (fault === 'lose') return;
    const body = JSON.stringify(toMessage(around, subscription, { event, delivery }));
    const send = (): void => {
      if (table.subscriptions.has(subscription.subscriptionId)) queue.send(body);
    };
    const dueAtMs = agenda.now() + (options.notificationDelayMs?.(event.notificationType) ?? DEFAULT_DELAY_MS);
    agenda.add(typeof fault === 'object' ? dueAtMs + fault.delayMs : dueAtMs, send);
    if (fault === 'duplicate') agenda.add(dueAtMs, send);
  };
}

function passes({ orderChangeTypes, marketplaceIds }: Subscription, event: NotificationEvent, marketplaceId: string): boolean {
  const isWantedChange = event.orderChangeType === undefined || (orderChangeTypes?.includes(event.orderChangeType) ?? true);
  return isWantedChange && (marketplaceIds?.includes(marketplaceId) ?? true);
}

interface Written {
  readonly event: NotificationEvent;
  readonly delivery: AmazonNotificationDelivery;
}

function toMessage(around: OutboxSurroundings, subscription: Subscription, { event, delivery }: Written): Readonly<Record<string, unknown>> {
  const { resource } = subscription.destination;
  const envelope = toEnvelope(around, subscription, { event, delivery });
  if ('sqs' in resource) return envelope;
  // As an event bus wraps it, and as a rule of the bus passes it on to a queue.
  return {
    'version': '0', 'id': around.uuid(), 'detail-type': event.notificationType, 'source': resource.eventBridge.name,
    'account': resource.eventBridge.accountId, 'time': toEventTime(delivery.eventAtMs), 'region': resource.eventBridge.region, 'resources': [], 'detail': envelope,
  };
}

function toEnvelope(around: OutboxSurroundings, subscription: Subscription, { event, delivery }: Written): Readonly<Record<string, unknown>> {
  const time = toEventTime(delivery.eventAtMs);
  const { subscriptionId, payloadVersion } = subscription;
  const { notificationType, notificationId } = delivery;
  const { applicationId } = around;
  if (NOTIFICATION_TYPES.get(notificationType)?.casing === 'camel') {
    return {
      notificationVersion: payloadVersion, notificationType, payloadVersion, eventTime: time, payload: event.payload(),
      notificationMetadata: { applicationId, subscriptionId, publishTime: time, notificationId },
    };
  }
  return {
    NotificationVersion: '1.0', NotificationType: notificationType, PayloadVersion: payloadVersion, EventTime: time, Payload: event.payload(),
    NotificationMetadata: { ApplicationId: applicationId, SubscriptionId: subscriptionId, PublishTime: time, NotificationId: notificationId },
  };
}
