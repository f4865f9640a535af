export { createShopify } from './create-shopify.ts';
export { SHOPIFY_CAPABILITIES } from './shopify-capabilities.ts';
export type {
  ShopifyChannel,
  ShopifyTopic,
  StockingOutcome,
  WebhookRegistration,
  WebhookRegistrationOutcome,
} from './shopify-channel.ts';
export { SHOPIFY_API_VERSION, type ShopifySettings } from './shopify-settings.ts';
