import { assertCount, MERCHANT_CHANNEL, requireListing, showOffer } from './account.ts';
import type { Account, Listing, Order, OrderLine } from './account.ts';
import { moveFbaStock } from './fba-stock.ts';
import type { AmazonCancellation, AmazonFulfillmentStatus, AmazonOrderLineResult, AmazonOrderRequest, AmazonOrderResult, AmazonOrderUnits } from './host-shapes.ts';
import { announceOrder } from './order-notifications.ts';
import type { AmazonShownChange } from './options.ts';

/** Units of a line that are still to be sent. */
export function openUnits(line: OrderLine): number {
  return line.quantity - line.cancelled - line.shipped;
}

/** Where an order stands: it follows from its lines, but for the wait for the payment. */
export function orderStatus({ lines, isPending }: Order): AmazonFulfillmentStatus {
  if (lines.every((line) => line.cancelled === line.quantity)) return 'CANCELLED';
  if (isPending) return 'PENDING';
  if (lines.every((line) => line.shipped === 0)) return 'UNSHIPPED';
  return lines.every((line) => openUnits(line) === 0) ? 'SHIPPED' : 'PARTIALLY_SHIPPED';
}

/**
 * A customer's checkout. Each accepted line takes its units off the offer at once, also while the payment is pending.
 */
export function placeOrder(account: Account, request: AmazonOrderRequest): AmazonOrderResult {
  if (request.id !== undefined && account.orders.has(request.id)) throw new Error(`The account already has an order ${request.id}.`);
  if (request.id !== undefined && !ORDER_ID.test(request.id)) throw new Error(`An order id has the form 111-1111111-1111111, not ${request.id}.`);
  const wanted = request.lines.map(({ sku, quantity }) => {
    assertCount(quantity, 1, `sku ${sku}`);
    return { listing: requireListing(account, sku), quantity };
  });
  const shippers = new Set(wanted.map(({ listing }) => shipperOf(listing)));
  if (shippers.size > 1) throw new Error('Lines that the seller ships and lines that Amazon ships are two orders; place them one after the other.');
  const lines: OrderLine[] = [];
  const results = wanted.map(({ listing, quantity }): AmazonOrderLineResult => {
    const there = sellable(listing);
    const accepted = there >= quantity ? quantity : request.allowPartial === true ? there : 0;
    if (accepted > 0) {
      moveUnits(account, listing, { quantity: -accepted, cause: 'sale' });
      lines.push({ id: orderItemId(account), listing, quantity: accepted, shipped: 0, cancelled: 0, cancellation: undefined });
    }
    const { sku } = listing;
    return accepted === quantity ? { sku, accepted, refused: 0 } : { sku, accepted, refused: quantity - accepted, reason: 'soldOut' };
  });
  const [fulfilledBy] = shippers;
  if (lines.length === 0 || fulfilledBy === undefined) return { lines: results };
  return { orderId: createOrder(account, { id: request.id ?? newOrderId(account), fulfilledBy, lines }).id, lines: results };
}

/** Sends units: those named, or all that are left. Nothing is on offer less or more for it. */
export function shipOrder(account: Account, id: string, units?: readonly AmazonOrderUnits[]): void {
  const order = requireOrder(account, id);
  if (order.isPending && orderStatus(order) === 'PENDING') throw new Error(`Order ${id} is pending: it cannot be sent before it is paid.`);
  const taken = pickUnits(order, units);
  if (taken.length === 0) throw new Error(`Order ${id} has nothing left to send.`);
  const before = orderStatus(order);
  for (const { line, quantity } of taken) {
    line.shipped += quantity;
    if (order.fulfilledBy === 'AMAZON') moveFbaStock(account, line.listing, { pendingCustomerOrder: -quantity });
  }
  stampOrder(account, order);
  announceOrder(account, order, { before, after: orderStatus(order), reason: 'Order shipped' });
}

/** Takes units off an order before they were sent. */
export function cancelOrder(account: Account, id: string, cancellation: AmazonCancellation): void {
  const { by = 'BUYER', reason = 'CustomerCancel', lines } = cancellation;
  const order = requireOrder(account, id);
  const taken = pickUnits(order, lines);
  if (taken.length === 0) throw new Error(`Order ${id} has nothing left to cancel.`);
  const before = orderStatus(order);
  for (const { line, quantity } of taken) {
    line.cancelled += quantity;
    line.cancellation = { cancelledBy: by, cancelReason: reason };
    giveBack(account, order, { line, quantity, isRestocked: reason === 'CustomerCancel' });
  }
  stampOrder(account, order);
  announceOrder(account, order, { before, after: orderStatus(order), reason: 'Order cancelled' });
}

function giveBack(account: Account, order: Order, part: { readonly line: OrderLine; readonly quantity: number; readonly isRestocked: boolean }): void {
  const { listing } = part.line;
  if (order.fulfilledBy === 'AMAZON') moveFbaStock(account, listing, { pendingCustomerOrder: -part.quantity, fulfillable: part.quantity });
  // A listing that was turned over to Amazon meanwhile shows no quantity that could grow.
  else if (part.isRestocked && shipperOf(listing) === 'MERCHANT') moveUnits(account, listing, { quantity: part.quantity, cause: 'cancellation' });
}

function sellable(listing: Listing): number {
  return listing.offer.quantity ?? listing.fba.fulfillable;
}

function moveUnits(account: Account, listing: Listing, move: { readonly quantity: number; readonly cause: AmazonShownChange['cause'] }): void {
  const { channel, quantity } = listing.offer;
  if (quantity === undefined) moveFbaStock(account, listing, { fulfillable: move.quantity, pendingCustomerOrder: -move.quantity });
  else showOffer(account, listing, { offer: { channel, quantity: quantity + move.quantity }, cause: move.cause });
}

function shipperOf({ offer }: Listing): Order['fulfilledBy'] {
  return offer.channel === MERCHANT_CHANNEL ? 'MERCHANT' : 'AMAZON';
}

function createOrder(account: Account, content: Pick<Order, 'id' | 'fulfilledBy' | 'lines'>): Order {
  const pendingMs = account.options.orderPendingMs?.() ?? 0;
  const createdAtMs = wholeSecond(account.now());
  const order: Order = { ...content, createdAtMs, updatedAtMs: createdAtMs, isPending: pendingMs > 0 };
  account.orders.set(order.id, order);
  if (order.isPending) account.agenda.add(account.now() + pendingMs, () => {
    authorisePayment(account, order);
  });
  announceOrder(account, order, { before: undefined, after: orderStatus(order), reason: 'Order placed' });
  return order;
}

function authorisePayment(account: Account, order: Order): void {
  const before = orderStatus(order);
  order.isPending = false;
  if (before !== 'PENDING') return;
  stampOrder(account, order);
  announceOrder(account, order, { before, after: orderStatus(order), reason: 'Payment authorized' });
}

/** The next time of change of an order: whole seconds, each later than the one before. */
function stampOrder(account: Account, order: Order): void {
  order.updatedAtMs = Math.max(wholeSecond(account.now()), order.updatedAtMs + 1000);
}

/** Finds an order; throws where there is none. */
export function requireOrder(account: Account, id: string): Order {
  const order = account.orders.get(id);
  if (order === undefined) throw new Error(`The account has no order ${id}.`);
  return order;
}

interface Taken {
  readonly line: OrderLine;
  readonly quantity: number;
}

/** Chooses open units before anything is booked, so that a refusal leaves the order as it was. */
function pickUnits(order: Order, units: readonly AmazonOrderUnits[] | undefined): readonly Taken[] {
  if (units === undefined) return order.lines.map((line) => ({ line, quantity: openUnits(line) })).filter(({ quantity }) => quantity > 0);
  const picked = new Map<OrderLine, number>();
  const left = (line: OrderLine): number => openUnits(line) - (picked.get(line) ?? 0);
  for (const unit of units) {
    const name = 'sku' in unit ? `sku ${unit.sku}` : unit.orderItemId;
    assertCount(unit.quantity, 1, name);
    const lines = order.lines.filter((line) => ('sku' in unit ? line.listing.sku === unit.sku : line.id === unit.orderItemId));
    const room = lines.reduce((sum, line) => sum + left(line), 0);
    if (room < unit.quantity) throw new Error(`Order ${order.id} has ${String(room)} of ${name} not yet sent; ${String(unit.quantity)} were asked for.`);
    let open = unit.quantity;
    for (const line of lines) {
      const part = Math.min(open, left(line));
      if (part > 0) picked.set(line, (picked.get(line) ?? 0) + part);
      open -= part;
    }
  }
  return [...picked].map(([line, quantity]) => ({ line, quantity }));
}

/** How an order id looks: 3, 7 and 7 digits. */
export const ORDER_ID = /^\d{3}-\d{7}-\d{7}$/;

function newOrderId(account: Account): string {
  const digits = String(account.nextNumber()).padStart(14, '0');
  const id = `114-${digits.slice(0, 7)}-${digits.slice(7)}`;
  return account.orders.has(id) ? newOrderId(account) : id;
}

function orderItemId(account: Account): string {
  return `6${String(account.nextNumber()).padStart(13, '0')}`;
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
