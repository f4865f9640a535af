import { addQuantities, compareQuantities, isZeroQuantity, maxQuantity, minQuantity, negateQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { releasedOf, totalOf } from './counters.ts';
import { accountFromKey, contraRef, OWN_CONTRA, type AccountRef, type ContraAccount } from './accounts.ts';
import type { BookingRules, Books, Claim } from './books.ts';
import type { Balances, Movement } from './ledger.ts';
import { isShownWhole } from './containment.ts';
import { addClaim } from './measure-claims.ts';
import { addDocuments } from './measure-documents.ts';
import { keepDemandInPlace } from './measure-places.ts';
import { factOf, newTally, put, type FactSource, type Setting, type Tally } from './tally.ts';

/** What decides each account: the owner's figures, and what orders and events add that those do not contain. @public */
export interface Measured {
  readonly fromOwner: ReadonlyMap<string, Quantity>;
  readonly fromOrders: ReadonlyMap<string, Quantity>;
  /** Of receipts, transfers, changes of condition and expected supply; none where absent. */
  readonly fromEvents?: ReadonlyMap<string, Quantity>;
  /** What orders and events moved in all, contained or not: it tells a movement from a variance. None where absent. */
  readonly facts?: readonly FactSource[];
}

/**
 * What stands in each account by the books: `committed` is the owner's base plus the open quantity of orders that the
 * base does not contain, `onHand` the owner's base less what was shipped and is not in it.
 *
 * @remarks
 * Containment is per counter, measure and source, and needs an acknowledgement whose revision is not later than the
 * oldest row that the source has of the sku: it may have booked the order at any of its locations. For what became of the
 * order since, cancellations, shipments out of `committed` and returns, the newest row decides. So while one row of a
 * source is older than another too little is offered, and never too much. What one source's figures contain says nothing
 * about the locations of another. A cancellation of demand that the owner's figures contain counts when those figures
 * show it, never before, since nobody here can know whether they already do.
 *
 * A watermark is read with what the order showed at that revision, place by place, and each row by its own age. It
 * contains nothing of what was at another source's places, and of what was not routed only where its source has a row of
 * the measure for every place that anybody counts, or counted before it closed: a mark cannot say which of two owners took
 * that in. If yours did, it counts twice until it is routed; let that owner acknowledge by reference, or own `committed`
 * everywhere.
 *
 * No place counts for more than lies there by its own words: what is asked for at a place is committed there at least, wherever its
 * owner has it, and where an owner acknowledges of several places' shipments less than all each place lacks what it shipped. Where
 * one that acknowledges by reference can have what is missing at one of its other places alone, it is taken off there.
 *
 * No figure says whose demand it is. Where an owner also sells by itself, what is asked for at a place may be taken for that while the
 * owner has it at another of its places, or says of an order of several places at once what it has of it: all places together
 * give no more than there is then, and one of them may until the owner's rows have it where the channel does.
 *
 * What an owner has at a place that is closed stands in no figure that counts, so it is asked for again: what is routed
 * there, and as long as its figure there says that something is committed, also what is not routed.
 *
 * Some things are taken on trust. A source that acknowledges by reference and moves an order between its own places
 * reports both rows as of one moment, since acknowledgements name no place; what it had at a place that is closed it moves
 * no later than the channel does. What it ships before the channel tells of it, it acknowledges no later than its rows show
 * it: else it looks like demand that it has elsewhere, which is then taken off there. It acknowledges also what it gives up, as
 * cancelled or as ordered no more. What it has as cancelled beyond the channel's word, because it took an order in while its
 * payment had failed or has heard of a cancellation early, is asked for until both say the same.
 *
 * @param rules - Of the whole installation; a source without an entry in `containment` never tells, with a lag of zero.
 * @returns By the account's key, in steps of the sku, signed; an account that comes to nothing is left out.
 * @see {@link ContainmentWay} for the three ways in which figures come to contain orders; the rule is its own
 * @example
 * ```ts
 * const rules = { containment: new Map(), returns: 'owner' } as const;
 * const row = parseObservation({ kind: 'stock', source: 'erp', sku: 'MUG', location: 'W1', asOf, measures: { onHand: 12 } });
 * const lines = [{ id: '1', sku: 'MUG', location: 'W1', ordered: 3, fulfilled: 1, cancelled: 0, returned: 0 }];
 * const order = parseObservation({ kind: 'order', channel: 'shop', orderId: '#1001', revision: addMs(asOf, 1), placedAt: asOf, lines });
 * const books = acceptObservation(acceptObservation(emptyBooks(parseSku('MUG')), row), order);
 * const { fromOwner, fromOrders } = measureBooks(books, rules);
 * const onHand = accountKey({ account: 'onHand', location: parseLocationId('W1'), channel: '' });
 * // Twelve were there, and one has left since.
 * [fromOwner.get(onHand), fromOrders.get(onHand)] // => [12, -1]
 * ```
 * @public
 */
export function measureBooks(books: Books, rules: BookingRules): Measured {
  const tally = newTally();
  for (const base of books.bases) {
    if (rules.closed?.has(base.location) === true) continue;
    const ref: AccountRef = { account: base.measure, location: base.location, channel: '' };
    let quantity = base.quantity;
    for (const change of base.deltas) {
      const { id, delta, contra } = change;
      if (contra === undefined) {
        quantity = addQuantities(quantity, delta);
      } else {
        put(tally.events, ref, delta);
        tally.facts.push({ of: change, id: () => `${id}\u001f${ref.account}\u001f${ref.location}`, facts: () => [factOf(ref, contra, delta)] });
      }
    }
    put(tally.owner, ref, quantity);
  }
  for (const claim of books.claims) addClaim(tally, claim, { books, rules });
  keepDemandInPlace(tally, { books, rules });
  addDocuments(tally, { books, rules });
  return { fromOwner: tally.owner, fromOrders: tally.orders, fromEvents: tally.events, facts: tally.facts };
}

/**
 * What stands in each account, by the books alone. A ledger in which every change was booked folds into the same, contra
 * accounts apart.
 *
 * @returns In steps of the sku, signed; accounts that hold nothing are left out.
 * @example
 * ```ts
 * const row = parseObservation({ kind: 'stock', source: 'erp', sku: 'MUG', location: 'W1', asOf, measures: { onHand: 12 } });
 * const books = acceptObservation(emptyBooks(parseSku('MUG')), row);
 * const balances = balancesOf(measureBooks(books, { containment: new Map(), returns: 'owner' }));
 * balances.get(accountKey({ account: 'onHand', location: parseLocationId('W1'), channel: '' })) // => 12
 * ```
 * @public
 */
export function balancesOf({ fromOwner, fromOrders, fromEvents }: Measured): Balances {
  const sums = new Map<string, Quantity>();
  for (const side of [fromOwner, fromOrders, fromEvents]) {
    for (const [key, quantity] of side ?? []) put(sums, accountFromKey(key), quantity);
  }
  return sums;
}

/**
 * Whether a claim adds nothing now and cannot before the channel or the owner speaks of it again, whatever newer figures
 * come of the places that are known, and whichever of those that are closed open again: the figures that count there from
 * then on are those of before.
 *
 * @param claim - One of the books.
 * @example
 * ```ts
 * const rules = { containment: new Map(), returns: 'owner' } as const;
 * const lines = [{ id: '1', sku: 'MUG', ordered: 3, fulfilled: 0, cancelled: 0, returned: 0 }];
 * const open = acceptObservation(emptyBooks(parseSku('MUG')), parseObservation({ kind: 'order', channel: 'shop', orderId: '#1001', revision: asOf, placedAt: asOf, lines }));
 * open.claims.map((claim) => isSettledClaim(claim, open, rules)) // => [false]
 * ```
 * @public
 */
export function isSettledClaim(claim: Claim, books: Books, rules: BookingRules): boolean {
  const total = totalOf(claim.parts);
  const open = subtractQuantities(subtractQuantities(total.ordered, total.cancelled), releasedOf(claim.parts));
  if (compareQuantities(open, 0) > 0) return false;
  const { closed: _, ...allOpen } = rules;
  return (rules.closed === undefined ? [rules] : [rules, allOpen]).every((some) => addsNothing(claim, { books, rules: some }));
}

function addsNothing(claim: Claim, { books, rules }: Setting): boolean {
  // What left and came back may meet now and no more in a newer figure, which has the one and not yet the other.
  return !changesAnything(claim, { books, rules }) && !changesAnything(claim, { books, rules: { ...rules, returns: 'owner' } }) && isShownWhole(claim, { books, rules });
}

function changesAnything(claim: Claim, setting: Setting): boolean {
  const effect: Tally = newTally();
  addClaim(effect, claim, setting);
  return effect.orders.size > 0;
}

/**
 * The movements that lead from one state of the books to another. Where an owner's figure moves by what orders and
 * events had booked before, both meet in the account and nothing is booked twice; what then is left over is a variance,
 * against the owner's own contra account.
 *
 * @param before - Of the same sku and by the same rules as `after`.
 * @returns In the order of the accounts' keys; every quantity is greater than zero.
 * @example
 * ```ts
 * const rules = { containment: new Map(), returns: 'owner' } as const;
 * const row = parseObservation({ kind: 'stock', source: 'erp', sku: 'MUG', location: 'W1', asOf, measures: { onHand: 12 } });
 * const before = emptyBooks(parseSku('MUG'));
 * const movements = bookMovements(measureBooks(before, rules), measureBooks(acceptObservation(before, row), rules));
 * movements.map(({ from, to, quantity }) => [from.account, to.account, quantity]) // => [['adjustment', 'onHand', 12]]
 * ```
 * @public
 */
export function bookMovements(before: Measured, after: Measured): readonly Movement[] {
  const changes = new Map<string, Quantity>();
  collect(changes, before, negateQuantity);
  collect(changes, after, (quantity) => quantity);
  const news = newFacts(before.facts ?? [], after.facts ?? []);
  const movements: Movement[] = [];
  for (const key of [...changes.keys()].sort()) {
    const ref = accountFromKey(key);
    let variance = changes.get(key) ?? 0;
    const told = news.get(key) ?? NO_NEWS;
    for (const quantity of told.values()) variance = subtractQuantities(variance, quantity);
    for (const [contra, quantity] of told) {
      const [rest, fact] = meet(variance, quantity);
      variance = rest;
      book(movements, ref, { contra, change: fact });
    }
    book(movements, ref, { contra: OWN_CONTRA[ref.account as keyof typeof OWN_CONTRA], change: variance });
  }
  return movements;
}

const NO_NEWS: ReadonlyMap<ContraAccount, Quantity> = new Map();

function collect(into: Map<string, Quantity>, { fromOwner, fromOrders, fromEvents }: Measured, sign: (quantity: Quantity) => Quantity): void {
  for (const side of [fromOwner, fromOrders, fromEvents]) {
    for (const [key, quantity] of side ?? []) into.set(key, addQuantities(into.get(key) ?? 0, sign(quantity)));
  }
}

/** What is new, by account and counterpart. What is no longer remembered is no news: the owner's figure has it. */
function newFacts(before: readonly FactSource[], after: readonly FactSource[]): ReadonlyMap<string, ReadonlyMap<ContraAccount, Quantity>> {
  const news = new Map<string, Map<ContraAccount, Quantity>>();
  const unchanged = new Set(before.map(({ of }) => of));
  const changed = after.filter(({ of }) => !unchanged.has(of));
  if (changed.length === 0) return news;
  const known = new Map(before.map((source) => [source.id(), source]));
  const add = ({ facts }: FactSource, sign: (quantity: Quantity) => Quantity): void => {
    for (const { account, contra, quantity } of facts()) {
      const here = news.get(account) ?? new Map<ContraAccount, Quantity>();
      news.set(account, here.set(contra, addQuantities(here.get(contra) ?? 0, sign(quantity))));
    }
  };
  for (const source of changed) {
    const predecessor = known.get(source.id());
    if (predecessor !== undefined) add(predecessor, negateQuantity);
    add(source, (quantity) => quantity);
  }
  return news;
}

/** The parts of two opposite changes that cancel are one fact told twice. */
function meet(variance: Quantity, fact: Quantity): readonly [Quantity, Quantity] {
  if (compareQuantities(variance, 0) * compareQuantities(fact, 0) >= 0) return [variance, fact];
  const both = minQuantity(absolute(variance), absolute(fact));
  return compareQuantities(variance, 0) > 0
    ? [subtractQuantities(variance, both), addQuantities(fact, both)]
    : [addQuantities(variance, both), subtractQuantities(fact, both)];
}

function book(into: Movement[], ref: AccountRef, { contra, change }: { contra: ContraAccount; change: Quantity }): void {
  if (isZeroQuantity(change)) return;
  if (compareQuantities(change, 0) > 0) into.push({ from: contraRef(contra), to: ref, quantity: change });
  else into.push({ from: ref, to: contraRef(contra), quantity: negateQuantity(change) });
}

function absolute(value: Quantity): Quantity {
  return maxQuantity(value, negateQuantity(value));
}
