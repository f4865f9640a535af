import { describe, expect, it } from 'vitest';
import { goesToSecond, parseSplit } from './split.ts';

describe('a split', () => {
  it('reads its two forms and nothing else', () => {
    expect(parseSplit('hash:50')).toEqual({ by: 'hash', percent: 50 });
    expect(parseSplit('country')).toEqual({ by: 'country' });
    for (const text of ['hash:101', 'hash:', 'hash:-1', 'hash:5.5', 'Country', '']) expect(parseSplit(text), text).toBeUndefined();
  });

  it('sends about so many percent of the invoices to the second channel, each always to the same', () => {
    const orders = Array.from({ length: 2_000 }, (_value, index) => ({ order: String(536_000 + index) }));
    const second = orders.filter((order) => goesToSecond({ by: 'hash', percent: 30 }, order)).length;
    expect(second).toBeGreaterThan(500);
    expect(second).toBeLessThan(700);
    expect(orders.some((order) => goesToSecond({ by: 'hash', percent: 0 }, order))).toBe(false);
    expect(orders.every((order) => goesToSecond({ by: 'hash', percent: 100 }, order))).toBe(true);
  });

  it('by country sends what comes from abroad', () => {
    const country = (name: string): boolean => goesToSecond({ by: 'country' }, { order: '1', country: name });
    expect([country('United Kingdom'), country('UK'), country('France')]).toEqual([false, false, true]);
  });
});
