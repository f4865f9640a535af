import { describe, expect, it } from 'vitest';
import { createAvailability, diagnoseCatalog, diffExplanations, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseSku, type LocationStock } from '../src/index.ts';

/*
 * Inputs far larger than anybody has. Nothing is timed: what takes the square of such a number does not end before the
 * test runner gives up.
 */
const many = Array.from({ length: 200_000 }, (_, index) => `L${String(index)}`);

describe('inputs that are far too large', () => {
  it('are worked out where they are sound: a channel with locations beyond number', () => {
    const stock: LocationStock = { onHand: 2, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
    const position = { sku: parseSku('A'), scale: 0, locations: new Map(many.map((location) => [parseLocationId(location), stock])), unrouted: new Map(), holds: [] };
    const locations = many.map((id, index) => ({ id, lifecycle: index % 2 === 0 ? 'live' as const : 'closed' as const }));
    const calculator = createAvailability({ catalog: parseCatalog([{ sku: 'A' }]), policy: parsePolicy({ version: '1', locations, channels: [{ id: 'shop', locations: many }, { id: 'market', locations: many }] }) });
    expect(calculator.compute({ channel: parseChannelId('shop'), sku: parseSku('A') }, { position: () => position }, { asOf: parseInstant('2026-11-23T12:00:00Z') }).immediate).toBe(200_000);
  });

  it('are compared where they are sound: parts at locations that all changed', () => {
    const locations = many.slice(0, 50_000);
    const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations, publish: 'perLocation' }] });
    const { explain } = createAvailability({ catalog: parseCatalog([{ sku: 'A' }]), policy });
    const explained = (onHand: number) => {
      const stock: LocationStock = { onHand, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
      const position = { sku: parseSku('A'), scale: 0, locations: new Map(locations.map((location) => [parseLocationId(location), stock])), unrouted: new Map(), holds: [] };
      return explain({ channel: parseChannelId('shop'), sku: parseSku('A') }, { position: () => position }, { asOf: parseInstant('2026-11-23T12:00:00Z') });
    };
    const { causes } = diffExplanations(explained(2), explained(5));
    expect([causes.length, new Set(causes.map(({ effect }) => effect.immediate))]).toEqual([50_000, new Set(['3'])]);
  });

  it('are refused where they are not: recipes and circles of kits', () => {
    const stocked = many.map((sku) => ({ sku }));
    expect(() => parseCatalog([...stocked, { sku: 'KIT', components: many.map((sku) => ({ sku, quantityPer: 1 })) }])).toThrow('more than 1000 stocked components');
    const circle = many.slice(0, 50_000).map((sku, index) => ({ sku, components: [{ sku: many[(index + 1) % 50_000] ?? '', quantityPer: 2 }] }));
    expect(() => parseCatalog(circle)).toThrow('nests deeper than 16 levels');
    expect(diagnoseCatalog(circle).some(({ severity }) => severity === 'error')).toBe(true);
    expect(() => parsePolicy({ version: '1', channels: [{ id: 'shop', locations: [...many, 'L7'] }] })).toThrow('location L7 is listed twice');
  });
});
