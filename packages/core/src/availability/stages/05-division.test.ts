import { describe, expect, it } from 'vitest';
import { ask, explained, immediate, LATER, NOW, shopOn, who, type Case, type RuleInput } from '../../../test/sketch.ts';
import { formatExplanation } from '../../explanation/format.ts';

const protect = (channel: string, keep: { level: number } | { quota: number }, rest: object = {}): RuleInput =>
  ({ ...who, id: `keep-${channel}`, kind: 'protection', scope: { channel }, keep, ...rest }) as RuleInput;
const shared = [shopOn('W1'), { id: 'wholesale', locations: ['W1'] }];
const pool = (onHand: number, rest: Partial<Case> = {}): Case => ({ channels: shared, stock: { MUG: { at: { W1: onHand } } }, ...rest });

describe('a protection', () => {
  it('is served from where the other channel cannot draw: 18, not 10', () => {
    const channels = [{ id: 'wholesale', locations: ['W1', 'W3'] }, shopOn('W1', 'W2')];
    expect(immediate({ channels, rules: [protect('wholesale', { level: 10 })], stock: { MUG: { at: { W1: 10, W2: 10, W3: 8 } } } })).toBe(18);
  });

  it('that one location cannot meet never empties another', () => {
    const channels = [{ id: 'wholesale', locations: ['W1'] }, shopOn('W1', 'W2')];
    const question = { channels, rules: [protect('wholesale', { level: 50 })], stock: { MUG: { at: { W1: 2, W2: 10 } } } };
    expect(immediate(question)).toBe(10);
    expect(immediate({ ...question, channel: 'wholesale' })).toBe(2);
  });

  it('of a component limits the kits of others: 2, not 4', () => {
    const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }];
    const rules = [protect('wholesale', { level: 8 }, { scope: { channel: 'wholesale', sku: 'A' } })];
    const question: Case = { channels: shared, catalog, rules, sku: 'SET', stock: { A: { at: { W1: 10 } }, B: { at: { W1: 4 } } } };
    expect(immediate(question)).toBe(2);
    expect(immediate({ ...question, channel: 'wholesale' })).toBe(4);
  });

  it('keeps a level whatever was sold, and of a quota what was not taken', () => {
    const consumed = (): number => 60;
    expect(immediate(pool(70, { rules: [protect('wholesale', { level: 100 })], consumed }))).toBe(0);
    expect(immediate(pool(70, { rules: [protect('wholesale', { quota: 100 })], consumed }))).toBe(30);
    expect(immediate(pool(70, { rules: [protect('wholesale', { quota: 50 })], consumed }))).toBe(70);
  });

  it('asks what was taken of the component in the window of its rule', () => {
    const asked: unknown[] = [];
    const rules = [protect('wholesale', { quota: 100 }, { from: NOW, until: LATER })];
    immediate(pool(70, { rules, consumed: (query) => { asked.push(query); return 0; } }));
    expect(asked).toEqual([{ sku: 'MUG', channel: 'wholesale', from: NOW, until: LATER }]);
    expect(() => immediate(pool(70, { rules }))).toThrow('Rule keep-wholesale is a quota, so what wholesale took of MUG must be known');
  });

  it('binds only in its window, and says when', () => {
    const rules = [protect('wholesale', { level: 8 }, { from: LATER })];
    expect(ask(pool(10, { rules }))).toMatchObject({ immediate: 10, validUntil: LATER });
    expect(ask(pool(10, { rules, asOf: LATER }))).toMatchObject({ immediate: 2, validUntil: undefined });
  });

  it('is cut to what is there by its weight, the smaller channel id first where equal', () => {
    const rules = [protect('shop', { level: 100 }), protect('wholesale', { level: 50 })];
    const channels = [...shared, { id: 'till', locations: ['W1'] }];
    const answers = (onHand: number, of: readonly RuleInput[] = rules) => ['shop', 'wholesale', 'till'].map((channel) => immediate(pool(onHand, { channels, rules: [...of], channel })));
    expect(answers(70)).toEqual([47, 23, 0]);
    expect(answers(150)).toEqual([100, 50, 0]);
    expect(answers(160)).toEqual([110, 60, 10]);
    expect(answers(-3)).toEqual([0, 0, 0]);
    expect(answers(3, [protect('wholesale', { level: 5 }), protect('shop', { level: 5 })])).toEqual([2, 1, 0]);
  });

  it('is the more specific one where two fit', () => {
    const rules = [protect('wholesale', { level: 8 }), protect('wholesale', { level: 3 }, { id: 'mugs', scope: { channel: 'wholesale', category: 'cups' } })];
    expect(immediate(pool(10, { rules }))).toBe(7);
  });

  it('is named with who wants it and why', () => {
    const rules = [protect('wholesale', { level: 8 }, { owner: 'sales', reason: 'contract with Smith' })];
    expect(ask(pool(10, { rules })).limit).toEqual({ code: 'PROTECTED', label: 'kept for wholesale', sku: 'MUG', rule: 'keep-wholesale', owner: 'sales', reason: 'contract with Smith' });
    expect(formatExplanation(explained(pool(10, { rules }))).split('\n').slice(1)).toEqual([
      'Limited by: kept for wholesale (rule keep-wholesale of sales: contract with Smith)',
      '          10  on hand (W1)',
      '           8  kept for wholesale   [keep-wholesale: contract with Smith]',
      '  =        2  after what is kept for wholesale: 10 - 8   [keep-wholesale: contract with Smith]',
    ]);
  });

  it('says where protections were cut', () => {
    const rules = [protect('shop', { level: 100 }), protect('wholesale', { level: 50 })];
    expect(formatExplanation(explained(pool(70, { rules }))).split('\n')).toContain(
      '  =       47  part of shop where more is kept than is there: 70 divided in proportion to 100, 50, the part of number 1   [keep-shop: because]',
    );
  });
});
