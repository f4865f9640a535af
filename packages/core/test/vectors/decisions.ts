import { z } from 'zod';
import {
  acceptObservation, addMs, availableToPromise, balancesOf, coveringLocations, dayOf, decideHold, emptyBooks, holdsOf, locationSupply, measureBooks,
  orderFromEvents, parseCatalog, parseChannelId, parseLocationId, parseObservation, parseQuantity, parseSku, planFulfilment, positionFromBalances,
  type BookingRules, type Books, type HoldDecision, type HoldRecord, type HoldRequest, type HoldRequestLine, type LocationId, type OrderEvent, type OrderHistory, type Position, type Quantity, type QuantityText,
} from '@stockwright/core';
import { questionOf, sellableOf, type Stocked } from './numbers.ts';
import { answersTo, FINE, here, LATER, linesOf, NOW, operation, place, positionAt, refusedAsInput, SHOP, signed, SKU, text, textBy, worldOf, type Operation } from './words.ts';

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
  const lines = linesOf<HoldRequestLine>({ sku: SKU, quantity: read(quantity), promise: 'backorder', limits: limitsOf(stocked) });
  return decideHold(calculator, { id: 'asked', channel: SHOP, expiresAt: LATER, grant, lines }, world);
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
    const request: HoldRequest = { id: String(index), channel: parseChannelId(pool), expiresAt: LATER, grant: 'all', lines: [{ sku: SKU, quantity: read(quantity) }] };
    const hold = refusedAsInput(() => decideHold(calculator, request, world))?.hold;
    if (hold !== undefined) holds.push(hold);
    return hold !== undefined;
  });
}

const BOOKING: BookingRules = { containment: new Map(), returns: 'owner' };
const at = (minute: number) => addMs(NOW, minute * 60_000);
/** The one order of a history, all of it on one line. */
const ORDER: Omit<OrderHistory, 'events'> = { channel: SHOP, orderId: '#1', lines: [{ id: '1', sku: SKU, location: parseLocationId('W1') }] };
const orderEvent = (kind: OrderEvent['kind'], quantity: string, minute: number): OrderEvent => ({ id: String(minute), line: '1', at: at(minute), kind, quantity: quantity as QuantityText });
const countedAt = (onHand: string): Books => acceptObservation(emptyBooks(SKU, scale), parseObservation({ kind: 'stock', source: 'wms', sku: SKU, location: 'W1', asOf: NOW, measures: { onHand, committed: '0' } }));
const positionIn = (books: Books): Position => positionFromBalances({ sku: SKU, scale }, balancesOf(measureBooks(books, BOOKING)));
const standingIn = (books: Books) => positionIn(books).locations.get(parseLocationId('W1')) ?? { onHand: 0, committed: 0 };

/** What is reserved of an order's stock after each event. */
function reservations(ordered: string, events: readonly (readonly ['reserve' | 'cancel', string])[]): readonly string[] {
  let books = countedAt(ordered);
  const told: OrderEvent[] = [];
  return events.map(([what, quantity], index) => {
    const { calculator, world } = worldOf({ steps: FINE, places: [{ id: 'W1', onHand: '0' }], position: positionIn(books) });
    const asked = linesOf({ sku: SKU, quantity: read(quantity) });
    const mayBe = what === 'cancel' ? asked.length > 0 : decideHold(calculator, { id: 'asked', channel: SHOP, expiresAt: LATER, grant: 'all', lines: asked }, world).status === 'granted';
    if (mayBe) {
      told.push(orderEvent(what === 'reserve' ? 'ordered' : 'cancelled', quantity, index + 1));
      books = acceptObservation(books, orderFromEvents({ ...ORDER, events: told }));
    }
    return write(standingIn(books).committed);
  });
}

const LIFE = { commit: 'ordered', cancel: 'cancelled', ship: 'fulfilled', unship: 'fulfilmentUndone' } as const;
type LifeEvent = readonly ['commit' | 'cancel' | 'ship' | 'unship' | 'adjust', string];

function lifeOf(start: Readonly<Record<'onHand' | 'committed', string>>, events: readonly LifeEvent[]): Books {
  let books = countedAt(start.onHand);
  const told: OrderEvent[] = [];
  ([['commit', start.committed], ...events] as const).forEach(([what, quantity], index) => {
    if (linesOf({ quantity: read(quantity) }).length === 0) return;
    if (what === 'adjust') {
      books = acceptObservation(books, parseObservation({ kind: 'delta', source: 'wms', sku: SKU, location: 'W1', id: String(index), at: at(index + 1), measure: 'onHand', delta: quantity }));
      return;
    }
    told.push(orderEvent(LIFE[what], quantity, index + 1));
    books = acceptObservation(books, orderFromEvents({ ...ORDER, events: told }));
  });
  return books;
}

/** Lines of kits where a kit takes some units of a component; what is allocated is told in units of those. */
function split({ order, stock, lines, quantityPer }: { readonly order: readonly string[]; readonly stock: Readonly<Record<string, Readonly<Record<string, string>>>>; readonly lines: readonly (readonly [string, string])[]; readonly quantityPer?: string | undefined }) {
  const skus = [...new Set([...Object.keys(stock), ...lines.map(([sku]) => sku)])];
  const soldAs = (sku: string): string => (quantityPer === undefined ? sku : `kit of ${sku}`);
  const recipes = quantityPer === undefined ? [] : skus.map((sku) => ({ sku: soldAs(sku), components: [{ sku, quantityPer }] }));
  const catalog = parseCatalog([...skus.map((sku) => ({ sku, scale })), ...recipes]);
  const asked = lines.map(([sku, quantity]) => ({ sku: parseSku(soldAs(sku)), quantity: quantityPer === undefined ? read(quantity) : parseQuantity(quantity) }));
  const { picks, shipsFrom, isComplete } = planFulfilment({ lines: linesOf(...asked), locations: order.map((location) => parseLocationId(location)) }, { catalog, supply: (sku, location) => read(stock[sku]?.[location] ?? '0') });
  const allocations = lines.map(([sku]) => [sku, Object.fromEntries(picks.filter((pick) => pick.sku === sku).map(({ location, quantity }) => [location, write(quantity)]))] as const);
  return { allocations: Object.fromEntries(allocations), complete: isComplete, packages: shipsFrom.length };
}

const day = (number: string | number) => dayOf(addMs(NOW, (Number(number) - 1) * 86_400_000));
const quantityAt = (stock: Readonly<Record<string, string>>) => (_: unknown, location: LocationId): Quantity => read(stock[location] ?? '0');

const stocked = { locations: z.array(place), outOfStockThreshold: text.optional() };

/** What may be granted, promised and shipped: operations that ask for decisions. */
export const DECISIONS: Readonly<Record<string, Operation>> = {
  canSell: operation(
    { ...stocked, backorder: z.union([z.literal('unlimited'), text]).optional(), maxQty: text.optional(), minQty: text.optional(), increment: text.optional(), allowDecimal: z.boolean().optional() },
    { sellable: z.union([z.literal('unlimited'), text]), requests: answersTo },
    (input) => ({
      sellable: () => sellableOf(input),
      requests: (asked: object) => Object.fromEntries(Object.keys(asked).map((quantity) => [quantity, refusedAsInput(() => ask(input, quantity, 'all'))?.status === 'granted'])),
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
    return { locations: coveringLocations({ lines: linesOf({ sku: SKU, quantity: read(requested) }), locations: locations.map(({ id }) => parseLocationId(id)) }, { catalog: NO_POLICY_CATALOG, supply }) };
  }),
  fill: operation({ onHand: text, requested: text, mayBackorder: z.boolean() }, { fill: z.tuple([text, text]) }, ({ onHand, requested, mayBackorder }) => {
    const only = parseLocationId('here');
    const plan = planFulfilment({ lines: linesOf({ sku: SKU, quantity: read(requested) }), locations: [only], mayBackorder: mayBackorder ? [only] : [] }, { catalog: NO_POLICY_CATALOG, supply: () => read(onHand) });
    return { fill: [plan.allocations, plan.backordered].map(([first]) => write(first?.quantity ?? 0)) };
  }),
  onHandFirst: operation({ order: z.array(z.string()), onHand: textBy, mayBackorder: z.array(z.string()), requested: text }, { onHand: textBy, backordered: textBy }, ({ order, onHand, mayBackorder, requested }) => {
    const placed = (names: readonly string[]): LocationId[] => names.map((name) => parseLocationId(name));
    // Other systems say of every place whether it may take backorders, also of those that nobody asks.
    const takers = placed(mayBackorder.filter((name) => order.includes(name)));
    const plan = planFulfilment({ lines: linesOf({ sku: SKU, quantity: read(requested) }), locations: placed(order), mayBackorder: takers }, { catalog: NO_POLICY_CATALOG, supply: quantityAt(onHand) });
    const by = (parts: typeof plan.allocations) => Object.fromEntries(parts.map(({ location, quantity }) => [location, write(quantity)]));
    return { onHand: by(plan.allocations), backordered: by(plan.backordered) };
  }),
  lifecycle: operation({ start: z.strictObject({ onHand: text, committed: text }), events: eventsOf('commit', 'cancel', 'ship', 'unship', 'adjust') }, { onHand: text, committed: text, sellable: text }, ({ start, events }) => {
    const books = lifeOf(start, events);
    const { onHand, committed } = standingIn(books);
    return { onHand: write(onHand), committed: write(committed), sellable: signed({ steps: FINE, places: [{ id: 'W1', onHand: '0' }], position: positionIn(books) }) };
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

