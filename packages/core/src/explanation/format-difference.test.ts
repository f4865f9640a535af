import { describe, expect, it } from 'vitest';
import { explained as explainedSketch, shopOn, type Case, type Sketch } from '../../test/sketch.ts';
import { createAvailability } from '../availability/availability.ts';
import { parseCatalog } from '../catalog/catalog.ts';
import { parseChannelId, parseSku, type ChannelId, type LocationId, type Sku } from '../identity/ids.ts';
import { addMs, type Instant } from '../identity/instant.ts';
import type { Position } from '../ledger/position.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { PolicyInput } from '../policy/schema.ts';
import { diffExplanations } from './diff.ts';
import { formatDifference } from './format-difference.ts';

const THEN = '2026-11-22T12:00:00.000Z' as Instant;
const NOW = '2026-11-23T12:00:00.000Z' as Instant;
const who = { owner: 'ops', reason: 'breakage' };
type Rule = NonNullable<PolicyInput['rules']>[number];

interface Day {
  readonly at: Instant;
  readonly mugs?: number;
  readonly perSet?: number | string;
  readonly held?: boolean;
  readonly policy?: Partial<PolicyInput>;
}

/** Mugs at two locations, 3 of them committed, and a set of them with a pot. */
function explained({ at, mugs = 20, perSet = 2, held = false, policy }: Day, sku: string) {
  const catalog = parseCatalog([{ sku: 'MUG' }, { sku: 'POT' }, { sku: 'SET', components: [{ sku: 'MUG', quantityPer: perSet }, { sku: 'POT', quantityPer: 1 }] }, { sku: 'GIFT', tracked: false }]);
  const locations = ['W1', 'W2'];
  const stocks = (onHand: number) => new Map([['W1' as LocationId, { onHand, unavailable: 0, committed: 3, incoming: 0, inTransit: 0 }], ['W2' as LocationId, { onHand: 4, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }]]);
  const hold = { id: 'cart', channel: 'till' as ChannelId, location: '' as const, quantity: 4, expiresAt: addMs(THEN, 600_000) };
  const position = (of: Sku): Position => ({ sku: of, scale: 0, locations: stocks(of === 'MUG' ? mugs : 30), unrouted: new Map(), holds: held && of === 'MUG' ? [hold] : [] });
  return createAvailability({ catalog, policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations }, { id: 'till', locations }], ...policy }) })
    .explain({ channel: parseChannelId('shop'), sku: parseSku(sku) }, { position, consumed: () => 0, promised: () => ({ backordered: new Map(), preordered: new Map() }) }, { asOf: at });
}

const told = (before: Omit<Day, 'at'>, after: Omit<Day, 'at'>, sku = 'MUG'): readonly string[] =>
  formatDifference(diffExplanations(explained({ ...before, at: THEN }, sku), explained({ ...after, at: NOW }, sku))).split('\n');
const ruled = (...rules: Rule[]): Omit<Day, 'at'> => ({ policy: { rules } });
const percent = (value: number): Rule => ({ ...who, id: 'shrinkage', kind: 'safetyStock', withhold: { percent: value } });
const cap = (most: number): Rule => ({ ...who, id: 'scarce', kind: 'cap', most });
const shownInParts = (...rules: Rule[]): Omit<Day, 'at'> => ({ policy: { channels: [{ id: 'shop', locations: ['W1', 'W2'], publish: 'perLocation' }], rules } });
const boxes: Rule = { ...who, id: 'box', kind: 'sellMultiple', of: 4 };
const recall: Rule = { ...who, id: 'recall', kind: 'forceOut' };
const kept = (quota: number): Rule => ({ ...who, id: `kept-${String(quota)}`, kind: 'protection', scope: { channel: 'shop' }, keep: { quota } });
const fenced = (units: number): Rule => ({ ...who, id: `fence-${String(units)}`, kind: 'ringfence', scope: { channel: 'till' }, segment: units, shared: false });
const segment: Rule = { ...who, id: 'segment', kind: 'ringfence', scope: { channel: 'shop' }, segment: 0, shared: false };
const pinned = (quantity: number, location?: string): Rule => ({ ...who, id: `pin-${String(quantity)}`, kind: 'pin', quantity, ...(location === undefined ? {} : { scope: { location } }) });

describe('formatDifference', () => {
  it('says what the number was and is, and each cause with what it did', () => {
    const hide: Rule = { ...who, id: 'dust', kind: 'hideAtOrBelow', threshold: 9 };
    expect(told({ mugs: 20 }, { mugs: 12, policy: { version: '2', rules: [hide] } })).toEqual([
      'MUG on shop: 21 at 2026-11-22T12:00:00.000Z (policy 1), 13 at 2026-11-23T12:00:00.000Z (policy 2), because:',
      '      -8  on hand (W1): 20 before, 12 now',
      'Changed without effect:',
      '          hide at or below: 9, in effect now (rule dust of ops: breakage)',
    ]);
  });

  it.each<readonly [string, readonly string[], string]>([
    ['a percentage, at all locations in one line', told(ruled(percent(10)), ruled(percent(25))), '      -3  safety stock (W1, W2): 10 % before, 25 % now (rule shrinkage of ops: breakage)'],
    ['a rule that is new', told({}, ruled(cap(5))), '     -16  at most: 5, in effect now (rule scarce of ops: breakage)'],
    ['a rule that is gone', told(ruled(cap(5)), {}), '     +16  at most: 5, no longer in effect (rule scarce of ops: breakage)'],
    ['a rule in place of another', told(ruled(cap(5)), ruled({ ...cap(7), id: 'scarcer' })), '      +2  at most: 5 before, 7 now (rule scarcer of ops: breakage; before, rule scarce)'],
    ['a pin', told({}, ruled({ ...who, id: 'pin', kind: 'pin', quantity: 5 })), '     -16  pinned: 5 now, where before it was 21 (supply of W1, W2) (rule pin of ops: breakage)'],
    ['pins of locations in place of one', told(shownInParts(pinned(9)), shownInParts(pinned(1, 'W1')), 'GIFT'), '      -8  shown with what is pinned at W1: 1 now, where before it was 9 (pinned) (rule pin-1 of ops: breakage; before, rule pin-9)'],
    ['a rule that sold nothing, where parts are pinned', told(shownInParts(pinned(1, 'W1'), { ...who, id: 'recall', kind: 'forceOut' }), shownInParts(pinned(1, 'W1')), 'GIFT'), '      +1  shown with what is pinned at W1: 1 now, where before it was 0 (forced out of stock) (rule pin-1 of ops: breakage; before, rule recall)'],
    ['the multiple that a pinned part is sold in', told(shownInParts(pinned(6, 'W1'), boxes), shownInParts(pinned(6, 'W1')), 'GIFT'), '      +2  pinned here in whole multiples (W1): 4, no longer in effect (rule box of ops: breakage)'],
    ['a protection beside a segment', told(ruled(kept(7), segment), ruled(segment)), '      -7  kept for shop: 7, no longer in effect (rule kept-7 of ops: breakage)'],
    ['a pin of a location under a rule that sold nothing', told(shownInParts(pinned(5, 'W1'), recall), shownInParts(pinned(5, 'W1'))), '      +9  left beside what is pinned: 16 now, where before it was 0 (forced out of stock) (rule pin-5 of ops: breakage; before, rule recall)'],
    ['a segment that another comes in place of', told(ruled(fenced(0), fenced(7)), ruled(fenced(7))), '      -7  own segment of till: 7, in effect now (rule fence-7 of ops: breakage; without rule fence-0 of ops: breakage)'],
    ['a cap in place of a pin of a location', told(shownInParts(pinned(0, 'W2')), shownInParts(cap(1)), 'GIFT'), '      +1  available to sell: 1 now, where before it was 0 (shown with what is pinned at W2) (rule scarce of ops: breakage; before, rule pin-0)'],
    ['the multiple that is sold', told(ruled({ ...who, id: 'box', kind: 'sellMultiple', of: 4 }), ruled({ ...who, id: 'box', kind: 'sellMultiple', of: 6 })), '      -2  in whole multiples: 4 before, 6 now (rule box of ops: breakage)'],
    ['a weight', told(ruled({ ...who, id: 'split', kind: 'share', between: { shop: 1, till: 1 } }), ruled({ ...who, id: 'split', kind: 'share', between: { shop: 1, till: 2 } })), '      -4  weight of till: 1 before, 2 now (rule split of ops: breakage)'],
    ['a location that closed', told({}, { policy: { locations: [{ id: 'W2', lifecycle: 'closed' }] } }), '      -4  not sold since the location is closed (W2): none before, 4 now'],
    ['a location that serves the channel now', told({ policy: { channels: [{ id: 'shop', locations: ['W1'] }] } }, {}), '      +4  serves the channel (W2): now'],
    ['a recipe', told({}, { perSet: 3 }, 'SET'), '      -3  MUG in each kit: 2 before, 3 now'],
    ['a recipe of fractions', told({ perSet: '5/3' }, { perSet: '5/2' }, 'SET'), '      -4  MUG in each kit: 5/3 before, 5/2 now'],
    ['a hold that ended', told({ held: true }, { held: true }), '      +4  held for till until 2026-11-22T12:10:00.000Z: 4 before, none now'],
    ['a window that opened', told(ruled({ ...percent(25), from: '2026-11-23T00:00:00Z' }), ruled({ ...percent(25), from: '2026-11-23T00:00:00Z' })), '      -5  safety stock held back (W1): 5, in effect now (rule shrinkage of ops: breakage)'],
    ['a limit beyond stock', told(ruled({ ...who, id: 'late', kind: 'backorderLimit', limit: 5 }), ruled({ ...who, id: 'late', kind: 'backorderLimit', limit: 8 })), '       0  backorder limit of all channels: 5 before, 8 now (rule late of ops: breakage); +3 may be backordered'],
  ])('names %s', (_what, lines, line) => {
    expect(lines).toContain(line);
    expect(lines.filter((one) => one.startsWith('Changed'))).toEqual([]);
  });

  const tracked = (is: boolean) => [{ sku: 'MUG', tracked: is }];
  const wording = (before: Omit<Case, 'stock'>, after: Omit<Case, 'stock'>, MUG: Sketch): readonly string[] => formatDifference(diffExplanations(explainedSketch({ ...before, stock: { MUG } }), explainedSketch({ ...after, stock: { MUG } }))).split('\n').slice(1);

  it('says that stock limits a sku now, or no longer, and not that there was none of it', () => {
    const at = { W1: { onHand: 10, committed: 2 }, W2: 3 };
    const limits: Omit<Case, 'stock'> = { rules: [cap(20), percent(10), { ...who, id: 'late', kind: 'backorderLimit', limit: 5 }], reads: { promised: () => undefined } };
    expect(wording({ catalog: tracked(false) }, { catalog: tracked(true) }, { at, unrouted: { shop: 1 } })).toEqual(['          tracked: false before, true now']);
    expect(wording({ catalog: tracked(true) }, { catalog: tracked(false) }, { at })).toEqual(['          tracked: true before, false now']);
    expect(wording({ ...limits, catalog: tracked(false) }, { ...limits, catalog: tracked(true) }, { at })).toEqual(['     -11  tracked: false before, true now; +5 may be backordered']);
    expect(wording({ rules: [cap(20)], catalog: tracked(false) }, { rules: [cap(5)], catalog: tracked(true) }, { at })).toEqual([
      '      -9  tracked: false before, true now', '      -6  at most: 20 before, 5 now (rule scarce of ops: breakage)',
    ]);
  });

  it('names a setting of the policy that changed', () => {
    expect(wording({}, { policy: { clamp: 'perLocation' } }, { at: { W1: -4, W2: 10 } })).toEqual(['      +4  clamp: total before, perLocation now']);
    expect(wording({ policy: { clamp: 'perLocation' } }, {}, { at: { W1: -4, W2: 10 } })).toEqual(['      -4  clamp: perLocation before, total now']);
    expect(wording({}, { policy: { clamp: 'perLocation', kits: 'perLocation', returns: 'channel' } }, { at: { W1: 4 } })).toEqual(['What changed has no effect:', '          clamp: total before, perLocation now']);
    const halves: Case = {
      catalog: [{ sku: 'B' }, { sku: 'SET', components: [{ sku: 'B', quantityPer: '1/2' }] }], sku: 'SET', channel: 'market', channels: [{ id: 'market', locations: ['W3', 'W2', 'W1'], publish: 'perLocation', spread: 'proportional' }, shopOn('W1', 'W2')],
      stock: { B: { at: { W1: 1, W3: 1 }, unrouted: { shop: 1 }, holds: [{ channel: 'market' as ChannelId, location: 'W2' as LocationId, quantity: 1 }] } },
    };
    // What is left alone so that nothing is cut open twice is no change of its own.
    expect(diffExplanations(explainedSketch(halves), explainedSketch({ ...halves, policy: { clamp: 'perLocation' } })).causes.map(({ label }) => label)).toEqual(['clamp']);
  });

  it('compares explanations of one key alone', () => {
    const of = (sku: string, channel = 'shop') => explainedSketch({ sku, channel, channels: [shopOn('W1'), { id: 'till', locations: ['W1'] }], catalog: [{ sku: 'MUG' }, { sku: 'CUP' }], stock: {} });
    for (const [other, path] of [[of('CUP'), 'after.key.sku'], [of('MUG', 'till'), 'after.key.channel']] as const) {
      expect(() => diffExplanations(of('MUG'), other)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', issues: [expect.objectContaining({ path: path.split('.') })] }));
    }
  });

  it('says that what changed has no effect, and that nothing changed', () => {
    expect(told({ ...ruled(cap(5)), mugs: 20 }, { ...ruled(cap(5)), mugs: 22 })).toEqual([
      'MUG on shop: 5 at 2026-11-22T12:00:00.000Z, 5 at 2026-11-23T12:00:00.000Z.', 'What changed has no effect:', '          on hand (W1): 20 before, 22 now',
    ]);
    expect(told({}, {})).toEqual(['MUG on shop: 21 at 2026-11-22T12:00:00.000Z, 21 at 2026-11-23T12:00:00.000Z. Nothing that enters the number changed.']);
  });

  it('lists what has no effect last also where backorders have no limit, or nothing has', () => {
    const unlimited: Rule = { ...who, id: 'more', kind: 'backorderLimit', limit: 'unlimited' };
    expect(told({ ...ruled(cap(5), unlimited), mugs: 20 }, { ...ruled(cap(5), unlimited), mugs: 22 })).toEqual([
      'MUG on shop: 5 at 2026-11-22T12:00:00.000Z, 5 at 2026-11-23T12:00:00.000Z.', 'What changed has no effect:', '          on hand (W1): 20 before, 22 now',
    ]);
    expect(told(ruled(cap(50)), ruled(cap(50), unlimited))).toEqual([
      'MUG on shop: 21 at 2026-11-22T12:00:00.000Z, 21 at 2026-11-23T12:00:00.000Z, because:', expect.stringContaining('       0  backorders without limit'),
    ]);
  });

  it('is one line for each cause, whatever the reason of a rule', () => {
    const lines = told(ruled(), ruled({ ...cap(5), reason: 'looks\n scarce\r\nenough', owner: 'ops\u2028desk' }));
    expect(lines).toEqual([expect.stringContaining('because:'), expect.stringContaining('(rule scarce of ops desk: looks scarce enough)')]);
  });
});
