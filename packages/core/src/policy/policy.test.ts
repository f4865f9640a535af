import { describe, expect, it } from 'vitest';
import { parseCatalog, type Catalog } from '../catalog/catalog.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { compilePolicy } from './compile.ts';
import { MAX_UNIONS } from './location-sets.ts';
import { ruleAt } from './item-rules.ts';
import { lintPolicy } from './lint.ts';
import { parsePolicy } from './parse.ts';
import type { PolicyInput } from './policy.ts';

const NOW = '2026-11-23T12:00:00.000Z' as Instant;
const channel = { id: 'shop', locations: ['W1', 'W2'] };
const who = { owner: 'ops', reason: 'because' };
const fixed = (value: string | number) => ({ withhold: { fixed: value } });

describe('parsePolicy', () => {
  it('fills in defaults and reads instants in UTC', () => {
    const policy = parsePolicy({ version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'pin', quantity: 3, from: '2026-11-23T13:00:00+01:00' }] });

    expect(policy).toMatchObject({ clamp: 'total', kits: 'pooled', returns: 'owner', channels: [{ publish: 'total', spread: 'priority' }] });
    expect(policy.rules[0]?.from).toBe(NOW);
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });

  it.each<[object, (string | number)[], string]>([
    [{ kind: 'buffer', withhold: { percent: 33.33333 } }, ['withhold', 'percent'], '33.33333 has more digits after the point than a percentage may have, which is 4; round it'],
    [{ kind: 'percentOfPool', scope: { channel: 'shop' }, percent: '14.2857142857' }, ['percent'], '"14.2857142857" has more digits after the point than a percentage may have, which is 4; round it'],
    [{ kind: 'buffer', withhold: { levels: [{ from: 1, percent: -1 }] } }, ['withhold', 'levels', 0, 'percent'], '-1 must lie between 0 and 100'],
    [{ kind: 'safetyStock', withhold: { fixed: -1 } }, ['withhold', 'fixed'], '-1 must not be negative'],
    [{ kind: 'safetyStock', withhold: { daysOfCover: 0.5 } }, ['withhold', 'daysOfCover'], 'Invalid input: expected int, received number'],
    [{ kind: 'buffer', withhold: { precent: 3 } }, ['withhold'], 'Unrecognized key: "precent"; expected fixed, or percent, or levels'],
    [{ kind: 'buffer', withhold: 3 }, ['withhold'], 'expected object, received number'],
    [{ kind: 'protection', scope: { channel: 'shop' }, keep: { quota: 'ten' } }, ['keep', 'quota'], '"ten" is not a plain decimal number such as 12 or -0.5'],
    [{ kind: 'backorderLimit', limit: 'unlimted' }, ['limit'], 'expected "unlimited", or "unlimted" is not a plain decimal number such as 12 or -0.5'],
    [{ kind: 'cap', most: null }, ['most'], 'expected string, received null, or expected number, received null'],
    [{ kind: 'cap', most: '1.0000000000001' }, ['most'], '"1.0000000000001" has 13 digits after the point; at most 12 are accepted, since no step is finer'],
  ])('says what is wrong with %j, and where', (rule, path, message) => {
    const input = { version: '1', channels: [channel], rules: [{ ...who, id: 'a', ...rule }] };
    expect(() => parsePolicy(input)).toThrow(expect.objectContaining({ code: 'INVALID_POLICY', issues: [{ path: ['rules', 0, ...path], message }] }));
  });

  it('takes a percentage of four digits, written in any way', () => {
    for (const percent of [33.3333, '33.3333', '33.33330000', 0.0001, 100]) expect(parsePolicy({ version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'buffer', withhold: { percent } }] }).rules).toHaveLength(1);
  });

  it.each<[string, unknown, (string | number)[]]>([
    ['no channels', { version: '1', channels: [] }, ['channels']],
    ['a channel without locations', { version: '1', channels: [{ id: 'shop', locations: [] }] }, ['channels', 0, 'locations']],
    ['a channel twice', { version: '1', channels: [channel, channel] }, ['channels', 1]],
    ['a location twice', { version: '1', channels: [{ id: 'shop', locations: ['W1', 'W1'] }] }, ['channels', 0, 'locations', 1]],
    ['an unknown property', { version: '1', channels: [{ ...channel, colour: 'red' }] }, ['channels', 0]],
    ['an unknown kind', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'magic' }] }, ['rules', 0, 'kind']],
    ['a rule without an owner', { version: '1', channels: [channel], rules: [{ id: 'a', reason: 'r', kind: 'pin', quantity: 1 }] }, ['rules', 0, 'owner']],
    ['a rule twice', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'pin', quantity: 1 }, { ...who, id: 'a', kind: 'cap', most: 1 }] }, ['rules', 1]],
    ['a negative quantity', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'cap', most: -1 }] }, ['rules', 0, 'most']],
    ['a quantity that is none', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'cap', most: '1e3' }] }, ['rules', 0, 'most']],
    ['more than everything', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'buffer', withhold: { percent: 101 } }] }, ['rules', 0, 'withhold']],
    ['a time without an offset', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'pin', quantity: 1, from: '2026-11-23T12:00' }] }, ['rules', 0, 'from']],
    ['a window that ends before it begins', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'pin', quantity: 1, from: NOW, until: NOW }] }, ['rules', 0, 'until']],
    ['a scope of another kind of rule', { version: '1', channels: [channel], rules: [{ ...who, id: 'a', kind: 'cap', most: 1, scope: { location: 'W1' } }] }, ['rules', 0, 'scope']],
  ])('refuses %s and says where', (_, input, path) => {
    expect(() => parsePolicy(input)).toThrow(expect.objectContaining({ code: 'INVALID_POLICY', issues: expect.arrayContaining([expect.objectContaining({ path: expect.arrayContaining(path) })]) }));
  });
});

describe('ruleAt', () => {
  const catalog = parseCatalog([{ sku: 'MUG', category: 'cups' }, { sku: 'POT' }]);
  const rules: NonNullable<PolicyInput['rules']> = [
    { ...who, id: 'e-all', kind: 'safetyStock', ...fixed(1) },
    { ...who, id: 'd-location', kind: 'safetyStock', scope: { location: 'W1' }, ...fixed(2) },
    { ...who, id: 'c-category', kind: 'safetyStock', scope: { category: 'cups' }, ...fixed(3) },
    { ...who, id: 'b-sku', kind: 'safetyStock', scope: { sku: 'MUG' }, ...fixed(4) },
    { ...who, id: 'a-both', kind: 'safetyStock', scope: { sku: 'MUG', location: 'W1' }, ...fixed(5) },
  ];
  const winner = (among: readonly (typeof rules)[number][], location: string, sku = 'MUG', asOf: Instant = NOW) => {
    const seen: Instant[] = [];
    const compiled = compilePolicy(parsePolicy({ version: '1', channels: [channel], rules: [...among] }), catalog);
    const item = catalog.items.get(sku as Sku);
    if (item === undefined) throw new Error('no item');
    const place = compiled.locationAt.indexOf(location as LocationId);
    return { id: ruleAt(compiled.rules.of(item).safetyStock, place, { asOf, boundaries: (instant) => seen.push(instant) })?.id, seen };
  };

  it('picks sku and location, then sku, category, location, and the rest', () => {
    expect(winner(rules, 'W1').id).toBe('a-both');
    expect(winner(rules, 'W2').id).toBe('b-sku');
    expect(winner(rules.filter(({ id }) => !/^[ab]/.test(id)), 'W1').id).toBe('c-category');
    expect(winner(rules, 'W1', 'POT').id).toBe('d-location');
    expect(winner(rules, 'W2', 'POT').id).toBe('e-all');
    expect(winner(rules.slice(1, 2), 'W2', 'POT').id).toBeUndefined();
  });

  it('breaks a tie by id, whatever the order of writing', () => {
    const [one, other] = ['x', 'y'].map((id) => ({ ...who, id, kind: 'safetyStock' as const, ...fixed(1) }));
    if (one === undefined || other === undefined) throw new Error('two rules');
    expect(winner([other, one], 'W1').id).toBe('x');
    expect(winner([one, other], 'W1').id).toBe('x');
  });

  it('applies from its beginning and no longer at its end, and tells both', () => {
    const timed = { ...who, id: 'sale', kind: 'safetyStock' as const, from: NOW, until: '2026-11-23T13:00:00.000Z', ...fixed(1) };
    expect(winner([timed], 'W1')).toEqual({ id: 'sale', seen: [NOW, timed.until] });
    expect(winner([timed], 'W1', 'MUG', '2026-11-23T11:59:59.999Z' as Instant).id).toBeUndefined();
    expect(winner([timed], 'W1', 'MUG', timed.until as Instant).id).toBeUndefined();
  });
});

describe('compilePolicy', () => {
  const compiledFor = (sets: readonly (readonly string[])[]) =>
    compilePolicy(parsePolicy({ version: '1', channels: sets.map((locations, index) => ({ id: `c${String(index)}`, locations: [...locations] })) }), parseCatalog([]));

  it('knows every union of eligible sets once, and who sells inside it', () => {
    const { unions, channels } = compiledFor([['W1', 'W3'], ['W2', 'W1'], ['W1', 'W2']]);
    expect(unions.map(({ locations, channels: inside }) => [locations.join(' '), inside.join(' ')])).toEqual([
      ['W1 W3', '0'], ['W1 W2', '1 2'], ['W1 W2 W3', '0 1 2'],
    ]);
    expect(channels.get('c1' as ChannelId)?.supersets?.map(({ name }) => name)).toEqual(['W1, W2', 'W1, W2, W3']);
    expect(channels.get('c1' as ChannelId)?.peers).toEqual([1, 2]);
  });

  it('gives up on too many unions and remembers who overlaps', () => {
    const disjoint = Array.from({ length: 9 }, (_, index) => [`W${String(index)}`]);
    const { channels, unions } = compiledFor([...disjoint, ['W0', 'W1']]);

    expect(2 ** disjoint.length).toBeGreaterThan(MAX_UNIONS);
    expect(unions).toEqual([]);
    expect(channels.get('c0' as ChannelId)).toMatchObject({ supersets: undefined, overlapping: [0, 9] });
  });
});

describe('lintPolicy', () => {
  it('asks about multiples that the step of a sku cannot count', () => {
    const catalog = parseCatalog([{ sku: 'MUG', category: 'pieces' }, { sku: 'TEA', scale: 2, category: 'weighed' }, { sku: 'OIL', scale: 1, category: 'weighed' }]);
    const multiples = (of: number | string, scope: object) => parsePolicy({ version: '1', channels: [channel], rules: [{ ...who, id: 'm', kind: 'sellMultiple', of, scope }] });
    const found = (of: number | string, scope: object = {}, known: readonly Catalog[] = [catalog]) => lintPolicy(multiples(of, scope), NOW, ...known).filter(({ code }) => code === 'MULTIPLE_OFF_STEP');
    expect(found(2.5)).toEqual([{ code: 'MULTIPLE_OFF_STEP', severity: 'error', path: ['rules', 0, 'of'], message: 'rule m sells MUG in multiples of 2.5, and it is counted in steps of 1, so only multiples of 5 are shown; say a multiple of the step' }]);
    expect(found('0.5')).toMatchObject([{ severity: 'warning', message: expect.stringContaining('so the rule leaves every number as it is') as string }]);
    expect(found('0.25', { category: 'weighed' })).toMatchObject([{ severity: 'error', message: expect.stringContaining('sells OIL in multiples of 0.25, and it is counted in steps of 0.1, so only multiples of 0.5') as string }]);
    expect([found('0.25', { sku: 'TEA' }), found('0.250', { sku: 'TEA' }), found(6), found(2.5, { sku: 'unknown' }), found(2.5, {}, [])]).toEqual([[], [], [], [], []]);
    expect(found('0.005', { sku: 'TEA' })).toMatchObject([{ severity: 'warning' }]);
  });

  it('asks about ties, unknown channels and rules that are over', () => {
    const policy = parsePolicy({
      version: '1', channels: [channel], rules: [
        { ...who, id: 'b', kind: 'cap', most: 1, scope: { sku: 'MUG' } },
        { ...who, id: 'a', kind: 'cap', most: 2, scope: { sku: 'MUG' } },
        { ...who, id: 'c', kind: 'buffer', scope: { channel: 'kiosk' }, ...fixed(1) },
        { ...who, id: 'd', kind: 'pin', quantity: 1, until: NOW },
        { ...who, id: 'e', kind: 'pin', quantity: 1, from: NOW },
      ],
    });
    expect(lintPolicy(policy, NOW).map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['RULE_TIE', 'rules.1'], ['UNKNOWN_CHANNEL', 'rules.2.scope.channel'], ['EXPIRED_RULE', 'rules.3.until'], ['PIN_WITHOUT_END', 'rules.4'],
    ]);
    expect(lintPolicy(policy, NOW)[0]?.message).toContain('a wins');
  });

  it('asks about rules that a campaign never lets come into effect', () => {
    const [from, until] = ['2026-11-27T00:00:00Z', '2026-11-30T00:00:00Z'];
    const found = (window: object) => lintPolicy(parsePolicy({ version: '1', channels: [channel], overlays: [{ ...who, id: 'sale', from, until, rules: [{ ...who, id: 'late', kind: 'cap', most: 3, ...window }] }] }), NOW);
    const never = [{ code: 'NEVER_IN_EFFECT', severity: 'error', path: ['overlays', 0, 'rules', 0], message: 'rule late is never in effect, because overlay sale applies from 2026-11-27T00:00:00.000Z until 2026-11-30T00:00:00.000Z alone; give it a time within that' }];
    expect([found({ from: until }), found({ until: from })]).toEqual([never, never]);
    expect([found({}), found({ from: '2026-11-29T23:59:59Z' }), found({ until: '2026-11-27T00:00:01Z' })]).toEqual([[], [], []]);
  });

  it('asks about what is said of a location on which no channel draws', () => {
    const found = (location: object) => lintPolicy(parsePolicy({ version: '1', channels: [channel], locations: [{ id: 'W1x', ...location }] }), NOW).map(({ code, path }) => [code, path.join('.')]);
    expect([found({ lifecycle: 'closed' }), found({ stale: { afterMinutes: 30, becomes: 'zero' } }), found({ region: 'eu' })]).toEqual([[['UNKNOWN_LOCATION', 'locations.0']], [['UNKNOWN_LOCATION', 'locations.0']], []]);
  });

  it('asks nothing of a rule of one\'s own that applies at two stages, which both count', () => {
    const own = (id: string, stage: string, ruleVersion = 1) => ({ ...who, id, kind: 'custom', rule: 'acme.keep', ruleVersion, stage, settings: {} });
    const codes = (...rules: unknown[]) => lintPolicy(parsePolicy({ version: '1', channels: [channel], rules }), NOW).map(({ code }) => code);
    expect([codes(own('a', 'draw'), own('b', 'listing', 2)), codes(own('a', 'draw'), own('b', 'draw', 2))]).toEqual([[], ['RULE_TIE']]);
  });

  it('asks about pins that say no part where there are parts, or a part where there is none', () => {
    const pin = (id: string, scope: object) => ({ ...who, id, kind: 'pin', quantity: 1, until: '2027-01-01T00:00:00Z', scope });
    const found = (...rules: object[]) => lintPolicy(parsePolicy({ version: '1', channels: [{ id: 'web', locations: ['W1', 'W2'] }, { id: 'shops', locations: ['W1', 'W3'], publish: 'perLocation' }], rules }), NOW)
      .map(({ code, path, message }) => [code, path.join('.'), message.replace(/^rule \S+ /, '').replace(/[,;].*/, '')]);
    expect(found(pin('a', { channel: 'web' }), pin('b', { channel: 'shops', location: 'W1' }), pin('c', { location: 'W3' }))).toEqual([]);
    expect(found(pin('a', {}), pin('b', { channel: 'shops' }), pin('c', { channel: 'shops', location: 'W2' }), pin('d', { location: 'W2' }), pin('e', { channel: 'web', location: 'W1' }))).toEqual([
      ['PIN_OFF_PARTS', 'rules.0.scope', 'pins the number of shops'], ['PIN_OFF_PARTS', 'rules.1.scope', 'pins the number of shops'], ['PIN_OFF_PARTS', 'rules.2.scope', 'pins a part at W2'],
      ['PIN_OFF_PARTS', 'rules.3.scope', 'pins a part at W2'], ['PIN_OFF_PARTS', 'rules.4.scope', 'pins a part at W1'],
    ]);
  });

  it('asks about caps and pins beyond what a channel can express', () => {
    const channels = [{ id: 'web', locations: ['W1'], maximum: 999 }, { id: 'till', locations: ['W1'], maximum: '99.5' }, { id: 'portal', locations: ['W1'] }];
    const rule = (id: string, rest: object) => ({ ...who, id, until: '2027-01-01T00:00:00Z', ...rest });
    const policy = parsePolicy({ version: '1', channels, rules: [
      rule('a', { kind: 'cap', most: 100 }), rule('b', { kind: 'cap', most: 100, scope: { channel: 'web' } }), rule('c', { kind: 'pin', quantity: 1000, scope: { channel: 'web' } }), rule('d', { kind: 'cap', most: 5000, scope: { channel: 'portal' } }),
    ] });
    expect(lintPolicy(policy, NOW).map(({ code, path, message }) => [code, path.join('.'), message])).toEqual([
      ['BEYOND_MAXIMUM', 'rules.0.most', 'rule a says 100, and till can express at most 99.5, so it shows no more than that'],
      ['BEYOND_MAXIMUM', 'rules.2.quantity', 'rule c says 1000, and web can express at most 999, so it shows no more than that'],
    ]);
    expect(() => parsePolicy({ version: '1', channels: [{ id: 'web', locations: ['W1'], maximum: 0 }] })).toThrow('channels[0].maximum: must be greater than 0');
  });
});

describe('lintPolicy on division', () => {
  const channels = [{ id: 'shop', locations: ['W1', 'W2'] }, { id: 'till', locations: ['W2'] }, { id: 'market', locations: ['W2', 'W1'] }];
  const codes = (rules: NonNullable<PolicyInput['rules']>) => lintPolicy(parsePolicy({ version: '1', channels, rules }), NOW).map(({ code, severity, path }) => [code, severity, path.join('.')]);

  it('asks for one pool, every channel of it, and known names', () => {
    expect(codes([
      { ...who, id: 'a', kind: 'share', between: { shop: 1, till: 1 } },
      { ...who, id: 'b', kind: 'priority', order: ['till', 'shop'], scope: { sku: 'MUG' } },
      { ...who, id: 'c', kind: 'share', between: { shop: 1 }, scope: { sku: 'MUG' } },
      { ...who, id: 'd', kind: 'share', between: { shop: 1, market: 2, kiosk: 3 }, scope: { sku: 'POT' } },
      { ...who, id: 'e', kind: 'protection', scope: { channel: 'kiosk' }, keep: { level: 1 } },
    ])).toEqual([
      ['SHARE_ACROSS_SETS', 'error', 'rules.0'], ['PRIORITY_ACROSS_SETS', 'error', 'rules.1'], ['SHARE_LEAVES_OUT', 'warning', 'rules.2.between'],
      ['UNKNOWN_CHANNEL', 'error', 'rules.3.between.kiosk'], ['UNKNOWN_CHANNEL', 'error', 'rules.4.scope.channel'],
    ]);
  });

  it('takes two shares of one pool for a tie, and of two pools not', () => {
    expect(codes([{ ...who, id: 'a', kind: 'share', between: { shop: 1, market: 1 } }, { ...who, id: 'b', kind: 'share', between: { till: 1 } }])).toEqual([]);
    expect(codes([{ ...who, id: 'a', kind: 'share', between: { shop: 1, market: 1 } }, { ...who, id: 'b', kind: 'share', between: { market: 1, shop: 3 } }])).toEqual([['RULE_TIE', 'warning', 'rules.1']]);
  });

  it('says when the location lists make too many unions', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ id: `c${String(index)}`, locations: [`V${String(index)}`] }));
    expect(lintPolicy(parsePolicy({ version: '1', channels: many }), NOW).map(({ code }) => code)).toEqual(['TOO_MANY_UNIONS']);
  });
});

describe('lintPolicy on what rules name', () => {
  const catalog = parseCatalog([{ sku: 'MUG', category: 'cups' }, { sku: 'SET', components: [{ sku: 'MUG', quantityPer: 2 }] }]);
  const codes = (rules: NonNullable<PolicyInput['rules']>, more: Partial<PolicyInput> = {}) => lintPolicy(parsePolicy({ version: '1', channels: [channel], rules, ...more }), NOW, catalog).map(({ code, path }) => [code, path.join('.')]);

  it('looks skus, categories and locations up', () => {
    expect(codes([
      { ...who, id: 'a', kind: 'safetyStock', scope: { sku: 'POT', location: 'W9' }, ...fixed(1) },
      { ...who, id: 'b', kind: 'buffer', scope: { category: 'pots' }, ...fixed(1) },
      { ...who, id: 'c', kind: 'protection', scope: { channel: 'shop', sku: 'SET' }, keep: { level: 1 } },
      { ...who, id: 'd', kind: 'cap', scope: { sku: 'SET' }, most: 1 },
    ])).toEqual([
      ['UNKNOWN_LOCATION', 'rules.0.scope.location'], ['UNKNOWN_SKU', 'rules.0.scope.sku'], ['UNKNOWN_CATEGORY', 'rules.1.scope.category'], ['BINDS_NO_STOCK', 'rules.2.scope.sku'],
    ]);
  });

  it('asks about levels that show less when there is more', () => {
    const levels = (...steps: { from: number; fixed: number }[]) => codes([{ ...who, id: 'a', kind: 'buffer', withhold: { levels: steps } }]);
    expect(levels({ from: 0, fixed: 1 }, { from: 11, fixed: 2 })).toEqual([]);
    expect(levels({ from: 0, fixed: 1 }, { from: 11, fixed: 3 })).toEqual([['NON_MONOTONE_LEVELS', 'rules.0.withhold.levels.1']]);
    expect(levels({ from: 2, fixed: 5 })).toEqual([['NON_MONOTONE_LEVELS', 'rules.0.withhold.levels.0']]);
    expect(levels({ from: 1, fixed: 5 })).toEqual([]);
  });

  it('asks about levels by the steps in which the catalogue counts what they are for', () => {
    const cloth = parseCatalog([{ sku: 'MUG', category: 'mugs' }, { sku: 'SILK', scale: 3, category: 'cloth' }]);
    const told = (scope: object, from = 10, channels = [channel] as PolicyInput['channels']) =>
      lintPolicy(parsePolicy({ version: '1', channels, rules: [{ ...who, id: 'a', kind: 'buffer', scope, withhold: { levels: [{ from: 0, fixed: 0 }, { from, fixed: 1 }] } }] }), NOW, cloth).map(({ message }) => message);
    const fine = ['rule a shows less of SILK at 10 than with 0.001 less in stock; let each level hold back at most 0.001 more than the one before'];
    expect([told({}), told({ category: 'cloth' }), told({ sku: 'SILK' })]).toEqual([fine, fine, fine]);
    expect([told({ category: 'mugs' }), told({ sku: 'MUG' }), told({ sku: 'POT' })]).toEqual([[], [], [expect.stringContaining('POT')]]);
    expect(told({}, 10, [{ ...channel, wholeUnits: true }])).toEqual([]);
  });

  it('looks into overlays, whose pins end with them', () => {
    const overlay = { ...who, id: 'sale', from: '2026-11-20T00:00Z', until: '2026-11-23T12:00Z', rules: [{ ...who, id: 'p', kind: 'pin' as const, quantity: 1, scope: { channel: 'kiosk' } }] };
    expect(codes([], { overlays: [overlay] })).toEqual([['UNKNOWN_CHANNEL', 'overlays.0.rules.0.scope.channel'], ['EXPIRED_OVERLAY', 'overlays.0.until']]);
  });
});
