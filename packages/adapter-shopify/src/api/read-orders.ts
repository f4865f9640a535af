import type { CallContext, OrdersRequest, Page } from '@stockwright/adapter';
import { instantFromMs, parseInstant, type OrderObservation } from '@stockwright/core';
import { z } from 'zod';
import { formatCursor, parseCursor } from '../map/cursor.ts';
import { changedCursorSchema, changedQuery, newestOf, resumeFrom } from '../map/order-cursors.ts';
import { mapOrder, type OrderReader } from '../map/order.ts';
import { nextCursor } from '../wire/graphql-wire.ts';
import { ordersByIdSchema, ordersChangedSchema, type OrderWire } from '../wire/orders-wire.ts';
import { completeOrder } from './complete-order.ts';
import { ORDERS_BY_ID, ORDERS_CHANGED, ORDERS_PER_PAGE } from './documents.ts';
import type { ShopifyClient } from './shopify-client.ts';

/** What reading orders needs of a channel. */
export interface OrderParts extends OrderReader {
  readonly client: ShopifyClient;
}

/** Reads one page of orders as states. */
export async function readOrders(
  parts: OrderParts,
  { request, page }: { readonly request: OrdersRequest; readonly page: string | undefined },
  context: CallContext,
): Promise<Page<OrderObservation>> {
  return request.scope === 'ids'
    ? readOrdersById(parts, { orderIds: request.orderIds, page }, context)
    : readChangedOrders(parts, { since: request.since, page }, context);
}

interface ById {
  readonly orderIds: readonly string[];
  readonly page: string | undefined;
}

async function readOrdersById(parts: OrderParts, { orderIds, page }: ById, context: CallContext): Promise<Page<OrderObservation>> {
  const start = page === undefined ? 0 : parseCursor(z.number().int().min(0), page);
  const end = start + ORDERS_PER_PAGE;
  const ids = orderIds.slice(start, end);
  const heads = ids.length === 0 ? [] : await readHeads(parts.client, ids, context);
  return { ...(await mapHeads(parts, heads, context)), ...(end < orderIds.length ? { next: formatCursor(end) } : {}) };
}

async function readHeads(client: ShopifyClient, ids: readonly string[], context: CallContext): Promise<readonly OrderWire[]> {
  const call = { operation: 'nodes', document: ORDERS_BY_ID, variables: { ids }, schema: ordersByIdSchema, safe: true };
  const { nodes } = await client.call(call, context);
  return nodes.filter((node): node is OrderWire => node !== null && 'id' in node);
}

interface Changed {
  readonly since: string | undefined;
  readonly page: string | undefined;
}

async function readChangedOrders(parts: OrderParts, { since, page }: Changed, context: CallContext): Promise<Page<OrderObservation>> {
  const cursor = page === undefined ? undefined : parseCursor(changedCursorSchema, page);
  const startedAt = cursor === undefined ? instantFromMs(context.clock.now()) : parseInstant(cursor.startedAt, ['page']);
  const variables = { query: changedQuery(since), first: ORDERS_PER_PAGE, after: cursor?.after ?? null };
  const call = { operation: 'orders', document: ORDERS_CHANGED, variables, schema: ordersChangedSchema, safe: true };
  const { orders } = await parts.client.call(call, context);
  const newest = orders.nodes.reduce<string | undefined>((latest, { updatedAt }) => newestOf(latest, updatedAt), cursor?.newest);
  const after = nextCursor(orders);
  const items = await mapHeads(parts, orders.nodes, context);
  if (after !== undefined) return { ...items, next: formatCursor({ after, startedAt, ...(newest === undefined ? {} : { newest }) }) };
  const from = resumeFrom({ since, startedAt, newest });
  return { ...items, ...(from === undefined ? {} : { resumeFrom: from }) };
}

async function mapHeads(parts: OrderParts, heads: readonly OrderWire[], context: CallContext): Promise<Page<OrderObservation>> {
  const { client } = parts;
  const reread = async (id: string): Promise<OrderWire | undefined> => (await readHeads(client, [id], context))[0];
  const items: OrderObservation[] = [];
  const unmapped = new Set<string>();
  for (const head of heads) {
    const whole = await completeOrder({ client, reread }, head, context);
    if (whole === undefined) continue;
    const mapped = mapOrder(whole, parts);
    items.push(mapped.order);
    for (const identifier of mapped.unmapped) unmapped.add(identifier);
  }
  return { items, unmapped: [...unmapped] };
}
