import { createAvailability, formatExplanation, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseSku, type Position } from '@stockwright/core';

const w1 = parseLocationId('W1');
const shop = parseChannelId('shop');
const calculator = createAvailability({
  catalog: parseCatalog([{ sku: 'CUP' }, { sku: 'TEA-SET', components: [{ sku: 'CUP', quantityPer: 6 }] }]),
  policy: parsePolicy({
    version: '2026-11',
    channels: [{ id: 'shop', locations: ['W1'] }],
    rules: [{ id: 'breakage', kind: 'safetyStock', owner: 'warehouse', reason: 'one in ten breaks', withhold: { percent: 10 } }],
  }),
});
const cup: Position = {
  sku: parseSku('CUP'), scale: 0, holds: [],
  locations: new Map([[w1, { onHand: 50, unavailable: 0, committed: 3, incoming: 0, inTransit: 0 }]]),
  unrouted: new Map([[shop, 4]]),
};
const explanation = calculator.explain({ channel: shop, sku: parseSku('TEA-SET') }, { position: () => cup }, { asOf: parseInstant('2026-11-23T10:00:00Z') });
console.log(formatExplanation(explanation));
