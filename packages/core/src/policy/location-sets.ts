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
  /** In the order of their ids. */
  readonly locations: readonly LocationId[];
  /** The numbers of its locations. */
  readonly places: readonly number[];
  /** The numbers of the channels whose own set lies inside. */
  readonly channels: readonly number[];
}

/** A union that contains a channel's own set. */
export interface Superset extends UnionSet {
  /** Whether it has no other locations. */
  readonly own: boolean;
}

/** The locations of all channels, numbered in the order in which the channels name them. */
export interface NumberedLocations {
  readonly locationAt: readonly LocationId[];
  /** The number of each. */
  readonly placeOf: ReadonlyMap<LocationId, number>;
  /** By channel the numbers of its locations, most preferred first. */
  readonly placesOf: readonly (readonly number[])[];
}

/** Numbers the locations. The one pass that looks at their ids: everything else counts. */
export function numberLocations(channels: readonly PolicyChannel[]): NumberedLocations {
  const numbers = new Map<LocationId, number>();
  const locationAt: LocationId[] = [];
  const placesOf = channels.map(({ locations }) => {
    const places: number[] = [];
    for (const location of locations) {
      let place = numbers.get(location);
      if (place === undefined) {
        place = locationAt.length;
        numbers.set(location, place);
        locationAt.push(location);
      }
      places.push(place);
    }
    return places;
  });
  return { locationAt, placeOf: numbers, placesOf };
}

/** Channels of exactly the same locations, however they order them. */
interface EligibleSet {
  /** Its parts, in ascending order. */
  readonly parts: readonly number[];
  /** The numbers of its channels, in ascending order. */
  readonly channels: number[];
}

/**
 * The eligible sets of all channels in terms of parts: locations that belong to the same channels are one part, and
 * each set is a few parts, however many locations it has. What is worked out is worked out for a set, so that a thousand
 * channels of one set cost no more than one.
 */
export class LocationSets {
  readonly #locationAt: readonly LocationId[];
  readonly #partAt: Int32Array;
  readonly #sizes: readonly number[];
  readonly #sets: readonly EligibleSet[];
  /** By channel the number of its set. */
  readonly #setOf: readonly number[];
  #setsAt: readonly (readonly number[])[] | undefined;
  #byId: readonly number[] | undefined;

  constructor({ locationAt, placesOf }: Pick<NumberedLocations, 'locationAt' | 'placesOf'>) {
    this.#locationAt = locationAt;
    this.#partAt = partsOf(locationAt.length, placesOf);
    const sizes: number[] = [];
    for (const part of this.#partAt) sizes[part] = (sizes[part] ?? 0) + 1;
    this.#sizes = sizes;
    const known = new Map<string, number>();
    const sets: EligibleSet[] = [];
    this.#setOf = placesOf.map((places, channel) => {
      const parts = new Set<number>();
      for (const place of places) parts.add(this.#partAt[place] ?? 0);
      const sorted = [...parts].sort((a, b) => a - b);
      const key = sorted.join(' ');
      const number = known.get(key) ?? sets.length;
      if (number === sets.length) sets.push({ parts: sorted, channels: [] });
      known.set(key, number);
      sets[number]?.channels.push(channel);
      return number;
    });
    this.#sets = sets;
  }

  /** Every union of the channels' sets, the empty one left out; nothing where there are too many. */
  unions(): readonly LocationUnion[] | undefined {
    const unions = new Map<string, ReadonlySet<number>>();
    let locations = 0;
    for (const { parts } of this.#sets) {
      const own = new Set(parts);
      for (const other of [new Set<number>(), ...unions.values()]) {
        const missing = parts.filter((part) => !other.has(part));
        // Of two sets one of which lies inside the other the union is known: lists that are nested make no more than they are.
        if (missing.length === 0 || (other.size > 0 && other.size + missing.length === own.size)) continue;
        const union = [...other, ...missing].sort((a, b) => a - b);
        const key = union.join(' ');
        if (unions.has(key)) continue;
        unions.set(key, new Set(union));
        locations += this.sizeOf(union);
        if (unions.size > MAX_UNIONS || locations > MAX_UNION_LOCATIONS) return undefined;
      }
    }
    return [...unions.values()].map((inside) => {
      const sets = this.#sets.flatMap((set, number) => (set.parts.every((part) => inside.has(part)) ? [number] : []));
      return new LocationUnion(this, [...inside], { sets: new Set(sets), channels: this.#channelsOf(sets) });
    });
  }

  /** The number of a channel's set: channels of the same locations have the same. */
  setOf(channel: number): number {
    return this.#setOf[channel] ?? 0;
  }

  /** The numbers of the channels whose set shares a location with a set, its own included. */
  overlapping(set: number): readonly number[] {
    this.#setsAt ??= this.#setsByPart();
    const near = new Set<number>();
    for (const part of this.#sets[set]?.parts ?? []) for (const other of this.#setsAt[part] ?? []) near.add(other);
    return this.#channelsOf(near);
  }

  /** The numbers of the channels of a set. */
  channelsOf(set: number): readonly number[] {
    return this.#sets[set]?.channels ?? [];
  }

  /** How many locations a set has. */
  countOf(set: number): number {
    return this.sizeOf(this.#sets[set]?.parts ?? []);
  }

  #setsByPart(): readonly (readonly number[])[] {
    const setsAt: number[][] = [];
    this.#sets.forEach(({ parts }, set) => {
      for (const part of parts) (setsAt[part] ??= []).push(set);
    });
    return setsAt;
  }

  #channelsOf(sets: Iterable<number>): readonly number[] {
    const channels: number[] = [];
    for (const set of sets) for (const channel of this.channelsOf(set)) channels.push(channel);
    return channels.sort((a, b) => a - b);
  }

  /** How many locations some parts have. */
  sizeOf(parts: readonly number[]): number {
    return parts.reduce((sum, part) => sum + (this.#sizes[part] ?? 0), 0);
  }

  /** The numbers of the locations of some parts, in the order of the ids. */
  placesOf(parts: readonly number[]): readonly number[] {
    const locationAt = this.#locationAt;
    this.#byId ??= locationAt.map((_, place) => place).sort((a, b) => ((locationAt[a] ?? '') < (locationAt[b] ?? '') ? -1 : 1));
    const inside = new Set(parts);
    return this.#byId.filter((place) => inside.has(this.#partAt[place] ?? 0));
  }

  /** The locations of some numbers. */
  locationsAt(places: readonly number[]): readonly LocationId[] {
    return places.map((place) => this.#locationAt[place] as LocationId);
  }
}

/** Which part each location belongs to: each channel in turn splits the parts that it has only some locations of. */
function partsOf(count: number, placesOf: readonly (readonly number[])[]): Int32Array {
  const partAt = new Int32Array(count);
  let parts = 1;
  for (const places of placesOf) {
    const moved = new Map<number, number>();
    for (const place of places) {
      const from = partAt[place] ?? 0;
      let to = moved.get(from);
      if (to === undefined) moved.set(from, (to = parts++));
      partAt[place] = to;
    }
  }
  return partAt;
}

/** A union that lists its locations when somebody asks for them: most questions never do. */
export class LocationUnion implements UnionSet {
  readonly channels: readonly number[];
  /** The numbers of the sets that lie inside. */
  readonly sets: ReadonlySet<number>;
  readonly size: number;
  readonly #sets: LocationSets;
  readonly #parts: readonly number[];
  #places: readonly number[] | undefined;
  #locations: readonly LocationId[] | undefined;
  #name: string | undefined;

  constructor(all: LocationSets, parts: readonly number[], { sets, channels }: { readonly sets: ReadonlySet<number>; readonly channels: readonly number[] }) {
    this.#sets = all;
    this.#parts = parts;
    this.sets = sets;
    this.channels = channels;
    this.size = all.sizeOf(parts);
  }

  get places(): readonly number[] {
    return (this.#places ??= this.#sets.placesOf(this.#parts));
  }

  get locations(): readonly LocationId[] {
    return (this.#locations ??= this.#sets.locationsAt(this.places));
  }

  get name(): string {
    return (this.#name ??= this.locations.join(', '));
  }
}

/** A union as one of its channels sees it. */
export class SupersetOf implements Superset {
  readonly own: boolean;
  readonly #union: LocationUnion;

  constructor(union: LocationUnion, own: boolean) {
    this.#union = union;
    this.own = own;
  }

  get channels(): readonly number[] {
    return this.#union.channels;
  }

  get places(): readonly number[] {
    return this.#union.places;
  }

  get locations(): readonly LocationId[] {
    return this.#union.locations;
  }

  get name(): string {
    return this.#union.name;
  }
}
