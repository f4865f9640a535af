import { compareQuantities, formatQuantity, isZeroQuantity, maxQuantity, parseQuantity, quantitiesEqual, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import type { Measure, OrderAcknowledgement, OrderLineObservation, OrderObservation, StockDelta, StockObservation } from '../observations/observations.ts';
import type { ContraAccount } from './accounts.ts';
import { BEGINNING, compareText, findBase, replaceBase } from './bases.ts';
import type { Base, BookingRules, Books, Claim, ClaimPart, Containment, FulfilmentSeen } from './books.ts';
import { addCounters, COUNTERS, givenUp, maxCounters, NOTHING, possible, readCounters, totalOf } from './counters.ts';

/**
 * Takes a source's absolute word into the books. An older word than the last accepted one changes nothing; a newer
 * one absorbs the deltas that it contains. Of several words of one moment the one that promises less counts, whichever came
 * first, measure by measure.
 *
 * @param observation - Of the books' sku; its measures must be owned by its source (the caller checks that).
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where a quantity is not one of the sku's step.
 * @example
 * ```ts
 * const place = { source: parseSourceId('erp'), sku: parseSku('MUG'), location: parseLocationId('W1') };
 * const row = { kind: 'stock', ...place, asOf, measures: { onHand: formatQuantity(12) } } as const;
 * const books = acceptStock(emptyBooks(row.sku), row);
 * books.bases.map(({ quantity }) => quantity) // => [12]
 * acceptStock(books, row) === books // => true
 * ```
 * @public
 */
export function acceptStock(books: Books, observation: StockObservation): Books {
  return acceptFigures(books, observation, {});
}

/** As {@link acceptStock}; `counted` says that the figures are a count. */
export function acceptFigures(books: Books, { source, location, asOf, measures }: Omit<StockObservation, 'kind' | 'sku'>, mark: Pick<Base, 'counted'>): Books {
  let bases = books.bases;
  for (const [measure, text] of Object.entries(measures) as [Measure, QuantityText | undefined][]) {
    if (text === undefined) continue;
    const quantity = parseQuantity(text, { scale: books.scale, path: ['measures', measure] });
    const before = findBase(bases, measure, location);
    const deltas = (before?.deltas ?? []).filter(({ at }) => at > asOf);
    const base: Base = { source, location, measure, quantity, asOf, deltas, ...mark };
    if (before === undefined || compareFigures(base, before) > 0) bases = replaceBase(bases, base);
  }
  return bases === books.bases ? books : { ...books, bases };
}

/** What is taken away from what can be sold: the larger figure promises less. */
const TAKEN_AWAY: ReadonlySet<Measure> = new Set<Measure>(['unavailable', 'committed']);

/**
 * Which of two figures of one measure and location counts: the later one, and of one moment a count before a system's
 * figure, then the one that promises less. It must never depend on arrival; where a clock is too coarse to tell which is
 * the newer one, too little is offered until the next read, and never too much.
 */
function compareFigures(a: Base, b: Base): number {
  if (a.asOf !== b.asOf) return compareText(a.asOf, b.asOf);
  if (a.counted !== b.counted) return a.counted === true ? 1 : -1;
  // Nothing at the beginning of time stands for what only changes are known of, which is no figure.
  if (a.asOf === BEGINNING && isZeroQuantity(a.quantity) !== isZeroQuantity(b.quantity)) return isZeroQuantity(b.quantity) ? 1 : -1;
  const less = compareQuantities(b.quantity, a.quantity);
  return (TAKEN_AWAY.has(a.measure) ? -less : less) || compareText(a.source, b.source);
}

/**
 * Takes a source's relative word into the books, once by its id, unless its base contains it already.
 *
 * @param observation - Of the books' sku; its measure must be owned by its source (the caller checks that).
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where the quantity is not one of the sku's step.
 * @example
 * ```ts
 * const place = { source: parseSourceId('erp'), sku: parseSku('MUG'), location: parseLocationId('W1') };
 * const damaged = { kind: 'delta', ...place, id: 'm-1', at: asOf, measure: 'onHand', delta: formatQuantity(-2) } as const;
 * const books = acceptDelta(emptyBooks(damaged.sku), damaged);
 * books.bases.map(({ deltas }) => deltas.map(({ delta }) => delta)) // => [[-2]]
 * acceptDelta(books, damaged) === books // => true
 * ```
 * @public
 */
export function acceptDelta(books: Books, observation: StockDelta): Books {
  return acceptChange(books, observation, { delta: parseQuantity(observation.delta, { scale: books.scale, path: ['delta'] }) });
}

/** As {@link acceptDelta}, with the counterpart where it is known. */
export function acceptChange(
  books: Books,
  { source, location, measure, id, at }: Pick<StockDelta, 'source' | 'location' | 'measure' | 'id' | 'at'>,
  { delta, contra }: { readonly delta: Quantity; readonly contra?: ContraAccount },
): Books {
  const base: Base = findBase(books.bases, measure, location)
    ?? { source, location, measure, quantity: 0, asOf: BEGINNING, deltas: [] };
  if (at <= base.asOf || base.deltas.some((known) => known.id === id)) return books;
  const deltas = [...base.deltas, { id, at, delta, ...(contra === undefined ? {} : { contra }) }].sort((a, b) => compareText(a.id, b.id));
  return { ...books, bases: replaceBase(books.bases, { ...base, deltas }) };
}

/**
 * Takes a channel's order into the books of one of its skus. Lines of the sku accumulate by place. An older revision
 * than the last accepted one tells only how much was shipped by then, of the newest 64; the same revision twice is counted once, and of
 * two states under one revision the one that is further along counts. Counters of a line that cannot be true together count
 * as {@link LineCounters} says, each line by itself.
 *
 * @param observation - The whole order; only its lines of the books' sku are read. Where it has none the books remember
 *   its revision, so that an older one that still had some adds nothing when it arrives late.
 * @param rules - Give them where an owner tells by watermark: each revision is then remembered, so that a watermark which
 *   passes between two of them contains the earlier one.
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where a counter is not a quantity of the sku's step, or negative.
 * @example
 * ```ts
 * const [none, three] = [formatQuantity(0), formatQuantity(3)];
 * const line = { id: '1', sku: parseSku('MUG'), ordered: three, fulfilled: none, cancelled: none, returned: none };
 * const order = { kind: 'order', channel: shop, orderId: '#1001', revision: asOf, placedAt: asOf, lines: [line] } as const;
 * const books = acceptOrder(emptyBooks(line.sku), order);
 * books.claims.map(({ orderId, parts }) => [orderId, parts.map(({ ordered }) => ordered)]) // => [['#1001', [3]]]
 * ```
 * @public
 */
export function acceptOrder(books: Books, observation: OrderObservation, rules?: BookingRules): Books {
  const parts = partsOf(books, observation);
  const total = totalOf(parts);
  const { fulfilled, returned } = total;
  const { channel, orderId, revision } = observation;
  const before = findClaim(books.claims, observation);
  const seen = remember(before, { at: revision, fulfilled, returned });
  const unread: Claim = before ?? { channel, orderId, revision: '', parts: [], containments: [], seen };
  const known = tellsByWatermark(rules) ? { ...unread, containments: addWord(unread.containments, { source: '', revision, ...total, parts }) } : unread;
  if (known.revision > revision) return replaceClaim(books, { ...known, seen });
  const further = known.revision === revision && compareProgress(known.parts, parts) >= 0 ? known.parts : parts;
  return replaceClaim(books, { ...known, revision, parts: further, seen });
}

/**
 * Takes an owner's acknowledgement into the books of one of its skus.
 *
 * @param observation - The whole order; only what it says of the books' sku is read, and where it says nothing of it nothing changes.
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where a counter is not a quantity of the sku's step, or negative.
 * @example
 * ```ts
 * const [none, three] = [formatQuantity(0), formatQuantity(3)];
 * const contained = [{ sku: parseSku('MUG'), ordered: three, fulfilled: none, cancelled: none, returned: none }];
 * const word = { kind: 'acknowledgement', source: parseSourceId('erp'), channel: shop, orderId: '#1001', revision: asOf, contained } as const;
 * const books = acceptAcknowledgement(emptyBooks(parseSku('MUG')), word);
 * books.claims.map(({ containments }) => containments.map(({ source, ordered }) => [source, ordered])) // => [[['erp', 3]]]
 * ```
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

function tellsByWatermark(rules: BookingRules | undefined): boolean {
  if (rules === undefined) return false;
  for (const { way } of rules.containment.values()) if (way === 'watermark') return true;
  return false;
}

/** What a claim may change in. */
const COUNTED = ['revision', 'parts', 'containments', 'seen'] as const;

function partsOf(books: Books, { lines, payment }: OrderObservation): readonly ClaimPart[] {
  const byPlace = new Map<string, ClaimPart>();
  for (const line of lines) {
    if (line.sku !== books.sku) continue;
    const place = placeOf(line);
    const read = readCounters(line, books.scale);
    const counters = possible(payment === 'failed' ? givenUp(read) : read);
    // Lines of which more was sent than ordered stand apart, so that the excess frees nothing that others ask for.
    const excess = compareQuantities(counters.fulfilled, counters.ordered) > 0 ? 'excess' : '';
    const key = `${place.location}\u001f${place.promise ?? ''}\u001f${excess}`;
    byPlace.set(key, { ...place, ...addCounters(byPlace.get(key) ?? NOTHING, counters) });
  }
  return [...byPlace].sort(([a], [b]) => compareText(a, b)).map(([, part]) => part);
}

function placeOf({ location, promise }: OrderLineObservation): Pick<ClaimPart, 'location' | 'promise'> {
  const place = { location: location ?? ('' as const) };
  return promise === undefined || promise === 'stock' ? place : { ...place, promise };
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
  return JSON.stringify(parts.map(({ location, promise, ...counters }) => [location, promise ?? '', ...COUNTERS.map((name) => formatQuantity(counters[name]))]));
}

/**
 * How many revisions of an order are remembered. By figures older than all of them nothing was shipped, and all that had come back by
 * the first; and that a shipment was called off is not known any more where all of them have come since.
 */
export const MAX_SEEN = 64;

/**
 * Keeps what each revision showed as shipped: a shipment may be called off and made again. What came back stays back. Of a single
 * revision that shows nothing shipped, as nearly all orders begin, nothing is kept: the claim's own revision says as much.
 */
function remember(claim: Claim | undefined, fact: FulfilmentSeen): readonly FulfilmentSeen[] {
  const { seen, revision } = claim ?? { seen: [], revision: '' };
  const past: readonly FulfilmentSeen[] = seen.length === 0 && revision !== '' ? [{ at: revision, fulfilled: 0, returned: 0 }] : seen;
  const same = past.find(({ at }) => at === fact.at);
  const merged = same === undefined ? fact : { at: fact.at, fulfilled: maxQuantity(same.fulfilled, fact.fulfilled), returned: maxQuantity(same.returned, fact.returned) };
  if (same !== undefined && sameFact(same, merged)) return seen;
  const kept = [...past.filter((entry) => entry !== same), merged].sort((a, b) => compareText(a.at, b.at)).slice(-MAX_SEEN);
  if (!kept.includes(merged)) return seen;
  return kept.length === 1 && isNothingSeen(merged) ? [] : kept;
}

function isNothingSeen({ fulfilled, returned }: FulfilmentSeen): boolean {
  return quantitiesEqual(fulfilled, 0) && quantitiesEqual(returned, 0);
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

/** How many revisions of an order are remembered for owners that tell by watermark; a mark older than all of them misses it. */
const MAX_WORDS = 16;

/** Keeps what the order showed at each of its last revisions. */
function addWord(words: readonly Containment[], fact: Required<Containment>): readonly Containment[] {
  const own = words.filter((word) => word.source === '');
  const same = own.find(({ revision }) => revision === fact.revision);
  if (same !== undefined && compareProgress(same.parts ?? [], fact.parts) >= 0) return words;
  const kept = [...own.filter((word) => word !== same), fact].sort((a, b) => compareText(a.revision, b.revision)).slice(-MAX_WORDS);
  return kept.includes(fact) ? [...kept, ...words.filter((word) => word.source !== '')] : words;
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
