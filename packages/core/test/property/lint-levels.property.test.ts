import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAvailability, formatQuantity, lintPolicy, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, type Position } from '../../src/index.ts';
import { NOON } from './arbitraries.ts';

const amounts = fc.integer({ min: 0, max: 40 }).map((tenths) => formatQuantity(tenths, 1));
const held = fc.oneof(fc.record({ fixed: amounts }), fc.record({ percent: fc.integer({ min: 0, max: 100 }) }));
const levels = fc.uniqueArray(fc.tuple(amounts, held), { selector: ([from]) => from, minLength: 1, maxLength: 4 })
  .map((drawn) => drawn.map(([from, withheld]) => ({ from, ...withheld })).sort((a, b) => Number(a.from) - Number(b.from)));

it('reports levels of a buffer if and only if one step more in stock shows less', () => {
  fc.assert(fc.property(levels, fc.constantFrom(0, 1, 2), fc.boolean(), fc.boolean(), (drawn, scale, wholeUnits, named) => {
    const catalog = parseCatalog([{ sku: 'A', scale }]);
    const rule = { id: 'levels', owner: 'o', reason: 'r', kind: 'buffer' as const, withhold: { levels: drawn }, ...(named ? { scope: { sku: 'A', channel: 'shop' } } : {}) };
    const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'], wholeUnits }], rules: [rule] });
    const calculator = createAvailability({ catalog, policy });
    const shows = (onHand: number): number => {
      const position: Position = { sku: parseSku('A'), scale, locations: new Map([[parseLocationId('W1'), { onHand, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }]]), unrouted: new Map(), holds: [] };
      return Number(calculator.compute({ channel: parseChannelId('shop'), sku: parseSku('A') }, { position: () => position }, { asOf: NOON }).immediate);
    };
    const numbers = Array.from({ length: 5 * 10 ** scale }, (_, onHand) => shows(onHand));
    const falls = numbers.some((number, at) => number < (numbers[at - 1] ?? 0));
    expect(lintPolicy(policy, NOON, catalog).some(({ code }) => code === 'NON_MONOTONE_LEVELS')).toBe(falls);
  }), { numRuns: 150 });
});
