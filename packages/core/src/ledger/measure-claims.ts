import { addMs, type Instant } from '../identity/instant.ts';
import type { ChannelId, LocationId, SourceId } from '../identity/ids.ts';
import { addQuantities, maxQuantity, minQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import type { Measure } from '../observations/observations.ts';
import { addCounters, maxCounters, releasedOf, totalOf } from './counters.ts';
import type { AccountRef } from './accounts.ts';
import { BEGINNING, findBase } from './bases.ts';
import type { Base, BookingRules, Claim, ClaimPart, ContainmentWay, Counters } from './books.ts';
import { factOf, put, type Fact, type Setting, type Tally } from './tally.ts';

const NOTHING: Counters = { ordered: 0, fulfilled: 0, cancelled: 0, returned: 0 };

/** Adds what an order asks of a sku, and moved of it, beyond what the owners' figures contain. */
export function addClaim(into: Tally, claim: Claim, setting: Setting): void {
  const total = totalOf(claim.parts);
  const contained = containedDemand(claim, setting);
  const newlyOrdered = positive(subtractQuantities(total.ordered, contained.ordered));
  const newlyCancelled = positive(subtractQuantities(total.cancelled, contained.cancelled));
  let demand = positive(subtractQuantities(newlyOrdered, newlyCancelled));
  // Shipment releases what is committed and nothing more: goods sent in excess, or cancelled after they left, free none.
  const ownerHolds = positive(subtractQuantities(subtractQuantities(contained.ordered, contained.cancelled), contained.fulfilled));
  let released = minQuantity(positive(subtractQuantities(releasedOf(claim.parts), contained.fulfilled)), addQuantities(demand, ownerHolds));
  const leftUnseen = addShipments(into, claim, setting);
  const unplaced = claim.parts.find(({ location }) => location === '');
  for (const part of [...claim.parts].reverse()) {
    const partDemand = minQuantity(demand, positive(subtractQuantities(part.ordered, part.cancelled)));
    const partReleased = minQuantity(released, releasedOf([part]));
    put(into.orders, demandAt(part, claim.channel, setting.rules), subtractQuantities(partDemand, partReleased));
    // What left from nobody knows where is still committed until the owner's count shows that it left.
    if (part === unplaced) put(into.orders, demandAt(part, claim.channel, setting.rules), leftUnseen);
    demand = subtractQuantities(demand, partDemand);
    released = subtractQuantities(released, partReleased);
  }
}

/** What the owners' present figures of `committed` contain of a claim. */
function containedDemand(claim: Claim, { books, rules }: Setting): Counters {
  let result = NOTHING;
  const rows = oldestBySource(books.bases, 'committed', rules);
  for (const [source, asOf] of rows) {
    if (wayOf(rules, source).way === 'never') continue;
    const said = containedBy(claim, { source, asOf }, { books, rules });
    const { own, elsewhere } = sharesOf(claim, source, { books, rules, alone: rows.size === 1 });
    // Of what nobody tells apart, as little of it as may be is taken for ordered here, and as much for what became of it.
    result = addCounters(result, { ...atMost(said, own), ordered: positive(subtractQuantities(said.ordered, elsewhere.ordered)) });
  }
  return result;
}

/** What a claim asks at places of a source, and at those of others; all of it where acknowledgements say what the source has. */
function sharesOf(claim: Claim, source: SourceId, { books, rules, alone }: Setting & { readonly alone: boolean }): { readonly own: Counters | undefined; readonly elsewhere: Counters } {
  if (wayOf(rules, source).way !== 'watermark') return { own: undefined, elsewhere: NOTHING };
  const sources = (location: LocationId): ReadonlySet<SourceId> => new Set(books.bases.flatMap((base) => (base.location === location ? [base.source] : [])));
  // A place that nobody counts may be one of its own, under another name.
  const isElsewhere = ({ location }: ClaimPart): boolean => (location === '' ? !alone : sources(location).size > 0 && !sources(location).has(source));
  return { own: totalOf(claim.parts.filter((part) => !isElsewhere(part))), elsewhere: totalOf(claim.parts.filter(isElsewhere)) };
}

function atMost(said: Counters, own: Counters | undefined): Counters {
  if (own === undefined) return said;
  return { ordered: minQuantity(said.ordered, own.ordered), fulfilled: minQuantity(said.fulfilled, own.fulfilled), cancelled: minQuantity(said.cancelled, own.cancelled), returned: minQuantity(said.returned, own.returned) };
}

/**
 * Takes off hand what was shipped and is not in the owner's figures, location by location.
 *
 * @returns What left from an unknown place and is in nobody's figures.
 */
function addShipments(into: Tally, claim: Claim, setting: Setting): Quantity {
  const asOfs = oldestBySource(setting.books.bases, 'onHand', setting.rules);
  let unplaced: Quantity = 0;
  for (const part of claim.parts) if (part.location === '') unplaced = addQuantities(unplaced, part.fulfilled);
  stateShipments(into, claim, setting);
  let acknowledged: Quantity = 0;
  let unseenByCount: Quantity = 0;
  let acknowledges = asOfs.size === 0;
  for (const [source, parts] of partsBySource(claim, setting)) {
    const own = totalOf(parts);
    const asOf = source === '' ? undefined : asOfs.get(source);
    if (source === '' || asOf === undefined) {
      bookShipments(into, parts, { missing: own, claim, setting });
      continue;
    }
    const way = wayOf(setting.rules, source);
    if (way.way !== 'never') {
      // Any of its rows may have what came back, and what several have is there once.
      const returned = containedBy(claim, { source, asOf: newestOf(setting, source) }, setting).returned;
      const { fulfilled } = containedBy(claim, { source, asOf }, setting);
      const { elsewhere } = sharesOf(claim, source, { ...setting, alone: asOfs.size === 1 });
      const said = { fulfilled: positive(subtractQuantities(fulfilled, elsewhere.fulfilled)), returned };
      acknowledged = addQuantities(acknowledged, positive(subtractQuantities(said.fulfilled, own.fulfilled)));
      acknowledges = true;
      bookShipments(into, parts, { missing: missingFrom(own, said), claim, setting });
    } else {
      const later = missingFrom(totalOf(claim.parts), seenBy(claim, addMs(asOf, -way.shipLagMs))).fulfilled;
      unseenByCount = maxQuantity(unseenByCount, later);
      bookShipments(into, parts, { missing: own, claim, setting });
    }
  }
  return acknowledges ? positive(subtractQuantities(unplaced, acknowledged)) : minQuantity(unplaced, unseenByCount);
}

/** What the owner's figures lack of what left and came back. */
type Missing = Pick<Counters, 'fulfilled' | 'returned'>;

function bookShipments(into: Tally, parts: readonly ClaimPart[], { missing, claim, setting }: { missing: Missing; claim: Claim; setting: Setting }): void {
  let { fulfilled, returned } = missing;
  for (const part of [...parts].reverse()) {
    const byTime = missingByTime(part, { ...setting, claim });
    if (byTime !== undefined) {
      bookShipment(into, part, { missing: byTime, rules: setting.rules });
      continue;
    }
    const here = { fulfilled: minQuantity(fulfilled, part.fulfilled), returned: minQuantity(returned, part.returned) };
    bookShipment(into, part, { missing: here, rules: setting.rules });
    fulfilled = subtractQuantities(fulfilled, here.fulfilled);
    returned = subtractQuantities(returned, here.returned);
  }
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
function missingByTime(part: ClaimPart, { books, rules, claim }: Setting & { claim: Claim }): Missing | undefined {
  const base = part.location === '' ? undefined : findBase(books.bases, 'onHand', part.location);
  if (base === undefined) return undefined;
  const way = wayOf(rules, base.source);
  if (way.way !== 'never' && base.counted !== true) return undefined;
  const shown = seenBy(claim, addMs(base.asOf, way.way === 'never' ? -way.shipLagMs : 0));
  // Nobody says at which place the later shipments were, so each place is taken to lack all of them.
  const later = missingFrom(totalOf(claim.parts), shown).fulfilled;
  return { fulfilled: minQuantity(part.fulfilled, later), returned: missingFrom(part, seenBy(claim, base.asOf)).returned };
}

/** The whole of what left and came back, whoever's figures contain it. */
function stateShipments(into: Tally, claim: Claim, { rules }: Setting): void {
  const facts = (): readonly Fact[] => claim.parts.flatMap(({ location, fulfilled, returned }) => {
    if (location === '' || rules.closed?.has(location) === true) return [];
    const back = rules.returns === 'channel' ? returned : 0;
    return [factOf({ account: 'onHand', location, channel: '' }, 'customer', subtractQuantities(back, fulfilled))];
  });
  into.facts.push({ of: claim, id: () => `order ${claim.channel} ${claim.orderId}`, facts });
}

function bookShipment(into: Tally, { location }: ClaimPart, { missing, rules }: { missing: Missing; rules: BookingRules }): void {
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

function wayOf(rules: BookingRules, source: SourceId): ContainmentWay {
  return rules.containment.get(source) ?? { way: 'never', shipLagMs: 0 };
}

/** What a source's figures as of a moment contain of a claim. */
function containedBy(claim: Claim, { source, asOf }: { source: SourceId; asOf: Instant }, { books, rules }: Setting): Counters {
  if (wayOf(rules, source).way === 'reference') return acknowledgedBy(claim, source, asOf);
  let result = NOTHING;
  for (const watermark of books.watermarks ?? []) {
    if (watermark.source !== source || watermark.channel !== claim.channel || watermark.revision > asOf) continue;
    const whole = claim.revision !== '' && claim.revision <= watermark.through;
    result = maxCounters(result, whole ? totalOf(claim.parts) : acknowledgedBy(claim, '', watermark.through));
  }
  return result;
}

/** What a source said by a moment that its figures contain. */
function acknowledgedBy(claim: Claim, source: SourceId | '', asOf: Instant): Counters {
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
function oldestBySource(bases: readonly Base[], measure: Measure, { closed }: BookingRules): ReadonlyMap<SourceId, Instant> {
  const oldest = new Map<SourceId, Instant>();
  for (const base of bases) {
    if (base.measure !== measure || closed?.has(base.location) === true) continue;
    const known = oldest.get(base.source);
    if (known === undefined || known === BEGINNING || (base.asOf !== BEGINNING && base.asOf < known)) oldest.set(base.source, base.asOf);
  }
  return oldest;
}

/** The newest row of a source. */
function newestOf({ books, rules: { closed } }: Setting, source: SourceId): Instant {
  return books.bases.reduce<Instant>((newest, base) => (base.measure === 'onHand' && base.source === source && closed?.has(base.location) !== true && base.asOf > newest ? base.asOf : newest), BEGINNING);
}

/** Where demand stands: routed to an open location, else at the channel that took it. */
function demandAt({ location }: ClaimPart, channel: ChannelId, { closed }: BookingRules): AccountRef {
  const routed = location !== '' && closed?.has(location) !== true;
  return { account: 'committed', location: routed ? location : '', channel: routed ? '' : channel };
}

function positive(value: Quantity): Quantity {
  return maxQuantity(value, 0);
}
