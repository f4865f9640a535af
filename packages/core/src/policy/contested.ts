import type { LocationId } from '../identity/ids.ts';
import type { PolicyChannel } from './policy.ts';
import type { UnionSet } from './unions.ts';

/** Past this many parts of a group the demand of others is taken off every location that may serve it, which is safe. */
export const MAX_PARTS = 3;

/** A union of the sets of other channels, and which parts of the channel's own locations it has. */
export interface ContestedUnion extends UnionSet {
  /** Bit `n` for the part with number `n`; 0 where it has none of them. */
  readonly parts: number;
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
  /** Every union of the sets of the other channels; absent where there are too many parts or unions. */
  readonly unions: readonly ContestedUnion[] | undefined;
}

interface Surroundings {
  readonly channels: readonly PolicyChannel[];
  /** Every union of the sets of some channels, which numbers those in the order given; nothing where there are too many. */
  readonly unionsOf: (channels: readonly PolicyChannel[]) => readonly UnionSet[] | undefined;
}

/** The groups of a channel's contested locations; none where every other channel draws on all of its locations or on none. */
export function contestedGroups(channel: PolicyChannel, { channels, unionsOf }: Surroundings): readonly ContestedGroup[] {
  const rivals = channels.map((other, number): Rival => ({ channel: other, number, draws: new Set(other.locations) })).filter(({ draws }) => !channel.locations.every((location) => draws.has(location)));
  return connected(rivals).flatMap((group) => {
    const own = channel.locations.filter((location) => group.some(({ draws }) => draws.has(location)));
    return own.length === 0 ? [] : [groupOf(own, group, unionsOf)];
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

function groupOf(own: readonly LocationId[], rivals: readonly Rival[], unionsOf: Surroundings['unionsOf']): ContestedGroup {
  const rivalsAt = new Map(own.map((location) => [location, rivals.filter(({ draws }) => draws.has(location)).map(({ number }) => number)]));
  const alike = new Map<string, LocationId[]>();
  for (const [location, numbers] of rivalsAt) alike.set(numbers.join(' '), [...(alike.get(numbers.join(' ')) ?? []), location]);
  const parts = [...alike.values()];
  const bitsOf = (locations: readonly LocationId[]): number => parts.reduce((bits, [first], number) => (first !== undefined && locations.includes(first) ? bits | (1 << number) : bits), 0);
  const unions = parts.length > MAX_PARTS ? undefined : unionsOf(rivals.map(({ channel }) => channel));
  return { parts, rivalsAt, unions: unions?.map((set) => ({ ...set, parts: bitsOf(set.locations), channels: set.channels.flatMap((index) => rivals[index]?.number ?? []) })) };
}
