import type { Account, Order } from './account.ts';
import { invalidInput, RefusedCall } from './answers.ts';
import type { Answer } from './answers.ts';
import { openUnits, ORDER_ID, orderStatus } from './orders.ts';
import { readChoices, readCount, readList, readTime } from './operation.ts';
import type { ApiCall, Operation } from './operation.ts';
import { decodePosition, encodePosition, questionOf } from './page-tokens.ts';
import { toWireTime } from './times.ts';

/** How long a token of a page lives. */
const TOKEN_LIFETIME_MS = 24 * 3600 * 1000;
/** Orders younger than this are not found yet. */
const SEARCH_LAG_MS = 2 * 60 * 1000;
const ORDER_DATA = ['BUYER', 'RECIPIENT', 'PROCEEDS', 'EXPENSE', 'PROMOTION', 'CANCELLATION', 'FULFILLMENT', 'PACKAGES', 'TAX', 'PAYMENT', 'FULFILLMENT_ORDERS'];
const STATUSES = ['PENDING_AVAILABILITY', 'PENDING', 'UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED', 'CANCELLED', 'UNFULFILLABLE'];

/** The operations of the Orders interface, 2026-01-01. */
export const ORDER_OPERATIONS: readonly Operation[] = [
  { name: 'searchOrders', method: 'GET', path: '/orders/2026-01-01/orders', handle: searchOrders },
  { name: 'getOrder', method: 'GET', path: '/orders/2026-01-01/orders/{orderId}', handle: getOrder },
];

function getOrder(call: ApiCall): Answer {
  const included = readChoices(call, 'orders', { name: 'includedData', allowed: ORDER_DATA });
  const orderId = call.parameters['orderId'] ?? '';
  if (!ORDER_ID.test(orderId)) throw invalidInput('orders', `'${orderId}' is not an order id.`);
  const order = call.account.orders.get(orderId);
  if (order === undefined) throw new RefusedCall(404, { code: 'NotFound', message: `Order '${orderId}' not found.`, details: '' });
  return { status: 200, body: { order: orderView(call.account, order, included) } };
}

/** Which time is asked for, and between which moments. */
interface Window {
  readonly time: (order: Order) => number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly boundName: 'createdBefore' | 'lastUpdatedBefore';
}

function searchOrders(call: ApiCall): Answer {
  const { account, query } = call;
  const included = readChoices(call, 'orders', { name: 'includedData', allowed: ORDER_DATA });
  const size = readCount(call, 'orders', { name: 'maxResultsPerPage', least: 1, most: 100, fallback: 100 });
  const matches = matcher(call);
  const asked = readWindow(call);
  const question = questionOf(query, ['paginationToken', 'maxResultsPerPage', 'includedData']);
  const page = readPage(call, question);
  // Later pages keep the bound of the first: an order that changes meanwhile leaves the result and is in the next one.
  const window = page === undefined ? asked : { ...asked, toMs: page.toMs };
  const keyOf = (order: Order): string => `${String(window.time(order)).padStart(15, '0')} ${order.id}`;
  const found = [...account.orders.values()]
    .filter((order) => isWithin(window, order) && matches(order) && (page === undefined || keyOf(order) > page.after))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const shown = found.slice(0, size);
  const last = shown.at(-1);
  const nextToken = last === undefined || found.length <= size ? undefined : encodePosition({
    question, from: keyOf(last), expiresAtMs: page?.expiresAtMs ?? account.now() + TOKEN_LIFETIME_MS, rest: { toMs: window.toMs },
  });
  return { status: 200, body: {
    orders: shown.map((order) => orderView(account, order, included)),
    ...(nextToken === undefined ? {} : { pagination: { nextToken } }),
    [window.boundName]: toWireTime(window.toMs),
  } };
}

function isWithin({ time, fromMs, toMs }: Window, order: Order): boolean {
  return time(order) >= fromMs && time(order) <= toMs;
}

function readWindow(call: ApiCall): Window {
  const created = readTime(call, 'orders', 'createdAfter');
  const updated = readTime(call, 'orders', 'lastUpdatedAfter');
  const fromMs = created ?? updated;
  if (fromMs === undefined || (created !== undefined && updated !== undefined)) {
    throw invalidInput('orders', "Exactly one of 'createdAfter' and 'lastUpdatedAfter' is required.");
  }
  const isCreated = created !== undefined;
  const [boundName, otherName] = isCreated ? ['createdBefore', 'lastUpdatedBefore'] as const : ['lastUpdatedBefore', 'createdBefore'] as const;
  if (call.query.has(otherName)) throw invalidInput('orders', `'${otherName}' does not go with this search.`);
  const latestMs = call.account.now() - SEARCH_LAG_MS;
  const toMs = readTime(call, 'orders', boundName) ?? Math.max(fromMs, latestMs);
  // A later page repeats the bound of the first one, which was old enough then.
  if (call.query.has(boundName) && (toMs > latestMs || toMs < fromMs)) {
    throw invalidInput('orders', `'${boundName}' must not be before its start, and at least two minutes in the past.`);
  }
  return { time: isCreated ? (order) => order.createdAtMs : (order) => order.updatedAtMs, fromMs, toMs, boundName };
}

function readPage(call: ApiCall, question: string): { readonly after: string; readonly toMs: number; readonly expiresAtMs: number | undefined } | undefined {
  const text = call.query.get('paginationToken');
  if (text === null) return undefined;
  const position = decodePosition(text);
  const isAlive = position?.expiresAtMs !== undefined && position.expiresAtMs > call.account.now();
  if (!isAlive || position.question !== question) throw invalidInput('orders', "'paginationToken' is invalid or expired, or another parameter changed.");
  return { after: String(position.from), toMs: Number(position.rest?.['toMs']), expiresAtMs: position.expiresAtMs };
}

function matcher(call: ApiCall): (order: Order) => boolean {
  const statuses = readChoices(call, 'orders', { name: 'fulfillmentStatuses', allowed: STATUSES });
  const shippers = readChoices(call, 'orders', { name: 'fulfilledBy', allowed: ['MERCHANT', 'AMAZON'] });
  const marketplaces = readList(call.query, 'marketplaceIds');
  if (marketplaces.length > 50) throw invalidInput('orders', "'marketplaceIds' takes at most 50 values.");
  const isOurs = marketplaces.length === 0 || marketplaces.includes(call.account.options.marketplaceId);
  return (order) => isOurs && (statuses.length === 0 || statuses.includes(orderStatus(order)))
    && (shippers.length === 0 || shippers.includes(order.fulfilledBy));
}

/** An order as the API shows it. Parts that were not asked for are left out; what names a customer is never there. */
function orderView(account: Account, order: Order, included: readonly string[]): Readonly<Record<string, unknown>> {
  const withFulfillment = included.includes('FULFILLMENT');
  return {
    orderId: order.id,
    createdTime: toWireTime(order.createdAtMs),
    lastUpdatedTime: toWireTime(order.updatedAtMs),
    salesChannel: { channelName: 'AMAZON', marketplaceId: account.options.marketplaceId },
    ...(withFulfillment ? { fulfillment: { fulfillmentStatus: orderStatus(order), fulfilledBy: order.fulfilledBy, fulfillmentServiceLevel: 'STANDARD' } } : {}),
    orderItems: order.lines.map((line) => ({
      orderItemId: line.id,
      quantityOrdered: line.quantity,
      product: { asin: line.listing.asin, title: `Item ${line.listing.sku}`, sellerSku: line.listing.sku },
      ...(withFulfillment ? { fulfillment: { quantityFulfilled: line.shipped, quantityUnfulfilled: openUnits(line) } } : {}),
      ...(included.includes('CANCELLATION') && line.cancellation !== undefined ? { cancellation: cancellationView(line.cancellation) } : {}),
    })),
    ...(included.includes('PACKAGES') && order.fulfilledBy === 'MERCHANT' ? { packages: packagesOf(order) } : {}),
  };
}

function cancellationView(cancellation: { readonly cancelledBy: string; readonly cancelReason: string }): Readonly<Record<string, unknown>> {
  const { cancelledBy, cancelReason } = cancellation;
  return { ...(cancelledBy === 'BUYER' ? { cancellationRequest: { requester: 'BUYER', cancelReason } } : {}), cancellationExecution: cancellation };
}

function packagesOf(order: Order): readonly unknown[] {
  const packageItems = order.lines.filter(({ shipped }) => shipped > 0).map((line) => ({ orderItemId: line.id, quantity: line.shipped }));
  return packageItems.length === 0 ? [] : [{ packageReferenceId: '1', packageStatus: { status: 'SHIPPED' }, packageItems }];
}
