import { adapterError, type CallContext, type OrdersRequest, type Page } from '@stockwright/adapter';
import { invalidInput, isStockwrightError, parseInstant, type OrderObservation } from '@stockwright/core';
import { z } from 'zod';
import { formatCursor, parseCursor } from '../map/cursor.ts';
import { changedCursorSchema, momentOf, orderSearches, resumeFrom, type ChangedCursor } from '../map/order-cursors.ts';
import { isOwnOrder, mapOrder, type OrderReader } from '../map/order.ts';
import { orderAnswerSchema, ordersSchema, type OrdersWire, type OrderWire } from '../wire/orders-wire.ts';
import { isNotFound, type AmazonClient } from './amazon-client.ts';

const PATH = '/orders/2026-01-01/orders';
/** What is asked for beyond ids and times; nothing about the buyer. */
const INCLUDED = ['FULFILLMENT', 'CANCELLATION'];
const ORDERS_PER_PAGE = 100;
/** Orders of one page of a read by id. */
const IDS_PER_PAGE = 10;

/** What reading orders needs of a channel. */
export interface OrderParts extends OrderReader {
  readonly client: AmazonClient;
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

/**
 * Reads orders one after the other. Where Amazon wants no more of them now, what was read before is a page of its own: the
 * few requests that it grants are never spent on orders that are then thrown away.
 */
async function readOrdersById(parts: OrderParts, { orderIds, page }: ById, context: CallContext): Promise<Page<OrderObservation>> {
  const start = page === undefined ? 0 : parseCursor(z.number().int().min(0), page);
  const found: OrderWire[] = [];
  let index = start;
  for (const orderId of orderIds.slice(start, start + IDS_PER_PAGE)) {
    try {
      found.push(...(await readOrder(parts, orderId, context)));
    } catch (error) {
      if (index === start || !isStockwrightError(error) || error.code !== 'RATE_LIMITED') throw error;
      break;
    }
    index += 1;
  }
  return { ...mapOrders(parts, found), ...(index < orderIds.length ? { next: formatCursor(index) } : {}) };
}

async function readOrder({ client }: OrderParts, orderId: string, context: CallContext): Promise<readonly OrderWire[]> {
  const path = `${PATH}/${encodeURIComponent(orderId)}`;
  try {
    return [(await client.call({ operation: 'getOrder', path, query: { includedData: INCLUDED }, schema: orderAnswerSchema }, context)).order];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

interface Changed {
  readonly since: string | undefined;
  readonly page: string | undefined;
}

async function readChangedOrders(parts: OrderParts, { since, page }: Changed, context: CallContext): Promise<Page<OrderObservation>> {
  const cursor: ChangedCursor = page === undefined ? { startedAt: momentOf(context.clock), search: 0 } : parseCursor(changedCursorSchema, page);
  const startedAt = parseInstant(cursor.startedAt, ['page']);
  const searches = orderSearches(since, startedAt);
  const search = searches[cursor.search];
  if (search === undefined) throw invalidInput('page', [{ path: ['page'], message: 'the cursor is of another read; begin without one' }]);
  const query = {
    lastUpdatedAfter: search.lastUpdatedAfter,
    marketplaceIds: parts.marketplaceId,
    fulfilledBy: 'MERCHANT',
    ...(search.fulfillmentStatuses === undefined ? {} : { fulfillmentStatuses: search.fulfillmentStatuses }),
    includedData: INCLUDED,
    maxResultsPerPage: String(ORDERS_PER_PAGE),
    ...(cursor.token === undefined ? {} : { paginationToken: cursor.token }),
  };
  const answer = await searchOnce(parts, { query, hasToken: cursor.token !== undefined }, context);
  const coveredTo = cursor.coveredTo === undefined ? answer.lastUpdatedBefore : parseInstant(cursor.coveredTo, ['page']);
  const token = answer.pagination?.nextToken;
  const isDone = token === undefined && cursor.search + 1 >= searches.length;
  const place = { startedAt, ...(coveredTo === undefined ? {} : { coveredTo }) };
  return {
    ...mapOrders(parts, answer.orders),
    ...(isDone
      ? { resumeFrom: resumeFrom({ since, startedAt, coveredTo }) }
      : { next: formatCursor(token === undefined ? { ...place, search: cursor.search + 1 } : { ...place, search: cursor.search, token }) }),
  };
}

interface Search {
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly hasToken: boolean;
}

async function searchOnce({ client }: OrderParts, { query, hasToken }: Search, context: CallContext): Promise<OrdersWire> {
  try {
    return await client.call({ operation: 'searchOrders', path: PATH, query, schema: ordersSchema }, context);
  } catch (error) {
    if (!hasToken || !isStockwrightError(error) || error.code !== 'REJECTED') throw error;
    throw adapterError('REJECTED', `${error.message} A place in a list of orders lasts for 24 hours: begin the read again.`, {
      adapter: 'amazon',
      operation: 'searchOrders',
    });
  }
}

function mapOrders(parts: OrderParts, orders: readonly OrderWire[]): { items: OrderObservation[]; unmapped: string[] } {
  const mapped = orders.filter((order) => isOwnOrder(order, parts)).map((order) => mapOrder(order, parts));
  return { items: mapped.map(({ order }) => order), unmapped: [...new Set(mapped.flatMap(({ unmapped }) => unmapped))] };
}
