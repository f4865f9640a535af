import fc from 'fast-check';
import { addQuantities, compareQuantities, MAX_SCALE, negateQuantity, parseQuantity, quantityProblem, type CustomRule, type CustomRuleInput, type Quantity } from '@stockwright/core';
import { CHANNELS, LOCATIONS, STOCKED } from '../arbitraries/words.ts';

/** What a rule is asked, without the settings of its use. */
export type Asked = Omit<CustomRuleInput<never>, 'settings'>;

/** Greater than zero and of so many digits at most, short ones as often as long ones. */
export function ofAnyLength(digits: number): fc.Arbitrary<Quantity> {
  return fc.tuple(fc.nat(digits - 1), fc.nat(999_999)).map(([length, part]) => {
    const least = 10n ** BigInt(length);
    return parseQuantity(String(least + (least * 9n * BigInt(part)) / 1_000_000n));
  });
}

/** Mostly such as shops have; also of every length up to far beyond 2^53, positive and not, as the stage of the rule would give them. */
function askedOf({ stage }: Pick<CustomRule<unknown>, 'stage'>): fc.Arbitrary<Asked> {
  return fc.record({
    quantity: fc.oneof({ arbitrary: fc.integer({ min: -50, max: 1000 }), weight: 6 }, { arbitrary: ofAnyLength(21), weight: 3 }, { arbitrary: ofAnyLength(21).map(negateQuantity), weight: 1 }),
    sku: fc.constantFrom(...STOCKED),
    scale: fc.oneof(fc.constantFrom(0, 0, 1, 3), fc.nat(MAX_SCALE)),
    category: fc.constantFrom(undefined, 'mugs', 'plates'),
    channel: fc.constantFrom(...CHANNELS),
    location: stage === 'supply' ? fc.constantFrom(...LOCATIONS) : fc.constant(undefined),
  });
}

/** What a rule is asked with settings: every other time around a number that they name, since that is where rules change their mind. */
export function askedWith(rule: Pick<CustomRule<unknown>, 'stage'>, settings: fc.Arbitrary<Readonly<Record<string, unknown>>>, many: fc.ArrayConstraints): fc.Arbitrary<{ readonly raw: Readonly<Record<string, unknown>>; readonly asked: readonly Asked[] }> {
  const near = fc.option(fc.record({ which: fc.nat(99), off: fc.integer({ min: -1, max: 1 }) }), { freq: 2, nil: undefined });
  return fc.record({ raw: settings, drawn: fc.array(fc.tuple(askedOf(rule), near), many) }).map(({ raw, drawn }) => ({
    raw,
    asked: drawn.map(([asked, edge]) => {
      const edges = edge === undefined ? [] : edgesOf(raw, asked.scale);
      return edge === undefined || edges.length === 0 ? asked : { ...asked, quantity: addQuantities(edges[edge.which % edges.length] ?? 0, edge.off) };
    }),
  }));
}

/** The numbers that settings name, in steps, taken for units and taken for steps. */
export function edgesOf(settings: unknown, scale: number): readonly Quantity[] {
  const edges: Quantity[] = [];
  const open = [settings];
  // Settings may be long lists, and some of their numbers are as good as all.
  for (let looked = 0; open.length > 0 && looked < 200; looked += 1) {
    const value = open.pop();
    if (typeof value === 'object' && value !== null) open.push(...Object.values(value).slice(0, 200));
    if (typeof value !== 'number' && typeof value !== 'string') continue;
    for (const digits of new Set([scale, 0])) if (quantityProblem(value, digits) === undefined) edges.push(parseQuantity(value, { scale: digits }));
  }
  return edges;
}

/** Numbers in order: all that shops have, then ever wider apart, and every neighbour of an edge. */
export function ladder(edges: readonly Quantity[]): readonly Quantity[] {
  const rungs: Quantity[] = Array.from({ length: 1050 }, (_, index) => index - 50);
  for (let rung = 1000; rung < 1e15; rung = Math.ceil(rung * 1.003)) rungs.push(rung);
  for (const edge of edges) for (const off of [-1, 0, 1]) rungs.push(addQuantities(edge, off));
  return rungs.sort(compareQuantities);
}
