import { createMapping } from '@stockwright/adapter-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addQuantities, compareQuantities, createAvailability, createAvailabilityIndex, datedSupply, diagnoseMappings, foldMovements, foldSince, formatQuantity, giveUpExcess, isIntact, isZeroQuantity, kitsFrom, minQuantity, orderFromEvents, parseCheckpoint, parseDay, parseInstant, parseQuantity, parseSku,
  planFulfilment, proposeRepair, publicationRisk, sumQuantities, unitsTaken, verifyLedger, whatIf, type AvailabilityIndex, type Quantity,
} from '@stockwright/core';
import {
  availabilityKeys, catalogs, checkpoints, days, everyPolicies, expectedSupplies, fulfilments, identifiers, indexEvents, instants, knowingReaderOf, mappings, movements, NOON, orderHistories, pastMoments, perKits, policies, publishedNumbers, quantities, quantityTexts, soundMappings, targets, worlds,
} from '../../src/index.ts';

const sorted = (balances: ReadonlyMap<string, Quantity>): unknown => [...balances].sort(([a], [b]) => (a < b ? -1 : 1));

describe('arbitraries of values', () => {
  it('draw what the readers take as it is', () => {
    fc.assert(fc.property(identifiers(), instants(), days(), quantityTexts(), (id, instant, day, text) => {
      expect([parseSku(id), parseInstant(instant), parseDay(day), formatQuantity(parseQuantity(text, { scale: 12 }), 12)]).toEqual([id, instant, day, text]);
    }), { numRuns: 500 });
  });

  it('draw nothing, little, fractions and more than a number can hold', () => {
    const drawn = fc.sample(quantities(), { numRuns: 1000, seed: 7 });
    expect([drawn.includes(0), drawn.some((one) => Number(one) < 0), drawn.some((one) => typeof one === 'bigint')]).toEqual([true, true, true]);
    expect(fc.sample(quantityTexts(3), { numRuns: 200, seed: 7 }).some((one) => one.includes('.'))).toBe(true);
    expect(fc.sample(identifiers(), { numRuns: 500, seed: 7 })).toContain('__proto__');
  });
});

describe('arbitraries of ledgers', () => {
  it('draw movements on which the fold, the verification and the repair agree, wherever they are cut', () => {
    fc.assert(fc.property(movements(), fc.nat(12), (ledger, cut) => {
      const folded = foldMovements(ledger);
      expect(isZeroQuantity(sumQuantities(folded.values()))).toBe(true);
      expect(sorted(foldMovements(ledger.slice(cut), foldMovements(ledger.slice(0, cut))))).toEqual(sorted(folded));
      expect(verifyLedger(ledger, folded)).toEqual({ status: 'agrees' });
      expect(proposeRepair({ movements: ledger, kept: folded })).toMatchObject({ differences: [], compensations: [] });
      const undone = ledger.map((movement) => ({ ...movement, from: movement.to, to: movement.from }));
      expect(foldMovements([...ledger, ...undone]).size).toBe(0);
    }), { numRuns: 500 });
  });

  it('draw checkpoints that survive being written, and from which one can go on', () => {
    fc.assert(fc.property(checkpoints(), movements(), (checkpoint, more) => {
      expect(isIntact(checkpoint)).toBe(true);
      expect(parseCheckpoint(JSON.parse(JSON.stringify(checkpoint)))).toEqual(checkpoint);
      const later = more.map((movement) => ({ ...movement, version: movement.version + checkpoint.version + 1 }));
      const opening = foldSince(checkpoint, []);
      expect(verifyLedger(later, foldSince(checkpoint, later), opening)).toEqual({ status: 'agrees' });
    }), { numRuns: 200 });
  });
});

describe('arbitraries of questions', () => {
  it('draw requests of which a plan accounts for every unit', () => {
    fc.assert(fc.property(fulfilments(), catalogs(), ({ request, supply }, catalog) => {
      const { allocations, backordered, missing, shipsFrom } = planFulfilment(request, { catalog, supply });
      for (const { sku } of request.lines) {
        const of = (lines: readonly { readonly sku: string; readonly quantity: Quantity }[]): Quantity => sumQuantities(lines.filter((line) => line.sku === sku).map(({ quantity }) => quantity));
        expect(of([...allocations, ...backordered, ...missing])).toBe(of(request.lines));
      }
      expect(shipsFrom.every((location) => request.locations.includes(location))).toBe(true);
    }), { numRuns: 400 });
  });

  it('draw numbers whose risk is never below nothing, nor falls where more is shown', () => {
    const asked = everyPolicies().chain((policy) => fc.tuple(fc.constant(policy), publishedNumbers(policy)));
    fc.assert(fc.property(asked, catalogs(), worlds(), quantities({ least: 0 }), ([policy, published], catalog, world, more) => {
      const told = { positions: knowingReaderOf(world), asOf: NOON };
      const risk = publicationRisk({ policy, catalog }, published, told);
      const raised = publicationRisk({ policy, catalog }, published.map((one) => ({ ...one, shown: addQuantities(one.shown, more) })), told);
      risk.forEach(({ sku, oversell }, index) => {
        expect(compareQuantities(oversell, 0)).toBeGreaterThanOrEqual(0);
        expect(raised[index]?.sku).toBe(sku);
        expect(compareQuantities(raised[index]!.oversell, oversell)).toBeGreaterThanOrEqual(0);
      });
    }), { numRuns: 300 });
  });

  it('draw targets that are cut to what there is', () => {
    fc.assert(fc.property(targets(), quantities({ least: 0 }), (wanted, supply) => {
      const sum = (all: readonly { readonly quantity: Quantity }[]): Quantity => sumQuantities(all.map(({ quantity }) => quantity));
      expect(sum(giveUpExcess(supply, wanted))).toBe(minQuantity(supply, sum(wanted)));
    }), { numRuns: 300 });
  });

  it('draw mappings that lead there and back, and of which nothing is found', () => {
    fc.assert(fc.property(mappings(), soundMappings(), (pairs, input) => {
      const mapping = createMapping(pairs);
      for (const [external, internal] of pairs) expect([mapping.toInternal(external), mapping.toExternal(internal)]).toEqual([internal, external]);
      expect([...mapping.externals()]).toEqual(pairs.map(([external]) => external));
      expect(diagnoseMappings(input)).toEqual([]);
    }), { numRuns: 300 });
  });
});

describe('arbitraries of what happens', () => {
  it('draw parts of kits that kits never take more of than there is', () => {
    fc.assert(fc.property(perKits(), quantities({ least: 0 }), (per, units) => {
      const kits = kitsFrom(per, units);
      expect([compareQuantities(unitsTaken(per, kits), units) <= 0, compareQuantities(unitsTaken(per, addQuantities(kits, 1)), units) > 0]).toEqual([true, true]);
    }), { numRuns: 500 });
    expect(fc.sample(perKits(), { numRuns: 100, seed: 7 }).some((per) => typeof per === 'object')).toBe(true);
  });

  it('draw orders that come to the same in any order of their events, however often each is told', () => {
    const kinds = new Set<string>();
    fc.assert(fc.property(orderHistories(), (history) => {
      const once = [...new Map(history.events.map((event) => [event.id, event])).values()].sort((a, b) => (a.at < b.at ? -1 : 1));
      for (const { kind } of once) kinds.add(kind);
      const order = orderFromEvents(history);
      expect(order).toEqual(orderFromEvents({ ...history, events: once }));
      const of = (kind: string): Quantity => sumQuantities(once.filter((event) => event.kind === kind).map(({ quantity }) => parseQuantity(quantity)));
      expect(sumQuantities(order.lines.map(({ ordered }) => parseQuantity(ordered)))).toBe(of('ordered'));
      expect(sumQuantities(order.lines.map(({ returned }) => parseQuantity(returned)))).toBe(of('returned'));
    }), { numRuns: 500 });
    expect(kinds.size).toBe(5);
  });

  it('draw expected goods of which those with a day are dated, and no others', () => {
    fc.assert(fc.property(expectedSupplies(), (lines) => {
      expect(sumQuantities(datedSupply(lines).map(({ quantity }) => quantity))).toBe(sumQuantities(lines.filter(({ expectedAt }) => expectedAt !== undefined).map(({ quantity }) => quantity)));
    }), { numRuns: 300 });
  });

  it('draw pasts in which a policy differs from another and not from itself', () => {
    let differences = 0;
    fc.assert(fc.property(policies().chain((policy) => fc.tuple(fc.constant(policy), policies(), pastMoments(policy))), catalogs(), ([policy, other, past], catalog) => {
      expect(whatIf({ catalog, before: policy, after: policy }, past).changes).toEqual([]);
      differences += whatIf({ catalog, before: policy, after: { ...other, channels: policy.channels } }, past).changes.length;
    }), { numRuns: 100 });
    expect(differences).toBeGreaterThan(20);
  });

  it('draw events after which an index has what it works out anew, and computes what is computed from whole positions', () => {
    fc.assert(fc.property(policies().chain((policy) => fc.tuple(fc.constant(policy), fc.array(availabilityKeys(policy), { minLength: 1, maxLength: 5 }))), catalogs(), fc.array(indexEvents(), { maxLength: 20 }), ([policy, keys], catalog, events) => {
      const [index, whole] = [1, 2].map(() => createAvailabilityIndex({ policy, catalog, asOf: NOON })) as [AvailabilityIndex, AvailabilityIndex];
      for (const event of events) {
        index.apply(event);
        if (event.kind === 'position') whole.apply(event);
      }
      index.drainChanges();
      index.recompute();
      expect(index.drainChanges()).toEqual([]);
      const positions = new Map(events.flatMap((event) => (event.kind === 'position' ? [[event.position.sku, event.position] as const] : [])));
      const { compute } = createAvailability({ policy, catalog });
      for (const key of keys) expect(whole.compute(key)).toEqual(compute(key, { position: (sku) => positions.get(sku) }, { asOf: NOON }));
    }), { numRuns: 200 });
  });
});
