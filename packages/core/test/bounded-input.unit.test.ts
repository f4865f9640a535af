import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  addMs, createAvailability, diagnoseCatalog, diagnoseUnits, diffPolicies, isStockwrightError, lintPolicy, MAX_KIT_DEPTH, MAX_RECIPE_PARTS, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parsePromiseQuestion, parseSku, projectOnHand, whatIf,
  type Issue, type PolicyInput,
} from '../src/index.ts';

/*
 * What a hostile or mistaken document can do. Nothing is timed: what takes the square of such a number does not end before
 * the test runner gives up.
 */
const NOON = parseInstant('2026-11-23T12:00:00Z');
const many = <Item>(count: number, of: (index: number) => Item): Item[] => Array.from({ length: count }, (_, index) => of(index));
const rule = { owner: 'o', reason: 'r' };
const policyOf = (more: Partial<PolicyInput>) => parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }], ...more });

function refusal(read: () => unknown): { readonly code: string; readonly message: string; readonly issues: readonly Issue[] } {
  try {
    read();
  } catch (error) {
    if (isStockwrightError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

afterEach(() => { vi.restoreAllMocks(); });

describe('a refusal', () => {
  it('names a hundred problems and says how many more there are', () => {
    const { issues, message } = refusal(() => parseCatalog(many(1234, () => null)));
    expect(issues).toHaveLength(101);
    expect(issues.at(-1)).toEqual({ path: [], message: '1134 more problems' });
    expect(message.length).toBeLessThan(10_000);
    expect(refusal(() => policyOf({ rules: many(500, () => 1) as never })).issues).toHaveLength(101);
    expect(diagnoseCatalog(many(1234, () => null)).at(-1)).toEqual({ code: 'MALFORMED', severity: 'error', path: [], message: '1134 more problems' });
  });

  it('quotes no more of a value than one can read, and its whole path', () => {
    const long = 'x'.repeat(100_000);
    for (const read of [() => parseSku(` ${long}`), () => parseInstant(long), () => policyOf({ [long]: 1 } as never), () => policyOf({ rules: [{ ...rule, id: 'a', kind: 'cap', most: 1, zone: long }] })]) {
      expect(refusal(read).message.length).toBeLessThan(1000);
    }
    const { issues, message } = refusal(() => policyOf({ rules: [{ ...rule, id: 'a', kind: 'share', between: { [long]: 1 } }] }));
    expect([issues[0]?.path, message.length < 1000]).toEqual([['rules', 0, 'between', long], true]);
    expect(diagnoseCatalog([{ sku: 'K', components: [{ sku: long, quantityPer: 1 }] }])[0]?.message.length).toBe(500);
  });

  it('says of a list or an object that it is one, however deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(refusal(() => parseInstant(deep)).message).toContain('a list is not an ISO 8601 time');
    expect(refusal(() => parseInstant({ at: deep })).message).toContain('an object is not');
  });
});

describe('an identifier', () => {
  it('is whole characters: two halves of different ones become the same as soon as they are stored', () => {
    expect(refusal(() => parseSku('A\ud800')).message).toContain('half of a character');
    expect(parseSku('A\u{1f4a1}')).toBe('A\u{1f4a1}');
  });

  it('may be a name that every object has', () => {
    const share = { ...rule, id: 'split', kind: 'share' as const, between: { shop: 1, market: 1 } };
    const policy = policyOf({ channels: ['shop', 'market', 'constructor'].map((id) => ({ id, locations: ['W1'] })), rules: [share] });
    const stock = { onHand: 10, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
    const position = { sku: parseSku('A'), scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] };
    const { compute } = createAvailability({ policy, catalog: parseCatalog([{ sku: 'A' }]) });
    expect(['shop', 'constructor'].map((id) => compute({ channel: parseChannelId(id), sku: parseSku('A') }, { position: () => position }, { asOf: NOON }).immediate)).toEqual([5, 0]);
  });
});

describe('parsePolicy', () => {
  it('refuses settings that nest without end, and reads those that do not', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);
    const own = (value: unknown) => ({ rules: [{ ...rule, id: 'own', kind: 'custom', rule: 'acme.own', ruleVersion: 1, stage: 'listing', settings: { value } }] }) as Partial<PolicyInput>;
    expect(refusal(() => policyOf(own(nested(100_000))))).toMatchObject({ code: 'INVALID_POLICY', issues: [{ message: 'nests deeper than 64 levels' }] });
    expect(policyOf(own(nested(50))).rules).toMatchObject([{ settings: { value: nested(50) } }]);
  });

  it('refuses a name that would be dropped where names are free', () => {
    const between = JSON.parse('{"__proto__":1,"shop":1}') as Record<string, number>;
    expect(refusal(() => policyOf({ rules: [{ ...rule, id: 'a', kind: 'share', between }] })).issues).toMatchObject([{ path: ['rules', 0, 'between', '__proto__'] }]);
  });

  it('refuses a silence that ends in no calendar', () => {
    expect(refusal(() => policyOf({ locations: [{ id: 'W1', stale: { afterMinutes: Number.MAX_SAFE_INTEGER, becomes: 'zero' } }] })).issues).toMatchObject([{ path: ['locations', 0, 'stale', 'afterMinutes'] }]);
  });

  it('asks for the calendar of a zone once, not once a rule', () => {
    const made = vi.spyOn(Intl, 'DateTimeFormat');
    policyOf({ rules: many(500, (index) => ({ ...rule, id: `r${String(index)}`, kind: 'cap', most: 1, zone: 'Antarctica/Troll', from: '2026-03-29T01:30' })) });
    expect(made.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('refuses to look through more pairs of channels and locations than there can be', () => {
    const channels = many(4000, (index) => ({ id: `c${String(index)}`, sourcing: { regions: ['eu'] } }));
    expect(refusal(() => policyOf({ channels, locations: many(4000, (index) => ({ id: `L${String(index)}`, region: 'eu' })) })).issues).toMatchObject([{ path: ['channels'] }]);
  });

  it('reads a million locations', () => {
    const [channel] = policyOf({ channels: [{ id: 'shop', locations: many(1_000_000, (index) => `L${String(index)}`) }] }).channels;
    expect(channel?.locations).toHaveLength(1_000_000);
  });
});

describe('the tools of policies', () => {
  const caps = many(30_000, (index) => ({ ...rule, id: `r${String(index)}`, kind: 'cap' as const, scope: { sku: `s${String(index)}` }, most: 1 }));
  const channels = many(30_000, (index) => ({ id: `c${String(index)}`, locations: ['W1'] }));

  it('lint as many rules as a catalogue has skus', () => {
    const catalog = parseCatalog(caps.map(({ scope: { sku } }) => ({ sku, category: `of ${sku}` })));
    const byCategory = caps.map((cap) => ({ ...cap, id: `${cap.id}-category`, scope: { category: `of ${cap.scope.sku}` } }));
    expect(lintPolicy(policyOf({ rules: [...caps, ...byCategory, ...caps.slice(0, 2).map((cap) => ({ ...cap, id: `${cap.id}-again` }))] }), NOON, catalog).map(({ code }) => code)).toEqual(['RULE_TIE', 'RULE_TIE']);
  });

  it('lint as many rules that follow each other as there are minutes in months', () => {
    const pins = many(100_000, (minute) => ({ ...rule, id: `r${String(minute)}`, kind: 'pin' as const, quantity: 1, from: addMs(NOON, minute * 60_000), until: addMs(NOON, (minute + 1) * 60_000) }));
    const late = { ...rule, id: 'late', kind: 'pin' as const, quantity: 2, from: addMs(NOON, 90_000), until: addMs(NOON, 200_000) };
    expect(lintPolicy(policyOf({ rules: [...pins, late] }), NOON).map(({ message }) => message)).toEqual([expect.stringContaining('rules r1 and late say')]);
  });

  it('give up on unions of sets that are too large together, and say so', () => {
    const wide = many(9, (channel) => ({ id: `c${String(channel)}`, locations: many(2000, (index) => `${String(channel)}-${String(index)}`) }));
    expect(lintPolicy(policyOf({ channels: wide }), NOON).map(({ code }) => code)).toEqual(['TOO_MANY_UNIONS']);
    expect(lintPolicy(policyOf({ channels: wide.slice(0, 5) }), NOON)).toEqual([]);
  });

  it('compare and try policies of more channels than anybody has', () => {
    const policy = policyOf({ channels });
    expect(diffPolicies(policy, policyOf({ channels: channels.toReversed() })).map(({ id }) => id)).toEqual(['channels']);
    const [first] = policy.channels;
    const small = policyOf({ channels: channels.slice(0, 1) });
    expect(whatIf({ catalog: parseCatalog([{ sku: 'A' }]), before: small, after: small }, [{ asOf: NOON, positions: { position: () => undefined } }]).channels.get(first?.id ?? parseChannelId('none'))?.compared).toBe(1);
  });
});

describe('a catalogue', () => {
  const parts = many(1000, (index) => ({ sku: `s${String(index)}` }));
  const whole = { sku: 'WHOLE', components: parts.map(({ sku }) => ({ sku, quantityPer: 1 })) };

  it.each([1, 2, 3, MAX_KIT_DEPTH, MAX_KIT_DEPTH + 1, 1000])('refuses a circle of %i kits', (length) => {
    const circle = many(length, (index) => ({ sku: `k${String(index)}`, components: [{ sku: `k${String((index + 1) % length)}`, quantityPer: 2 }] }));
    expect(refusal(() => parseCatalog(circle)).code).toBe('INVALID_INPUT');
    expect(diagnoseCatalog(circle).map(({ code }) => code)).toEqual(['KIT_CYCLE']);
  });

  it('refuses kits nested ten thousand deep', () => {
    const chain = many(10_000, (index) => ({ sku: `k${String(index)}`, components: [{ sku: `k${String(index + 1)}`, quantityPer: 1 }] }));
    expect(refusal(() => parseCatalog([...chain, { sku: 'k10000' }])).message).toContain('nests deeper than 16 levels');
    expect(diagnoseCatalog([...chain, { sku: 'k10000' }]).map(({ code }) => code)).toContain('KIT_TOO_DEEP');
  });

  it('works a nested kit out once for every kit that names it, however often that names it', () => {
    const often = { sku: 'OFTEN', components: many(50_000, () => ({ sku: 'WHOLE', quantityPer: 1 })) };
    expect(parseCatalog([...parts, whole, often]).items.get(parseSku('OFTEN'))?.components?.[0]).toEqual({ sku: 's0', quantityPer: 50_000 });
    expect(diagnoseCatalog([...parts, whole, often]).every(({ code }) => code === 'DUPLICATE_COMPONENT')).toBe(true);
  });

  it('refuses recipes that come to more parts than memory holds, from a document of a few hundred kilobytes', () => {
    const kits = many(MAX_RECIPE_PARTS / 1000, (index) => ({ sku: `K${String(index)}`, components: [{ sku: 'WHOLE', quantityPer: 1 }] }));
    expect(refusal(() => parseCatalog([...parts, whole, ...kits])).message).toContain('past 2000000 parts in all');
    expect(diagnoseCatalog([...parts, whole, ...kits]).map(({ code }) => code)).toEqual(['HUGE_RECIPE']);
  });

  it('is diagnosed where one kit is in all others', () => {
    const kits = many(100_000, (index) => ({ sku: `K${String(index)}`, components: [{ sku: 'B', quantityPer: 1 }] }));
    expect(diagnoseCatalog([{ sku: 'A' }, { sku: 'B', components: [{ sku: 'A', quantityPer: 1 }] }, ...kits])).toEqual([]);
  });
});

describe('numbers and days at their ends', () => {
  it('reads a conversion as it was written, not as the float nearest to it', () => {
    expect(diagnoseUnits({ conversions: [{ from: 'a', to: 'b', numerator: 123456789.123456 }, { from: 'a', to: 'b', numerator: '123456789.123456' }] }).map(({ code }) => code)).toEqual(['DUPLICATE_CONVERSION']);
  });

  it('refuses a horizon that ends past the last day that can be written', () => {
    expect(refusal(() => parsePromiseQuestion({ from: '9999-12-30', days: 3, opening: 1 })).issues).toMatchObject([{ path: ['days'] }]);
    expect(projectOnHand(parsePromiseQuestion({ from: '9999-12-30', days: 2, opening: 1 })).at(-1)?.day).toBe('9999-12-31');
  });
});
