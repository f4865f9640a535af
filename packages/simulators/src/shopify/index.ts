export { createShopifySimulator } from './create-shopify-simulator.ts';
export type { ShopifySimulator } from './create-shopify-simulator.ts';
export { SHOPIFY_API_VERSIONS } from './options.ts';
export type {
  ShopifyApiVersion, ShopifyLevelChange, ShopifyLocationOptions, ShopifyProductOptions, ShopifyRequestFault, ShopifySimulatorOptions, ShopifyWebhookDelivery,
  ShopifyWebhookFault,
} from './options.ts';
export type {
  ShopifyLevelState, ShopifyOrderLineResult, ShopifyOrderLineState, ShopifyOrderRequest, ShopifyOrderResult, ShopifyOrderState,
  ShopifyOrderUnits,
} from './order-shapes.ts';
