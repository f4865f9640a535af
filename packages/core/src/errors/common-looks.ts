import { identifierProblem } from '../identity/ids.ts';
import { instantProblem } from '../identity/instant.ts';
import { isQuantity } from '../quantity/quantity.ts';
import { fit, type Look } from './looks.ts';

/** Anything at all: it is looked at where it is read. */
export const anything: Look = () => undefined;
export const count: Look = fit(isQuantity, 'a whole count of steps, as parseQuantity gives it');
export const moment: Look = fit((value) => instantProblem(value) === undefined, 'an instant, as parseInstant gives it');
export const identifier: Look = fit((value) => identifierProblem(value, 'name') === undefined, 'a name of 1 to 200 printable characters');
export const callable: Look = fit((value) => typeof value === 'function', 'a function');
export const iterable: Look = fit((value) => typeof value === 'object' && typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function', 'a list');
/** What has a catalogue's items; they are not looked at. */
export const items: Look = fit((value) => typeof (value as { readonly items?: Partial<ReadonlyMap<string, unknown>> } | null | undefined)?.items?.get === 'function', 'a catalogue, as parseCatalog reads it');

/** A look at one of some words. */
/* @__NO_SIDE_EFFECTS__ */
export function oneOf(...words: readonly string[]): Look {
  return fit((value) => words.includes(value as string), words.join(' or '));
}
