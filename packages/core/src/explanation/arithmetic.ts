import type { LocationId, Sku } from '../identity/ids.ts';
import { NO_STOCK, type LocationStock } from '../ledger/position.ts';
import type { PolicyRule } from '../policy/policy.ts';
import { apportion } from '../quantity/d-hondt.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, multiplyQuantity, scaleQuantity, subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';
import type { ReasonCode, Stage } from './trace.ts';

/** What steps are about. */
export interface About {
  readonly stage: Stage;
  readonly sku: Sku;
  readonly location?: LocationId | undefined;
  readonly rule?: PolicyRule | undefined;
}

/** What one step is, in words; read only when it is traced. */
export interface Note {
  readonly about: About;
  readonly label: string;
  readonly reasonCode?: ReasonCode | undefined;
}

/** A number for each place. */
export interface PerPlace<N> {
  read(place: number): N;
  /** What stands at the places, where each number is nothing but that less what is not sellable and committed. */
  readonly net: { readonly stocks: ReadonlyMap<LocationId, LocationStock>; readonly locations: readonly LocationId[] } | undefined;
}

/**
 * The arithmetic that the stages are written in. One source serves both: plain quantities for `compute`, and numbered
 * steps for `explain`, which therefore cannot end in another number. Words are made only where somebody reads them.
 */
export interface Arithmetic<N> {
  about(stage: Stage, sku: Sku, location?: LocationId | undefined): About;
  /** The same, for steps that a rule is the reason of. */
  because(about: About, rule: PolicyRule): About;
  note(about: About, label: string, reasonCode?: ReasonCode): Note;
  input(value: Quantity, note: Note): N;
  /** What stands at a location, less what is not sellable and what is committed there. */
  net(stock: LocationStock, about: About): N;
  sum(values: readonly N[], note: Note): N;
  add(a: N, b: N, note: Note): N;
  /** The sum of a number for each place. */
  total(places: readonly number[], numbers: PerPlace<N>, note: Note): N;
  subtract(a: N, b: N, note: Note): N;
  min(values: readonly N[], note: Note): N;
  lesser(a: N, b: N, note: Note): N;
  max(values: readonly N[], note: Note): N;
  /** The number, or nothing where it is less. */
  notNegative(a: N, note: Note): N;
  floorDivide(a: N, divisor: Quantity, note: Note): N;
  percentUp(a: N, percentTimes10000: Quantity, note: Note): N;
  percentDown(a: N, percentTimes10000: Quantity, note: Note): N;
  proportionDown(a: N, numerator: N, { denominator, note }: { denominator: N; note: Note }): N;
  /** The part of one of several weights in a number of steps, by D'Hondt's method. */
  apportion(a: N, weights: readonly N[], { index, note }: { index: number; note: Note }): N;
  zeroAtOrBelow(a: N, threshold: N, note: Note): N;
  /** `a * b / c`, rounded up. */
  ratioUp(a: N, numerator: Quantity, { denominator, note }: { denominator: Quantity; note: Note }): N;
  /** The largest whole multiple that is not more. */
  multipleDown(a: N, multiple: Quantity, note: Note): N;
  /** What a rule of one's own made of a number. */
  custom(a: N, result: Quantity, note: Note): N;
  value(number: N): Quantity;
}

const FULL_PERCENT = 1_000_000;

function reduce(values: readonly Quantity[], pick: (a: Quantity, b: Quantity) => Quantity): Quantity {
  let result = values[0] ?? ZERO;
  for (let index = 1; index < values.length; index += 1) result = pick(result, values[index] ?? ZERO);
  return result;
}

function netOf({ onHand, unavailable, committed }: LocationStock): Quantity {
  if (typeof onHand === 'number' && typeof unavailable === 'number' && typeof committed === 'number') {
    const sellable = onHand - unavailable;
    const left = sellable - committed;
    if (Number.isSafeInteger(sellable) && Number.isSafeInteger(left)) return left;
  }
  return subtractQuantities(subtractQuantities(onHand, unavailable), committed);
}

/**
 * The common case of a sum over places, in one loop. Where all quantities together are a safe integer, so is every sum
 * on the way, and one check at the end is enough.
 */
function netTotal({ stocks, locations }: NonNullable<PerPlace<Quantity>['net']>): Quantity {
  let total = 0;
  let size = 0;
  for (let index = 0; index < locations.length; index += 1) {
    const stock = stocks.get(locations[index] as LocationId);
    if (stock === undefined) continue;
    const { onHand, unavailable, committed } = stock;
    if (typeof onHand !== 'number' || typeof unavailable !== 'number' || typeof committed !== 'number') return exactNetTotal({ stocks, locations });
    total += onHand - unavailable - committed;
    size += Math.abs(onHand) + Math.abs(unavailable) + Math.abs(committed);
  }
  return size <= Number.MAX_SAFE_INTEGER ? total : exactNetTotal({ stocks, locations });
}

function exactNetTotal({ stocks, locations }: NonNullable<PerPlace<Quantity>['net']>): Quantity {
  let total: Quantity = ZERO;
  for (const location of locations) total = addQuantities(total, netOf(stocks.get(location) ?? NO_STOCK));
  return total;
}

const NOTHING: About = { stage: 'locationSupply', sku: '' as Sku };
const UNREAD: Note = { about: NOTHING, label: '' };

/** Quantities and nothing else. */
export const plainArithmetic: Arithmetic<Quantity> = {
  about: () => NOTHING,
  because: () => NOTHING,
  note: () => UNREAD,
  input: (value) => value,
  net: netOf,
  sum: (values) => reduce(values, addQuantities),
  add: (a, b) => addQuantities(a, b),
  total: (places, numbers) => {
    if (numbers.net !== undefined) return netTotal(numbers.net);
    let total: Quantity = ZERO;
    for (const place of places) total = addQuantities(total, numbers.read(place));
    return total;
  },
  subtract: (a, b) => subtractQuantities(a, b),
  min: (values) => reduce(values, minQuantity),
  lesser: (a, b) => minQuantity(a, b),
  max: (values) => reduce(values, maxQuantity),
  notNegative: (a) => (compareQuantities(a, ZERO) < 0 ? ZERO : a),
  floorDivide: (a, divisor) => scaleQuantity(a, 1, divisor, 'down'),
  percentUp: (a, percent) => scaleQuantity(a, percent, FULL_PERCENT, 'up'),
  percentDown: (a, percent) => scaleQuantity(a, percent, FULL_PERCENT, 'down'),
  proportionDown: (a, numerator, { denominator }) => scaleQuantity(a, numerator, denominator, 'down'),
  apportion: (a, weights, { index }) => apportion(a, weights)[index] ?? ZERO,
  zeroAtOrBelow: (a, threshold) => (compareQuantities(a, threshold) <= 0 ? ZERO : a),
  ratioUp: (a, numerator, { denominator }) => scaleQuantity(a, numerator, denominator, 'up'),
  multipleDown: (a, multiple) => multiplyQuantity(scaleQuantity(a, 1, multiple, 'down'), multiple),
  custom: (_, result) => result,
  value: (number) => number,
};
