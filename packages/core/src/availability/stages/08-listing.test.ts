import { describe, expect, it } from 'vitest';
import { ask, calculatorFor, immediate, LATER, NOW, position, shopOn, who, type Case, type RuleInput } from '../../../test/sketch.ts';
import { parseChannelId, parseSku } from '../../identity/ids.ts';
import { parsePolicy } from '../../policy/parse.ts';

const rule = (kind: string, rest: object): RuleInput => ({ ...who, id: kind, kind, ...rest }) as RuleInput;
const of = (onHand: number, rules: RuleInput[], rest: Partial<Case> = {}) => ask({ stock: { MUG: { at: { W1: onHand } } }, rules, ...rest });

describe('a buffer by level', () => {
  const byLevel = [rule('buffer', { withhold: { levels: [{ from: 5, fixed: 1 }, { from: 20, fixed: 2 }, { from: 100, percent: 10 }] } })];

  it.each([[4, 4], [5, 4], [19, 18], [20, 18], [100, 90], [105, 94]])('of %i shows %i', (onHand, shown) => {
    expect(of(onHand, byLevel).immediate).toBe(shown);
  });

  it('needs levels that rise', () => {
    const levels = [{ from: 5, fixed: 1 }, { from: '5.0', fixed: 2 }];
    expect(() => of(1, [rule('buffer', { withhold: { levels } })])).toThrow('level 5.0 does not lie above level 5 before it');
  });
});

it('a threshold finer than the step hides only what does not lie above it', () => {
  const hide = [rule('hideAtOrBelow', { threshold: '2.5' })];
  for (const [onHand, shown] of [[3, 3], [2, 0]] as const) {
    expect(of(onHand, hide).immediate).toBe(shown);
    const positions = { position: () => position('MUG', { at: { W1: onHand } }) };
    expect(calculatorFor({ rules: hide }).compute({ channel: parseChannelId('shop'), sku: parseSku('MUG') }, positions, { asOf: NOW }).immediate).toBe(shown);
  }
});

describe('whole multiples', () => {
  const sixes = rule('sellMultiple', { of: 6 });

  it('are shown after buffer, pin and cap', () => {
    expect(of(20, [sixes])).toMatchObject({ immediate: 18, limit: { code: 'SELL_MULTIPLE' } });
    expect(of(20, [sixes, rule('buffer', { withhold: { fixed: 3 } })]).immediate).toBe(12);
    expect(of(20, [sixes, rule('cap', { most: 17 })]).immediate).toBe(12);
    expect(of(20, [sixes, rule('pin', { quantity: 11, until: LATER })]).immediate).toBe(6);
    expect(of(5, [sixes]).immediate).toBe(0);
  });

  it.each([[2.5, 0, 12, 10], ['2.5', 0, 4, 0], [0.5, 0, 7, 7], ['1.2', 0, 11, 6], [0.75, 1, 40, 30], ['0.25', 2, 130, 125]])('of %s at a scale of %i make of %i steps %i: never a number that is none', (multiple, scale, onHand, shown) => {
    const catalog = [{ sku: 'MUG', scale }];
    expect(of(onHand, [rule('sellMultiple', { of: multiple })], { catalog }).immediate).toBe(shown);
  });

  it('hold at each location', () => {
    const at = { W1: 10, W2: 9, W3: 5 };
    for (const spread of ['priority', 'proportional'] as const) {
      const { immediate: total, parts } = ask({ channels: [{ ...shopOn('W1', 'W2', 'W3'), publish: 'perLocation', spread }], stock: { MUG: { at } }, rules: [sixes] });
      expect([total, parts]).toEqual([12, { W1: 6, W2: 6, W3: 0 }]);
    }
  });

  it('are the reason of a number that they limit at single locations, in words and by rule', () => {
    const channels = [{ ...shopOn('W1', 'W2'), publish: 'perLocation' as const }];
    const reason = { code: 'SELL_MULTIPLE', label: 'sold in whole multiples', rule: 'sellMultiple', owner: 'ops', reason: 'because' };
    expect(ask({ channels, stock: { MUG: { at: { W1: 5, W2: 7 } } }, rules: [sixes] })).toMatchObject({ immediate: 6, limit: reason });
    expect(ask({ channels, stock: { MUG: { at: { W1: 7, W2: 5 } } }, rules: [sixes] })).toMatchObject({ immediate: 6, limit: reason });
    const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'K', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }];
    const kits = { channels, catalog, sku: 'K', rules: [sixes], stock: { A: { at: { W1: 9, W2: 9 } }, B: { at: { W1: 9, W2: 3 } } } };
    expect(ask(kits)).toMatchObject({ immediate: 6, limit: reason });
    expect(ask({ ...kits, stock: { ...kits.stock, B: { at: { W1: 9, W2: 6 } } } })).toMatchObject({ immediate: 12, parts: { W1: 6, W2: 6 }, limit: reason });
  });
});

describe('forced out', () => {
  it('shows nothing until its end, whatever is pinned', () => {
    const rules = [rule('forceOut', { until: LATER, scope: { channel: 'shop' } }), rule('pin', { quantity: 5 })];
    expect(of(9, rules)).toMatchObject({ immediate: 0, validUntil: LATER, limit: { code: 'FORCED_OUT', label: 'forced out of stock' } });
    expect(of(9, rules, { asOf: LATER }).immediate).toBe(5);
  });
});

describe('days of cover', () => {
  const cover = [rule('safetyStock', { withhold: { daysOfCover: 3 } })];

  it('are kept at the speed at which a sku sells at a location, rounded up', () => {
    const reads = { velocity: () => ({ units: 10, days: 7 }) };
    expect(of(20, cover, { reads })).toMatchObject({ immediate: 15 });
    expect(of(4, cover, { reads })).toMatchObject({ immediate: 0, limit: { code: 'SAFETY_STOCK' } });
    expect(of(20, cover, { reads: { velocity: () => undefined } })).toMatchObject({ immediate: 20 });
    expect(() => of(20, cover)).toThrow('pass positions with a method velocity');
  });
});

describe('a window in a time zone', () => {
  it('begins and ends when clocks there say so', () => {
    const sale = [rule('cap', { most: 1, zone: 'Europe/Berlin', from: '2026-11-23T13:00', until: '2026-11-23T13:10' })];
    expect(of(9, sale)).toMatchObject({ immediate: 1, validUntil: LATER });
    expect(of(9, sale, { asOf: LATER })).toMatchObject({ immediate: 9, validUntil: undefined });
    expect(parsePolicy(JSON.parse(JSON.stringify(parsePolicy({ version: '1', channels: [shopOn('W1')], rules: sale }))))).toMatchObject({ rules: [{ zone: 'Europe/Berlin', from: NOW }] });
  });

  it.each([[{ zone: 'Mars/Base' }, 'rules[0].zone: "Mars/Base" is not an IANA time zone'], [{ from: '2026-11-23T13:00' }, 'say in which zone']])('refuses %j', (window, message) => {
    expect(() => of(9, [rule('cap', { most: 1, ...window })])).toThrow(message);
  });
});

describe('a campaign', () => {
  const rules = [rule('cap', { most: 5, scope: { sku: 'MUG' } }), rule('buffer', { withhold: { fixed: 2 } })];
  const overlay = (rest: object = {}) => ({ ...who, id: 'black-friday', from: NOW, until: LATER, rules: [{ ...rule('cap', { most: 8 }), id: 'sale' }], suspends: ['buffer'], ...rest });
  const during = (asOf = NOW, overlays: unknown[] = [overlay()]) => ask({ stock: { MUG: { at: { W1: 9 } } }, rules, policy: { overlays } as Case['policy'] & object, asOf });

  it('wins over more specific rules and suspends others while it lasts', () => {
    expect(during()).toMatchObject({ immediate: 8, validUntil: LATER, limit: { code: 'CAPPED', rule: 'sale' } });
    expect(during(LATER)).toMatchObject({ immediate: 5, validUntil: undefined });
    expect(during('2026-11-23T11:00:00.000Z' as typeof NOW)).toMatchObject({ immediate: 5, validUntil: NOW });
  });

  it('gives way to a later one', () => {
    const flash = overlay({ id: 'flash', suspends: ['sale'], rules: [] });
    const other = overlay({ id: 'other', rules: [{ ...rule('cap', { most: 3 }), id: 'tight' }] });
    expect(during(NOW, [overlay(), flash]).immediate).toBe(5);
    expect(during(NOW, [overlay(), other]).immediate).toBe(3);
  });

  it.each([
    [overlay({ suspends: ['nothing'] }), 'no rule nothing to suspend'], [overlay({ rules: [rule('cap', { most: 1 })] }), 'rule cap is listed twice'], [overlay({ until: NOW }), 'not after it begins'],
  ])('refuses what cannot be meant', (broken, message) => {
    expect(() => during(NOW, [broken])).toThrow(message);
    expect(immediate({ stock: { MUG: { at: { W1: 9 } } } })).toBe(9);
  });
});
