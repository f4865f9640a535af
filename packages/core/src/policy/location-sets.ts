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

/**
 * The eligible sets of all channels in terms of parts: locations that belong to the same channels are one part, and
 * each set is a few parts, however many locations it has.
 */
export class LocationSets {
  readonly #locationAt: readonly LocationId[];
  readonly #partAt: Int32Array;
  readonly #sizes: readonly number[];
  /** By channel its parts, in ascending order. */
  readonly #partsOf: readonly (readonly number[])[];
  #byId: readonly number[] | undefined;

  constructor({ locationAt, placesOf }: Pick<NumberedLocations, 'locationAt' | 'placesOf'>) {
    this.#locationAt = locationAt;
    this.#partAt = partsOf(locationAt.length, placesOf);
    const sizes: number[] = [];
    for (const part of this.#partAt) sizes[part] = (sizes[part] ?? 0) + 1;
    this.#sizes = sizes;
    this.#partsOf = placesOf.map((places) => {
      const parts = new Set<number>();
      for (const place of places) parts.add(this.#partAt[place] ?? 0);
      return [...parts].sort((a, b) => a - b);
    });
  }

  /** Every union of the channels' sets, the empty one left out; nothing where there are too many. */
  unions(): readonly LocationUnion[] | undefined {
    const sets = new Map<string, readonly number[]>();
    let locations = 0;
    for (const own of this.#partsOf) {
      for (const other of [[], ...sets.values()]) {
        const union = [...new Set([...other, ...own])].sort((a, b) => a - b);
        const key = union.join(' ');
        if (!sets.has(key)) locations += this.sizeOf(union);
        sets.set(key, union);
        if (sets.size > MAX_UNIONS || locations > MAX_UNION_LOCATIONS) return undefined;
      }
    }
    return [...sets.values()].map((parts) => {
      const inside = new Set(parts);
      const channels = this.#partsOf.flatMap((own, channel) => (own.every((part) => inside.has(part)) ? [channel] : []));
      return new LocationUnion(this, parts, channels);
    });
  }

  /** The numbers of the channels whose set shares a location with a channel's, itself included. */
  overlapping(channel: number): readonly number[] {
    const own = new Set(this.#partsOf[channel]);
    return this.#partsOf.flatMap((parts, other) => (parts.some((part) => own.has(part)) ? [other] : []));
  }

  /** The numbers of the channels that have exactly a channel's set, itself included. */
  equal(channel: number): readonly number[] {
    const own = this.#partsOf[channel] ?? [];
    return this.#partsOf.flatMap((parts, other) => (parts.length === own.length && parts.every((part, index) => part === own[index]) ? [other] : []));
  }

  /** How many locations a channel has. */
  countOf(channel: number): number {
    return this.sizeOf(this.#partsOf[channel] ?? []);
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
  readonly size: number;
  readonly #sets: LocationSets;
  readonly #parts: readonly number[];
  #places: readonly number[] | undefined;
  #locations: readonly LocationId[] | undefined;
  #name: string | undefined;

  constructor(sets: LocationSets, parts: readonly number[], channels: readonly number[]) {
    this.#sets = sets;
    this.#parts = parts;
    this.channels = channels;
    this.size = sets.sizeOf(parts);
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
