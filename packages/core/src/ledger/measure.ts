import {
  addQuantities, compareQuantities, isZeroQuantity, maxQuantity, minQuantity, negateQuantity, subtractQuantities, type Quantity,
} from '../quantity/quantity.ts';
import type { ChannelId, LocationId, SourceId } from '../identity/ids.ts';
import { addMs, type Instant } from '../identity/instant.ts';
import type { Measure } from '../observations/observations.ts';
import { addCounters, BEGINNING, maxCounters, totalOf } from './accept.ts';
import { accountFromKey, accountKey, contraRef, ORDER_CONTRA, OWN_CONTRA, type AccountRef, type ContraAccount } from './accounts.ts';
import type { Base, BookingRules, Books, Claim, ClaimPart, ContainmentWay, Counters } from './books.ts';
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
 * Containment is per counter, measure and source, and needs an acknowledgement whose revision is not later than the
 * oldest row that the source has of the sku: it may have booked the order at any of its locations. What one source's
 * figures contain says nothing about the locations of another. A cancellation of demand that the owner's figures
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
  const contained = containedDemand(claim, setting);
  const newlyOrdered = positive(subtractQuantities(total.ordered, contained.ordered));
  const newlyCancelled = positive(subtractQuantities(total.cancelled, contained.cancelled));
  let demand = positive(subtractQuantities(newlyOrdered, newlyCancelled));
  // Shipment releases what is committed and nothing more: goods sent in excess, or cancelled after they left, free none.
  const ownerHolds = positive(subtractQuantities(subtractQuantities(contained.ordered, contained.cancelled), contained.fulfilled));
  let released = minQuantity(positive(subtractQuantities(total.fulfilled, contained.fulfilled)), addQuantities(demand, ownerHolds));
  const leftUnseen = addShipments(into, claim, setting);
  for (const part of [...claim.parts].reverse()) {
    const partDemand = minQuantity(demand, positive(subtractQuantities(part.ordered, part.cancelled)));
    const partReleased = minQuantity(released, part.fulfilled);
    put(into, committedAt(part.location, claim.channel), subtractQuantities(partDemand, partReleased));
    // What left from nobody knows where is still committed until the owner's count shows that it left.
    if (part.location === '') put(into, committedAt('', claim.channel), leftUnseen);
    demand = subtractQuantities(demand, partDemand);
    released = subtractQuantities(released, partReleased);
  }
}

/** What the owners' present figures of `committed` contain of a claim. */
function containedDemand(claim: Claim, { books, rules }: Setting): Counters {
  let result = NOTHING;
  for (const [source, asOf] of oldestBySource(books.bases, 'committed')) {
    if (wayOf(rules, source).way === 'reference') result = addCounters(result, acknowledgedBy(claim, source, asOf));
  }
  return result;
}

/**
 * Takes off hand what was shipped and is not in the owner's figures, location by location.
 *
 * @returns What left from an unknown place and is in nobody's figures.
 */
function addShipments(into: Map<string, Quantity>, claim: Claim, setting: Setting): Quantity {
  const asOfs = oldestBySource(setting.books.bases, 'onHand');
  const unplaced = claim.parts.find(({ location }) => location === '')?.fulfilled ?? 0;
  let acknowledged: Quantity = 0;
  let unseenByCount: Quantity = 0;
  let acknowledges = asOfs.size === 0;
  for (const [source, parts] of partsBySource(claim, setting.books.bases)) {
    const own = totalOf(parts);
    const asOf = source === '' ? undefined : asOfs.get(source);
    if (source === '' || asOf === undefined) {
      bookShipments(into, parts, { missing: own, setting });
      continue;
    }
    const way = wayOf(setting.rules, source);
    if (way.way === 'reference') {
      const said = acknowledgedBy(claim, source, asOf);
      acknowledged = addQuantities(acknowledged, positive(subtractQuantities(said.fulfilled, own.fulfilled)));
      acknowledges = true;
      bookShipments(into, parts, { missing: missingFrom(own, said), setting });
    } else {
      const later = missingFrom(totalOf(claim.parts), seenBy(claim, addMs(asOf, -way.shipLagMs))).fulfilled;
      unseenByCount = maxQuantity(unseenByCount, later);
      // Nobody says at which place the later shipments were, so each place is taken to lack all of them.
      const { returned } = missingFrom(own, seenBy(claim, asOf));
      bookShipments(into, parts, { missing: { fulfilled: minQuantity(own.fulfilled, later), returned }, setting });
    }
  }
  return acknowledges ? positive(subtractQuantities(unplaced, acknowledged)) : minQuantity(unplaced, unseenByCount);
}

/** What the owner's figures lack of what left and came back. */
type Missing = Pick<Counters, 'fulfilled' | 'returned'>;

function bookShipments(into: Map<string, Quantity>, parts: readonly ClaimPart[], { missing, setting }: { missing: Missing; setting: Setting }): void {
  let fulfilled = missing.fulfilled;
  let returned = setting.rules.returns === 'channel' ? missing.returned : 0;
  for (const part of [...parts].reverse()) {
    const partShipped = minQuantity(fulfilled, part.fulfilled);
    const partReturned = minQuantity(returned, part.returned);
    put(into, { account: 'onHand', location: part.location, channel: '' }, subtractQuantities(partReturned, partShipped));
    fulfilled = subtractQuantities(fulfilled, partShipped);
    returned = subtractQuantities(returned, partReturned);
  }
}

/** The routed parts by the source that counts at their place, empty where nobody does; every counting source is there. */
function partsBySource(claim: Claim, bases: readonly Base[]): ReadonlyMap<SourceId | '', readonly ClaimPart[]> {
  const groups = new Map<SourceId | '', ClaimPart[]>();
  const owners = new Map<LocationId | '', SourceId>();
  for (const { measure, location, source } of bases) {
    if (measure !== 'onHand') continue;
    owners.set(location, source);
    groups.set(source, []);
  }
  for (const part of claim.parts) {
    if (part.location === '') continue;
    const source = owners.get(part.location) ?? '';
    const group = groups.get(source);
    if (group === undefined) groups.set(source, [part]);
    else group.push(part);
  }
  return groups;
}

function missingFrom(own: Counters, shown: Missing): Missing {
  return {
    fulfilled: positive(subtractQuantities(own.fulfilled, shown.fulfilled)),
    returned: positive(subtractQuantities(own.returned, shown.returned)),
  };
}

function wayOf(rules: BookingRules, source: SourceId): ContainmentWay {
  return rules.containment.get(source) ?? { way: 'never', shipLagMs: 0 };
}

/** What a source said by a moment that its figures contain. */
function acknowledgedBy(claim: Claim, source: SourceId, asOf: Instant): Counters {
  let result = NOTHING;
  for (const containment of claim.containments) {
    if (containment.source === source && containment.revision <= asOf) result = maxCounters(result, containment);
  }
  return result;
}

/** What the channel had shown as shipped and returned by a moment. */
function seenBy(claim: Claim, moment: Instant): Missing {
  let result: Missing = NOTHING;
  for (const seen of claim.seen) if (seen.at <= moment) result = seen;
  return result;
}

/** The oldest row of each source; a row of which only deltas are known has no age and counts where there is no other. */
function oldestBySource(bases: readonly Base[], measure: Measure): ReadonlyMap<SourceId, Instant> {
  const oldest = new Map<SourceId, Instant>();
  for (const base of bases) {
    if (base.measure !== measure) continue;
    const known = oldest.get(base.source);
    if (known === undefined || known === BEGINNING || (base.asOf !== BEGINNING && base.asOf < known)) oldest.set(base.source, base.asOf);
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
