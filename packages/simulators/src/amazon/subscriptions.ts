/** How a type of notification travels and in which version. */
export interface NotificationType {
  readonly payloadVersion: string;
  readonly resource: 'sqs' | 'eventBridge';
  /** How the names of its envelope are spelled. */
  readonly casing: 'pascal' | 'camel';
}

/** The types that this account sends. */
export const NOTIFICATION_TYPES: ReadonlyMap<string, NotificationType> = new Map<string, NotificationType>([
  ['ORDER_CHANGE', { payloadVersion: '1.0', resource: 'sqs', casing: 'pascal' }],
  ['FBA_INVENTORY_AVAILABILITY_CHANGES', { payloadVersion: '1.0', resource: 'sqs', casing: 'pascal' }],
  ['FEED_PROCESSING_FINISHED', { payloadVersion: '2020-09-04', resource: 'sqs', casing: 'camel' }],
  // By itself it reaches no queue; a rule of the event bus passes it on.
  ['LISTINGS_ITEM_MFN_QUANTITY_CHANGE', { payloadVersion: '1.0', resource: 'eventBridge', casing: 'pascal' }],
]);

/** Where notifications go. */
export interface Destination {
  readonly destinationId: string;
  readonly name: string;
  readonly resource:
    | { readonly sqs: { readonly arn: string } }
    | { readonly eventBridge: { readonly name: string; readonly region: string; readonly accountId: string } };
}

/** What somebody wants to be told. */
export interface Subscription {
  readonly subscriptionId: string;
  readonly notificationType: string;
  readonly payloadVersion: string;
  readonly destination: Destination;
  readonly processingDirective: Readonly<Record<string, unknown>> | undefined;
  /** The changes of orders that pass; all of them when absent. */
  readonly orderChangeTypes: readonly string[] | undefined;
  /** The stores that pass; all of them when absent. */
  readonly marketplaceIds: readonly string[] | undefined;
}

/** The destinations and subscriptions of an application at one seller. */
export interface SubscriptionTable {
  readonly destinations: Map<string, Destination>;
  readonly subscriptions: Map<string, Subscription>;
  /** The subscription of a type; there can be only one, for each type has one version here. */
  ofType(notificationType: string): Subscription | undefined;
}

/** An empty table. */
export function createSubscriptionTable(): SubscriptionTable {
  const subscriptions = new Map<string, Subscription>();
  return {
    destinations: new Map(),
    subscriptions,
    ofType: (notificationType) => {
      for (const subscription of subscriptions.values()) {
        if (subscription.notificationType === notificationType) return subscription;
      }
      return undefined;
    },
  };
}
