import { addQuantities, isZeroQuantity, type Quantity } from '../quantity/quantity.ts';
import { accountKey, type AccountRef, type ContraAccount } from './accounts.ts';
import type { BookingRules, Books } from './books.ts';

/** What one order or event moved in an account in all, whoever's figures contain it by now. @public */
export interface Fact {
  /** The account's key. */
  readonly account: string;
  readonly contra: ContraAccount;
  readonly quantity: Quantity;
}

/**
 * Something that moves stock by itself, and what it moved in all. It is read only where it changed, and what did not
 * change is one object before and after.
 *
 * @public
 */
export interface FactSource {
  readonly of: object;
  readonly id: () => string;
  readonly facts: () => readonly Fact[];
}

/** What the books come to, while it is added up. */
export interface Tally {
  readonly owner: Map<string, Quantity>;
  readonly orders: Map<string, Quantity>;
  readonly events: Map<string, Quantity>;
  readonly facts: FactSource[];
  /** By account, what is still asked for there and its owner has shipped by its own word; the channel has not told of it yet. */
  readonly ahead: Map<string, Quantity>;
  /** Of what is still asked for in an account, what is known to be gone from what is counted there. */
  readonly gone: Map<string, Quantity>;
}

/** What is measured, and by which rules. */
export interface Setting {
  readonly books: Books;
  readonly rules: BookingRules;
}

/** A tally in which nothing stands yet. */
export function newTally(): Tally {
  return { owner: new Map(), orders: new Map(), events: new Map(), facts: [], ahead: new Map(), gone: new Map() };
}

/** Adds to an account; one that comes to nothing is left out. */
export function put(into: Map<string, Quantity>, ref: AccountRef, quantity: Quantity): void {
  const key = accountKey(ref);
  const sum = addQuantities(into.get(key) ?? 0, quantity);
  if (isZeroQuantity(sum)) into.delete(key);
  else into.set(key, sum);
}

/** A fact of an account. */
export function factOf(ref: AccountRef, contra: ContraAccount, quantity: Quantity): Fact {
  return { account: accountKey(ref), contra, quantity };
}
