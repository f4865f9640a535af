import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addQuantities, compareQuantities, defineRule, multiplyQuantity, scaleQuantity, type CustomRule, type Quantity } from '@stockwright/core';
import { ruleLaws } from '../src/index.ts';

const halves: CustomRule<{ readonly of: number }> = defineRule({
  rule: 'test.even', version: 1, stage: 'listing', label: 'in even numbers', laws: ['neverRaises', 'monotone'],
  settings: { parse: (input) => ({ of: (input as { of?: number }).of ?? 2 }) },
  apply: ({ quantity, settings: { of } }) => multiplyQuantity(scaleQuantity(quantity, 1, of, 'down'), of),
});

async function brokenBy(changes: Partial<CustomRule<{ readonly of: number }>>, settings: fc.Arbitrary<Record<string, unknown>> = fc.constant({})): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { key, run } of ruleLaws({ ...halves, ...changes }, { settings, runs: 200, seed: 1 })) {
    await run(undefined).catch(() => broken.push(key));
  }
  return broken;
}

describe('ruleLaws', () => {
  it('has a case for settings, purity, each law and the explanation', () => {
    expect(ruleLaws(halves).map(({ key }) => key)).toEqual(['settings', 'pure', 'neverRaises', 'monotone', 'explained']);
  });

  it('finds nothing wrong with a rule that keeps its word', async () => {
    expect(await brokenBy({}, fc.record({ of: fc.integer({ min: 1, max: 7 }) }))).toEqual([]);
  });

  it.each([
    ['neverRaises', { apply: ({ quantity }: { quantity: Quantity }) => addQuantities(quantity, 1) }],
    ['neverLowers', { laws: ['neverLowers'] as const }],
    ['monotone', { laws: ['monotone'] as const, apply: ({ quantity }: { quantity: Quantity }) => (Number(quantity) > 100 ? 0 : quantity) }],
  ])('finds a rule that breaks %s', async (law, changes) => {
    expect(await brokenBy(changes)).toEqual([law]);
  });

  it('refuses a rule that promises what is no law, and so would keep it', () => {
    const promised = expect.objectContaining({ code: 'INVALID_INPUT', issues: [{ path: ['laws', 0], message: 'must be neverRaises or neverLowers or monotone, not "neverRaise"' }] }) as unknown;
    expect(() => ruleLaws({ ...halves, laws: ['neverRaise' as 'neverRaises'] })).toThrow(promised);
  });

  it('finds what is neither whole nor the same twice, and settings that are refused', async () => {
    let calls = 0;
    expect(await brokenBy({ apply: ({ quantity }) => Number(quantity) / 3 })).toContain('pure');
    expect(await brokenBy({ laws: [], apply: ({ quantity }) => addQuantities(quantity, (calls += 1)) })).toContain('pure');
    expect(await brokenBy({ settings: { parse: () => { throw new Error('no'); } } })).toContain('settings');
  });

  const least = (a: Quantity, b: Quantity): Quantity => (compareQuantities(a, b) <= 0 ? a : b);
  const zeroed = (quantity: Quantity): Quantity => least(quantity, 0);

  it.each<[string, () => Partial<CustomRule<{ readonly of: number }>>]>([
    ['reads the hour', () => ({ apply: ({ quantity }) => (new Date().getUTCHours() < 12 ? zeroed(quantity) : quantity) })],
    ['reads the month, as a function that makes no object', () => ({ apply: ({ quantity }) => ((Date as unknown as () => string)().includes('Jun') ? zeroed(quantity) : quantity) })],
    ['waits for a year to come', () => ({ apply: ({ quantity }) => (Date.now() > Date.parse('2090-01-01') ? zeroed(quantity) : quantity) })],
    ['reads how long the process has run', () => ({ apply: ({ quantity }) => (performance.now() > 1e10 ? zeroed(quantity) : quantity) })],
    ['remembers the least that it was given', () => {
      let low: Quantity | undefined;
      return { apply: ({ quantity }) => (low = least(low ?? quantity, quantity)) };
    }],
    ['remembers in its settings', () => ({ apply: ({ quantity, settings }) => {
      const kept = settings as { low?: Quantity };
      return (kept.low = least(kept.low ?? quantity, quantity));
    } })],
    ['changes its settings', () => ({ apply: ({ quantity, settings }) => {
      (settings as { of: number }).of = 7;
      return quantity;
    } })],
    ['changes what it is given', () => ({ apply: (input) => ((input as { quantity: Quantity }).quantity = zeroed(input.quantity)) })],
  ])('finds a rule that %s', async (_, changes) => {
    expect(await brokenBy({ laws: ['neverRaises', 'monotone'], ...changes() })).toContain('pure');
  });

  it('finds a single step down among the numbers that shops have', async () => {
    expect(await brokenBy({ laws: ['monotone'], apply: ({ quantity }) => (quantity === 437 ? 0 : quantity) })).toEqual(['monotone']);
  });

  it.each<[string, string, Partial<CustomRule<{ readonly of: number }>>]>([
    ['raises what is longer than most stock', 'neverRaises', { apply: ({ quantity }) => (compareQuantities(quantity, 2000) < 0 || compareQuantities(quantity, 1e9) > 0 ? quantity : addQuantities(quantity, 1)) }],
    ['lowers what is longer than most stock', 'neverLowers', { laws: ['neverLowers'], apply: ({ quantity }) => (compareQuantities(quantity, 2000) < 0 || compareQuantities(quantity, 1e9) > 0 ? quantity : addQuantities(quantity, -1)) }],
    ['falls a little, far up', 'monotone', { laws: ['monotone'], apply: ({ quantity }) => (compareQuantities(quantity, 5000) < 0 ? quantity : addQuantities(quantity, -100)) }],
    ['raises in one of many steps', 'neverRaises', { apply: ({ quantity, scale }) => (scale === 2 ? addQuantities(quantity, 1) : quantity) }],
    ['raises one number of its settings', 'neverRaises', { apply: ({ quantity, settings: { of } }) => (quantity === of ? of + 1 : quantity) }],
    ['falls at a number of its settings', 'monotone', { laws: ['monotone'], apply: ({ quantity, settings: { of } }) => (compareQuantities(quantity, of) < 0 ? quantity : addQuantities(quantity, -5)) }],
    ['falls at a number of its settings, in units', 'monotone', { laws: ['monotone'], apply: ({ quantity, scale, settings: { of } }) => (compareQuantities(quantity, multiplyQuantity(of, 10 ** scale)) < 0 ? quantity : addQuantities(quantity, -5)) }],
  ])('finds a rule that %s', async (_, law, changes) => {
    expect(await brokenBy(changes, fc.record({ of: fc.integer({ min: 2000, max: 100_000 }) }))).toContain(law);
  });

  it('finds a rule that reads its settings otherwise the next time', async () => {
    let reads = 0;
    expect(await brokenBy({ settings: { parse: () => ({ of: 2 + (reads += 1) % 2 }) } })).toContain('settings');
  });

  it('leaves the clock as it was, and finds nothing wrong with a rule that looks up what it has worked out', async () => {
    const [clock, timer] = [Date, Object.getOwnPropertyDescriptor(performance, 'now')];
    const known = new Map<string, Quantity>();
    expect(await brokenBy({ apply: ({ quantity }) => {
      const key = String(quantity);
      const result = known.get(key) ?? least(quantity, 7);
      known.set(key, result);
      return result;
    } })).toEqual([]);
    expect(await brokenBy({ apply: () => { throw new Error('no'); } })).toContain('pure');
    expect([Date === clock, Object.getOwnPropertyDescriptor(performance, 'now')]).toEqual([true, timer]);
  });
});
