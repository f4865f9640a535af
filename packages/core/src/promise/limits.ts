import type { Sku } from '../identity/ids.ts';
import { addQuantities, compareQuantities, greatestCommonDivisor, maxQuantity, minQuantity, multiplyQuantity, scaleQuantity, type Quantity } from '../quantity/quantity.ts';

/** How much of one sku may be asked for at a time, on all lines together. In steps of the sku; where lines of a sku name several limits, all of them hold. @public */
export interface RequestLimits {
  /** `>= 0`; 0 is none. */
  readonly least?: Quantity | undefined;
  /** `>= 0`; with 0 nothing may be asked for. */
  readonly most?: Quantity | undefined;
  /** Greater than zero. */
  readonly multipleOf?: Quantity | undefined;
}

/** Why a line was not granted in full. @public */
export type HoldReason = 'NOT_ENOUGH' | 'BELOW_LEAST' | 'ABOVE_MOST' | 'NOT_A_MULTIPLE' | 'OTHER_LINES';

/** What is asked for of one sku, on all lines together, and within which limits. */
export interface Wish extends RequestLimits {
  readonly requested: Quantity;
}

/** What is asked for of each sku: limits are of the sku, so where its lines name several all of them hold for their sum. */
export function wishesOf(lines: readonly { readonly sku: Sku; readonly quantity: Quantity; readonly limits?: RequestLimits | undefined }[]): ReadonlyMap<Sku, Wish> {
  const wishes = new Map<Sku, Wish>();
  for (const { sku, quantity, limits: { least, most, multipleOf } = {} } of lines) {
    const known = wishes.get(sku);
    wishes.set(sku, {
      requested: addQuantities(known?.requested ?? 0, quantity), least: both(known?.least, least, maxQuantity), most: both(known?.most, most, minQuantity), multipleOf: both(known?.multipleOf, multipleOf, commonMultiple),
    });
  }
  return wishes;
}

function both(a: Quantity | undefined, b: Quantity | undefined, join: (a: Quantity, b: Quantity) => Quantity): Quantity | undefined {
  return a === undefined || b === undefined ? (a ?? b) : join(a, b);
}

function commonMultiple(a: Quantity, b: Quantity): Quantity {
  return multiplyQuantity(scaleQuantity(a, 1, greatestCommonDivisor(a, b), 'down'), b);
}

/** The most of a quantity that the limits of its sku let be granted. */
function fitting(quantity: Quantity, { least, most, multipleOf }: RequestLimits): Quantity {
  let fit = most === undefined ? quantity : minQuantity(quantity, most);
  if (multipleOf !== undefined) fit = multiplyQuantity(scaleQuantity(fit, 1, multipleOf, 'down'), multipleOf);
  return least !== undefined && compareQuantities(fit, least) < 0 ? 0 : fit;
}

/** How much of each sku may be granted on all lines together, as far as its limits go. */
export class Budgets {
  readonly #wishes: ReadonlyMap<Sku, Wish>;
  readonly #most = new Map<Sku, Quantity>();

  constructor(wishes: ReadonlyMap<Sku, Wish>) {
    this.#wishes = wishes;
    for (const [sku, wish] of wishes) this.#most.set(sku, fitting(wish.requested, wish));
  }

  of(sku: Sku): Quantity {
    return this.#most.get(sku) ?? 0;
  }

  /** Lowers what a decision shows to be no multiple, or too little, of a sku. Whether anything was: then it must be made again. */
  lower(lines: readonly { readonly sku: Sku; readonly granted: Quantity }[]): boolean {
    let lowered = false;
    const sums = new Map<Sku, Quantity>();
    for (const { sku, granted } of lines) sums.set(sku, addQuantities(sums.get(sku) ?? 0, granted));
    for (const [sku, wish] of this.#wishes) {
      const granted = sums.get(sku) ?? 0;
      const fit = fitting(granted, wish);
      if (compareQuantities(fit, granted) >= 0) continue;
      this.#most.set(sku, fit);
      lowered = true;
    }
    return lowered;
  }
}

/** Why a line did not get all that it asked for. */
export function reasonOf(requested: Quantity, atMost: Quantity | undefined, { requested: inAll, least, most, multipleOf }: Wish): HoldReason {
  if (least !== undefined && compareQuantities(inAll, least) < 0) return 'BELOW_LEAST';
  if (most !== undefined && compareQuantities(inAll, most) > 0) return 'ABOVE_MOST';
  if (multipleOf === undefined || (atMost !== undefined && compareQuantities(requested, atMost) > 0)) return 'NOT_ENOUGH';
  return compareQuantities(fitting(inAll, { multipleOf }), inAll) < 0 ? 'NOT_A_MULTIPLE' : 'NOT_ENOUGH';
}
