import { parseQuantity, maxQuantity, addQuantities, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import type { LocationId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { LineCounters, Measure, OrderAcknowledgement, OrderObservation, StockDelta, StockObservation } from '../observations/observations.ts';
import type { Base, Books, Claim, ClaimPart, Containment, Counters, FulfilmentSeen } from './books.ts';

const NOTHING: Counters = { ordered: 0, fulfilled: 0, cancelled: 0, returned: 0 };
const BEGINNING = '1970-01-01T00:00:00.000Z' as Instant;

/**
 * Takes a source's absolute word into the books. An older word than the last accepted one changes nothing; a newer
 * one absorbs the deltas that it contains.
 *
 * @param observation - Of the books' sku; its measures must be owned by its source (the caller checks that).
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where a quantity is not one of the sku's step.
 * @public
 */
export function acceptStock(books: Books, observation: StockObservation): Books {
  let bases = books.bases;
  for (const [measure, text] of Object.entries(observation.measures) as [Measure, QuantityText | undefined][]) {
    if (text === undefined) continue;
    const quantity = parseQuantity(text, { scale: books.scale, path: ['measures', measure] });
    const { source, location, asOf } = observation;
    const before = findBase(bases, measure, location);
    if (before !== undefined && asOf < before.asOf) continue;
    const deltas = (before?.deltas ?? []).filter(({ at }) => at > asOf);
    bases = replaceBase(bases, { source, location, measure, quantity, asOf, deltas });
  }
  return bases === books.bases ? books : { ...books, bases };
}

/**
 * Takes a source's relative word into the books, once by its id, unless its base contains it already.
 *
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where the quantity is not one of the sku's step.
 * @public
 */
export function acceptDelta(books: Books, observation: StockDelta): Books {
  const { source, location, measure, id, at } = observation;
  const delta = parseQuantity(observation.delta, { scale: books.scale, path: ['delta'] });
  const base = findBase(books.bases, measure, location)
    ?? { source, location, measure, quantity: 0, asOf: BEGINNING, deltas: [] };
  if (at <= base.asOf || base.deltas.some((known) => known.id === id)) return books;
  const deltas = [...base.deltas, { id, at, delta }].sort((a, b) => compareText(a.id, b.id));
  return { ...books, bases: replaceBase(books.bases, { ...base, deltas }) };
}

/**
 * Takes a channel's order into the books of one of its skus. Lines of the sku accumulate by place. An older revision
 * than the last accepted one tells only how much was shipped by then; the same revision twice is counted once.
 *
 * @param observation - The whole order; only its lines of the books' sku are read.
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where a counter is not a quantity of the sku's step, or negative.
 * @public
 */
export function acceptOrder(books: Books, observation: OrderObservation): Books {
  const parts = partsOf(books, observation);
  const before = findClaim(books.claims, observation);
  if (before === undefined && parts.length === 0) return books;
  const seen = remember(before?.seen ?? [], { at: observation.revision, fulfilled: totalOf(parts).fulfilled });
  const { channel, orderId, revision } = observation;
  const known = before ?? { channel, orderId, revision: '' as const, parts: [], containments: [], seen };
  if (known.revision > revision) return replaceClaim(books, { ...known, seen });
  const merged = known.revision === revision ? joinParts(known.parts, parts) : parts;
  return replaceClaim(books, { ...known, revision, parts: merged, seen });
}

/**
 * Takes an owner's acknowledgement into the books of one of its skus.
 *
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where a counter is not a quantity of the sku's step, or negative.
 * @public
 */
export function acceptAcknowledgement(books: Books, observation: OrderAcknowledgement): Books {
  const own = observation.contained.filter(({ sku }) => sku === books.sku);
  if (own.length === 0) return books;
  const counters = own.map((line) => readCounters(line, books.scale)).reduce(addCounters, NOTHING);
  const { source, revision, channel, orderId } = observation;
  const before = findClaim(books.claims, observation)
    ?? { channel, orderId, revision: '' as const, parts: [], containments: [], seen: [] };
  const containments = addContainment(before.containments, { source, revision, ...counters });
  return containments === before.containments ? books : replaceClaim(books, { ...before, containments });
}

/** Sums counters. */
export function addCounters(a: Counters, b: Counters): Counters {
  return {
    ordered: addQuantities(a.ordered, b.ordered),
    fulfilled: addQuantities(a.fulfilled, b.fulfilled),
    cancelled: addQuantities(a.cancelled, b.cancelled),
    returned: addQuantities(a.returned, b.returned),
  };
}

/** The larger of each counter: what either of two words about the same thing grants. */
export function maxCounters(a: Counters, b: Counters): Counters {
  return {
    ordered: maxQuantity(a.ordered, b.ordered),
    fulfilled: maxQuantity(a.fulfilled, b.fulfilled),
    cancelled: maxQuantity(a.cancelled, b.cancelled),
    returned: maxQuantity(a.returned, b.returned),
  };
}

/** The sum over places. */
export function totalOf(parts: readonly Counters[]): Counters {
  return parts.reduce(addCounters, NOTHING);
}

function readCounters(line: LineCounters, scale: number): Counters {
  const read = (name: keyof LineCounters): Quantity => parseQuantity(line[name], { scale, path: [name] });
  return { ordered: read('ordered'), fulfilled: read('fulfilled'), cancelled: read('cancelled'), returned: read('returned') };
}

function partsOf(books: Books, { lines }: OrderObservation): readonly ClaimPart[] {
  const byPlace = new Map<LocationId | '', Counters>();
  for (const line of lines) {
    if (line.sku !== books.sku) continue;
    const place = line.location ?? '';
    byPlace.set(place, addCounters(byPlace.get(place) ?? NOTHING, readCounters(line, books.scale)));
  }
  return sortParts(byPlace);
}

function sortParts(byPlace: ReadonlyMap<LocationId | '', Counters>): readonly ClaimPart[] {
  return [...byPlace]
    .sort(([a], [b]) => compareText(a, b))
    .map(([location, counters]) => ({ location, ...counters }));
}

function joinParts(a: readonly ClaimPart[], b: readonly ClaimPart[]): readonly ClaimPart[] {
  const byPlace = new Map<LocationId | '', Counters>();
  for (const { location, ...counters } of [...a, ...b]) {
    byPlace.set(location, maxCounters(byPlace.get(location) ?? NOTHING, counters));
  }
  return sortParts(byPlace);
}

/** Keeps, for each extent of fulfilment, the first moment at which it was seen. */
function remember(seen: readonly FulfilmentSeen[], fact: FulfilmentSeen): readonly FulfilmentSeen[] {
  if (fact.fulfilled === 0) return seen;
  const all = [...seen, fact].sort((a, b) => compareText(a.at, b.at));
  const kept: FulfilmentSeen[] = [];
  let most: Quantity = 0;
  for (const entry of all) {
    if (maxQuantity(most, entry.fulfilled) === most) continue;
    most = entry.fulfilled;
    kept.push(entry);
  }
  return kept;
}

function addContainment(containments: readonly Containment[], fact: Containment): readonly Containment[] {
  const { source, revision, ...counters } = fact;
  const same = containments.find((known) => known.source === source && known.revision === revision);
  const merged: Containment = same === undefined ? fact : { source, revision, ...maxCounters(same, counters) };
  return [...containments.filter((known) => known !== same), merged].sort(
    (a, b) => compareText(a.source, b.source) || compareText(a.revision, b.revision),
  );
}

function findBase(bases: readonly Base[], measure: Measure, location: LocationId): Base | undefined {
  return bases.find((base) => base.measure === measure && base.location === location);
}

function replaceBase(bases: readonly Base[], base: Base): readonly Base[] {
  const others = bases.filter((known) => known.measure !== base.measure || known.location !== base.location);
  return [...others, base].sort(
    (a, b) => compareText(a.location, b.location) || compareText(a.measure, b.measure),
  );
}

function findClaim(claims: readonly Claim[], { channel, orderId }: { channel: string; orderId: string }): Claim | undefined {
  return claims.find((claim) => claim.channel === channel && claim.orderId === orderId);
}

function replaceClaim(books: Books, claim: Claim): Books {
  const others = books.claims.filter((known) => known.channel !== claim.channel || known.orderId !== claim.orderId);
  const claims = [...others, claim].sort(
    (a, b) => compareText(a.channel, b.channel) || compareText(a.orderId, b.orderId),
  );
  return { ...books, claims };
}

/** By code unit, which is the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
