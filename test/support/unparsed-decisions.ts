import {
  accountFromKey, accountKey, addMs, availableToPromise, boundsOfDay, convertHold, coveringLocations, createAvailability, datedSupply, dayOf, decideHold, diffPolicies, earliestPromise, emptyBooks, extendHold, foldMovements, foldSince, formatQuantity, giveUpExcess, headroom, holdsOf, instantFromMs, isIntact,
  isLiveHold, locationSupply, mergeHolds, orderFromEvents, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, planFulfilment, projectOnHand, proposeRepair, publicationRisk, releaseHold, remaindersAt, sealCheckpoint, settleHold, verifyLedger, type PositionReader,
} from '@stockwright/core';
import { everyPolicies, NOON } from '@stockwright/testkit';
import fc from 'fast-check';
import type { Reader } from './unparsed-readers.ts';

/*
 * Functions whose arguments have types, and who nevertheless are handed what nobody has looked at: by JavaScript, by a
 * reader of one's own, out of a column of JSON.
 */
const CORE = '@stockwright/core';
const SKU = parseSku('A');
const [SHOP, W1] = [parseChannelId('shop'), parseLocationId('W1')];
const CATALOG = parseCatalog([{ sku: 'A' }, { sku: 'C', scale: 1 }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'C', quantityPer: 1 }] }]);
const who = { owner: 'o', reason: 'r' };
const POLICY = parsePolicy({
  version: '1', channels: [{ id: 'shop', locations: ['W1'] }], locations: [{ id: 'W1', stale: { afterMinutes: 5, becomes: { extraBuffer: { fixed: 1 } } } }],
  rules: [
    { ...who, id: 'cover', kind: 'safetyStock', withhold: { daysOfCover: 2 } }, { ...who, id: 'quota', kind: 'drawCap', scope: { channel: 'shop' }, most: { quota: 30 } },
    { ...who, id: 'incoming', kind: 'preorderLimit', limit: 'incoming' }, { ...who, id: 'more', kind: 'backorderLimit', limit: 3 },
  ],
});
const STOCK = { onHand: 90, unavailable: 1, committed: 2, incoming: 7, inTransit: 0 };
const HELD = { id: 'h', channel: 'shop', location: '', quantity: 2, expiresAt: addMs(NOON, 1), beyond: [{ sku: 'A', promise: 'preorder', quantity: 1, units: 1 }] };
const told = (scale: number) => ({ sku: 'A', scale, locations: { W1: STOCK }, unrouted: { shop: 1 }, holds: [HELD] });

/** What has these names as Maps, where JSON has objects, however deep. */
function mapped(input: unknown, names: readonly string[]): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => {
    const inner: unknown = mapped(value, names);
    return [name, names.includes(name) && typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? new Map(Object.entries(inner)) : inner];
  }));
}

/** A reader that tells what JSON says of everything; `preorderedAt` is a Map of Maps. */
function readerOf(input: unknown): PositionReader {
  const { position, consumed, heardAt, velocity, promised } = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  const tenths = typeof position === 'object' && position !== null && !Array.isArray(position) ? { ...position, scale: 1 } : position;
  const positionOf = (sku: string): unknown => mapped(sku === 'C' ? tenths : position, ['locations', 'unrouted']);
  return { position: positionOf, consumed: () => consumed, heardAt: () => heardAt, velocity: () => velocity, promised: () => mapped(promised, ['backordered', 'preordered', 'shop', 'preorderedAt']) } as unknown as PositionReader;
}

/** The same world with a reader where JSON has an object, which cannot have the method of one. */
function readable(world: unknown): unknown {
  const { positions } = (world ?? {}) as Readonly<Record<string, unknown>>;
  return typeof positions === 'object' && positions !== null ? { ...(world as object), positions: readerOf(positions) } : world;
}

const READS = { position: told(0), consumed: 3, heardAt: NOON, velocity: { units: 3, days: 2 }, promised: { backordered: { shop: 1 }, preordered: { shop: 2 }, preorderedAt: { shop: { W1: 1 } } } };
const WORLD = readerOf(READS);
const CALCULATOR = createAvailability({ catalog: CATALOG, policy: POLICY });
const KEYS = [...CATALOG.items.keys()].map((sku) => ({ channel: SHOP, sku }));
const AT = { positions: WORLD, asOf: NOON };
const moment = { asOf: NOON };

const requests = fc.constantFrom<unknown>(
  { id: 'cart', channel: 'shop', expiresAt: addMs(NOON, 1), grant: 'part', lines: [{ sku: 'A', quantity: 3, limits: { least: 1, most: 9, multipleOf: 2 } }, { sku: 'SET', quantity: 1, promise: 'preorder' }] },
  { id: 'cart', channel: 'shop', expiresAt: addMs(NOON, 1), grant: 'all', lines: [{ sku: 'C', quantity: 3, promise: 'backorder' }] },
);
const holds = fc.constant({ id: 'h', channel: 'shop', expiresAt: addMs(NOON, 1), state: 'held', orderId: '', lines: [{ sku: 'A', location: 'W1', quantity: 2 }] });
const plans = fc.constantFrom<unknown>({ lines: [{ sku: 'SET', quantity: 2 }], locations: ['W1', 'W2'], order: 'highestSupply', mayBackorder: ['W2'] }, { lines: [{ sku: 'A', quantity: 2 }], locations: ['W1'] });
const questions = fc.constant({ from: '2026-11-23', days: 3, opening: 4, supply: [{ day: '2026-11-24', quantity: 2 }], demand: [{ day: '2026-11-22', quantity: 1 }], overdue: 'count' });
const movement = { from: { account: 'supplier', location: '', channel: '' }, to: { account: 'onHand', location: 'W1', channel: '' }, quantity: 3 };
const balances = { [accountKey({ account: 'onHand', location: W1, channel: '' })]: 3 };
const ledgers = fc.constant({ movements: [movement], kept: balances, opening: {}, expected: balances });
const ledgerOf = (input: unknown): never => mapped(input, ['kept', 'opening', 'expected']) as never;
const histories = fc.constant({ channel: 'shop', orderId: '#1', lines: [{ id: '1', sku: 'A', location: 'W1', promise: 'stock' }], events: [{ id: 'a', line: '1', at: NOON, kind: 'ordered', quantity: '5' }, { id: 'b', line: '1', at: addMs(NOON, 1), kind: 'fulfilled', quantity: '3' }] });
const policies = everyPolicies().map((input) => parsePolicy(input));
const checkpoint = sealCheckpoint({ sku: SKU, version: 1, movements: [{ ...movement, version: 1 } as never] });
const plan = { catalog: CATALOG, supply: () => 2 };

export const DECISIONS: readonly Reader[] = [
  { entry: CORE, name: 'createAvailability', method: 'compute of what a reader tells', sound: fc.constant(READS), read: (input) => KEYS.map((key) => CALCULATOR.compute(key, readerOf(input), moment)) },
  { entry: CORE, name: 'createAvailability', method: 'explain of what a reader tells', sound: fc.constant(READS), read: (input) => KEYS.map((key) => CALCULATOR.explain(key, readerOf(input), moment)) },
  { entry: CORE, name: 'createAvailability', method: 'computeMany', sound: fc.constant(KEYS), read: (input) => CALCULATOR.computeMany(input as never, WORLD, moment) },
  { entry: CORE, name: 'createAvailability', method: 'affectedKeys', sound: fc.constant(SKU), read: (input) => [CALCULATOR.affectedKeys(input as never), CALCULATOR.readsOf(input as never)] },
  { entry: CORE, name: 'decideHold', sound: requests, read: (input) => decideHold(CALCULATOR, input as never, AT) },
  { entry: CORE, name: 'decideHold', method: 'over a world', sound: fc.constant({ asOf: NOON, ownHolds: ['h'], positions: {} }), read: (input) => decideHold(CALCULATOR, { id: 'cart', channel: SHOP, expiresAt: addMs(NOON, 1), grant: 'all', lines: [] }, readable(input) as never) },
  { entry: CORE, name: 'settleHold', sound: holds, read: (input) => settleHold(input as never, { orderId: '#1', lines: [{ sku: SKU, quantity: 2 }] }, { ...AT, calculator: CALCULATOR }) },
  { entry: CORE, name: 'convertHold', sound: holds, read: (input) => convertHold(input as never, { orderId: '#1', asOf: NOON }) },
  { entry: CORE, name: 'extendHold', sound: holds, read: (input) => extendHold(input as never, { until: addMs(NOON, 9), asOf: NOON }) },
  { entry: CORE, name: 'releaseHold', sound: holds, read: (input) => releaseHold(input as never) },
  { entry: CORE, name: 'isLiveHold', sound: holds, read: (input) => isLiveHold(input as never, NOON) },
  { entry: CORE, name: 'mergeHolds', sound: holds, read: (input) => mergeHolds(input as never, input as never) },
  { entry: CORE, name: 'holdsOf', sound: fc.array(holds), read: (input) => holdsOf(SKU, input as never, () => false) },
  { entry: CORE, name: 'remaindersAt', sound: fc.constant(told(0)), read: (input) => remaindersAt(mapped(input, ['locations', 'unrouted']) as never, W1, NOON) },
  { entry: CORE, name: 'locationSupply', sound: fc.constant({ ...KEYS[0], location: 'W1' }), read: (input) => locationSupply(CALCULATOR, input as never, { positions: WORLD, moment }) },
  { entry: CORE, name: 'headroom', sound: fc.constant({ ...KEYS[0], promise: 'preorder' }), read: (input) => headroom(CALCULATOR, input as never, { positions: WORLD, moment }) },
  { entry: CORE, name: 'publicationRisk', sound: fc.constant(KEYS.map((key) => ({ ...key, shown: 3, unseen: 1 }))), read: (input) => publicationRisk({ policy: POLICY, catalog: CATALOG }, input as never, AT) },
  { entry: CORE, name: 'giveUpExcess', sound: fc.constant([{ id: 'a', quantity: 3, weight: 1 }, { id: 'b', quantity: 2, weight: 0 }]), read: (input) => giveUpExcess(4, input as never) },
  { entry: CORE, name: 'planFulfilment', sound: plans, read: (input) => planFulfilment(input as never, plan) },
  { entry: CORE, name: 'planFulfilment', method: 'of what a supply tells', sound: fc.constantFrom(3, 0), read: (input) => planFulfilment({ lines: [{ sku: SKU, quantity: 2 }], locations: [W1] }, { ...plan, supply: () => input as never }) },
  { entry: CORE, name: 'coveringLocations', sound: plans, read: (input) => coveringLocations(input as never, plan) },
  { entry: CORE, name: 'projectOnHand', sound: questions, read: (input) => projectOnHand(input as never) },
  { entry: CORE, name: 'availableToPromise', sound: questions, read: (input) => (['lookAhead', 'discrete', 'cumulative'] as const).map((method) => availableToPromise(input as never, method)) },
  { entry: CORE, name: 'availableToPromise', method: 'by a method', sound: fc.constantFrom('lookAhead', 'discrete'), read: (input) => availableToPromise({ from: dayOf(NOON), days: 2, opening: 1, supply: [], demand: [] }, input as never) },
  { entry: CORE, name: 'earliestPromise', sound: questions, read: (input) => earliestPromise(input as never, 3) },
  { entry: CORE, name: 'datedSupply', sound: fc.constant([{ location: 'W1', quantity: 3, expectedAt: NOON }]), read: (input) => datedSupply(input as never, { zone: 'Europe/Berlin' }) },
  { entry: CORE, name: 'dayOf', sound: fc.constant(NOON), read: (input) => [dayOf(input as never), dayOf(input as never, 'Europe/Berlin')] },
  { entry: CORE, name: 'boundsOfDay', sound: fc.constant('2026-11-23'), read: (input) => boundsOfDay(input as never, 'Europe/Berlin') },
  { entry: CORE, name: 'foldMovements', sound: fc.constant([movement]), read: (input) => foldMovements(input as never) },
  { entry: CORE, name: 'verifyLedger', sound: ledgers, read: (input) => {
    const { movements, kept, opening } = (ledgerOf(input) ?? {}) as Readonly<Record<string, never>>;
    return verifyLedger(movements as never, kept as never, opening);
  } },
  { entry: CORE, name: 'proposeRepair', sound: ledgers, read: (input) => proposeRepair(ledgerOf(input)) },
  { entry: CORE, name: 'sealCheckpoint', sound: fc.constant([{ ...movement, version: 1 }]), read: (input) => sealCheckpoint({ sku: SKU, version: 1, movements: input as never }) },
  { entry: CORE, name: 'foldSince', sound: fc.constant(checkpoint), read: (input) => foldSince(input as never, []) },
  { entry: CORE, name: 'isIntact', sound: fc.constant(checkpoint), read: (input) => isIntact(input as never) },
  { entry: CORE, name: 'orderFromEvents', sound: histories, read: (input) => orderFromEvents(input as never) },
  { entry: CORE, name: 'diffPolicies', method: 'of what nobody read', sound: policies, read: (input) => [diffPolicies(input as never, POLICY), diffPolicies(POLICY, input as never)] },
  { entry: CORE, name: 'accountFromKey', method: 'of anything', sound: fc.constantFrom(...Object.keys(balances)), read: (input) => accountFromKey(input as never) },
  { entry: CORE, name: 'instantFromMs', sound: fc.constant(0), read: (input) => instantFromMs(input as never) },
  { entry: CORE, name: 'addMs', sound: fc.constant(NOON), read: (input) => addMs(input as never, 1) },
  { entry: CORE, name: 'emptyBooks', sound: fc.constant(3), read: (input) => emptyBooks(SKU, input as never) },
  { entry: CORE, name: 'formatQuantity', sound: fc.constant(3), read: (input) => formatQuantity(3, input as never) },
];
