import type { Availability, AvailabilityCalculator, Moment } from '../availability/availability.ts';
import type { PositionReader } from '../availability/context.ts';
import { invalidInput, type Issue } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { named, type ChannelId, type Sku } from '../identity/ids.ts';
import { instantProblem, type Instant } from '../identity/instant.ts';
import type { HoldLine, HoldRecord } from '../ledger/hold.ts';
import { addQuantities, compareQuantities, formatQuantity, isQuantity, maxQuantity, minQuantity, multiplyQuantity, scaleQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { withHolds, type Tentative } from './overlay.ts';
import { channelOf } from './location-supply.ts';
import { placeKits, TENTATIVE } from './place-kits.ts';

/** How much of one sku may be asked for at a time. In steps of the sku. @public */
export interface RequestLimits {
  /** `>= 0`; 0 is none. */
  readonly least?: Quantity | undefined;
  /** `>= 0`; with 0 nothing may be asked for. */
  readonly most?: Quantity | undefined;
  /** Greater than zero. */
  readonly multipleOf?: Quantity | undefined;
}

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

/** Why a line was not granted in full. @public */
export type HoldReason = 'NOT_ENOUGH' | 'BELOW_LEAST' | 'ABOVE_MOST' | 'NOT_A_MULTIPLE' | 'OTHER_LINES';

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
 * `compute` says, lines of one sku together no more than that, and a line of a kit or a component no more than the other
 * lines leave. What it grants beyond stock is written into the hold, and counts against the limits as long as that claims:
 * two carts never hold more than a limit allows. Kits that are counted per location are held in whole kits at single locations; everything else is held for
 * the channel as a whole.
 *
 * @param calculator - Of the policy and catalogue in effect.
 * @param request - Lines are served in their order.
 * @param world - Positions, and the moment; `ownHolds` of the same customer besides the request's own id are left out too.
 * @throws `INVALID_INPUT` with a path where a quantity or a limit is not greater than zero, `expiresAt` is no instant, `grant` neither all nor part, or the policy or catalogue lacks what is named.
 * @public
 */
export function decideHold(calculator: AvailabilityCalculator, request: HoldRequest, { positions, asOf, ownHolds = [] }: HoldWorld): HoldDecision {
  refuseUnsound(request, ownHolds);
  const moment: Moment = { asOf, ownHolds: new Set([...ownHolds, request.id]) };
  const ask: Ask = { calculator, request, positions, moment };
  const granted: Granted[] = [];
  const lines = request.lines.map((line) => {
    const { decision, claims } = decideLine(line, granted, ask);
    granted.push({ sku: line.sku, promise: line.promise ?? 'stock', quantity: decision.granted, beyond: decision.beyondStock, claims });
    return decision;
  });
  const full = lines.every(({ reason }) => reason === undefined);
  const some = lines.some((line) => compareQuantities(line.granted, 0) > 0);
  if (full ? lines.length === 0 : request.grant === 'all' || !some) return { status: 'refused', lines: lines.map(withdrawn), hold: undefined };
  return { status: full ? 'granted' : 'part', lines, hold: holdOf(request, granted) };
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
}

interface Granted {
  readonly sku: Sku;
  readonly promise: NonNullable<HoldRequestLine['promise']>;
  readonly quantity: Quantity;
  /** Of it, what no stock is there for. */
  readonly beyond: Quantity;
  readonly claims: readonly Tentative[];
}

function refuseUnsound({ lines, expiresAt, grant }: HoldRequest, ownHolds: unknown): void {
  const problem = instantProblem(expiresAt);
  const issues: Issue[] = problem === undefined ? [] : [{ path: ['expiresAt'], message: problem }];
  // Without a word less than everything would be granted to somebody who has no use for it.
  if (grant !== 'all' && grant !== 'part') issues.push({ path: ['grant'], message: `${shown(grant)} is neither all nor part` });
  // A text is a row of texts to the compiler, and no character of it is a hold.
  if (typeof ownHolds === 'string') issues.push({ path: ['ownHolds'], message: `must be a list or set of the ids of holds, not ${shown(ownHolds)}` });
  const refuse = (value: unknown, path: readonly (string | number)[], { fits, what }: { readonly fits: (sign: number) => boolean; readonly what: string }): void => {
    if (!isQuantity(value)) issues.push({ path, message: `${shown(value)} is no whole count of steps, as parseQuantity gives it` });
    else if (!fits(compareQuantities(value, 0))) issues.push({ path, message: `${formatQuantity(value)} ${what}` });
  };
  const more = (sign: number): boolean => sign > 0;
  lines.forEach(({ sku, quantity, limits = {} }, index) => {
    refuse(quantity, ['lines', index, 'quantity'], { fits: more, what: `of ${named(sku)} cannot be held; ask for more than 0` });
    for (const [name, limit] of Object.entries(limits) as [string, Quantity | undefined][]) {
      if (limit === undefined) continue;
      // No least is written as 0, and a most of 0 lets nothing be asked for; there is no multiple of 0.
      const fit = name === 'multipleOf' ? { fits: more, what: 'must be greater than 0' } : { fits: (sign: number): boolean => sign >= 0, what: 'must not be less than 0' };
      refuse(limit, ['lines', index, 'limits', name], fit);
    }
  });
  if (issues.length > 0) throw invalidInput('request for a hold', issues);
}

function decideLine(line: HoldRequestLine, granted: readonly Granted[], ask: Ask): { decision: HoldLineDecision; claims: readonly Tentative[] } {
  const { sku, quantity: requested, limits = {} } = line;
  // Lines of the same sku share one answer; the others have already taken their part of it.
  const others = granted.filter((one) => one.sku !== sku).flatMap(({ claims }) => claims);
  const answer = ask.calculator.compute({ channel: ask.request.channel, sku }, withHolds(ask.positions, others, ask.calculator.catalog), ask.moment);
  const { stock, beyond } = leftOf(answer, line, granted);
  const atMost = stock === undefined || beyond === 'unlimited' ? undefined : addQuantities(stock, beyond);
  const quantity = grantable(requested, { atMost, limits, grant: ask.request.grant });
  const decision = { sku, requested, granted: quantity, atMost, beyondStock: stock === undefined ? 0 : maxQuantity(subtractQuantities(quantity, stock), 0) };
  const reason = compareQuantities(quantity, requested) === 0 ? undefined : reasonOf(requested, atMost, limits);
  return { decision: { ...decision, reason }, claims: claimsOf(line, { quantity, beyond: decision.beyondStock, granted }, ask) };
}

/** What a line may have of the answer: from stock, and besides it of what it may be promised. */
function leftOf({ immediate, backorder, preorder }: Availability, { sku, promise = 'stock' }: HoldRequestLine, granted: readonly Granted[]): { stock: Quantity | undefined; beyond: Quantity | 'unlimited' } {
  if (immediate === undefined) return { stock: undefined, beyond: 0 };
  let [fromStock, promised]: [Quantity, Quantity] = [0, 0];
  for (const one of granted) {
    if (one.sku !== sku) continue;
    fromStock = addQuantities(fromStock, subtractQuantities(one.quantity, one.beyond));
    if (one.promise === promise) promised = addQuantities(promised, one.beyond);
  }
  const offered = promise === 'stock' ? 0 : promise === 'backorder' ? backorder : preorder;
  const stock = maxQuantity(subtractQuantities(immediate, fromStock), 0);
  return { stock, beyond: offered === 'unlimited' ? offered : maxQuantity(subtractQuantities(offered, promised), 0) };
}

function grantable(requested: Quantity, { atMost, limits, grant }: { atMost: Quantity | undefined; limits: RequestLimits; grant: HoldRequest['grant'] }): Quantity {
  let quantity = atMost === undefined ? requested : minQuantity(requested, atMost);
  if (limits.most !== undefined) quantity = minQuantity(quantity, limits.most);
  if (limits.multipleOf !== undefined) quantity = multiplyQuantity(scaleQuantity(quantity, 1, limits.multipleOf, 'down'), limits.multipleOf);
  if (limits.least !== undefined && compareQuantities(quantity, limits.least) < 0) return 0;
  return grant === 'all' && compareQuantities(quantity, requested) < 0 ? 0 : quantity;
}

function reasonOf(requested: Quantity, atMost: Quantity | undefined, { least, most, multipleOf }: RequestLimits): HoldReason {
  if (least !== undefined && compareQuantities(requested, least) < 0) return 'BELOW_LEAST';
  if (most !== undefined && compareQuantities(requested, most) > 0) return 'ABOVE_MOST';
  if (atMost !== undefined && compareQuantities(requested, atMost) > 0) return 'NOT_ENOUGH';
  return multipleOf === undefined ? 'NOT_ENOUGH' : 'NOT_A_MULTIPLE';
}

/** The claims of a granted line on stocked skus. */
function claimsOf({ sku, promise = 'stock' }: HoldRequestLine, { quantity, beyond, granted }: { quantity: Quantity; beyond: Quantity; granted: readonly Granted[] }, { calculator, request, positions, moment }: Ask): readonly Tentative[] {
  const item = calculator.catalog.items.get(sku);
  if (item === undefined || !item.tracked || compareQuantities(quantity, 0) <= 0) return [];
  const { channel, expiresAt } = request;
  const components = item.components ?? [{ sku, quantityPer: 1 }];
  const beyondStock = (quantityPer: Quantity): Pick<HoldLine, 'beyond'> =>
    (promise === 'stock' || compareQuantities(beyond, 0) <= 0 ? {} : { beyond: [{ sku, promise, quantity: beyond, units: multiplyQuantity(quantityPer, beyond) }] });
  const unrouted = (units: Quantity): Tentative[] => (compareQuantities(units, 0) <= 0 ? [] : components.map(({ sku: part, quantityPer }) =>
    ({ sku: part, hold: { id: TENTATIVE, channel, location: '', quantity: multiplyQuantity(quantityPer, units), expiresAt, ...beyondStock(quantityPer) } })));
  const perLocation = calculator.policy.kits === 'perLocation' || channelOf(calculator.policy, channel).publish === 'perLocation';
  if (item.components === undefined || !perLocation) return unrouted(quantity);
  const world = withHolds(positions, granted.flatMap(({ claims }) => claims), calculator.catalog);
  const inStock = subtractQuantities(quantity, beyond);
  const routed = placeKits({ sku, components, channel, quantity: inStock, expiresAt }, { calculator, positions: world, moment });
  return [...routed, ...unrouted(subtractQuantities(quantity, kitsIn(routed, components[0])))];
}

function kitsIn(claims: readonly Tentative[], component: { readonly sku: Sku; readonly quantityPer: Quantity } | undefined): Quantity {
  let units: Quantity = 0;
  for (const { sku, hold } of claims) if (sku === component?.sku) units = addQuantities(units, hold.quantity);
  return component === undefined ? 0 : scaleQuantity(units, 1, component.quantityPer, 'down');
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
