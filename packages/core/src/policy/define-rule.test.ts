import { describe, expect, it } from 'vitest';
import { LATER, NOW, position, shopOn, who } from '../../test/sketch.ts';
import { createAvailability } from '../availability/availability.ts';
import { parseCatalog } from '../catalog/catalog.ts';
import { diffExplanations } from '../explanation/diff.ts';
import { formatDifference } from '../explanation/format-difference.ts';
import { explanationMarkdown, formatExplanation } from '../explanation/format.ts';
import { parseChannelId, parseSku, type LocationId } from '../identity/ids.ts';
import { multiplyQuantity, scaleQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { defineRule, findLawViolation, type CustomRule, type CustomRuleInput } from './define-rule.ts';
import { parsePolicy } from './parse.ts';

interface Keep { readonly units: number }
const settings = { parse: (input: unknown): Keep => {
  const { units } = input as Partial<Keep>;
  if (typeof units !== 'number') throw new Error('units must be a number');
  return { units };
} };
const keep = (stage: 'supply' | 'draw' | 'listing', rule = `acme.${stage}`) => defineRule<Keep>({
  rule, version: 2, stage, label: `after the ${stage} reserve`, laws: ['neverRaises', 'monotone'], settings, apply: ({ quantity, settings: { units } }) => subtractQuantities(quantity, units),
});
const use = (stage: string, units: unknown = 1, rest: object = {}) => ({ ...who, id: `use-${stage}`, kind: 'custom', rule: `acme.${stage}`, ruleVersion: 2, stage, settings: { units }, ...rest });

function explained(rules: readonly object[], definitions: readonly CustomRule<Keep>[], sku = 'MUG') {
  const catalog = parseCatalog([{ sku: 'MUG' }, { sku: 'PAIR', components: [{ sku: 'MUG', quantityPer: 2 }] }]);
  const calculator = createAvailability({ catalog, policy: parsePolicy({ version: '7', channels: [shopOn('W1', 'W2')], rules }), rules: definitions });
  const reader = { position: () => position('MUG', { at: { W1: 20, W2: 10 } }) };
  const key = { channel: parseChannelId('shop'), sku: parseSku(sku) };
  expect(calculator.compute(key, reader, { asOf: NOW })).toEqual(calculator.explain(key, reader, { asOf: NOW }).availability);
  return calculator.explain(key, reader, { asOf: NOW });
}

describe('a rule of one\'s own', () => {
  it('applies at its stage: per location, per channel, per listing', () => {
    expect(explained([use('supply', 3)], [keep('supply')]).availability.immediate).toBe(24);
    expect(explained([use('supply', 3, { scope: { location: 'W1' } })], [keep('supply')]).availability.immediate).toBe(27);
    expect(explained([use('draw', 3)], [keep('draw')], 'PAIR').availability.immediate).toBe(13);
    expect(explained([use('listing', 3)], [keep('listing')], 'PAIR').availability.immediate).toBe(12);
  });

  it('is the most specific of its name, beside those of other names', () => {
    const rules = [use('listing', 3), use('listing', 5, { id: 'mugs', scope: { sku: 'MUG' } }), use('listing', 7, { id: 'other', rule: 'acme.other' })];
    expect(explained(rules, [keep('listing'), keep('listing', 'acme.other')]).availability.immediate).toBe(18);
  });

  it('is explained by what it was given, what it made of it, and who wants it', () => {
    const explanation = explained([use('listing', 25)], [keep('listing')]);
    expect(explanation.limitingFactor).toMatchObject({ code: 'CUSTOM', label: 'after the listing reserve', owner: 'ops', reason: 'because' });
    expect(formatExplanation(explanation)).toContain('=        5  after the listing reserve: from 30   [use-listing, version 2: because]');
  });

  it('is named with its own version in every step, others with that of the policy', () => {
    const buffer = { ...who, id: 'buffer', kind: 'buffer', withhold: { fixed: 1 } };
    const { steps, limitingFactor } = explained([use('listing', 25), buffer], [keep('listing')]);
    expect([...new Set(steps.flatMap(({ rule }) => (rule === undefined ? [] : [`${rule.id} ${rule.version}`])))]).toEqual(['buffer 7', 'use-listing 2']);
    expect(limitingFactor).toMatchObject({ rule: 'use-listing', version: '2' });
    const markdown = explanationMarkdown(explained([use('listing', 25), buffer], [keep('listing')]));
    expect(markdown).toContain('rule use-listing, version 2, of ops: because');
    expect(markdown).toContain('| use-listing, version 2: because |');
    expect(markdown).toContain('| buffer: because |');
  });

  it('is told to have changed where its version did, whatever that did to the number', () => {
    const one = (version: number, apply: CustomRule<Keep>['apply']) => explained([use('listing', 3, { ruleVersion: version })], [defineRule<Keep>({ ...keep('listing'), version, apply })]);
    const less = (times: number): CustomRule<Keep>['apply'] => ({ quantity, settings: { units } }) => subtractQuantities(quantity, units * times);
    expect(diffExplanations(one(2, less(1)), one(3, less(2))).causes).toMatchObject([{ rule: 'use-listing', version: '3', versionBefore: '2', effect: { immediate: '-3' } }]);
    const silent = diffExplanations(one(2, less(1)), one(3, less(1)));
    expect(silent.causes).toMatchObject([{ rule: 'use-listing', version: '3', versionBefore: '2', effect: { immediate: '0' } }]);
    expect(formatDifference(silent)).toContain('(rule use-listing of ops: because; version 3, before version 2)');
    expect(diffExplanations(one(2, less(1)), one(2, less(1))).causes).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['without a definition', use('draw'), 'rules[0]: rule use-draw uses acme.draw version 2, but no definition of it was given'],
    ['of another version', use('listing', 1, { ruleVersion: 1 }), 'version 1, but what was given is version 2'],
    ['of another stage', use('listing', 1, { stage: 'draw' }), 'but it is defined for stage listing'],
    ['with settings that it refuses', use('listing', 'many'), 'the settings of acme.listing are refused: units must be a number'],
    ['with a scope that its stage does not know', use('listing', 1, { scope: { location: 'W1' } }), 'stage listing, which knows no location'],
  ])('is refused %s', (_, rule, message) => {
    expect(() => explained([rule], [keep('listing')])).toThrow(message);
  });

  it.each(['supply', 'draw', 'listing'] as const)('is told no moment at stage %s, since its answer would change when nothing says so', (stage) => {
    const seen: string[][] = [];
    explained([use(stage)], [defineRule<Keep>({ ...keep(stage), apply: (input) => {
      seen.push(Object.keys(input).sort());
      return input.quantity;
    } })]);
    expect(new Set(seen.map(String))).toEqual(new Set(['category,channel,location,quantity,scale,settings,sku']));
  });

  it('begins and ends with the window of its use, which an answer says', () => {
    const { availability } = explained([use('listing', 3, { from: LATER })], [keep('listing')]);
    expect(availability).toMatchObject({ immediate: 30, validUntil: LATER });
  });

  it('must return whole steps', () => {
    const half = defineRule<Keep>({ ...keep('listing'), apply: () => 0.5 });
    expect(() => explained([use('listing')], [half])).toThrow('acme.listing returned 0.5');
  });
});

describe('what is no rule', () => {
  const catalog = parseCatalog([{ sku: 'MUG' }]);
  const policy = parsePolicy({ version: '7', channels: [shopOn('W1')] });
  const wrong = (path: readonly (string | number)[], message: string): unknown => expect.objectContaining({ code: 'INVALID_INPUT', issues: [{ path, message }] }) as unknown;

  it.each<[string, object, readonly (string | number)[], string]>([
    ['a law that does not exist', { laws: ['monotone', 'neverRaise'] }, ['laws', 1], 'must be neverRaises or neverLowers or monotone, not "neverRaise"'],
    ['a law in place of a list of them', { laws: 'monotone' }, ['laws'], 'must be a list, not "monotone"'],
    ['no laws', { laws: undefined }, ['laws'], 'must be a list, not undefined'],
    ['no name', { rule: '' }, ['rule'], 'must be a name of 1 to 200 printable characters, not ""'],
    ['version 0', { version: 0 }, ['version'], 'must be a whole number from 1, not 0'],
    ['a version with parts', { version: '1.2' }, ['version'], 'must be a whole number from 1, not "1.2"'],
    ['a stage that does not exist', { stage: 'nowhere' }, ['stage'], 'must be supply or draw or listing, not "nowhere"'],
    ['no label', { label: undefined }, ['label'], 'must be a name of 1 to 200 printable characters, not undefined'],
    ['settings that nothing reads', { settings: {} }, ['settings'], 'must be what parses settings, such as a zod schema, not an object'],
    ['nothing that applies it', { apply: 5 }, ['apply'], 'must be a function, not 5'],
  ])('is refused wherever it is given: %s', (_, change, path, message) => {
    const definition = { ...keep('listing'), ...change } as CustomRule<Keep>;
    expect(() => defineRule(definition)).toThrow(wrong(path, message));
    expect(() => findLawViolation(definition, [])).toThrow(wrong(path, message));
    expect(() => createAvailability({ catalog, policy, rules: [keep('draw'), definition] })).toThrow(wrong(['rules', 1, ...path], message));
  });

  it('is refused where it is nothing', () => {
    expect(() => defineRule(null as never)).toThrow(wrong([], 'must be an object, not null'));
    expect(() => createAvailability({ catalog, policy, rules: [null as never] })).toThrow(wrong(['rules', 0], 'must be an object, not null'));
    expect(() => createAvailability({ catalog, policy, rules: {} as never })).toThrow(wrong(['rules'], 'must be a list, not an object'));
  });

  it('reads settings by whatever has a method for it', () => {
    class Settings { static parse = settings.parse; }
    expect(defineRule({ ...keep('listing'), settings: Settings }).settings).toBe(Settings);
  });
});

describe('findLawViolation', () => {
  const inputs: readonly CustomRuleInput<Keep>[] = [-3, 0, 4, 7].map((quantity) =>
    ({ quantity, settings: { units: 1 }, sku: parseSku('MUG'), scale: 0, category: undefined, channel: parseChannelId('shop'), location: 'W1' as LocationId }));
  const lawOf = (change: Partial<CustomRule<Keep>>) => findLawViolation(defineRule<Keep>({ ...keep('listing'), ...change }), inputs);

  it('finds nothing where the laws hold', () => {
    expect(lawOf({})).toBeUndefined();
    expect(lawOf({ laws: ['neverRaises', 'monotone'], apply: ({ quantity }) => multiplyQuantity(scaleQuantity(quantity, 1, 2, 'down'), 2) })).toBeUndefined();
  });

  it('names a rule that throws the second time or for one more, and asks for more only where the rule promises something of it', () => {
    let calls = 0;
    const few = { apply: ({ quantity }: { quantity: Quantity }): Quantity => { if (Number(quantity) > 7) throw new Error('too many'); return quantity; } };
    expect(lawOf({ ...few, laws: ['monotone'] })).toMatchObject({ law: 'whole', input: { quantity: 8 }, message: 'acme.listing: too many' });
    expect(lawOf({ ...few, laws: [] })).toBeUndefined();
    expect(lawOf({ laws: [], apply: ({ quantity }): Quantity => { if ((calls += 1) === 2) throw new Error('once only'); return quantity; } })).toMatchObject({ law: 'pure', message: 'acme.listing: -3 gave -3 once, and the next time: once only' });
  });

  it('names the first law that does not', () => {
    let calls = 0;
    expect(lawOf({ laws: ['neverLowers'] })).toMatchObject({ law: 'neverLowers', message: 'acme.listing: -3 became -4' });
    expect(lawOf({ apply: (): Quantity => 5 })).toMatchObject({ law: 'neverRaises' });
    expect(lawOf({ laws: ['monotone'], apply: ({ quantity }): Quantity => (quantity === 5 ? 0 : quantity) })).toMatchObject({ law: 'monotone', message: 'acme.listing: 4 gave 4, and one more gave 0' });
    expect(lawOf({ apply: (): Quantity => (calls -= 1) })).toMatchObject({ law: 'pure' });
    expect(lawOf({ apply: (): Quantity => Number.NaN })).toMatchObject({ law: 'whole' });
  });
});
