import { describe, expect, it } from 'vitest';
import type { Replay, ReplayEvent } from '../input/replay.ts';
import { playCopier, type CopierLane } from './copier.ts';

const START = Date.UTC(2026, 0, 5, 9);
const MINUTE_MS = 60_000;
type Told = readonly [minute: number, kind: ReplayEvent['kind'], channelOrUnits: string | number, units?: number];

function lane(onHand: number, told: readonly Told[], endMinute = 600): CopierLane {
  const channels = new Map<string, string>();
  const events = told.map(([minute, kind, what, units = 0], index): ReplayEvent => {
    const order = `o${String(index)}`;
    channels.set(order, String(what));
    return { kind, atMs: START + minute * MINUTE_MS, order, lines: [{ line: index + 2, sku: 'MUG', quantity: kind === 'order' ? units : Number(what) }] };
  });
  const replay: Replay = { name: 'test', lines: events.length, events, leftOut: [], foldedSkus: [] };
  return playCopier({
    replay, stock: [{ sku: 'MUG', location: 'MAIN', onHand }], channels: ['shopify', 'amazon'], channelOf: ({ order }) => channels.get(order) ?? '', startMs: START, endMs: START + endMinute * MINUTE_MS,
  });
}

describe('a copier of on-hand', () => {
  it('offers at the other channel what was sold since the copy', () => {
    const { result, oversold } = lane(5, [[2, 'order', 'shopify', 4], [14, 'order', 'amazon', 3]]);
    expect(result).toMatchObject({ oversoldUnits: 2, ordersToCancel: 1, unitsAccepted: 7 });
    expect(oversold).toMatchObject([{ line: 3, units: 2, copiedAtMs: START, contained: [{ order: 'o0', channel: 'shopify', units: 4 }] }]);
  });

  it('offers again what was sold and has not shipped', () => {
    const { oversold } = lane(5, [[2, 'order', 'shopify', 4], [16, 'order', 'shopify', 3]]);
    expect(oversold).toMatchObject([{ units: 2, copiedAtMs: START + 15 * MINUTE_MS, contained: [{ order: 'o0' }] }]);
  });

  it('is right once the order has shipped, four hours and a bit later', () => {
    const { result } = lane(5, [[2, 'order', 'shopify', 4], [290, 'order', 'amazon', 3]]);
    expect(result).toMatchObject({ oversoldUnits: 0, unitsAccepted: 4 });
  });

  it('knows of a correction with the next copy', () => {
    expect(lane(5, [[2, 'adjustment', -4], [14, 'order', 'amazon', 3]]).oversold).toMatchObject([{ units: 2, contained: [{ units: 4 }] }]);
    expect(lane(5, [[2, 'adjustment', -4], [16, 'order', 'amazon', 3]]).result.oversoldUnits).toBe(0);
  });
});
