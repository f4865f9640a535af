import { describe, expect, it } from 'vitest';
import {
  addMs, decideHold, holdsOf, instantToMs, parseCatalog, parseChannelId, parseHoldRequest, parseSku, settleHold, type CatalogItemInput, type HoldDecision, type HoldRecord, type HoldRequestLine, type PositionReader, type RequestLimits, type Sku,
} from '../src/index.ts';
import { calculatorFor, LATER, MUG, NOW, position, shopOn, who, type ChannelInput, type RuleInput, type Sketch } from './sketch.ts';

const KITS: readonly CatalogItemInput[] = [
  { sku: 'A' }, { sku: 'B' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 1 }] }, { sku: 'DUO', components: [{ sku: 'A', quantityPer: 2 }] },
];

/** From now to {@link LATER}. */
const LATER_MS = instantToMs(LATER) - instantToMs(NOW);

interface Scene {
  readonly stock: Readonly<Record<string, Sketch>>;
  readonly lines: readonly (Omit<HoldRequestLine, 'sku'> & { readonly sku?: string })[];
  readonly grant?: 'all' | 'part';
  readonly catalog?: readonly CatalogItemInput[];
  readonly channels?: ChannelInput[];
  readonly rules?: RuleInput[];
  readonly kits?: 'pooled' | 'perLocation';
  readonly ownHolds?: readonly string[];
  readonly promised?: PositionReader['promised'];
}

function decide({ stock, lines, grant = 'part', ownHolds = [], catalog = [MUG], channels = [shopOn('W1', 'W2')], rules = [], kits = 'pooled', promised }: Scene): HoldDecision {
  const positions = new Map(Object.entries(stock).map(([sku, sketch]) => [sku, position(sku, sketch)]));
  const reader: PositionReader = { position: (sku) => positions.get(sku), ...(promised === undefined ? {} : { promised }) };
  const request = { id: 'cart', channel: parseChannelId('shop'), expiresAt: LATER, grant, lines: lines.map(({ sku = 'MUG', ...line }) => ({ sku: parseSku(sku), ...line })) };
  return decideHold(calculatorFor({ catalog, channels, rules, policy: { kits } }), request, { positions: reader, asOf: NOW, ownHolds });
}
const held = ({ hold }: HoldDecision) => hold?.lines.map(({ sku, location, quantity }) => [sku, location, quantity]) ?? [];
const granted = ({ lines }: HoldDecision) => lines.map((line) => line.granted);

describe('a request for a hold', () => {
  it('gets all, a part or nothing', () => {
    const stock = { MUG: { at: { W1: 3, W2: 2 } } };
    expect(decide({ stock, lines: [{ quantity: 5 }], grant: 'all' })).toMatchObject({ status: 'granted', hold: { id: 'cart', state: 'held', expiresAt: LATER } });
    expect(decide({ stock, lines: [{ quantity: 6 }], grant: 'all' })).toMatchObject({ status: 'refused', hold: undefined, lines: [{ granted: 0, atMost: 5, reason: 'NOT_ENOUGH' }] });
    expect(decide({ stock, lines: [{ quantity: 6 }] })).toMatchObject({ status: 'part', lines: [{ granted: 5, reason: 'NOT_ENOUGH' }] });
    expect(decide({ stock: {}, lines: [{ quantity: 1 }] })).toMatchObject({ status: 'refused', lines: [{ granted: 0 }] });
    expect(decide({ stock, lines: [] }).status).toBe('refused');
    expect(() => decide({ stock, lines: [{ quantity: 0 }] })).toThrow('lines[0].quantity: 0 of MUG');
  });

  it('adds up lines of one sku, also where the listing is capped', () => {
    expect(granted(decide({ stock: { MUG: { at: { W1: 5 } } }, lines: [{ quantity: 3 }, { quantity: 3 }] }))).toEqual([3, 2]);
    const cap: RuleInput = { ...who, id: 'cap', kind: 'cap', most: 4 };
    expect(granted(decide({ stock: { MUG: { at: { W1: 50 } } }, lines: [{ quantity: 3 }, { quantity: 3 }], rules: [cap] }))).toEqual([3, 1]);
  });

  it('keeps the limits of a sku on all its lines together, also where they name several', () => {
    const stock = { MUG: { at: { W1: 50 } } };
    const twice = (first: RequestLimits, second = first, grant: 'all' | 'part' = 'part') => decide({ stock, grant, lines: [{ quantity: 3, limits: first }, { quantity: 3, limits: second }] });
    expect(twice({ most: 3 })).toMatchObject({ status: 'part', lines: [{ granted: 3, reason: undefined }, { granted: 0, reason: 'ABOVE_MOST' }], hold: { lines: [{ quantity: 3 }] } });
    expect(granted(twice({ most: 5 }, {}))).toEqual([3, 2]);
    expect(granted(twice({}, { most: 4 }))).toEqual([3, 1]);
    expect(granted(twice({ most: 5 }, { most: 2 }))).toEqual([2, 0]);
    expect(granted(twice({ multipleOf: 6 }))).toEqual([3, 3]);
    expect(twice({ multipleOf: 4 })).toMatchObject({ lines: [{ granted: 3 }, { granted: 1, reason: 'NOT_A_MULTIPLE' }] });
    expect(granted(twice({ multipleOf: 2 }, { multipleOf: 3 }))).toEqual([3, 3]);
    expect(twice({ multipleOf: 4 }, { multipleOf: 3 })).toMatchObject({ status: 'refused', lines: [{ reason: 'NOT_A_MULTIPLE' }, { reason: 'NOT_A_MULTIPLE' }] });
    expect(granted(twice({ least: 6 }))).toEqual([3, 3]);
    expect(twice({ least: 7 })).toMatchObject({ status: 'refused', lines: [{ reason: 'BELOW_LEAST' }, { reason: 'BELOW_LEAST' }] });
    expect(twice({ most: 3 }, {}, 'all')).toMatchObject({ status: 'refused', lines: [{ granted: 0, reason: 'OTHER_LINES' }, { granted: 0, reason: 'ABOVE_MOST' }] });
    expect(twice({ least: 6, multipleOf: 6 }, {}, 'all').status).toBe('granted');
  });

  it('leaves to later lines what limits cut from earlier ones, whatever stock there is', () => {
    const scarce = { MUG: { at: { W1: 5 } } };
    expect(decide({ stock: scarce, lines: [{ quantity: 2, limits: { multipleOf: 2 } }, { quantity: 4 }] })).toMatchObject({ lines: [{ granted: 2 }, { granted: 2, reason: 'NOT_ENOUGH' }] });
    expect(decide({ stock: scarce, lines: [{ quantity: 3, limits: { least: 6 } }, { quantity: 4 }] })).toMatchObject({ status: 'refused', lines: [{ granted: 0, reason: 'NOT_ENOUGH' }, { granted: 0, reason: 'NOT_ENOUGH' }] });
    const kits = { catalog: KITS, stock: { A: { at: { W1: 5 } }, B: { at: { W1: 9 } } } };
    expect(granted(decide({ ...kits, lines: [{ sku: 'DUO', quantity: 2, limits: { most: 9 } }, { sku: 'DUO', quantity: 1, limits: { least: 3 } }, { sku: 'A', quantity: 5 }] }))).toEqual([0, 0, 5]);
  });

  it.each([['over at once', 0], ['over already', -1]])('is refused for a hold that is %s: it would claim nothing', (_, ms) => {
    const request = { id: 'cart', channel: parseChannelId('shop'), expiresAt: addMs(NOW, ms), grant: 'all', lines: [{ sku: parseSku('MUG'), quantity: 1 }] } as const;
    expect(() => decideHold(calculatorFor({}), request, { positions: { position: () => undefined }, asOf: NOW })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', issues: [{ path: ['expiresAt'], message: expect.stringContaining(`is over at ${NOW}`) as string }] }));
  });

  it('lets two lines that share a component have it once', () => {
    const scene = { catalog: KITS, stock: { A: { at: { W1: 5 } }, B: { at: { W1: 9 } } }, lines: [{ sku: 'SET', quantity: 2 }, { sku: 'DUO', quantity: 1 }, { sku: 'A', quantity: 5 }] };
    const decision = decide(scene);
    expect(granted(decision)).toEqual([2, 0, 1]);
    expect(held(decision)).toEqual([['A', '', 5], ['B', '', 2]]);
    expect(decide({ ...scene, grant: 'all' })).toMatchObject({ status: 'refused', lines: [{ reason: 'OTHER_LINES' }, { reason: 'NOT_ENOUGH' }, { reason: 'NOT_ENOUGH' }] });
  });

  it('grants no more from stock than the listing counts, whatever each line may be promised from', () => {
    const ask = (at: number, rule: RuleInput, ...promises: NonNullable<HoldRequestLine['promise']>[]) =>
      granted(decide({ rules: [rule, { ...who, id: 'back', kind: 'backorderLimit', limit: 1 }], stock: { MUG: { at: { W1: at } } }, promised: () => undefined, lines: promises.map((promise) => ({ quantity: 9, promise })) }));
    expect(ask(100, { ...who, id: 'cap', kind: 'cap', most: 5 }, 'stock', 'backorder', 'preorder')).toEqual([5, 1, 0]);
    expect(ask(100, { ...who, id: 'cap', kind: 'cap', most: 5 }, 'backorder', 'stock')).toEqual([6, 0]);
    expect(ask(0, { ...who, id: 'pin', kind: 'pin', quantity: 5 }, 'stock', 'preorder')).toEqual([5, 0]);
    expect(ask(10, { ...who, id: 'half', kind: 'percentOfPool', percent: 50, scope: { channel: 'shop' } }, 'stock', 'preorder')).toEqual([5, 0]);
  });

  it('takes stock once for lines of a kit of fractions, whatever each may be promised from', () => {
    const catalog: readonly CatalogItemInput[] = [{ sku: 'A' }, { sku: 'TRIO', components: [{ sku: 'A', quantityPer: '2/3' }] }];
    const rules: RuleInput[] = [{ ...who, id: 'back', kind: 'backorderLimit', limit: 1 }];
    const ask = (kits: 'pooled' | 'perLocation', ...promises: NonNullable<HoldRequestLine['promise']>[]) =>
      decide({ catalog, rules, kits, stock: { A: { at: { W1: 2 } } }, promised: () => undefined, lines: promises.map((promise) => ({ sku: 'TRIO', quantity: 2, promise })) }).lines;
    for (const kits of ['pooled', 'perLocation'] as const) {
      expect(ask(kits, 'stock', 'backorder', 'backorder')).toMatchObject([{ granted: 2, beyondStock: 0 }, { granted: 1, beyondStock: 1 }, { granted: 0 }]);
      expect(ask(kits, 'stock', 'backorder', 'stock')).toMatchObject([{ granted: 2, beyondStock: 0 }, { granted: 1, beyondStock: 1 }, { granted: 0 }]);
    }
  });

  it('is not in its own way, nor are the other holds of the same customer', () => {
    const stock = { MUG: { at: { W1: 5 }, holds: [{ id: 'cart', quantity: 2 }, { id: 'mine', quantity: 1 }, { id: 'theirs', quantity: 1 }] } };
    expect(granted(decide({ stock, lines: [{ quantity: 5 }] }))).toEqual([3]);
    expect(granted(decide({ stock, lines: [{ quantity: 5 }], ownHolds: ['mine'] }))).toEqual([4]);
  });

  it('goes beyond stock as far as it may, where that is asked', () => {
    const scene = { stock: { MUG: { at: { W1: 2 } } }, promised: () => ({ backordered: new Map(), preordered: new Map() }) };
    const rule: RuleInput = { ...who, id: 'more', kind: 'backorderLimit', limit: 3 };
    expect(decide({ ...scene, rules: [rule], lines: [{ quantity: 9, promise: 'backorder' }] }).lines[0]).toMatchObject({ granted: 5, beyondStock: 3, atMost: 5 });
    expect(decide({ ...scene, rules: [rule], lines: [{ quantity: 9 }] }).lines[0]).toMatchObject({ granted: 2, beyondStock: 0 });
    expect(decide({ ...scene, rules: [{ ...rule, limit: 'unlimited' }], lines: [{ quantity: 9999, promise: 'backorder' }] }).lines[0]).toMatchObject({ granted: 9999, beyondStock: 9997, atMost: undefined });
    expect(granted(decide({ ...scene, rules: [rule], lines: [{ quantity: 3, promise: 'backorder' }, { quantity: 9, promise: 'backorder' }] }))).toEqual([3, 2]);
  });

  it('keeps to least, most and multiples', () => {
    const ask = (quantity: number, limits: HoldRequestLine['limits'], grant: 'all' | 'part' = 'part') => decide({ stock: { MUG: { at: { W1: 8 } } }, lines: [{ quantity, limits }], grant }).lines.map((line) => [line.granted, line.reason])[0];
    expect([ask(6, { most: 6 }), ask(7, { most: 6 }), ask(1, { least: 2 }), ask(3, { multipleOf: 3 }), ask(4, { multipleOf: 3 }), ask(9, { multipleOf: 3 })])
      .toEqual([[6, undefined], [6, 'ABOVE_MOST'], [0, 'BELOW_LEAST'], [3, undefined], [3, 'NOT_A_MULTIPLE'], [6, 'NOT_ENOUGH']]);
    expect(ask(4, { multipleOf: 3 }, 'all')).toEqual([0, 'NOT_A_MULTIPLE']);
  });

  it('holds nothing of what nothing limits', () => {
    const decision = decide({ catalog: [{ sku: 'MUG', tracked: false }], stock: {}, lines: [{ quantity: 7 }] });
    expect([decision.status, granted(decision), held(decision)]).toEqual(['granted', [7], []]);
  });
});

describe('kits that are counted per location', () => {
  const scene = { catalog: KITS, kits: 'perLocation' as const };

  it('are held whole where they can be built, the preferred location first', () => {
    const stock = { A: { at: { W1: 3, W2: 9 } }, B: { at: { W1: 5, W2: 2 } } };
    expect(held(decide({ ...scene, stock, lines: [{ sku: 'SET', quantity: 3 }] }))).toEqual([['A', 'W1', 2], ['A', 'W2', 4], ['B', 'W1', 1], ['B', 'W2', 2]]);
    expect(granted(decide({ ...scene, stock, lines: [{ sku: 'SET', quantity: 9 }] }))).toEqual([3]);
  });

  it('count none that would take parts from two places', () => {
    const decision = decide({ ...scene, stock: { A: { at: { W1: 9 } }, B: { at: { W2: 9 } } }, lines: [{ sku: 'SET', quantity: 1 }] });
    expect([decision.status, held(decision)]).toEqual(['refused', []]);
    expect(held(decide({ catalog: KITS, stock: { A: { at: { W1: 9 } }, B: { at: { W2: 9 } } }, lines: [{ sku: 'SET', quantity: 1 }] }))).toEqual([['A', '', 2], ['B', '', 1]]);
  });

  it('leave other channels what only one location has for them', () => {
    const channels = [shopOn('W1', 'W2'), { id: 'outlet', locations: ['W1'] }];
    const stock = { A: { at: { W1: 4, W2: 4 }, unrouted: { outlet: 2 } }, B: { at: { W1: 9, W2: 9 } } };
    expect(held(decide({ ...scene, channels, stock, lines: [{ sku: 'DUO', quantity: 3 }] }))).toEqual([['A', 'W1', 2], ['A', 'W2', 4]]);
  });
});

describe('two carts', () => {
  const rule = (kind: 'backorderLimit' | 'preorderLimit', limit: number, channel?: string): RuleInput => ({ ...who, id: `${kind}-${channel ?? 'all'}`, kind, limit, scope: channel === undefined ? {} : { channel } });
  const channels = [shopOn('W1'), { id: 'market', locations: ['W1'] }];
  /** Lets carts ask one after the other, each after the holds of those before it; tells what each got beyond stock. */
  function carts(rules: readonly RuleInput[], asked: readonly { readonly sku?: string; readonly channel?: string; readonly quantity: number; readonly promise: 'backorder' | 'preorder'; readonly asOf?: typeof NOW }[], stock: Readonly<Record<string, Sketch>> = {}) {
    const holds: HoldRecord[] = [];
    const calculator = calculatorFor({ catalog: [MUG, ...KITS], channels, rules: [...rules] });
    const positions: PositionReader = {
      position: (sku) => ({ ...position(sku, stock[sku] ?? {}), holds: holdsOf(sku, holds, () => false) }),
      promised: () => ({ backordered: new Map(), preordered: new Map([[parseChannelId('market'), 1]]) }),
    };
    return asked.map(({ sku = 'MUG', channel = 'shop', asOf = NOW, ...line }, index) => {
      const { lines, hold } = decideHold(calculator, { id: `cart-${String(index)}`, channel: parseChannelId(channel), expiresAt: addMs(asOf, LATER_MS), grant: 'part', lines: [{ sku: parseSku(sku), ...line }] }, { positions, asOf });
      if (hold !== undefined) holds.push(hold);
      return lines[0]?.beyondStock;
    });
  }

  it('promise what is incoming once, as a sku or in kits', () => {
    const catalog = [{ sku: 'A' }, { sku: 'K', components: [{ sku: 'A', quantityPer: 1 }] }, { sku: 'K2', components: [{ sku: 'A', quantityPer: 1 }] }];
    const lines = ['A', 'K', 'K2'].map((sku) => ({ sku, quantity: 10, promise: 'preorder' as const }));
    const scene = { catalog, stock: { A: { at: { W1: { incoming: 10 } } } }, rules: [{ ...who, id: 'incoming', kind: 'preorderLimit', limit: 'incoming' } as RuleInput], lines, promised: () => ({ backordered: new Map(), preordered: new Map() }) };
    expect(decide({ ...scene, grant: 'all' }).status).toBe('refused');
    expect(granted(decide(scene))).toEqual([10, 0, 0]);
  });

  it('never hold more of a preorder limit than it allows, of one channel and of all', () => {
    const ask = { quantity: 4, promise: 'preorder' } as const;
    expect(carts([rule('preorderLimit', 6, 'shop')], [ask, ask, ask])).toEqual([4, 2, 0]);
    expect(carts([rule('preorderLimit', 6)], [ask, { ...ask, channel: 'market' }, ask])).toEqual([4, 1, 0]);
    expect(carts([rule('preorderLimit', 6), rule('preorderLimit', 3, 'shop')], [ask, ask, { ...ask, channel: 'market' }])).toEqual([3, 0, 2]);
  });

  it('never hold more of a backorder limit than it allows, also of a kit', () => {
    const ask = { quantity: 4, promise: 'backorder' } as const;
    expect(carts([rule('backorderLimit', 6, 'shop')], [ask, ask, ask], { MUG: { at: { W1: 1 } } })).toEqual([3, 3, 0]);
    expect(carts([rule('backorderLimit', 5)], [{ ...ask, sku: 'SET' }, { ...ask, sku: 'SET', channel: 'market' }, { ...ask, sku: 'SET' }], { A: { at: { W1: 2 } }, B: { at: { W1: 2 } } })).toEqual([3, 2, 0]);
  });

  it('have the limit anew when the other has gone', () => {
    const ask = { quantity: 6, promise: 'preorder' } as const;
    expect(carts([rule('preorderLimit', 6, 'shop')], [ask, ask, { ...ask, asOf: LATER }])).toEqual([6, 0, 6]);
  });

  it('wait for what is incoming without taking stock from anybody', () => {
    const stock = { MUG: { at: { W1: { onHand: 0, incoming: 9 } } } };
    const limit = [rule('preorderLimit', 6)];
    const held = decide({ channels, rules: limit, stock, lines: [{ quantity: 4, promise: 'preorder' }], promised: () => ({ backordered: new Map(), preordered: new Map() }) }).hold;
    expect(held?.lines).toEqual([{ sku: 'MUG', location: '', quantity: 4, beyond: [{ sku: 'MUG', promise: 'preorder', quantity: 4, units: 4 }] }]);
    const arrived = { ...position('MUG', { at: { W1: { onHand: 3, incoming: 9 } } }), holds: holdsOf(parseSku('MUG'), held === undefined ? [] : [held], () => false) };
    const question = [{ channel: parseChannelId('shop'), sku: parseSku('MUG') }, { position: () => arrived, promised: () => ({ backordered: new Map(), preordered: new Map() }) }, { asOf: NOW }] as const;
    const calculator = calculatorFor({ channels, rules: limit });
    expect(calculator.compute(...question)).toMatchObject({ immediate: 3, preorder: 2, validUntil: LATER });
    expect(calculator.explain(...question).steps.map(({ label }) => label)).toContain(`held beyond stock for shop until ${LATER}`);
  });
});

describe('a hold of kits among claims of other channels', () => {
  const scene = { catalog: KITS, kits: 'perLocation' as const };

  it('is refused where the only place with all parts owes one of them, so that no component is held twice', () => {
    const channels = [shopOn('W3', 'W2'), { id: 'outlet', locations: ['W2'] }];
    const decision = decide({ ...scene, channels, stock: { A: { at: { W2: 2, W3: 2 }, unrouted: { outlet: 2 } }, B: { at: { W2: 1 } } }, lines: [{ sku: 'SET', quantity: 1 }, { sku: 'A', quantity: 2 }, { sku: 'B', quantity: 1 }] });
    expect([granted(decision), held(decision)]).toEqual([[0, 2, 1], [['A', '', 2], ['B', '', 1]]]);
  });

  it('takes no more of a component than the channel may draw', () => {
    const channels = [shopOn('W1', 'W2'), { id: 'wholesale', locations: ['W3', 'W1'] }];
    const decision = decide({ ...scene, channels, stock: { A: { at: { W1: 10, W2: 9 }, unrouted: { wholesale: 1 } } }, lines: [{ sku: 'DUO', quantity: 4 }, { sku: 'DUO', quantity: 5 }, { sku: 'A', quantity: 3 }] });
    expect([granted(decision), held(decision)]).toEqual([[4, 4, 2], [['A', '', 2], ['A', 'W1', 8], ['A', 'W2', 8]]]);
  });

  it('leaves another channel the only place that serves it, where less is held back of less', () => {
    const channels = [shopOn('W1', 'W2'), { id: 'outlet', locations: ['W1'] }];
    const rules: RuleInput[] = [{ ...who, id: 'some', kind: 'safetyStock', withhold: { percent: 20 }, scope: { location: 'W2' } }];
    const decision = decide({ ...scene, channels, rules, stock: { A: { at: { W1: 2, W2: 6 }, unrouted: { outlet: 1 } } }, lines: [{ sku: 'DUO', quantity: 1 }] });
    expect(held(decision)).toEqual([['A', 'W2', 2]]);
  });

  it('lets nobody wait for what is expected who could be served now', () => {
    const channels = [shopOn('W1', 'W2'), { id: 'outlet', locations: ['W1'] }];
    const catalog: readonly CatalogItemInput[] = [{ sku: 'A' }, { sku: 'B' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }];
    const rules: RuleInput[] = [{ ...who, id: 'early', kind: 'preorderLimit', limit: 'incoming' }];
    const holds = [{ quantity: 1, beyond: [{ sku: parseSku('SET'), promise: 'preorder' as const, quantity: 1, units: 1 }] }];
    const stock = { A: { at: { W1: 1, W2: 1 }, holds }, B: { at: { W1: { onHand: 1, incoming: 1 }, W2: 1 }, unrouted: { outlet: 1 }, holds } };
    expect(held(decide({ ...scene, catalog, channels, rules, stock, promised: () => ({ backordered: new Map(), preordered: new Map() }), lines: [{ sku: 'SET', quantity: 1 }] }))).toEqual([['A', 'W2', 1], ['B', 'W2', 1]]);
  });

  it('builds more kits of what a kit has begun before it goes where another channel draws', () => {
    const channels = [shopOn('W2', 'W1'), { id: 'outlet', locations: ['W2'] }];
    const catalog: readonly CatalogItemInput[] = [{ sku: 'A' }, { sku: 'B' }, { sku: 'HALF', components: [{ sku: 'A', quantityPer: '1/2' }, { sku: 'B', quantityPer: 1 }] }];
    const rules: RuleInput[] = [{ ...who, id: 'half', kind: 'safetyStock', withhold: { percent: 50 } }];
    const stock = { A: { at: { W1: 2, W2: 2 } }, B: { at: { W1: 6, W2: 2 }, unrouted: { outlet: 3 } } };
    expect(held(decide({ ...scene, catalog, channels, rules, stock, lines: [{ sku: 'HALF', quantity: 2 }] }))).toEqual([['A', 'W1', 1], ['B', 'W1', 2]]);
  });

  it('leaves the places of whole kits to whole kits', () => {
    const channels = [shopOn('W1', 'W2', 'W3'), { id: 'one', locations: ['W1', 'W2'] }, { id: 'two', locations: ['W1', 'W3'] }];
    const at = { W1: 1, W2: 1, W3: 1 };
    const catalog: readonly CatalogItemInput[] = [{ sku: 'A' }, { sku: 'B' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }];
    expect(held(decide({ ...scene, catalog, channels, stock: { A: { at, unrouted: { one: 1 } }, B: { at, unrouted: { two: 1 } } }, lines: [{ sku: 'SET', quantity: 1 }] }))).toEqual([['A', 'W2', 1], ['B', 'W2', 1]]);
  });
});

describe('a payment', () => {
  const sku = parseSku('MUG');
  const hold: HoldRecord = { id: 'cart', channel: parseChannelId('shop'), expiresAt: NOW, state: 'held', orderId: '', lines: [{ sku, location: '', quantity: 2 }] };
  const settle = (record: HoldRecord, onHand: number, asOf = NOW) => {
    const there = position('MUG', { at: { W1: onHand } });
    return settleHold(record, { orderId: '#1', lines: [{ sku, quantity: 2 }] }, { calculator: calculatorFor({}), positions: { position: (wanted: Sku) => (wanted === sku ? there : undefined) }, asOf });
  };

  it('makes an order of a live hold, once', () => {
    expect(settle({ ...hold, expiresAt: LATER }, 0)).toEqual({ status: 'converted', hold: { ...hold, expiresAt: LATER, state: 'converted', orderId: '#1' } });
    expect(settle({ ...hold, state: 'converted', orderId: '#1' }, 0).status).toBe('converted');
    expect(settle({ ...hold, state: 'converted', orderId: '#2' }, 9)).toEqual({ status: 'refused', reason: 'CONVERTED' });
  });

  it('that comes too late asks for the units again', () => {
    expect(settle(hold, 2)).toEqual({ status: 'convertedLate', hold: { ...hold, state: 'converted', orderId: '#1' } });
    expect(settle(hold, 1)).toMatchObject({ status: 'short', decision: { status: 'refused', lines: [{ atMost: 1 }] } });
    expect(settle({ ...hold, state: 'released' }, 9)).toEqual({ status: 'refused', reason: 'RELEASED' });
  });

  it('that comes too late does not get a component twice for two of its lines', () => {
    const there = (onHand: number) => ({ position: (wanted: Sku) => (wanted === parseSku('A') ? position('A', { at: { W1: onHand } }) : undefined) });
    const lines = ['DUO', 'A'].map((one) => ({ sku: parseSku(one), quantity: 2 }));
    const late = (onHand: number) => settleHold(hold, { orderId: '#1', lines }, { calculator: calculatorFor({ catalog: KITS }), positions: there(onHand), asOf: NOW });
    expect(late(5)).toMatchObject({ status: 'short', decision: { lines: [{ reason: 'OTHER_LINES' }, { atMost: 1, reason: 'NOT_ENOUGH' }] } });
    expect(late(6)).toMatchObject({ status: 'convertedLate', hold: { expiresAt: hold.expiresAt, lines: [{ sku: 'A', quantity: 6 }] } });
  });
});

it('reads a request in units of each sku', () => {
  const catalog = parseCatalog([{ sku: 'CLOTH', scale: 2 }]);
  const input = { id: 'cart', channel: 'shop', expiresAt: '2026-11-23T13:00:00+01:00', grant: 'all', lines: [{ sku: 'CLOTH', quantity: '1.25', limits: { multipleOf: 0.25 } }] };
  expect(parseHoldRequest(input, catalog)).toMatchObject({ expiresAt: '2026-11-23T12:00:00.000Z', lines: [{ sku: 'CLOTH', quantity: 125, limits: { multipleOf: 25 } }] });
  for (const [line, path] of [[{ sku: 'X', quantity: 1 }, 'lines[0].sku'], [{ sku: 'CLOTH', quantity: '0.001' }, 'lines[0].quantity'], [{ sku: 'CLOTH', quantity: 1, limits: { least: '-0.01' } }, 'lines[0].limits.least'], [{ sku: 'CLOTH', quantity: 1, limits: { multipleOf: 0 } }, 'lines[0].limits.multipleOf']] as const) {
    expect(() => parseHoldRequest({ ...input, lines: [line] }, catalog)).toThrow(path);
  }
});
