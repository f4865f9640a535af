import type { AvailabilityChannel, CallContext, LevelKey } from '@stockwright/adapter';
import type { LocationId, Sku } from '@stockwright/core';

/** What became of one pair that should be stocked. @public */
export type StockingOutcome = {
  readonly sku: Sku;
  readonly location?: LocationId;
} & (
  /** It was active already. */
  | { readonly status: 'active' }
  /** It is active now, with whatever quantity the shop still kept for it. */
  | { readonly status: 'activated' }
  /** The pair is not mapped, or Shopify refused. */
  | { readonly status: 'rejected'; readonly reason: string }
);

/** Topics that this adapter turns into hints, in the spelling of the `X-Shopify-Topic` header. @public */
export type ShopifyTopic =
  | 'orders/create'
  | 'orders/updated'
  | 'orders/edited'
  | 'orders/cancelled'
  | 'orders/paid'
  | 'orders/fulfilled'
  | 'orders/partially_fulfilled'
  | 'orders/delete'
  | 'refunds/create'
  | 'fulfillments/create'
  | 'fulfillments/update'
  | 'inventory_levels/update'
  | 'inventory_levels/connect'
  | 'inventory_levels/disconnect';

/** Which webhooks a shop should send, and where to. @public */
export interface WebhookRegistration {
  /** An https address, or that of a message queue as Shopify writes it. */
  readonly uri: string;
  readonly topics: readonly ShopifyTopic[];
}

/** What became of one topic. @public */
export type WebhookRegistrationOutcome = { readonly topic: ShopifyTopic } & (
  | { readonly status: 'existing' }
  | { readonly status: 'created' }
  | { readonly status: 'rejected'; readonly reason: string }
);

/** A Shopify shop as a channel, with what only Shopify needs. @public */
export interface ShopifyChannel extends AvailabilityChannel {
  /**
   * Makes each sku stocked at its location. Since version 2026-10 a write to a pair that was never activated succeeds and
   * sells nothing, so the program that composes the channel calls this at start and after mapping a new pair.
   *
   * @param keys - Any number of pairs.
   * @returns One outcome per pair, in the order given. Calling it again is harmless.
   * @throws As any write; after `OUTCOME_UNKNOWN` simply call it again.
   */
  ensureStocked(keys: readonly LevelKey[], context: CallContext): Promise<readonly StockingOutcome[]>;

  /**
   * Creates the webhook subscriptions that are missing. One that Shopify deleted after failed deliveries comes back.
   *
   * @returns One outcome per topic, in the order given. Calling it again is harmless.
   */
  registerWebhooks(registration: WebhookRegistration, context: CallContext): Promise<readonly WebhookRegistrationOutcome[]>;
}
