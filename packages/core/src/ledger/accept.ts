import {
  addQuantities, compareQuantities, formatQuantity, maxQuantity, parseQuantity, quantitiesEqual, type Quantity, type QuantityText,
} from '../quantity/quantity.ts';
import { invalidInput } from '../errors/error.ts';
import type { LocationId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { LineCounters, Measure, OrderAcknowledgement, OrderObservation, StockDelta, StockObservation } from '../observations/observations.ts';
import type { Base, Books, Claim, ClaimPart, Containment, Counters, FulfilmentSeen } from './books.ts';

const NOTHING: Counters = { ordered: 0, fulfilled: 0, cancelled: 0, returned: 0 };
/** The moment of a row that only deltas are known of: no absolute figure is as old as this. */
export const BEGINNING: Instant = '1970-01-01T00:00:00.000Z' as Instant;

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
    if (before !== undefined && asOf === before.asOf && source === before.source && quantitiesEqual(quantity, before.quantity)) continue;
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
 * than the last accepted one tells only how much was shipped by then; the same revision twice is counted once, and of
 * two states under one revision the one that is further along counts.
 *
 * @param observation - The whole order; only its lines of the books' sku are read. Where it has none the books remember
 *   its revision, so that an older one that still had some adds nothing when it arrives late.
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where a counter is not a quantity of the sku's step, or negative.
 * @public
 */
export function acceptOrder(books: Books, observation: OrderObservation): Books {
  const parts = partsOf(books, observation);
  const { fulfilled, returned } = totalOf(parts);
  const { channel, orderId, revision } = observation;
  const before = findClaim(books.claims, observation);
  const seen = remember(before?.seen ?? [], { at: revision, fulfilled, returned });
  const known: Claim = before ?? { channel, orderId, revision: '', parts: [], containments: [], seen };
  if (known.revision > revision) return replaceClaim(books, { ...known, seen });
  const further = known.revision === revision && compareProgress(known.parts, parts) >= 0 ? known.parts : parts;
  return replaceClaim(books, { ...known, revision, parts: further, seen });
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
  const before: Claim = findClaim(books.claims, observation) ?? { channel, orderId, revision: '', parts: [], containments: [], seen: [] };
  return replaceClaim(books, { ...before, containments: addContainment(before.containments, { source, revision, ...counters }) });
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

/** What a claim may change in. */
const COUNTED = ['revision', 'parts', 'containments', 'seen'] as const;
const COUNTERS = ['ordered', 'fulfilled', 'cancelled', 'returned'] as const;

function readCounters(line: LineCounters, scale: number): Counters {
  const read = (name: keyof LineCounters): Quantity => {
    const value = parseQuantity(line[name], { scale, path: [name] });
    if (compareQuantities(value, 0) < 0) throw invalidInput('order line', [{ path: [name], message: `${line[name]} must not be negative` }]);
    return value;
  };
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

/** Which of two states of one revision is further along: any total order will do, if only it never depends on arrival. */
function compareProgress(a: readonly ClaimPart[], b: readonly ClaimPart[]): number {
  const one = totalOf(a);
  const other = totalOf(b);
  for (const counter of ['fulfilled', 'cancelled', 'returned', 'ordered'] as const) {
    const order = compareQuantities(one[counter], other[counter]);
    if (order !== 0) return order;
  }
  return compareText(partsText(a), partsText(b));
}

function partsText(parts: readonly ClaimPart[]): string {
  return JSON.stringify(parts.map(({ location, ...counters }) => [location, ...COUNTERS.map((name) => formatQuantity(counters[name]))]));
}

/** Keeps each moment by which more had been shipped, or had come back, than any earlier one had shown. */
function remember(seen: readonly FulfilmentSeen[], fact: FulfilmentSeen): readonly FulfilmentSeen[] {
  const kept: FulfilmentSeen[] = [];
  let most: FulfilmentSeen = { at: BEGINNING, fulfilled: 0, returned: 0 };
  for (const { at, fulfilled, returned } of [...seen, fact].sort((a, b) => compareText(a.at, b.at))) {
    const entry = { at, fulfilled: maxQuantity(most.fulfilled, fulfilled), returned: maxQuantity(most.returned, returned) };
    if (quantitiesEqual(entry.fulfilled, most.fulfilled) && quantitiesEqual(entry.returned, most.returned)) continue;
    if (kept.at(-1)?.at === at) kept.pop();
    kept.push(entry);
    most = entry;
  }
  return kept.length === seen.length && kept.every((entry, index) => sameFact(entry, seen[index])) ? seen : kept;
}

function sameFact(a: FulfilmentSeen, b: FulfilmentSeen | undefined): boolean {
  return b !== undefined && a.at === b.at && quantitiesEqual(a.fulfilled, b.fulfilled) && quantitiesEqual(a.returned, b.returned);
}

function addContainment(containments: readonly Containment[], fact: Containment): readonly Containment[] {
  const { source, revision, ...counters } = fact;
  const same = containments.find((known) => known.source === source && known.revision === revision);
  const merged: Containment = same === undefined ? fact : { source, revision, ...maxCounters(same, counters) };
  if (same !== undefined && COUNTERS.every((name) => quantitiesEqual(same[name], merged[name]))) return containments;
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
  const before = findClaim(books.claims, claim);
  if (before !== undefined && COUNTED.every((name) => before[name] === claim[name])) return books;
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
