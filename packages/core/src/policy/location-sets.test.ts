import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCatalog } from '../catalog/catalog.ts';
import type { LocationId } from '../identity/ids.ts';
import { compilePolicy } from './compile.ts';
import { LocationSets, MAX_UNIONS, numberLocations } from './location-sets.ts';
import { parsePolicy } from './parse.ts';
import type { Policy, PolicyChannel } from './policy.ts';

const ids = Array.from({ length: 7 }, (_, place) => `W${String(place)}` as LocationId);
const lists = fc.array(fc.shuffledSubarray(ids, { minLength: 1 }), { minLength: 1, maxLength: 9 });
const channelsOf = (all: readonly (readonly LocationId[])[]): readonly PolicyChannel[] => all.map((locations, index) => ({ id: `c${String(index)}`, locations, publish: 'total', spread: 'priority' }) as unknown as PolicyChannel);

/** Every union by what the word means: of every choice of the lists. */
function unionsByMeaning(all: readonly (readonly LocationId[])[]): ReadonlySet<string> {
  const unions = new Set<string>();
  for (let choice = 1; choice < 2 ** all.length; choice += 1) unions.add([...new Set(all.flatMap((list, index) => ((choice >> index) & 1 ? list : [])))].sort().join(', '));
  return unions;
}

describe('the location sets of channels', () => {
  it('have the unions, the channels inside each, the overlaps and the equals that the lists say', () => {
    fc.assert(fc.property(lists, (all) => {
      const sets = new LocationSets(numberLocations(channelsOf(all)));
      const expected = unionsByMeaning(all);
      const unions = sets.unions();
      if (unions === undefined) expect(expected.size).toBeGreaterThan(MAX_UNIONS);
      else expect(new Set(unions.map(({ name }) => name))).toEqual(expected);
      for (const { locations, channels, size } of unions ?? []) {
        expect(size).toBe(locations.length);
        expect(channels).toEqual(all.flatMap((list, channel) => (list.every((location) => locations.includes(location)) ? [channel] : [])));
      }
      all.forEach((own, channel) => {
        expect(sets.overlapping(channel)).toEqual(all.flatMap((list, other) => (list.some((location) => own.includes(location)) ? [other] : [])));
        expect(sets.equal(channel)).toEqual(all.flatMap((list, other) => (list.length === own.length && list.every((location) => own.includes(location)) ? [other] : [])));
      });
    }), { numRuns: 300 });
  });
});

describe('preparing a policy', () => {
  /** How often the preparation looks at the id of a location. */
  function looks(count: number, channels: number): number {
    const locations = Array.from({ length: count }, (_, index) => `L${String(index)}`);
    const parsed = parsePolicy({
      version: '1', rules: [{ id: 's', kind: 'safetyStock', owner: 'o', reason: 'r', withhold: { fixed: 1 } }],
      channels: Array.from({ length: channels }, (_, index) => ({ id: `c${String(index)}`, locations: index % 3 === 0 ? locations : locations.slice(index % 3) })),
    });
    let seen = 0;
    const counted = (list: readonly LocationId[]): readonly LocationId[] => new Proxy(list, {
      get: (target, key, receiver): unknown => {
        if (typeof key === 'string' && /^\d+$/.test(key)) seen += 1;
        return Reflect.get(target, key, receiver);
      },
    });
    const policy: Policy = { ...parsed, channels: parsed.channels.map((channel) => ({ ...channel, locations: counted(channel.locations) })) };
    compilePolicy(policy, parseCatalog([{ sku: 'A' }]));
    return seen;
  }

  it('looks at each location of each channel once, however many of either there are', () => {
    expect(looks(100, 3)).toBeLessThanOrEqual(300);
    expect(looks(4_000, 3)).toBeLessThanOrEqual(12_000);
    expect(looks(100, 60)).toBeLessThanOrEqual(6_000);
  });
});
