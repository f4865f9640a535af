import { describe, expect, it } from 'vitest';
import { Flight, inFlightAt } from './flight.ts';

const T0 = Date.UTC(2026, 0, 5, 9);
const MUG = { sku: 'MUG', location: '' };

/** A channel that should show 5 and does; orders of it and of another channel follow. */
function opened(): Flight {
  const flight = new Flight({ readLeadMs: 900 });
  flight.wanted({ ...MUG, channel: 'amazon', quantity: 5, atMs: T0 });
  flight.shown({ ...MUG, channel: 'amazon', quantity: 5, bySale: false, atMs: T0 });
  return flight;
}

function sell(flight: Flight, { line, channel, units, showing, atMs }: { line: number; channel: string; units: number; showing?: number; atMs: number }): void {
  flight.placing(`o${String(line)}`);
  if (showing !== undefined) flight.shown({ ...MUG, channel, quantity: showing, bySale: true, atMs });
  flight.offered({ line: { line, sku: 'MUG', quantity: units }, order: `o${String(line)}`, channel, accepted: units, reason: undefined, orderId: `${channel}-${String(line)}`, atMs });
}

const oversold = (line: number, atMs: number, units: number): Parameters<typeof inFlightAt>[1] => ({ line, order: `o${String(line)}`, channel: 'amazon', sku: 'MUG', atMs, units, there: 1 });

describe('what was in flight when a line was oversold', () => {
  it('is what another channel sold and the engine has not counted', () => {
    const flight = opened();
    sell(flight, { line: 2, channel: 'shopify', units: 4, atMs: T0 + 1_000 });
    sell(flight, { line: 3, channel: 'amazon', units: 3, showing: 2, atMs: T0 + 2_000 });
    const [told] = flight.explain([oversold(3, T0 + 2_000, 2)]);
    expect(told).toMatchObject({ shown: 5, inFlight: [{ line: 2, channel: 'shopify', units: 4 }] });
  });

  it('is what the engine has counted while its lower number is not shown yet', () => {
    const flight = opened();
    sell(flight, { line: 2, channel: 'shopify', units: 4, atMs: T0 + 1_000 });
    flight.orderBooked('shopify-2');
    flight.wanted({ ...MUG, channel: 'amazon', quantity: 1, atMs: T0 + 1_500 });
    flight.computed(['MUG'], T0 + 1_500);
    sell(flight, { line: 3, channel: 'amazon', units: 3, showing: 2, atMs: T0 + 2_000 });
    const [told] = flight.explain([oversold(3, T0 + 2_000, 2)]);
    expect(told?.inFlight.map(({ line }) => line)).toEqual([2]);
    expect(told?.rightAsOf).toBe(new Date(T0 + 1_500).toISOString());
  });

  it('is nothing where the number that was shown contained everything: then nothing excuses the sale', () => {
    const flight = opened();
    sell(flight, { line: 2, channel: 'shopify', units: 4, atMs: T0 + 1_000 });
    flight.orderBooked('shopify-2');
    flight.wanted({ ...MUG, channel: 'amazon', quantity: 1, atMs: T0 + 1_500 });
    flight.computed(['MUG'], T0 + 1_500);
    flight.shown({ ...MUG, channel: 'amazon', quantity: 1, bySale: false, atMs: T0 + 1_800 });
    sell(flight, { line: 3, channel: 'amazon', units: 1, showing: 0, atMs: T0 + 2_000 });
    expect(flight.explain([oversold(3, T0 + 2_000, 1)])[0]?.inFlight).toEqual([]);
  });

  it("is not the channel's own sale that it took off itself, but one that a later write put back on offer", () => {
    const took = opened();
    sell(took, { line: 2, channel: 'amazon', units: 2, showing: 3, atMs: T0 + 1_000 });
    sell(took, { line: 3, channel: 'amazon', units: 3, showing: 0, atMs: T0 + 2_000 });
    expect(took.explain([oversold(3, T0 + 2_000, 1)])[0]?.inFlight).toEqual([]);

    const overwritten = opened();
    sell(overwritten, { line: 2, channel: 'amazon', units: 2, showing: 3, atMs: T0 + 1_000 });
    overwritten.shown({ ...MUG, channel: 'amazon', quantity: 5, bySale: false, atMs: T0 + 1_500 });
    sell(overwritten, { line: 3, channel: 'amazon', units: 5, showing: 0, atMs: T0 + 2_000 });
    expect(overwritten.explain([oversold(3, T0 + 2_000, 2)])[0]?.inFlight.map(({ line }) => line)).toEqual([2]);
  });

  it('is a correction until a read that began after it was booked and counted', () => {
    const flight = opened();
    flight.adjusted({ line: { line: 2, sku: 'MUG', quantity: -4 }, order: 'c', atMs: T0 + 1_000 });
    // This answer was read before the correction.
    flight.stockBooked(['MUG'], T0 + 1_500);
    flight.computed(['MUG'], T0 + 1_500);
    sell(flight, { line: 3, channel: 'amazon', units: 1, showing: 4, atMs: T0 + 1_600 });
    expect(flight.explain([oversold(3, T0 + 1_600, 1)])[0]?.inFlight).toMatchObject([{ line: 2, units: 4 }]);
    flight.stockBooked(['MUG'], T0 + 2_000);
    flight.computed(['MUG'], T0 + 2_000);
    expect(flight.timeline('MUG').filter(({ what }) => what === 'counted')).toMatchObject([{ line: 2, at: new Date(T0 + 2_000).toISOString() }]);
  });
});
