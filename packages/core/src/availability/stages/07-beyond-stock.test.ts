import { describe, expect, it } from 'vitest';
import { ask, explained, LATER, MUG, NOW, shopOn, who, type Case, type RuleInput, type Sketch } from '../../../test/sketch.ts';
import { formatExplanation } from '../../explanation/format.ts';
import type { ChannelId, LocationId, Sku } from '../../identity/ids.ts';
import type { Quantity } from '../../quantity/quantity.ts';

const shared = [shopOn('W1'), { id: 'other', locations: ['W1'] }];
const open = (backordered: Record<string, number>, preordered: Record<string, number> = {}) => ({
  reads: { promised: () => ({ backordered: new Map(Object.entries(backordered)) as Map<ChannelId, Quantity>, preordered: new Map(Object.entries(preordered)) as Map<ChannelId, Quantity> }) },
});
const backorder = (limit: number | string, scope?: object): RuleInput => ({ ...who, id: `b${JSON.stringify(scope ?? {})}`, kind: 'backorderLimit', limit, scope }) as RuleInput;
const preorder = (limit: number | string, rest: object = {}): RuleInput => ({ ...who, id: `p${JSON.stringify(rest)}`, kind: 'preorderLimit', limit, ...rest }) as RuleInput;
const of = (sketch: Sketch, rules: RuleInput[], rest: Partial<Case> = {}) => ask({ channels: shared, stock: { MUG: sketch }, rules, ...rest });

describe('a backorder limit', () => {
  it('counts demand that stock cannot serve as backordered', () => {
    expect(of({ at: { W1: 0 } }, [backorder(5)])).toMatchObject({ immediate: 0, backorder: 5 });
    expect(of({ at: { W1: 0 }, unrouted: { shop: 3 } }, [backorder(5)])).toMatchObject({ immediate: 0, backorder: 2 });
    expect(of({ at: { W1: { onHand: 5, committed: 25 } } }, [backorder(20)])).toMatchObject({ immediate: 0, backorder: 0 });
    expect(of({ at: { W1: 7 }, unrouted: { other: 2 } }, [backorder(5)])).toMatchObject({ immediate: 5, backorder: 5 });
  });

  it('counts what a location owes, which another makes up for only where all are counted together', () => {
    const stock = { at: { W1: { onHand: 0, committed: 4 }, W2: 3 } };
    const channels = [shopOn('W1', 'W2')];
    expect(of(stock, [backorder(10)], { channels, policy: { clamp: 'perLocation' } })).toMatchObject({ immediate: 3, backorder: 6 });
    expect(of(stock, [backorder(10)], { channels, policy: { clamp: 'total' } })).toMatchObject({ immediate: 0, backorder: 9 });
    expect(of({ ...stock, unrouted: { shop: 5 } }, [backorder(10)], { channels, policy: { clamp: 'perLocation' } })).toMatchObject({ immediate: 0, backorder: 4 });
  });

  it('is the smaller of what the channel and what all channels have left', () => {
    const rules = [backorder(10), backorder(4, { channel: 'shop' })];
    expect(of({ at: { W1: 0 } }, rules, open({ shop: 1, other: 2 }))).toMatchObject({ backorder: 3 });
    expect(of({ at: { W1: 0 } }, rules, open({ shop: 1, other: 8 }))).toMatchObject({ backorder: 1 });
    expect(of({ at: { W1: 0 } }, rules, { ...open({ shop: 1, other: 2 }), channel: 'other' })).toMatchObject({ backorder: 7 });
    expect(of({ at: { W1: 0 } }, rules, open({ shop: 9, other: 2 }))).toMatchObject({ backorder: 0 });
  });

  it('may be unlimited, and is none without a rule', () => {
    expect(of({ at: { W1: 0 } }, [backorder('unlimited')])).toMatchObject({ backorder: 'unlimited' });
    expect(of({ at: { W1: 0 } }, [backorder('unlimited'), backorder(4, { channel: 'shop' })], open({}))).toMatchObject({ backorder: 4 });
    expect(of({ at: { W1: 0 } }, [])).toMatchObject({ backorder: 0, preorder: 0 });
  });

  it('does not hold where the listing is forced out', () => {
    expect(of({ at: { W1: 9 } }, [backorder(5), { ...who, id: 'out', kind: 'forceOut' }])).toMatchObject({ immediate: 0, backorder: 0, limit: { code: 'FORCED_OUT', rule: 'out' } });
  });

  it('needs to know what is open where the channel or a kit has a limit', () => {
    expect(() => of({}, [backorder(4, { channel: 'shop' })])).toThrow('pass positions with a method promised');
  });
});

describe('what counts as backordered', () => {
  const both = [backorder(100), preorder(100)];

  it('is no preorder, which has a limit of its own, whether or not anything is expected for it', () => {
    const told = open({ shop: 20 }, { shop: 50 });
    expect(of({ at: { W1: 0 }, unrouted: { shop: 70 } }, both, told)).toMatchObject({ immediate: 0, backorder: 80, preorder: 50 });
    expect(of({ at: { W1: { incoming: 30 } }, unrouted: { shop: 70 } }, both, told)).toMatchObject({ immediate: 0, backorder: 80, preorder: 50 });
    expect(of({ at: { W1: 0 }, unrouted: { shop: 70 } }, [...both, backorder(30, { channel: 'shop' })], told)).toMatchObject({ backorder: 10 });
    expect(of({ at: { W1: 0 }, unrouted: { shop: 70 } }, [backorder(100)], told)).toMatchObject({ backorder: 30 });
    const promised = [{ sku: 'MUG' as Sku, promise: 'preorder' as const, quantity: 4, units: 4 }];
    expect(of({ at: { W1: 0 }, holds: [{ quantity: 5, beyond: promised }] }, both, open({}))).toMatchObject({ backorder: 99, preorder: 96 });
    expect(of({ at: { W1: { committed: 9 } } }, both, { reads: { promised: () => ({ backordered: new Map(), preordered: new Map([['shop' as ChannelId, 6]]), preorderedAt: new Map([['shop' as ChannelId, new Map([['W1' as LocationId, 6]])]]) }) } })).toMatchObject({ backorder: 97 });
  });

  it('of a channel is what its own locations cannot serve once others are served, not what others lack elsewhere', () => {
    const limit = [backorder(10, { channel: 'shop' })];
    const channels = [shopOn('W1'), { id: 'other', locations: ['W2'] }];
    expect(of({ at: { W1: 10, W2: 0 }, unrouted: { shop: 3, other: 50 } }, limit, { channels, ...open({}) })).toMatchObject({ immediate: 7, backorder: 10 });
    expect(of({ at: { W1: 1, W2: 0 }, unrouted: { shop: 3, other: 50 } }, limit, { channels, ...open({}) })).toMatchObject({ immediate: 0, backorder: 8 });
    expect(of({ at: { W1: 4, W2: 0 }, unrouted: { shop: 3, other: 2 } }, limit, open({}))).toMatchObject({ immediate: 0, backorder: 9 });
  });
});

describe('a preorder limit', () => {
  it('leaves 50 of 100 where 50 are preordered', () => {
    expect(of({ at: { W1: 0 }, unrouted: { shop: 50 } }, [preorder(100)], open({}, { shop: 50 }))).toMatchObject({ immediate: 0, preorder: 50 });
  });

  it('is the smaller of what the channel and what all channels have left, until its date', () => {
    const rules = [preorder(100, { until: LATER }), preorder(60, { scope: { channel: 'shop' } })];
    expect(of({ at: {} }, rules, open({}, { shop: 20, other: 70 }))).toMatchObject({ preorder: 10, validUntil: LATER });
    expect(of({ at: {} }, rules, { ...open({}, { shop: 20, other: 70 }), asOf: LATER })).toMatchObject({ preorder: 40 });
  });

  it('may be what is incoming, of a kit in whole kits', () => {
    expect(of({ at: { W1: { onHand: 0, incoming: 30 }, W9: { onHand: 0, incoming: 50 } } }, [preorder('incoming')], open({}, { shop: 12 }))).toMatchObject({ preorder: 18 });
    const catalog = [MUG, { sku: 'POT' }, { sku: 'SET', components: [{ sku: 'MUG', quantityPer: 4 }, { sku: 'POT', quantityPer: 1 }] }];
    const stock = { MUG: { at: { W1: { onHand: 0, incoming: 30 } } }, POT: { at: { W1: { onHand: 0, incoming: 8 } } } };
    const reads = { promised: (sku: Sku) => (sku === 'SET' ? open({}, { shop: 2 }).reads.promised() : undefined) };
    expect(ask({ channels: shared, catalog, stock, sku: 'SET', rules: [preorder('incoming')], reads })).toMatchObject({ immediate: 0, preorder: 5 });
  });

  it('lets preorders wait for what is incoming, and take stock once it is received', () => {
    const waiting = { at: { W1: { onHand: 10, incoming: 40 } }, unrouted: { shop: 50 } };
    const received = { at: { W1: { onHand: 50, incoming: 0 } }, unrouted: { shop: 50 } };
    expect(of(waiting, [preorder(100)], open({}, { shop: 30 }))).toMatchObject({ immediate: 0, preorder: 70 });
    expect(of({ ...waiting, unrouted: { shop: 33 } }, [preorder(100)], open({}, { shop: 30 }))).toMatchObject({ immediate: 7, preorder: 70 });
    expect(of(received, [preorder(100)], open({}, { shop: 30 }))).toMatchObject({ immediate: 0 });
    expect(of({ ...waiting, unrouted: { shop: 33 } }, [], open({}, { shop: 30 }))).toMatchObject({ immediate: 0 });
  });

  it('counts what live holds were promised, of a hold no more than it claims', () => {
    const promised = (units: number) => [{ sku: 'MUG' as Sku, promise: 'preorder' as const, quantity: units, units }];
    const waiting = { at: { W1: { onHand: 0, incoming: 9 } }, holds: [{ quantity: 3, beyond: promised(2) }, { quantity: 1, beyond: promised(5), channel: 'other' as ChannelId }] };
    expect(of(waiting, [preorder(10)], open({}))).toMatchObject({ immediate: 0, preorder: 3, validUntil: LATER });
    expect(of(waiting, [preorder(10), preorder(4, { scope: { channel: 'shop' } })], open({}))).toMatchObject({ preorder: 2 });
    expect(of(waiting, [preorder(10)], { ...open({}), ownHolds: ['hold-1'] })).toMatchObject({ preorder: 8 });
    expect(of({ ...waiting, at: { W1: { onHand: 4, incoming: 9 } } }, [preorder(10)], open({}))).toMatchObject({ immediate: 3 });
  });

  it('is told below the number', () => {
    const told = formatExplanation(explained({ channels: shared, stock: { MUG: { at: { W1: 1 } } }, rules: [preorder(100), backorder('unlimited')], ...open({}), asOf: NOW })).split('\n');
    expect(told.slice(-2)).toEqual(['Beyond stock: any number may be backordered', 'Beyond stock: 100 may be preordered']);
  });
});

describe('what is incoming is promised once, and only where it can be had', () => {
  const sets = [{ sku: 'A' }, { sku: 'K', components: [{ sku: 'A', quantityPer: 1 }] }, { sku: 'K2', components: [{ sku: 'A', quantityPer: 2 }] }];
  const told = (all: Record<string, Record<string, number>>, at: Record<string, Record<string, number>> = {}) => ({
    promised: (sku: Sku) => ({ backordered: new Map(), preordered: new Map(Object.entries(all[sku] ?? {})) as Map<ChannelId, Quantity>, preorderedAt: new Map(Object.entries(at[sku] ?? {}).map(([location, units]) => ['shop' as ChannelId, new Map([[location as LocationId, units]])])) }),
  });
  const kits = (sketch: Sketch, rest: Partial<Case>) => ask({ channels: [shopOn('W1', 'W2')], catalog: sets, stock: { A: sketch }, rules: [preorder('incoming')], ...rest });

  it('to a sku and all kits of it together', () => {
    const stock = { at: { W1: { incoming: 10 } } };
    expect(kits(stock, { sku: 'K', reads: told({ A: { shop: 10 } }) })).toMatchObject({ preorder: 0 });
    expect(kits(stock, { sku: 'A', reads: told({ K2: { shop: 3 }, K: { shop: 1 } }) })).toMatchObject({ preorder: 3 });
    expect(kits(stock, { sku: 'K2', reads: told({ K: { shop: 3 } }) })).toMatchObject({ preorder: 3 });
  });

  it('not where the channel can never draw on it, or nothing is sold from', () => {
    const reads = told({ A: { shop: 5 } });
    expect(kits({ at: { W1: 5, W9: { incoming: 10 } }, unrouted: { shop: 5 } }, { sku: 'A', reads })).toMatchObject({ immediate: 0, preorder: 0 });
    const beside = { at: { W1: 5, W2: { incoming: 10 } }, unrouted: { shop: 5 } };
    expect(kits(beside, { sku: 'A', reads })).toMatchObject({ immediate: 5, preorder: 5 });
    for (const lifecycle of ['closed', 'onboarding', { frozen: 'zero' }] as const) {
      expect(kits(beside, { sku: 'A', reads, policy: { locations: [{ id: 'W2', lifecycle }] } })).toMatchObject({ immediate: 0, preorder: 0 });
    }
  });

  it('to preorders of a kit by the rule of the kit, and to those that are routed', () => {
    const ofKit = preorder('incoming', { scope: { sku: 'K' } });
    expect(kits({ at: { W1: { onHand: 3, incoming: 100 } }, unrouted: { shop: 5 } }, { sku: 'A', rules: [ofKit], reads: told({ K: { shop: 5 } }) })).toMatchObject({ immediate: 3 });
    expect(kits({ at: { W1: { onHand: 5, committed: 5, incoming: 10 } } }, { sku: 'A', reads: told({ A: { shop: 5 } }, { A: { W1: 5 } }) })).toMatchObject({ immediate: 5, preorder: 5 });
  });
});

describe('what is incoming serves what is owed first', () => {
  const incoming = [preorder('incoming')];
  const asked = (sketch: Sketch, rest: Partial<Case> = {}) => of(sketch, incoming, { ...open({}), ...rest });
  const expecting = (units: number, stock: object = {}) => ({ at: { W1: { incoming: units, ...stock } } });

  it('orders and holds that wait for any stock, whoever they are of', () => {
    expect(asked({ ...expecting(10), unrouted: { shop: 8 } }, open({ shop: 8 }))).toMatchObject({ immediate: 0, preorder: 2 });
    expect(asked({ ...expecting(10), unrouted: { other: 4 } })).toMatchObject({ preorder: 6 });
    expect(asked({ ...expecting(10), unrouted: { elsewhere: 4 } })).toMatchObject({ preorder: 6 });
    expect(asked({ ...expecting(10), holds: [{ quantity: 3 }, { quantity: 1, location: 'W1' as LocationId }] })).toMatchObject({ preorder: 6, validUntil: LATER });
    expect(asked({ ...expecting(10), holds: [{ quantity: 3 }] }, { ownHolds: ['hold-0'] })).toMatchObject({ preorder: 10 });
    expect(asked({ ...expecting(10, { onHand: 3 }), unrouted: { shop: 8 } })).toMatchObject({ immediate: 0, preorder: 5 });
    expect(asked({ ...expecting(10, { onHand: 3 }), unrouted: { shop: 20 } })).toMatchObject({ immediate: 0, preorder: 0 });
  });

  it('what a location owes, that of another only where all are counted together', () => {
    expect(asked(expecting(10, { committed: 4 }))).toMatchObject({ immediate: 0, preorder: 6 });
    expect(asked(expecting(10, { onHand: -4 }))).toMatchObject({ immediate: 0, preorder: 6 });
    const apart = { at: { W1: { onHand: -4 }, W2: { onHand: 1, incoming: 10 } } };
    const channels = [shopOn('W1', 'W2')];
    expect(asked(apart, { channels, policy: { clamp: 'total' } })).toMatchObject({ immediate: 0, preorder: 7 });
    expect(asked(apart, { channels, policy: { clamp: 'perLocation' } })).toMatchObject({ immediate: 1, preorder: 10 });
  });

  it('once: a preorder that is ordered is no other demand besides', () => {
    expect(asked({ ...expecting(10), unrouted: { shop: 7 } }, open({ shop: 3 }, { shop: 4 }))).toMatchObject({ preorder: 3 });
    expect(asked({ ...expecting(10, { onHand: 2 }), unrouted: { shop: 4 } }, open({}, { shop: 4 }))).toMatchObject({ immediate: 2, preorder: 6 });
  });

  it('of channels that draw on other locations only what those cannot serve', () => {
    const channels = [shopOn('W1', 'W2'), { id: 'other', locations: ['W2'] }];
    const world = { at: { W1: { incoming: 6 }, W2: { onHand: 3, incoming: 4 } }, unrouted: { other: 5 } };
    expect(asked(world, { channels })).toMatchObject({ immediate: 0, preorder: 8 });
    expect(asked(world, { channels, channel: 'other' })).toMatchObject({ immediate: 0, preorder: 2 });
    expect(asked({ ...world, unrouted: { other: 50 } }, { channels })).toMatchObject({ immediate: 0, preorder: 6 });
  });

  it('and a protection keeps stock, so that no more than stock and what is incoming is ever promised', () => {
    const rules: RuleInput[] = [...incoming, { ...who, id: 'keep', kind: 'protection', scope: { channel: 'other' }, keep: { level: 6 } }];
    expect(of(expecting(5, { onHand: 9 }), rules, open({}))).toMatchObject({ immediate: 3, preorder: 5 });
    expect(of({ ...expecting(5, { onHand: 2 }), unrouted: { shop: 4 } }, rules, open({}))).toMatchObject({ immediate: 0, preorder: 3 });
  });
});

describe('a preorder of a kit', () => {
  const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'K', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 1 }] }, { sku: 'BOX', components: [{ sku: 'K', quantityPer: 1 }, { sku: 'A', quantityPer: 1 }] }, { sku: 'ONE', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }];
  const kits = (stock: Record<string, Sketch>, rest: Partial<Case> = {}) => ask({ channels: [shopOn('W1', 'W2')], catalog, stock, sku: 'K', rules: [preorder('incoming')], ...open({}), ...rest });
  const stocked = (onHand: number, incoming = 0): Sketch => ({ at: { W1: { onHand, incoming } } });

  it('takes parts that are there and parts that are expected', () => {
    expect(kits({ A: stocked(0, 10), B: stocked(20) }, { sku: 'ONE' })).toMatchObject({ immediate: 0, preorder: 10 });
    expect(kits({ A: stocked(1, 10), B: stocked(3, 1) })).toMatchObject({ immediate: 0, preorder: 4 });
    expect(kits({ A: stocked(5, 5), B: stocked(3, 9) })).toMatchObject({ immediate: 2, preorder: 3 });
    expect(kits({ A: stocked(-3, 10), B: stocked(3) })).toMatchObject({ immediate: 0, preorder: 3 });
    expect(kits({ A: { ...stocked(0, 10), unrouted: { shop: 5 } }, B: stocked(20) })).toMatchObject({ immediate: 0, preorder: 2 });
    expect(kits({ A: stocked(0, 10), B: stocked(3) }, { sku: 'BOX' })).toMatchObject({ immediate: 0, preorder: 3 });
    expect(kits({ A: stocked(0, 1), B: stocked(3) })).toMatchObject({ preorder: 0 });
  });

  it('is built at one location where kits are counted so', () => {
    const policy = { kits: 'perLocation' } as const;
    const apart = { A: { at: { W1: { incoming: 10 }, W2: { onHand: 1, incoming: 3 } } }, B: { at: { W1: { onHand: 2 }, W2: { onHand: 5 } } } };
    expect(kits(apart, { policy })).toMatchObject({ immediate: 0, preorder: 4 });
    expect(kits(apart)).toMatchObject({ immediate: 0, preorder: 7 });
    expect(kits({ ...apart, A: { ...apart.A, unrouted: { shop: 9 } } }, { policy })).toMatchObject({ preorder: 2 });
    expect(kits({ ...apart, A: { ...apart.A, unrouted: { other: 3 } } }, { policy, channels: [shopOn('W1', 'W2'), { id: 'other', locations: ['W2'] }] })).toMatchObject({ preorder: 2 });
  });
});

it('the limit of a channel fills up with demand that says nothing of a promise', () => {
  const limit = [backorder(10, { channel: 'shop' })];
  expect(of({ at: { W1: 3 }, unrouted: { shop: 8 } }, limit, open({}))).toMatchObject({ immediate: 0, backorder: 5 });
  expect(of({ at: { W1: 3 }, unrouted: { shop: 1, other: 8 } }, limit, open({}))).toMatchObject({ immediate: 0, backorder: 9 });
});
