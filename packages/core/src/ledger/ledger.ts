import { addQuantities, compareQuantities, isQuantity, isZeroQuantity, quantitiesEqual, subtractQuantities, sumQuantities, type Quantity } from '../quantity/quantity.ts';
import { count, iterable } from '../errors/common-looks.ts';
import { fit, map, parts, type Look } from '../errors/looks.ts';
import { accountFromKey, accountKey, type AccountRef } from './accounts.ts';

/**
 * One booked movement: a positive quantity leaves one account and enters another. Every movement has two sides, so
 * all accounts of a sku sum to zero. Entries are never edited; a mistake is compensated by another entry.
 *
 * @public
 */
export interface Movement {
  readonly from: AccountRef;
  readonly to: AccountRef;
  /** In steps of the sku, greater than zero. */
  readonly quantity: Quantity;
}

/** What stands in each account of one sku, by {@link accountKey}; an account that is absent holds nothing. @public */
export type Balances = ReadonlyMap<string, Quantity>;

/**
 * The fold: what stands in each account after these movements.
 *
 * @param movements - In any order: the result is the same.
 * @param opening - What stood there before.
 * @returns New balances; accounts that hold nothing are left out.
 * @throws `INVALID_INPUT` with the index of a movement that is none or moves nothing or less, or the account whose opening balance is no count of steps.
 * @example
 * ```ts
 * const movement = { from: { account: 'supplier', location: '', channel: '' }, to: { account: 'onHand', location: parseLocationId('W1'), channel: '' }, quantity: 3 } as const;
 * foldMovements([movement, movement]).get(accountKey(movement.to)) // => 6
 * ```
 * @public
 */
export function foldMovements(movements: Iterable<Movement>, opening: Balances = new Map()): Balances {
  iterable(movements, ['movements']);
  if (!areBalances(opening)) BALANCES(opening, ['opening']);
  const balances = new Map(opening);
  const book = (ref: AccountRef, value: Quantity): void => {
    const key = accountKey(ref);
    if (isZeroQuantity(value)) balances.delete(key);
    else balances.set(key, value);
  };
  let index = 0;
  for (const movement of movements) {
    if (!isMovement(movement)) MOVEMENT(movement, ['movements', index]);
    index += 1;
    const { from, to, quantity } = movement;
    book(from, subtractQuantities(balances.get(accountKey(from)) ?? 0, quantity));
    book(to, addQuantities(balances.get(accountKey(to)) ?? 0, quantity));
  }
  return balances;
}

/** At the speed of the fold; what is none is looked at to say why. */
function isMovement(movement: Movement | null): boolean {
  return isSome(movement?.quantity) && isRef(movement?.from) && isRef(movement?.to);
}

function isSome(quantity: unknown): boolean {
  return isQuantity(quantity) && compareQuantities(quantity, 0) > 0;
}

function areBalances(balances: Balances | null): boolean {
  if (typeof balances?.get !== 'function') return false;
  for (const [key, quantity] of balances) if (typeof key !== 'string' || !isQuantity(quantity)) return false;
  return true;
}

function isRef(ref: AccountRef | undefined): boolean {
  return typeof ref?.account === 'string' && typeof ref.location === 'string' && typeof ref.channel === 'string';
}

const text = fit((value) => typeof value === 'string', 'a text');
const REF = parts({ account: text, location: text, channel: text });
const some: Look = (value, path) => {
  count(value, path);
  fit(isSome, 'greater than zero')(value, path);
};
const MOVEMENT = parts({ from: REF, to: REF, quantity: some });
export const BALANCES = map(count);

/** What a verification found. @public */
export type LedgerVerification =
  | { readonly status: 'agrees' }
  /** The first account, in the order of its key, in which the kept balance is not the fold. */
  | { readonly status: 'differs'; readonly account: AccountRef; readonly kept: Quantity; readonly folded: Quantity }
  /** The folded accounts do not sum to zero: movements are missing a side. */
  | { readonly status: 'unbalanced'; readonly sum: Quantity };

/**
 * Recomputes the balances of one sku from its movements and compares them with the kept ones.
 *
 * @param movements - All movements of the sku, in any order.
 * @param kept - The balances as they were kept; contra accounts may be left out of them.
 * @param opening - What stood there before the movements, contra accounts included, where these do not begin at the beginning.
 * @returns `agrees`, or the first difference.
 * @throws `INVALID_INPUT` as {@link foldMovements}, and where a kept balance is no count of steps.
 * @example
 * ```ts
 * const movement = { from: { account: 'supplier', location: '', channel: '' }, to: { account: 'onHand', location: parseLocationId('W1'), channel: '' }, quantity: 3 } as const;
 * verifyLedger([movement], foldMovements([movement])).status // => 'agrees'
 * verifyLedger([movement], new Map([[accountKey(movement.to), 2]])) // => { status: 'differs', account: movement.to, kept: 2, folded: 3 }
 * ```
 * @public
 */
export function verifyLedger(movements: Iterable<Movement>, kept: Balances, opening?: Balances): LedgerVerification {
  BALANCES(kept, ['kept']);
  const folded = foldMovements(movements, opening);
  const sum = sumQuantities(folded.values());
  if (!isZeroQuantity(sum)) return { status: 'unbalanced', sum };
  const keys = new Set([...folded.keys(), ...kept.keys()]);
  for (const key of [...keys].sort()) {
    const account = accountFromKey(key);
    if (isContra(account) && !kept.has(key)) continue;
    const was = kept.get(key) ?? 0;
    const is = folded.get(key) ?? 0;
    if (!quantitiesEqual(was, is)) return { status: 'differs', account, kept: was, folded: is };
  }
  return { status: 'agrees' };
}

/** Counterparts may be left out of what is kept, the part of demand that tells who sold what included. */
function isContra({ account, location, channel }: AccountRef): boolean {
  return (location === '' && channel === '') || account === 'demand';
}
