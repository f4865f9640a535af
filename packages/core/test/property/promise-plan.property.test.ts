import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  availableToPromise, earliestPromise, giveUpExcess, parseCatalog, parseDay, parseLocationId, parseSku, planFulfilment, projectOnHand, type FulfilmentRequest, type PromiseQuestion, type Sku,
} from '../../src/index.ts';

const CATALOG = parseCatalog([{ sku: 'A' }, { sku: 'B' }, { sku: 'KIT', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 1 }] }, { sku: 'DUO', components: [{ sku: 'A', quantityPer: 2 }] }]);
const LOCATIONS = ['a', 'b', 'c'].map((location) => parseLocationId(location));
const requests = fc.record({
  lines: fc.array(fc.record({ sku: fc.constantFrom(...['A', 'B', 'KIT', 'DUO'].map((sku) => parseSku(sku))), quantity: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 5 }),
  locations: fc.shuffledSubarray(LOCATIONS),
  order: fc.constantFrom<FulfilmentRequest['order']>('priority', 'highestSupply', (one, other) => (one.location < other.location ? 1 : -1)),
}).chain((request) => fc.option(fc.subarray(request.locations), { nil: undefined }).map((mayBackorder) => ({ ...request, mayBackorder })));
const stocks = fc.array(fc.integer({ min: -3, max: 12 }), { minLength: 6, maxLength: 6 });
const supplyOf = (stock: readonly number[]) => (sku: Sku, location: string) => stock[(sku === 'A' ? 0 : 3) + LOCATIONS.indexOf(location as never)] ?? 0;

describe('planFulfilment', () => {
  it('accounts for every unit once, and gives no location more than it has', () => {
    fc.assert(fc.property(requests, stocks, (request, stock) => {
      const { allocations, picks, shipsFrom, backordered, missing, isComplete } = planFulfilment(request, { catalog: CATALOG, supply: supplyOf(stock) });
      expect([...shipsFrom].sort()).toEqual([...new Set(allocations.map(({ location }) => location))].sort());
      const wanted = new Map<string, number>();
      for (const { sku, quantity } of request.lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
      for (const { sku, quantity } of [...allocations, ...backordered, ...missing]) {
        expect(quantity).toBeGreaterThan(0);
        wanted.set(sku, (wanted.get(sku) ?? 0) - Number(quantity));
      }
      expect([...wanted.values()].every((rest) => rest === 0)).toBe(true);
      expect(isComplete).toBe(missing.length === 0);
      for (const location of LOCATIONS) {
        const used = { A: 0, B: 0 };
        for (const { sku, quantity } of allocations.filter((one) => one.location === location)) {
          for (const { sku: part, quantityPer } of CATALOG.items.get(sku)?.components ?? [{ sku, quantityPer: 1 }]) used[part as 'A' | 'B'] += Number(quantity) * Number(quantityPer);
        }
        for (const part of ['A', 'B'] as const) {
          expect(used[part]).toBeLessThanOrEqual(Math.max(0, supplyOf(stock)(part as Sku, location)));
          expect(picks.filter((pick) => pick.sku === part && pick.location === location).map(({ quantity }) => quantity)).toEqual(used[part] === 0 ? [] : [used[part]]);
        }
      }
    }), { numRuns: 500 });
  });

  it('is the same, whatever a comparator does to what it is shown', () => {
    fc.assert(fc.property(requests, stocks, (request, stock) => {
      const meddling: FulfilmentRequest['order'] = (one, other) => {
        for (const candidate of [one, other] as { supply: unknown; location: unknown; sku: unknown }[]) {
          // What is frozen throws where it is written to, and a caller's own code may well swallow that.
          try { candidate.supply = 99; candidate.location = 'a'; candidate.sku = 'B'; } catch { /* as it was */ }
        }
        return 0;
      };
      expect(planFulfilment({ ...request, order: meddling }, { catalog: CATALOG, supply: supplyOf(stock) })).toEqual(planFulfilment({ ...request, order: 'priority' }, { catalog: CATALOG, supply: supplyOf(stock) }));
    }), { numRuns: 200 });
  });

  it('leaves nothing missing that some location could still ship', () => {
    fc.assert(fc.property(requests, stocks, (request, stock) => {
      const { allocations, missing, backordered } = planFulfilment(request, { catalog: CATALOG, supply: supplyOf(stock) });
      const used = new Map<string, number>();
      for (const { sku, location, quantity } of allocations) {
        for (const { sku: part, quantityPer } of CATALOG.items.get(sku)?.components ?? [{ sku, quantityPer: 1 }]) used.set(`${part} ${location}`, (used.get(`${part} ${location}`) ?? 0) + Number(quantity) * Number(quantityPer));
      }
      for (const { sku } of [...missing, ...backordered]) {
        for (const location of request.locations) {
          const could = (CATALOG.items.get(sku)?.components ?? [{ sku, quantityPer: 1 }]).every(({ sku: part, quantityPer }) => supplyOf(stock)(part, location) - (used.get(`${part} ${location}`) ?? 0) >= Number(quantityPer));
          expect(could).toBe(false);
        }
      }
    }), { numRuns: 500 });
  });
});

const FROM = parseDay('2026-11-10');
const dated = fc.array(fc.record({ day: fc.integer({ min: 1, max: 25 }).map((day) => parseDay(`2026-11-${String(day).padStart(2, '0')}`)), quantity: fc.integer({ min: 0, max: 20 }) }), { maxLength: 6 });
const questions: fc.Arbitrary<PromiseQuestion> = fc.record({ from: fc.constant(FROM), days: fc.integer({ min: 1, max: 14 }), opening: fc.integer({ min: -5, max: 40 }), supply: dated, demand: dated, overdue: fc.constantFrom('ignore', 'count', undefined) });

describe('availableToPromise', () => {
  it('is the least that any later day would still have', () => {
    fc.assert(fc.property(questions, (question) => {
      const onHand = projectOnHand(question).map((day) => Number(day.onHand));
      expect(availableToPromise(question, 'lookAhead').map(({ quantity }) => quantity)).toEqual(onHand.map((_, index) => Math.max(0, Math.min(...onHand.slice(index)))));
    }), { numRuns: 300 });
  });

  it('keeps a promise: demand of what it says on that day lets no later day fall short that did not before', () => {
    fc.assert(fc.property(questions, fc.nat(13), (question, pick) => {
      const promised = availableToPromise(question, 'lookAhead');
      const chosen = promised[pick % promised.length]!;
      fc.pre(Number(chosen.quantity) > 0);
      const after = projectOnHand({ ...question, demand: [...question.demand, chosen] });
      for (const { day, onHand } of after) if (day >= chosen.day) expect(Number(onHand)).toBeGreaterThanOrEqual(0);
      expect(earliestPromise(question, chosen.quantity)! <= chosen.day).toBe(true);
    }), { numRuns: 300 });
  });

  it('adds up: what the supplies leave together is what look-ahead promises, on every day', () => {
    fc.assert(fc.property(questions, (question) => {
      expect(availableToPromise(question, 'cumulative')).toEqual(availableToPromise(question, 'lookAhead'));
    }), { numRuns: 300 });
  });

  it('never falls with more supply nor rises with more demand', () => {
    fc.assert(fc.property(questions, dated, (question, more) => {
      const [base, supplied, asked] = [question, { ...question, supply: [...question.supply, ...more] }, { ...question, demand: [...question.demand, ...more] }].map((one) => availableToPromise(one, 'lookAhead').map(({ quantity }) => Number(quantity)));
      base!.forEach((quantity, index) => {
        expect(supplied![index]!).toBeGreaterThanOrEqual(quantity);
        expect(asked![index]!).toBeLessThanOrEqual(quantity);
      });
    }), { numRuns: 200 });
  });
});

/** What targets are left with, each step of D'Hondt's method looked for among all. */
function stepByStep(supply: number, targets: readonly { readonly quantity: number; readonly weight: number }[]): readonly number[] {
  const left = targets.map(({ quantity }) => quantity);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  let excess = Math.max(0, sum(left) - supply);
  while (excess > 0) {
    const bearers = targets.map(({ weight }, index) => (left[index]! > 0 ? weight : 0));
    const weights = sum(bearers) > 0 ? bearers : left.map((quantity) => (quantity > 0 ? 1 : 0));
    const all = BigInt(sum(weights));
    const parts = weights.map((weight) => Number((BigInt(excess) * BigInt(weight)) / all));
    for (let rest = excess - sum(parts); rest > 0; rest -= 1) {
      let best = 0;
      weights.forEach((weight, index) => { if (BigInt(weight) * BigInt(parts[best]! + 1) > BigInt(weights[best]!) * BigInt(parts[index]! + 1)) best = index; });
      parts[best]! += 1;
    }
    parts.forEach((part, index) => {
      const given = Math.min(part, left[index]!);
      left[index]! -= given;
      excess -= given;
    });
  }
  return left;
}

describe('giveUpExcess', () => {
  const targets = fc.array(fc.record({ id: fc.string(), quantity: fc.integer({ min: 0, max: 500 }), weight: fc.integer({ min: 0, max: 100 }) }), { maxLength: 6 });

  it('comes to the supply or to the targets, whichever is less, and takes from nobody more than they have', () => {
    fc.assert(fc.property(targets, fc.integer({ min: 0, max: 1500 }), (all, supply) => {
      const cut = giveUpExcess(supply, all).map(({ quantity }) => Number(quantity));
      const wanted = all.reduce((sum, { quantity }) => sum + quantity, 0);
      expect(cut.reduce((sum, quantity) => sum + quantity, 0)).toBe(Math.min(supply, wanted));
      cut.forEach((quantity, index) => {
        expect(quantity).toBeGreaterThanOrEqual(0);
        expect(quantity).toBeLessThanOrEqual(all[index]!.quantity);
      });
    }), { numRuns: 400 });
  });

  it('is what step by step comes to, for many targets and any numbers', () => {
    const any = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 1_000_000_000 }));
    const many = fc.array(fc.record({ id: fc.constant('a'), quantity: any, weight: fc.oneof(fc.integer({ min: 0, max: 3 }), any) }), { maxLength: 40 });
    fc.assert(fc.property(many, fc.double({ min: 0, max: 1.1, noNaN: true }), (all, part) => {
      const supply = Math.floor(all.reduce((sum, { quantity }) => sum + quantity, 0) * part);
      expect(giveUpExcess(supply, all).map(({ quantity }) => quantity)).toEqual(stepByStep(supply, all));
    }), { numRuns: 400 });
  });

  it('divides what targets cannot bear in a few rounds', () => {
    let reads = 0;
    const targets = Array.from({ length: 5_000 }, (_, index) => ({
      id: 'a', quantity: 1 + ((index * 7919) % 97), get weight() { reads += 1; return (index * 104_729) % 31; },
    }));
    const cut = giveUpExcess(100_000, targets);
    expect(cut.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(100_000);
    expect(reads).toBeLessThan(5_000 * 20);
  });

  it('refuses what is less than nothing', () => {
    expect(() => giveUpExcess(-1, [{ id: 'a', quantity: 1, weight: -1 }])).toThrow('targets[0].weight');
  });
});
