import { describe, expect, it } from 'vitest';
import { ask, LATER, shopOn, who, type Case, type RuleInput, type Sketch } from '../../../test/sketch.ts';

describe('stage 10, spread', () => {
  const rules: RuleInput[] = [{ ...who, id: 'buffer', kind: 'buffer', withhold: { fixed: 3 } }];
  const spread = (how: 'priority' | 'proportional', stock: Sketch, rest: Partial<Case> = {}) =>
    ask({ channels: [{ ...shopOn('W1', 'W2'), publish: 'perLocation', spread: how }], stock: { MUG: stock }, ...rest });

  it('divides by priority or in proportion', () => {
    expect(spread('priority', { at: { W1: 10, W2: 5 } }, { rules })).toMatchObject({ immediate: 12, parts: { W1: 10, W2: 2 } });
    expect(spread('proportional', { at: { W1: 10, W2: 5 } }, { rules })).toMatchObject({ immediate: 12, parts: { W1: 8, W2: 4 } });
  });

  it('gives what rounding left over to the first', () => {
    expect(spread('proportional', { at: { W1: 5, W2: 5 } }, { rules }).parts).toEqual({ W1: 4, W2: 3 });
    expect(spread('proportional', { at: {} }).parts).toEqual({ W1: 0, W2: 0 });
  });

  it('shows nothing at a location that owes', () => {
    expect(spread('priority', { at: { W1: -4, W2: 10 } })).toMatchObject({ immediate: 6, parts: { W1: 0, W2: 6 } });
  });

  it('shows what a pin of a location says there, and elsewhere what is left beside it', () => {
    const pin = (quantity: number, rest: Partial<RuleInput> = {}): RuleInput => ({ ...who, id: `pin-${String(quantity)}`, kind: 'pin', quantity, scope: { location: 'W1' }, ...rest } as RuleInput);
    const at = { W1: 3, W2: 5 };
    for (const how of ['priority', 'proportional'] as const) {
      expect(spread(how, { at }, { rules: [pin(9)] })).toMatchObject({ immediate: 14, parts: { W1: 9, W2: 5 }, limit: { code: 'PINNED', rule: 'pin-9' } });
      expect(spread(how, { at }, { rules: [pin(1)] })).toMatchObject({ immediate: 6, parts: { W1: 1, W2: 5 } });
      expect(spread(how, { at, unrouted: { shop: 5 } }, { rules: [pin(0)] })).toMatchObject({ immediate: 3, parts: { W1: 0, W2: 3 } });
      expect(spread(how, { at, unrouted: { shop: 5 } }, { rules: [pin(9)] })).toMatchObject({ immediate: 9, parts: { W1: 9, W2: 0 } });
    }
    expect(spread('priority', { at }, { rules: [pin(9), pin(4, { scope: { location: 'W2' } } as Partial<RuleInput>)] })).toMatchObject({ immediate: 13, parts: { W1: 9, W2: 4 } });
    expect(spread('priority', { at }, { rules: [pin(9, { until: LATER })] }).validUntil).toBe(LATER);
    expect(spread('priority', { at }, { rules: [pin(9), { ...who, id: 'cap', kind: 'cap', most: 10 }] })).toMatchObject({ immediate: 10, parts: { W1: 9, W2: 1 } });
    expect(spread('priority', { at }, { rules: [pin(9), { ...who, id: 'box', kind: 'sellMultiple', of: 4 }] })).toMatchObject({ immediate: 12, parts: { W1: 8, W2: 4 } });
    expect(spread('priority', { at }, { rules: [pin(9), { ...who, id: 'out', kind: 'forceOut' }] })).toMatchObject({ immediate: 0, parts: { W1: 0, W2: 0 } });
  });

  it('shows what the pin of a channel at a location says before that of all channels there, whatever they are called', () => {
    const pin = (id: string, quantity: number, scope: object): RuleInput => ({ ...who, id, kind: 'pin', quantity, scope: { location: 'W1', ...scope } } as RuleInput);
    for (const [ours, all] of [['a', 'b'], ['b', 'a']] as const) {
      const rules = [pin(ours, 0, { channel: 'shop' }), pin(all, 50, {})];
      expect(spread('priority', { at: { W1: 3, W2: 5 } }, { rules })).toMatchObject({ immediate: 5, parts: { W1: 0, W2: 5 } });
    }
  });

  it('leaves another channel its location where a pin says more than is there', () => {
    const pin: RuleInput[] = [{ ...who, id: 'pin', kind: 'pin', quantity: 8, scope: { location: 'W3' } } as RuleInput];
    const channels = [{ ...shopOn('W1', 'W2', 'W3'), publish: 'perLocation' as const }, { id: 'desk', locations: ['W1', 'W3'] }, { id: 'market', locations: ['W2', 'W1'] }];
    expect(ask({ channels, stock: { MUG: { at: { W1: 1, W2: 1 }, unrouted: { desk: 1 } } }, rules: pin })).toMatchObject({ immediate: 9, parts: { W1: 0, W2: 1, W3: 8 } });
  });

  it('leaves the other parts what they have where what is pinned is another channel\'s', () => {
    const pin: RuleInput[] = [{ ...who, id: 'pin', kind: 'pin', quantity: 4, scope: { location: 'W2' } } as RuleInput];
    const channels = [{ ...shopOn('W1', 'W2'), publish: 'perLocation' as const }, { id: 'desk', locations: ['W2'] }];
    const parts = (there: number) => ask({ channels, stock: { MUG: { at: { W1: 1, W2: there }, unrouted: { desk: 1 } } }, rules: pin });
    for (const there of [0, 1]) expect(parts(there)).toMatchObject({ immediate: 5, parts: { W1: 1, W2: 4 } });
  });

  it('leaves the others less where more comes to a pinned location of a channel that withholds a percentage, which is of everything', () => {
    const rules: RuleInput[] = [{ ...who, id: 'pin', kind: 'pin', quantity: 3, scope: { location: 'W1' } } as RuleInput, { ...who, id: 'half', kind: 'buffer', withhold: { percent: 50 } }];
    expect([0, 1, 2, 3, 5].map((W1) => spread('priority', { at: { W1, W2: 10 } }, { rules }).parts)).toEqual([
      { W1: 3, W2: 5 }, { W1: 3, W2: 4 }, { W1: 3, W2: 4 }, { W1: 3, W2: 3 }, { W1: 3, W2: 4 },
    ]);
  });

  it('shows of a pin without a location no more than the locations have', () => {
    const pin: RuleInput[] = [{ ...who, id: 'pin', kind: 'pin', quantity: 9 }];
    expect(spread('priority', { at: { W1: 3, W2: 5 } }, { rules: pin })).toMatchObject({ immediate: 8, parts: { W1: 3, W2: 5 } });
    expect(spread('priority', { at: { W1: 10, W2: 5 } }, { rules: pin })).toMatchObject({ immediate: 9, parts: { W1: 9, W2: 0 } });
  });

  it('has no part to pin where the channel shows one number', () => {
    const pin: RuleInput[] = [{ ...who, id: 'pin', kind: 'pin', quantity: 9, scope: { location: 'W1' } }];
    expect(ask({ stock: { MUG: { at: { W1: 3, W2: 5 } } }, rules: pin })).toMatchObject({ immediate: 8, parts: {} });
  });

  it('shows no more than the locations have where demand was shipped before its owner booked it', () => {
    expect(spread('priority', { at: { W1: { onHand: 10, committed: 3 } }, unrouted: { shop: -3 } })).toMatchObject({ immediate: 7, parts: { W1: 7, W2: 0 } });
  });

  describe('beside what other channels ask of some of its locations', () => {
    const box = (of: number): RuleInput => ({ ...who, id: 'box', kind: 'sellMultiple', of });
    const both = { ...shopOn('W1', 'W2'), publish: 'perLocation' as const };
    const others = (...sets: readonly string[][]) => sets.map((locations, index) => ({ id: `other-${String(index)}`, locations }));

    it('shows less in all where parts in whole multiples, or within what it can express, would take from them', () => {
      const stock = { MUG: { at: { W1: 3, W2: 3 }, unrouted: { 'other-0': 2 } } };
      expect(ask({ channels: [both, ...others(['W2'])], stock, rules: [box(2)] })).toMatchObject({ immediate: 2, parts: { W1: 2, W2: 0 }, limit: { code: 'SHARED_POOL' } });
      expect(ask({ channels: [{ ...both, maximum: 2 }, ...others(['W2'])], stock })).toMatchObject({ immediate: 3, parts: { W1: 2, W2: 1 }, limit: { code: 'SHARED_POOL' } });
    });

    it('shows nothing at a location where it would keep two others from showing a multiple', () => {
      const channels = [{ ...shopOn('W1', 'W2', 'W3'), publish: 'perLocation' as const }, ...others(['W1', 'W2'], ['W1', 'W3'])];
      const shown = (first: number) => ask({ channels, stock: { MUG: { at: { W1: first, W2: 2, W3: 2 }, unrouted: { 'other-0': 1, 'other-1': 1 } } }, rules: [box(2)] });
      expect(shown(1)).toMatchObject({ immediate: 2, parts: { W1: 0, W2: 2, W3: 0 } });
      expect(shown(2)).toMatchObject({ immediate: 4, parts: { W1: 0, W2: 2, W3: 2 } });
      expect(shown(3)).toMatchObject({ immediate: 4, parts: { W1: 2, W2: 2, W3: 0 } });
      expect(shown(4)).toMatchObject({ immediate: 6, parts: { W1: 2, W2: 2, W3: 2 } });
    });

    it('cuts what each location gives after the ones before it to multiples where too many locations are asked in other ways', () => {
      const channels = [{ ...shopOn('W1', 'W2', 'W3', 'W4'), publish: 'perLocation' as const }, ...others(['W1', 'W2'], ['W1', 'W3'], ['W1', 'W4'])];
      const shown = (first: number) => ask({ channels, stock: { MUG: { at: { W1: first, W2: 2, W3: 2, W4: 2 }, unrouted: { 'other-0': 1, 'other-1': 1, 'other-2': 1 } } }, rules: [box(2)] });
      // Of 3 at W1 all are given there, so that the others have 1 each, and no multiple of it: 6 could be sold at the others.
      expect(shown(3)).toMatchObject({ immediate: 2, parts: { W1: 2, W2: 0, W3: 0, W4: 0 }, limit: { code: 'SHARED_POOL' } });
      expect(shown(6)).toMatchObject({ immediate: 6, parts: { W1: 6, W2: 0, W3: 0, W4: 0 } });
    });

    it('shows kits of fractions where they were counted', () => {
      const kit = [{ sku: 'A' }, { sku: 'B' }, { sku: 'KIT', components: [{ sku: 'A', quantityPer: '2/3' }, { sku: 'B', quantityPer: 1 }] }];
      const channels = [{ ...shopOn('W1', 'W2', 'W3', 'W4'), publish: 'perLocation' as const, spread: 'proportional' as const }, ...others(['W1', 'W3'], ['W4'], ['W1', 'W2', 'W4'])];
      const stock = { A: { at: { W1: -6, W2: 1, W3: 3, W4: 5 }, unrouted: { 'other-0': 4 } }, B: { at: { W1: 5, W2: 4, W3: 2, W4: 8 }, unrouted: { 'other-0': 1, 'other-1': 3 } } };
      // All 3 of A at W3 are another channel's.
      expect(ask({ channels, catalog: kit, stock, sku: 'KIT', policy: { clamp: 'perLocation' } })).toMatchObject({ immediate: 6, parts: { W1: 0, W2: 1, W3: 0, W4: 5 } });
    });

    it('shows what a location can give once, where too many channels draw on it', () => {
      const channels = [{ ...both, spread: 'proportional' as const }, ...others(...Array.from({ length: 20 }, (_, index) => ['W1', `X${String(index)}`]))];
      expect(ask({ channels, stock: { MUG: { at: { W1: 10, W2: 2 }, unrouted: { 'other-0': 5 } } } })).toMatchObject({ immediate: 7, parts: { W1: 5, W2: 2 } });
    });

    it('shows a whole multiple beside a pin, and no less in all where more is on hand at its location', () => {
      const rules = [box(3), { ...who, id: 'pin', kind: 'pin', quantity: 3, scope: { location: 'W2' } } as RuleInput];
      const shown = (there: number) => ask({ channels: [both, ...others(['W1'])], stock: { MUG: { at: { W1: 6, W2: there }, unrouted: { shop: 1 } } }, rules });
      expect(shown(2)).toMatchObject({ immediate: 6, parts: { W1: 3, W2: 3 } });
      expect(shown(3)).toMatchObject({ immediate: 6, parts: { W1: 3, W2: 3 } });
    });
  });
});
