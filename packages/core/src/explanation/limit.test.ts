import { describe, expect, it } from 'vitest';
import { explained, who, type Case, type RuleInput } from '../../test/sketch.ts';

/** Wholesale draws on one place of the shop's and on one of its own. */
const channels = [{ id: 'shop', locations: ['W1', 'W2'] }, { id: 'wholesale', locations: ['W1', 'W3'] }];
const keep = (level: number): RuleInput => ({ ...who, id: 'smith', kind: 'protection', scope: { channel: 'wholesale' }, keep: { level } });
const limit = (rest: Partial<Case>, unrouted: Readonly<Record<string, number>> = {}) =>
  explained({ channels, stock: { MUG: { at: { W1: 10, W2: 10, W3: 8 }, unrouted } }, ...rest }).limitingFactor;

describe('what limits a number where another channel draws on some of the same locations', () => {
  it('is the rule that keeps something for that channel, where nobody has ordered anything', () => {
    expect(limit({ rules: [keep(10)] })).toEqual({ code: 'PROTECTED', label: 'kept for wholesale', sku: 'MUG', rule: 'smith', version: '1', owner: 'ops', reason: 'because' });
  });

  it('is open demand where that takes at least as much', () => {
    expect(limit({}, { wholesale: 10 })).toEqual({ code: 'SHARED_POOL', label: 'open demand of other channels on the shared pool', sku: 'MUG' });
    expect(limit({ rules: [keep(4)] }, { wholesale: 6 })).toMatchObject({ code: 'SHARED_POOL' });
    expect(limit({ rules: [keep(6)] }, { wholesale: 4 })).toMatchObject({ code: 'PROTECTED', rule: 'smith' });
    // What the shop itself has sold is no demand of others.
    expect(limit({ rules: [keep(10)] }, { shop: 12 })).toMatchObject({ code: 'PROTECTED', rule: 'smith' });
  });

  it('is what that channel may ask, where parts are shown that must leave it its own', () => {
    const shop = { id: 'shop', locations: ['W1', 'W2'], publish: 'perLocation' as const, maximum: 2 };
    const stock = { MUG: { at: { W1: 3, W2: 3 }, unrouted: { wholesale: 2 } } };
    expect(limit({ channels: [shop, { id: 'wholesale', locations: ['W2'] }], stock })).toMatchObject({ code: 'SHARED_POOL', label: 'what other channels may ask of the same stock' });
  });
});
