import { emptyBooks, parseChannelId, parseInstant, parseLocationId, parseSku, parseSourceId, type Base, type PendingDelta } from '@stockwright/core';
import { expect, it } from 'vitest';
import type { LeftSku } from '../brain/world.ts';
import { KeptSkus } from './kept-skus.ts';

const AT = parseInstant('2026-01-01T12:00:00Z');

/** A sku of which a till has said so many changes since it was counted. */
function told(name: string, changes: number): LeftSku {
  const sku = parseSku(name);
  const deltas = Array.from({ length: changes }, (_value, index): PendingDelta => ({ id: String(index), at: AT, delta: 1 }));
  const base: Base = { source: parseSourceId('pos'), location: parseLocationId('W1'), measure: 'onHand', quantity: 0, asOf: AT, deltas };
  return { books: { sku, version: 1, counted: true, books: { ...emptyBooks(sku), bases: [base] }, balances: new Map() }, holds: new Map(), sales: new Map() };
}

it('remembers less where much was said of each sku since it was counted', () => {
  const kept = new KeptSkus();
  kept.hear(0, 0);
  for (const name of ['A', 'B', 'C']) kept.keep(name, [told(name, 20_000)], 0);
  const of = kept.memory(0)?.kept;
  expect(['A', 'B', 'C'].map((name) => of?.(parseSku(name))?.commitId)).toEqual([undefined, 'B', 'C']);
});

it('knows the last ten thousand orders by their names', () => {
  const kept = new KeptSkus();
  kept.hear(0, 0);
  const orders = Array.from({ length: 10_001 }, (_value, index) => ({ channel: parseChannelId('shop'), orderId: String(index) }));
  kept.note(orders);
  expect([0, 1, 10_000].map((index) => kept.memory(0)?.knowsOrder({ channel: parseChannelId('shop'), orderId: String(index) }))).toEqual([false, true, true]);
  kept.note(orders.slice(1, 2));
  kept.note([{ channel: parseChannelId('shop'), orderId: 'another' }]);
  expect([1, 2].map((index) => kept.memory(0)?.knowsOrder({ channel: parseChannelId('shop'), orderId: String(index) }))).toEqual([true, false]);
});
