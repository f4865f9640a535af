import { describe, expect, it } from 'vitest';
import { Watch } from './watch.ts';

const T0 = Date.UTC(2026, 0, 5, 9);
const MINUTE_MS = 60_000;
const sale = (line: number, { channel, accepted, minute }: { channel: string; accepted: number; minute: number }): Parameters<Watch['offered']>[0] =>
  ({ line: { line, sku: 'MUG', quantity: accepted }, order: `o${String(line)}`, channel, accepted, reason: undefined, orderId: `${channel}-${String(line)}`, atMs: T0 + minute * MINUTE_MS });

describe('a watch over a lane', () => {
  it('counts the units that were accepted beyond what there was, and the orders that have them', () => {
    const watch = new Watch([{ sku: 'MUG', location: 'MAIN', onHand: 5 }], T0);
    watch.offered(sale(2, { channel: 'shopify', accepted: 4, minute: 1 }));
    watch.offered(sale(3, { channel: 'amazon', accepted: 3, minute: 2 }));
    watch.offered(sale(4, { channel: 'amazon', accepted: 2, minute: 3 }));
    expect(watch.oversold.map(({ line, units, there }) => [line, units, there])).toEqual([[3, 2, 1], [4, 2, -2]]);
    expect(watch.result(T0 + 10 * MINUTE_MS)).toMatchObject({ unitsAccepted: 9, unitsDeliverable: 4, oversoldUnits: 4, ordersToCancel: 2 });
  });

  it('does not blame a sale for what the warehouse loses afterwards', () => {
    const watch = new Watch([{ sku: 'MUG', location: 'MAIN', onHand: 5 }], T0);
    watch.offered(sale(2, { channel: 'shopify', accepted: 5, minute: 1 }));
    watch.adjusted({ line: { sku: 'MUG', quantity: -2 }, atMs: T0 + 2 * MINUTE_MS });
    expect(watch.oversold).toEqual([]);
    watch.returned({ line: { line: 9, sku: 'MUG', quantity: 1 }, order: 'c', quantity: 1, orderId: undefined, atMs: T0 + 3 * MINUTE_MS });
    watch.offered(sale(3, { channel: 'shopify', accepted: 1, minute: 4 }));
    expect(watch.oversold.map(({ units, there }) => [units, there])).toEqual([[1, -1]]);
  });

  it('counts, per listing, the minutes in which more was offered than there was, over all places of a channel', () => {
    const watch = new Watch([{ sku: 'MUG', location: 'MAIN', onHand: 5 }], T0);
    const shown = (channel: string, place: string, quantity: number, minute: number): void => { watch.shown({ channel, place, sku: 'MUG', quantity, atMs: T0 + minute * MINUTE_MS }); };
    shown('shopify', 'A', 3, 0);
    shown('shopify', 'B', 2, 0);
    shown('amazon', '', 5, 0);
    watch.offered(sale(2, { channel: 'amazon', accepted: 4, minute: 10 }));
    shown('amazon', '', 1, 10);
    // Shopify offers 5 where there is 1, for seven minutes.
    shown('shopify', 'A', 1, 17);
    shown('shopify', 'B', 0, 17);
    expect(watch.result(T0 + 60 * MINUTE_MS).staleMinutes).toBe(7);
  });
});
