import { describe, expect, it } from 'vitest';
import { explained, type Case } from '../../test/sketch.ts';
import { createAvailability } from '../availability/availability.ts';
import { parseCatalog } from '../catalog/catalog.ts';
import { parseChannelId, parseSku, type ChannelId, type LocationId, type Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { LocationStock, Position } from '../ledger/position.ts';
import { parsePolicy } from '../policy/parse.ts';
import { explanationMarkdown, formatExplanation } from './format.ts';

const who = { owner: 'ops' };
const calculator = createAvailability({
  catalog: parseCatalog([
    { sku: 'MUG' }, { sku: 'POT' }, { sku: 'RICE', scale: 2 }, { sku: 'CARD', tracked: false },
    { sku: 'SET', components: [{ sku: 'MUG', quantityPer: 2 }, { sku: 'POT', quantityPer: 1 }] },
    { sku: 'BAG', components: [{ sku: 'RICE', quantityPer: '0.5' }] },
  ]),
  policy: parsePolicy({
    version: '7',
    channels: [{ id: 'shop', locations: ['W1', 'W2'] }, { id: 'till', locations: ['W1'] }],
    rules: [
      { ...who, id: 'shrinkage', reason: 'breakage', kind: 'safetyStock', scope: { sku: 'MUG', location: 'W1' }, withhold: { percent: 10 } },
      { ...who, id: 'scarce', reason: 'looks scarce', kind: 'cap', scope: { sku: 'POT' }, most: 5 },
      { ...who, id: 'dust', reason: 'not worth a parcel', kind: 'hideAtOrBelow', scope: { sku: 'RICE' }, threshold: 3 },
    ],
  }),
});

const stock = (onHand: number, committed = 0): LocationStock => ({ onHand, committed, unavailable: 0, incoming: 0, inTransit: 0 });
const place = (sku: string, w1: LocationStock, w2: LocationStock): Position =>
  ({ sku: sku as Sku, scale: 0, locations: new Map([['W1' as LocationId, w1], ['W2' as LocationId, w2]]), unrouted: new Map(), holds: [] });
const positions = new Map<string, Position>([
  ['MUG', { ...place('MUG', stock(15, 3), stock(4)), unrouted: new Map([['till' as ChannelId, 2]]) }],
  ['POT', place('POT', stock(30), stock(-2))],
  ['RICE', { ...place('RICE', stock(125), stock(150)), scale: 2 }],
]);

function told(sku: string): readonly string[] {
  const key = { channel: parseChannelId('shop'), sku: parseSku(sku) };
  return formatExplanation(calculator.explain(key, { position: (wanted) => positions.get(wanted) }, { asOf: '2026-11-23T12:00:00.000Z' as Instant })).split('\n');
}

it('tells what changed the number and nothing that did not', () => {
  expect(told('MUG')).toEqual([
    'MUG on shop: 12 available to sell as of 2026-11-23T12:00:00.000Z (policy 7)',
    'Limited by: stock on hand',
    '          15  on hand (W1)',
    '           3  committed here (W1)',
    '  =       12  not committed (W1): 15 - 3',
    '  =        2  safety stock (W1): 10 % of 12, rounded up   [shrinkage: breakage]',
    '  =       10  after safety stock (W1): 12 - 2   [shrinkage: breakage]',
    '           4  on hand (W2)',
    '  =       14  supply of W1, W2: 10 + 4',
    '           2  open orders of till',
    '  =       12  after open demand of till: 14 - 2',
  ]);
});

it('tells the scarcest component of a kit in full, and of the others what there is', () => {
  expect(told('SET').slice(1)).toEqual([
    'Limited by: kits that MUG allows',
    '          15  on hand (MUG at W1)',
    '           3  committed here (MUG at W1)',
    '  =       12  not committed (MUG at W1): 15 - 3',
    '  =        2  safety stock (MUG at W1): 10 % of 12, rounded up   [shrinkage: breakage]',
    '  =       10  after safety stock (MUG at W1): 12 - 2   [shrinkage: breakage]',
    '           4  on hand (MUG at W2)',
    '  =       14  supply of W1, W2 (MUG): 10 + 4',
    '           2  open orders of till (MUG)',
    '  =       12  after open demand of till (MUG): 14 - 2',
    '  =        6  kits that MUG allows: 12 / 2, rounded down',
    '          28  supply of W1, W2 (POT)',
    '  =       28  kits that POT allows: 28 / 1, rounded down',
    '  =        6  kits from all components: the least of 6, 28',
  ]);
});

it('tells every figure that a kit per location is worked out of, and which component costs the most where', () => {
  const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'K', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 1 }] }];
  const channels = [{ id: 'shop', locations: ['W1', 'W2'], publish: 'perLocation' as const }];
  const question: Case = { channels, catalog, sku: 'K', stock: { A: { at: { W1: 5, W2: 4 } }, B: { at: { W1: 1, W2: 4 } } } };
  expect(formatExplanation(explained(question)).split('\n').slice(1)).toEqual([
    'Limited by: kits that A allows at W2',
    '           5  on hand (A at W1)',
    '           4  on hand (A at W2)',
    '  =        9  supply of W1, W2 (A): 5 + 4',
    '  =        4  kits that A allows: 9 / 2, rounded down',
    '           1  on hand (B at W1)',
    '           4  on hand (B at W2)',
    '  =        5  supply of W1, W2 (B): 1 + 4',
    '  =        5  kits that B allows: 5 / 1, rounded down',
    '  =        4  kits from all components: the least of 4, 5',
    '  =        2  kits that A allows here (W1): 5 / 2, rounded down',
    '  =        1  kits that B allows here (W1): 1 / 1, rounded down',
    '  =        1  kits from the components here (W1): the least of 2, 1',
    '  =        2  kits that A allows here (W2): 4 / 2, rounded down',
    '  =        4  kits that B allows here (W2): 4 / 1, rounded down',
    '  =        2  kits from the components here (W2): the least of 2, 4',
    '  =        3  kits that the locations can build: 1 + 2',
    '  =        3  kits that can be built and shipped: the least of 4, 3',
    '  W1 shows 1',
    '  W2 shows 2',
  ]);
  expect(explained(question).limitingFactor).toEqual({ code: 'COMPONENT', label: 'kits that A allows at W2', sku: 'A' });
  const apart = explained({ ...question, policy: { kits: 'perLocation' }, channels: [{ id: 'shop', locations: ['W1', 'W2'] }], stock: { A: { at: { W1: 2 } }, B: { at: { W2: 10 } } } });
  expect(apart.limitingFactor).toEqual({ code: 'COMPONENT', label: 'kits that A allows at W2', sku: 'A' });
});

it('tells of a cap', () => {
  expect(told('POT')).toEqual([
    'POT on shop: 5 available to sell as of 2026-11-23T12:00:00.000Z (policy 7)',
    'Limited by: cap (rule scarce of ops: looks scarce)',
    '          30  on hand (W1)',
    '          -2  on hand (W2)',
    '  =       28  supply of W1, W2: 30 - 2',
    '           5  at most   [scarce: looks scarce]',
    '  =        5  within the cap: the least of 28, 5   [scarce: looks scarce]',
  ]);
});

it('shows the decimals of a sku, also in a kit of it', () => {
  expect(told('RICE')).toEqual([
    'RICE on shop: 0 available to sell as of 2026-11-23T12:00:00.000Z (policy 7)',
    'Limited by: hidden because too few (rule dust of ops: not worth a parcel)',
    '        1.25  on hand (W1)',
    '         1.5  on hand (W2)',
    '  =     2.75  supply of W1, W2: 1.25 + 1.5',
    '           3  hide at or below   [dust: not worth a parcel]',
    '  =        0  shown unless too few: 2.75, hidden at 3 or below   [dust: not worth a parcel]',
  ]);
  expect(told('BAG')).toContain('  =        5  kits that RICE allows: 2.75 / 0.5, rounded down');
});

it('counts kits that take fractions in whole kits, whatever the steps of their parts', () => {
  const catalog = [{ sku: 'OIL', scale: 1 }, { sku: 'CAN' }, { sku: 'K', components: [{ sku: 'OIL', quantityPer: '1/3' }, { sku: 'CAN', quantityPer: 1 }] }];
  const channels = [{ id: 'shop', locations: ['W1', 'W2'], publish: 'perLocation' as const }];
  const stock = { OIL: { at: { W1: 1, W2: 40 }, scale: 1 }, CAN: { at: { W1: 9, W2: 11 } } };
  expect(formatExplanation(explained({ channels, catalog, stock, sku: 'K' }))).toMatch(/kits that can be built and shipped: the least of 12, 12, 11$/m);
});

it('says that a sku is not limited', () => {
  expect(told('CARD')).toEqual(['CARD on shop: not limited as of 2026-11-23T12:00:00.000Z (policy 7)']);
});

describe('what may be preordered', () => {
  const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'K', components: [{ sku: 'A', quantityPer: 2 }, { sku: 'B', quantityPer: 1 }] }];
  const rules = [{ ...who, id: 'soon', reason: 'in the next container', kind: 'preorderLimit' as const, limit: 'incoming' }];
  const reads = { promised: () => undefined };
  const toldOf = (sku: string, stock: Case['stock']): readonly string[] => formatExplanation(explained({ channels: [{ id: 'shop', locations: ['W1'] }], catalog, rules, stock, sku, reads })).split('\n').slice(1);

  it('of a kit is told with what keeps it from being more, also where it is none', () => {
    expect(toldOf('K', { A: { at: { W1: { incoming: 1 } } }, B: { at: { W1: 3 } } })).toEqual([
      'Limited by: kits that A allows',
      '           0  on hand (A at W1)',
      '  =        0  kits that A allows: 0 / 2, rounded down',
      '           3  on hand (B at W1)',
      '  =        3  kits that B allows: 3 / 1, rounded down',
      '  =        0  kits from all components: the least of 0, 3',
      '           1  incoming (A at W1)',
      '  =        1  there once what is expected has come (A at W1): 0 + 1',
      '  =        1  left now, and incoming and promised to nobody (A): 0 + 1',
      '           3  left now, and incoming and promised to nobody (B)',
      '  =        0  kits that A allows with what is incoming: 1 / 2, rounded down',
      '  =        3  kits that B allows with what is incoming: 3 / 1, rounded down',
      '  =        0  kits from all components with what is incoming: the least of 0, 3',
      'Beyond stock: 0 may be preordered',
    ]);
  });

  it('of a sku is told with what is owed first', () => {
    expect(toldOf('A', { A: { at: { W1: { onHand: 3, incoming: 10 } }, unrouted: { shop: 8 } } })).toEqual([
      'Limited by: open orders of shop',
      '           3  on hand (W1)',
      '           8  open orders of shop',
      '  =       -5  after open demand of shop: 3 - 8',
      '  =        5  demand that W1 cannot serve: 8 - 3',
      '  =        0  left, since demand that nothing can serve takes nothing: -5 + 5',
      '          10  incoming (W1)',
      '  =       13  there once what is expected has come (W1): 3 + 10',
      '  =        5  after open demand of shop: 13 - 8',
      'Beyond stock: 5 may be preordered',
    ]);
  });

  it('is not told of where no rule lets anything be', () => {
    expect(formatExplanation(explained({ channels: [{ id: 'shop', locations: ['W1'] }], catalog, stock: { A: { at: { W1: 1 } } }, sku: 'A' })).split('\n').slice(-1)).toEqual(['           1  on hand (W1)']);
  });
});

describe('what people wrote', () => {
  it('breaks no line and no table', () => {
    const rule = { id: 'keep', owner: 'ops\u2028desk', reason: 'breakage\n | and\r\n\ttheft', kind: 'safetyStock', withhold: { fixed: 9 } } as const;
    const explanation = explained({ channels: [{ id: 'shop', locations: ['W1'] }], rules: [rule], stock: { MUG: { at: { W1: 10 } } } });
    expect(formatExplanation(explanation).split('\n').slice(1)).toEqual([
      'Limited by: safety stock held back (rule keep of ops desk: breakage | and theft)',
      '          10  on hand (W1)',
      '           9  safety stock (W1)   [keep: breakage | and theft]',
      '  =        1  after safety stock (W1): 10 - 9   [keep: breakage | and theft]',
    ]);
    expect(explanationMarkdown(explanation).split('\n').filter((line) => !/^(\*\*|$|\||Limited)/.test(line))).toEqual([]);
  });
});

it('tells no sum of nothing where all parts are pinned', () => {
  const rules = [{ id: 'pin', owner: 'ops', reason: 'recount', kind: 'pin', quantity: 2, scope: { location: 'W1' } }] as const;
  const explanation = explained({ channels: [{ id: 'shop', locations: ['W1'], publish: 'perLocation' }], rules: [...rules], stock: { MUG: { at: { W1: 10 } } } });
  for (const line of formatExplanation(explanation).split('\n')) expect(line).not.toMatch(/: *$/);
  expect(formatExplanation(explanation)).toContain('           0  all locations could give');
});
