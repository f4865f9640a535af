import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  buildPolicy, createAvailability, diffExplanations, diffPolicies, explanationMarkdown, formatQuantity, lintPolicy, parseCatalog, parseChannelId, parsePolicy, parseSku, publicationRisk, whatIf,
  type Policy, type PolicyInput, type RuleForChannels, type Sku,
} from '../src/index.ts';
import { LATER, NOW, position, who } from './sketch.ts';

const begun = buildPolicy('1').channel('shop', { locations: ['W1'] }).channel('wholesale', { locations: ['W1'] });
const protect = (level: number) => ({ ...who, id: 'smith', kind: 'protection' as const, scope: { channel: 'wholesale' as const }, keep: { level } });
const key = { channel: parseChannelId('shop'), sku: parseSku('MUG') };
const catalog = parseCatalog([{ sku: 'MUG' }, { sku: 'PAIR', components: [{ sku: 'MUG', quantityPer: 2 }] }]);
const reader = (onHand: number, rest: object = {}) => ({ position: (sku: Sku) => (sku === 'MUG' ? position('MUG', { at: { W1: onHand }, ...rest }) : undefined) });

describe('buildPolicy', () => {
  it('builds what JSON would say', () => {
    const input: PolicyInput = { version: '1', channels: [{ id: 'shop', locations: ['W1'] }, { id: 'wholesale', locations: ['W1'] }], rules: [protect(8)] };
    expect(begun.rule(protect(8)).build()).toEqual(parsePolicy(input));
    expect(parsePolicy(JSON.parse(JSON.stringify(begun.rule(protect(8)))))).toEqual(parsePolicy(input));
  });

  it('continues one beginning in several ways, and refuses what JSON would', () => {
    expect([begun.rule(protect(1)).build().rules.length, begun.build().rules.length]).toEqual([1, 0]);
    expect(() => begun.rule(protect(1)).rule(protect(2)).build()).toThrow('rule smith is listed twice');
  });

  it('lets the compiler refuse a channel that was not added', () => {
    // @ts-expect-error -- kiosk is no channel of this policy
    const policy = begun.rule({ ...who, id: 'k', kind: 'buffer', scope: { channel: 'kiosk' }, withhold: { fixed: 1 } }).build();
    expect(lintPolicy(policy, NOW).map(({ code }) => code)).toEqual(['UNKNOWN_CHANNEL']);
    expectTypeOf<Extract<RuleForChannels<'a' | 'b'>, { kind: 'share' }>['between']>().toEqualTypeOf<Partial<Record<'a' | 'b', string | number>>>();
    expectTypeOf<Extract<RuleForChannels<'a' | 'b'>, { kind: 'priority' }>['order']>().toEqualTypeOf<('a' | 'b')[]>();
  });

  const window = { from: '2026-11-27T00:00:00Z', until: '2026-11-30T00:00:00Z' };
  const named = begun.location({ id: 'W3' }).rule({ ...who, id: 'most', kind: 'cap', most: 3 });

  it('lets the compiler refuse a location that nobody named, and take those that a channel or location did', () => {
    // @ts-expect-error -- W9 is no location of this policy
    expect(lintPolicy(named.rule({ ...who, id: 'k', kind: 'safetyStock', scope: { location: 'W9' }, withhold: { fixed: 1 } }).build(), NOW).map(({ code }) => code)).toContain('UNKNOWN_LOCATION');
    const pin = { ...who, id: 'p', kind: 'pin' as const, quantity: 1, ...window };
    for (const location of ['W1', 'W3'] as const) expect(named.rule({ ...pin, scope: { location } }).build().rules.length).toBe(2);
    // @ts-expect-error -- a channel is one of those that are there, beside a location too
    named.rule({ ...pin, scope: { location: 'W1', channel: 'kiosk' } });
    // Names that only the program knows may be any.
    const lists: readonly string[] = ['W1', 'W2'];
    expect(buildPolicy('1').channel('shop', { locations: lists }).rule({ ...pin, scope: { location: 'W2' } }).build().channels[0]?.locations).toEqual(['W1', 'W2']);
  });

  it('lets the compiler refuse to suspend a rule that is not there, a channel of no locations, and two ways of one amount', () => {
    const campaign = named.overlay({ ...who, id: 'sale', ...window, suspends: ['most'], rules: [{ ...who, id: 'more', kind: 'cap', most: 9, scope: { channel: 'shop' } }] });
    expect(campaign.overlay({ ...who, id: 'late', ...window, suspends: ['more'] }).build().overlays.length).toBe(2);
    // @ts-expect-error -- there is no rule mosst
    expect(() => named.overlay({ ...who, id: 'sale', ...window, suspends: ['mosst'] }).build()).toThrow('no rule mosst');
    // @ts-expect-error -- neither locations nor sourcing
    expect(() => named.channel('till', { publish: 'total' }).build()).toThrow('no locations');
    // @ts-expect-error -- one of the two
    expect(() => named.rule({ ...who, id: 'k', kind: 'safetyStock', withhold: { fixed: 1, percent: 5 } }).build()).toThrow('withhold');
    // @ts-expect-error -- one of the two
    expect(() => named.rule({ ...who, id: 'k', kind: 'protection', scope: { channel: 'shop' }, keep: { level: 1, quota: 5 } }).build()).toThrow('keep');
  });
});

describe('diffPolicies', () => {
  const told = (before: Policy, after: Policy) => diffPolicies(before, after).map(({ change, what, id, fields }) => [change, what, id, fields.join()]);

  it('says what was added, removed and changed, and in which properties', () => {
    const before = begun.rule(protect(8)).rule({ ...who, id: 'cap', kind: 'cap', most: 3 }).build();
    const after = buildPolicy({ version: '2', clamp: 'perLocation' }).channel('shop', { locations: ['W1', 'W2'] }).channel('wholesale', { locations: ['W1'] }).channel('till', { locations: ['W2'] })
      .location({ id: 'W2', lifecycle: 'onboarding' }).rule({ ...protect(9), owner: 'sales' }).build();
    expect(told(before, after)).toEqual([
      ['changed', 'setting', 'clamp', 'clamp'], ['added', 'location', 'W2', ''], ['changed', 'channel', 'shop', 'locations'], ['added', 'channel', 'till', ''],
      ['changed', 'rule', 'smith', 'keep,owner'], ['removed', 'rule', 'cap', ''],
    ]);
  });

  it('names each setting that differs', () => {
    const set = { clamp: 'perLocation', kits: 'perLocation', returns: 'channel', overdue: 'count' } as const;
    const other = buildPolicy({ version: '1', ...set }).channel('shop', { locations: ['W1'] }).build();
    expect(told(buildPolicy('1').channel('shop', { locations: ['W1'] }).build(), other)).toEqual(Object.keys(set).map((id) => ['changed', 'setting', id, id]));
  });

  it('passes the version, the order of rules and of properties over', () => {
    const one = begun.rule(protect(8)).rule({ ...who, id: 'cap', kind: 'cap', most: 3 }).build();
    const other = buildPolicy('2').channel('shop', { locations: ['W1'] }).channel('wholesale', { locations: ['W1'] }).rule({ ...who, id: 'cap', most: 3, kind: 'cap' }).rule(protect(8)).build();
    expect(diffPolicies(one, other)).toEqual([]);
  });

  it('takes a property that is undefined for one that is absent, as JSON does', () => {
    const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'], maximum: undefined }], rules: [{ ...who, id: 'c', kind: 'cap', most: 3, scope: undefined }] });
    expect(diffPolicies(policy, parsePolicy(JSON.parse(JSON.stringify(policy))))).toEqual([]);
  });

  it('passes over the order of rules in a campaign, and of those that it suspends', () => {
    const campaign = (turned: boolean): Policy => {
      const lists = { suspends: ['a', 'b'], rules: [{ ...who, id: 'c', kind: 'cap', most: 3 }, { ...who, id: 'd', kind: 'buffer', withhold: { fixed: 1 } }] };
      const overlay = turned ? { suspends: lists.suspends.toReversed(), rules: lists.rules.toReversed() } : lists;
      const rules = ['a', 'b'].map((id) => ({ ...who, id, kind: 'cap', most: 9, scope: { sku: id } }));
      return parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }], rules, overlays: [{ ...who, id: 'sale', from: '2026-11-23T12:00:00Z', until: '2026-11-24T12:00:00Z', ...overlay }] });
    };
    expect(diffPolicies(campaign(false), campaign(true))).toEqual([]);
  });

  it('compares quantities by what they count, however they are written, and everything else as it is written', () => {
    const written = (five: string | number, id: string, settings: object = {}) => parsePolicy({
      version: '1', channels: [{ id: 'shop', locations: ['W1'], maximum: five }, { id: 'till', locations: [id] }],
      rules: [
        { ...who, id: 'a', kind: 'cap', most: five, from: '2026-11-23T12:00:00Z' }, { ...who, id: 'b', kind: 'buffer', withhold: { levels: [{ from: five, percent: five }] } }, { ...who, id: 'c', kind: 'protection', scope: { channel: 'shop' }, keep: { quota: five } },
        { ...who, id: 'd', kind: 'share', between: { shop: five, till: 1 } }, { ...who, id: 'e', kind: 'custom', rule: 'acme.own', ruleVersion: 1, stage: 'listing', settings: { most: 5, ...settings } },
        { ...who, id: 'f', kind: 'hideAtOrBelow', scope: { sku: id }, threshold: five }, { ...who, id: 'g', kind: 'backorderLimit', limit: 'unlimited' },
      ],
      overlays: [{ ...who, id: 'sale', from: '2026-11-23T12:00:00Z', until: '2026-11-24T12:00:00Z', rules: [{ ...who, id: 'h', kind: 'sellMultiple', of: five }, { ...who, id: 'i', kind: 'safetyStock', withhold: { fixed: five } }] }],
    });
    expect(told(written(5, '1'), written('5.0', '1'))).toEqual([]);
    expect(told(written('0.5', '1'), written(0.5, '1'))).toEqual([]);
    expect(told(written(5, '1'), written(5, '1.0'))).toEqual([['changed', 'channel', 'till', 'locations'], ['changed', 'rule', 'f', 'scope']]);
    expect(told(written(5, '1'), written(5, '1', { most: '5.0' }))).toEqual([['changed', 'rule', 'e', 'settings']]);
    expect(told(written(5, '1'), written('5.0001', '1')).map(([, , id]) => id)).toEqual(['shop', 'a', 'b', 'c', 'd', 'f', 'sale']);
  });
});

describe('whatIf', () => {
  const [before, after] = [begun.build(), begun.rule(protect(8)).build()];
  const history = [{ asOf: NOW, positions: reader(20) }, { asOf: LATER, positions: reader(5) }];

  it('counts the numbers that would have been others, and lists them', () => {
    const report = whatIf({ catalog, before, after }, history);
    expect(Object.fromEntries(report.channels)).toEqual({
      shop: { compared: 4, raised: 0, lowered: 4, emptied: 2, filled: 0 }, wholesale: { compared: 4, raised: 0, lowered: 0, emptied: 0, filled: 0 },
    });
    expect(report.changes.map(({ sku, asOf, before: was, after: is }) => [sku, asOf, was, is])).toEqual([['MUG', NOW, 20, 12], ['PAIR', NOW, 10, 6], ['MUG', LATER, 5, 0], ['PAIR', LATER, 2, 0]]);
  });

  it('shows what is promised beyond stock, and where units are', () => {
    const limits = (backorder: string | number, preorder: number): Policy => buildPolicy('1').channel('shop', { locations: ['W1', 'W2'], publish: 'perLocation' })
      .rule({ ...who, id: 'later', kind: 'backorderLimit', limit: backorder }).rule({ ...who, id: 'sooner', kind: 'preorderLimit', limit: preorder }).build();
    const [change] = whatIf({ catalog, before: limits(5, 3), after: limits('unlimited', 8) }, [{ asOf: NOW, positions: { position: () => position('MUG', { at: { W1: { onHand: 20, incoming: 9 } } }), promised: () => undefined }, keys: [key] }]).changes;
    expect(change).toMatchObject({ before: 20, after: 20, backorder: { before: 5, after: 'unlimited' }, preorder: { before: 3, after: 8 } });

    const order = (...locations: string[]): Policy => buildPolicy('1').channel('shop', { locations, publish: 'perLocation' }).rule({ ...who, id: 'most', kind: 'cap', most: 5 }).build();
    const both = { position: () => position('MUG', { at: { W1: 9, W2: 9 } }) };
    const [moved] = whatIf({ catalog, before: order('W1', 'W2'), after: order('W2', 'W1') }, [{ asOf: NOW, positions: both, keys: [key] }]).changes;
    expect(moved).toMatchObject({ before: 5, after: 5, parts: { before: new Map([['W1', 5], ['W2', 0]]), after: new Map([['W2', 5], ['W1', 0]]) } });
  });

  it('lists as many as are asked for and counts all, and only the keys that are asked for', () => {
    expect(whatIf({ catalog, before: after, after: before, limit: 1 }, history)).toMatchObject({ changed: 4, changes: [{ sku: 'MUG' }] });
    expect(whatIf({ catalog, before, after }, [{ asOf: NOW, positions: reader(20), keys: [key] }]).changed).toBe(1);
  });
});

describe('diffExplanations', () => {
  const explain = (onHand: number, level: number) => createAvailability({ catalog, policy: begun.rule(protect(level)).build() }).explain(key, reader(onHand), { asOf: NOW });

  it('tells causes from consequences', () => {
    const { before, after, causes, consequences, limitingFactor } = diffExplanations(explain(20, 8), explain(15, 10));
    expect([before, after]).toEqual([12, 5]);
    expect(causes.map((step) => [step.label, step.location, step.rule, step.before, step.after])).toEqual([['on hand', 'W1', undefined, '20', '15'], ['kept for wholesale', undefined, 'smith', '8', '10']]);
    expect(consequences.map((step) => [step.label, step.before, step.after])).toEqual([['after what is kept for wholesale', '12', '5'], ['available to sell', '12', '5']]);
    expect([limitingFactor.before?.code, limitingFactor.after?.code]).toEqual(['STOCK', 'PROTECTED']);
    expect(diffExplanations(explain(20, 8), explain(20, 8))).toMatchObject({ causes: [], consequences: [] });
  });
});

describe('explanationMarkdown', () => {
  it('shows the steps that changed something as a table', () => {
    const policy = buildPolicy('7').channel('shop', { locations: ['W1'] }).rule({ ...who, id: 'cap', kind: 'cap', most: 3, reason: 'looks | scarce' }).build();
    expect(explanationMarkdown(createAvailability({ catalog, policy }).explain(key, reader(20), { asOf: NOW }))).toBe([
      '**MUG on shop: 3 available to sell** as of 2026-11-23T12:00:00.000Z (policy 7)', '', 'Limited by: cap (rule cap of ops: looks \\| scarce)', '',
      '| quantity | what | how | rule |', '| ---: | --- | --- | --- |', '| 20 | on hand (W1) | | |', '| 3 | at most | | cap: looks \\| scarce |', '| 3 | within the cap | the least of 20, 3 | cap: looks \\| scarce |',
    ].join('\n'));
  });
});

describe('publicationRisk', () => {
  const risk = (published: readonly (readonly [string, string, number, number?])[], onHand: number, policy = begun.build()) => publicationRisk({ policy, catalog },
    published.map(([channel, sku, shown, unseen]) => ({ channel: parseChannelId(channel), sku: parseSku(sku), shown, ...(unseen === undefined ? {} : { unseen }) })), { positions: reader(onHand), asOf: NOW });

  it('adds what is shown up in components, and says what stock cannot serve', () => {
    expect(risk([['shop', 'MUG', 50], ['wholesale', 'PAIR', 10]], 50)).toEqual([{ sku: 'MUG', shown: 70, unseen: 0, oversell: 20, exact: true }]);
    expect(risk([['shop', 'MUG', 20]], 50)).toEqual([{ sku: 'MUG', shown: 20, unseen: 0, oversell: 0, exact: true }]);
  });

  it('counts orders that were taken and are not told yet', () => {
    expect(risk([['shop', 'MUG', 48, 3]], 50)).toMatchObject([{ shown: 48, unseen: 3, oversell: 1 }]);
  });

  it('counts nothing where nothing is sold from', () => {
    const closed = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }], locations: [{ id: 'W1', lifecycle: 'closed' }] });
    expect(risk([['shop', 'MUG', 10]], 10, closed)).toMatchObject([{ oversell: 10, exact: true }]);
  });

  it('looks where each channel may draw', () => {
    const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W9'] }, { id: 'wholesale', locations: ['W1', 'W9'] }] });
    expect(risk([['shop', 'MUG', 4], ['wholesale', 'MUG', 50]], 50, policy).map(({ oversell }) => formatQuantity(oversell))).toEqual(['4']);
  });

  it('is no exact figure of what is shown by location', () => {
    const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1', 'W2'], publish: 'perLocation' }, { id: 'wholesale', locations: ['W1'] }] });
    expect(risk([['shop', 'MUG', 5]], 5, policy)).toMatchObject([{ oversell: 0, exact: false }]);
    expect(risk([['wholesale', 'MUG', 5]], 5, policy)).toMatchObject([{ oversell: 0, exact: true }]);
  });
});
