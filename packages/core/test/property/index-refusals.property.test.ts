import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailabilityIndex, defineRule, isStockwrightError, parseCatalog, parsePolicy, parseSku,
  type AvailabilityIndex, type AvailabilityIndexOptions, type Hold, type IndexEvent, type Instant, type LocationId, type LocationStock, type Position,
} from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

const { position: _, ...reads } = readerOf(new Map());

/** Anything at all: names that every object has, numbers that are none, Maps and Sets, and values with no prototype. */
const anything = fc.oneof(
  fc.constantFrom<unknown>('__proto__', 'constructor', 'toString', '', ' A', ['onHand'], Number.NaN, 0.5, -0, 1e308, 2 ** 53, 10n, 10n ** 30n, null, undefined, new Map(), Symbol('x'), { toString: 1 }, () => 1),
  fc.anything({ withBigInt: true, withMap: true, withSet: true, withNullPrototype: true, withDate: true, maxDepth: 2 }),
);
const stock: LocationStock = { onHand: 9, unavailable: 1, committed: 2, incoming: 3, inTransit: 0 };
const hold: Hold = { id: 'h', channel: 'shop', location: 'W1', quantity: 2, expiresAt: addMs(NOON, 60_000), beyond: [{ sku: 'A', promise: 'backorder', quantity: 1, units: 1 }] } as unknown as Hold;
const delta = { kind: 'delta', sku: 'A', location: 'W1', measure: 'onHand', delta: '1' };
const position: Position = { sku: parseSku('A'), scale: 0, locations: new Map([['W1' as LocationId, stock]]), unrouted: new Map([['shop' as never, 1]]), holds: [hold] };

const damagedStock = fc.tuple(fc.constantFrom('onHand', 'unavailable', 'committed', 'incoming', 'inTransit'), anything).map(([name, value]) => ({ ...stock, [name]: value }));
const damagedHold = fc.tuple(fc.constantFrom('id', 'channel', 'location', 'quantity', 'expiresAt', 'beyond'), fc.oneof(anything, fc.constantFrom<unknown>([{}], [{ ...hold.beyond?.[0], units: -1 }]))).map(([name, value]) => ({ ...hold, [name]: value }));
const damagedPosition = fc.oneof(
  fc.tuple(fc.constantFrom('sku', 'scale', 'locations', 'unrouted', 'holds'), anything).map(([name, value]) => ({ ...position, [name]: value })),
  fc.tuple(fc.oneof(anything, fc.constant('W1')), fc.oneof(anything, damagedStock)).map((entry) => ({ ...position, locations: new Map([entry]) })),
  fc.tuple(anything, anything).map((entry) => ({ ...position, unrouted: new Map([entry]) })),
  damagedHold.map((one) => ({ ...position, holds: [hold, one] })),
);
const events = fc.oneof(
  anything,
  fc.tuple(fc.constantFrom('kind', 'sku', 'location', 'measure', 'delta'), anything).map(([name, value]) => ({ ...delta, [name]: value })),
  fc.oneof(anything, damagedPosition).map((value) => ({ kind: 'position', position: value })),
);

/** What an index says of everything, and what it says has changed. */
function said(index: AvailabilityIndex): unknown {
  const { catalog, policy } = index.calculator;
  const answers = [...catalog.items.keys()].flatMap((sku) => policy.channels.map(({ id }) => index.compute({ channel: id, sku })));
  return [index.drainChanges(), answers];
}

/** Does what may be refused. @returns The codes and paths of a refusal. */
function refusalOf(act: () => void): readonly string[] | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!isStockwrightError(error)) throw error;
    expect(error.issues.length).toBeGreaterThan(0);
    return [error.code, ...error.issues.map(({ path }) => path.join('.'))];
  }
}

const made = (options: Partial<AvailabilityIndexOptions> & Pick<AvailabilityIndexOptions, 'catalog' | 'policy'>): AvailabilityIndex => createAvailabilityIndex({ asOf: NOON, reads, ...options });

describe('an event that is no event', () => {
  it('is refused with a path, whatever it is, and leaves the index as one that never saw it', () => {
    fc.assert(fc.property(catalogs(), policies(), worlds(), events, (catalog, policy, world, event) => {
      const [index, twin] = [made({ catalog, policy, positions: world.values() }), made({ catalog, policy, positions: world.values() })];
      const refusal = refusalOf(() => { index.apply(event as IndexEvent); });
      if (refusal === undefined) return;
      expect(refusal[0]).toBe('INVALID_INPUT');
      expect(said(index)).toEqual(said(twin));
      for (const one of [index, twin]) one.apply(delta as IndexEvent);
      expect(said(index)).toEqual(said(twin));
      index.recompute();
      expect(index.drainChanges()).toEqual([]);
    }), { numRuns: 400 });
  });

  const index = made({ catalog: parseCatalog([{ sku: 'A' }, { sku: 'KG', scale: 2 }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 1 }] }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
  const moved = (change: object): unknown => ({ ...delta, ...change });
  const placed = (change: object): unknown => ({ kind: 'position', position: { ...position, ...change } });
  it.each<readonly [string, unknown, string]>([
    ['nothing', null, ''],
    ['another kind', { kind: 'sale' }, 'kind'],
    ['an unknown sku', moved({ sku: 'B' }), 'sku'],
    ['a kit', moved({ sku: 'SET' }), 'sku'],
    ['a location without a name', moved({ location: '' }), 'location'],
    ['a measure that every object has', moved({ measure: '__proto__' }), 'measure'],
    ['a measure in a list', moved({ measure: ['onHand'] }), 'measure'],
    ['half of a piece', moved({ delta: '0.5' }), 'delta'],
    ['a delta that is a list', moved({ delta: ['1'] }), 'delta'],
    ['no delta', moved({ delta: undefined }), 'delta'],
    ['a position that is none', { kind: 'position' }, 'position'],
    ['a position without a sku', placed({ sku: undefined }), 'position.sku'],
    ['quantities by name in an object', placed({ locations: { W1: stock } }), 'position.locations'],
    ['a measure that is missing', placed({ locations: new Map([['W1', { onHand: 1 }]]) }), 'position.locations.W1.unavailable'],
    ['a quantity that is no number', placed({ locations: new Map([['W1', { ...stock, onHand: Number.NaN }]]) }), 'position.locations.W1.onHand'],
    ['a quantity that is a text', placed({ unrouted: new Map([['shop', '1']]) }), 'position.unrouted.shop'],
    ['a hold that asks for less than nothing', placed({ holds: [{ ...hold, quantity: -1 }] }), 'position.holds.0.quantity'],
    ['a hold with an end that does not compare', placed({ holds: [{ ...hold, expiresAt: '2026-11-23T12:01:00Z' }] }), 'position.holds.0.expiresAt'],
  ])('is refused: %s', (_name, event, path) => {
    expect(refusalOf(() => { index.apply(event as IndexEvent); })?.[1]).toBe(path);
    expect(index.drainChanges()).toEqual([]);
  });

  it('is not confused with one whose delta is a number', () => {
    index.apply(moved({ sku: 'KG', delta: 1.25 }) as IndexEvent);
    expect(index.compute({ channel: 'shop', sku: 'KG' } as never).immediate).toBe(125);
  });
});

describe('an index', () => {
  const catalog = parseCatalog([{ sku: 'MUG-1' }]);
  const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] });

  it('refuses a moment, a key, a sku and positions that are none, with a path', () => {
    fc.assert(fc.property(anything, (value) => {
      const index = made({ catalog, policy });
      const all = [
        refusalOf(() => { index.advanceTo(value as Instant); }), refusalOf(() => { index.compute(value as never); }), refusalOf(() => { index.compute({ channel: value, sku: 'MUG-1' } as never); }),
        refusalOf(() => { index.compute({ channel: 'shop', sku: value } as never); }), refusalOf(() => { index.affectedKeys(value as never); }), refusalOf(() => { made({ catalog, policy, asOf: value as Instant }); }),
        refusalOf(() => { made({ catalog, policy, positions: [value as Position] }); }),
      ];
      for (const refusal of all) expect(refusal?.[0]).toBe('INVALID_INPUT');
    }), { numRuns: 300 });
  });

  it('refuses a second position of one sku to begin with, of which one would be lost', () => {
    expect(refusalOf(() => { made({ catalog, policy, positions: [position, position].map((one) => ({ ...one, sku: parseSku('MUG-1') })) }); })).toEqual(['INVALID_INPUT', 'positions.1.sku']);
  });

  it('refuses to go back in time', () => {
    expect(refusalOf(() => { made({ catalog, policy }).advanceTo(addMs(NOON, -1)); })).toEqual(['INVALID_INPUT', 'asOf']);
  });
});

describe('an event on which a rule of one\'s own fails', () => {
  /** Fails at the kit, after the component was worked out. */
  const moody = (mood: { fails: boolean }) => defineRule({
    rule: 'acme.moody', version: 1, stage: 'listing', label: 'moody', laws: [], settings: { parse: () => ({}) },
    apply: ({ sku, quantity }) => {
      if (mood.fails && sku === 'SET') throw new Error('not today');
      return quantity;
    },
  });
  const rule = { owner: 'o', reason: 'r', id: 'moody', kind: 'custom', rule: 'acme.moody', ruleVersion: 1, stage: 'listing' } as const;
  const catalog = parseCatalog([{ sku: 'A' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 2 }] }]);
  const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1', 'W2'] }], rules: [rule, { owner: 'o', reason: 'r', id: 'later', kind: 'cap', scope: { sku: 'A' }, most: 1, from: addMs(NOON, 60_000) }] });
  const [far, over] = [{ ...position, holds: [{ ...hold, quantity: 10n ** 30n }] }, { ...position, locations: new Map([['W9' as LocationId, stock]]) }];
  const attempts: readonly (readonly [string, (index: AvailabilityIndex) => void])[] = [
    ['a delta at a location of the channel', (index) => { index.apply({ ...delta, delta: '4' } as IndexEvent); }],
    ['a delta at a location of nobody', (index) => { index.apply({ ...delta, location: 'W9', delta: '4' } as IndexEvent); }],
    ['a delta that no safe integer holds', (index) => { index.apply({ ...delta, delta: '9'.repeat(20) } as IndexEvent); }],
    ['a delta of what is expected', (index) => { index.apply({ ...delta, measure: 'incoming', delta: '4' } as IndexEvent); }],
    ['a position', (index) => { index.apply({ kind: 'position', position: far } as unknown as IndexEvent); }],
    ['a position elsewhere', (index) => { index.apply({ kind: 'position', position: over }); }],
    ['time', (index) => { index.advanceTo(addMs(NOON, 120_000)); }],
  ];

  it.each(attempts.flatMap(([name, attempt]) => [['unknown', []], ['known', [position]], ['known elsewhere', [over]]].map(([how, positions]) => [`${name}, ${String(how)}`, attempt, positions as Position[]] as const)))('does not happen: %s', (_name, attempt, positions) => {
    const mood = { fails: false };
    const [index, twin] = [made({ catalog, policy, rules: [moody(mood)], positions }), made({ catalog, policy, rules: [moody({ fails: false })], positions })];
    mood.fails = true;
    let failed = false;
    try {
      attempt(index);
    } catch (error) {
      failed = true;
      expect(error).toMatchObject({ code: 'INVALID_INPUT', message: 'Custom rule acme.moody threw for sku SET: not today' });
    }
    mood.fails = false;
    if (!failed) attempt(twin);
    expect(said(index)).toEqual(said(twin));
    attempt(index);
    if (failed) attempt(twin);
    expect(said(index)).toEqual(said(twin));
    index.recompute();
    expect(index.drainChanges()).toEqual([]);
  });
});
