import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildPolicy, MAX_IDENTIFIER_LENGTH, MAX_SCALE, parsePolicy } from '../src/index.ts';
import { MAX_INTEGER_DIGITS } from '../src/quantity/quantity.ts';
import { CHECKED, policySchema } from '../src/policy/schema.ts';

const file = new URL('../src/policy/policy.schema.json', import.meta.url);

/** What a schema can say of what is checked by hand. Texts and numbers each have their own words, which say nothing of the other. */
const WORDS: ReadonlyMap<unknown, object> = new Map<unknown, object>([
  [CHECKED.identifier, { minLength: 1, maxLength: MAX_IDENTIFIER_LENGTH, pattern: '^[^\\s\\u0000-\\u001f\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f])?$' }],
  [CHECKED.quantity, { pattern: `^\\+?0*[0-9]{1,${String(MAX_INTEGER_DIGITS)}}(\\.[0-9]{1,${String(MAX_SCALE)}}0*)?$`, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }],
  [CHECKED.percent, { pattern: '^(-0+(\\.0+)?|\\+?0*([0-9]{1,2}(\\.[0-9]{1,4}0*)?|100(\\.0+)?))$', minimum: 0, maximum: 100 }],
  [CHECKED.positive, { pattern: '[1-9]', exclusiveMinimum: 0 }],
  [CHECKED.weights, { minProperties: 1 }],
  [CHECKED.moment, { pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$' }],
  [CHECKED.channel, { anyOf: [{ required: ['locations'] }, { required: ['sourcing'] }] }],
]);
const schema = {
  ...z.toJSONSchema(policySchema, { io: 'input', reused: 'ref', override: ({ zodSchema, jsonSchema }) => { Object.assign(jsonSchema, WORDS.get(zodSchema)); } }),
  title: 'Stockwright policy',
  description: 'Which channel may sell what, and why. What a schema cannot say (names that are listed twice, windows that end before they begin, numbers finer than any step, days that are in no calendar, zones that nobody knows, names of more than 200 UTF-16 units in 200 characters or fewer) parsePolicy refuses.',
};
const validate = new Ajv2020({ strict: false }).compile(schema);

describe('policy.schema.json', () => {
  it('is what the policy is read by; UPDATE_POLICY_SCHEMA=1 writes it', () => {
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    // oxlint-disable-next-line no-process-env -- the one switch of this test
    if (process.env['UPDATE_POLICY_SCHEMA'] === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('can be named in a policy, as editors want it', () => {
    const policy = { $schema: './policy.schema.json', version: '1', channels: [{ id: 'shop', locations: ['W1'] }] };
    expect(validate(policy)).toBe(true);
    expect(parsePolicy(policy)).not.toHaveProperty('$schema');
    expect(buildPolicy({ $schema: './policy.schema.json', version: '1' }).channel('shop', { locations: ['W1'] }).toJSON()).toMatchObject(policy);
  });

  const rule = (of: object): object => ({ rules: [{ id: 'x', owner: 'ops', reason: 'because', ...of }] });
  const channel = (of: object): object => ({ channels: [{ id: 'shop', locations: ['W1'], ...of }] });
  const until = (text: string): object => rule({ kind: 'forceOut', until: text });

  it.each<readonly [string, ...(readonly object[])]>([
    ['quantities below zero', ...['-1', '-0', -1].map((most) => rule({ kind: 'cap', most }))],
    ['quantities that are no plain decimals', ...['1e3', '.5', '5.', ' 5', '', 'x'].map((most) => rule({ kind: 'cap', most }))],
    ['quantities that are too large or too fine', ...[1e308, 2 ** 53, '9'.repeat(25), '0.0000000000001'].map((most) => rule({ kind: 'cap', most }))],
    ['percentages past 100 or finer than a percentage', ...[100.5, -1, '100.5', '101', '1.0000001', 'x'].map((percent) => rule({ kind: 'safetyStock', withhold: { percent } }))],
    ['multiples, weights and maxima of nothing', ...[0, '0', '0.0', 'x'].flatMap((nothing) => [rule({ kind: 'sellMultiple', of: nothing }), rule({ kind: 'share', between: { shop: nothing } }), channel({ maximum: nothing })])],
    ['a share between nobody', rule({ kind: 'share', between: {} })],
    ['names that are no identifiers', ...['', ' s', 's ', 'a\u0001', 'a\u007f', 'a'.repeat(300)].flatMap((id) => [{ version: id }, channel({ id }), channel({ locations: [id] }), rule({ kind: 'forceOut', scope: { sku: id } }), rule({ kind: 'share', between: { [id]: 1 } })])],
    ['times that are none', until('tomorrow'), until('2026-11-27'), until('2026-11-27 00:00'), until('2026-11-27T00:00+1')],
    ['a channel of no locations', { channels: [{ id: 'shop' }] }, { channels: [{ id: 'shop', locations: [] }] }],
  ])('refuses %s, as parsePolicy does', (_what, ...changes) => {
    for (const change of changes) {
      const input: unknown = Object.assign({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }, change);
      expect([input, validate(input)]).toEqual([input, false]);
      expect(() => parsePolicy(input)).toThrow(expect.objectContaining({ code: 'INVALID_POLICY' }));
    }
  });

  it.each([0.5, '1.50', '+5', '007', '9'.repeat(24), '0.000000000001'])('accepts the quantity %s, as parsePolicy does', (most) => {
    const input = { version: '1', channels: [{ id: 'shop', locations: ['W1'] }], ...rule({ kind: 'cap', most }) };
    expect(validate(input)).toBe(true);
    expect(() => parsePolicy(input)).not.toThrow();
  });

  it('counts the characters of a name, of which some are two of the units that parsePolicy counts', () => {
    const named = (id: string): unknown => ({ version: id, channels: [{ id: 'shop', locations: ['W1'] }] });
    const told = ['a'.repeat(200), '😀'.repeat(100), '😀'.repeat(101), 'a'.repeat(201)].map((id) => {
      let isRead = true;
      try { parsePolicy(named(id)); } catch { isRead = false; }
      return [validate(named(id)), isRead];
    });
    // What the schema refuses is refused; what it lets pass may be refused, since a name must fit the key of a database.
    expect(told).toEqual([[true, true], [true, true], [true, false], [false, false]]);
  });

  it('knows every kind of rule', () => {
    const text = JSON.stringify(schema);
    for (const kind of ['safetyStock', 'buffer', 'hideAtOrBelow', 'pin', 'forceOut', 'cap', 'sellMultiple', 'protection', 'ringfence', 'share', 'priority', 'percentOfPool', 'drawCap', 'backorderLimit', 'preorderLimit', 'custom']) {
      expect(text).toContain(`"const":"${kind}"`);
    }
  });
});
