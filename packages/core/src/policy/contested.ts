import type { LocationId } from '../identity/ids.ts';
import { LocationSets, numberLocations, type UnionSet } from './location-sets.ts';
import type { PolicyChannel } from './policy.ts';

/** Past this many parts of a group the demand of others is taken off every location that may serve it, which is safe. */
export const MAX_PARTS = 3;

/** A union of the sets of other channels, and which parts of the channel's own locations it has. */
export interface ContestedUnion extends UnionSet {
  /** Bit `n` for the part with number `n`; 0 where it has none of them. Only of a group with few parts. */
  readonly parts: number;
  /** The numbers of its locations, to look one up. */
  readonly has: ReadonlySet<number>;
}

/**
 * Locations of a channel that are tied together by the sets of other channels that draw on some of them, and not on all
 * the channel has. What those channels ask for takes something from single locations, and not only from their sum.
 */
export interface ContestedGroup {
  /** The channel's own locations in it, those together that the same other channels draw on: what these ask for may be served from one as well as from another. */
  readonly parts: readonly (readonly LocationId[])[];
  /** The numbers of the other channels that draw on each of these locations. */
  readonly rivalsAt: ReadonlyMap<LocationId, readonly number[]>;
  /** Every union of the sets of the other channels; absent where there are too many. */
  readonly all: readonly ContestedUnion[] | undefined;
  /** The same, absent also where there are too many parts. */
  readonly unions: readonly ContestedUnion[] | undefined;
}

interface Surroundings {
  readonly channels: readonly PolicyChannel[];
  /** The number of each location. */
  readonly placeOf: ReadonlyMap<LocationId, number>;
}

/** The groups of a channel's contested locations; none where every other channel draws on all of its locations or on none. */
export function contestedGroups(channel: PolicyChannel, { channels, placeOf }: Surroundings): readonly ContestedGroup[] {
  const rivals = channels.map((other, number): Rival => ({ channel: other, number, draws: new Set(other.locations) })).filter(({ draws }) => !channel.locations.every((location) => draws.has(location)));
  return connected(rivals).flatMap((group) => {
    const own = channel.locations.filter((location) => group.some(({ draws }) => draws.has(location)));
    return own.length === 0 ? [] : [groupOf(own, group, placeOf)];
  });
}

interface Rival {
  readonly channel: PolicyChannel;
  readonly number: number;
  readonly draws: ReadonlySet<LocationId>;
}

/** Splits rivals into groups no two of which share a location. */
function connected(rivals: readonly Rival[]): readonly (readonly Rival[])[] {
  let groups: (readonly Rival[])[] = [];
  for (const rival of rivals) {
    const touches = (group: readonly Rival[]): boolean => group.some(({ draws }) => rival.channel.locations.some((location) => draws.has(location)));
    groups = [...groups.filter((group) => !touches(group)), [...groups.filter(touches).flat(), rival]];
  }
  return groups;
}

function groupOf(own: readonly LocationId[], rivals: readonly Rival[], placeOf: ReadonlyMap<LocationId, number>): ContestedGroup {
  const rivalsAt = new Map(own.map((location) => [location, rivals.filter(({ draws }) => draws.has(location)).map(({ number }) => number)]));
  const alike = new Map<string, LocationId[]>();
  for (const [location, numbers] of rivalsAt) alike.set(numbers.join(' '), [...(alike.get(numbers.join(' ')) ?? []), location]);
  const parts = [...alike.values()];
  const bitsOf = (locations: readonly LocationId[]): number => parts.reduce((bits, [first], number) => (first !== undefined && locations.includes(first) ? bits | (1 << number) : bits), 0);
  const all = new LocationSets(numberLocations(rivals.map(({ channel }) => channel))).unions()?.map(({ name, locations, channels }): ContestedUnion => {
    const places = locations.map((location) => placeOf.get(location) ?? -1);
    return { name, locations, places, has: new Set(places), channels: channels.flatMap((index) => rivals[index]?.number ?? []), parts: bitsOf(locations) };
  });
  return { parts, rivalsAt, all, unions: parts.length > MAX_PARTS ? undefined : all };
}
