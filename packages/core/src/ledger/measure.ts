import {
  addQuantities, compareQuantities, isZeroQuantity, maxQuantity, minQuantity, negateQuantity, subtractQuantities, type Quantity,
} from '../quantity/quantity.ts';
import type { ChannelId, LocationId, SourceId } from '../identity/ids.ts';
import { addMs, type Instant } from '../identity/instant.ts';
import type { Measure } from '../observations/observations.ts';
import { maxCounters, totalOf } from './accept.ts';
import { accountFromKey, accountKey, contraRef, ORDER_CONTRA, OWN_CONTRA, type AccountRef, type ContraAccount } from './accounts.ts';
import type { Base, BookingRules, Books, Claim, Counters } from './books.ts';
import type { Movement } from './ledger.ts';

/** What decides each account: the owner's figures, and the orders' demand that those do not contain. @public */
export interface Measured {
  readonly fromOwner: ReadonlyMap<string, Quantity>;
  readonly fromOrders: ReadonlyMap<string, Quantity>;
}

const NOTHING: Counters = { ordered: 0, fulfilled: 0, cancelled: 0, returned: 0 };

/**
 * What stands in each account by the books: `committed` is the owner's base plus the open quantity of orders that the
 * base does not contain, `onHand` the owner's base less what was shipped and is not in it.
 *
 * @remarks
 * Containment is per counter and measure, and needs an acknowledgement whose revision is not later than the oldest base
 * row of the sku: an order may have been booked at any location. A cancellation of demand that the owner's figures
 * contain counts when those figures show it, never before, since nobody here can know whether they already do.
 *
 * @see design.md section 5, "Overlap with the ERP"
 * @public
 */
export function measureBooks(books: Books, rules: BookingRules): Measured {
  const fromOwner = new Map<string, Quantity>();
  const fromOrders = new Map<string, Quantity>();
  for (const base of books.bases) {
    let quantity = base.quantity;
    for (const { delta } of base.deltas) quantity = addQuantities(quantity, delta);
    put(fromOwner, { account: base.measure, location: base.location, channel: '' }, quantity);
  }
  for (const claim of books.claims) addClaim(fromOrders, claim, { books, rules });
  return { fromOwner, fromOrders };
}

/**
 * Whether a claim adds nothing now and cannot before the channel or the owner speaks of it again.
 *
 * @public
 */
export function isSettledClaim(claim: Claim, books: Books, rules: BookingRules): boolean {
  const effect = new Map<string, Quantity>();
  addClaim(effect, claim, { books, rules });
  if (effect.size > 0) return false;
  const total = totalOf(claim.parts);
  const open = subtractQuantities(subtractQuantities(total.ordered, total.cancelled), total.fulfilled);
  return compareQuantities(open, 0) <= 0;
}

/**
 * The movements that lead from one state of the books to another. Where an owner's figure moves by what the orders
 * had booked before, both sides meet in the account and nothing is booked twice.
 *
 * @returns In the order of the accounts' keys; every quantity is greater than zero.
 * @public
 */
export function bookMovements(before: Measured, after: Measured): readonly Movement[] {
  const keys = new Set<string>();
  for (const side of [before.fromOwner, before.fromOrders, after.fromOwner, after.fromOrders]) {
    for (const key of side.keys()) keys.add(key);
  }
  const movements: Movement[] = [];
  for (const key of [...keys].sort()) {
    const ref = accountFromKey(key);
    const measure = ref.account as Measure;
    const owner = difference(before.fromOwner, after.fromOwner, key);
    const orders = difference(before.fromOrders, after.fromOrders, key);
    const [ownerRest, ordersRest] = meet(owner, orders);
    book(movements, ref, { contra: OWN_CONTRA[measure], change: ownerRest });
    book(movements, ref, { contra: ORDER_CONTRA[measure], change: ordersRest });
  }
  return movements;
}

interface Setting {
  readonly books: Books;
  readonly rules: BookingRules;
}

function addClaim(into: Map<string, Quantity>, claim: Claim, setting: Setting): void {
  const total = totalOf(claim.parts);
  const inCommitted = contained(claim, 'committed', setting);
  const inOnHand = contained(claim, 'onHand', setting);
  const newlyOrdered = positive(subtractQuantities(total.ordered, inCommitted.ordered));
  const newlyCancelled = positive(subtractQuantities(total.cancelled, inCommitted.cancelled));
  let demand = positive(subtractQuantities(newlyOrdered, newlyCancelled));
  let released = positive(subtractQuantities(total.fulfilled, inCommitted.fulfilled));
  let shipped = positive(subtractQuantities(total.fulfilled, inOnHand.fulfilled));
  let returned = setting.rules.returns === 'channel' ? positive(subtractQuantities(total.returned, inOnHand.returned)) : 0;
  for (const part of [...claim.parts].reverse()) {
    const onHand: AccountRef = { account: 'onHand', location: part.location, channel: '' };
    const partDemand = minQuantity(demand, positive(subtractQuantities(part.ordered, part.cancelled)));
    // What left from nobody knows where is still committed until the owner's count shows that it left.
    const known = part.location === '' ? minQuantity(part.fulfilled, inOnHand.fulfilled) : part.fulfilled;
    const partReleased = minQuantity(released, known);
    put(into, committedAt(part.location, claim.channel), subtractQuantities(partDemand, partReleased));
    demand = subtractQuantities(demand, partDemand);
    released = subtractQuantities(released, partReleased);
    if (part.location === '') continue;
    const partShipped = minQuantity(shipped, part.fulfilled);
    const partReturned = minQuantity(returned, part.returned);
    put(into, onHand, subtractQuantities(partReturned, partShipped));
    shipped = subtractQuantities(shipped, partShipped);
    returned = subtractQuantities(returned, partReturned);
  }
}

/** What the owner's present figures of a measure contain of a claim. */
function contained(claim: Claim, measure: Measure, { books, rules }: Setting): Counters {
  const bases = books.bases.filter((base) => base.measure === measure);
  let result = NOTHING;
  for (const [source, asOf] of oldestBySource(bases)) {
    const way = rules.containment.get(source) ?? { way: 'never' as const, shipLagMs: 0 };
    if (way.way === 'reference') {
      for (const containment of claim.containments) {
        if (containment.source === source && containment.revision <= asOf) result = maxCounters(result, containment);
      }
    } else if (measure === 'onHand') {
      for (const { at, fulfilled } of claim.seen) {
        if (addMs(at, way.shipLagMs) <= asOf) result = maxCounters(result, { ...NOTHING, fulfilled });
      }
    }
  }
  return result;
}

function oldestBySource(bases: readonly Base[]): ReadonlyMap<SourceId, Instant> {
  const oldest = new Map<SourceId, Instant>();
  for (const { source, asOf } of bases) {
    const known = oldest.get(source);
    if (known === undefined || asOf < known) oldest.set(source, asOf);
  }
  return oldest;
}

/** The parts of two opposite changes that cancel are one fact told twice. */
function meet(owner: Quantity, orders: Quantity): readonly [Quantity, Quantity] {
  const opposite = compareQuantities(owner, 0) * compareQuantities(orders, 0) < 0;
  if (!opposite) return [owner, orders];
  const net = addQuantities(owner, orders);
  const ownerLeads = compareQuantities(absolute(owner), absolute(orders)) >= 0;
  return ownerLeads ? [net, 0] : [0, net];
}

function book(into: Movement[], ref: AccountRef, { contra, change }: { contra: ContraAccount; change: Quantity }): void {
  if (isZeroQuantity(change)) return;
  if (compareQuantities(change, 0) > 0) into.push({ from: contraRef(contra), to: ref, quantity: change });
  else into.push({ from: ref, to: contraRef(contra), quantity: negateQuantity(change) });
}

function committedAt(location: LocationId | '', channel: ChannelId): AccountRef {
  return { account: 'committed', location, channel: location === '' ? channel : '' };
}

function put(into: Map<string, Quantity>, ref: AccountRef, quantity: Quantity): void {
  const key = accountKey(ref);
  const sum = addQuantities(into.get(key) ?? 0, quantity);
  if (isZeroQuantity(sum)) into.delete(key);
  else into.set(key, sum);
}

function difference(before: ReadonlyMap<string, Quantity>, after: ReadonlyMap<string, Quantity>, key: string): Quantity {
  return subtractQuantities(after.get(key) ?? 0, before.get(key) ?? 0);
}

function positive(value: Quantity): Quantity {
  return maxQuantity(value, 0);
}

function absolute(value: Quantity): Quantity {
  return maxQuantity(value, negateQuantity(value));
}
