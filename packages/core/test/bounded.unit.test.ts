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

  const explanationOf = (count: number, channel: object, stockOf: (index: number) => number) => {
    const locations = many.slice(0, count);
    const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations, ...channel }] });
    const stockAt = (index: number): LocationStock => ({ onHand: stockOf(index), unavailable: 0, committed: 0, incoming: 0, inTransit: 0 });
    const position = { sku: parseSku('A'), scale: 0, locations: new Map(locations.map((location, index) => [parseLocationId(location), stockAt(index)])), unrouted: new Map(), holds: [] };
    return createAvailability({ catalog: parseCatalog([{ sku: 'A' }]), policy }).explain({ channel: parseChannelId('shop'), sku: parseSku('A') }, { position: () => position }, { asOf: parseInstant('2026-11-23T12:00:00Z') });
  };

  it('are compared where they are sound: parts at locations that all changed', () => {
    const explained = (onHand: number) => explanationOf(50_000, { publish: 'perLocation' }, () => onHand);
    const { causes } = diffExplanations(explained(2), explained(5));
    expect([causes.length, new Set(causes.map(({ effect }) => effect.immediate))]).toEqual([50_000, new Set(['3'])]);
  });

  it('are compared where they are sound: parts in proportion, of which each takes from what the one before left', () => {
    const proportional = { publish: 'perLocation', spread: 'proportional' };
    const explained = (channel: object, more: number) => explanationOf(5_000, channel, (index) => 20 + ((index * 7 + more) % 5) + more);
    const after = explained(proportional, 9);
    for (const channel of [proportional, {}]) expect(diffExplanations(explained(channel, 0), after).after).toBe(after.availability.immediate);
  });

  it.each([['turned to proportion', 1, 'proportional'], ['reversed', -1, 'priority']] as const)('are compared where they are sound: locations by the thousand, %s, of which nothing stands where it stood', (_, direction, spread) => {
    const explained = (of: object, more: number) => explanationOf(4_000, { publish: 'perLocation', ...of }, (index) => 5 + (index % 7) + more);
    const { before, after, causes } = diffExplanations(explained({}, 0), explained({ spread, locations: many.slice(0, 4_000).sort((a, b) => direction * (Number(a.slice(1)) - Number(b.slice(1)))) }, 1));
    expect([Number(after) - Number(before), causes.reduce((sum, { effect }) => sum + Number(effect.immediate), 0)]).toEqual([4_000, 4_000]);
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
