import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, addQuantities, compareQuantities, createAvailability, decideHold, holdsOf, kitsFrom, locationSupply, parseChannelId, parsePolicy, parseSku, subtractQuantities, unitsTaken,
  type AvailabilityCalculator, type Component, type HoldRecord, type HoldRequest, type LocationId, type PolicyInput, type Position, type PositionReader, type Quantity, type Sku,
} from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

const RUNS = { numRuns: 300 };
const EXPIRES = addMs(NOON, 900_000);
const SKUS = ['A', 'B', 'C', 'SET', 'BOX', 'FREE'].map((sku) => parseSku(sku));

const wanted = fc.array(fc.record({ sku: fc.constantFrom(...SKUS), quantity: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 5 });
const world = fc.record({ catalog: catalogs(), policy: policies(), positions: worlds() });
/** Rules that count every unit alike, so that what one takes is exactly what the next one lacks. */
const plainWorld = fc.record({ catalog: catalogs(), policy: policies({ kinds: [], bounded: false }), positions: worlds({ least: 0 }) });

interface Scene {
  readonly calculator: AvailabilityCalculator;
  readonly request: HoldRequest;
  readonly reader: PositionReader;
}

function sceneOf({ catalog, policy, positions }: { catalog: Parameters<typeof createAvailability>[0]['catalog']; policy: Parameters<typeof createAvailability>[0]['policy']; positions: ReadonlyMap<Sku, Position> }, lines: HoldRequest['lines'], grant: HoldRequest['grant']): Scene {
  const channel = policy.channels[0]?.id ?? parseChannelId('market');
  return { calculator: createAvailability({ catalog, policy }), reader: readerOf(positions), request: { id: 'cart', channel, lines, expiresAt: EXPIRES, grant } };
}

/** The positions once a hold is written. */
function after({ reader, calculator }: Scene, hold: HoldRecord | undefined): PositionReader {
  if (hold === undefined) return reader;
  return {
    ...reader,
    position: (sku) => {
      const before: Position = reader.position(sku) ?? { sku, scale: calculator.catalog.items.get(sku)?.scale ?? 0, locations: new Map(), unrouted: new Map(), holds: [] };
      return { ...before, holds: [...before.holds, ...holdsOf(sku, [hold], () => false)] };
    },
  };
}

const immediate = ({ calculator, request }: Scene, sku: Sku, reader: PositionReader): Quantity | undefined =>
  calculator.compute({ channel: request.channel, sku }, reader, { asOf: NOON }).immediate;

describe('decideHold', () => {
  it('grants one line what availability counts, and no more', () => {
    fc.assert(fc.property(world, wanted, (of, [line]) => {
      const scene = sceneOf(of, line === undefined ? [] : [line], 'part');
      const count = immediate(scene, line!.sku, scene.reader);
      const { lines } = decideHold(scene.calculator, scene.request, { positions: scene.reader, asOf: NOON });

      expect(lines[0]).toMatchObject({ granted: count === undefined ? line!.quantity : Math.min(line!.quantity, Number(count)), atMost: count });
    }), RUNS);
  });

  it('leaves the count less what it granted, kits included, however they are counted', () => {
    fc.assert(fc.property(plainWorld, wanted, (of, [line]) => {
      const scene = sceneOf(of, [line!], 'part');
      const before = immediate(scene, line!.sku, scene.reader);
      fc.pre(before !== undefined);
      const { lines, hold } = decideHold(scene.calculator, scene.request, { positions: scene.reader, asOf: NOON });

      const then = immediate(scene, line!.sku, after(scene, hold));
      const rest = subtractQuantities(before, lines[0]!.granted);
      // Of what a kit takes a fraction whole steps are held: the rest of the last one is in nobody else's kit.
      const fractions = (of.catalog.items.get(line!.sku)?.components ?? []).map(({ quantityPer }) => quantityPer).filter((per) => typeof per === 'object');
      // What several locations may each round up is left alone before it is known where kits are built, and may be counted afterwards.
      const rounding = of.policy.kits === 'perLocation' || of.policy.channels[0]?.publish === 'perLocation' ? (of.policy.channels[0]?.locations.length ?? 1) - 1 : 0;
      const spared = rounding === 0 ? [] : fractions.map((per) => Number(kitsFrom(per, rounding)) + 1);
      if (fractions.length > 0) expect(compareQuantities(then ?? 0, addQuantities(rest, Math.max(0, ...spared)))).toBeLessThanOrEqual(0);
      else expect(then).toEqual(rest);
    }), { numRuns: 600 });
  });

  it('never raises any count of any channel, and never grants a component twice', () => {
    fc.assert(fc.property(plainWorld, wanted, (of, lines) => {
      const scene = sceneOf(of, lines, 'part');
      const { hold } = decideHold(scene.calculator, scene.request, { positions: scene.reader, asOf: NOON });
      const then = after(scene, hold);
      for (const sku of SKUS) {
        const [was, is] = [immediate(scene, sku, scene.reader), immediate(scene, sku, then)];
        if (was === undefined || is === undefined) continue;
        expect(compareQuantities(is, was)).toBeLessThanOrEqual(0);
        for (const { id } of of.policy.channels) {
          const [others, left] = [scene.reader, then].map((reader) => scene.calculator.compute({ channel: id, sku }, reader, { asOf: NOON }).immediate);
          expect(compareQuantities(left ?? 0, others ?? 0)).toBeLessThanOrEqual(0);
        }
        const taken = (hold?.lines ?? []).filter((line) => line.sku === sku).reduce<Quantity>((sum, line) => addQuantities(sum, line.quantity), 0);
        if (of.catalog.items.get(sku)?.components === undefined && scene.calculator.policy.channels[0]?.publish === 'total') expect(compareQuantities(taken, was)).toBeLessThanOrEqual(0);
      }
    }), RUNS);
  });

  it('takes two lines of one sku for one line of both', () => {
    fc.assert(fc.property(world, wanted, fc.constantFrom(...SKUS), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (of, others, sku, first, second) => {
      const rest = others.filter((line) => line.sku !== sku);
      const granted = (lines: HoldRequest['lines']): Quantity => {
        const scene = sceneOf(of, lines, 'part');
        return decideHold(scene.calculator, scene.request, { positions: scene.reader, asOf: NOON }).lines
          .filter((line) => line.sku === sku).reduce<Quantity>((sum, line) => addQuantities(sum, line.granted), 0);
      };
      expect(granted([...rest, { sku, quantity: first }, { sku, quantity: second }])).toEqual(granted([...rest, { sku, quantity: first + second }]));
    }), RUNS);
  });

  it('grants all or nothing where all is asked, and all exactly where part would be all', () => {
    fc.assert(fc.property(world, wanted, (of, lines) => {
      const part = sceneOf(of, lines, 'part');
      const some = decideHold(part.calculator, part.request, { positions: part.reader, asOf: NOON });
      const all = decideHold(part.calculator, { ...part.request, grant: 'all' }, { positions: part.reader, asOf: NOON });

      expect(all.status).toBe(some.status === 'granted' ? 'granted' : 'refused');
      expect(all.hold === undefined).toBe(all.status === 'refused');
      if (all.status === 'refused') for (const line of all.lines) expect([line.granted, line.reason === undefined]).toEqual([0, false]);
      else expect(all).toEqual(some);
    }), RUNS);
  });

  it('never lets carts together hold more beyond stock than a limit allows', () => {
    const [shop, market] = [parseChannelId('shop'), parseChannelId('market')];
    const limit = fc.record({ kind: fc.constantFrom('backorderLimit', 'preorderLimit'), limit: fc.integer({ min: 0, max: 8 }), scope: fc.record({ sku: fc.constantFrom('A', 'SET'), channel: fc.constantFrom('shop', 'market') }, { requiredKeys: ['sku'] }) });
    const cart = fc.record({ channel: fc.constantFrom(shop, market), promise: fc.constantFrom('stock', 'backorder', 'preorder'), sku: fc.constantFrom('A', 'B', 'SET', 'BOX').map((sku) => parseSku(sku)), quantity: fc.integer({ min: 1, max: 9 }) });
    const rules = fc.uniqueArray(limit, { maxLength: 6, selector: ({ kind, scope }) => `${kind} ${scope.sku} ${scope.channel ?? ''}` });
    fc.assert(fc.property(catalogs(), policies({ kinds: [] }), worlds({ holds: false }), rules, fc.array(fc.array(cart, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }), (catalog, { kits, clamp }, positions, limits, carts) => {
      const policy = parsePolicy({
        version: '1', kits, clamp, channels: [{ id: shop, locations: ['W1', 'W2'] }, { id: market, locations: ['W2', 'W3'] }],
        rules: limits.map((rule, index) => ({ id: `limit-${String(index)}`, owner: 'o', reason: 'r', ...rule } as NonNullable<PolicyInput['rules']>[number])),
      });
      const calculator = createAvailability({ catalog, policy });
      const holds: HoldRecord[] = [];
      const reader: PositionReader = {
        position: (sku) => ({ ...(positions.get(sku) ?? { sku, scale: catalog.items.get(sku)?.scale ?? 0, locations: new Map(), unrouted: new Map() }), holds: holdsOf(sku, holds, () => false) }),
        promised: () => ({ backordered: new Map(), preordered: new Map() }),
      };
      const beyond = new Map<string, number>();
      carts.forEach((lines, index) => {
        const channel = lines[0]?.channel ?? shop;
        const decision = decideHold(calculator, { id: `cart-${String(index)}`, channel, lines, expiresAt: EXPIRES, grant: 'part' }, { positions: reader, asOf: NOON });
        if (decision.hold !== undefined) holds.push(decision.hold);
        decision.lines.forEach(({ sku, beyondStock }, line) => {
          const kind = lines[line]?.promise === 'preorder' ? 'preorderLimit' : 'backorderLimit';
          for (const key of [`${kind} ${sku} ${channel}`, `${kind} ${sku} `]) beyond.set(key, (beyond.get(key) ?? 0) + Number(beyondStock));
        });
      });
      for (const { kind, limit: most, scope } of limits) expect(beyond.get(`${kind} ${scope.sku} ${scope.channel ?? ''}`) ?? 0).toBeLessThanOrEqual(most);
    }), { numRuns: 400 });
  });

  it('keeps the limits of each sku on all its lines together, and cuts no more than they ask', () => {
    const limits = fc.option(fc.record({ least: fc.integer({ min: 0, max: 9 }), most: fc.integer({ min: 0, max: 12 }), multipleOf: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: [] }), { nil: undefined });
    const limited = fc.array(fc.record({ sku: fc.constantFrom(...SKUS.slice(0, 4)), quantity: fc.integer({ min: 1, max: 9 }), limits }), { minLength: 1, maxLength: 5 });
    let cut = 0;
    fc.assert(fc.property(plainWorld, limited, fc.constantFrom('part', 'all'), (of, lines, grant) => {
      const scene = sceneOf(of, lines, grant);
      const { lines: decided, status } = decideHold(scene.calculator, scene.request, { positions: scene.reader, asOf: NOON });
      const free = decideHold(scene.calculator, { ...scene.request, grant: 'part', lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) }, { positions: scene.reader, asOf: NOON });
      for (const sku of SKUS) {
        const sum = (all: typeof decided): number => all.filter((line) => line.sku === sku).reduce((total, line) => total + Number(line.granted), 0);
        const granted = sum(decided);
        for (const line of lines) {
          if (line.sku !== sku || granted === 0) continue;
          const { least = 0, most = granted, multipleOf = 1 } = line.limits ?? {};
          expect([granted >= least, granted <= most, granted % multipleOf]).toEqual([true, true, 0]);
        }
        if (sum(free.lines) > granted) cut += 1;
      }
      if (lines.every((line) => line.limits === undefined) && grant === 'part') expect(decided).toEqual(free.lines);
      if (grant === 'all' && status !== 'refused') expect(decided.map((line) => line.granted)).toEqual(lines.map((line) => line.quantity));
    }), { numRuns: 600 });
    expect(cut).toBeGreaterThan(50);
  });

  it('is not in its own way: asked again it says the same', () => {
    fc.assert(fc.property(world, wanted, (of, lines) => {
      const scene = sceneOf(of, lines, 'part');
      const once = decideHold(scene.calculator, scene.request, { positions: scene.reader, asOf: NOON });
      const again = decideHold(scene.calculator, scene.request, { positions: after(scene, once.hold), asOf: NOON });

      expect(again).toEqual(once);
    }), RUNS);
  });

  it('holds kits in whole multiples where they can be built', () => {
    fc.assert(fc.property(fc.record({ catalog: catalogs(), policy: policies({ kinds: [], kits: 'perLocation' }), positions: worlds() }), fc.constantFrom(parseSku('SET'), parseSku('BOX')), fc.integer({ min: 1, max: 12 }), (of, sku, quantity) => {
      const scene = sceneOf(of, [{ sku, quantity }], 'part');
      const { hold, lines } = decideHold(scene.calculator, scene.request, { positions: scene.reader, asOf: NOON });
      const components = of.catalog.items.get(sku)?.components ?? [];
      fc.pre(components.length > 0);
      const granted = Number(lines[0]?.granted ?? 0);
      let [fewest, most] = [0, 0];
      for (const location of new Set((hold?.lines ?? []).map((line) => line.location))) {
        // Several counts of kits can round up to the same units of a fraction.
        const heldOf = (component: Component) => hold?.lines.find((line) => line.sku === component.sku && line.location === location)?.quantity ?? 0;
        const counts = Array.from({ length: granted }, (_, index) => index + 1).filter((kits) => components.every((component) => unitsTaken(component.quantityPer, kits) === heldOf(component)));
        expect(counts).not.toEqual([]);
        const supply = locationSupply(scene.calculator, { channel: scene.request.channel, sku, location: location as LocationId }, { positions: scene.reader, moment: { asOf: NOON } });
        expect(location).not.toBe('');
        expect(compareQuantities(counts[0] ?? 0, supply ?? 0)).toBeLessThanOrEqual(0);
        [fewest, most] = [fewest + Math.min(...counts), most + Math.max(...counts)];
      }
      expect([fewest <= granted, granted <= most]).toEqual([true, true]);
    }), RUNS);
  });
});
