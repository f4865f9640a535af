import type { AvailabilityKey, CatalogItem, CatalogItemInput, Instant, Policy, PolicyRule, PositionReader, Sku } from '@stockwright/core';
import { afterWithholding, steps, sumOf, wholeSteps } from './arithmetic.ts';
import { fractionOf, kitsFrom, mostKits, takenBy } from './kits-model.ts';
import { rulesFor, type RuleOf } from './rules.ts';
import { partsInProportion, type Dividing } from './spread-model.ts';
import { StockModel, type ModelWorld } from './stock-model.ts';

/** What the model is asked. @public */
export interface ModelQuestion {
  readonly policy: Policy;
  /** The catalogue as it was written: the model explodes recipes itself. */
  readonly catalog: readonly CatalogItemInput[];
  readonly key: AvailabilityKey;
  readonly reader: PositionReader;
  readonly asOf: Instant;
  readonly ownHolds?: Iterable<string>;
}

/** What the model answers, in steps; the names are those of `Availability`. @public */
export interface ModelAnswer {
  readonly immediate: number | undefined;
  /** By location, in the order of the channel; empty where one number is published. */
  readonly parts: Readonly<Record<string, number>>;
  readonly backorder: number | 'unlimited';
  readonly preorder: number;
}

interface Sold {
  readonly world: ModelWorld;
  readonly item: CatalogItem;
  /** The winning rule of a kind for this item and channel. */
  rule<Kind extends PolicyRule['kind']>(kind: Kind): RuleOf<Kind> | undefined;
}

/** What can be given of a stocked sku, or of a kit in whole kits. */
interface Supply {
  left(): number;
  at(location: string): number;
  /** Whether channels of other locations can be served as well as before when so much is sold from some of them. */
  leavesOthers(sold: ReadonlyMap<string, number>): boolean;
  /** How many more there are with what is expected than without. */
  unpromised(): number;
  /** What live holds of the channel, or of all channels, were promised beyond stock. */
  held(promise: 'backorder' | 'preorder', whose: 'own' | 'all'): number;
  /** Only of a stocked sku: what stock cannot serve, and what of it the channel asks for. */
  short?(): number;
  ownShort?(): number;
}

const floorTo = (number: number, multiple: number): number => Math.floor(number / multiple) * multiple;

/**
 * Works out a number from the definitions of the pipeline's stages, one after the other, with no thought of speed: what
 * is in no sense the calculation itself, so that the two can be held against each other. For small worlds, in which
 * every quantity is far below 2^53; it knows no custom rules.
 *
 * @example
 * ```ts
 * fc.assert(fc.property(catalogInputs(), everyPolicies(), worlds(), (catalog, policy, world) => {
 *   const question = { catalog, policy, key, reader: knowingReaderOf(world), asOf: NOON };
 *   expect(modelAvailability(question).immediate).toBe(myOwnCalculation(question));
 * }));
 * ```
 * @public
 */
export function modelAvailability(question: ModelQuestion): ModelAnswer {
  const { sold, supply } = asked(question);
  const { channel } = sold.world;
  const { shown, counted, most, multiple } = listing(sold, supply?.left());
  const pins = channel.publish === 'total' || sold.rule('forceOut') !== undefined ? new Map<string, number>() : pinned(sold, { most, multiple });
  if (shown === undefined && pins.size === 0) return { immediate: undefined, parts: {}, backorder: 0, preorder: 0 };
  const total = Math.max(0, shown ?? 0);
  const beyond = supply === undefined || sold.rule('forceOut') !== undefined ? { backorder: 0, preorder: 0 } : { backorder: backorder(sold, supply), preorder: preorder(sold, supply) };
  if (channel.publish === 'total') return { immediate: expressed(sold, total, multiple), parts: {}, ...beyond };
  if (supply !== undefined) return { ...spread(sold, supply, { total, counted: Math.max(0, counted ?? 0), pins, most, multiple }), ...beyond };
  // Where nothing limits what is sold the first location that is not pinned shows what a listing rule says.
  const first = channel.locations.find((location) => !pins.has(location));
  const rest = expressed(sold, besidePins(total, [...pins.values()], { pins, most }), multiple);
  const parts = channel.locations.map((location) => pins.get(location) ?? (location === first ? rest : 0));
  return { immediate: sumOf(parts), parts: Object.fromEntries(channel.locations.map((location, index) => [location, parts[index] ?? 0])), ...beyond };
}

/**
 * What one location of the channel could give by itself, at least nothing: what `locationSupply` answers. Absent where
 * nothing limits it.
 *
 * @public
 */
export function modelLocationSupply(question: ModelQuestion, location: string): number | undefined {
  const { supply } = asked(question);
  return supply === undefined ? undefined : Math.max(0, supply.at(location));
}

function asked({ policy, catalog, key, reader, asOf, ownHolds = [] }: ModelQuestion): { readonly sold: Sold; readonly supply: Supply | undefined } {
  const channel = policy.channels.find(({ id }) => id === key.channel);
  const input = catalog.find(({ sku }) => sku === key.sku);
  if (channel === undefined || input === undefined) throw new RangeError(`The model knows no ${key.sku} on ${key.channel}.`);
  const world: ModelWorld = { policy, reader, channel, asOf, ownHolds: new Set(ownHolds), sellersOf: (sku) => catalog.flatMap((one) => [...partsOf(one, catalog)].filter(([part]) => part.sku === sku).map(([, units]) => ({ item: itemOf(one), units }))) };
  const item = itemOf(input);
  const sold: Sold = { world, item, rule: (kind) => rulesFor(policy, kind, { asOf, where: { item, channel: channel.id } })[0] };
  return { sold, supply: supplyOf(sold, input, catalog) };
}

function itemOf({ sku, scale = 0, tracked = true, category }: CatalogItemInput): CatalogItem {
  return { sku: sku as Sku, scale, tracked, category, components: undefined };
}

/** Stage 6: nested recipes multiplied out and added up; the least of what the components allow, rounded down, and per location no more than can be built at nobody's cost. Absent where nothing limits. */
function supplyOf({ world, item }: Sold, input: CatalogItemInput, catalog: readonly CatalogItemInput[]): Supply | undefined {
  if (input.tracked === false) return undefined;
  const held = (stocks: readonly StockModel[]): Supply['held'] => (promise, whose) =>
    sumOf([...new Map(stocks.flatMap((stock) => [...stock.heldBeyond(item.sku, promise, whose === 'own' ? world.channel.id : undefined)])).values()]);
  if (input.components === undefined) {
    const stock = new StockModel(world, itemOf(input));
    return { left: () => stock.left(), at: (location) => stock.at(location), leavesOthers: (sold) => stock.leavesOthers(sold), unpromised: () => stock.unpromised(), short: () => stock.short(), ownShort: () => stock.ownShort(), held: held([stock]) };
  }
  const parts = [...exploded(input, catalog)].map(([part, units]) => ({ stock: new StockModel(world, itemOf(part)), units }));
  if (parts.length === 0) return undefined;
  const least = (of: (stock: StockModel) => number): number => Math.min(...parts.map(({ stock, units }) => kitsFrom(units, of(stock))));
  const kitsAt = (location: string, of: (stock: StockModel) => StockModel): number => Math.max(0, least((stock) => of(stock).at(location)));
  const perLocation = world.policy.kits === 'perLocation' || world.channel.publish === 'perLocation';
  const built = (inAll: number, of: (stock: StockModel) => StockModel): number =>
    (perLocation && inAll > 0 ? mostKits(parts.map(({ stock, units }) => ({ stock: of(stock), units })), { inAll, most: world.channel.locations.map((location) => [location, kitsAt(location, of)]) }) : inAll);
  const then = (): number => built(mostOneByOne(parts), (stock) => stock.received());
  const now = (): number => built(least((stock) => stock.left()), (stock) => stock);
  const left = (): number => (perLocation && parts.some(({ stock }) => stock.isPreordered()) ? Math.min(now(), then()) : now());
  return {
    at: (location) => kitsAt(location, (stock) => stock),
    held: held(parts.map(({ stock }) => stock)),
    leavesOthers: (sold) => parts.every(({ stock, units }) => stock.leavesOthers(new Map([...sold].map(([location, kits]) => [location, takenBy(units, kits)])))),
    unpromised: () => then() - Math.max(0, left()),
    left,
  };
}

/** Whole kits of what is left and what is expected besides: one, and one more, until a part is lacking. */
function mostOneByOne(parts: readonly { readonly stock: StockModel; readonly units: number }[]): number {
  const there = parts.map(({ stock, units }) => ({ units, left: Math.max(0, stock.left()) + stock.unpromised() }));
  let kits = 0;
  while (there.every(({ left, units }) => left >= takenBy(units, kits + 1))) kits += 1;
  return kits;
}

/** What a sale of something takes: itself, or the parts of a kit; nothing of what is not tracked. */
function partsOf(one: CatalogItemInput, catalog: readonly CatalogItemInput[]): ReadonlyMap<CatalogItemInput, number> {
  if (one.tracked === false) return new Map();
  return one.components === undefined ? new Map([[one, 1]]) : exploded(one, catalog);
}

/** The stocked, tracked parts of a kit, in steps per kit. */
function exploded(kit: CatalogItemInput, catalog: readonly CatalogItemInput[], times = 1): ReadonlyMap<CatalogItemInput, number> {
  const totals = new Map<CatalogItemInput, number>();
  for (const { sku, quantityPer, unit } of kit.components ?? []) {
    const part = catalog.find((one) => one.sku === sku);
    if (part === undefined || part.tracked === false) continue;
    const units = times * fractionOf(quantityPer) * (unit === undefined || unit === part.stockUnit ? 1 : fractionOf(part.conversions?.[unit] ?? 0)) * 10 ** (part.scale ?? 0);
    const inner = part.components === undefined ? new Map([[part, units]]) : exploded(part, catalog, units);
    for (const [stocked, more] of inner) totals.set(stocked, (totals.get(stocked) ?? 0) + more);
  }
  return totals;
}

/** Stage 9: what the channel can express of a number: at most its maximum, in the step that it is told in. */
function expressed({ world: { channel }, item }: Sold, number: number, multiple: number): number {
  return floorTo(Math.min(number, channel.maximum === undefined ? number : steps(channel.maximum, item, Math.floor)), multiple);
}

/** Parts that pins of single locations say, whatever is there: together within the cap, each in what the channel can express. */
function pinned(sold: Sold, { most, multiple }: { readonly most: number; readonly multiple: number }): ReadonlyMap<string, number> {
  const { world: { policy, channel, asOf }, item } = sold;
  const pins = new Map<string, number>();
  for (const location of channel.locations) {
    const rule = rulesFor(policy, 'pin', { asOf, where: { item, channel: channel.id, location } }).find(({ scope }) => scope?.location !== undefined);
    if (rule !== undefined) pins.set(location, expressed(sold, floorTo(Math.min(steps(rule.quantity, item, Math.floor), most - sumOf([...pins.values()])), multiple), multiple));
  }
  return pins;
}

/** What is left to the other locations when pinned parts take so much of what is there. */
function besidePins(total: number, taken: readonly number[], { pins, most }: { readonly pins: ReadonlyMap<string, number>; readonly most: number }): number {
  return pins.size === 0 ? total : Math.min(Math.max(0, total - sumOf(taken)), most - sumOf([...pins.values()]));
}

/** Stage 8. `supply` is absent where nothing limits: then only a pin or a cap makes a number. */
function listing({ world: { channel }, item, rule }: Sold, supply: number | undefined): { readonly shown: number | undefined; readonly counted: number | undefined; readonly most: number; readonly multiple: number } {
  if (rule('forceOut') !== undefined) return { shown: 0, counted: 0, most: 0, multiple: 1 };
  const [buffer, hide, pin, cap, multiples] = [rule('buffer'), rule('hideAtOrBelow'), rule('pin'), rule('cap'), rule('sellMultiple')];
  let shown = supply;
  if (shown !== undefined && buffer !== undefined) shown = afterWithholding(shown, buffer.withhold, item);
  if (shown !== undefined && hide !== undefined && shown <= steps(hide.threshold, item, Math.floor)) shown = 0;
  if (pin !== undefined) shown = steps(pin.quantity, item, Math.floor);
  if (cap !== undefined) shown = Math.min(shown ?? Number.POSITIVE_INFINITY, steps(cap.most, item, Math.floor));
  const sold = multiples === undefined ? 1 : wholeSteps(multiples.of, item);
  const unit = channel.wholeUnits === true ? 10 ** item.scale : 1;
  let multiple = sold;
  while (multiple % unit !== 0) multiple += sold;
  return { shown: shown === undefined ? undefined : floorTo(shown, multiple), counted: shown, most: cap === undefined ? Number.POSITIVE_INFINITY : steps(cap.most, item, Math.floor), multiple };
}

/** Stage 7: a limit of the channel less what it has open, ordered or held, and one of all channels less what all have open. */
function backorder(sold: Sold, supply: Supply): number | 'unlimited' {
  const { own, all } = limits(sold, 'backorderLimit');
  if (own === undefined && all === undefined) return 0;
  const open = sold.world.reader.promised?.(sold.item.sku)?.backordered ?? new Map();
  const used = { own: Math.max(Number(open.get(sold.world.channel.id) ?? 0) + supply.held('backorder', 'own'), supply.ownShort?.() ?? 0), all: Math.max(sumOf([...open.values()].map(Number)) + supply.held('backorder', 'all'), supply.short?.() ?? 0) };
  const left = [own === undefined ? 'unlimited' : rest(sold, own.limit, used.own), all === undefined ? 'unlimited' : rest(sold, all.limit, used.all)].filter((one) => one !== 'unlimited');
  return left.length === 0 ? 'unlimited' : Math.min(...left);
}

function preorder(sold: Sold, supply: Supply): number {
  const { own, all } = limits(sold, 'preorderLimit');
  const open = sold.world.reader.promised?.(sold.item.sku)?.preordered ?? new Map();
  const used = { own: Number(open.get(sold.world.channel.id) ?? 0) + supply.held('preorder', 'own'), all: sumOf([...open.values()].map(Number)) + supply.held('preorder', 'all') };
  const of = (limit: string | number, taken: number): number => (limit === 'incoming' ? Math.max(0, supply.unpromised()) : Number(rest(sold, limit, taken)));
  const left = [...(own === undefined ? [] : [of(own.limit, used.own)]), ...(all === undefined ? [] : [of(all.limit, used.all)])];
  return left.length === 0 ? 0 : Math.min(...left);
}

function rest({ item }: Sold, limit: string | number, used: number): number | 'unlimited' {
  return limit === 'unlimited' ? limit : Math.max(0, steps(limit, item, Math.floor) - used);
}

function limits<Kind extends 'backorderLimit' | 'preorderLimit'>({ world: { policy, channel, asOf }, item }: Sold, kind: Kind): { readonly own: RuleOf<Kind> | undefined; readonly all: RuleOf<Kind> | undefined } {
  const rules = rulesFor(policy, kind, { asOf, where: { item, channel: channel.id } });
  const isOwn = ({ scope }: RuleOf<'backorderLimit' | 'preorderLimit'>): boolean => scope?.channel !== undefined;
  return { own: rules.find(isOwn), all: rules.find((rule) => !isOwn(rule)) };
}

/**
 * Stage 10: parts that sum to the number, none beyond what its location has and the channel can express, and all of them
 * together at nobody's cost: the most of the number for which there are such parts; beside those that pins say, whatever
 * their locations have.
 */
function spread(sold: Sold, supply: Supply, { total: wished, counted, pins, most, multiple }: { readonly total: number; readonly counted: number; readonly pins: ReadonlyMap<string, number>; readonly most: number; readonly multiple: number }): Pick<ModelAnswer, 'immediate' | 'parts'> {
  const { world: { channel: { locations, spread: how } } } = sold;
  const there = locations.map((location) => Math.max(0, supply.at(location)));
  const taken = locations.map(() => 0);
  // A pin takes what its location has for the channel; what it says beyond that is nobody's.
  locations.forEach((location, index) => {
    const wish = Math.min(pins.get(location) ?? 0, there[index] ?? 0);
    let part = wish;
    while (wished > 0 && part > 0 && !supply.leavesOthers(new Map(locations.map((other, number) => [other, number === index ? part : (taken[number] ?? 0)])))) part -= 1;
    taken[index] = part;
  });
  const room = locations.map((location, index) => (pins.has(location) ? 0 : expressed(sold, there[index] ?? 0, multiple)));
  const all = sumOf(room);
  const inAll = Math.min(floorTo(besidePins(pins.size === 0 ? wished : counted, taken, { pins, most }), multiple), all);
  const dividing: Dividing = { room, multiple, inAll, fits: (parts) => supply.leavesOthers(new Map(locations.map((location, index) => [location, (taken[index] ?? 0) + (parts[index] ?? 0)]))) };
  const shares = room.map((units) => (how === 'proportional' && all > 0 ? floorTo(Math.floor((inAll * units) / all), multiple) : 0));
  const divided = inAll <= 0 ? room.map(() => 0) : partsInProportion(dividing, shares);
  const parts = locations.map((location, index) => pins.get(location) ?? divided[index] ?? 0);
  return { immediate: sumOf(parts), parts: Object.fromEntries(locations.map((location, index) => [location, parts[index] ?? 0])) };
}
