import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailability, createAvailabilityIndex, decideHold, defineRule, headroom, locationSupply, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseSku, publicationRisk,
  type AvailabilityCalculator, type CustomRule, type Hold, type LocationStock, type PolicyInput, type Position, type PositionReader, type Sku,
} from '../src/index.ts';

/*
 * What a reader of positions may tell by mistake. It is refused with the place where it was told, whichever function asked,
 * and never ends in a number.
 */
const NOW = parseInstant('2026-11-23T12:00:00Z');
const [SHOP, W1, MILK, MUG, SET] = [parseChannelId('shop'), parseLocationId('W1'), parseSku('MILK'), parseSku('MUG'), parseSku('SET')];
const who = { owner: 'o', reason: 'r' };
const catalog = parseCatalog([{ sku: 'MILK', scale: 2 }, { sku: 'MUG' }, { sku: 'SET', components: [{ sku: 'MILK', quantityPer: '0.5' }, { sku: 'MUG', quantityPer: 1 }] }]);
const rawPolicy: PolicyInput = { version: '1', channels: [{ id: 'shop', locations: ['W1'] }] };
const keep = { ...who, id: 'keep', kind: 'safetyStock', withhold: { fixed: 1 } } as const;
const calculatorOf = (more: Partial<PolicyInput> = {}, rules: readonly CustomRule<unknown>[] = []): AvailabilityCalculator => createAvailability({ catalog, policy: parsePolicy({ ...rawPolicy, ...more }), rules });
const plain = calculatorOf();
/** The same numbers by the whole pipeline. */
const ruled = calculatorOf({ rules: [keep] });

const stock = (onHand: unknown): LocationStock => ({ onHand, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }) as LocationStock;
const positionOf = (sku: Sku, more: Readonly<Record<string, unknown>> = {}): Position => ({ sku, scale: sku === MILK ? 2 : 0, locations: new Map([[W1, stock(500)]]), unrouted: new Map(), holds: [], ...more }) as Position;
const readerOf = (milk: unknown): PositionReader => ({ position: (sku) => (sku === MILK ? milk as Position : positionOf(sku)) });
const refused = (path: readonly (string | number)[], ...words: readonly string[]) => expect.objectContaining({
  code: 'INVALID_INPUT', issues: [expect.objectContaining({ path, message: expect.stringMatching(new RegExp(words.join('.*'))) as string })],
});

/** Every way by which a position meets an item. */
const askedBy = (positions: PositionReader): readonly (readonly [string, () => unknown])[] => [plain, ruled].flatMap((calculator) => [MILK, SET].flatMap((sku) => {
  const [key, moment, name] = [{ channel: SHOP, sku }, { asOf: NOW }, `${calculator === plain ? 'plain' : 'ruled'} ${sku}`];
  return [
    [`compute, ${name}`, () => calculator.compute(key, positions, moment)], [`computeMany, ${name}`, () => calculator.computeMany([key], positions, moment)], [`explain, ${name}`, () => calculator.explain(key, positions, moment)],
    [`decideHold, ${name}`, () => decideHold(calculator, { id: 'cart', channel: SHOP, grant: 'all', expiresAt: addMs(NOW, 1), lines: [{ sku, quantity: 1 }] }, { positions, asOf: NOW })],
    [`locationSupply, ${name}`, () => locationSupply(calculator, { ...key, location: W1 }, { positions, moment })], [`headroom, ${name}`, () => headroom(calculator, key, { positions, moment })],
    [`publicationRisk, ${name}`, () => publicationRisk(calculator, [{ ...key, shown: 1 }], { positions, asOf: NOW })],
  ];
}));

describe('a position of another scale than its item', () => {
  it.each([0, 1, 3])('is refused wherever it meets the item, with both scales: %i', (scale) => {
    for (const [, ask] of askedBy(readerOf(positionOf(MILK, { scale })))) expect(ask).toThrow(refused(['positions', 'position', 'MILK', 'scale'], '2, the scale that the catalogue gives MILK', `not ${String(scale)}`));
  });

  it('is refused by the index, at first and later', () => {
    const policy = parsePolicy(rawPolicy);
    const wrong = positionOf(MILK, { scale: 0 });
    expect(() => createAvailabilityIndex({ catalog, policy, asOf: NOW, positions: [wrong] })).toThrow(refused(['positions', 0, 'scale'], 'must be 2', 'MILK', 'not 0'));
    const index = createAvailabilityIndex({ catalog, policy, asOf: NOW, positions: [positionOf(MILK)] });
    expect(() => { index.apply({ kind: 'position', position: wrong }); }).toThrow(refused(['position', 'scale'], 'must be 2', 'MILK', 'not 0'));
    expect(index.compute({ channel: SHOP, sku: MILK }).immediate).toBe(500);
  });

  it('is none where the scales are one', () => {
    for (const [, ask] of askedBy(readerOf(positionOf(MILK)))) expect(ask).not.toThrow();
    for (const [, ask] of askedBy(readerOf(undefined))) expect(ask).not.toThrow();
  });
});

const hold = (more: Readonly<Record<string, unknown>>): Hold => ({ id: 'h', channel: SHOP, location: '', quantity: 1, expiresAt: addMs(NOW, 1), ...more }) as Hold;

describe('a position that is none', () => {
  it.each<[string, unknown, readonly (string | number)[]]>([
    ['null', null, []], ['a number', 5, []], ['an empty object', {}, ['locations']],
    ...[Number.NaN, Number.POSITIVE_INFINITY, 0.5, '3', null, undefined, {}].map((onHand): [string, unknown, readonly (string | number)[]] => [`on hand of ${String(onHand)}`, positionOf(MILK, { locations: new Map([[W1, stock(onHand)]]) }), ['locations', 'W1', 'onHand']]),
    ['stock that is null', positionOf(MILK, { locations: new Map([[W1, null]]) }), ['locations', 'W1']], ['locations in an object', positionOf(MILK, { locations: { W1: stock(500) } }), ['locations']],
    ['demand in an object', positionOf(MILK, { unrouted: { shop: 5 } }), ['unrouted']], ['half a step of demand', positionOf(MILK, { unrouted: new Map([[SHOP, 0.5]]) }), ['unrouted', 'shop']], ['demand that is none', positionOf(MILK, { unrouted: new Map([[SHOP, Number.NaN]]) }), ['unrouted', 'shop']],
    ['no holds', positionOf(MILK, { holds: undefined }), ['holds']], ['a hold of null', positionOf(MILK, { holds: [null] }), ['holds', 0]],
    ['a hold of less than nothing', positionOf(MILK, { holds: [hold({ quantity: -1 })] }), ['holds', 0, 'quantity']], ['a hold of half a step', positionOf(MILK, { holds: [hold({}), hold({ quantity: 0.5 })] }), ['holds', 1, 'quantity']],
    ...['2026-11-24T00:00:00+01:00', '2026-11-24T00:00:00Z', 'tomorrow', 5].map((expiresAt): [string, unknown, readonly (string | number)[]] => [`a hold until ${String(expiresAt)}`, positionOf(MILK, { holds: [hold({ expiresAt })] }), ['holds', 0, 'expiresAt']]),
    ['a hold of NaN beyond stock', positionOf(MILK, { holds: [hold({ beyond: [{ sku: MILK, promise: 'backorder', quantity: 1, units: Number.NaN }] })] }), ['holds', 0, 'beyond', 0, 'units']],
  ])('is refused where it is wrong: %s', (_, milk, path) => {
    for (const [, ask] of askedBy(readerOf(milk))) expect(ask).toThrow(refused(['positions', 'position', 'MILK', ...path]));
  });
});

describe('something unsound', () => {
  const [TILL, W2] = [parseChannelId('till'), parseLocationId('W2')];
  const channels = [{ id: 'shop', locations: ['W1'] }, { id: 'till', locations: ['W1', 'W2'] }];
  const limit = { ...who, id: 'limit', kind: 'preorderLimit', limit: 3 } as const;
  const calculators: readonly (readonly [string, AvailabilityCalculator])[] = [
    ['plain', plain], ['ruled', ruled], ['plain, over shared places', calculatorOf({ channels })], ['ruled, over shared places', calculatorOf({ channels, rules: [keep] })],
    ['plain, one set', calculatorOf({ channels: channels.map(({ id }) => ({ id, locations: ['W1', 'W2'] })) })], ['of what is expected', calculatorOf({ channels, rules: [limit] })],
  ];
  const whole = (): Record<string, unknown> => ({ locations: new Map<string, unknown>([[W1, stock(500)], [W2, stock(300)], ['W9', stock(7)]]), unrouted: new Map(), holds: [] });
  const spoilt: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ...['W1', 'W2', 'W9'].flatMap((location) => [Number.NaN, 0.5, '3', null, undefined].flatMap((value) => ['onHand', 'unavailable', 'committed', 'incoming', 'inTransit'].flatMap((measure) => [0, 2].map((open): [string, Record<string, unknown>] => {
      const { locations, ...rest } = whole();
      return [`${measure} of ${String(value)} at ${location} beside ${String(open)} ordered`, { ...rest, ...(open === 0 ? {} : { unrouted: new Map([[TILL, open]]) }), locations: new Map([...locations as Map<string, LocationStock>, [location, { ...stock(9), [measure]: value }]]) }];
    })))),
    ...['W1', 'W2', 'W9'].flatMap((location) => [null, undefined, 5].map((value): [string, Record<string, unknown>] => [`${String(value)} at ${location}`, { ...whole(), locations: new Map([...whole()['locations'] as Map<string, unknown>, [location, value]]) }])),
    ['a reader that can only be asked', { ...whole(), locations: { get: (location: string) => (location === 'W1' ? stock(5) : undefined) } }],
    ...['', { length: 0 }, 5].map((holds): [string, Record<string, unknown>] => [`holds that are ${JSON.stringify(holds)}`, { ...whole(), holds }]),
    ...[{ size: 0 }, new Set()].map((unrouted): [string, Record<string, unknown>] => [`demand in a ${unrouted.constructor.name}`, { ...whole(), unrouted }]),
  ];
  const outcome = (ask: () => unknown): unknown => {
    try {
      return ask();
    } catch (error) {
      const { code, issues } = error as { code: unknown; issues: unknown };
      return { code, issues };
    }
  };

  it.each(calculators)('is refused by compute and explain alike, or is nothing that either reads: %s', (_, calculator) => {
    for (const [what, more] of spoilt) {
      for (const { id: channel } of calculator.policy.channels) {
        for (const sku of [MILK, SET]) {
          const positions: PositionReader = { ...readerOf(positionOf(MILK, more)), promised: () => undefined };
          const [computed, explained] = [outcome(() => calculator.compute({ channel, sku }, positions, { asOf: NOW })), outcome(() => calculator.explain({ channel, sku }, positions, { asOf: NOW }).availability)];
          expect({ what, channel, sku, outcome: explained }).toEqual({ what, channel, sku, outcome: computed });
        }
      }
    }
  });

  it('that compute does not read takes nothing from an explanation', () => {
    const calculator = calculatorOf({ channels });
    const odd = positionOf(MILK, { locations: new Map([[W1, { ...stock(500), incoming: Number.NaN }], [W2, stock(300)]]) });
    const sound = positionOf(MILK, { locations: new Map([[W1, stock(500)], [W2, stock(300)]]) });
    for (const channel of [SHOP, TILL]) expect(calculator.explain({ channel, sku: MILK }, readerOf(odd), { asOf: NOW })).toEqual(calculator.explain({ channel, sku: MILK }, readerOf(sound), { asOf: NOW }));
  });
});

describe('an answer of a reader that is none', () => {
  const cover = calculatorOf({ rules: [{ ...who, id: 'a', kind: 'safetyStock', withhold: { daysOfCover: 2 } }] });
  const asked = (calculator: AvailabilityCalculator, reads: object) => (): unknown => calculator.compute({ channel: SHOP, sku: MILK }, { ...readerOf(positionOf(MILK)), ...reads }, { asOf: NOW });

  it.each<[unknown, readonly string[]]>([
    [{ units: -10, days: 1 }, ['units']], [{ units: Number.NaN, days: 1 }, ['units']], [{ units: '3', days: 1 }, ['units']], [{ units: 3, days: 0 }, ['days']], [{ units: 3, days: -1 }, ['days']], [{ units: 3, days: 0.5 }, ['days']], [{}, ['units']], [null, []], [7, []],
  ])('is refused as a velocity: %j', (velocity, path) => {
    expect(asked(cover, { velocity: () => velocity })).toThrow(refused(['positions', 'velocity', 'MILK', 'W1', ...path]));
  });

  it.each([Number.NaN, '3', 0.5, null, undefined, {}])('is refused as what was consumed: %j', (taken) => {
    const quota = calculatorOf({ rules: [{ ...who, id: 'a', kind: 'drawCap', scope: { channel: 'shop' }, most: { quota: 3 } }] });
    expect(asked(quota, { consumed: () => taken })).toThrow(refused(['positions', 'consumed', 'MILK', 'shop']));
  });

  it.each(['yesterday', '2026-11-23T12:00:00Z', 5, null, {}])('is refused as the time at which a source spoke: %j', (heard) => {
    const stale = calculatorOf({ locations: [{ id: 'W1', stale: { afterMinutes: 5, becomes: 'zero' } }] });
    const reads = { heardAt: () => heard };
    expect(asked(stale, reads)).toThrow(refused(['positions', 'heardAt', 'W1']));
    expect(() => publicationRisk(stale, [{ channel: SHOP, sku: MILK, shown: 1 }], { positions: { ...readerOf(positionOf(MILK)), ...reads } as unknown as PositionReader, asOf: NOW })).toThrow(refused(['positions', 'heardAt', 'W1']));
  });

  it.each<[unknown, readonly string[]]>([
    [null, []], [{}, ['backordered']], [{ backordered: new Map(), preordered: { shop: 1 } }, ['preordered']], [{ backordered: new Map(), preordered: new Map([[SHOP, Number.NaN]]) }, ['preordered', 'shop']],
    [{ backordered: new Map(), preordered: new Map(), preorderedAt: new Map([[SHOP, new Map([[W1, 0.5]])]]) }, ['preorderedAt', 'shop', 'W1']],
  ])('is refused as what is promised: %j', (promised, path) => {
    const limited = calculatorOf({ rules: [{ ...who, id: 'a', kind: 'preorderLimit', limit: 3 }] });
    expect(asked(limited, { promised: () => promised })).toThrow(refused(['positions', 'promised', 'MILK', ...path]));
  });

  it('is left alone where it is an error of the reader itself', () => {
    const lost = new Error('no connection');
    expect(asked(plain, { position: () => { throw lost; } })).toThrow(lost);
    expect(asked(cover, { velocity: () => { throw lost; } })).toThrow(lost);
  });
});

it('a rule of one\'s own that throws is named, with the sku', () => {
  const cause = new RangeError('out of luck');
  const broken = defineRule({ rule: 'acme.broken', version: 1, stage: 'listing', label: 'broken', laws: [], settings: { parse: () => ({}) }, apply: () => { throw cause; } });
  const calculator = calculatorOf({ rules: [{ ...who, id: 'a', kind: 'custom', rule: 'acme.broken', ruleVersion: 1, stage: 'listing' }] }, [broken]);
  const ask = (): unknown => calculator.compute({ channel: SHOP, sku: MUG }, readerOf(undefined), { asOf: NOW });
  expect(ask).toThrow(refused(['rules', 'acme.broken'], 'acme.broken threw for sku MUG: out of luck'));
  expect(ask).toThrow(expect.objectContaining({ cause }));
});
