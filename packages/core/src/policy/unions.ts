import type { LocationId } from '../identity/ids.ts';
import type { PolicyChannel } from './policy.ts';

/** Past this many unions of eligible sets a channel subtracts every overlapping claim instead, which is safe. */
export const MAX_UNIONS = 256;
/** The same past this many locations in all of them together. */
export const MAX_UNION_LOCATIONS = 4_000_000;

/** A set of locations that some union of eligible sets makes, and the channels whose own set lies inside. */
export interface UnionSet {
  /** The locations as a person reads them. */
  readonly name: string;
  readonly locations: readonly LocationId[];
  /** The numbers of its locations. */
  readonly places: readonly number[];
  /** The numbers of the channels whose own set lies inside. */
  readonly channels: readonly number[];
}

/** Every union of the channels' sets, the empty one left out; nothing where there are too many. */
export function unionsOf(channels: readonly PolicyChannel[], places: ReadonlyMap<LocationId, number>): readonly UnionSet[] | undefined {
  const sets = new Map<string, readonly LocationId[]>();
  let entries = 0;
  for (const { locations } of channels) {
    const own = [...locations].sort();
    for (const other of [[], ...sets.values()]) {
      const union = [...new Set([...other, ...own])].sort();
      sets.set(union.join('\u001f'), union);
      entries += union.length;
      if (sets.size > MAX_UNIONS || entries > MAX_UNION_LOCATIONS) return undefined;
    }
  }
  return [...sets.values()].map((locations) => {
    const inside = new Set(locations);
    return {
      name: locations.join(', '),
      locations,
      places: locations.map((location) => places.get(location) ?? -1),
      channels: channels.flatMap((channel, index) => (channel.locations.every((location) => inside.has(location)) ? [index] : [])),
    };
  });
}
