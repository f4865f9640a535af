import { z } from 'zod';
import { connectionSchema, userErrorSchema, type ConnectionWire, type UserErrorWire } from './graphql-wire.ts';

/** What this adapter reads of a webhook, whichever topic: identifiers alone. Numbers are texts, see `parseLossless`. */
export interface WebhookWire {
  readonly id?: string | null | undefined;
  readonly admin_graphql_api_id?: string | null | undefined;
  readonly order_id?: string | null | undefined;
  readonly inventory_item_id?: string | null | undefined;
  readonly location_id?: string | null | undefined;
  readonly order_edit?: { readonly order_id?: string | null | undefined } | null | undefined;
}

const digits = z.string().regex(/^\d{1,30}$/).nullish().catch(undefined);

export const webhookSchema: z.ZodType<WebhookWire> = z.object({
  id: digits,
  admin_graphql_api_id: z.string().nullish().catch(undefined),
  order_id: digits,
  inventory_item_id: digits,
  location_id: digits,
  order_edit: z.object({ order_id: digits }).nullish().catch(undefined),
});

/**
 * Reads JSON with every whole number as the text that stood there. Shopify's ids may be longer than a number can hold, and
 * an id that lost its last digits is the id of something else.
 *
 * @returns Nothing where the text is not JSON.
 */
export function parseLossless(text: string): unknown {
  const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && Number.isInteger(value) ? (context?.source ?? String(value)) : value;
  try {
    return JSON.parse(text, keepDigits) as unknown;
  } catch {
    return undefined;
  }
}

/** A page of the shop's webhook subscriptions. */
export interface WebhooksWire {
  readonly webhookSubscriptions: ConnectionWire<{ readonly topic: string; readonly uri: string }>;
}

export const webhooksSchema: z.ZodType<WebhooksWire> = z.object({
  webhookSubscriptions: connectionSchema(z.object({ topic: z.string(), uri: z.string() })),
});

/** The answer to `webhookSubscriptionCreate`; its errors have no code. */
export interface CreateWebhookWire {
  readonly webhookSubscriptionCreate: { readonly userErrors: readonly UserErrorWire[] };
}

export const createWebhookSchema: z.ZodType<CreateWebhookWire> = z.object({
  webhookSubscriptionCreate: z.object({ userErrors: z.array(userErrorSchema) }),
});
