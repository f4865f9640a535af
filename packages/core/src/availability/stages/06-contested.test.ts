import { describe, expect, it } from 'vitest';
import { ask, calculatorFor, explained, immediate, NOW, shopOn, who, type Case, type ChannelInput, type Sketch } from '../../../test/sketch.ts';
import { formatExplanation } from '../../explanation/format.ts';
import { lintPolicy } from '../../policy/lint.ts';

const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'C' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }, { sku: 'DUO', components: [{ sku: 'A', quantityPer: 2 }] }, { sku: 'TRIO', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }, { sku: 'C', quantityPer: 1 }] }];
const on = (...locations: string[]) => (id: string): ChannelInput => ({ id, locations });
const kits = (channels: readonly ChannelInput[], stock: Readonly<Record<string, Sketch>>, rest: Partial<Case> = {}): Case => ({ catalog, sku: 'SET', policy: { kits: 'perLocation' }, channels: [...channels], stock, ...rest });

describe('kits counted per location, where others ask for parts at some of the locations', () => {
  it('are not counted where the only place that has both parts owes one of them', () => {
    const channels = [shopOn('W3', 'W2'), on('W2')('outlet')];
    expect(ask(kits(channels, { A: { at: { W2: 1 } }, B: { at: { W2: 1, W3: 1 }, unrouted: { outlet: 1 } } }))).toMatchObject({ immediate: 0, limit: { code: 'SHARED_POOL' } });
    expect(immediate(kits(channels, { A: { at: { W2: 1 } }, B: { at: { W2: 1, W3: 1 } } }))).toBe(1);
  });

  it('lose a kit to a part that another channel takes from a place of whole kits', () => {
    const channels = [shopOn('W1', 'W2'), on('W3', 'W1')('wholesale')];
    const stock = (W3: number) => ({ A: { at: { W1: 10, W2: 9, W3 }, unrouted: { wholesale: 1 } } });
    expect(immediate(kits(channels, stock(0), { sku: 'DUO' }))).toBe(8);
    expect(immediate(kits(channels, stock(1), { sku: 'DUO' }))).toBe(9);
  });

  it('lose none to a claim that a loose part serves, nor to one that any of the locations may serve', () => {
    const channels = [shopOn('W1', 'W2'), on('W1', 'W2', 'W3')('market')];
    expect(immediate(kits(channels, { A: { at: { W1: 5, W2: 4 }, unrouted: { market: 1 } }, B: { at: { W1: 4, W2: 4 } } }))).toBe(8);
    expect(immediate(kits([shopOn('W1', 'W2'), on('W1')('outlet')], { A: { at: { W1: 5, W2: 4 }, unrouted: { outlet: 1 } }, B: { at: { W1: 4, W2: 4 } } }))).toBe(8);
  });

  it('leave what others ask whole where several locations cut something open for a fraction', () => {
    const halves = [{ sku: 'A' }, { sku: 'K', components: [{ sku: 'A', quantityPer: '3/2' }] }];
    const channels = [shopOn('W1', 'W2', 'W3'), on('W1', 'W2')('market')];
    const stock = (market: number) => ({ A: { at: { W1: 2, W2: 2 }, unrouted: { market } } });
    expect([0, 1].map((market) => immediate(kits(channels, stock(market), { catalog: halves, sku: 'K' })))).toEqual([2, 1]);
    expect(formatExplanation(explained(kits(channels, stock(1), { catalog: halves, sku: 'K' })))).toContain('2 / (3/2), rounded down');
  });

  it('leave alone what is kept for a channel of other locations', () => {
    const rules = [{ ...who, id: 'kept', kind: 'protection' as const, scope: { channel: 'outlet' }, keep: { level: 2 } }];
    expect(immediate(kits([shopOn('W1', 'W2'), on('W1')('outlet')], { A: { at: { W1: 3, W2: 3 } }, B: { at: { W1: 3, W2: 3 } } }, { rules }))).toBe(4);
    expect(immediate(kits([shopOn('W1', 'W2'), on('W1')('outlet')], { A: { at: { W1: 3, W2: 3 } }, B: { at: { W1: 3 } } }, { rules }))).toBe(1);
  });

  it('count the most that can be placed, also where claims on two parts pull apart', () => {
    const channels = [shopOn('W1', 'W2', 'W3'), on('W1', 'W2')('one'), on('W1', 'W3')('two')];
    const at = { W1: 1, W2: 1, W3: 1 };
    expect(immediate(kits(channels, { A: { at, unrouted: { one: 1 } }, B: { at, unrouted: { two: 1 } } }))).toBe(2);
    expect(immediate(kits(channels, { A: { at: { W2: 1, W3: 1 }, unrouted: { one: 1 } }, B: { at, unrouted: { two: 1 } } }))).toBe(1);
  });

  it('halve what three pairs of places allow', () => {
    const channels = [shopOn('W1', 'W2', 'W3'), on('W1', 'W2')('one'), on('W2', 'W3')('two'), on('W1', 'W3')('three')];
    const at = { W1: 2, W2: 2, W3: 2 };
    expect(immediate(kits(channels, { A: { at, unrouted: { one: 3 } }, B: { at, unrouted: { two: 3 } }, C: { at, unrouted: { three: 3 } } }, { sku: 'TRIO' }))).toBe(1);
  });

  it('owe nothing more to a claim that nothing can serve anyway', () => {
    expect(immediate(kits([shopOn('W1', 'W2'), on('W1')('outlet')], { A: { at: { W1: 1, W2: 4 }, unrouted: { outlet: 50 } }, B: { at: { W1: 4, W2: 4 } } }))).toBe(4);
  });

  it('take every claim off every place that may serve it where too many lists cross, and the linter says so', () => {
    const crossing = [shopOn('W1', 'W2', 'W3', 'W4'), on('W1', 'W2')('one'), on('W2', 'W3')('two'), on('W3', 'W4')('three')];
    const at = { W1: 5, W2: 5, W3: 5, W4: 5 };
    expect(immediate(kits(crossing, { A: { at, unrouted: { two: 4 } }, B: { at } }))).toBe(12);
    expect(immediate(kits(crossing, { A: { at, unrouted: { two: 4 } }, B: { at }, C: { at } }, { channel: 'one' }))).toBe(10);
    const policy = calculatorFor(kits(crossing, {})).policy;
    expect(lintPolicy(policy, NOW)).toMatchObject([{ code: 'TOO_MANY_PARTS', severity: 'warning', path: ['channels', 0] }]);
    expect(lintPolicy({ ...policy, kits: 'pooled' }, NOW)).toEqual([]);
  });

  it('are told with the places and the claims', () => {
    const told = formatExplanation(explained(kits([shopOn('W1', 'W2'), on('W1')('outlet')], { A: { at: { W1: 4, W2: 4 }, unrouted: { outlet: 3 } }, B: { at: { W1: 4, W2: 4 } } }))).split('\n');
    expect(told.slice(0, 2)).toEqual(['SET on shop: 5 available to sell as of 2026-11-23T12:00:00.000Z (policy 1)', 'Limited by: kits that A allows']);
  });
});
