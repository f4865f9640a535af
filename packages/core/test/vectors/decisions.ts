import { z } from 'zod';
import {
  acceptObservation, addMs, availableToPromise, balancesOf, compareQuantities, coveringLocations, dayOf, decideHold, emptyBooks, holdsOf, instantFromMs, instantToMs, locationSupply, measureBooks,
  minQuantity, multiplyQuantity, parseCatalog, parseChannelId, parseLocationId, parseObservation, parseSku, planFulfilment, positionFromBalances, releaseHold, subtractQuantities, sumQuantities,
  type Books, type HoldDecision, type HoldRecord, type HoldRequestLine, type LocationId, type Quantity,
} from '@stockwright/core';
import { questionOf, sellableOf, type Stocked } from './numbers.ts';
import { answersTo, ask as explain, FINE, here, LATER, NOW, operation, place, positionAt, SHOP, SKU, text, textBy, unclamped, worldOf, type Operation } from './words.ts';

const { read, write, scale } = FINE;
const NO_POLICY_CATALOG = parseCatalog([{ sku: SKU, scale }]);

interface Limits { readonly maxQty?: string | undefined; readonly minQty?: string | undefined; readonly increment?: string | undefined; readonly allowDecimal?: boolean | undefined }

/** Without a word on parts of a unit, only whole units may be asked for. */
function limitsOf({ maxQty, minQty, increment, allowDecimal = false }: Limits): NonNullable<HoldRequestLine['limits']> {
  return {
    ...(maxQty === undefined ? {} : { most: read(maxQty) }), ...(minQty === undefined ? {} : { least: read(minQty) }),
    ...(increment === undefined && allowDecimal ? {} : { multipleOf: read(increment ?? '1') }),
  };
}

function ask(stocked: Stocked & Limits, quantity: string, grant: 'all' | 'part'): HoldDecision {
  const { calculator, world } = worldOf(questionOf(stocked));
  return decideHold(calculator, { id: 'asked', channel: SHOP, expiresAt: LATER, grant, lines: [{ sku: SKU, quantity: read(quantity), promise: 'backorder', limits: limitsOf(stocked) }] }, world);
}
const grantedOf = ({ lines }: HoldDecision): string => write(lines[0]?.granted ?? 0);

/** Stock of a number, wherever it is. */
const somewhere = (onHand: string): Stocked & Limits => ({ locations: [here(onHand)], allowDecimal: true });
const eventsOf = <Names extends [string, ...string[]]>(...names: Names) => z.array(z.tuple([z.enum(names), text]));

/** Requests one after the other, each over what the holds of the earlier ones leave. */
function race({ pools, stock, requests }: { readonly pools: Readonly<Record<string, readonly string[]>>; readonly stock: Readonly<Record<string, string>>; readonly requests: readonly (readonly [string, string])[] }): readonly boolean[] {
  const holds: HoldRecord[] = [];
  const channels = Object.entries(pools).map(([id, locations]) => ({ id, locations: [...locations] }));
  const places = Object.entries(stock).map(([id, onHand]) => ({ id, onHand }));
  return requests.map(([pool, quantity], index) => {
    const { calculator, world } = worldOf({ steps: FINE, places, policy: { channels }, position: positionAt(places, FINE, { holds: holdsOf(SKU, holds, () => false) }) });
    const { hold } = decideHold(calculator, { id: String(index), channel: parseChannelId(pool), expiresAt: LATER, grant: 'all', lines: [{ sku: SKU, quantity: read(quantity) }] }, world);
    if (hold !== undefined) holds.push(hold);
    return hold !== undefined;
  });
}

/** What is reserved after each event. A reservation is cancelled whole; of one that is larger the rest is held again. */
function reservations(ordered: string, events: readonly (readonly ['reserve' | 'cancel', string])[]): readonly string[] {
  let holds: readonly HoldRecord[] = [];
  let count = 0;
  const reserve = (quantity: Quantity): void => {
    const places = [here(ordered)];
    const { calculator, world } = worldOf({ steps: FINE, places, position: positionAt(places, FINE, { holds: holdsOf(SKU, holds, () => false) }) });
    const { hold } = decideHold(calculator, { id: String(count += 1), channel: SHOP, expiresAt: LATER, grant: 'all', lines: [{ sku: SKU, quantity }] }, world);
    if (hold !== undefined) holds = [...holds, hold];
  };
  const reserved = (): readonly Quantity[] => holdsOf(SKU, holds, () => false).map(({ quantity }) => quantity);
  return events.map(([what, told]) => {
    const quantity = read(told);
    if (what === 'reserve') reserve(quantity);
    else cancel(quantity);
    return write(sumQuantities(reserved()));
  });

  function cancel(quantity: Quantity): void {
    const live = holds.filter(({ state }) => state === 'held');
    const exact = live.find((hold) => hold.lines[0]?.quantity === quantity);
    const chosen = exact ?? live.at(-1);
    if (chosen === undefined) return;
    const there = chosen.lines[0]?.quantity ?? 0;
    holds = holds.map((hold) => (hold === chosen ? releaseHold(hold).hold : hold));
    const rest = subtractQuantities(there, quantity);
    if (compareQuantities(rest, 0) > 0) reserve(rest);
    if (compareQuantities(rest, 0) < 0) cancel(subtractQuantities(quantity, there));
  }
}

interface Line { readonly ordered: Quantity; readonly fulfilled: Quantity; readonly cancelled: Quantity }
type LifeEvent = readonly ['commit' | 'cancel' | 'ship' | 'unship' | 'adjust', string];

/** The orders after something happened to the oldest that it can have happened to. */
function afterEvent(lines: readonly Line[], [what, told]: LifeEvent): readonly Line[] {
  let left = read(told);
  if (what === 'commit') return [...lines, { ordered: left, fulfilled: 0, cancelled: 0 }];
  if (what === 'adjust') return lines;
  const changed = lines.map((line) => {
    const open = subtractQuantities(subtractQuantities(line.ordered, line.fulfilled), line.cancelled);
    const some = minQuantity(left, what === 'unship' ? line.fulfilled : open);
    left = subtractQuantities(left, some);
    if (what === 'cancel') return { ...line, cancelled: sumQuantities([line.cancelled, some]) };
    return { ...line, fulfilled: what === 'ship' ? sumQuantities([line.fulfilled, some]) : subtractQuantities(line.fulfilled, some) };
  });
  if (left !== 0) throw new Error(`nobody has ${told} to ${what}: ${write(left)} too many`);
  return changed;
}

function lifeOf(start: Readonly<Record<'onHand' | 'committed', string>>, events: readonly LifeEvent[]): Books {
  const at = (minute: number): string => addMs(NOW, minute * 60_000);
  const where = { source: 'wms', sku: SKU, location: 'W1' };
  let books = acceptObservation(emptyBooks(SKU, scale), parseObservation({ kind: 'stock', ...where, asOf: at(0), measures: { onHand: start.onHand, committed: '0' } }));
  let lines: readonly Line[] = [];
  const all: readonly LifeEvent[] = start.committed === '0' ? events : [['commit', start.committed], ...events];
  all.forEach((event, index) => {
    const [what, told] = event;
    if (what === 'adjust') books = acceptObservation(books, parseObservation({ kind: 'delta', ...where, id: String(index), at: at(index + 1), measure: 'onHand', delta: told }));
    lines = afterEvent(lines, event);
    lines.forEach((line, order) => {
      const told = { ordered: write(line.ordered), fulfilled: write(line.fulfilled), cancelled: write(line.cancelled), returned: '0' };
      books = acceptObservation(books, parseObservation({ kind: 'order', channel: SHOP, orderId: `#${String(order)}`, revision: at(index + 1), placedAt: at(1), lines: [{ id: '1', sku: SKU, location: 'W1', ...told }] }));
    });
  });
  return books;
}

/** Lines of kits where a kit takes more than one unit of a component: kits that one place has whole. */
function split({ order, stock, lines, quantityPer }: { readonly order: readonly string[]; readonly stock: Readonly<Record<string, Readonly<Record<string, string>>>>; readonly lines: readonly (readonly [string, string])[]; readonly quantityPer?: string | undefined }) {
  const skus = [...new Set([...Object.keys(stock), ...lines.map(([sku]) => sku)])];
  const kitOf = (sku: string): string => (quantityPer === undefined ? sku : `kit of ${sku}`);
  const recipes = quantityPer === undefined ? [] : skus.map((sku) => ({ sku: kitOf(sku), components: [{ sku, quantityPer }] }));
  const catalog = parseCatalog([...skus.map((sku) => ({ sku, scale })), ...recipes]);
  const counted = (quantity: string): Quantity => (quantityPer === undefined ? read(quantity) : Number(quantity));
  const plan = planFulfilment({
    lines: lines.map(([sku, quantity]) => ({ sku: parseSku(kitOf(sku)), quantity: counted(quantity) })), locations: order.map((location) => parseLocationId(location)),
  }, { catalog, supply: (sku, location) => read(stock[sku]?.[location] ?? '0') });
  const allocations = lines.map(([sku]) => [sku, Object.fromEntries(plan.allocations.filter((one) => one.sku === kitOf(sku)).map(({ location, quantity }) =>
    [location, write(quantityPer === undefined ? quantity : multiplyQuantity(read(quantityPer), quantity))]))] as const);
  return { allocations: Object.fromEntries(allocations), complete: plan.isComplete, packages: new Set(plan.allocations.map(({ location }) => location)).size };
}

const day = (number: string | number) => dayOf(instantFromMs(instantToMs(NOW) + (Number(number) - 1) * 86_400_000));
const quantityAt = (stock: Readonly<Record<string, string>>) => (_: unknown, location: LocationId): Quantity => read(stock[location] ?? '0');

const stocked = { locations: z.array(place), outOfStockThreshold: text.optional() };

/** What may be granted, promised and shipped: operations that ask for decisions. */
export const DECISIONS: Readonly<Record<string, Operation>> = {
  canSell: operation(
    { ...stocked, backorder: z.union([z.literal('unlimited'), text]).optional(), maxQty: text.optional(), minQty: text.optional(), increment: text.optional(), allowDecimal: z.boolean().optional() },
    { sellable: z.union([z.literal('unlimited'), text]), requests: answersTo },
    (input) => ({
      sellable: () => sellableOf(input),
      requests: (asked: object) => Object.fromEntries(Object.keys(asked).map((quantity) => [quantity, ask(input, quantity, 'all').status === 'granted'])),
    }),
  ),
  grant: operation({ ...stocked, requested: text }, { granted: text, sellable: text }, (input) => ({ granted: grantedOf(ask({ ...input, allowDecimal: true }, input.requested, 'part')), sellable: () => sellableOf(input) })),
  grantPolicy: operation({ sellable: text, requested: text, partial: z.boolean() }, { granted: text }, ({ sellable, requested, partial }) => ({ granted: grantedOf(ask(somewhere(sellable), requested, partial ? 'part' : 'all')) })),
  shortage: operation({ sellable: text, requested: text }, { backordered: text }, ({ sellable, requested }) => ({ backordered: write(ask({ ...somewhere(sellable), backorder: 'unlimited' }, requested, 'all').lines[0]?.beyondStock ?? 0) })),
  race: operation({ pools: z.record(z.string(), z.array(z.string())), stock: textBy, requests: z.array(z.tuple([z.string(), text])) }, { accepted: z.array(z.boolean()) }, (input) => ({ accepted: race(input) })),
  holds: operation({ ordered: text, events: eventsOf('reserve', 'cancel') }, { reserved: z.array(text) }, ({ ordered, events }) => ({ reserved: reservations(ordered, events) })),
  split: operation(
    { order: z.array(z.string()), stock: z.record(z.string(), textBy), lines: z.array(z.tuple([z.string(), text])), quantityPer: text.optional() },
    { allocations: z.record(z.string(), textBy), complete: z.boolean(), packages: z.number() },
    split,
  ),
  eligible: operation({ locations: z.array(place), requested: text }, { locations: z.array(z.string()) }, ({ locations, requested }) => {
    const { calculator, world: { positions } } = worldOf(questionOf({ locations }));
    const supply = (_: unknown, location: LocationId) => locationSupply(calculator, { channel: SHOP, sku: SKU, location }, { positions, moment: { asOf: NOW } });
    return { locations: coveringLocations({ lines: [{ sku: SKU, quantity: read(requested) }], locations: locations.map(({ id }) => parseLocationId(id)) }, { catalog: NO_POLICY_CATALOG, supply }) };
  }),
  fill: operation({ onHand: text, requested: text, mayBackorder: z.boolean() }, { fill: z.tuple([text, text]) }, ({ onHand, requested, mayBackorder }) => {
    const only = parseLocationId('here');
    const plan = planFulfilment({ lines: [{ sku: SKU, quantity: read(requested) }], locations: [only], mayBackorder: mayBackorder ? [only] : [] }, { catalog: NO_POLICY_CATALOG, supply: () => read(onHand) });
    return { fill: [plan.allocations, plan.backordered].map(([first]) => write(first?.quantity ?? 0)) };
  }),
  onHandFirst: operation({ order: z.array(z.string()), onHand: textBy, mayBackorder: z.array(z.string()), requested: text }, { onHand: textBy, backordered: textBy }, ({ order, onHand, mayBackorder, requested }) => {
    const placed = (names: readonly string[]): LocationId[] => names.map((name) => parseLocationId(name));
    const plan = planFulfilment({ lines: [{ sku: SKU, quantity: read(requested) }], locations: placed(order), mayBackorder: placed(mayBackorder) }, { catalog: NO_POLICY_CATALOG, supply: quantityAt(onHand) });
    const by = (parts: typeof plan.allocations) => Object.fromEntries(parts.map(({ location, quantity }) => [location, write(quantity)]));
    return { onHand: by(plan.allocations), backordered: by(plan.backordered) };
  }),
  lifecycle: operation({ start: z.strictObject({ onHand: text, committed: text }), events: eventsOf('commit', 'cancel', 'ship', 'unship', 'adjust') }, { onHand: text, committed: text, sellable: text }, ({ start, events }) => {
    const books = lifeOf(start, events);
    const position = positionFromBalances({ sku: SKU, scale }, balancesOf(measureBooks(books, { containment: new Map(), returns: 'owner' })));
    const { onHand = 0, committed = 0 } = position.locations.get(parseLocationId('W1')) ?? {};
    return { onHand: write(onHand), committed: write(committed), sellable: unclamped(explain({ steps: FINE, places: [{ id: 'W1', onHand: '0' }], position })) };
  }),
  atp: operation(
    { method: z.enum(['lookAhead', 'discrete', 'cumulative']), onHand: text, days: z.number().int().positive(), demand: textBy, supply: textBy }, { atp: z.array(text), atpAtSupply: textBy },
    ({ method, onHand, days, demand, supply }) => {
      const dated = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([number, quantity]) => ({ day: day(number), quantity: read(quantity) }));
      const promised = availableToPromise({ from: day(1), days, opening: read(onHand), supply: dated(supply), demand: dated(demand) }, method);
      const atp = promised.map(({ quantity }) => write(quantity));
      return { atp, atpAtSupply: Object.fromEntries([...new Set(['1', ...Object.keys(supply)])].map((number) => [number, atp[Number(number) - 1]])) };
    },
  ),
};

