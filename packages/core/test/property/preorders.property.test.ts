import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailability, decideHold, holdsOf, parseCatalog, parseChannelId, parsePolicy, parseSku,
  type Availability, type AvailabilityKey, type Catalog, type ChannelId, type HoldRecord, type LocationId, type LocationStock, type Policy, type PolicyInput, type Position, type PositionReader, type Sku,
} from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';
import { evaluate } from './trace-evaluator.ts';

/*
 * Preorders of what is expected, where little is there, locations are below zero, more is asked for than there is, and much
 * is expected at several locations.
 */
const INCOMING = { id: 'incoming', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' } as NonNullable<PolicyInput['rules']>[number];
const withIncoming = (policy: Policy): Policy => parsePolicy({ ...policy, rules: [...policy.rules, INCOMING] });
const owing = worlds({ least: -6, most: 6, incoming: 15, ordered: 9 });
type World = ReadonlyMap<Sku, Position>;

/** The same world with all that is expected on hand. */
const received = (world: World): World => new Map([...world].map(([sku, position]) => [sku, {
  ...position, locations: new Map([...position.locations].map(([location, stock]): [LocationId, LocationStock] => [location, { ...stock, onHand: Number(stock.onHand) + Number(stock.incoming), incoming: 0 }])),
}]));

/** Whether a kit is placed per location and takes a fraction of something. */
const roundsUpApart = ({ catalog, policy }: { readonly catalog: Catalog; readonly policy: Policy }, { sku, channel }: AvailabilityKey): boolean =>
  (policy.kits === 'perLocation' || policy.channels.some(({ id, publish }) => id === channel && publish === 'perLocation')) && (catalog.items.get(sku)?.components ?? []).some(({ quantityPer }) => typeof quantityPer === 'object');

/** Preorders are a part of what is open, routed or not. */
const preordering = (world: World, { most, routed }: { readonly most: number; readonly routed: number }): PositionReader => ({
  position: (sku) => world.get(sku),
  promised: (sku) => {
    const { unrouted = new Map<ChannelId, number>(), locations = new Map<LocationId, LocationStock>() } = world.get(sku) ?? {};
    const at = new Map([...locations].map(([location, { committed }]) => [location, Math.min(routed, Number(committed))]));
    const first = [...unrouted.keys()].slice(0, 1);
    const there = [...at.values()].reduce((sum, units) => sum + units, 0);
    return { backordered: new Map(), preordered: new Map([...unrouted].map(([id, units]) => [id, Math.min(most, Number(units)) + (first.includes(id) ? there : 0)])), preorderedAt: new Map(first.map((id) => [id, at])) };
  },
});

describe('what may be preordered of what is expected', () => {
  it('is what can be sold besides once that is received: immediate and preorder together stay what they are', () => {
    let some = 0;
    fc.assert(fc.property(catalogs(), policies({ kinds: [], bounded: false }).map(withIncoming), owing, fc.nat(6), fc.nat(3), (catalog, policy, world, most, routed) => {
      const calculator = createAvailability({ catalog, policy });
      for (const sku of catalog.items.keys()) {
        for (const { id } of policy.channels) {
          const [before, after] = [world, received(world)].map((now) => calculator.compute({ channel: id, sku }, preordering(now, { most, routed }), { asOf: NOON })) as [Availability, Availability];
          if (before.immediate === undefined) continue;
          const together = Number(before.immediate) + Number(before.preorder);
          if (roundsUpApart({ catalog, policy }, { sku, channel: id })) {
            // Kits that wait and those that can be sold now round up apart: together never more than what is there then is enough for.
            if (before.preorder !== 0) expect([sku, id, Number(after.immediate) >= together]).toEqual([sku, id, true]);
            continue;
          }
          // What a preorder waits for may be needed by others even more: then less can be sold than now, and none may be preordered.
          if (before.preorder !== 0 || (most === 0 && routed === 0)) expect([sku, id, Number(after.immediate)]).toEqual([sku, id, together]);
          expect([Number(after.preorder), Number(after.immediate) <= together]).toEqual([0, true]);
          some += Number(before.preorder !== 0);
        }
      }
    }), { numRuns: 300 });
    expect(some).toBeGreaterThan(300);
  });

  it('has steps that come to it, and is the same explained or not', () => {
    let some = 0;
    fc.assert(fc.property(catalogs(), fc.oneof(policies({ bounded: false }), policies({ kinds: [], bounded: false })).map(withIncoming), owing, (catalog, policy, world) => {
      const calculator = createAvailability({ catalog, policy });
      for (const sku of catalog.items.keys()) {
        for (const { id } of policy.channels) {
          const { availability, steps, preorderStep } = calculator.explain({ channel: id, sku }, readerOf(world), { asOf: NOON });
          expect(availability).toEqual(calculator.compute({ channel: id, sku }, readerOf(world), { asOf: NOON }));
          expect(preorderStep === undefined ? 0n : evaluate(steps, preorderStep)).toBe(BigInt(Number(availability.preorder)));
          some += Number(availability.preorder !== 0);
        }
      }
    }), { numRuns: 200 });
    expect(some).toBeGreaterThan(100);
  });

  it('is never promised twice: carts of all channels, of skus and kits, take what is there and expected and not owed, and all of it', () => {
    const [A, B, SET] = ['A', 'B', 'SET'].map((sku) => parseSku(sku)) as [Sku, Sku, Sku];
    const [shop, market] = [parseChannelId('shop'), parseChannelId('market')];
    const catalog = parseCatalog([{ sku: A }, { sku: B }, { sku: SET, components: [{ sku: A, quantityPer: 2 }, { sku: B, quantityPer: 1 }] }]);
    const taken: ReadonlyMap<Sku, Readonly<Record<string, number>>> = new Map([[A, { A: 1 }], [B, { B: 1 }], [SET, { A: 2, B: 1 }]]);
    const cart = fc.record({ channel: fc.constantFrom(shop, market), promise: fc.constantFrom('stock', 'preorder'), sku: fc.constantFrom(A, B, SET), quantity: fc.integer({ min: 1, max: 7 }) });
    const settings = fc.record({ clamp: fc.constantFrom('total', 'perLocation'), kits: fc.constantFrom('pooled', 'perLocation') });
    fc.assert(fc.property(settings, owing, fc.array(fc.array(cart, { minLength: 1, maxLength: 3 }), { maxLength: 5 }), (how, drawn, carts) => {
      const policy = parsePolicy({ version: '1', ...how, channels: [shop, market].map((id) => ({ id, locations: ['W1'] })), rules: [INCOMING] });
      const calculator = createAvailability({ catalog, policy });
      const world = new Map([...drawn].map(([sku, position]) => [sku, { ...position, holds: [] }]));
      const holds: HoldRecord[] = [];
      const reader: PositionReader = {
        position: (sku) => ({ ...(world.get(sku) ?? { sku, scale: 0, locations: new Map(), unrouted: new Map() }), holds: holdsOf(sku, holds, () => false) }),
        promised: () => ({ backordered: new Map(), preordered: new Map() }),
      };
      const sold = new Map<string, number>();
      const everything = [A, B].map((sku) => [{ channel: shop, promise: 'preorder' as const, sku, quantity: 99 }]);
      [...carts, ...everything].forEach((lines, index) => {
        const channel = lines[0]?.channel ?? shop;
        const decision = decideHold(calculator, { id: `cart-${String(index)}`, channel, lines, expiresAt: addMs(NOON, 60_000), grant: 'part' }, { positions: reader, asOf: NOON });
        if (decision.hold !== undefined) holds.push(decision.hold);
        for (const { sku, granted } of decision.lines) for (const [part, units] of Object.entries(taken.get(sku) ?? {})) sold.set(part, (sold.get(part) ?? 0) + units * Number(granted));
      });
      for (const sku of [A, B]) {
        const { locations, unrouted = new Map<ChannelId, number>() } = world.get(sku) ?? {};
        const { onHand = 0, unavailable = 0, committed = 0, incoming = 0 } = locations?.get('W1' as LocationId) ?? {};
        const owed = [...unrouted.values()].reduce<number>((sum, units) => sum + Number(units), 0);
        expect([sku, sold.get(sku)]).toEqual([sku, Math.max(0, Number(onHand) - Number(unavailable) - Number(committed) + Number(incoming) - owed)]);
      }
    }), { numRuns: 300 });
  });

  it('is never promised beyond what all locations have in the end, whichever channel may wait where, and whatever arrives in between', () => {
    const PLACES = ['W1', 'W2', 'W3'] as LocationId[];
    const [MUG, SET] = ['MUG', 'SET'].map((sku) => parseSku(sku)) as [Sku, Sku];
    const catalog = parseCatalog([{ sku: MUG }, { sku: SET, components: [{ sku: MUG, quantityPer: 2 }] }]);
    const stocked = fc.record({ onHand: fc.nat(4), incoming: fc.nat(4) });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ channel: fc.nat(2), sku: fc.constantFrom(MUG, MUG, SET), promise: fc.constantFrom('stock', 'preorder'), quantity: fc.integer({ min: 1, max: 6 }) }) },
      { weight: 1, arbitrary: fc.record({ place: fc.nat(2), arrived: fc.integer({ min: 1, max: 4 }) }) },
    );
    const sets = fc.tuple(...[0, 1, 2].map(() => fc.subarray(PLACES, { minLength: 1 })));
    let both = 0;
    fc.assert(fc.property(sets, fc.constantFrom('total', 'perLocation'), fc.constantFrom('pooled', 'perLocation'), fc.tuple(stocked, stocked, stocked), fc.array(step, { minLength: 3, maxLength: 7 }), (locations, clamp, kits, drawn, steps) => {
      const policy = parsePolicy({ version: '1', clamp, kits, channels: locations.map((places, index) => ({ id: `c${String(index)}`, locations: places })), rules: [INCOMING] });
      const calculator = createAvailability({ catalog, policy });
      const there = drawn.map(({ onHand, incoming }) => ({ onHand, incoming }));
      const holds: HoldRecord[] = [];
      const reader: PositionReader = {
        position: (sku) => (sku === MUG ? { sku, scale: 0, locations: new Map(PLACES.map((place, index) => [place, { ...there[index] as { onHand: number; incoming: number }, unavailable: 0, committed: 0, inTransit: 0 }])), unrouted: new Map(), holds: holdsOf(sku, holds, () => false) } : undefined),
        promised: () => ({ backordered: new Map(), preordered: new Map() }),
      };
      steps.forEach((one, index) => {
        if ('place' in one) {
          (there[one.place] as { onHand: number }).onHand += one.arrived;
          return;
        }
        const { channel, sku, promise, quantity } = one;
        const { hold } = decideHold(calculator, { id: `cart-${String(index)}`, channel: parseChannelId(`c${String(channel)}`), lines: [{ sku, quantity, ...(promise === 'preorder' ? { promise } : {}) } as never], expiresAt: addMs(NOON, 60_000), grant: 'part' }, { positions: reader, asOf: NOON });
        if (hold !== undefined) holds.push(hold);
      });
      for (let some = 1; some < 8; some += 1) {
        const inside = (place: LocationId): boolean => (some & (1 << PLACES.indexOf(place))) !== 0;
        const supply = there.reduce((sum, { onHand, incoming }, index) => sum + ((some & (1 << index)) === 0 ? 0 : onHand + incoming), 0);
        const owed = holds.filter(({ channel }) => (locations[Number(channel.slice(1))] ?? []).every(inside)).flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + Number(quantity), 0);
        expect([some, owed <= supply]).toEqual([some, true]);
      }
      both += Number(new Set(steps.map((one) => ('place' in one ? 'arrived' : one.promise))).size === 3);
    }), { numRuns: 4_000 });
    expect(both).toBeGreaterThan(300);
  });
});
