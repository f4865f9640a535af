import type { ShopifyApiVersion } from './options.ts';

/**
 * The part of the Admin API that this shop speaks. Names and types agree with the vendor's (a contract test compares
 * them); what is left out is answered as an unknown field.
 */
export function shopSdl(version: ShopifyApiVersion): string {
  // The code left with 2026-10, when every location could be written to.
  const notStocked = version === '2026-10' ? '' : 'ITEM_NOT_STOCKED_AT_LOCATION';
  return [ROOTS, INVENTORY, MUTATION_TYPES.replaceAll('NOT_STOCKED_CODE', notStocked), ORDERS, WEBHOOKS, SHOP].join('\n');
}

const PAGE = 'first: Int, last: Int, after: String, before: String, reverse: Boolean = false';

const ROOTS = `
schema { query: QueryRoot mutation: Mutation }
directive @idempotent(key: String!) on FIELD
scalar DateTime
scalar Decimal
scalar UnsignedInt64
scalar URL
interface Node { id: ID! }
interface DisplayableError { field: [String!] message: String! }
type UserError implements DisplayableError { field: [String!] message: String! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }

type QueryRoot {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  inventoryItem(id: ID!): InventoryItem
  inventoryItems(${PAGE}, query: String): InventoryItemConnection!
  inventoryLevel(id: ID!): InventoryLevel
  location(id: ID): Location
  locations(${PAGE}, query: String, includeInactive: Boolean = false, includeLegacy: Boolean = false): LocationConnection!
  order(id: ID!): Order
  orders(${PAGE}, query: String, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
  webhookSubscription(id: ID!): WebhookSubscription
  webhookSubscriptions(${PAGE}, topics: [WebhookSubscriptionTopic!], uri: String): WebhookSubscriptionConnection!
  currentAppInstallation: AppInstallation!
  shop: Shop!
  publicApiVersions: [ApiVersion!]!
}

type Mutation {
  inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
  inventoryAdjustQuantities(input: InventoryAdjustQuantitiesInput!): InventoryAdjustQuantitiesPayload
  inventoryActivate(
    inventoryItemId: ID!, locationId: ID!, available: Int, onHand: Int, stockAtLegacyLocation: Boolean = false
  ): InventoryActivatePayload
  inventoryDeactivate(inventoryLevelId: ID!): InventoryDeactivatePayload
  inventoryBulkToggleActivation(
    inventoryItemId: ID!, inventoryItemUpdates: [InventoryBulkToggleActivationInput!]!
  ): InventoryBulkToggleActivationPayload
  inventoryItemUpdate(id: ID!, input: InventoryItemInput!): InventoryItemUpdatePayload
  webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!): WebhookSubscriptionCreatePayload
  webhookSubscriptionDelete(id: ID!): WebhookSubscriptionDeletePayload
}`;

const INVENTORY = `
type InventoryItem implements Node {
  id: ID! legacyResourceId: UnsignedInt64! sku: String tracked: Boolean! requiresShipping: Boolean!
  createdAt: DateTime! updatedAt: DateTime! duplicateSkuCount: Int!
  variants(first: Int, last: Int, after: String, before: String): ProductVariantConnection
  inventoryLevel(locationId: ID!, includeInactive: Boolean = false): InventoryLevel
  inventoryLevels(${PAGE}, query: String, includeInactive: Boolean = false): InventoryLevelConnection!
}
type InventoryItemConnection { nodes: [InventoryItem!]! pageInfo: PageInfo! }
type InventoryLevel implements Node {
  id: ID! isActive: Boolean! createdAt: DateTime! updatedAt: DateTime! item: InventoryItem! location: Location!
  quantities(names: [String!]!): [InventoryQuantity!]!
}
type InventoryLevelConnection { nodes: [InventoryLevel!]! pageInfo: PageInfo! }
type InventoryQuantity implements Node { id: ID! name: String! quantity: Int! updatedAt: DateTime }
type Location implements Node {
  id: ID! legacyResourceId: UnsignedInt64! name: String! isActive: Boolean! fulfillsOnlineOrders: Boolean! shipsInventory: Boolean!
  isFulfillmentService: Boolean! hasActiveInventory: Boolean!
}
type LocationConnection { nodes: [Location!]! pageInfo: PageInfo! }
enum ProductVariantInventoryPolicy { CONTINUE DENY }
enum ProductStatus { ACTIVE ARCHIVED DRAFT UNLISTED }
type Product implements Node { id: ID! title: String! status: ProductStatus! }
type ProductVariant implements Node {
  id: ID! sku: String inventoryPolicy: ProductVariantInventoryPolicy! inventoryQuantity: Int sellableOnlineQuantity: Int!
  requiresComponents: Boolean! inventoryItem: InventoryItem! product: Product!
}
type ProductVariantConnection { nodes: [ProductVariant!]! pageInfo: PageInfo! }
type InventoryAdjustmentGroup implements Node {
  id: ID! createdAt: DateTime! reason: String! referenceDocumentUri: String app: App
  changes(inventoryItemIds: [ID!], locationIds: [ID!], quantityNames: [String!]): [InventoryChange!]!
}
type InventoryChange {
  name: String! delta: Int! quantityAfterChange: Int item: InventoryItem location: Location ledgerDocumentUri: String
}`;

const SHARED_CODES = `CHANGE_FROM_QUANTITY_STALE IDEMPOTENCY_CONCURRENT_REQUEST IDEMPOTENCY_KEY_PARAMETER_MISMATCH
  IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED INVALID_INVENTORY_ITEM INVALID_LOCATION INVALID_QUANTITY_TOO_HIGH INVALID_QUANTITY_TOO_LOW
  INVALID_REASON INVALID_REFERENCE_DOCUMENT NON_MUTABLE_INVENTORY_ITEM NOT_STOCKED_CODE`;

const MUTATION_TYPES = `
input InventoryQuantityInput { inventoryItemId: ID! locationId: ID! quantity: Int! changeFromQuantity: Int }
input InventorySetQuantitiesInput { name: String! reason: String! referenceDocumentUri: String quantities: [InventoryQuantityInput!]! }
type InventorySetQuantitiesPayload { inventoryAdjustmentGroup: InventoryAdjustmentGroup userErrors: [InventorySetQuantitiesUserError!]! }
type InventorySetQuantitiesUserError implements DisplayableError {
  code: InventorySetQuantitiesUserErrorCode field: [String!] message: String!
}
enum InventorySetQuantitiesUserErrorCode {
  ${SHARED_CODES} INVALID_NAME INVALID_QUANTITY_NEGATIVE NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR
}
input InventoryChangeInput { inventoryItemId: ID! locationId: ID! delta: Int! changeFromQuantity: Int ledgerDocumentUri: String }
input InventoryAdjustQuantitiesInput { name: String! reason: String! referenceDocumentUri: String changes: [InventoryChangeInput!]! }
type InventoryAdjustQuantitiesPayload { inventoryAdjustmentGroup: InventoryAdjustmentGroup userErrors: [InventoryAdjustQuantitiesUserError!]! }
type InventoryAdjustQuantitiesUserError implements DisplayableError {
  code: InventoryAdjustQuantitiesUserErrorCode field: [String!] message: String!
}
enum InventoryAdjustQuantitiesUserErrorCode {
  ${SHARED_CODES} INVALID_QUANTITY_NAME INVALID_QUANTITY_DOCUMENT INVALID_AVAILABLE_DOCUMENT INTERNAL_LEDGER_DOCUMENT MAX_ONE_LEDGER_DOCUMENT
}
type InventoryActivatePayload { inventoryLevel: InventoryLevel userErrors: [UserError!]! }
type InventoryDeactivatePayload { userErrors: [UserError!]! }
input InventoryBulkToggleActivationInput { locationId: ID! activate: Boolean! }
type InventoryBulkToggleActivationPayload {
  inventoryItem: InventoryItem inventoryLevels: [InventoryLevel!] userErrors: [InventoryBulkToggleActivationUserError!]!
}
type InventoryBulkToggleActivationUserError implements DisplayableError {
  code: InventoryBulkToggleActivationUserErrorCode field: [String!] message: String!
}
enum InventoryBulkToggleActivationUserErrorCode { CANNOT_DEACTIVATE_FROM_ONLY_LOCATION INVENTORY_ITEM_NOT_FOUND LOCATION_NOT_FOUND }
input InventoryItemInput { tracked: Boolean }
type InventoryItemUpdatePayload { inventoryItem: InventoryItem userErrors: [UserError!]! }`;

const ORDERS = `
enum OrderSortKeys { CREATED_AT ID ORDER_NUMBER PROCESSED_AT UPDATED_AT }
enum OrderDisplayFinancialStatus { PAID PARTIALLY_REFUNDED REFUNDED }
enum OrderDisplayFulfillmentStatus { FULFILLED PARTIALLY_FULFILLED UNFULFILLED }
enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
type Order implements Node {
  id: ID! legacyResourceId: UnsignedInt64! name: String! createdAt: DateTime! updatedAt: DateTime! processedAt: DateTime!
  cancelledAt: DateTime cancelReason: OrderCancelReason test: Boolean! sourceName: String
  displayFinancialStatus: OrderDisplayFinancialStatus displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  lineItems(${PAGE}): LineItemConnection!
  refunds(first: Int): [Refund!]!
  fulfillmentOrders(${PAGE}, query: String, displayable: Boolean = false): FulfillmentOrderConnection!
}
type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
type LineItem implements Node {
  id: ID! sku: String quantity: Int! currentQuantity: Int! unfulfilledQuantity: Int! nonFulfillableQuantity: Int! restockable: Boolean!
  variant: ProductVariant sellingPlan: LineItemSellingPlan lineItemGroup: LineItemGroup
}
type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
type LineItemSellingPlan { name: String! sellingPlanId: ID }
type LineItemGroup implements Node { id: ID! title: String! quantity: Int! variantId: ID }
type Refund implements Node {
  id: ID! legacyResourceId: UnsignedInt64! createdAt: DateTime order: Order! refundLineItems(${PAGE}): RefundLineItemConnection!
}
type RefundLineItem {
  id: ID quantity: Int! restockType: RefundLineItemRestockType! restocked: Boolean! location: Location lineItem: LineItem!
}
type RefundLineItemConnection { nodes: [RefundLineItem!]! pageInfo: PageInfo! }
enum RefundLineItemRestockType { CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN }
type FulfillmentOrder implements Node {
  id: ID! orderId: ID! status: FulfillmentOrderStatus! requestStatus: FulfillmentOrderRequestStatus!
  assignedLocation: FulfillmentOrderAssignedLocation! lineItems(${PAGE}): FulfillmentOrderLineItemConnection!
}
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
enum FulfillmentOrderStatus { CANCELLED CLOSED IN_PROGRESS OPEN }
enum FulfillmentOrderRequestStatus { CLOSED UNSUBMITTED }
type FulfillmentOrderAssignedLocation { name: String! location: Location }
type FulfillmentOrderLineItem implements Node {
  id: ID! totalQuantity: Int! remainingQuantity: Int! inventoryItemId: ID sku: String lineItem: LineItem!
}
type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }`;

const WEBHOOKS = `
enum WebhookSubscriptionFormat { JSON XML }
enum WebhookSubscriptionTopic {
  APP_UNINSTALLED BULK_OPERATIONS_FINISH FULFILLMENTS_CREATE FULFILLMENTS_UPDATE FULFILLMENT_ORDERS_MOVED INVENTORY_ITEMS_CREATE
  INVENTORY_ITEMS_DELETE INVENTORY_ITEMS_UPDATE INVENTORY_LEVELS_CONNECT INVENTORY_LEVELS_DISCONNECT INVENTORY_LEVELS_UPDATE
  LOCATIONS_ACTIVATE LOCATIONS_CREATE LOCATIONS_DEACTIVATE LOCATIONS_DELETE LOCATIONS_UPDATE ORDERS_CANCELLED ORDERS_CREATE
  ORDERS_DELETE ORDERS_EDITED ORDERS_FULFILLED ORDERS_PAID ORDERS_PARTIALLY_FULFILLED ORDERS_UPDATED PRODUCTS_CREATE
  PRODUCTS_DELETE PRODUCTS_UPDATE REFUNDS_CREATE
}
input WebhookSubscriptionInput { uri: String name: String format: WebhookSubscriptionFormat includeFields: [String!] filter: String }
type WebhookSubscription implements Node {
  id: ID! legacyResourceId: UnsignedInt64! topic: WebhookSubscriptionTopic! uri: String! name: String format: WebhookSubscriptionFormat!
  includeFields: [String!]! filter: String apiVersion: ApiVersion! createdAt: DateTime! updatedAt: DateTime!
}
type WebhookSubscriptionConnection { nodes: [WebhookSubscription!]! pageInfo: PageInfo! }
type WebhookSubscriptionCreatePayload { webhookSubscription: WebhookSubscription userErrors: [UserError!]! }
type WebhookSubscriptionDeletePayload { deletedWebhookSubscriptionId: ID userErrors: [UserError!]! }`;

const SHOP = `
type ApiVersion { handle: String! supported: Boolean! displayName: String! }
type AccessScope { handle: String! description: String! }
type App implements Node { id: ID! }
type AppInstallation implements Node { id: ID! accessScopes: [AccessScope!]! app: App! }
enum CurrencyCode { EUR USD }
type ShopPlan { publicDisplayName: String! shopifyPlus: Boolean! }
type Shop implements Node { id: ID! myshopifyDomain: String! name: String! currencyCode: CurrencyCode! plan: ShopPlan! }`;
