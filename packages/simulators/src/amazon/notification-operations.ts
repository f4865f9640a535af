import { z } from 'zod';
import { invalidInput, RefusedCall } from './answers.ts';
import type { Answer } from './answers.ts';
import { readList } from './operation.ts';
import type { ApiCall, Operation } from './operation.ts';
import { NOTIFICATION_TYPES } from './subscriptions.ts';
import type { Destination, NotificationType, Subscription, SubscriptionTable } from './subscriptions.ts';

const DESTINATION_REQUEST = z.object({
  name: z.string().min(1).max(256),
  resourceSpecification: z.object({
    sqs: z.object({ arn: z.string().max(1000).regex(/^arn:aws:sqs:\S+:\S+:\S+/) }).optional(),
    eventBridge: z.object({ accountId: z.string().min(1), region: z.string().min(1) }).optional(),
  }),
});
const SUBSCRIPTION_REQUEST = z.object({
  payloadVersion: z.string(),
  destinationId: z.string(),
  processingDirective: z.object({
    eventFilter: z.object({
      eventFilterType: z.string(),
      orderChangeTypes: z.array(z.enum(['BuyerRequestedChange', 'DeliveryTipChange', 'OrderStatusChange'])).optional(),
      marketplaceIds: z.array(z.string()).optional(),
    }).optional(),
    filterExpression: z.string().min(1).max(256).optional(),
  }).optional(),
});

const SUBSCRIPTIONS = '/notifications/v1/subscriptions';
const DESTINATIONS = '/notifications/v1/destinations';

/** The operations of the Notifications interface, v1. Those that concern no single seller want the application's token. */
export function notificationOperations(table: SubscriptionTable): readonly Operation[] {
  const token = 'grantless';
  return [
    { name: 'createDestination', method: 'POST', path: DESTINATIONS, token, handle: (call) => createDestination(table, call) },
    { name: 'getDestinations', method: 'GET', path: DESTINATIONS, token, handle: () => found([...table.destinations.values()]) },
    { name: 'getDestination', method: 'GET', path: `${DESTINATIONS}/{destinationId}`, token, handle: (call) => found(requireDestination(table, call)) },
    { name: 'deleteDestination', method: 'DELETE', path: `${DESTINATIONS}/{destinationId}`, token, handle: (call) => deleteDestination(table, call) },
    { name: 'getSubscriptions', method: 'GET', path: SUBSCRIPTIONS, handle: (call) => listSubscriptions(table, call) },
    { name: 'createSubscription', method: 'POST', path: `${SUBSCRIPTIONS}/{notificationType}`, handle: (call) => createSubscription(table, call) },
    { name: 'getSubscription', method: 'GET', path: `${SUBSCRIPTIONS}/{notificationType}`, handle: (call) => found(toView(requireOfType(table, call))) },
    { name: 'getSubscriptionById', method: 'GET', path: `${SUBSCRIPTIONS}/{notificationType}/{subscriptionId}`, token, handle: (call) => found(toView(requireById(table, call))) },
    { name: 'deleteSubscriptionById', method: 'DELETE', path: `${SUBSCRIPTIONS}/{notificationType}/{subscriptionId}`, token, handle: (call) => deleteSubscription(table, call) },
  ];
}

function found(payload: unknown): Answer {
  return { status: 200, body: { payload } };
}

function createDestination(table: SubscriptionTable, call: ApiCall): Answer {
  const request = DESTINATION_REQUEST.safeParse(call.body);
  if (!request.success) throw invalidInput('notifications', 'A destination needs a name and one resource.');
  const { name, resourceSpecification: { sqs, eventBridge } } = request.data;
  if ((sqs === undefined) === (eventBridge === undefined)) throw invalidInput('notifications', 'A destination has one resource: sqs or eventBridge.');
  const destinationId = call.account.uuid();
  const source = `aws.partner/sellingpartnerapi.amazon.com/${eventBridge?.accountId ?? ''}/amzn1.sellerapps.app.${destinationId}`;
  const destination: Destination = sqs === undefined
    ? { destinationId, name, resource: { eventBridge: { name: source, region: eventBridge?.region ?? '', accountId: eventBridge?.accountId ?? '' } } }
    : { destinationId, name, resource: { sqs } };
  const isTaken = sqs !== undefined && [...table.destinations.values()].some(({ resource }) => 'sqs' in resource && resource.sqs.arn === sqs.arn);
  if (isTaken) throw conflict('A destination for this queue exists already.');
  table.destinations.set(destinationId, destination);
  return found(destination);
}

function deleteDestination(table: SubscriptionTable, call: ApiCall): Answer {
  const destination = requireDestination(table, call);
  const isUsed = [...table.subscriptions.values()].some((subscription) => subscription.destination === destination);
  if (isUsed) throw conflict('A subscription still leads to this destination.');
  table.destinations.delete(destination.destinationId);
  return { status: 200, body: {} };
}

function createSubscription(table: SubscriptionTable, call: ApiCall): Answer {
  const { name, type } = requireType(call);
  const request = SUBSCRIPTION_REQUEST.safeParse(call.body);
  if (!request.success) throw invalidInput('notifications', 'A subscription needs a payload version and a destination.');
  const { payloadVersion, destinationId, processingDirective } = request.data;
  if (payloadVersion !== type.payloadVersion) throw invalidInput('notifications', `The payload version of ${name} is ${type.payloadVersion}.`);
  const destination = table.destinations.get(destinationId);
  if (destination === undefined) throw invalidInput('notifications', `There is no destination ${destinationId}.`);
  if (!(type.resource in destination.resource)) throw invalidInput('notifications', `${name} is delivered to ${type.resource} only.`);
  const eventFilter = readFilter(name, processingDirective ?? {});
  if (table.ofType(name) !== undefined) throw conflict(`A subscription for ${name} and this payload version exists already.`);
  const subscription: Subscription = {
    subscriptionId: call.account.uuid(), notificationType: name, payloadVersion, destination, processingDirective,
    orderChangeTypes: eventFilter?.orderChangeTypes, marketplaceIds: eventFilter?.marketplaceIds,
  };
  table.subscriptions.set(subscription.subscriptionId, subscription);
  return found(toView(subscription));
}

type EventFilter = NonNullable<NonNullable<z.infer<typeof SUBSCRIPTION_REQUEST>['processingDirective']>['eventFilter']>;

function readFilter(name: string, directive: { readonly eventFilter?: EventFilter | undefined; readonly filterExpression?: string | undefined }): EventFilter | undefined {
  const { eventFilter, filterExpression } = directive;
  if (filterExpression !== undefined) throw invalidInput('notifications', 'Filter expressions are not evaluated here; use an event filter.');
  if (eventFilter !== undefined && (eventFilter.eventFilterType !== name || name !== 'ORDER_CHANGE')) {
    throw invalidInput('notifications', `${name} has no event filter of the type ${eventFilter.eventFilterType}.`);
  }
  return eventFilter;
}

function listSubscriptions(table: SubscriptionTable, call: ApiCall): Answer {
  const [name, ...others] = readList(call.query, 'notificationTypes');
  if (name === undefined || others.length > 0) throw invalidInput('notifications', "'notificationTypes' takes exactly one type.");
  const version = call.query.get('payloadVersion');
  const subscription = table.ofType(name);
  const isWanted = subscription !== undefined && (version === null || version === subscription.payloadVersion);
  return found({ subscriptions: isWanted ? [toView(subscription)] : [] });
}

function deleteSubscription(table: SubscriptionTable, call: ApiCall): Answer {
  table.subscriptions.delete(requireById(table, call).subscriptionId);
  return { status: 200, body: {} };
}

function toView({ subscriptionId, payloadVersion, destination, processingDirective }: Subscription): Readonly<Record<string, unknown>> {
  const directive = processingDirective === undefined ? {} : { processingDirective };
  return { subscriptionId, payloadVersion, destinationId: destination.destinationId, ...directive };
}

function requireType(call: ApiCall): { readonly name: string; readonly type: NotificationType } {
  const name = call.parameters['notificationType'] ?? '';
  const type = NOTIFICATION_TYPES.get(name);
  if (type === undefined) throw invalidInput('notifications', `${name} is no notification type that this account sends.`);
  return { name, type };
}

function requireDestination(table: SubscriptionTable, call: ApiCall): Destination {
  const destination = table.destinations.get(call.parameters['destinationId'] ?? '');
  if (destination === undefined) throw notFound('destination');
  return destination;
}

function requireOfType(table: SubscriptionTable, call: ApiCall): Subscription {
  const { name, type } = requireType(call);
  const version = call.query.get('payloadVersion');
  const subscription = version === null || version === type.payloadVersion ? table.ofType(name) : undefined;
  if (subscription === undefined) throw notFound('subscription');
  return subscription;
}

function requireById(table: SubscriptionTable, call: ApiCall): Subscription {
  const subscription = table.subscriptions.get(call.parameters['subscriptionId'] ?? '');
  if (subscription === undefined || subscription.notificationType !== call.parameters['notificationType']) throw notFound('subscription');
  return subscription;
}

function notFound(what: string): RefusedCall {
  return new RefusedCall(404, { code: 'NotFound', message: `The requested ${what} was not found.`, details: '' });
}

function conflict(message: string): RefusedCall {
  return new RefusedCall(409, { code: 'Conflict', message, details: '' });
}
