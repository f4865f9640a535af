import type { LocationId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Measure } from '../observations/observations.ts';
import type { Base } from './books.ts';

/** The moment of a row that only deltas are known of: no absolute figure is as old as this. */
export const BEGINNING: Instant = '1970-01-01T00:00:00.000Z' as Instant;

/** The base of a measure at a location. */
export function findBase(bases: readonly Base[], measure: Measure, location: LocationId): Base | undefined {
  return bases.find((base) => base.measure === measure && base.location === location);
}

/** The bases with one put in the place of its predecessor, in an order that never depends on arrival. */
export function replaceBase(bases: readonly Base[], base: Base): readonly Base[] {
  const others = bases.filter((known) => known.measure !== base.measure || known.location !== base.location);
  return [...others, base].sort(
    (a, b) => compareText(a.location, b.location) || compareText(a.measure, b.measure),
  );
}

/** By code unit, which is the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
