import { toGid, toShopTime } from './gid.ts';
import type { UserError } from './idempotency.ts';
import type { View } from './inventory-views.ts';

/** A webhook subscription that an app made through the API. */
export interface Subscription {
  readonly id: number;
  readonly topic: string;
  readonly uri: string;
  readonly name: string | undefined;
  readonly format: 'JSON' | 'XML';
  readonly includeFields: readonly string[];
  /** Kept and shown, not applied. */
  readonly filter: string | undefined;
  readonly createdAtMs: number;
}

/** `WebhookSubscriptionInput`. */
export interface SubscriptionInput {
  readonly uri?: string | null;
  readonly name?: string | null;
  readonly format?: 'JSON' | 'XML' | null;
  readonly includeFields?: readonly string[] | null;
  readonly filter?: string | null;
}

/** The subscriptions of a shop. */
export interface SubscriptionTable {
  create(topic: string, input: SubscriptionInput): { readonly subscription?: Subscription; readonly errors: readonly UserError[] };
  all(): readonly Subscription[];
  ofTopic(topic: string): readonly Subscription[];
  has(subscription: Subscription): boolean;
  remove(id: number): boolean;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** An empty table. */
export function createSubscriptionTable(nextId: () => number, now: () => number): SubscriptionTable {
  const table = new Map<number, Subscription>();
  return {
    create: (topic, input) => {
      const errors = [...addressErrors(input.uri ?? '', topic, table.values()), ...nameErrors(input.name, table.values())];
      if (errors.length > 0) return { errors };
      const subscription: Subscription = {
        id: nextId(), topic, uri: input.uri ?? '', name: input.name ?? undefined, format: input.format ?? 'JSON',
        includeFields: input.includeFields ?? [], filter: input.filter ?? undefined, createdAtMs: now(),
      };
      table.set(subscription.id, subscription);
      return { subscription, errors: [] };
    },
    all: () => [...table.values()],
    ofTopic: (topic) => [...table.values()].filter((subscription) => subscription.topic === topic),
    has: (subscription) => table.has(subscription.id),
    remove: (id) => table.delete(id),
  };
}

function addressErrors(uri: string, topic: string, others: Iterable<Subscription>): readonly UserError[] {
  const refuse = (message: string): readonly UserError[] => [{ field: ['webhookSubscription', 'callbackUrl'], message }];
  if (uri === '') return refuse("Address can't be blank");
  if (!URL.canParse(uri)) return refuse('Address is invalid');
  const { protocol, hostname } = new URL(uri);
  // The vendor takes https only; plain http to this machine is allowed here so that tests and demos need no certificate.
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) return refuse(`Address protocol ${protocol}// is not supported`);
  const isTaken = [...others].some((other) => other.topic === topic && other.uri === uri);
  return isTaken ? refuse('Address for this topic has already been taken') : [];
}

function nameErrors(name: string | null | undefined, others: Iterable<Subscription>): readonly UserError[] {
  if (typeof name !== 'string') return [];
  const isTaken = [...others].some((other) => other.name === name);
  return isTaken ? [{ field: ['webhookSubscription', 'name'], message: 'Name already exists, no duplicate allowed' }] : [];
}

/** A subscription as the API shows it. */
export function subscriptionView(subscription: Subscription, apiVersion: string): View {
  return {
    __typename: 'WebhookSubscription',
    id: toGid('WebhookSubscription', subscription.id),
    legacyResourceId: String(subscription.id),
    topic: subscription.topic,
    uri: subscription.uri,
    name: subscription.name ?? null,
    format: subscription.format,
    includeFields: subscription.includeFields,
    filter: subscription.filter ?? null,
    apiVersion: { handle: apiVersion, supported: true, displayName: apiVersion },
    createdAt: toShopTime(subscription.createdAtMs),
    updatedAt: toShopTime(subscription.createdAtMs),
  };
}
