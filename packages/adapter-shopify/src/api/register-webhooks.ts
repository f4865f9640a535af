import type { CallContext } from '@stockwright/adapter';
import { collectPages } from '@stockwright/adapter-kit';
import type { ShopifyTopic, WebhookRegistration, WebhookRegistrationOutcome } from '../shopify-channel.ts';
import { shorten } from '../shopify-errors.ts';
import { nextCursor } from '../wire/graphql-wire.ts';
import { createWebhookSchema, webhooksSchema } from '../wire/webhook-wire.ts';
import { CREATE_WEBHOOK, WEBHOOKS } from './documents.ts';
import type { ShopifyClient } from './shopify-client.ts';

const PAGES_MAX = 50;
/** Another program registered the same topic and address a moment ago. */
const ALREADY_TAKEN = /already been taken/i;

/** Creates the subscriptions that are missing; one outcome per topic, in the order given. */
export async function registerWebhooks(
  client: ShopifyClient,
  { uri, topics }: WebhookRegistration,
  context: CallContext,
): Promise<readonly WebhookRegistrationOutcome[]> {
  const existing = await readTopics(client, uri, context);
  const outcomes: WebhookRegistrationOutcome[] = [];
  for (const topic of topics) {
    if (existing.has(enumOf(topic))) outcomes.push({ topic, status: 'existing' });
    else outcomes.push(await create(client, { topic, uri }, context));
    existing.add(enumOf(topic));
  }
  return outcomes;
}

/** The topics that are sent to this address already. */
async function readTopics(client: ShopifyClient, uri: string, context: CallContext): Promise<Set<string>> {
  const subscriptions = await collectPages(
    async (after) => {
      const variables = { after: after ?? null };
      const call = { operation: 'webhookSubscriptions', document: WEBHOOKS, variables, schema: webhooksSchema, safe: true };
      const { webhookSubscriptions } = await client.call(call, context);
      return { items: webhookSubscriptions.nodes, next: nextCursor(webhookSubscriptions) };
    },
    { facts: { adapter: 'shopify', operation: 'webhookSubscriptions' }, pagesMax: PAGES_MAX },
  );
  return new Set(subscriptions.filter((one) => one.uri === uri).map(({ topic }) => topic));
}

async function create(
  client: ShopifyClient,
  { topic, uri }: { readonly topic: ShopifyTopic; readonly uri: string },
  context: CallContext,
): Promise<WebhookRegistrationOutcome> {
  const variables = { topic: enumOf(topic), subscription: { uri, format: 'JSON' } };
  const call = { operation: 'webhookSubscriptionCreate', document: CREATE_WEBHOOK, variables, schema: createWebhookSchema, safe: false };
  const { webhookSubscriptionCreate } = await client.call(call, context);
  const [error] = webhookSubscriptionCreate.userErrors;
  if (error === undefined) return { topic, status: 'created' };
  return ALREADY_TAKEN.test(error.message) ? { topic, status: 'existing' } : { topic, status: 'rejected', reason: shorten(error.message) };
}

/** `orders/partially_fulfilled` is `ORDERS_PARTIALLY_FULFILLED` to the Admin API. */
function enumOf(topic: ShopifyTopic): string {
  return topic.replace('/', '_').toUpperCase();
}
