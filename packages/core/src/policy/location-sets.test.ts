import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCatalog } from '../catalog/catalog.ts';
import type { LocationId } from '../identity/ids.ts';
import { compilePolicy } from './compile.ts';
import { LocationSets, MAX_UNIONS, numberLocations } from './location-sets.ts';
import { parsePolicy } from './parse.ts';
import type { Policy, PolicyChannel, PolicyInput } from './policy.ts';

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
        expect(sets.overlapping(sets.setOf(channel))).toEqual(all.flatMap((list, other) => (list.some((location) => own.includes(location)) ? [other] : [])));
        expect(sets.channelsOf(sets.setOf(channel))).toEqual(all.flatMap((list, other) => (list.length === own.length && list.every((location) => own.includes(location)) ? [other] : [])));
      });
    }), { numRuns: 300 });
  });
});

describe('preparing a policy', () => {
  const SAFETY = { id: 's', kind: 'safetyStock', owner: 'o', reason: 'r', withhold: { fixed: 1 } } as const;
  const names = (count: number, name: (index: number) => string): readonly string[] => Array.from({ length: count }, (_, index) => name(index));

  /** A list that counts how often somebody looks at an element. */
  function counted<Of>(list: readonly Of[], look: () => void): readonly Of[] {
    return new Proxy(list, {
      get: (target, key, receiver): unknown => {
        if (typeof key === 'string' && /^\d+$/.test(key)) look();
        return Reflect.get(target, key, receiver);
      },
    });
  }

  /** How often the preparation looks at a channel, at the id of a location or at what a rule applies to, and how many entries its lists have in all. */
  function workOf(lists: readonly (readonly string[])[], rules: NonNullable<PolicyInput['rules']> = []): { readonly looks: number; readonly entries: number } {
    const parsed = parsePolicy({ version: '1', rules: [SAFETY, ...rules], channels: lists.map((locations, index) => ({ id: `c${String(index)}`, locations: [...locations] })) });
    let looks = 0;
    const look = (): void => { looks += 1; };
    const reading = <Rule extends object>(rule: Rule): Rule => new Proxy(rule, { get: (target, key, receiver): unknown => { if (key === 'scope') look(); return Reflect.get(target, key, receiver); } });
    const policy: Policy = { ...parsed, rules: parsed.rules.map(reading), channels: counted(parsed.channels.map((channel) => ({ ...channel, locations: counted(channel.locations, look) })), look) };
    const compiled = compilePolicy(policy, parseCatalog([{ sku: 'A' }]));
    return { looks, entries: entriesOf(compiled) };
  }

  /** All entries of all lists and sets that hang on something; what is made only on demand is left unmade. */
  function entriesOf(root: object): number {
    const seen = new Set<object>([root]);
    let entries = 0;
    for (const value of seen) {
      const inside: readonly unknown[] = value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? [...value] : Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown);
      if (Array.isArray(value) || value instanceof Map || value instanceof Set) entries += inside.length;
      for (const one of inside) if (typeof one === 'object' && one !== null) seen.add(one);
    }
    return entries;
  }

  it('looks at each location of each channel once, however many of either there are', () => {
    const lists = (count: number, channels: number): string[][] => names(channels, String).map((_, index) => names(count, (place) => `L${String(place)}`).slice(index % 3 === 0 ? 0 : index % 3));
    expect(workOf(lists(100, 3)).looks).toBeLessThanOrEqual(300 + 60);
    expect(workOf(lists(4_000, 3)).looks).toBeLessThanOrEqual(12_000 + 60);
    expect(workOf(lists(100, 60)).looks).toBeLessThanOrEqual(6_000 + 1_200);
  });

  const SHAPES: readonly (readonly [string, (channel: number) => readonly string[]])[] = [
    ['one list', () => ['W1', 'W2', 'W3']],
    ['a list each', (channel) => [`W${String(channel)}`]],
    ['lists one inside the other', (channel) => names(1 + (channel % 20), (place) => `W${String(place)}`)],
    ['a shop each and a warehouse for all', (channel) => ['W', `S${String(channel)}`]],
    ['one list of fifty', (channel) => [`W${String(channel % 50)}`, `V${String(channel % 50)}`]],
  ];
  it.each(SHAPES)('does twice as much for twice as many channels of %s', (_, listOf) => {
    const own = (count: number): NonNullable<PolicyInput['rules']> => names(count, String).map((name, index) => ({ id: `r${name}`, owner: 'o', reason: 'r', kind: 'buffer', scope: { channel: `c${String(index)}` }, withhold: { fixed: 1 } }));
    const of = (count: number) => workOf(names(count, String).map((__, channel) => listOf(channel)), own(count));
    const [some, twice] = [of(400), of(800)];
    expect(twice.looks).toBeLessThanOrEqual(2.1 * some.looks);
    expect(twice.entries).toBeLessThanOrEqual(2.2 * some.entries);
    expect(some.looks).toBeGreaterThanOrEqual(400);
    expect(some.looks).toBeLessThanOrEqual(400 * 40);
  });
});
