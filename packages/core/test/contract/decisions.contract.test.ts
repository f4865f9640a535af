import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  acceptObservation, availableToPromise, balancesOf, coveringLocations, createAvailability, decideHold, emptyBooks, formatQuantity, giveUpExcess, holdsOf, measureBooks, parseCatalog, parseChannelId, parseDay, parseInstant,
  parseLocationId, parseObservation, parsePolicy, parseQuantity, parseSku, planFulfilment, positionFromBalances, releaseHold, type AvailabilityCalculator, type Books, type HoldDecision, type HoldRecord,
  type HoldRequestLine, type PolicyInput, type Position, type PositionReader, type Quantity,
} from '../../src/index.ts';

/*
 * What other systems' tests, documents and threads say is right, asked of the public functions. What each operation means
 * stands in the file itself; here is only the way from its words to ours.
 */
const repository = resolve(import.meta.dirname, '../../../..');
const file = resolve(process.env['STOCKWRIGHT_SHARED'] ?? resolve(repository, '../shared'), 'vectors/vectors.json');
const isThere = existsSync(file);
if (!isThere && process.env['CI'] === undefined) console.warn(`The vectors are not at ${file}; they are not checked. Name their folder by STOCKWRIGHT_SHARED.`);

interface Place { readonly id: string; readonly onHand: string; readonly reserved?: string; readonly allocated?: string; readonly committed?: string; readonly active?: boolean; readonly status?: string }
interface Input {
  readonly locations: readonly Place[]; readonly outOfStockThreshold?: string; readonly backorder?: string; readonly maxQty?: string; readonly minQty?: string; readonly increment?: string; readonly allowDecimal?: boolean;
  readonly requested: string; readonly sellable: string; readonly partial: boolean; readonly onHand: never; readonly mayBackorder: never; readonly order: readonly string[];
  readonly stock: Readonly<Record<string, Readonly<Record<string, string>>>>; readonly lines: readonly (readonly [string, string])[]; readonly quantityPer?: string;
  readonly start: Readonly<Record<'onHand' | 'committed', string>>; readonly events: readonly (readonly [string, string])[]; readonly pools: Readonly<Record<string, readonly string[]>>;
  readonly requests: readonly (readonly [string, string])[]; readonly method: 'lookAhead' | 'discrete' | 'cumulative'; readonly days: number;
  readonly demand: Readonly<Record<string, string>>; readonly supply: never; readonly percent: Readonly<Record<string, string>>; readonly override: Readonly<Record<string, string>>; readonly ordered: string;
}
interface Vector { readonly id: string; readonly op: string; readonly input: Input; readonly expect: Readonly<Record<string, never>> }
const vectors: readonly Vector[] = isThere ? (JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }).vectors : [];

const SCALE = 4;
const SKU = parseSku('X');
const SHOP = parseChannelId('shop');
const NOW = parseInstant('2026-11-23T12:00:00Z');
const LATER = parseInstant('2026-11-23T13:00:00Z');
const read = (value: string): Quantity => parseQuantity(value, { scale: SCALE });
const write = (value: Quantity): string => formatQuantity(value, SCALE);

function stockAt(places: readonly Place[]): Position {
  const locations = places.filter(({ active = true, status }) => active && status !== 'outOfStock').map(({ id, onHand, reserved = '0', allocated = '0', committed = '0' }) => [
    parseLocationId(id), { onHand: read(onHand), unavailable: 0, committed: [reserved, allocated, committed].map(read).reduce((a, b) => Number(a) + Number(b), 0), incoming: 0, inTransit: 0 },
  ] as const);
  return { sku: SKU, scale: SCALE, locations: new Map(locations), unrouted: new Map(), holds: [] };
}

function calculatorFor({ locations = [], outOfStockThreshold = '0', backorder }: Partial<Input>): AvailabilityCalculator {
  const who = { owner: 'other systems', reason: 'vector' };
  const beyond = backorder ?? (outOfStockThreshold.startsWith('-') ? outOfStockThreshold.slice(1) : undefined);
  const rules: NonNullable<PolicyInput['rules']> = [
    ...(outOfStockThreshold.startsWith('-') ? [] : [{ ...who, id: 'keep', kind: 'buffer' as const, withhold: { fixed: outOfStockThreshold } }]),
    ...(beyond === undefined ? [] : [{ ...who, id: 'beyond', kind: 'backorderLimit' as const, limit: beyond }]),
  ];
  const places = locations.length === 0 ? ['nowhere'] : locations.map(({ id }) => id);
  return createAvailability({ catalog: parseCatalog([{ sku: 'X', scale: SCALE }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: places }], rules }) });
}

const readerOf = (position: Position): PositionReader => ({ position: () => position, promised: () => ({ backordered: new Map(), preordered: new Map() }) });

function ask(input: Partial<Input>, quantity: string, grant: 'all' | 'part'): HoldDecision {
  const { maxQty, minQty, increment, allowDecimal = false, locations = [] } = input;
  const limits: HoldRequestLine['limits'] = {
    ...(maxQty === undefined ? {} : { most: read(maxQty) }), ...(minQty === undefined ? {} : { least: read(minQty) }),
    ...(increment === undefined && allowDecimal ? {} : { multipleOf: read(increment ?? '1') }),
  };
  const request = { id: 'cart', channel: SHOP, expiresAt: LATER, grant, lines: [{ sku: SKU, quantity: read(quantity), promise: 'backorder' as const, limits }] };
  return decideHold(calculatorFor(input), request, { positions: readerOf(stockAt(locations)), asOf: NOW });
}
const grantedOf = ({ lines }: HoldDecision): string => write(lines[0]?.granted ?? 0);

/** Stock of a number, wherever it is. */
const somewhere = (onHand: string): Partial<Input> => ({ locations: [{ id: 'here', onHand }], allowDecimal: true });

function lifecycle({ start, events }: Input): { books: Books; rules: Parameters<typeof measureBooks>[1] } {
  const rules = { containment: new Map(), returns: 'owner' as const };
  const at = (minute: number): string => new Date(Date.parse(NOW) + minute * 60_000).toISOString();
  const place = { source: 'wms', sku: 'X', location: 'W1' };
  let books = acceptObservation(emptyBooks(SKU, SCALE), parseObservation({ kind: 'stock', ...place, asOf: at(0), measures: start }));
  const orders: { ordered: number; fulfilled: number; cancelled: number }[] = [];
  const tell = (minute: number): void => {
    orders.forEach((order, index) => {
      books = acceptObservation(books, parseObservation({ kind: 'order', channel: 'shop', orderId: `#${String(index)}`, revision: at(minute), placedAt: at(1), lines: [{ id: '1', sku: 'X', location: 'W1', ...order, returned: 0 }] }));
    });
  };
  events.forEach(([what, text], index) => {
    let left = Number(text);
    if (what === 'adjust') books = acceptObservation(books, parseObservation({ kind: 'delta', ...place, id: String(index), at: at(index + 1), measure: 'onHand', delta: text }));
    if (what === 'commit') orders.push({ ordered: left, fulfilled: 0, cancelled: 0 });
    for (const order of orders) {
      const open = order.ordered - order.fulfilled - order.cancelled;
      const some = Math.min(left, what === 'unship' ? order.fulfilled : open);
      if (what === 'ship') order.fulfilled += some;
      if (what === 'unship') order.fulfilled -= some;
      if (what === 'cancel') order.cancelled += some;
      if (['ship', 'unship', 'cancel'].includes(what)) left -= some;
    }
    tell(index + 1);
  });
  return { books, rules };
}

const OPERATIONS: Readonly<Record<string, (input: Input) => unknown>> = {
  canSell: (input) => ({
    sellable: grantedOf(ask({ ...input, allowDecimal: true }, '1000000', 'part')),
    requests: (quantity: string) => ask(input, quantity, 'all').status === 'granted',
  }),
  grant: (input) => ({ granted: grantedOf(ask({ ...input, allowDecimal: true }, input.requested, 'part')), sellable: grantedOf(ask({ ...input, allowDecimal: true }, '1000000', 'part')) }),
  grantPolicy: ({ sellable, requested, partial }) => ({ granted: grantedOf(ask(somewhere(sellable), requested, partial ? 'part' : 'all')) }),
  shortage: ({ sellable, requested }) => ({ backordered: write(ask({ ...somewhere(sellable), backorder: 'unlimited' }, requested, 'all').lines[0]?.beyondStock ?? 0) }),
  race: ({ stock, requests }) => {
    const total = Object.values(stock as unknown as Record<string, string>).reduce((sum, value) => sum + Number(value), 0);
    const holds: HoldRecord[] = [];
    return {
      accepted: requests.map(([, quantity], index) => {
        const position = { ...stockAt([{ id: 'here', onHand: String(total) }]), holds: holdsOf(SKU, holds, () => false) };
        const request = { id: String(index), channel: SHOP, expiresAt: LATER, grant: 'all' as const, lines: [{ sku: SKU, quantity: read(quantity) }] };
        const { hold } = decideHold(calculatorFor(somewhere('0')), request, { positions: readerOf(position), asOf: NOW });
        if (hold !== undefined) holds.push(hold);
        return hold !== undefined;
      }),
    };
  },
  holds: ({ ordered, events }) => {
    let holds: HoldRecord[] = [];
    const reserved = events.map(([what, quantity], index) => {
      const claimed = holdsOf(SKU, holds, () => false);
      if (what === 'reserve') {
        const position = { ...stockAt([{ id: 'here', onHand: ordered }]), holds: claimed };
        const { hold } = decideHold(calculatorFor(somewhere('0')), { id: `${String(index)} ${quantity}`, channel: SHOP, expiresAt: LATER, grant: 'all', lines: [{ sku: SKU, quantity: read(quantity) }] }, { positions: readerOf(position), asOf: NOW });
        if (hold !== undefined) holds.push(hold);
      } else {
        holds = holds.map((hold) => (hold.id.endsWith(` ${quantity}`) ? releaseHold(hold).hold : hold));
      }
      return write(holdsOf(SKU, holds, () => false).reduce<Quantity>((sum, hold) => Number(sum) + Number(hold.quantity), 0));
    });
    return { reserved };
  },
  split: ({ order, stock, lines, quantityPer = '1' }) => {
    const skus = [...new Set([...Object.keys(stock), ...lines.map(([sku]) => sku)])];
    const items = skus.map((sku) => ({ sku, scale: SCALE }));
    const isKit = quantityPer !== '1';
    const catalog = parseCatalog([...items, ...(isKit ? skus.map((sku) => ({ sku: `KIT ${sku}`, components: [{ sku, quantityPer }] })) : [])]);
    const plan = planFulfilment({
      lines: lines.map(([sku, quantity]) => ({ sku: parseSku(isKit ? `KIT ${sku}` : sku), quantity: isKit ? Number(quantity) : read(quantity) })), locations: order.map((location) => parseLocationId(location)),
    }, { catalog, supply: (sku, location) => read(stock[sku]?.[location] ?? '0') });
    const allocations = Object.fromEntries(lines.map(([sku]): [string, Record<string, string>] => [sku, {}]));
    for (const { sku, location, quantity } of plan.allocations) {
      const of = allocations[sku.replace('KIT ', '')];
      if (of !== undefined) of[location] = isKit ? String(Number(quantity) * Number(quantityPer)) : write(quantity);
    }
    return { allocations, complete: plan.isComplete, packages: new Set(plan.allocations.map(({ location }) => location)).size };
  },
  eligible: ({ locations, requested }) => ({
    locations: coveringLocations({ lines: [{ sku: SKU, quantity: read(requested) }], locations: locations.map(({ id }) => parseLocationId(id)) }, {
      catalog: parseCatalog([{ sku: 'X', scale: SCALE }]),
      supply: (_, location) => { const { onHand = 0, committed = 0 } = stockAt(locations).locations.get(location) ?? {}; return Number(onHand) - Number(committed); },
    }),
  }),
  fill: ({ onHand, requested, mayBackorder }) => {
    const here = parseLocationId('here');
    const plan = planFulfilment({ lines: [{ sku: SKU, quantity: read(requested) }], locations: [here], mayBackorder: mayBackorder ? [here] : [] }, { catalog: parseCatalog([{ sku: 'X', scale: SCALE }]), supply: () => read(onHand) });
    return { fill: [plan.allocations, plan.backordered].map(([first]) => write(first?.quantity ?? 0)) };
  },
  onHandFirst: ({ order, onHand, mayBackorder, requested }) => {
    const plan = planFulfilment({ lines: [{ sku: SKU, quantity: read(requested) }], locations: order.map((location) => parseLocationId(location)), mayBackorder: (mayBackorder as string[]).map((location) => parseLocationId(location)) }, {
      catalog: parseCatalog([{ sku: 'X', scale: SCALE }]), supply: (_, location) => read((onHand as Record<string, string>)[location] ?? '0'),
    });
    const by = (parts: typeof plan.allocations) => Object.fromEntries(parts.map(({ location, quantity }) => [location, write(quantity)]));
    return { onHand: by(plan.allocations), backordered: by(plan.backordered) };
  },
  lifecycle: (input) => {
    const { books, rules } = lifecycle(input);
    const position = positionFromBalances({ sku: SKU, scale: SCALE }, balancesOf(measureBooks(books, rules)));
    const { onHand = 0, committed = 0 } = position.locations.get(parseLocationId('W1')) ?? {};
    const sellable = calculatorFor({ locations: [{ id: 'W1', onHand: '0' }] }).compute({ channel: SHOP, sku: SKU }, readerOf(position), { asOf: NOW }).immediate;
    return { onHand: write(onHand), committed: write(committed), sellable: write(sellable ?? 0) };
  },
  atp: ({ method, onHand, days, demand, supply }) => {
    const day = (number: number | string) => parseDay(`2026-11-${String(number).padStart(2, '0')}`);
    const dated = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([number, quantity]) => ({ day: day(number), quantity: read(quantity) }));
    const promised = availableToPromise({ from: day(1), days, opening: read(onHand), supply: dated(supply), demand: dated(demand) }, method);
    return { atp: promised.map(({ quantity }) => write(quantity)), atpAtSupply: Object.fromEntries(promised.flatMap(({ day: when, quantity }) => (quantity === 0 ? [] : [[String(Number(when.slice(-2))), write(quantity)]]))) };
  },
  overrideExcess: ({ supply, percent, override }) => ({
    allocated: Object.fromEntries(giveUpExcess(read(supply), Object.entries(override).map(([id, quantity]) => ({ id, quantity: read(quantity), weight: read(percent[id] ?? '0') }))).map(({ id, quantity }) => [id, write(quantity)])),
  }),
};

describe('what other systems found to be right', () => {
  it.runIf(process.env['CI'] !== undefined)('can be checked', () => {
    expect(isThere, `${file} is missing`).toBe(true);
  });

  const ours = vectors.filter(({ op }) => op in OPERATIONS);
  it.skipIf(!isThere)('is there for every operation of this file', () => {
    expect([...new Set(ours.map(({ op }) => op))].sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it.skipIf(!isThere).each(ours)('$op: $id', ({ op, input, expect: expected }) => {
    const answer = OPERATIONS[op]?.(input) as Record<string, unknown>;
    for (const [name, value] of Object.entries(expected as Record<string, unknown>)) {
      const told = answer[name];
      const shown = typeof told === 'function' ? Object.fromEntries(Object.keys(value as object).map((quantity) => [quantity, (told as (quantity: string) => boolean)(quantity)])) : told;
      expect({ [name]: shown }).toEqual({ [name]: value });
    }
  });
});
