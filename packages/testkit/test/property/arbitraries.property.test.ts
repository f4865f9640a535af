import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptObservation, availableToPromise, createAvailability, decideHold, emptyBooks, formatQuantity, holdsOf, orderFromSale, parseCatalog, parseHoldRequest, parseObservation, parsePolicy, parsePromiseQuestion, parseSale, parseSku,
} from '@stockwright/core';
import { catalogInputs, catalogs, everyPolicies, holdRequests, holds, NOON, observations, orders, promiseQuestions, readerOf, sales, worlds } from '../../src/index.ts';

/** What a value is when it has been written and read. */
const again = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const everyKind = <Item>(arbitrary: fc.Arbitrary<Item>, kindOf: (item: Item) => readonly string[]): readonly string[] => [...new Set(fc.sample(arbitrary, { numRuns: 1500, seed: 7 }).flatMap(kindOf))].sort();

describe('arbitraries', () => {
  it('draw observations of every kind, each sound by itself', () => {
    expect(everyKind(observations(), ({ kind }) => [kind])).toEqual(['acknowledgement', 'condition', 'count', 'delta', 'incoming', 'order', 'receipt', 'stock', 'transfer', 'watermark']);
    fc.assert(fc.property(observations(), (observation) => {
      expect(parseObservation(again(observation))).toEqual(observation);
      acceptObservation(emptyBooks('sku' in observation ? observation.sku : parseSku('A')), observation);
    }), { numRuns: 1000 });
  });

  it('draw orders and sales', () => {
    fc.assert(fc.property(orders(), sales(), (order, sale) => {
      expect(parseObservation(again(order))).toEqual(order);
      expect(orderFromSale(parseSale(again(sale)))).toEqual(orderFromSale(sale));
    }), { numRuns: 300 });
  });

  it('draw holds, and requests for them that any policy can decide', () => {
    const calculator = createAvailability({ catalog: parseCatalog([{ sku: 'A' }]), policy: parsePolicy({ version: '1', channels: ['market', 'shop', 'wholesale'].map((id) => ({ id, locations: ['W1'] })) }) });
    fc.assert(fc.property(holds(), holdRequests(), catalogInputs(), (hold, request, input) => {
      const position = { sku: parseSku('A'), scale: 0, locations: new Map(), unrouted: new Map(), holds: holdsOf(parseSku('A'), [hold], () => false) };
      expect(calculator.compute({ channel: hold.channel, sku: parseSku('A') }, { position: () => position }, { asOf: NOON }).immediate).toBe(0);
      const catalog = parseCatalog(input);
      const wire = { ...request, lines: request.lines.map((line) => ({ ...line, quantity: formatQuantity(line.quantity) })) };
      expect(parseHoldRequest(again(wire), catalog).lines).toHaveLength(request.lines.length);
      const decision = decideHold(createAvailability({ catalog, policy: calculator.policy }), request, { positions: { position: () => undefined }, asOf: NOON });
      expect(decision.lines).toHaveLength(request.lines.length);
    }), { numRuns: 300 });
  });

  it('draw policies with every kind of rule but those of one\'s own', () => {
    const kinds = everyKind(everyPolicies(), ({ rules, overlays }) => [...rules, ...overlays.flatMap((overlay) => overlay.rules)].map(({ kind }) => kind));
    expect(kinds).toEqual(['backorderLimit', 'buffer', 'cap', 'drawCap', 'forceOut', 'hideAtOrBelow', 'percentOfPool', 'pin', 'preorderLimit', 'priority', 'protection', 'ringfence', 'safetyStock', 'sellMultiple', 'share']);
  });

  it('shrink what a law fails on, in the company of others, to what it fails on', () => {
    const failing = fc.property(catalogs(), everyPolicies(), worlds(), (catalog, policy, world) => {
      createAvailability({ catalog, policy });
      if (policy.rules.length > 3 && readerOf(world).position(parseSku('A')) !== undefined) throw new Error('four rules');
    });
    const found = [1, 2, 3, 4, 5].map((seed) => fc.check(failing, { seed }));
    expect(found.map(({ errorInstance, numShrinks }) => [String(errorInstance), numShrinks > 5])).toEqual(found.map(() => ['Error: four rules', true]));
  });

  it('draw questions about the days to come', () => {
    fc.assert(fc.property(promiseQuestions(), (question) => {
      expect(parsePromiseQuestion(again(question))).toMatchObject(again(question) as object);
      expect(availableToPromise(question, 'lookAhead')).toHaveLength(question.days);
    }), { numRuns: 300 });
  });
});
