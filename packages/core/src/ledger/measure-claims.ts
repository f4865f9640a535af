import { addMs, instantToMs, type Instant } from '../identity/instant.ts';
import type { ChannelId, LocationId, SourceId } from '../identity/ids.ts';
import { addQuantities, isZeroQuantity, maxQuantity, minQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { MAX_SEEN } from './accept.ts';
import { addCounters, NOTHING, releasedOf, totalOf } from './counters.ts';
import type { AccountRef } from './accounts.ts';
import { findBase } from './bases.ts';
import type { BookingRules, Claim, ClaimPart, ContainmentWay, Counters } from './books.ts';
import { containedBy, foreignTo, NONE, oldestOf, rowsBySource, shutUnder, wayOf, type Contained } from './containment.ts';
import { NEVER } from './hold.ts';
import { factOf, put, type Fact, type Setting, type Tally } from './tally.ts';

/** A part of a claim that one owner of `committed` answers for, or nobody does, and what figures contain of it. */
interface Share {
  readonly parts: ClaimPart[];
  contained: Counters;
  /** Whether it is of no owner's places. */
  readonly isLoose?: true;
}

/** Adds what an order asks of a sku, and moved of it, beyond what the owners' figures contain. */
export function addClaim(into: Tally, claim: Claim, setting: Setting): void {
  const leftUnseen = addShipments(into, claim, setting);
  let unowned: Quantity = 0;
  for (const share of sharesOf(claim, setting)) unowned = addDemand(into, share, { claim, setting, leftUnseen, unowned });
}

/** @returns What was called off of what the owners had for shipped, and asked for at none of their places: the last share, of no owner's places, has that. */
function addDemand(into: Tally, { parts, contained, isLoose }: Share, { claim, setting, leftUnseen, unowned }: { readonly claim: Claim; readonly setting: Setting; readonly leftUnseen: Quantity; readonly unowned: Quantity }): Quantity {
  const total = totalOf(parts);
  // What the owner took for given up, as while a payment had failed, is in no figure of it and may be asked for again.
  let demand = positive(subtractQuantities(subtractQuantities(total.ordered, total.cancelled), subtractQuantities(contained.ordered, contained.cancelled)));
  // So may be what it took for shipped, where that was called off; of the rest it has heard before us.
  const beyond = positive(subtractQuantities(contained.fulfilled, total.fulfilled));
  const undone = isZeroQuantity(beyond) ? 0 : minQuantity(beyond, calledOff(claim));
  demand = addQuantities(demand, isLoose === true ? addQuantities(undone, unowned) : undone);
  noteAhead(into, parts, { ahead: subtractQuantities(beyond, undone), claim, setting });
  // Shipment releases what is committed and nothing more: goods sent in excess, or cancelled after they left, free none.
  const ownerHolds = positive(subtractQuantities(subtractQuantities(contained.ordered, contained.cancelled), contained.fulfilled));
  let released = minQuantity(positive(subtractQuantities(releasedOf(parts), contained.fulfilled)), addQuantities(demand, ownerHolds));
  const unplaced = parts.find(({ location }) => location === '');
  for (const part of [...parts].reverse()) {
    const partDemand = minQuantity(demand, positive(subtractQuantities(part.ordered, part.cancelled)));
    const partReleased = minQuantity(released, releasedOf([part]));
    put(into.orders, demandAt(part, claim.channel, setting.rules), subtractQuantities(partDemand, partReleased));
    // What left from nobody knows where is still committed until the owner's count shows that it left.
    if (part === unplaced) put(into.orders, demandAt(part, claim.channel, setting.rules), leftUnseen);
    demand = subtractQuantities(demand, partDemand);
    released = subtractQuantities(released, partReleased);
  }
  return addQuantities(unowned, minQuantity(demand, undone));
}

/** Nobody says from which place it was shipped, so it may have been asked for at each. */
function noteAhead(into: Tally, parts: readonly ClaimPart[], { ahead, claim, setting }: { readonly ahead: Quantity; readonly claim: Claim; readonly setting: Setting }): void {
  if (isZeroQuantity(ahead)) return;
  for (const part of parts) put(into.ahead, demandAt(part, claim.channel, setting.rules), minQuantity(ahead, openOf(part)));
}

/** Where an order asks for something at one place alone, what its owner has shipped before the channel tells of it is gone there. */
function noteGone(into: Tally, parts: readonly ClaimPart[], { ahead, claim, setting }: { readonly ahead: Quantity; readonly claim: Claim; readonly setting: Setting }): void {
  if (isZeroQuantity(ahead) || !isZeroQuantity(calledOff(claim))) return;
  const [only, another] = claim.parts.filter((part) => !isZeroQuantity(openOf(part)));
  if (only !== undefined && another === undefined && parts.includes(only)) put(into.gone, demandAt(only, claim.channel, setting.rules), minQuantity(ahead, openOf(only)));
}

/**
 * The parts of a claim by the owner of `committed` at their place, and those of no owner's place, with what the owners'
 * present figures contain of each. What an owner contains beyond the parts at its own places is of those of no owner's
 * place, and never of another owner's. What is at a place that was closed under its owner is in nobody's figures.
 */
function sharesOf(claim: Claim, setting: Setting): readonly Share[] {
  const rows = rowsBySource(setting.books.bases, 'committed', setting.rules);
  const owners = new Map<LocationId | '', SourceId>();
  for (const own of rows.values()) for (const { location, source } of own) owners.set(location, source);
  const loose: Share = { parts: [], contained: NOTHING, isLoose: true };
  const shut: Share = { parts: [], contained: NOTHING };
  const shares = new Map<SourceId, Share>();
  for (const source of rows.keys()) shares.set(source, { parts: [], contained: NOTHING });
  for (const part of claim.parts) {
    const share = shutUnder(part.location, [{ measure: 'committed' }], setting) === undefined ? shares.get(owners.get(part.location) as SourceId) : shut;
    (share ?? loose).parts.push(part);
  }
  for (const [source, share] of shares) {
    const contained = withoutMoved(containedBy(claim, rows.get(source) ?? [], setting), claim, foreignTo(source, setting));
    const [here, rest] = dealtOut(contained, totalOf(share.parts), totalOf(loose.parts));
    share.contained = here;
    loose.contained = addCounters(loose.contained, rest);
  }
  return [...shares.values(), shut, loose];
}

/**
 * Less what an owner says was taken back, where others' places are asked for some of the order now: it was sent on there,
 * and part of it may have come back since.
 */
function withoutMoved(contained: Contained, { parts }: Claim, foreign: ReadonlySet<LocationId | ''>): Contained {
  if (!parts.some(({ location, ordered }) => foreign.has(location) && !isZeroQuantity(ordered))) return contained;
  const here = totalOf(parts.filter(({ location }) => !foreign.has(location)));
  const moved = positive(subtractQuantities(contained.cancelled, here.cancelled));
  return { ...contained, ordered: positive(subtractQuantities(contained.ordered, moved)), cancelled: subtractQuantities(contained.cancelled, moved) };
}

/**
 * What an owner contains of the parts at its places, and of those of no owner's place. What became of the latter was
 * ordered with it; an owner that has heard of a shipment or cancellation before us has it at its own places.
 */
function dealtOut(contained: Contained, own: Counters, loose: Counters): readonly [Counters, Counters] {
  const beyond = (name: keyof Counters): Quantity => minQuantity(positive(subtractQuantities(contained[name], own[name])), loose[name]);
  const [fulfilled, cancelled] = [beyond('fulfilled'), beyond('cancelled')];
  const open = minQuantity(openOf(contained.uncounted), openOf(loose));
  const elsewhere = addQuantities(addQuantities(fulfilled, cancelled), open);
  const ordered = minQuantity(own.ordered, positive(subtractQuantities(contained.ordered, elsewhere)));
  // Nowhere more was taken back than it was ordered there.
  const cancelledHere = minQuantity(subtractQuantities(contained.cancelled, cancelled), ordered);
  return [
    { ordered, fulfilled: subtractQuantities(contained.fulfilled, fulfilled), cancelled: cancelledHere, returned: contained.returned },
    { ordered: subtractQuantities(contained.ordered, ordered), fulfilled, cancelled: subtractQuantities(contained.cancelled, cancelledHere), returned: 0 },
  ];
}

function openOf({ ordered, fulfilled, cancelled }: Counters): Quantity {
  return positive(subtractQuantities(ordered, addQuantities(fulfilled, cancelled)));
}

/**
 * Takes off hand what was shipped and is not in the owner's figures, location by location.
 *
 * @returns What left from an unknown place and is in nobody's figures.
 */
function addShipments(into: Tally, claim: Claim, setting: Setting): Quantity {
  const rows = rowsBySource(setting.books.bases, 'onHand', setting.rules);
  let unplaced: Quantity = 0;
  for (const part of claim.parts) if (part.location === '') unplaced = addQuantities(unplaced, part.fulfilled);
  stateShipments(into, claim, setting);
  let acknowledged: Quantity = 0;
  let unseenByCount: Quantity = 0;
  let acknowledges = rows.size === 0;
  for (const [source, parts] of partsBySource(claim, setting)) {
    const own = totalOf(parts);
    const ownRows = source === '' ? undefined : rows.get(source);
    if (source === '' || ownRows === undefined) {
      bookShipments(into, parts, { shown: NONE, claim, setting });
      continue;
    }
    const way = wayOf(setting.rules, source);
    if (way.way !== 'never') {
      const shown = containedBy(claim, ownRows, setting);
      acknowledged = addQuantities(acknowledged, positive(subtractQuantities(shown.gone, own.fulfilled)));
      acknowledges = true;
      noteGone(into, parts, { ahead: positive(subtractQuantities(shown.gone, own.fulfilled)), claim, setting });
      bookShipments(into, parts, { shown, claim, setting });
    } else {
      const later = shippedSince(claim, addMs(oldestOf(ownRows), -way.shipLagMs));
      unseenByCount = maxQuantity(unseenByCount, later);
      bookShipments(into, parts, { shown: NONE, claim, setting });
    }
  }
  return acknowledges ? positive(subtractQuantities(unplaced, acknowledged)) : minQuantity(unplaced, unseenByCount);
}

/** What the owner's figures lack of what left and came back. */
type Missing = Pick<Counters, 'fulfilled' | 'returned'>;

/**
 * Books what is missing in one owner's figures, place by place. An acknowledgement says of no shipment where it was, so of what
 * is missing each place is taken to lack as much as it shipped, and to have back only what cannot be what is acknowledged.
 */
function bookShipments(into: Tally, parts: readonly ClaimPart[], { shown, claim, setting }: { shown: Contained; claim: Claim; setting: Setting }): void {
  const own = totalOf(parts);
  if (isZeroQuantity(own.fulfilled) && isZeroQuantity(own.returned)) return;
  const missing = missingFrom(own, { fulfilled: shown.gone, returned: shown.returned });
  const shownAt = totalOf([...shown.at.values()]).returned;
  let { returned } = missing;
  for (const [location, here] of totalsByPlace(parts)) {
    const shownHere = shown.at.get(location);
    const ofOthers = subtractQuantities(shownAt, shownHere?.returned ?? 0);
    const lacking = missingByTime(here, { ...setting, claim, location }) ?? {
      // What the figure of another place has too many, as where that was called off since, is no shipment of this one.
      fulfilled: shownHere === undefined ? minQuantity(missing.fulfilled, here.fulfilled) : positive(subtractQuantities(here.fulfilled, shownHere.fulfilled)),
      returned: positive(subtractQuantities(here.returned, subtractQuantities(shown.returned, ofOthers))),
    };
    // What the owner has acknowledged as back is in its count too, whenever the channel speaks of it.
    const came = minQuantity(returned, lacking.returned);
    bookShipment(into, location, { missing: { fulfilled: lacking.fulfilled, returned: came }, rules: setting.rules });
    returned = subtractQuantities(returned, came);
  }
}

function totalsByPlace(parts: readonly ClaimPart[]): ReadonlyMap<LocationId | '', Counters> {
  const totals = new Map<LocationId | '', Counters>();
  for (const { location, ...counters } of parts) totals.set(location, addCounters(totals.get(location) ?? NOTHING, counters));
  return totals;
}

/** The routed parts by the source that counts at their place, empty where nobody does; every counting source is there. */
function partsBySource(claim: Claim, { books, rules }: Setting): ReadonlyMap<SourceId | '', readonly ClaimPart[]> {
  const groups = new Map<SourceId | '', ClaimPart[]>();
  const owners = new Map<LocationId | '', SourceId>();
  for (const { measure, location, source } of books.bases) {
    if (measure !== 'onHand' || rules.closed?.has(location) === true) continue;
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

/**
 * What left a place after its figure, by time alone: where that is a count, or of an owner that never acknowledges.
 *
 * @returns Absent where acknowledgements decide.
 */
function missingByTime(here: Counters, { books, rules, claim, location }: Setting & { claim: Claim; location: LocationId | '' }): Missing | undefined {
  const base = location === '' ? undefined : findBase(books.bases, 'onHand', location);
  if (base === undefined) return undefined;
  const way = wayOf(rules, base.source);
  if (way.way !== 'never' && base.counted !== true) return undefined;
  // Nobody says at which place the later shipments were, so each place is taken to lack all of them.
  const later = shippedSince(claim, addMs(base.asOf, way.way === 'never' ? -way.shipLagMs : 0));
  return { fulfilled: minQuantity(here.fulfilled, later), returned: positive(subtractQuantities(here.returned, backSeenBy(claim, backBy(base.asOf, way)))) };
}

/** Up to which word of the channel a figure by time has what came back. */
function backBy(asOf: Instant, way: ContainmentWay): Instant {
  const lagMs = way.way === 'never' ? (way.returnLagMs ?? 0) : 0;
  return instantToMs(asOf) + lagMs < instantToMs(NEVER) ? addMs(asOf, lagMs) : NEVER;
}

/** The whole of what left and came back, whoever's figures contain it. */
function stateShipments(into: Tally, claim: Claim, { rules }: Setting): void {
  const facts = (): readonly Fact[] => claim.parts.flatMap(({ location, fulfilled, returned }) => {
    if (location === '' || rules.closed?.has(location) === true) return [];
    const back = rules.returns === 'channel' ? returned : 0;
    return [factOf({ account: 'onHand', location, channel: '' }, 'customer', subtractQuantities(back, fulfilled))];
  });
  into.facts.push({ of: claim, id: () => `order\u001f${claim.channel}\u001f${claim.orderId}`, facts });
}

function bookShipment(into: Tally, location: LocationId | '', { missing, rules }: { missing: Missing; rules: BookingRules }): void {
  if (location === '' || rules.closed?.has(location) === true) return;
  const back = rules.returns === 'channel' ? missing.returned : 0;
  put(into.orders, { account: 'onHand', location, channel: '' }, subtractQuantities(back, missing.fulfilled));
}

function missingFrom(own: Counters, shown: Missing): Missing {
  return {
    fulfilled: positive(subtractQuantities(own.fulfilled, shown.fulfilled)),
    returned: positive(subtractQuantities(own.returned, shown.returned)),
  };
}

/** What was shipped after a moment, also where as much was called off elsewhere since. */
function shippedSince({ seen }: Claim, moment: Instant): Quantity {
  let [shown, since]: [Quantity, Quantity] = [0, 0];
  for (const { at, fulfilled } of seen) {
    if (at > moment) since = addQuantities(since, positive(subtractQuantities(fulfilled, shown)));
    shown = fulfilled;
  }
  return since;
}

/** The most that the channel had shown as returned by a moment; of what is remembered no more all that had come back by then. */
function backSeenBy({ seen }: Claim, moment: Instant): Quantity {
  const before = seen.length < MAX_SEEN ? 0 : (seen[0]?.returned ?? 0);
  return seen.reduce<Quantity>((most, { at, returned }) => (at <= moment ? maxQuantity(most, returned) : most), before);
}

/** What was shown as shipped once and is not any more. */
function calledOff({ seen, parts }: Claim): Quantity {
  const most = seen.reduce<Quantity>((sofar, { fulfilled }) => maxQuantity(sofar, fulfilled), 0);
  return positive(subtractQuantities(most, totalOf(parts).fulfilled));
}

/** Where demand stands: routed to an open location, else at the channel that took it. */
export function demandAt({ location }: ClaimPart, channel: ChannelId, { closed }: BookingRules): AccountRef {
  const routed = location !== '' && closed?.has(location) !== true;
  return { account: 'committed', location: routed ? location : '', channel: routed ? '' : channel };
}

function positive(value: Quantity): Quantity {
  return maxQuantity(value, 0);
}
