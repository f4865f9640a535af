import { toGid } from './gid.ts';
import type { ShopifyOrderUnits } from './order-shapes.ts';
import { assertUnits, remainingOf, requireOrder, stampOrder } from './orders.ts';
import { startDeed } from './shop.ts';
import type { Deed, FulfillmentOrderLine, Order, OrderLine, Refund, RefundLine, RestockType, Shop } from './shop.ts';
import { moveStock, obtainLevel } from './stock.ts';

interface Taken {
  readonly portion: FulfillmentOrderLine;
  readonly quantity: number;
}

/**
 * Takes units off an order before they were sent, and puts them back on sale.
 *
 * Without lines the whole order is cancelled, its unsent part is restocked; with lines it stays open. Both leave a refund
 * whose lines are restocked as `CANCEL`.
 */
export function cancelOrder(shop: Shop, id: string | number, units?: readonly ShopifyOrderUnits[]): void {
  const order = requireOrder(shop, id);
  if (units === undefined && order.cancelledAtMs !== undefined) throw new Error(`Order ${String(id)} is already cancelled.`);
  const taken = units === undefined
    ? everythingRemaining(order)
    : units.flatMap(createPicker(order, remainingOf, 'not yet sent').pick);
  const deed = startDeed(shop, 'order');
  for (const { portion, quantity } of taken) {
    portion.cancelled += quantity;
    releaseCommitted(deed, { portion, quantity }, 'CANCEL');
  }
  stampOrder(shop, order);
  if (units === undefined) order.cancelledAtMs = order.updatedAtMs;
  bookRefund(deed, order, taken.map((part) => toRefundLine(shop, part, 'CANCEL')));
  if (units === undefined) deed.notify('ORDERS_CANCELLED', { kind: 'order', order });
  deed.notify('ORDERS_UPDATED', { kind: 'order', order });
}

/** Sends units: `committed` and `on_hand` fall at the location that serves them. Without lines, all that is left. */
export function fulfilOrder(shop: Shop, id: string | number, units?: readonly ShopifyOrderUnits[]): void {
  const order = requireOrder(shop, id);
  const taken = units === undefined ? everythingRemaining(order) : units.flatMap(createPicker(order, remainingOf, 'not yet sent').pick);
  if (taken.length === 0) throw new Error(`Order ${String(id)} has nothing left to send.`);
  const deed = startDeed(shop, 'order');
  for (const { portion, quantity } of taken) {
    portion.fulfilled += quantity;
    if (portion.movedStock) moveStock(deed, levelOf(shop, portion), { committed: -quantity });
  }
  stampOrder(shop, order);
  bookFulfillments(deed, order, taken);
  const isComplete = everythingRemaining(order).length === 0;
  deed.notify(isComplete ? 'ORDERS_FULFILLED' : 'ORDERS_PARTIALLY_FULFILLED', { kind: 'order', order });
  deed.notify('ORDERS_UPDATED', { kind: 'order', order });
}

/** What comes back, and whether it goes on sale again. */
export interface RefundRequest {
  readonly lines: readonly ShopifyOrderUnits[];
  readonly restock: boolean;
}

/**
 * A refund with goods: sent units come back first, as `RETURN` to the location that sent them; beyond those, unsent ones
 * are taken off as `CANCEL`. With `restock` false both are `NO_RESTOCK`, and nothing comes back on sale.
 */
export function refundOrder(shop: Shop, id: string | number, refund: RefundRequest): void {
  const { lines: units, restock } = refund;
  const order = requireOrder(shop, id);
  const { returned, cancelled } = planRefund(order, units);
  const deed = startDeed(shop, 'order');
  const lines: RefundLine[] = [];
  for (const part of returned) {
    part.portion.returned += part.quantity;
    if (restock && part.portion.movedStock) moveStock(deed, levelOf(shop, part.portion), { available: part.quantity });
    lines.push(toRefundLine(shop, part, restock ? 'RETURN' : 'NO_RESTOCK'));
  }
  for (const part of cancelled) {
    part.portion.cancelled += part.quantity;
    releaseCommitted(deed, part, restock ? 'CANCEL' : 'NO_RESTOCK');
    lines.push(toRefundLine(shop, part, restock ? 'CANCEL' : 'NO_RESTOCK'));
  }
  stampOrder(shop, order);
  bookRefund(deed, order, lines);
  deed.notify('ORDERS_UPDATED', { kind: 'order', order });
}

/** Chooses everything before anything is booked, so that a refusal leaves the order as it was. */
function planRefund(order: Order, units: readonly ShopifyOrderUnits[]): { readonly returned: readonly Taken[]; readonly cancelled: readonly Taken[] } {
  const sent = createPicker(order, ({ fulfilled, returned }) => fulfilled - returned, 'sent');
  const waiting = createPicker(order, remainingOf, 'left');
  const returned: Taken[] = [];
  const cancelled: Taken[] = [];
  for (const unit of units) {
    assertUnits(unit.quantity, describe(unit));
    const returning = Math.min(unit.quantity, sent.room(unit));
    if (returning > 0) returned.push(...sent.pick({ ...unit, quantity: returning }));
    if (returning < unit.quantity) cancelled.push(...waiting.pick({ ...unit, quantity: unit.quantity - returning }));
  }
  return { returned, cancelled };
}

function releaseCommitted(deed: Deed, part: Taken, restockType: RestockType): void {
  if (!part.portion.movedStock) return;
  const back = restockType === 'NO_RESTOCK' ? 0 : part.quantity;
  moveStock(deed, levelOf(deed.shop, part.portion), { committed: -part.quantity, available: back });
}

function everythingRemaining(order: Order): readonly Taken[] {
  return order.lines.flatMap(({ portions }) => portions.map((portion) => ({ portion, quantity: remainingOf(portion) }))).filter(({ quantity }) => quantity > 0);
}

function portionsOf(order: Order, unit: ShopifyOrderUnits): readonly FulfillmentOrderLine[] {
  const matches = (line: OrderLine): boolean => ('sku' in unit ? line.item.sku === unit.sku : toGid('LineItem', line.id) === unit.lineItemId);
  return order.lines.filter(matches).flatMap(({ portions }) => portions);
}

interface Picker {
  /** How many units of a kind can still be picked. */
  room(unit: ShopifyOrderUnits): number;
  /** Picks so many; throws where there are not enough. */
  readonly pick: (unit: ShopifyOrderUnits) => readonly Taken[];
}

/** Picks units by a measure, and remembers what it picked, so that two lines of one sku do not pick the same unit. */
function createPicker(order: Order, measure: (portion: FulfillmentOrderLine) => number, state: string): Picker {
  const picked = new Map<FulfillmentOrderLine, number>();
  const left = (portion: FulfillmentOrderLine): number => measure(portion) - (picked.get(portion) ?? 0);
  const room = (unit: ShopifyOrderUnits): number => portionsOf(order, unit).reduce((total, portion) => total + left(portion), 0);
  const pick = (unit: ShopifyOrderUnits): readonly Taken[] => {
    assertUnits(unit.quantity, describe(unit));
    if (room(unit) < unit.quantity) {
      throw new Error(`Order ${String(order.id)} has ${String(room(unit))} of ${describe(unit)} ${state}; ${String(unit.quantity)} were asked for.`);
    }
    let open = unit.quantity;
    return portionsOf(order, unit).flatMap((portion) => {
      const quantity = Math.min(open, left(portion));
      open -= quantity;
      picked.set(portion, (picked.get(portion) ?? 0) + quantity);
      return quantity > 0 ? [{ portion, quantity }] : [];
    });
  };
  return { room, pick };
}

function bookRefund(deed: Deed, order: Order, lines: readonly RefundLine[]): void {
  if (lines.length === 0) return;
  const refund: Refund = { id: deed.shop.nextId(), order, createdAtMs: order.updatedAtMs, lines };
  order.refunds.push(refund);
  deed.notify('REFUNDS_CREATE', { kind: 'refund', refund });
}

function bookFulfillments(deed: Deed, order: Order, taken: readonly Taken[]): void {
  for (const location of deed.shop.locations) {
    const lines = taken.filter(({ portion }) => portion.location === location).map(({ portion, quantity }) => ({ orderLine: portion.orderLine, quantity }));
    if (lines.length === 0) continue;
    const fulfillment = { id: deed.shop.nextId(), order, location, createdAtMs: order.updatedAtMs, lines };
    order.fulfillments.push(fulfillment);
    deed.notify('FULFILLMENTS_CREATE', { kind: 'fulfillment', fulfillment });
  }
}

function toRefundLine(shop: Shop, { portion, quantity }: Taken, restockType: RestockType): RefundLine {
  return {
    id: shop.nextId(), orderLine: portion.orderLine, quantity, restockType,
    location: restockType === 'NO_RESTOCK' ? undefined : portion.location,
  };
}

function levelOf(shop: Shop, portion: FulfillmentOrderLine): ReturnType<typeof obtainLevel> {
  return obtainLevel(shop, portion.orderLine.item, portion.location);
}

function describe(unit: ShopifyOrderUnits): string {
  return 'sku' in unit ? `sku ${unit.sku}` : unit.lineItemId;
}
