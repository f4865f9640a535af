import { describe, expect, it } from 'vitest';
import { apportion } from './d-hondt.ts';

/** Weights that count how often one is looked at. */
function counted(weights: readonly number[]): { readonly weights: readonly number[]; readonly reads: () => number } {
  let reads = 0;
  return {
    weights: new Proxy(weights, { get: (all, name) => { if (typeof name === 'string' && name !== 'length') reads += 1; return Reflect.get(all, name) as unknown; } }),
    reads: () => reads,
  };
}

/** As many steps as leave one for every second weight when each has its share rounded down. */
function readsOf(size: number): number {
  const { weights, reads } = counted(Array.from({ length: size }, (_, index) => 1 + ((index * 7919) % 13)));
  apportion(size * 10 + Math.floor(size / 2), weights);
  return reads();
}

describe('apportion', () => {
  it('gives a step that two deserve alike to the earlier', () => {
    expect(apportion(1, [5, 5])).toEqual([1, 0]);
    expect(apportion(7, [2, 1, 1])).toEqual([4, 2, 1]);
  });

  it('may give one several steps beyond its rounded share', () => {
    expect(apportion(10, [60, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toEqual([10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('looks at each of many weights a few times, and not as often as there are weights', () => {
    const [some, many] = [readsOf(1_000), readsOf(8_000)];
    expect(many).toBeLessThan(8_000 * 60);
    expect(many).toBeLessThan(some * 8 * 1.5);
  });
});
