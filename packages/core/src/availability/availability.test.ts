import { describe, expect, it } from 'vitest';
import { ask, calculatorFor, immediate, LATER, MUG, NOW, position, shopOn, who, type Case, type RuleInput, type Sketch } from '../../test/sketch.ts';
import { parseChannelId, parseSku, type ChannelId, type LocationId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Position } from '../ledger/position.ts';
import { MAX_UNIONS } from '../policy/location-sets.ts';
import { immediateText } from './availability.ts';

describe('stage 1, supply of a location', () => {
  it('is on hand less what is not sellable, committed or held here', () => {
    const stock = { MUG: { at: { W1: { onHand: 20, unavailable: 3, committed: 4, incoming: 9, inTransit: 9 } }, holds: [{ location: 'W1' as LocationId, quantity: 2 }] } };
    expect(immediate({ stock })).toBe(11);
    expect(immediate({ stock, ownHolds: ['hold-0'] })).toBe(13);
  });

  it('lets a hold go at its end, and says when', () => {
    const stock = { MUG: { at: { W1: 5 }, holds: [{ quantity: 2 }, { quantity: 1, expiresAt: '2026-11-23T12:05:00.000Z' as Instant }] } };
    expect(ask({ stock })).toMatchObject({ immediate: 2, validUntil: '2026-11-23T12:05:00.000Z' });
    expect(ask({ stock, asOf: '2026-11-23T12:05:00.000Z' as Instant })).toMatchObject({ immediate: 3, validUntil: LATER });
    expect(ask({ stock, asOf: LATER })).toMatchObject({ immediate: 5, validUntil: undefined });
  });

  it('is nothing where nobody ever counted', () => {
    expect(ask({ stock: {} })).toMatchObject({ immediate: 0, limit: { code: 'STOCK' } });
  });

  it('keeps quantities that no number can hold exact', () => {
    const calculator = calculatorFor({});
    const huge = { ...position('MUG', { at: { W1: 1 } }) };
    const stock = huge.locations.get('W1' as LocationId);
    const positions = { position: (): Position => ({ ...huge, locations: new Map([['W1' as LocationId, { ...stock!, onHand: Number.MAX_SAFE_INTEGER }], ['W2' as LocationId, { ...stock!, onHand: 2 }]]) }) };
    const answer = calculator.compute({ channel: parseChannelId('shop'), sku: parseSku('MUG') }, positions, { asOf: NOW });
    expect(immediateText(answer)).toBe('9007199254740993');
  });
});

describe('stage 2, safety stock', () => {
  const keep = (withhold: { fixed: number | string } | { percent: number }, rest: Partial<RuleInput> = {}): RuleInput[] => [{ ...who, id: 'keep', kind: 'safetyStock', withhold, ...rest } as RuleInput];

  it('withholds a percentage rounded up', () => {
    expect(immediate({ stock: { MUG: { at: { W1: 15 } } }, rules: keep({ percent: 10 }) })).toBe(13);
  });

  it('withholds at most what is there, per location', () => {
    expect(immediate({ stock: { MUG: { at: { W1: 3, W2: 10 } } }, rules: keep({ fixed: 5 }) })).toBe(5);
    expect(immediate({ stock: { MUG: { at: { W1: -3, W2: 10 } } }, rules: keep({ fixed: 5 }) })).toBe(2);
  });

  it('rounds what is finer than the step up', () => {
    expect(immediate({ stock: { MUG: { at: { W1: 3 } } }, rules: keep({ fixed: '0.5' }) })).toBe(2);
  });

  it('begins and ends with its window', () => {
    const rules = keep({ fixed: 1 }, { from: LATER });
    expect(ask({ stock: { MUG: { at: { W1: 3 } } }, rules })).toMatchObject({ immediate: 3, validUntil: LATER });
    expect(ask({ stock: { MUG: { at: { W1: 3 } } }, rules, asOf: LATER })).toMatchObject({ immediate: 2, validUntil: undefined });
  });

  it('is the reason where it takes the most', () => {
    expect(ask({ stock: { MUG: { at: { W1: 6 } } }, rules: keep({ fixed: 5 }) }).limit).toMatchObject({ code: 'SAFETY_STOCK', rule: 'keep' });
    expect(ask({ stock: { MUG: { at: { W1: 60 } } }, rules: keep({ fixed: 5 }) }).limit).toMatchObject({ code: 'STOCK', sku: 'MUG' });
  });
});

describe('stage 4, pools and claims', () => {
  const claims = (units: number): Sketch => ({ unrouted: { other: units } });

  it('subtracts an unrouted order from all locations together', () => {
    expect(immediate({ stock: { MUG: { at: { W1: 2, W2: 10 }, unrouted: { shop: 5 } } } })).toBe(7);
  });

  it('serves other channels from where this one cannot draw', () => {
    const channels = [{ id: 'other', locations: ['W1', 'W3'] }, shopOn('W1', 'W2')];
    expect(immediate({ channels, stock: { MUG: { at: { W1: 10, W2: 10, W3: 8 }, ...claims(10) } } })).toBe(18);
  });

  it('does not let demand that one location cannot serve empty another', () => {
    const channels = [{ id: 'other', locations: ['W1'] }, shopOn('W1', 'W2')];
    const stock = { MUG: { at: { W1: 2, W2: 10 }, ...claims(50) } };
    expect(ask({ channels, stock })).toMatchObject({ immediate: 10, limit: { code: 'STOCK' } });
    expect(ask({ channels, stock, channel: 'other' })).toMatchObject({ immediate: 0, limit: { code: 'CLAIMS' } });
  });

  it('names the pool where the demand of others is what binds', () => {
    const channels = [{ id: 'other', locations: ['W1', 'W2'] }, shopOn('W1')];
    expect(ask({ channels, stock: { MUG: { at: { W1: 5, W2: 5 }, ...claims(8) } } })).toMatchObject({ immediate: 2, limit: { code: 'SHARED_POOL' } });
  });

  it('counts a negative location of its own where the policy says total, and never that of others', () => {
    const stock = { MUG: { at: { W1: -4, W2: 10 } } };
    expect(immediate({ stock })).toBe(6);
    expect(immediate({ stock, policy: { clamp: 'perLocation' } })).toBe(10);
    expect(immediate({ stock, channels: [shopOn('W2'), { id: 'other', locations: ['W1', 'W2'] }] })).toBe(10);
  });

  it('falls back to subtracting all demand that overlaps where there are too many unions', () => {
    const others = Array.from({ length: 9 }, (_, index) => ({ id: `c${String(index)}`, locations: [`V${String(index)}`] }));
    const channels = [...others, { id: 'other', locations: ['W1', 'V0'] }, shopOn('W1', 'W2')];
    expect(2 ** others.length).toBeGreaterThan(MAX_UNIONS);
    expect(immediate({ channels, stock: { MUG: { at: { W1: 5, W2: 10, V0: 100 }, unrouted: { other: 4, shop: 1, c0: 50 } } } })).toBe(10);
  });
});

describe('stage 6, kits', () => {
  const catalog = [MUG, { sku: 'POT' }, { sku: 'CARD', tracked: false }, { sku: 'SET', components: [{ sku: 'MUG', quantityPer: 4 }, { sku: 'POT', quantityPer: 1 }, { sku: 'CARD', quantityPer: 1 }] }];
  const kit = (stock: Readonly<Record<string, Sketch>>, rest: Partial<Case> = {}) => ask({ catalog, sku: 'SET', stock, ...rest });

  it('counts whole kits of the scarcest component, which is the reason', () => {
    expect(kit({ MUG: { at: { W1: 11 } }, POT: { at: { W1: 9 } } })).toMatchObject({ immediate: 2, limit: { code: 'COMPONENT', sku: 'MUG', label: 'kits that MUG allows' } });
    expect(kit({ MUG: { at: { W1: 40 } }, POT: { at: { W1: 9 } } })).toMatchObject({ immediate: 9, limit: { code: 'COMPONENT', sku: 'POT' } });
    expect(kit({ POT: { at: { W1: 9 } } })).toMatchObject({ immediate: 0, limit: { code: 'COMPONENT', sku: 'MUG' } });
  });

  it('pools the components over locations, or counts what each location can build', () => {
    const stock = { MUG: { at: { W1: 8, W2: 3 } }, POT: { at: { W1: 1, W2: 5 } } };
    expect(kit(stock).immediate).toBe(2);
    expect(kit(stock, { policy: { kits: 'perLocation' } }).immediate).toBe(1);
    expect(kit(stock, { channels: [{ ...shopOn('W1', 'W2'), publish: 'perLocation' }] })).toMatchObject({ immediate: 1, parts: { W1: 1, W2: 0 } });
  });

  it('takes safety stock and open demand from the components', () => {
    const rules: RuleInput[] = [{ ...who, id: 'keep', kind: 'safetyStock', scope: { sku: 'MUG' }, withhold: { fixed: 3 } }];
    expect(kit({ MUG: { at: { W1: 12 }, unrouted: { shop: 2 } }, POT: { at: { W1: 9 } } }, { rules }).immediate).toBe(1);
  });

  it('is nothing where a component owes more than it has', () => {
    expect(kit({ MUG: { at: { W1: 3 }, unrouted: { shop: 4 } }, POT: { at: { W1: 9 } } }).immediate).toBe(0);
  });
});

describe('a sku that nothing limits', () => {
  const catalog = [MUG, { sku: 'CARD', tracked: false }, { sku: 'GIFT', components: [{ sku: 'CARD', quantityPer: 2 }] }];
  const free = (rules: RuleInput[], rest: Partial<Case> = {}) => ask({ catalog, sku: 'CARD', stock: { CARD: { at: { W1: -9 } } }, rules, ...rest });
  const buffer: RuleInput = { ...who, id: 'b', kind: 'buffer', withhold: { fixed: 2 } };

  it('has no number, as a component neither', () => {
    expect(free([])).toMatchObject({ immediate: undefined, parts: {}, limit: undefined });
    expect(free([buffer], { sku: 'GIFT' }).immediate).toBeUndefined();
  });

  it('has none either where a buffer meets another sku\'s cap', () => {
    expect(free([buffer, { ...who, id: 'c', kind: 'cap', most: 3, scope: { sku: 'MUG' } }]).immediate).toBeUndefined();
  });

  it('shows what a pin or a cap says', () => {
    const pin: RuleInput = { ...who, id: 'p', kind: 'pin', quantity: 7 };
    const cap: RuleInput = { ...who, id: 'c', kind: 'cap', most: 5 };
    expect(free([cap])).toMatchObject({ immediate: 5, limit: { code: 'CAPPED', rule: 'c' } });
    expect(free([pin]).immediate).toBe(7);
    expect(free([pin, cap]).immediate).toBe(5);
    const here: RuleInput = { ...who, id: 'here', kind: 'pin', quantity: 7, scope: { location: 'W1' } };
    const parted = { channels: [{ ...shopOn('W1', 'W2'), publish: 'perLocation' as const }] };
    expect(free([here], parted)).toMatchObject({ immediate: 7, parts: { W1: 7, W2: 0 } });
    expect(free([here, { ...pin, quantity: 9 }], parted)).toMatchObject({ immediate: 9, parts: { W1: 7, W2: 2 } });
    expect(free([here, { ...who, id: 'box', kind: 'sellMultiple', of: 2 }], parted)).toMatchObject({ immediate: 6, parts: { W1: 6, W2: 0 } });
    expect(free([here], {})).toMatchObject({ immediate: undefined });
    expect(free([cap, buffer], { channels: [{ ...shopOn('W1', 'W2'), publish: 'perLocation' }] }).parts).toEqual({ W1: 5, W2: 0 });
  });

  it('says when a pin begins', () => {
    expect(free([{ ...who, id: 'p', kind: 'pin', quantity: 7, from: LATER }])).toMatchObject({ immediate: undefined, validUntil: LATER });
  });
});

describe('stage 8, listing', () => {
  const of = (onHand: number, ...rules: RuleInput[]) => ask({ stock: { MUG: { at: { W1: onHand } } }, rules });
  const buffer: RuleInput = { ...who, id: 'buffer', kind: 'buffer', withhold: { percent: 10 } };
  const hide: RuleInput = { ...who, id: 'hide', kind: 'hideAtOrBelow', threshold: 3 };
  const cap: RuleInput = { ...who, id: 'cap', kind: 'cap', most: 5 };

  it('withholds a buffer rounded up', () => {
    expect(of(15, buffer).immediate).toBe(13);
  });

  it('hides what is too few, after the buffer', () => {
    expect(of(3, hide)).toMatchObject({ immediate: 0, limit: { code: 'HIDDEN', rule: 'hide' } });
    expect(of(4, hide).immediate).toBe(4);
    expect(of(4, hide, buffer).immediate).toBe(0);
  });

  it('shows at most the cap, and a pin whatever there is', () => {
    expect(of(9, cap)).toMatchObject({ immediate: 5, limit: { code: 'CAPPED', rule: 'cap' } });
    expect(of(4, cap)).toMatchObject({ immediate: 4, limit: { code: 'STOCK' } });
    expect(of(0, { ...who, id: 'pin', kind: 'pin', quantity: 3 })).toMatchObject({ immediate: 3, limit: { code: 'PINNED', rule: 'pin' } });
    expect(of(9, { ...who, id: 'pin', kind: 'pin', quantity: 0 }).immediate).toBe(0);
  });

  it('ends a pin with its window', () => {
    expect(of(1, { ...who, id: 'pin', kind: 'pin', quantity: 3, until: LATER })).toMatchObject({ immediate: 3, validUntil: LATER });
  });
});

describe('createAvailability', () => {
  const catalog = [MUG, { sku: 'POT' }, { sku: 'PAIR', components: [{ sku: 'MUG', quantityPer: 2 }] }, { sku: 'SET', components: [{ sku: 'PAIR', quantityPer: 1 }, { sku: 'POT', quantityPer: 1 }] }];
  const calculator = calculatorFor({ catalog, channels: [shopOn('W1'), { id: 'kiosk', locations: ['W2'] }] });

  it('knows which keys a sku enters and which skus a key reads', () => {
    expect(calculator.affectedKeys(parseSku('MUG')).map(({ channel, sku }) => `${channel} ${sku}`)).toEqual(['shop MUG', 'kiosk MUG', 'shop PAIR', 'kiosk PAIR', 'shop SET', 'kiosk SET']);
    expect(calculator.readsOf(parseSku('SET'))).toEqual(['MUG', 'POT']);
    expect(calculator.readsOf(parseSku('POT'))).toEqual(['POT']);
  });

  it('leaves own holds out of every key even where they can be read only once', () => {
    const held = position('MUG', { at: { W1: 9, W2: 9 }, holds: [{ quantity: 2 }, { quantity: 3, channel: 'kiosk' as ChannelId }] });
    const keys = ['shop', 'kiosk'].map((channel) => ({ channel: parseChannelId(channel), sku: parseSku('MUG') }));
    const answers = calculator.computeMany(keys, { position: () => held }, { asOf: NOW, ownHolds: new Set(['hold-0', 'hold-1']).values() });
    expect(answers.map((answer) => answer.immediate)).toEqual([9, 9]);
  });

  it('refuses a channel or a sku that it does not know', () => {
    const positions = { position: () => undefined };
    expect(() => calculator.compute({ channel: parseChannelId('x'), sku: parseSku('MUG') }, positions, { asOf: NOW })).toThrow('lists no channel x; it lists shop, kiosk');
    expect(() => calculator.compute({ channel: parseChannelId('shop'), sku: parseSku('x') }, positions, { asOf: NOW })).toThrow('no sku x');
    expect(() => calculator.affectedKeys(parseSku('x'))).toThrow('no sku x');
  });

  it('refuses one text where the ids of own holds belong, of which each character would be one', () => {
    const held = position('MUG', { at: { W1: 9 }, holds: [{ quantity: 2 }] });
    const key = { channel: parseChannelId('shop'), sku: parseSku('MUG') };
    const refused = expect.objectContaining({ code: 'INVALID_INPUT', issues: [expect.objectContaining({ path: ['ownHolds'] })] });
    expect(() => calculator.compute(key, { position: () => held }, { asOf: NOW, ownHolds: 'hold-0' })).toThrow(refused);
    expect(() => calculator.computeMany([key], { position: () => held }, { asOf: NOW, ownHolds: 'hold-0' })).toThrow(refused);
  });

  it('refuses a moment that would not compare, whoever asks', () => {
    const key = { channel: parseChannelId('shop'), sku: parseSku('MUG') };
    for (const asOf of ['2026-11-23T12:00:00Z', '2026-11-23', undefined]) {
      expect(() => calculator.explain(key, { position: () => undefined }, { asOf: asOf as Instant })).toThrow('is not an instant such as 2026-11-23T10:00:00.000Z; read it with parseInstant');
    }
  });
});
