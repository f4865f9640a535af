import { ablationOf, runWorld, type WorldResult } from '@stockwright/testkit/harness';
import { describe, expect, it } from 'vitest';
import { tier2World } from '../src/tier2/tier2-world.ts';

/** How many worlds the tests play; `npm run sim -- --tier 2` plays as many as it is asked to. */
const WORLDS = 10;
/** Seeds that once went wrong, and what they found. */
const KNOWN_SEEDS: readonly { readonly seed: bigint; readonly found: string }[] = [
  { seed: 7_025n, found: 'a channel whose vendor let its orders be read minutes later was taken to be at rest' },
];

const play = (seed: bigint, deep = false): Promise<WorldResult> => runWorld({ seed, deep }, tier2World);

describe('real adapters against the simulators, under faults', () => {
  const kinds = new Set<string>();

  it.each(Array.from({ length: WORLDS }, (_value, index) => BigInt(index + 1)))('end right (seed %s)', async (seed) => {
    const { violations, struck, counts } = await play(seed);
    for (const kind of counts.keys()) kinds.add(kind);
    expect(violations).toEqual([]);
    expect(struck.length).toBeGreaterThan(50);
  });

  it.each(KNOWN_SEEDS)('end right where $found (seed $seed)', async ({ seed }) => {
    expect((await play(seed)).violations).toEqual([]);
  });

  it('have met every kind of fault by then', () => {
    const vendors = ['netsuite', 'shopify', 'amazon'].flatMap((vendor) => ['request lost', 'answer lost', 'throttled', 'unavailable', 'slow'].map((kind) => `${vendor} ${kind}`));
    const others = [
      'shopify request late', 'amazon request late', 'webhook lost', 'webhook doubled', 'webhook late', 'notification lost', 'notification doubled', 'notification late', 'wake lost', 'storm', 'restart',
      'crash before', 'crash after', 'pause before', 'pause after', 'refused', 'answer lost', 'clock jump', 'edited by hand', 'failover',
    ];
    expect([...vendors, ...others].filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});

describe('the absence of a mechanism', () => {
  it.each([['budget', 1n, 'I7'], ['version-gate', 3n, 'I3'], ['suspicion', 36n, 'I1']] as const)('is noticed behind real adapters too: %s', async (name, seed, invariant) => {
    const ablation = ablationOf(name);
    const { violations } = await runWorld({ seed, ablation }, tier2World);
    expect(violations.map((violation) => violation.invariant).join()).toContain(invariant);
    const control = await runWorld({ seed, ablation, control: true }, tier2World);
    expect(control.violations).toEqual([]);
  });
});

describe('a seed', () => {
  it('plays the same world twice, to the last argument and answer', async () => {
    const [first, second] = [await play(3n, true), await play(3n, true)];
    expect(second.hash).toBe(first.hash);
    expect(second.struck).toEqual(first.struck);
    expect((await play(4n, true)).hash).not.toBe(first.hash);
  });
});
