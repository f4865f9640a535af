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

/** What the books come to, while it is added up. */
export interface Tally {
  readonly owner: Map<string, Quantity>;
  readonly orders: Map<string, Quantity>;
  readonly events: Map<string, Quantity>;
  readonly facts: Map<string, Fact>;
}

/** What is measured, and by which rules. */
export interface Setting {
  readonly books: Books;
  readonly rules: BookingRules;
}

/** A tally in which nothing stands yet. */
export function newTally(): Tally {
  return { owner: new Map(), orders: new Map(), events: new Map(), facts: new Map() };
}

/** Adds to an account; one that comes to nothing is left out. */
export function put(into: Map<string, Quantity>, ref: AccountRef, quantity: Quantity): void {
  const key = accountKey(ref);
  const sum = addQuantities(into.get(key) ?? 0, quantity);
  if (isZeroQuantity(sum)) into.delete(key);
  else into.set(key, sum);
}

/** Notes what an order or event moved in all. */
export function state({ facts }: Tally, ref: AccountRef, { id, contra, quantity }: { readonly id: string; readonly contra: ContraAccount; readonly quantity: Quantity }): void {
  const account = accountKey(ref);
  const key = `${account}\u001e${contra}\u001e${id}`;
  const sum = addQuantities(facts.get(key)?.quantity ?? 0, quantity);
  if (isZeroQuantity(sum)) facts.delete(key);
  else facts.set(key, { account, contra, quantity: sum });
}
