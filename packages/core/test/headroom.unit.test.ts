import { describe, expect, it } from 'vitest';
import { headroom, parseChannelId, parseSku, type ChannelId, type HeadroomKey, type PositionReader } from '../src/index.ts';
import { calculatorFor, MUG, NOW, position, shopOn, who, type Case, type RuleInput } from './sketch.ts';

function roomIn({ stock, sku = 'MUG', channel = 'shop', ownHolds = [], reads, ...rest }: Case, promise?: HeadroomKey['promise']): unknown {
  const positions: PositionReader = { position: (wanted) => (stock[wanted] === undefined ? undefined : position(wanted, stock[wanted])), promised: () => ({ backordered: new Map(), preordered: new Map() }), ...reads };
  return headroom(calculatorFor(rest), { channel: parseChannelId(channel), sku: parseSku(sku), promise }, { positions, moment: { asOf: NOW, ownHolds } });
}
const rule = (kind: string, rest: object): RuleInput => ({ ...who, id: kind, kind, ...rest }) as RuleInput;

describe('headroom', () => {
  it('is what can be sold where something can', () => {
    expect(roomIn({ stock: { MUG: { at: { W1: 10 }, unrouted: { shop: 3 } } } })).toBe(7);
  });

  it('is below zero what is lacking: owed by a location, asked for, or withheld beyond what is there', () => {
    expect(roomIn({ stock: { MUG: { at: { W1: { onHand: 10, committed: 15 } } } } })).toBe(-5);
    expect(roomIn({ stock: { MUG: { at: { W1: 2, W2: 1 }, unrouted: { shop: 4 }, holds: [{ quantity: 3 }] } } })).toBe(-4);
    expect(roomIn({ stock: { MUG: { at: { W1: 2, W2: 1 }, unrouted: { shop: 4 }, holds: [{ quantity: 3 }] } }, ownHolds: ['hold-0'] })).toBe(-1);
    expect(roomIn({ stock: { MUG: { at: { W1: 3 } } }, rules: [rule('buffer', { withhold: { fixed: 5 } })] })).toBe(-2);
    expect(roomIn({ stock: { MUG: { at: { W1: 3 } } }, rules: [rule('hideAtOrBelow', { threshold: 5 })] })).toBe(-2);
    expect(roomIn({ stock: {} })).toBe(0);
  });

  it('looks at the location where more stock helps most', () => {
    const owing = { MUG: { at: { W1: -4, W2: 1 }, unrouted: { shop: 3 } } };
    expect(roomIn({ stock: owing, policy: { clamp: 'perLocation' } })).toBe(-2);
    expect(roomIn({ stock: owing, policy: { clamp: 'total' } })).toBe(-6);
    const channels = [shopOn('W1', 'W2'), { id: 'till', locations: ['W1'] }];
    expect(roomIn({ stock: { MUG: { at: { W1: 2 }, unrouted: { till: 50 } } }, channels })).toBe(0);
    expect(roomIn({ stock: { MUG: { at: { W1: 2 }, unrouted: { till: 50 } } }, channels, channel: 'till' })).toBe(-48);
    expect(roomIn({ stock: { MUG: { at: { W1: -2 } } }, channels: [shopOn('W1', 'W2')], policy: { clamp: 'perLocation', locations: [{ id: 'W1', lifecycle: 'closed' }] } })).toBe(0);
  });

  it('counts kits, each with all its parts', () => {
    const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 4 }] }];
    const room = (a: number, b: number): unknown => roomIn({ catalog, sku: 'SET', stock: { A: { at: { W1: a } }, B: { at: { W1: b } } } });
    expect([room(-6, 4090), room(-5, 9), room(1, -1), room(1, 1), room(5, 9)]).toEqual([-3, -3, -1, 0, 2]);
  });

  it('has what may be promised beyond stock with it on request', () => {
    const rules = [rule('backorderLimit', { limit: 3 }), rule('preorderLimit', { limit: 5 })];
    const asked = (units: number, promise?: HeadroomKey['promise']): unknown => roomIn({ rules, stock: { MUG: { at: { W1: 2 }, unrouted: { shop: units } } } }, promise);
    expect([asked(0), asked(0, 'backorder'), asked(0, 'preorder'), asked(4), asked(4, 'backorder'), asked(9, 'backorder')]).toEqual([2, 5, 7, -2, 1, -4]);
    expect(roomIn({ rules: [rule('backorderLimit', { limit: 'unlimited' })], stock: {} }, 'backorder')).toBe('unlimited');
    expect(roomIn({ catalog: [{ ...MUG, tracked: false }], stock: {} })).toBe('unlimited');
  });

  it('is nothing where no stock would help, and quantities past safe integers are exact', () => {
    expect(roomIn({ rules: [rule('forceOut', {})], stock: { MUG: { at: { W1: 5 } } } })).toBe(0);
    expect(roomIn({ rules: [rule('cap', { most: 0 })], stock: { MUG: { at: { W1: 5 } } } })).toBe(0);
    expect(roomIn({ stock: { MUG: { at: { W1: Number.MIN_SAFE_INTEGER } } } })).toBe(Number.MIN_SAFE_INTEGER);
  });

  it('refuses what policy and catalogue do not have', () => {
    expect(() => roomIn({ stock: {}, sku: 'CUP' })).toThrow('no sku CUP');
    expect(() => roomIn({ stock: {}, channel: 'fair' as ChannelId })).toThrow('no channel fair');
  });
});
