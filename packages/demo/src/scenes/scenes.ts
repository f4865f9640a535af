import { parsePolicy, type Policy, type PolicyInput } from '@stockwright/core';
import type { OpeningStock } from '../input/replay.ts';
import { AMAZON, SHOPIFY } from '../world/world.ts';

/** Something that happens in a scene, at a time of day. */
export type Beat = { readonly at: string } & (
  | { readonly kind: 'order'; readonly who: string; readonly channel: string; readonly sku: string; readonly units: number }
  /** The warehouse books more or less. */
  | { readonly kind: 'stock'; readonly what: string; readonly sku: string; readonly units: number }
  /** The ERP does not answer until a moment. */
  | { readonly kind: 'silence'; readonly what: string; readonly until: string }
);

/** A short story that every merchant knows, with the number that it is about. */
export interface Scene {
  readonly title: string;
  readonly opening: string;
  readonly stock: readonly OpeningStock[];
  readonly policy: Policy;
  /** As `parseCatalog` takes it; the stocked skus where absent. */
  readonly catalog?: readonly unknown[];
  readonly listings?: readonly string[];
  readonly beats: readonly Beat[];
  /** Whether a copier of on-hand is shown beside it; it knows neither kits nor protections. */
  readonly compared: boolean;
  /** Which number is explained at the end. */
  readonly explained: { readonly channel: string; readonly sku: string };
}

const policy = (more: Partial<PolicyInput> = {}): Policy => parsePolicy({
  version: 'scene', channels: [{ id: SHOPIFY, locations: ['MAIN'], publish: 'perLocation' }, { id: AMAZON, locations: ['MAIN'] }], ...more,
});
const main = (sku: string, onHand: number): OpeningStock => ({ sku, location: 'MAIN', onHand });

/** The scenes, in the order in which they are told. */
export const SCENES: readonly Scene[] = [
  {
    title: 'The twelve-minute delay between systems', compared: true, policy: policy(), stock: [main('MUG', 5)],
    opening: '5 mugs in the warehouse, on offer at Shopify and at Amazon',
    beats: [
      { at: '09:02:30', kind: 'order', who: 'Anna', channel: SHOPIFY, sku: 'MUG', units: 4 },
      { at: '09:14:30', kind: 'order', who: 'Ben', channel: AMAZON, sku: 'MUG', units: 3 },
    ],
    explained: { channel: AMAZON, sku: 'MUG' },
  },
  {
    title: 'The warehouse adjustment that never reached the shop', compared: true, policy: policy(), stock: [main('LAMP', 6)],
    opening: '6 lamps in the warehouse, on offer at Shopify and at Amazon',
    beats: [
      { at: '09:01:00', kind: 'stock', what: 'the warehouse writes off 5 broken lamps in the ERP', sku: 'LAMP', units: -5 },
      { at: '09:04:30', kind: 'silence', what: 'the ERP does not answer: the change is lost on its way, and is read again', until: '09:07:00' },
      { at: '09:13:00', kind: 'order', who: 'Carla', channel: SHOPIFY, sku: 'LAMP', units: 3 },
    ],
    explained: { channel: SHOPIFY, sku: 'LAMP' },
  },
  {
    title: 'The return that updated the ERP and not the catalogue', compared: true, policy: policy(), stock: [main('BOOTS', 0)],
    opening: 'boots are sold out everywhere',
    beats: [
      { at: '09:01:00', kind: 'stock', what: '2 pairs come back and are booked in the ERP', sku: 'BOOTS', units: 2 },
      { at: '09:13:00', kind: 'order', who: 'Dario', channel: AMAZON, sku: 'BOOTS', units: 1 },
    ],
    explained: { channel: SHOPIFY, sku: 'BOOTS' },
  },
  {
    title: 'A kit is as many as its scarcest part', compared: false, stock: [main('MUG', 10), main('CANDLE', 9)],
    policy: policy(), listings: ['CANDLE', 'GIFT-BOX'],
    catalog: [{ sku: 'MUG' }, { sku: 'CANDLE' }, { sku: 'GIFT-BOX', components: [{ sku: 'MUG', quantityPer: 1 }, { sku: 'CANDLE', quantityPer: 2 }] }],
    opening: '10 mugs and 9 candles; a gift box is one mug and two candles, so there are 4',
    beats: [{ at: '09:03:00', kind: 'order', who: 'Emil', channel: AMAZON, sku: 'CANDLE', units: 4 }],
    explained: { channel: SHOPIFY, sku: 'GIFT-BOX' },
  },
  {
    title: 'What is kept for wholesale', compared: false, stock: [main('TEA', 60)],
    policy: policy({
      channels: [{ id: SHOPIFY, locations: ['MAIN'], publish: 'perLocation' }, { id: 'wholesale', locations: ['MAIN'] }],
      rules: [{ id: 'wholesale-first', kind: 'protection', owner: 'sales', reason: 'promised to the cafes for December', scope: { channel: 'wholesale', sku: 'TEA' }, keep: { level: 50 } }],
    }),
    opening: '60 packets of tea, of which 50 are kept for wholesale whatever the shop sells',
    beats: [{ at: '09:03:00', kind: 'order', who: 'Fay', channel: SHOPIFY, sku: 'TEA', units: 4 }],
    explained: { channel: SHOPIFY, sku: 'TEA' },
  },
];
