import { describe, expect, it } from 'vitest';
import { ask, immediate, shopOn, who, type Case, type ChannelInput, type RuleInput } from '../../../test/sketch.ts';

describe('stage 9, clamp', () => {
  it('never shows less than nothing', () => {
    expect(ask({ stock: { MUG: { at: { W1: 10 }, unrouted: { shop: 15 } } } })).toMatchObject({ immediate: 0, limit: { code: 'CLAIMS', label: 'open orders of shop' } });
  });
});

describe('what a channel can express', () => {
  const at = { W1: 10, W2: 5 };
  const shop = (rest: Partial<ChannelInput>): Partial<Case> => ({ channels: [{ ...shopOn('W1', 'W2'), ...rest }] });
  it('bounds its number, whatever rules say', () => {
    expect(ask({ stock: { MUG: { at } }, ...shop({ maximum: 12 }) })).toMatchObject({ immediate: 12, limit: { code: 'CHANNEL_MAXIMUM', label: 'what shop can express' } });
    expect(ask({ stock: { MUG: { at } }, ...shop({ maximum: 15 }) })).toMatchObject({ immediate: 15, limit: { code: 'STOCK' } });
    expect(immediate({ stock: { MUG: { at } }, ...shop({ maximum: 12 }), rules: [{ ...who, id: 'pin', kind: 'pin', quantity: 99 }] })).toBe(12);
    expect(immediate({ stock: { MUG: { at } }, ...shop({ maximum: '12.9' }), rules: [{ ...who, id: 'box', kind: 'sellMultiple', of: 5 }] })).toBe(10);
  });

  it('bounds each part of one that shows parts, and not their sum', () => {
    expect(ask({ stock: { MUG: { at } }, ...shop({ maximum: 6, publish: 'perLocation' }) })).toMatchObject({ immediate: 11, parts: { W1: 6, W2: 5 } });
    expect(ask({ stock: { MUG: { at } }, ...shop({ maximum: 6, publish: 'perLocation', spread: 'proportional' }) })).toMatchObject({ immediate: 11, parts: { W1: 6, W2: 5 } });
    const pin: RuleInput = { ...who, id: 'pin', kind: 'pin', quantity: 99, scope: { location: 'W1' } };
    expect(ask({ stock: { MUG: { at } }, ...shop({ maximum: 6, publish: 'perLocation' }), rules: [pin] })).toMatchObject({ immediate: 11, parts: { W1: 6, W2: 5 } });
  });

  it('may be whole units alone, rounded down', () => {
    const cloth = { catalog: [{ sku: 'MUG', scale: 1 }], stock: { MUG: { at: { W1: 105, W2: 38 } } } };
    expect(immediate({ ...cloth, ...shop({}) })).toBe(143);
    expect(ask({ ...cloth, ...shop({ wholeUnits: true }) })).toMatchObject({ immediate: 140, limit: { code: 'CHANNEL_MAXIMUM' } });
    expect(ask({ ...cloth, ...shop({ wholeUnits: true, publish: 'perLocation' }) })).toMatchObject({ immediate: 130, parts: { W1: 100, W2: 30 } });
    expect(immediate({ ...cloth, ...shop({ wholeUnits: true, maximum: '12.7' }) })).toBe(120);
    expect(immediate({ ...cloth, ...shop({ wholeUnits: true }), rules: [{ ...who, id: 'roll', kind: 'sellMultiple', of: '1.5' }] })).toBe(120);
  });
});
