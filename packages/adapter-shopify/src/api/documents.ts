/*
 * Every GraphQL document of this adapter. One query may ask for 1000 points at most, and a connection inside a connection
 * multiplies: heads of orders come with few of everything, and the documents further down read what is left over.
 */

/** Orders per page: with 25 lines and 5 fulfillment orders each they ask for a quarter of what one query may. */
export const ORDERS_PER_PAGE = 50;
/** The most elements of one page of anything. */
export const NODES_PER_CALL = 250;
/** Refunds that are read with their lines in one query, and what is asked for when there are more of them. */
export const REFUNDS_FIRST = 20;
export const REFUNDS_MAX = 250;

const ORDER_FIELDS = `
  id createdAt updatedAt
  lineItems(first: 25) { pageInfo { hasNextPage endCursor } nodes { ...Line } }
  fulfillmentOrders(first: 5, displayable: true) {
    pageInfo { hasNextPage endCursor }
    nodes { status assignedLocation { location { id } } }
  }
`;

const LINE_FRAGMENT = `
  fragment Line on LineItem {
    id sku quantity currentQuantity unfulfilledQuantity nonFulfillableQuantity
    variant { inventoryItem { id } }
  }
`;

export const SET_QUANTITIES = `
  mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup { id }
      userErrors { code field message }
    }
  }
`;

export const ACTIVATE = `
  mutation Activate($item: ID!, $location: ID!, $key: String!) {
    inventoryActivate(inventoryItemId: $item, locationId: $location) @idempotent(key: $key) {
      inventoryLevel { id isActive }
      userErrors { field message }
    }
  }
`;

export const LEVELS_OF_ITEMS = `
  query LevelsOfItems($items: [ID!]!, $location: ID!) {
    nodes(ids: $items) {
      ... on InventoryItem {
        id
        inventoryLevel(locationId: $location, includeInactive: true) {
          isActive
          quantities(names: ["available"]) { name quantity }
        }
      }
    }
  }
`;

export const LEVELS_OF_LOCATION = `
  query LevelsOfLocation($location: ID!, $first: Int!, $after: String) {
    inventoryItems(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id
        inventoryLevel(locationId: $location, includeInactive: true) {
          isActive
          quantities(names: ["available"]) { name quantity }
        }
      }
    }
  }
`;

export const LOCATIONS = `
  query Locations($after: String) {
    locations(first: 250, after: $after, includeInactive: true) {
      pageInfo { hasNextPage endCursor }
      nodes { id }
    }
  }
`;

export const ORDERS_CHANGED = `
  query OrdersChanged($query: String, $first: Int!, $after: String) {
    orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
      pageInfo { hasNextPage endCursor }
      nodes { ${ORDER_FIELDS} }
    }
  }
  ${LINE_FRAGMENT}
`;

export const ORDERS_BY_ID = `
  query OrdersById($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Order { ${ORDER_FIELDS} }
    }
  }
  ${LINE_FRAGMENT}
`;

export const ORDER_LINES = `
  query OrderLines($id: ID!, $first: Int!, $after: String) {
    order(id: $id) {
      updatedAt
      lineItems(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...Line } }
    }
  }
  ${LINE_FRAGMENT}
`;

export const ORDER_REFUNDS = `
  query OrderRefunds($id: ID!, $refunds: Int!, $lines: Int!) {
    order(id: $id) {
      updatedAt
      refunds(first: $refunds) {
        id
        refundLineItems(first: $lines) {
          pageInfo { hasNextPage endCursor }
          nodes { quantity restockType lineItem { id } }
        }
      }
    }
  }
`;

export const REFUND_LINES = `
  query RefundLines($ids: [ID!]!, $first: Int!, $after: String) {
    nodes(ids: $ids) {
      ... on Refund {
        refundLineItems(first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { quantity restockType lineItem { id } }
        }
      }
    }
  }
`;

export const ORDER_FULFILLMENT = `
  query OrderFulfillment($id: ID!, $after: String) {
    order(id: $id) {
      updatedAt
      fulfillmentOrders(first: 10, after: $after, displayable: true) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id
          status
          assignedLocation { location { id } }
          lineItems(first: 25) {
            pageInfo { hasNextPage endCursor }
            nodes { totalQuantity lineItem { id } }
          }
        }
      }
    }
  }
`;

export const FULFILLMENT_ORDER_LINES = `
  query FulfillmentOrderLines($ids: [ID!]!, $first: Int!, $after: String) {
    nodes(ids: $ids) {
      ... on FulfillmentOrder {
        lineItems(first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { totalQuantity lineItem { id } }
        }
      }
    }
  }
`;

export const WEBHOOKS = `
  query Webhooks($after: String) {
    webhookSubscriptions(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { topic uri }
    }
  }
`;

export const CREATE_WEBHOOK = `
  mutation CreateWebhook($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
      webhookSubscription { id }
      userErrors { field message }
    }
  }
`;
