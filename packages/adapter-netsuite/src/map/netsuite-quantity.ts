import { adapterError } from '@stockwright/adapter';
import type { CallFacts } from '@stockwright/adapter-kit';
import { compareQuantities, negateQuantity, parseQuantity, quantityProblem, ZERO, type Quantity } from '@stockwright/core';

/** Which value is read, for the message, and how fine it may be. */
export interface QuantityPlace {
  readonly column: string;
  readonly scale: number;
  readonly facts: CallFacts;
}

/**
 * Reads a quantity as the database renders it: Oracle leaves out the zero before a decimal point.
 *
 * @throws `MALFORMED_RESPONSE` where it is not a decimal number with at most `scale` digits after the point.
 */
export function readQuantity(text: string, { column, scale, facts }: QuantityPlace): Quantity {
  const plain = text.trim().replace(/^([+-]?)(?=\.)/, '$&0');
  const problem = quantityProblem(plain, scale);
  if (problem === undefined) return parseQuantity(plain, { scale });
  throw adapterError('MALFORMED_RESPONSE', `NetSuite answered ${facts.operation} with a ${column} that cannot be counted: ${problem}`, facts);
}

/** The quantity without its sign: NetSuite books what leaves as negative. */
export function magnitude(quantity: Quantity): Quantity {
  return compareQuantities(quantity, ZERO) < 0 ? negateQuantity(quantity) : quantity;
}
