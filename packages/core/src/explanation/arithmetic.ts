import type { LocationId, Sku } from '../identity/ids.ts';
import { NO_STOCK, type LocationStock } from '../ledger/position.ts';
import type { PolicyRule } from '../policy/policy.ts';
import { apportion } from '../quantity/d-hondt.ts';
import { kitsFrom, type PerKit } from '../quantity/per-kit.ts';
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

/** What stands at places each of which gives nothing but that less what is not sellable and committed, and less what is held back there. */
export interface PlainStocks {
  readonly at: ReadonlyMap<LocationId, LocationStock>;
  /** What is held back at the place of a number, at most what is there; absent where nothing is anywhere. */
  readonly held: readonly number[] | undefined;
}

/** A number for each place. */
export interface PerPlace<N> {
  read(place: number): N;
  /** What each number is made of, where that is plain, and the ids of the places in their order. */
  readonly net: { readonly stocks: PlainStocks; readonly locations: readonly LocationId[] } | undefined;
}

/** The words of a step; absent where nobody reads them. */
type Words = Note | undefined;

/**
 * The arithmetic that the stages are written in. One source serves both: plain quantities for `compute`, and the numbers
 * of steps for `explain`, which therefore cannot end in another number. Words are made only where somebody reads them:
 * the three that make them are absent from the plain form, and are called as `ops.note?.(...)`, which then does not even
 * look at what they would be made of.
 *
 * The stages see one class for both, {@link OneArithmetic}: the compiler can then tell what is called, and takes the plain
 * form apart as if it stood in the stage. With two classes it has to look which one it is at every step, once anybody has
 * asked for an explanation.
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
  floorDivide(a: N, divisor: PerKit, note: Words): N;
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
function netTotal(places: readonly number[], net: NonNullable<PerPlace<Quantity>['net']>): Quantity {
  const { stocks: { at, held }, locations } = net;
  let total = 0;
  let size = 0;
  for (let index = 0; index < locations.length; index += 1) {
    const stock = at.get(locations[index] as LocationId);
    if (stock === undefined) continue;
    const { onHand, unavailable, committed } = stock;
    if (typeof onHand !== 'number' || typeof unavailable !== 'number' || typeof committed !== 'number') return exactNetTotal(places, net);
    const left = onHand - unavailable - committed;
    total += held === undefined || left <= 0 ? left : left - Math.min(left, held[places[index] as number] as number);
    size += Math.abs(onHand) + Math.abs(unavailable) + Math.abs(committed);
  }
  return size <= Number.MAX_SAFE_INTEGER ? total : exactNetTotal(places, net);
}

function exactNetTotal(places: readonly number[], { stocks: { at, held }, locations }: NonNullable<PerPlace<Quantity>['net']>): Quantity {
  return locations.reduce<Quantity>((total, location, index) => addQuantities(total, lessHeld(netOf(at.get(location) ?? NO_STOCK), held?.[places[index] as number] ?? ZERO)), ZERO);
}

function lessHeld(from: Quantity, wish: Quantity): Quantity {
  return subtractQuantities(from, minQuantity(wish, maxQuantity(from, ZERO)));
}

type Traceable = Arithmetic<Quantity>;

/** Quantities and nothing else, or whatever another arithmetic makes of the same calls. */
export class OneArithmetic implements Traceable {
  readonly about: Traceable['about'];
  readonly because: Traceable['because'];
  readonly note: Traceable['note'];
  readonly #other: Traceable | undefined;

  constructor(other?: Traceable) {
    this.#other = other;
    this.about = other?.about?.bind(other);
    this.because = other?.because?.bind(other);
    this.note = other?.note?.bind(other);
  }

  input(value: Quantity, note: Words): Quantity {
    return this.#other === undefined ? value : this.#other.input(value, note);
  }

  net(stock: LocationStock, about: About | undefined): Quantity {
    return this.#other === undefined ? netOf(stock) : this.#other.net(stock, about);
  }

  sum(values: readonly Quantity[], note: Words): Quantity {
    if (this.#other !== undefined) return this.#other.sum(values, note);
    let total: Quantity = ZERO;
    for (let index = 0; index < values.length; index += 1) total = addQuantities(total, values[index] ?? ZERO);
    return total;
  }

  add(a: Quantity, b: Quantity, note: Words): Quantity {
    return this.#other === undefined ? addQuantities(a, b) : this.#other.add(a, b, note);
  }

  total(places: readonly number[], numbers: PerPlace<Quantity>, note: Words): Quantity {
    if (this.#other !== undefined) return this.#other.total(places, numbers, note);
    if (numbers.net !== undefined) return netTotal(places, numbers.net);
    let total: Quantity = ZERO;
    for (let index = 0; index < places.length; index += 1) total = addQuantities(total, numbers.read(places[index] ?? 0));
    return total;
  }

  subtract(a: Quantity, b: Quantity, note: Words): Quantity {
    return this.#other === undefined ? subtractQuantities(a, b) : this.#other.subtract(a, b, note);
  }

  min(values: readonly Quantity[], note: Words): Quantity {
    if (this.#other !== undefined) return this.#other.min(values, note);
    let least = values[0] ?? ZERO;
    for (let index = 1; index < values.length; index += 1) least = minQuantity(least, values[index] ?? ZERO);
    return least;
  }

  lesser(a: Quantity, b: Quantity, note: Words): Quantity {
    return this.#other === undefined ? minQuantity(a, b) : this.#other.lesser(a, b, note);
  }

  max(values: readonly Quantity[], note: Words): Quantity {
    if (this.#other !== undefined) return this.#other.max(values, note);
    let most = values[0] ?? ZERO;
    for (let index = 1; index < values.length; index += 1) most = maxQuantity(most, values[index] ?? ZERO);
    return most;
  }

  notNegative(a: Quantity, note: Words): Quantity {
    return this.#other === undefined ? (compareQuantities(a, ZERO) < 0 ? ZERO : a) : this.#other.notNegative(a, note);
  }

  floorDivide(a: Quantity, divisor: PerKit, note: Words): Quantity {
    return this.#other === undefined ? kitsFrom(divisor, a) : this.#other.floorDivide(a, divisor, note);
  }

  percentUp(a: Quantity, percent: Quantity, note: Words): Quantity {
    return this.#other === undefined ? scaleQuantity(a, percent, FULL_PERCENT, 'up') : this.#other.percentUp(a, percent, note);
  }

  percentDown(a: Quantity, percent: Quantity, note: Words): Quantity {
    return this.#other === undefined ? scaleQuantity(a, percent, FULL_PERCENT, 'down') : this.#other.percentDown(a, percent, note);
  }

  proportionDown(a: Quantity, numerator: Quantity, rest: { denominator: Quantity; note: Words }): Quantity {
    return this.#other === undefined ? scaleQuantity(a, numerator, rest.denominator, 'down') : this.#other.proportionDown(a, numerator, rest);
  }

  apportion(a: Quantity, weights: readonly Quantity[], rest: { index: number; note: Words }): Quantity {
    return this.#other === undefined ? (apportion(a, weights)[rest.index] ?? ZERO) : this.#other.apportion(a, weights, rest);
  }

  zeroAtOrBelow(a: Quantity, threshold: Quantity, note: Words): Quantity {
    return this.#other === undefined ? (compareQuantities(a, threshold) <= 0 ? ZERO : a) : this.#other.zeroAtOrBelow(a, threshold, note);
  }

  ratioUp(a: Quantity, numerator: Quantity, rest: { denominator: Quantity; note: Words }): Quantity {
    return this.#other === undefined ? scaleQuantity(a, numerator, rest.denominator, 'up') : this.#other.ratioUp(a, numerator, rest);
  }

  multipleDown(a: Quantity, multiple: Quantity, note: Words): Quantity {
    return this.#other === undefined ? multiplyQuantity(scaleQuantity(a, 1, multiple, 'down'), multiple) : this.#other.multipleDown(a, multiple, note);
  }

  custom(a: Quantity, result: Quantity, note: Words): Quantity {
    return this.#other === undefined ? result : this.#other.custom(a, result, note);
  }

  value(number: Quantity): Quantity {
    return this.#other === undefined ? number : this.#other.value(number);
  }
}

/** Quantities and nothing else. */
export const plainArithmetic: Arithmetic<Quantity> = new OneArithmetic();
