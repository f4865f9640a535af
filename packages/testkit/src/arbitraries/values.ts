import fc from 'fast-check';
import {
  addMs, formatQuantity, instantFromMs, MAX_IDENTIFIER_LENGTH, MAX_SCALE, parseQuantity, type ChannelId, type Day, type Instant, type LocationId, type Quantity, type QuantityText, type Sku, type SourceId,
} from '@stockwright/core';
import { NOON } from './words.ts';

/** What careless code trips over: names of what every object has, other scripts, look-alikes, separators and the longest there is. */
const HOSTILE = ['__proto__', 'constructor', 'toString', '0', '-1', 'null', 'a b', 'a|b', 'a:b', 'É', 'E\u0301', 'ß', '北京', '👍🏽', '\'; --', '%s', '$&', '../x', 'x'.repeat(MAX_IDENTIFIER_LENGTH)];

/**
 * Any identifier that is accepted: plain ones, and ones that careless code trips over, such as `__proto__`. Branded as whatever the
 * caller needs: a sku, a location, a channel or a source.
 *
 * @example
 * ```ts
 * fc.sample(identifiers(), { numRuns: 100, seed: 1 }).every((id) => parseSku(id) === id) // => true
 * ```
 * @public
 */
export function identifiers<Id extends Sku | LocationId | ChannelId | SourceId>(): fc.Arbitrary<Id> {
  return fc.oneof({ arbitrary: fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9 ._/-]{0,10}[A-Za-z0-9])?$/), weight: 2 }, { arbitrary: fc.constantFrom(...HOSTILE), weight: 1 }) as fc.Arbitrary<string> as fc.Arbitrary<Id>;
}

/**
 * Counts of steps, signed: zero, small ones, ones around the largest safe integer, and exact ones far beyond it.
 *
 * @param options - `least`: the smallest, a safe integer; without it as far below zero as above.
 * @example
 * ```ts
 * fc.sample(quantities({ least: 1 }), { numRuns: 100, seed: 1 }).every((quantity) => compareQuantities(quantity, 0) > 0) // => true
 * ```
 * @public
 */
export function quantities({ least }: { readonly least?: number } = {}): fc.Arbitrary<Quantity> {
  const from = least ?? Number.MIN_SAFE_INTEGER;
  const exact = fc.bigInt({ min: BigInt(least ?? -(10n ** 20n)), max: 10n ** 20n }).map((value) => parseQuantity(String(value)));
  return fc.oneof(
    { arbitrary: fc.integer({ min: Math.max(from, -40), max: Math.max(from, 0) + 40 }), weight: 5 },
    { arbitrary: fc.maxSafeInteger().filter((value) => value >= from).map((value) => value + 0), weight: 1 },
    { arbitrary: exact, weight: 1 },
  );
}

/**
 * Quantities as text, in canonical form, of a scale: fractions wherever the scale allows them.
 *
 * @example
 * ```ts
 * fc.sample(quantityTexts(2), { numRuns: 100, seed: 1 }).every((text) => formatQuantity(parseQuantity(text, { scale: 2 }), 2) === text) // => true
 * ```
 * @public
 */
export function quantityTexts(scale: number = MAX_SCALE): fc.Arbitrary<QuantityText> {
  return quantities().map((quantity) => formatQuantity(quantity, scale));
}

/**
 * Moments: around {@link NOON}, at midnights, on leap days and at both ends of what can be written.
 *
 * @example
 * ```ts
 * fc.sample(instants(), { numRuns: 100, seed: 1 }).every((instant) => parseInstant(instant) === instant) // => true
 * ```
 * @public
 */
export function instants(): fc.Arbitrary<Instant> {
  const edges = ['0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '2024-02-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z', '2026-10-25T01:00:00.000Z', '1969-12-31T23:59:59.999Z'] as string[] as Instant[];
  return fc.oneof(
    { arbitrary: fc.integer({ min: -90_000_000, max: 90_000_000 }).map((ms) => addMs(NOON, ms)), weight: 3 },
    { arbitrary: fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }).map((date) => instantFromMs(date.getTime())), weight: 1 },
    { arbitrary: fc.constantFrom(...edges), weight: 1 },
  );
}

/**
 * Days of the calendar, those of {@link instants}.
 *
 * @example
 * ```ts
 * fc.sample(days(), { numRuns: 100, seed: 1 }).every((day) => parseDay(day) === day) // => true
 * ```
 * @public
 */
export function days(): fc.Arbitrary<Day> {
  return instants().map((instant) => instant.slice(0, 10) as Day);
}
