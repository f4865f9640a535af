import { describe, expect, it } from 'vitest';
import { ask, explained, immediate, LATER, NOW, shopOn, who, type Case, type RuleInput } from '../../../test/sketch.ts';
import { formatExplanation } from '../../explanation/format.ts';

const protect = (channel: string, keep: { level: number } | { quota: number }, rest: object = {}): RuleInput =>
  ({ ...who, id: `keep-${channel}`, kind: 'protection', scope: { channel }, keep, ...rest }) as RuleInput;
const shared = [shopOn('W1'), { id: 'wholesale', locations: ['W1'] }];
const pool = (onHand: number, rest: Partial<Case> = {}): Case => ({ channels: shared, stock: { MUG: { at: { W1: onHand } } }, ...rest });

describe('what limits a number', () => {
  const mine = (rules: RuleInput[], at: number, rest: Partial<Case> = {}) => ask({ channels: shared, rules, stock: { MUG: { at: { W1: at }, unrouted: { shop: 5 } } }, ...rest }).limit?.code;
  const share = (between: Readonly<Record<string, number>>): RuleInput => ({ ...who, id: 'share', kind: 'share', between }) as RuleInput;

  it('is no rule that leaves a channel all there is', () => {
    expect(mine([protect('shop', { level: 11 })], 8)).toBe('CLAIMS');
    expect(mine([protect('shop', { level: 11 })], 30)).toBe('STOCK');
    expect(mine([share({ shop: 3 })], 30)).toBe('STOCK');
    expect(mine([share({ shop: 3 }), protect('shop', { level: 2 })], 30)).toBe('STOCK');
    expect(mine([share({ shop: 3 }), protect('shop', { level: 2 }), protect('wholesale', { level: 20 })], 30)).toBe('PROTECTED');
    expect(mine([share({ shop: 3 }), { ...who, id: 'buffer', kind: 'buffer', withhold: { fixed: 40 } }], 30)).toBe('BUFFER');
  });

  it('is a share or a protection that leaves others some', () => {
    expect(mine([share({ shop: 3, wholesale: 1 })], 30)).toBe('SHARE');
    expect(mine([share({ shop: 3, wholesale: 1 }), protect('shop', { level: 2 })], 30)).toBe('SHARE');
    expect(mine([protect('shop', { level: 11 }), protect('wholesale', { level: 11 })], 8)).toBe('PROTECTED');
  });
});

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
    const reads = { consumed: (): number => 60 };
    expect(immediate(pool(70, { rules: [protect('wholesale', { level: 100 })], reads }))).toBe(0);
    expect(immediate(pool(70, { rules: [protect('wholesale', { quota: 100 })], reads }))).toBe(30);
    expect(immediate(pool(70, { rules: [protect('wholesale', { quota: 50 })], reads }))).toBe(70);
  });

  it('asks what was taken of the component in the window of its rule', () => {
    const asked: unknown[] = [];
    const rules = [protect('wholesale', { quota: 100 }, { from: NOW, until: LATER })];
    immediate(pool(70, { rules, reads: { consumed: (query) => { asked.push(query); return 0; } } }));
    expect(asked).toEqual([{ sku: 'MUG', channel: 'wholesale', from: NOW, until: LATER }]);
    expect(() => immediate(pool(70, { rules }))).toThrow('Rule keep-wholesale counts what wholesale took of MUG');
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
    expect(ask(pool(10, { rules })).limit).toEqual({ code: 'PROTECTED', label: 'kept for wholesale', sku: 'MUG', rule: 'keep-wholesale', version: '1', owner: 'sales', reason: 'contract with Smith' });
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

describe('what was left of the shared pool', () => {
  const three = [shopOn('W1'), { id: 'wholesale', locations: ['W1'] }, { id: 'till', locations: ['W1'] }];
  const rule = (kind: string, rest: object): RuleInput => ({ ...who, id: kind, kind, ...rest }) as RuleInput;
  const all = (onHand: number, rules: readonly RuleInput[], rest: Partial<Case> = {}) => {
    const { channels = shared } = rest;
    return channels.map(({ id: channel }) => immediate(pool(onHand, { ...rest, channels, rules: [...rules], channel })));
  };
  const sold = (of: string, units: number) => ({ reads: { consumed: ({ channel }: { channel: string }) => (channel === of ? units : 0) } });

  it('is divided by a share, and by a ringfence into segments that only their own channels use up: 2/1 and 0/3', () => {
    const share = [rule('share', { between: { shop: 70, wholesale: 30 } })];
    const segments = [rule('ringfence', { scope: { channel: 'shop' }, segment: 7 }), { ...rule('ringfence', { scope: { channel: 'wholesale' }, segment: 3 }), id: 'other' }];
    expect([all(10, share), all(3, share)]).toEqual([[7, 3], [2, 1]]);
    expect(all(10, segments, sold('shop', 0))).toEqual([7, 3]);
    expect(all(3, segments, sold('shop', 7))).toEqual([0, 3]);
    expect(all(9, segments, sold('shop', 7))).toEqual([0, 3]);
  });

  it('is shared between ringfenced channels where they may draw on it after their own segment', () => {
    const fence = (channel: string, segment: number, own: boolean): RuleInput => ({ ...rule('ringfence', { scope: { channel }, segment, shared: !own }), id: channel }) as RuleInput;
    expect(all(50, [fence('shop', 10, false), fence('wholesale', 10, false), fence('till', 10, true)], { channels: three, ...sold('shop', 0) })).toEqual([30, 30, 10]);
    expect(all(15, [fence('shop', 5, false), fence('wholesale', 9, false)], sold('wholesale', 10))).toEqual([15, 10]);
  });

  it('is divided beyond what is kept, and leaves a channel without a weight nothing', () => {
    const rules = [rule('share', { between: { shop: 1, wholesale: '1.5' } }), protect('wholesale', { level: 5 }), protect('till', { level: 1 })];
    expect(all(16, rules, { channels: three })).toEqual([4, 11, 1]);
    expect(all(4, rules, { channels: three })).toEqual([0, 4, 0]);
  });

  it('need not be kept for a channel of lower rank', () => {
    const rules = [rule('priority', { order: ['shop', 'wholesale'] }), protect('shop', { level: 4 }), protect('wholesale', { level: 5 }), protect('till', { level: 6 })];
    expect(all(20, rules, { channels: three })).toEqual([20, 16, 11]);
    expect(all(7, rules, { channels: three })).toEqual([7, 3, 0]);
  });

  it('is shown in part by a plain percentage, rounded down, and drawn on up to a cap', () => {
    expect(all(3, [rule('percentOfPool', { scope: { channel: 'shop' }, percent: 50 })])).toEqual([1, 3]);
    expect(all(10, [rule('percentOfPool', { scope: { channel: 'shop' }, percent: 70 })])).toEqual([7, 10]);
    expect(all(9, [rule('drawCap', { scope: { channel: 'shop' }, most: { level: 4 } })])).toEqual([4, 9]);
    expect(all(9, [rule('drawCap', { scope: { channel: 'shop' }, most: { quota: 4 } })], sold('shop', 3))).toEqual([1, 9]);
  });

  it('names what bounds it', () => {
    const because = (of: RuleInput, onHand = 9) => ask(pool(onHand, { rules: [of], reads: { consumed: () => 0 } })).limit;
    expect(because(rule('share', { between: { shop: 1, wholesale: 2 } }))).toMatchObject({ code: 'SHARE', label: 'share of shop', rule: 'share', owner: 'ops' });
    expect(because(rule('ringfence', { scope: { channel: 'shop' }, segment: 2 }))).toMatchObject({ code: 'RINGFENCE', label: 'own segment of shop and nothing else' });
    expect(because(rule('percentOfPool', { scope: { channel: 'shop' }, percent: 50 }))).toMatchObject({ code: 'PERCENT_OF_POOL', label: 'within its percentage of the pool' });
    expect(because(rule('drawCap', { scope: { channel: 'shop' }, most: { level: 4 } }))).toMatchObject({ code: 'DRAW_CAP', rule: 'drawCap' });
    expect(because(rule('drawCap', { scope: { channel: 'shop' }, most: { level: 40 } }))).toMatchObject({ code: 'STOCK' });
  });
});
