import type { Availability, AvailabilityCalculator, Moment } from '../availability/availability.ts';
import type { PositionReader } from '../availability/context.ts';
import type { ChannelId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { HoldLine, HoldRecord } from '../ledger/hold.ts';
import { isFraction, unitsTaken, type PerKit } from '../quantity/per-kit.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, subtractQuantities, sumQuantities, type Quantity } from '../quantity/quantity.ts';
import { Budgets, reasonOf, wishesOf, type HoldReason, type RequestLimits, type Wish } from './limits.ts';
import { refuseUnsoundRequest } from './sound-request.ts';
import { withHolds, type Tentative } from './overlay.ts';
import { channelOf } from './location-supply.ts';
import { placeKits, TENTATIVE } from './place-kits.ts';

/** One line of what somebody wants to buy. @public */
export interface HoldRequestLine {
  readonly sku: Sku;
  /** In steps of the sku, greater than zero. */
  readonly quantity: Quantity;
  /** What the line may be promised from: stock where absent, besides it also beyond stock, or what is expected. */
  readonly promise?: 'stock' | 'backorder' | 'preorder' | undefined;
  readonly limits?: RequestLimits | undefined;
}

/** What somebody wants to be held. @public */
export interface HoldRequest {
  /** The hold's id. What a hold of this id claims already does not stand in its way. */
  readonly id: string;
  readonly channel: ChannelId;
  readonly lines: readonly HoldRequestLine[];
  readonly expiresAt: Instant;
  /** Whether less than everything is of use: all lines in full or nothing, or as much of each line as there is. */
  readonly grant: 'all' | 'part';
}

/** What came of one line. @public */
export interface HoldLineDecision {
  readonly sku: Sku;
  readonly requested: Quantity;
  readonly granted: Quantity;
  /** The most that the line could have had in its place among the others; absent where nothing limits it. */
  readonly atMost: Quantity | undefined;
  /** Of `granted`, what no stock is there for now. */
  readonly beyondStock: Quantity;
  /** Absent where the line was granted in full. `OTHER_LINES`: it could have been, but all or nothing was asked. */
  readonly reason: HoldReason | undefined;
}

/** What may be held. @public */
export interface HoldDecision {
  readonly status: 'granted' | 'part' | 'refused';
  /** One per line of the request, in its order. */
  readonly lines: readonly HoldLineDecision[];
  /** What to write; absent where nothing was granted. It lists stocked skus, one line per sku and location. */
  readonly hold: HoldRecord | undefined;
}

/**
 * Decides whether something may be held. What it grants is what availability counts: a line can have as much as
 * `compute` says, lines of one sku together no more than that nor than their limits, and a line of a kit or a component no more than the other
 * lines leave. What it grants beyond stock is written into the hold, and counts against the limits as long as that claims:
 * two carts never hold more than a limit allows. Kits that are counted per location are held in whole kits at single locations; everything else is held for
 * the channel as a whole.
 *
 * @param calculator - Of the policy and catalogue in effect.
 * @param request - Lines are served in their order.
 * @param world - Positions, and the moment; `ownHolds` of the same customer besides the request's own id are left out too.
 * @throws `INVALID_INPUT` with a path where a quantity or a limit is not greater than zero, `expiresAt` is no instant or not later than `asOf`, `grant` neither all nor part, or the policy or catalogue lacks what is named.
 * @see its own rule for what is granted; that lines of one sku add up, and that a cart's own hold is left out, as Spree does: https://github.com/spree/spree/pull/13978 and https://github.com/spree/spree/pull/14040
 * @example
 * ```ts
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku: 'MUG' }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * const stock = { onHand: 5, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
 * const position = { sku: parseSku('MUG'), scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] };
 * const reader = { position: () => position };
 * const request = parseHoldRequest({ id: 'cart-1', channel: 'shop', expiresAt: addMs(asOf, 600_000), grant: 'part', lines: [{ sku: 'MUG', quantity: 9 }] }, calculator.catalog);
 * decideHold(calculator, request, { positions: reader, asOf }).lines.map(({ granted }) => granted) // => [5]
 * ```
 * @public
 */
export function decideHold(calculator: AvailabilityCalculator, request: HoldRequest, world: HoldWorld): HoldDecision {
  refuseUnsoundRequest(calculator, request, world);
  const { positions, asOf, ownHolds = [] } = world;
  const wishes = wishesOf(request.lines);
  const budgets = new Budgets(wishes);
  const ask: Ask = { calculator, request, positions, moment: { asOf, ownHolds: new Set([...ownHolds, request.id]) }, wishes, budgets };
  let decided = decideLines(ask);
  // What is cut from one line may be had by a later one of another sku. All or nothing is not cut: it is refused.
  while (request.grant === 'part' && budgets.lower(decided.lines)) decided = decideLines(ask);
  const { lines, granted } = decided;
  const full = lines.every(({ reason }) => reason === undefined);
  const some = lines.some((line) => compareQuantities(line.granted, 0) > 0);
  if (full ? lines.length === 0 : request.grant === 'all' || !some) return { status: 'refused', lines: lines.map(withdrawn), hold: undefined };
  return { status: full ? 'granted' : 'part', lines, hold: holdOf(request, granted) };
}

function decideLines(ask: Ask): { readonly lines: readonly HoldLineDecision[]; readonly granted: readonly Granted[] } {
  const granted: Granted[] = [];
  const lines = ask.request.lines.map((line) => {
    const { decision, claims } = decideLine(line, granted, ask);
    // Claims of kits that take fractions are those of all lines together.
    if (claims.length > 0 && takesFractions(line.sku, ask)) for (const one of granted) if (one.sku === line.sku) one.claims = [];
    granted.push({ sku: line.sku, promise: line.promise ?? 'stock', quantity: decision.granted, beyond: decision.beyondStock, claims });
    return decision;
  });
  return { lines, granted };
}

/** What a decision is made over. @public */
export interface HoldWorld {
  readonly positions: PositionReader;
  readonly asOf: Instant;
  readonly ownHolds?: Iterable<string> | undefined;
}

interface Ask {
  readonly calculator: AvailabilityCalculator;
  readonly request: HoldRequest;
  readonly positions: PositionReader;
  readonly moment: Moment;
  readonly wishes: ReadonlyMap<Sku, Wish>;
  readonly budgets: Budgets;
}

interface Granted {
  readonly sku: Sku;
  readonly promise: NonNullable<HoldRequestLine['promise']>;
  readonly quantity: Quantity;
  /** Of it, what no stock is there for. */
  readonly beyond: Quantity;
  claims: readonly Tentative[];
}

function decideLine(line: HoldRequestLine, granted: readonly Granted[], ask: Ask): { decision: HoldLineDecision; claims: readonly Tentative[] } {
  const { sku, quantity: requested } = line;
  const others = claimsOfOthers(line, granted, ask);
  const left = leftOf(answerBeside(others, sku, ask), line, granted);
  const [stock, beyond] = [withinCount(left.stock, sku, { granted, ask }), left.beyond];
  const atMost = stock === undefined || beyond === 'unlimited' ? undefined : addQuantities(stock, beyond);
  const budget = subtractQuantities(ask.budgets.of(sku), sumQuantities(granted.filter((one) => one.sku === sku).map((one) => one.quantity)));
  const most = minQuantity(requested, atMost === undefined ? budget : minQuantity(atMost, budget));
  const quantity = ask.request.grant === 'all' && compareQuantities(most, requested) < 0 ? 0 : most;
  const decision = { sku, requested, granted: quantity, atMost, beyondStock: stock === undefined ? 0 : maxQuantity(subtractQuantities(quantity, stock), 0) };
  const reason = compareQuantities(quantity, requested) === 0 ? undefined : reasonOf(requested, atMost, ask.wishes.get(sku) ?? { requested });
  return { decision: { ...decision, reason }, claims: claimsOf(line, { quantity, beyond: decision.beyondStock, granted }, ask) };
}

function answerBeside(claims: readonly Tentative[], sku: Sku, { calculator, request, positions, moment }: Ask): Availability {
  return calculator.compute({ channel: request.channel, sku }, withHolds(positions, claims, calculator.catalog), moment);
}

/**
 * Of stock, lines of one sku have no more together than one line would, whatever each may be promised: a cap, a pin or a percentage holds for all of them.
 * Of a kit that takes fractions they have no more than alone either: where other lines take their parts is known then, and what several locations might
 * each have rounded up would be counted once more.
 */
function withinCount(stock: Quantity | undefined, sku: Sku, { granted, ask }: { readonly granted: readonly Granted[]; readonly ask: Ask }): Quantity | undefined {
  if (stock === undefined || granted.length === 0) return stock;
  const own = granted.filter((one) => one.sku === sku);
  const besides = [...(own.length === 0 ? [] : [granted.flatMap((one) => (one.sku === sku ? [] : one.claims))]), ...(takesFractions(sku, ask) ? [[]] : [])];
  const taken = sumQuantities(own.map(({ quantity, beyond }) => subtractQuantities(quantity, beyond)));
  return besides.reduce((least, claims) => minQuantity(least, maxQuantity(subtractQuantities(answerBeside(claims, sku, ask).immediate ?? 0, taken), 0)), stock);
}

/** What other lines claim: lines of one sku and promise share one answer; all others have already taken their part of what there is, and of what is expected. */
function claimsOfOthers({ sku, promise = 'stock' }: HoldRequestLine, granted: readonly Granted[], ask: Ask): readonly Tentative[] {
  const others = granted.filter((one) => one.sku !== sku || one.promise !== promise);
  if (!takesFractions(sku, ask)) return others.flatMap(({ claims }) => claims);
  // What is noted as the claims of a kit that takes fractions is for lines of every promise, and these are for the others alone.
  const alike = others.filter((one) => one.sku === sku && compareQuantities(one.quantity, 0) > 0);
  const claims = others.flatMap((one) => (one.sku === sku ? [] : one.claims));
  const last = alike.at(-1);
  return last === undefined ? claims : [...claims, ...claimsOf(last, { ...last, granted: others.filter((one) => one !== last) }, ask)];
}

/** What a line may have of the answer: from stock, and besides it of what it may be promised. */
function leftOf({ immediate, backorder, preorder }: Availability, { sku, promise = 'stock' }: HoldRequestLine, granted: readonly Granted[]): { stock: Quantity | undefined; beyond: Quantity | 'unlimited' } {
  if (immediate === undefined) return { stock: undefined, beyond: 0 };
  let [fromStock, promised]: [Quantity, Quantity] = [0, 0];
  for (const one of granted) {
    if (one.sku !== sku || one.promise !== promise) continue;
    fromStock = addQuantities(fromStock, subtractQuantities(one.quantity, one.beyond));
    promised = addQuantities(promised, one.beyond);
  }
  const offered = promise === 'stock' ? 0 : promise === 'backorder' ? backorder : preorder;
  const stock = maxQuantity(subtractQuantities(immediate, fromStock), 0);
  return { stock, beyond: offered === 'unlimited' ? offered : maxQuantity(subtractQuantities(offered, promised), 0) };
}

/** Whether a kit takes a fraction of something: then what two lines take together is less than what each would round up to. */
function takesFractions(sku: Sku, { calculator }: Ask): boolean {
  return calculator.catalog.items.get(sku)?.components?.some(({ quantityPer }) => isFraction(quantityPer)) === true;
}

/** The claims of a granted line on stocked skus; of a kit that takes fractions those of the lines of it before, too. */
function claimsOf({ sku, promise = 'stock' }: HoldRequestLine, { quantity: granting, beyond: beyondNow, granted }: { quantity: Quantity; beyond: Quantity; granted: readonly Granted[] }, ask: Ask): readonly Tentative[] {
  const { calculator, request, positions, moment } = ask;
  const item = calculator.catalog.items.get(sku);
  if (item === undefined || !item.tracked || compareQuantities(granting, 0) <= 0) return [];
  const before = takesFractions(sku, ask) ? granted.filter((one) => one.sku === sku) : [];
  const lines = [...before, { promise, quantity: granting, beyond: beyondNow }];
  const [quantity, beyond] = [sumQuantities(lines.map((one) => one.quantity)), sumQuantities(lines.map((one) => one.beyond))];
  const { channel, expiresAt } = request;
  const components = item.components ?? [{ sku, quantityPer: 1 }];
  const beyondStock = (quantityPer: PerKit): Pick<HoldLine, 'beyond'> => {
    const promised = lines.flatMap((one) => (one.promise === 'stock' || compareQuantities(one.beyond, 0) <= 0 ? [] : [{ sku, promise: one.promise, quantity: one.beyond, units: unitsTaken(quantityPer, one.beyond) }]));
    return promised.length === 0 ? {} : { beyond: promised };
  };
  const unrouted = (units: Quantity): Tentative[] => (compareQuantities(units, 0) <= 0 ? [] : components.map(({ sku: part, quantityPer }) =>
    ({ sku: part, hold: { id: TENTATIVE, channel, location: '', quantity: unitsTaken(quantityPer, units), expiresAt, ...beyondStock(quantityPer) } })));
  const perLocation = calculator.policy.kits === 'perLocation' || channelOf(calculator.policy, channel).publish === 'perLocation';
  if (item.components === undefined || !perLocation) return unrouted(quantity);
  const world = withHolds(positions, granted.flatMap((one) => (before.includes(one) ? [] : one.claims)), calculator.catalog);
  const inStock = subtractQuantities(quantity, beyond);
  const routed = placeKits({ sku, components, channel, quantity: inStock, expiresAt }, { calculator, positions: world, moment });
  return [...routed.claims, ...unrouted(subtractQuantities(quantity, routed.placed))];
}

/** A line of a request that is refused as a whole. */
function withdrawn({ granted, reason, ...line }: HoldLineDecision): HoldLineDecision {
  const wasGranted = compareQuantities(granted, 0) > 0;
  return { ...line, granted: 0, beyondStock: 0, reason: reason ?? (wasGranted ? 'OTHER_LINES' : 'NOT_ENOUGH') };
}

function holdOf({ id, channel, expiresAt }: HoldRequest, granted: readonly Granted[]): HoldRecord {
  const sums = new Map<string, HoldLine>();
  for (const { sku, hold } of granted.flatMap(({ claims }) => claims)) {
    const key = `${sku}\u001f${hold.location}`;
    const known = sums.get(key);
    const beyond = [...(known?.beyond ?? []), ...(hold.beyond ?? [])];
    sums.set(key, { sku, location: hold.location, quantity: addQuantities(known?.quantity ?? 0, hold.quantity), ...(beyond.length === 0 ? {} : { beyond }) });
  }
  const lines: readonly HoldLine[] = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return { id, channel, expiresAt, state: 'held', orderId: '', lines };
}
