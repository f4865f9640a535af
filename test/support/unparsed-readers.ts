import { retryAdvice, retryAfterMs } from '@stockwright/adapter';
import { createMapping, parseJson, parseResponse, readRetryAfterMs } from '@stockwright/adapter-kit';
import {
  acceptObservation, accountFromKey, accountKey, addMs, buildPolicy, createAvailability, createAvailabilityIndex, decideHold, diagnoseCatalog, diagnoseMappings, diagnoseUnits, diffExplanations, diffPolicies, emptyBooks, explanationMarkdown, formatExplanation, formatQuantity,
  isStockwrightError, lintPolicy, MAX_SCALE, orderFromSale, parseCatalog, parseChannelId, parseCheckpoint, parseDay, parseHoldRequest, parseInstant, parseLocationId, parseObservation, parsePolicy, parsePromiseQuestion, parseQuantity, parseSale, parseSku, parseSourceId,
  projectOnHand, quantityProblem, sealCheckpoint, whatIf, type AvailabilityKey, type IndexEvent, type Instant, type Moment, type Policy, type Sku,
} from '@stockwright/core';
import { catalogInputs, everyPolicies, holdRequests, knowingReaderOf, NOON, observations, promiseQuestions, sales } from '@stockwright/testkit';
import fc from 'fast-check';
import { z } from 'zod';

/** One public function that is handed what nobody has looked at yet. */
export interface Reader {
  readonly entry: string;
  readonly name: string;
  /** Of what the function makes, the method that is handed the input; the function itself where absent. */
  readonly method?: string;
  /** Hands it the input, and what it makes of it to what comes next. */
  readonly read: (input: unknown) => unknown;
  /** Documents that it is meant to read. */
  readonly sound: fc.Arbitrary<unknown>;
}

const CORE = '@stockwright/core';
const KIT = '@stockwright/adapter-kit';
const FACTS = { adapter: 'vendor', operation: 'read' };

const SKU = parseSku('A');
const CATALOG = parseCatalog([{ sku: 'A' }, { sku: 'B' }, { sku: 'C', scale: 1 }, { sku: 'FREE', tracked: false }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 1 }] }, { sku: 'BOX', components: [{ sku: 'SET', quantityPer: 1 }] }]);
const BASE = parsePolicy({ version: '1', channels: ['market', 'shop', 'wholesale'].map((id) => ({ id, locations: ['W1', 'W2'] })) });
const CALCULATOR = createAvailability({ catalog: CATALOG, policy: BASE });
const STOCK = { onHand: 9, unavailable: 1, committed: 2, incoming: 0, inTransit: 0 };
const LOCATIONS = new Map(['W1', 'W2', 'W3'].map((location) => [parseLocationId(location), STOCK]));
const POSITIONS = new Map([...CATALOG.items.values()].filter(({ components }) => components === undefined).map(({ sku, scale }) => [sku, { sku, scale, locations: LOCATIONS, unrouted: new Map(), holds: [] }]));
const WORLD = knowingReaderOf(POSITIONS);
/** A rule whose definition nobody has is refused before anything is computed. */
const without = (policy: Policy): Policy => ({ ...policy, rules: policy.rules.filter(({ kind }) => kind !== 'custom'), overlays: policy.overlays.map((overlay) => ({ ...overlay, rules: overlay.rules.filter(({ kind }) => kind !== 'custom') })) });
const keysOf = (policy: Policy) => policy.channels.slice(0, 4).flatMap(({ id: channel }) => [...CATALOG.items.keys()].map((sku) => ({ channel, sku })));
/** For functions that take text alone: any other input as JSON, and one that is too deep for that as an unfinished one. */
function texts(input: unknown): string {
  if (typeof input === 'string') return input;
  try {
    return JSON.stringify(input) ?? '';
  } catch {
    return '['.repeat(100_000);
  }
}

/** Maps where a position has them, for what JSON can say of one. */
function withMaps(input: unknown): IndexEvent {
  const { position, ...rest } = (typeof input === 'object' && input !== null ? input : {}) as { readonly position?: Readonly<Record<string, unknown>> };
  if (typeof position !== 'object' || position === null) return input as IndexEvent;
  const mapped = ['locations', 'unrouted'].map((name) => [name, typeof position[name] === 'object' && position[name] !== null ? new Map(Object.entries(position[name])) : position[name]]);
  return { ...rest, position: { ...position, ...Object.fromEntries(mapped) } } as unknown as IndexEvent;
}

const AT_FIRST = { catalog: CATALOG, policy: BASE, asOf: NOON, reads: WORLD };

function indexed(input: unknown): unknown {
  const index = createAvailabilityIndex({ ...AT_FIRST, positions: POSITIONS.values() });
  index.apply(withMaps(input));
  return index.drainChanges().map((key) => index.compute(key));
}

function explained(input: unknown): readonly unknown[] {
  const calculator = createAvailability({ catalog: CATALOG, policy: without(parsePolicy(input)) });
  return keysOf(calculator.policy).map((key) => {
    const explanation = calculator.explain(key, WORLD, { asOf: NOON });
    const other = BASE.channels.some(({ id }) => id === key.channel) ? CALCULATOR.explain(key, WORLD, { asOf: NOON }) : explanation;
    return [formatExplanation(explanation), explanationMarkdown(explanation), diffExplanations(explanation, other)];
  });
}

function built(input: unknown): Policy {
  const { head, id, channel, rule, overlay } = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<'head' | 'id' | 'channel' | 'rule' | 'overlay', never>>;
  return buildPolicy(head).channel(id, channel).rule(rule).overlay(overlay).build();
}

const policyParts = fc.constant({
  head: { version: '1', clamp: 'total' }, id: 'shop', channel: { locations: ['W1'] }, rule: { owner: 'o', reason: 'r', id: 'few', kind: 'cap', scope: { channel: 'shop' }, most: 3 },
  overlay: { owner: 'o', reason: 'r', id: 'friday', zone: 'Europe/Berlin', from: '2026-11-27T00:00', until: '2026-11-28T00:00', suspends: ['few'] },
});
const policies = everyPolicies();
const base = { owner: 'o', reason: 'r' };
const customPolicies = policies.map((policy) => ({ ...policy, rules: [{ ...base, id: 'own', kind: 'custom', rule: 'acme.own', ruleVersion: 1, stage: 'listing', settings: { deep: [{ a: [1, 'b', null] }] } }], overlays: [] }));
const anyPolicies = fc.oneof({ arbitrary: policies, weight: 5 }, { arbitrary: customPolicies, weight: 1 });
const checkpoints = fc.integer({ min: 1, max: 9 }).map((quantity) => sealCheckpoint({
  sku: SKU, version: 2, movements: [{ version: 1, quantity, from: { account: 'supplier', location: '', channel: '' }, to: { account: 'onHand', location: parseLocationId('W1'), channel: '' } }],
}));
const units = fc.constant({ conversions: [{ from: 'box', to: 'piece', numerator: 12 }, { from: 'case', to: 'box', numerator: '4', denominator: '1.5' }, { from: 'pallet', to: 'case', numerator: 40 }], items: [{ sku: 'A', stockUnit: 'piece', sellUnit: 'pallet', scale: 2 }] });
const mappings = fc.constant({
  skus: ['A'], locations: ['W1'], seen: [{ account: 'shop', kind: 'sku', external: 'x' }],
  mappings: [{ account: 'shop', kind: 'sku', external: 'x', target: 'A' }, { account: 'shop', kind: 'location', external: 'y', target: 'W1', retired: 'zero' }],
});
const words = fc.constantFrom('A', 'W1', '85123A');
const quantities = fc.constantFrom<unknown>('12', '-0.5', 3, 0.25, `${'9'.repeat(24)}.${'9'.repeat(12)}`);
const errors = fc.constant({ '~stockwright/error': true, code: 'RATE_LIMITED', issues: [], details: { retry: 'after', retryAfterMs: 3 } });

const zonedQuestions = fc.constant({ asOf: '2026-10-24T22:00:00Z', zone: 'Europe/Berlin', days: 2, opening: '1.5', supply: [{ at: '2026-10-25T22:59:59Z', quantity: 2 }], demand: [{ day: '2026-10-26', quantity: 1 }] });
const HOLD = { id: 'h', channel: 'shop', location: 'W1', quantity: 2, expiresAt: NOON, beyond: [{ sku: 'A', promise: 'backorder', quantity: 1, units: 1 }] };
const INDEX_EVENTS = [
  { kind: 'delta', sku: 'A', location: 'W1', measure: 'onHand', delta: '-3' }, { kind: 'delta', sku: 'C', location: 'W9', measure: 'incoming', delta: '0.5' },
  { kind: 'position', position: { sku: 'B', scale: 0, locations: { W1: STOCK, W2: STOCK }, unrouted: { shop: 1 }, holds: [HOLD] } },
  { kind: 'reads', skus: ['A', 'SET'] }, { kind: 'reads' },
];

/** Every public function that takes unparsed data; `unparsed.repo.test.ts` sees that none is missing. */
export const READERS: readonly Reader[] = [
  { entry: CORE, name: 'isStockwrightError', sound: errors, read: (input) => isStockwrightError(input) },
  { entry: CORE, name: 'parseSku', sound: words, read: (input) => parseSku(input) },
  { entry: CORE, name: 'parseLocationId', sound: words, read: (input) => parseLocationId(input) },
  { entry: CORE, name: 'parseChannelId', sound: words, read: (input) => parseChannelId(input) },
  { entry: CORE, name: 'parseSourceId', sound: words, read: (input) => parseSourceId(input) },
  { entry: CORE, name: 'parseInstant', sound: fc.constantFrom('2026-11-23T10:00:00Z', '2026-11-23T11:00:00.5+01:00'), read: (input) => parseInstant(input) },
  { entry: CORE, name: 'parseDay', sound: fc.constant('2026-11-23'), read: (input) => parseDay(input) },
  { entry: CORE, name: 'parseQuantity', sound: quantities, read: (input) => formatQuantity(parseQuantity(input, { scale: MAX_SCALE }), MAX_SCALE) },
  { entry: CORE, name: 'quantityProblem', sound: quantities, read: (input) => quantityProblem(input, 2) },
  { entry: CORE, name: 'accountFromKey', sound: fc.constant(accountKey({ account: 'onHand', location: parseLocationId('W1'), channel: '' })), read: (input) => accountFromKey(texts(input)) },
  { entry: CORE, name: 'parseCatalog', sound: catalogInputs(), read: (input) => parseCatalog(input) },
  { entry: CORE, name: 'parsePolicy', sound: anyPolicies, read: (input) => parsePolicy(input) },
  { entry: CORE, name: 'buildPolicy', sound: policyParts, read: built },
  { entry: CORE, name: 'lintPolicy', sound: anyPolicies, read: (input) => lintPolicy(parsePolicy(input), NOON, CATALOG) },
  { entry: CORE, name: 'diffPolicies', sound: anyPolicies, read: (input) => [diffPolicies(parsePolicy(input), BASE), diffPolicies(BASE, parsePolicy(input))] },
  { entry: CORE, name: 'createAvailability', sound: policies, read: (input) => {
    const calculator = createAvailability({ catalog: CATALOG, policy: without(parsePolicy(input)) });
    return keysOf(calculator.policy).map((key) => calculator.compute(key, WORLD, { asOf: NOON }));
  } },
  { entry: CORE, name: 'createAvailabilityIndex', sound: policies, read: (input) => createAvailabilityIndex({ catalog: CATALOG, policy: without(parsePolicy(input)), asOf: NOON, positions: POSITIONS.values(), reads: WORLD }) },
  { entry: CORE, name: 'createAvailabilityIndex', method: 'apply', sound: fc.constantFrom(...INDEX_EVENTS), read: indexed },
  { entry: CORE, name: 'createAvailabilityIndex', method: 'advanceTo', sound: fc.constantFrom(NOON, addMs(NOON, 1)), read: (input) => { createAvailabilityIndex(AT_FIRST).advanceTo(input as Instant); } },
  { entry: CORE, name: 'createAvailabilityIndex', method: 'compute', sound: fc.constantFrom(...keysOf(BASE)), read: (input) => createAvailabilityIndex(AT_FIRST).compute(input as AvailabilityKey) },
  { entry: CORE, name: 'createAvailabilityIndex', method: 'affectedKeys', sound: fc.constantFrom(...CATALOG.items.keys()), read: (input) => createAvailabilityIndex(AT_FIRST).affectedKeys(input as Sku) },
  { entry: CORE, name: 'createAvailability', method: 'compute', sound: fc.constantFrom(...keysOf(BASE)), read: (input) => CALCULATOR.compute(input as AvailabilityKey, WORLD, { asOf: NOON }) },
  { entry: CORE, name: 'createAvailability', method: 'explain', sound: fc.constantFrom({ asOf: NOON }, { asOf: NOON, ownHolds: ['h'] }), read: (input) => CALCULATOR.explain({ channel: parseChannelId('shop'), sku: SKU }, WORLD, input as Moment) },
  { entry: CORE, name: 'whatIf', sound: policies, read: (input) => whatIf({ catalog: CATALOG, before: BASE, after: without(parsePolicy(input)) }, [{ asOf: NOON, positions: WORLD }]) },
  { entry: CORE, name: 'diffExplanations', sound: policies, read: explained },
  { entry: CORE, name: 'parseObservation', sound: observations(), read: (input) => {
    const observation = parseObservation(input);
    return acceptObservation(emptyBooks('sku' in observation ? observation.sku : SKU), observation);
  } },
  { entry: CORE, name: 'parseSale', sound: sales(), read: (input) => acceptObservation(emptyBooks(SKU, 2), orderFromSale(parseSale(input))) },
  { entry: CORE, name: 'parseHoldRequest', sound: holdRequests(), read: (input) => decideHold(CALCULATOR, parseHoldRequest(input, CATALOG), { positions: WORLD, asOf: NOON }) },
  { entry: CORE, name: 'parsePromiseQuestion', sound: fc.oneof(promiseQuestions(), zonedQuestions), read: (input) => {
    const days = projectOnHand(parsePromiseQuestion(input, { scale: 3 }));
    return days.map(({ day }) => parseDay(day));
  } },
  { entry: CORE, name: 'parseCheckpoint', sound: checkpoints, read: (input) => parseCheckpoint(input) },
  { entry: CORE, name: 'diagnoseCatalog', sound: catalogInputs(), read: (input) => diagnoseCatalog(input) },
  { entry: CORE, name: 'diagnoseUnits', sound: units, read: (input) => diagnoseUnits(input) },
  { entry: CORE, name: 'diagnoseMappings', sound: mappings, read: (input) => diagnoseMappings(input) },
  { entry: '@stockwright/adapter', name: 'retryAdvice', sound: errors, read: (input) => retryAdvice(input) },
  { entry: '@stockwright/adapter', name: 'retryAfterMs', sound: errors, read: (input) => retryAfterMs(input) },
  { entry: KIT, name: 'createMapping', sound: fc.constant([['gid://1', 'W1'], ['gid://2', 'W2']]), read: (input) => [...createMapping(input as never).externals()] },
  { entry: KIT, name: 'parseJson', sound: fc.constant('{"a":[1]}'), read: (input) => parseJson(texts(input), FACTS) },
  { entry: KIT, name: 'parseResponse', sound: fc.constant({ rows: [{ id: 'a' }] }), read: (input) => parseResponse(z.strictObject({ rows: z.array(z.object({ id: z.string() })) }), input, FACTS) },
  { entry: KIT, name: 'readRetryAfterMs', sound: fc.constantFrom('3', '0.5', 'Mon, 23 Nov 2026 10:00:30 GMT'), read: (input) => {
    const headers = { get: () => texts(input) } as unknown as Headers;
    const wait = readRetryAfterMs(headers, Date.UTC(2026, 10, 23));
    return wait === undefined ? undefined : new Date(Date.UTC(2026, 10, 23) + wait).toISOString();
  } },
];
