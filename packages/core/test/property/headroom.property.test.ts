import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAvailability, headroom, parseCatalog, parseSku, type AvailabilityCalculator, type ChannelId, type LocationId, type Policy, type Position } from '../../src/index.ts';
import { NOON, policies, readerOf, worlds } from './arbitraries.ts';

const SKU = parseSku('A');
const catalog = parseCatalog([{ sku: 'A' }]);
const world = worlds({ least: -4, most: 6 }).map((positions) => positions.get(SKU)).filter((position) => position !== undefined);

function immediate(calculator: AvailabilityCalculator, channel: ChannelId, position: Position): number {
  return Number(calculator.compute({ channel, sku: SKU }, readerOf(new Map([[SKU, position]])), { asOf: NOON }).immediate);
}
function withMore(position: Position, location: LocationId, units: number): Position {
  const stock = position.locations.get(location) ?? { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
  return { ...position, locations: new Map([...position.locations, [location, { ...stock, onHand: Number(stock.onHand) + units }]]) };
}
function roomOf(calculator: AvailabilityCalculator, channel: ChannelId, position: Position): number {
  return Number(headroom(calculator, { channel, sku: SKU }, { positions: readerOf(new Map([[SKU, position]])), moment: { asOf: NOON } }));
}

describe('headroom', () => {
  it('is the number where there is one, and else what can come in anywhere in vain, one unit after the other', () => {
    fc.assert(fc.property(policies({ kinds: ['safetyStock', 'buffer', 'hideAtOrBelow'] }), world, (policy: Policy, position) => {
      const calculator = createAvailability({ policy, catalog });
      for (const { id, locations } of policy.channels) {
        const now = immediate(calculator, id, position);
        const inVain = locations.map((location) => {
          let units = 0;
          while (units < 100 && immediate(calculator, id, withMore(position, location, units + 1)) === 0) units += 1;
          return units;
        }).filter((units) => units < 100);
        expect(roomOf(calculator, id, position)).toBe(now > 0 ? now : 0 - (inVain.length === 0 ? 0 : Math.min(...inVain)));
      }
    }), { numRuns: 150 });
  });
});
