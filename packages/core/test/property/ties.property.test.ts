import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAvailability, lintPolicy, parseCatalog, parsePolicy, type Availability, type Policy, type Sku } from '../../src/index.ts';
import { NOON, readerOf } from './arbitraries.ts';
import { position } from '../sketch.ts';

const CATALOG = parseCatalog([{ sku: 'A', category: 'mugs' }]);
const WORLD = readerOf(new Map([['A' as Sku, position('A', { at: { W1: 30, W2: 20 } })]]));
const CHANNELS = [
  { id: 'shop', locations: ['W1', 'W2'], publish: 'perLocation' }, { id: 'market', locations: ['W1', 'W2'], publish: 'perLocation' }, { id: 'wholesale', locations: ['W1', 'W2'] },
] as const;

const scope = fc.record({ sku: fc.constant('A'), category: fc.constant('mugs'), location: fc.constantFrom('W1', 'W2'), channel: fc.constantFrom('shop', 'market') }, { requiredKeys: [] });
const kind = fc.constantFrom('pin', 'cap', 'buffer', 'hideAtOrBelow', 'safetyStock', 'percentOfPool', 'drawCap');
type Said = Readonly<Record<string, unknown>>;

/** Two rules of one kind that say something different, each about what it can name. */
const pairs = fc.tuple(kind, scope, scope).map(([of, ...scopes]) => [5, 9].map((quantity, index): Said => {
  const { location, channel, ...item } = scopes[index] ?? {};
  switch (of) {
    case 'pin': return { kind: of, quantity, scope: { ...item, location, channel } };
    case 'safetyStock': return { kind: of, withhold: { fixed: quantity }, scope: { ...item, location } };
    case 'buffer': return { kind: of, withhold: { fixed: quantity }, scope: { ...item, channel } };
    case 'cap': return { kind: of, most: quantity, scope: { ...item, channel } };
    case 'hideAtOrBelow': return { kind: of, threshold: quantity, scope: { ...item, channel } };
    case 'percentOfPool': return { kind: of, percent: quantity * 10, scope: { ...item, channel: channel ?? 'shop' } };
    default: return { kind: of, most: { level: quantity }, scope: { ...item, channel: channel ?? 'shop' } };
  }
}));
const policyOf = (said: readonly Said[], ids: readonly string[]): Policy => parsePolicy({ version: '1', channels: CHANNELS, rules: said.map((rule, index) => ({ id: ids[index] ?? '', owner: 'o', reason: 'r', ...rule })) } as never);

function answers(policy: Policy): readonly unknown[] {
  const calculator = createAvailability({ catalog: CATALOG, policy });
  return policy.channels.map(({ id }): unknown => {
    const { immediate, parts }: Availability = calculator.compute({ channel: id, sku: 'A' as Sku }, WORLD, { asOf: NOON });
    return [immediate, [...parts]];
  });
}

describe('two rules of one kind', () => {
  it('are a finding wherever their names alone decide which of them counts', () => {
    let ties = 0;
    fc.assert(fc.property(pairs, (said) => {
      const [one, other] = [policyOf(said, ['a', 'b']), policyOf(said, ['b', 'a'])];
      const found = lintPolicy(one, NOON).some(({ code }) => code === 'RULE_TIE');
      if (found) ties += 1;
      else expect(answers(one)).toEqual(answers(other));
    }), { numRuns: 400 });
    expect(ties).toBeGreaterThan(10);
  });
});
