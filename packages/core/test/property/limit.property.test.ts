import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareQuantities, createAvailability, type Explanation, type Policy, type Position, type ReasonCode, type Sku } from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

/** Reasons that decide a number alone. A pin and what is forced out do so whatever there is, and what is taken off is one of several. */
const DECISIVE: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['SHARE', 'PERCENT_OF_POOL', 'DRAW_CAP', 'RINGFENCE', 'CAPPED', 'SELL_MULTIPLE', 'HIDDEN']);
const SKUS = ['A', 'B', 'C'] as string[] as Sku[];

/** One rule of a policy by itself, always in effect, on channels that can express any number: of two limits at once either may be named. */
const alone = policies().filter(({ rules }) => rules.length > 0).chain((policy) => fc.nat(policy.rules.length - 1).map((pick): Policy => {
  const { from: _, until: __, ...rule } = policy.rules[pick]!;
  const channels = policy.channels.map((channel) => ({ ...channel, maximum: undefined, wholeUnits: undefined }));
  return { ...policy, channels, rules: [rule as Policy['rules'][number]], overlays: [] };
}));

describe('a rule that is named as what limits a number', () => {
  it('is one without which the number would be larger', () => {
    let named = 0;
    fc.assert(fc.property(alone, catalogs(), worlds(), (policy, catalog, world: ReadonlyMap<Sku, Position>) => {
      const [withIt, without] = [policy, { ...policy, rules: [] }].map((one) => createAvailability({ catalog, policy: one }));
      for (const sku of SKUS) {
        for (const { id: channel } of policy.channels) {
          const explain = (calculator = withIt!): Explanation => calculator.explain({ channel, sku }, readerOf(world), { asOf: NOON });
          const { limitingFactor, availability } = explain();
          if (limitingFactor?.rule === undefined || !DECISIVE.has(limitingFactor.code)) continue;
          named += 1;
          expect([limitingFactor, compareQuantities(explain(without).availability.immediate ?? Infinity, availability.immediate ?? 0)]).toEqual([limitingFactor, expect.toSatisfy((more: number) => more > 0)]);
        }
      }
    }), { numRuns: 300 });
    expect(named).toBeGreaterThan(8);
  });
});
