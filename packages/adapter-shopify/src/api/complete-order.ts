import { adapterError, type CallContext } from '@stockwright/adapter';
import { collectPages } from '@stockwright/adapter-kit';
import { commonLocation, isSplit, locationsByLine, type FulfillmentPart, type LineLocations } from '../map/line-locations.ts';
import type { CompleteOrder } from '../map/order.ts';
import { nextCursor, type ConnectionWire } from '../wire/graphql-wire.ts';
import {
  fulfillmentLinesOfNodesSchema,
  orderFulfillmentSchema,
  orderLinesSchema,
  orderRefundsSchema,
  refundLinesOfNodesSchema,
  type FulfillmentOrderLinesWire,
  type OrderLineWire,
  type OrderWire,
  type RefundLineWire,
} from '../wire/orders-wire.ts';
import {
  FULFILLMENT_ORDER_LINES,
  NODES_PER_CALL,
  ORDER_FULFILLMENT,
  ORDER_LINES,
  ORDER_REFUNDS,
  REFUND_LINES,
  REFUNDS_FIRST,
  REFUNDS_MAX,
} from './documents.ts';
import type { ShopifyClient } from './shopify-client.ts';

/** Far beyond any order: 25,000 lines, where a connection of Shopify's ends anyway. */
const PAGES_MAX = 100;

/** How an order is read whole. */
export interface OrderCalls {
  readonly client: ShopifyClient;
  /** Reads the head of an order again; nothing where it is gone. */
  readonly reread: (id: string, context: CallContext) => Promise<OrderWire | undefined>;
}

const TRIES_MAX = 3;

/**
 * Reads what the head of an order leaves out: further lines, refunds where units were taken back, the places of the lines
 * where there are several. An order that changes meanwhile is read again from its head, so its numbers are of one state.
 *
 * @returns Nothing where the order is gone. After 3 tries the order as it is, under its oldest revision: the change that
 *   came in between has a later one, and is read again as that.
 */
export async function completeOrder(calls: OrderCalls, first: OrderWire, context: CallContext): Promise<CompleteOrder | undefined> {
  let head: OrderWire | undefined = first;
  for (let tries = 1; head !== undefined; tries += 1) {
    const reader = orderReader({ client: calls.client, head }, context);
    const lines = await reader.lines();
    const refunds = lines.some(({ quantity, currentQuantity }) => currentQuantity < quantity) ? await reader.refunds() : [];
    const locations = await reader.locations();
    if (!reader.hasChanged()) return { head, lines, refunds, locations };
    if (tries === TRIES_MAX) {
      context.logger.warn({ order: head.id, tries }, 'The order kept changing while it was read; it is read again with its next change');
      return { head, lines, refunds, locations };
    }
    head = await calls.reread(head.id, context);
  }
  return undefined;
}

interface OrderReading {
  readonly client: ShopifyClient;
  readonly head: OrderWire;
}

interface OrderReader {
  readonly lines: () => Promise<readonly OrderLineWire[]>;
  readonly refunds: () => Promise<readonly RefundLineWire[]>;
  readonly locations: () => Promise<LineLocations>;
  readonly hasChanged: () => boolean;
}

function orderReader({ client, head }: OrderReading, context: CallContext): OrderReader {
  let hasChanged = false;
  /** Every answer says which state of the order it is of. */
  const note = <Part extends { readonly updatedAt: string }>(order: Part | null | undefined): Part | undefined => {
    if (order?.updatedAt !== head.updatedAt) hasChanged = true;
    return order ?? undefined;
  };
  return {
    hasChanged: () => hasChanged,
    lines: () =>
      allOf(head.lineItems, 'order.lineItems', async (after) => {
        const variables = { id: head.id, first: NODES_PER_CALL, after };
        const call = { operation: 'order.lineItems', document: ORDER_LINES, variables, schema: orderLinesSchema, safe: true };
        return note((await client.call(call, context)).order)?.lineItems;
      }),
    refunds: async () => {
      const read = async (refunds: number, lines: number) => {
        const variables = { id: head.id, refunds, lines };
        const call = { operation: 'order.refunds', document: ORDER_REFUNDS, variables, schema: orderRefundsSchema, safe: true };
        return note((await client.call(call, context)).order)?.refunds ?? [];
      };
      const few = await read(REFUNDS_FIRST, REFUNDS_FIRST);
      // The list of refunds has no pages: it is asked for again, longer, with less of each.
      const refunds = few.length < REFUNDS_FIRST ? few : await read(REFUNDS_MAX, 1);
      if (refunds.length >= REFUNDS_MAX) throw tooManyRefunds(head.id);
      const lines: RefundLineWire[] = [];
      for (const { id, refundLineItems } of refunds) lines.push(...(await linesOfRefund({ client, id, first: refundLineItems }, context)));
      return lines;
    },
    locations: async () => {
      const { fulfillmentOrders } = head;
      const isWhole = nextCursor(fulfillmentOrders) === undefined;
      if (isWhole && !isSplit(fulfillmentOrders.nodes)) return { everyLine: commonLocation(fulfillmentOrders.nodes) };
      const read = async (after: string | undefined): Promise<ConnectionWire<FulfillmentOrderLinesWire> | undefined> => {
        const variables = { id: head.id, after: after ?? null };
        const call = { operation: 'order.fulfillmentOrders', document: ORDER_FULFILLMENT, variables, schema: orderFulfillmentSchema, safe: true };
        return note((await client.call(call, context)).order)?.fulfillmentOrders;
      };
      const parts: FulfillmentPart[] = [];
      for (const order of await allOf(await read(undefined), 'order.fulfillmentOrders', read)) {
        parts.push({ ...order, lines: await linesOfFulfillment({ client, order }, context) });
      }
      return { byLine: locationsByLine(parts) };
    },
  };
}

/** The nodes of a first page and of all pages after it. */
async function allOf<Node>(
  first: ConnectionWire<Node> | undefined,
  operation: string,
  readAfter: (after: string) => Promise<ConnectionWire<Node> | undefined>,
): Promise<readonly Node[]> {
  return collectPages(
    async (after) => {
      const page = after === undefined ? first : await readAfter(after);
      return page === undefined ? { items: [] } : { items: page.nodes, next: nextCursor(page) };
    },
    { facts: { adapter: 'shopify', operation }, pagesMax: PAGES_MAX },
  );
}

interface RefundReading {
  readonly client: ShopifyClient;
  readonly id: string;
  readonly first: ConnectionWire<RefundLineWire>;
}

function linesOfRefund({ client, id, first }: RefundReading, context: CallContext): Promise<readonly RefundLineWire[]> {
  return allOf(first, 'refund.refundLineItems', async (after) => {
    const variables = { ids: [id], first: NODES_PER_CALL, after };
    const call = { operation: 'nodes', document: REFUND_LINES, variables, schema: refundLinesOfNodesSchema, safe: true };
    return (await client.call(call, context)).nodes[0]?.refundLineItems;
  });
}

function linesOfFulfillment({ client, order }: { readonly client: ShopifyClient; readonly order: FulfillmentOrderLinesWire }, context: CallContext) {
  return allOf(order.lineItems, 'fulfillmentOrder.lineItems', async (after) => {
    const variables = { ids: [order.id], first: NODES_PER_CALL, after };
    const call = { operation: 'nodes', document: FULFILLMENT_ORDER_LINES, variables, schema: fulfillmentLinesOfNodesSchema, safe: true };
    return (await client.call(call, context)).nodes[0]?.lineItems;
  });
}

function tooManyRefunds(order: string): Error {
  const message = `Order ${order} has ${String(REFUNDS_MAX)} refunds or more, and Shopify gives no more of them than that`;
  return adapterError('UNSUPPORTED', message, { adapter: 'shopify', operation: 'order.refunds' });
}
