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
  readonly location: LocationId | undefined;
  readonly rule: PolicyRule | undefined;
  /** Decimal digits of the sku's step, where there are any. */
  readonly scale: number | undefined;
}

/** What one step is, in words; made only where it is traced. */
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

/** The words of a step; absent where nobody reads them. */
type Words = Note | undefined;

/**
 * The arithmetic that the stages are written in. One source serves both: plain quantities for `compute`, and the numbers
 * of steps for `explain`, which therefore cannot end in another number. Words are made only where somebody reads them:
 * the three that make them are absent from the plain form, and are called as `ops.note?.(...)`, which then does not even
 * look at what they would be made of.
 *
 * Both forms are classes of methods, and both count in numbers: the compiler can tell from the class what is called, and
 * then takes the plain form apart as if it stood in the stage.
 */
export interface Arithmetic<N> {
  readonly about: ((stage: Stage, sku: Sku, location?: LocationId | undefined) => About) | undefined;
  /** The same, for steps that a rule is the reason of. */
  readonly because: ((about: About | undefined, rule: PolicyRule) => About) | undefined;
  readonly note: ((about: About | undefined, label: string, reasonCode?: ReasonCode) => Note) | undefined;
  input(value: Quantity, note: Words): N;
  /** What stands at a location, less what is not sellable and what is committed there. */
  net(stock: LocationStock, about: About | undefined): N;
  sum(values: readonly N[], note: Words): N;
  add(a: N, b: N, note: Words): N;
  /** The sum of a number for each place. */
  total(places: readonly number[], numbers: PerPlace<N>, note: Words): N;
  subtract(a: N, b: N, note: Words): N;
  min(values: readonly N[], note: Words): N;
  lesser(a: N, b: N, note: Words): N;
  max(values: readonly N[], note: Words): N;
  /** The number, or nothing where it is less. */
  notNegative(a: N, note: Words): N;
  floorDivide(a: N, divisor: Quantity, note: Words): N;
  percentUp(a: N, percentTimes10000: Quantity, note: Words): N;
  percentDown(a: N, percentTimes10000: Quantity, note: Words): N;
  proportionDown(a: N, numerator: N, { denominator, note }: { denominator: N; note: Words }): N;
  /** The part of one of several weights in a number of steps, by D'Hondt's method. */
  apportion(a: N, weights: readonly N[], { index, note }: { index: number; note: Words }): N;
  zeroAtOrBelow(a: N, threshold: N, note: Words): N;
  /** `a * b / c`, rounded up. */
  ratioUp(a: N, numerator: Quantity, { denominator, note }: { denominator: Quantity; note: Words }): N;
  /** The largest whole multiple that is not more. */
  multipleDown(a: N, multiple: Quantity, note: Words): N;
  /** What a rule of one's own made of a number. */
  custom(a: N, result: Quantity, note: Words): N;
  value(number: N): Quantity;
}

const FULL_PERCENT = 1_000_000;

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

/** Quantities and nothing else. */
class PlainArithmetic implements Arithmetic<Quantity> {
  get about(): undefined {
    return undefined;
  }

  get because(): undefined {
    return undefined;
  }

  get note(): undefined {
    return undefined;
  }

  input(value: Quantity): Quantity {
    return value;
  }

  net(stock: LocationStock): Quantity {
    return netOf(stock);
  }

  sum(values: readonly Quantity[]): Quantity {
    let total: Quantity = ZERO;
    for (let index = 0; index < values.length; index += 1) total = addQuantities(total, values[index] ?? ZERO);
    return total;
  }

  add(a: Quantity, b: Quantity): Quantity {
    return addQuantities(a, b);
  }

  total(places: readonly number[], numbers: PerPlace<Quantity>): Quantity {
    if (numbers.net !== undefined) return netTotal(numbers.net);
    let total: Quantity = ZERO;
    for (let index = 0; index < places.length; index += 1) total = addQuantities(total, numbers.read(places[index] ?? 0));
    return total;
  }

  subtract(a: Quantity, b: Quantity): Quantity {
    return subtractQuantities(a, b);
  }

  min(values: readonly Quantity[]): Quantity {
    let least = values[0] ?? ZERO;
    for (let index = 1; index < values.length; index += 1) least = minQuantity(least, values[index] ?? ZERO);
    return least;
  }

  lesser(a: Quantity, b: Quantity): Quantity {
    return minQuantity(a, b);
  }

  max(values: readonly Quantity[]): Quantity {
    let most = values[0] ?? ZERO;
    for (let index = 1; index < values.length; index += 1) most = maxQuantity(most, values[index] ?? ZERO);
    return most;
  }

  notNegative(a: Quantity): Quantity {
    return compareQuantities(a, ZERO) < 0 ? ZERO : a;
  }

  floorDivide(a: Quantity, divisor: Quantity): Quantity {
    return scaleQuantity(a, 1, divisor, 'down');
  }

  percentUp(a: Quantity, percent: Quantity): Quantity {
    return scaleQuantity(a, percent, FULL_PERCENT, 'up');
  }

  percentDown(a: Quantity, percent: Quantity): Quantity {
    return scaleQuantity(a, percent, FULL_PERCENT, 'down');
  }

  proportionDown(a: Quantity, numerator: Quantity, { denominator }: { denominator: Quantity }): Quantity {
    return scaleQuantity(a, numerator, denominator, 'down');
  }

  apportion(a: Quantity, weights: readonly Quantity[], { index }: { index: number }): Quantity {
    return apportion(a, weights)[index] ?? ZERO;
  }

  zeroAtOrBelow(a: Quantity, threshold: Quantity): Quantity {
    return compareQuantities(a, threshold) <= 0 ? ZERO : a;
  }

  ratioUp(a: Quantity, numerator: Quantity, { denominator }: { denominator: Quantity }): Quantity {
    return scaleQuantity(a, numerator, denominator, 'up');
  }

  multipleDown(a: Quantity, multiple: Quantity): Quantity {
    return multiplyQuantity(scaleQuantity(a, 1, multiple, 'down'), multiple);
  }

  custom(_: Quantity, result: Quantity): Quantity {
    return result;
  }

  value(number: Quantity): Quantity {
    return number;
  }
}

export const plainArithmetic: Arithmetic<Quantity> = new PlainArithmetic();
