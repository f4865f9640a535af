import { expect, it } from 'vitest';
import { addMs, createAvailability, decideHold, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseSku } from '../src/index.ts';

it('gives lines of a kit that takes fractions no more than the count was, though another kit has some of its rounding back', () => {
  const policy = parsePolicy({ version: '1', kits: 'perLocation', clamp: 'perLocation', channels: [{ id: 'shop', locations: ['W1', 'W2', 'W3'] }, { id: 'b', locations: ['W1', 'W2', 'W8'] }, { id: 'd', locations: ['W2', 'W3', 'W9'] }] });
  const calculator = createAvailability({ catalog: parseCatalog([{ sku: 'A' }, { sku: 'THIRD', components: [{ sku: 'A', quantityPer: '1/3' }] }, { sku: 'ONE', components: [{ sku: 'A', quantityPer: 1 }] }]), policy });
  const at = (onHand: number) => ({ onHand, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 });
  const position = {
    sku: parseSku('A'), scale: 0, holds: [], locations: new Map([['W1', 1], ['W3', 2], ['W8', 3], ['W9', 1]].map(([id, onHand]) => [parseLocationId(id), at(Number(onHand))])),
    unrouted: new Map([[parseChannelId('b'), 2], [parseChannelId('shop'), 1]]),
  };
  const positions = { position: () => position };
  const asOf = parseInstant('2026-11-23T12:00:00Z');
  const lines = ([['THIRD', 1], ['ONE', 9], ['THIRD', 3]] as const).map(([sku, quantity]) => ({ sku: parseSku(sku), quantity }));
  const { lines: [first, , last] } = decideHold(calculator, { id: 'cart', channel: parseChannelId('shop'), lines, expiresAt: addMs(asOf, 60_000), grant: 'part' }, { positions, asOf });
  expect(calculator.compute({ channel: parseChannelId('shop'), sku: parseSku('THIRD') }, positions, { asOf }).immediate).toBe(2);
  expect([first?.granted, last?.granted]).toEqual([1, 1]);
});
