import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailability, createAvailabilityIndex, formatQuantity, parseCatalog, parsePolicy, parseSku, type AvailabilityKey, type Catalog, type ChannelId, type Instant, type LocationId, type LocationStock, type Policy,
  type PolicyInput, type Position, type PositionReader, type Quantity, type Sku,
} from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

/*
 * Laws over policies of every kind. Those that need no more than plain rules, and that explanations end in the number and
 * can be evaluated from their steps alone, are in `availability.property.test.ts`.
 */
type Rule = NonNullable<PolicyInput['rules']>[number];
type World = ReadonlyMap<Sku, Position>;
const who = { owner: 'o', reason: 'r' };

const keysOf = (catalog: Catalog, policy: Policy): readonly AvailabilityKey[] => [...catalog.items.keys()].flatMap((sku) => policy.channels.map(({ id }) => ({ channel: id, sku })));
const totals = (catalog: Catalog, policy: Policy, world: World): readonly (Quantity | undefined)[] =>
  createAvailability({ catalog, policy }).computeMany(keysOf(catalog, policy), readerOf(world), { asOf: NOON }).map(({ immediate }) => immediate);
/** A policy with some of its rules, its own and those of overlays. */
function withRules(policy: Policy, keep: (rule: { readonly kind: string }) => boolean, more: readonly Rule[] = []): Policy {
  const gone = [...policy.rules, ...policy.overlays.flatMap(({ rules }) => rules)].filter((rule) => !keep(rule)).map(({ id }) => id);
  const overlays = policy.overlays.map((overlay) => ({ ...overlay, rules: overlay.rules.filter(keep), suspends: overlay.suspends.filter((id) => !gone.includes(id)) }));
  return parsePolicy({ ...policy, rules: [...policy.rules.filter(keep), ...more], overlays });
}

function withStock(world: World, change: (onHand: number, sku: Sku, location: LocationId) => number): World {
  return new Map([...world].map(([sku, position]) => [sku, { ...position, locations: new Map([...position.locations].map(([location, stock]) => [location, { ...stock, onHand: change(Number(stock.onHand), sku, location) }])) }]));
}

it('more on hand never lowers a total, whatever the rules but buffers by level', () => {
  let raised = 0;
  // Levels of a buffer may take more where there is more; that is a finding of the linter, and such rules are left out.
  const isMonotone = (rule: { readonly kind: string; readonly withhold?: object }): boolean => !(rule.kind === 'buffer' && 'levels' in (rule.withhold ?? {}));
  fc.assert(fc.property(catalogs(), policies({ publish: 'total' }), worlds(), fc.constantFrom('A', 'B', 'C'), fc.constantFrom('W1', 'W2', 'W3'), fc.integer({ min: 1, max: 9 }), (catalog, policy, world, sku, location, by) => {
    const monotone = withRules(policy, isMonotone);
    const [before, after] = [world, withStock(world, (onHand, of, at) => onHand + (of === sku && at === location ? by : 0))].map((stock) => totals(catalog, monotone, stock));
    before?.forEach((immediate, index) => {
      expect(Number(after?.[index] ?? 0)).toBeGreaterThanOrEqual(Number(immediate ?? 0));
      raised += Number(after?.[index] !== immediate);
    });
  }), { numRuns: 400 });
  expect(raised).toBeGreaterThan(100);
});

it.each(['cap', 'drawCap', 'pin', 'forceOut'] as const)('%s on one channel leaves every other number as it was', (kind) => {
  let bound = 0;
  fc.assert(fc.property(catalogs(), policies().filter(({ channels }) => channels.length > 1), worlds(), fc.integer({ min: 0, max: 6 }), (catalog, policy, world, units) => {
    const scope = { channel: 'market' };
    const limit: Rule = kind === 'cap' ? { ...who, id: 'limit', kind, scope, most: units } : kind === 'drawCap' ? { ...who, id: 'limit', kind, scope, most: { level: units } } : kind === 'pin' ? { ...who, id: 'limit', kind, scope, quantity: units } : { ...who, id: 'limit', kind, scope };
    const [before, after] = [policy, withRules(policy, () => true, [limit])].map((of) => totals(catalog, of, world));
    const of = (whose: (channel: string) => boolean, numbers: typeof before): unknown => keysOf(catalog, policy).flatMap(({ channel }, index) => (whose(channel) ? [numbers?.[index]] : []));
    expect(of((channel) => channel !== 'market', after)).toEqual(of((channel) => channel !== 'market', before));
    bound += Number(JSON.stringify(of((channel) => channel === 'market', after)) !== JSON.stringify(of((channel) => channel === 'market', before)));
  }), { numRuns: 150 });
  // The limit is felt by the channel that has it.
  expect(bound).toBeGreaterThan(50);
});

it('a share conserves what its channels may draw, whatever else was claimed', () => {
  const ids = ['market', 'shop', 'wholesale'];
  const catalog = parseCatalog([{ sku: 'A' }, { sku: 'B' }, { sku: 'C', scale: 1 }]);
  const weights = fc.tuple(...ids.map(() => fc.integer({ min: 1, max: 9 })));
  let divided = 0;
  fc.assert(fc.property(weights, worlds(), fc.constantFrom('total', 'perLocation'), ([market = 1, shop = 1, wholesale = 1], world, clamp) => {
    const plain: PolicyInput = { version: '1', clamp, channels: ids.map((id) => ({ id, locations: ['W1', 'W2', 'W3'] })) };
    const pool = totals(catalog, parsePolicy(plain), world);
    const parts = totals(catalog, parsePolicy({ ...plain, rules: [{ ...who, id: 'share', kind: 'share', between: { market, shop, wholesale } }] }), world);
    for (let index = 0; index < pool.length; index += ids.length) {
      expect(parts.slice(index, index + ids.length).reduce<number>((sum, part) => sum + Number(part), 0)).toBe(Number(pool[index]));
      divided += Number(Number(pool[index]) > 1);
    }
  }), { numRuns: 300 });
  expect(divided).toBeGreaterThan(200);
});

describe('scaling every quantity', () => {
  const scaled = (factor: number) => <Value>(value: Value): Value => (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? Number(value) * factor as Value : value);
  /** Everything in a rule that counts units. */
  function scaledRule(rule: Policy['rules'][number], times: <Value>(value: Value) => Value): Rule {
    switch (rule.kind) {
      case 'safetyStock': return { ...rule, withhold: 'fixed' in rule.withhold ? { fixed: times(rule.withhold.fixed) } : rule.withhold };
      case 'buffer': return 'fixed' in rule.withhold ? { ...rule, withhold: { fixed: times(rule.withhold.fixed) } } : rule as Rule;
      case 'hideAtOrBelow': return { ...rule, threshold: times(rule.threshold) };
      case 'pin': return { ...rule, quantity: times(rule.quantity) };
      case 'cap': return { ...rule, most: times(rule.most) };
      case 'protection': return { ...rule, keep: 'level' in rule.keep ? { level: times(rule.keep.level) } : { quota: times(rule.keep.quota) } };
      case 'drawCap': return { ...rule, most: 'level' in rule.most ? { level: times(rule.most.level) } : { quota: times(rule.most.quota) } };
      case 'ringfence': return { ...rule, segment: times(rule.segment) };
      case 'sellMultiple': return { ...rule, of: times(rule.of) };
      case 'backorderLimit': case 'preorderLimit': return { ...rule, limit: times(rule.limit) };
      default: return rule as Rule;
    }
  }
  /** A policy in which nothing rounds: what does is left out, and of what is kept for channels, which would be cut by D'Hondt, all but one. */
  function withoutRounding(policy: Policy): Policy {
    const guards = [...policy.rules, ...policy.overlays.flatMap(({ rules }) => rules)].filter(({ kind }) => kind === 'protection' || kind === 'ringfence').slice(1);
    const plain = withRules(policy, (rule) => !rounds(rule as Policy['rules'][number]) && !guards.includes(rule as Policy['rules'][number]));
    const cuts = ({ stale }: Policy['locations'][number]): boolean => typeof stale?.becomes === 'object' && 'percent' in stale.becomes.extraBuffer;
    return parsePolicy({ ...plain, channels: plain.channels.map((channel) => ({ ...channel, wholeUnits: undefined })), locations: plain.locations.map((location) => (cuts(location) ? { ...location, stale: undefined } : location)) });
  }
  // Percentages, days, levels and shares round; kits are whole, and so is what a channel of whole units can express.
  const rounds = ({ kind, withhold }: Policy['rules'][number] & { readonly withhold?: object }): boolean => kind === 'share' || kind === 'percentOfPool' || (withhold !== undefined && !('fixed' in withhold));

  it('scales the answer where no stage rounds', () => {
    let [answers, some, guarded] = [0, 0, 0];
    const catalog = parseCatalog([{ sku: 'A' }, { sku: 'B' }, { sku: 'C', scale: 1 }]);
    fc.assert(fc.property(policies({ spread: 'priority' }), worlds(), fc.integer({ min: 2, max: 1000 }), (drawn, world, factor) => {
      const policy = withoutRounding(drawn);
      const times = scaled(factor);
      const locations = policy.locations.map((location) => (typeof location.stale?.becomes === 'object' && 'fixed' in location.stale.becomes.extraBuffer
        ? { ...location, stale: { ...location.stale, becomes: { extraBuffer: { fixed: times(location.stale.becomes.extraBuffer.fixed) } } } } : location));
      const scaledAll = (rules: Policy['rules']): Rule[] => rules.map((rule) => scaledRule(rule, times));
      const larger = parsePolicy({ ...policy, locations, channels: policy.channels.map((channel) => ({ ...channel, maximum: times(channel.maximum) })), rules: scaledAll(policy.rules), overlays: policy.overlays.map((overlay) => ({ ...overlay, rules: scaledAll(overlay.rules) })) });
      const bigger = new Map([...world].map(([sku, position]): [Sku, Position] => [sku, {
        ...position, unrouted: new Map([...position.unrouted].map(([channel, units]) => [channel, times(units)])), holds: position.holds.map(({ beyond, ...hold }) => ({ ...hold, quantity: times(hold.quantity), beyond: beyond?.map((one) => ({ ...one, quantity: times(one.quantity), units: times(one.units) })) })),
        locations: new Map([...position.locations].map(([location, stock]) => [location, { onHand: times(stock.onHand), unavailable: times(stock.unavailable), committed: times(stock.committed), incoming: times(stock.incoming), inTransit: times(stock.inTransit) }])),
      }]));
      const reader = readerOf(bigger);
      const many = (all: ReadonlyMap<ChannelId, Quantity> | undefined): Map<ChannelId, Quantity> => new Map([...(all ?? [])].map(([channel, units]) => [channel, times(units)]));
      const larger2: PositionReader = { ...reader, consumed: (query) => times(reader.consumed?.(query) ?? 0), promised: (sku) => ({ backordered: many(reader.promised?.(sku)?.backordered), preordered: many(reader.promised?.(sku)?.preordered), preorderedAt: new Map([...(reader.promised?.(sku)?.preorderedAt ?? [])].map(([channel, at]) => [channel, new Map([...at].map(([location, units]) => [location, times(units)]))])) }) };
      const [small, large] = [createAvailability({ catalog, policy }), createAvailability({ catalog, policy: larger })];
      for (const key of keysOf(catalog, policy)) {
        const [one, more] = [small.compute(key, readerOf(world), { asOf: NOON }), large.compute(key, larger2, { asOf: NOON })];
        expect([more.immediate, [...more.parts], more.backorder, more.preorder]).toEqual([times(one.immediate), [...one.parts].map(([location, part]) => [location, times(part)]), times(one.backorder), times(one.preorder)]);
        answers += 1;
        some += Number(one.immediate !== 0 || one.backorder !== 0 || one.preorder !== 0);
        guarded += Number(policy.rules.some(({ kind }) => kind === 'protection' || kind === 'ringfence'));
      }
    }), { numRuns: 500 });
    expect(Math.min(some, guarded)).toBeGreaterThan(answers / 10);
  });
});

it('a location split in two changes nothing, with clamp total, pooled kits and no safety stock', () => {
  const [first, second] = ['W1', 'W1b'] as string[] as [LocationId, LocationId];
  // Every policy has a channel that the location serves, and every world puts some of what is there into either half.
  const served = policies({ publish: 'total', clamp: 'total', kits: 'pooled' }).map((drawn): Policy => {
    const plain = withRules({ ...drawn, locations: [] }, ({ kind }) => kind !== 'safetyStock');
    return parsePolicy({ ...plain, channels: plain.channels.map((channel, index) => (index === 0 && !channel.locations.includes(first) ? { ...channel, locations: [first, ...channel.locations] } : channel)) });
  });
  let [keys, some] = [0, 0];
  fc.assert(fc.property(catalogs(), served, worlds({ least: 2, routed: false }), fc.integer({ min: 1, max: 29 }), (catalog, plain, world, share) => {
    const apart = parsePolicy({ ...plain, channels: plain.channels.map((channel) => ({ ...channel, locations: channel.locations.flatMap((location) => (location === first ? [first, second] : [location])) })) });
    const split = new Map([...world].map(([sku, position]): [Sku, Position] => {
      const stock = position.locations.get(first) as LocationStock;
      const there = Math.min(share, Number(stock.onHand) - 1);
      return [sku, { ...position, locations: new Map([...position.locations, [first, { ...stock, onHand: Number(stock.onHand) - there }], [second, { ...stock, onHand: there, incoming: 0 }]]) }];
    }));
    const whole = totals(catalog, plain, world);
    expect(totals(catalog, apart, split)).toEqual(whole);
    keys += whole.length;
    some += whole.filter((immediate) => Number(immediate ?? 0) > 0).length;
  }), { numRuns: 300 });
  expect(some).toBeGreaterThan(keys / 5);
});

it('a kit of one is its component, whatever binds stocked skus', () => {
  let some = 0;
  const catalog = parseCatalog([{ sku: 'A' }, { sku: 'ONE', components: [{ sku: 'A', quantityPer: 1 }] }]);
  const ofStock = ['safetyStock', 'protection', 'ringfence', 'share', 'priority', 'percentOfPool', 'drawCap'];
  fc.assert(fc.property(policies({ publish: 'total', kits: 'pooled' }), worlds(), (drawn, world) => {
    const incoming: Rule = { ...who, id: 'incoming', kind: 'preorderLimit', limit: 'incoming' };
    const calculator = createAvailability({ catalog, policy: withRules(drawn, ({ kind }) => ofStock.includes(kind), [incoming]) });
    for (const { id } of drawn.channels) {
      const [kit, component] = ['ONE', 'A'].map((sku) => calculator.compute({ channel: id, sku: parseSku(sku) }, readerOf(world), { asOf: NOON }));
      expect([kit?.immediate, kit?.preorder]).toEqual([component?.immediate, component?.preorder]);
      some += Number(component?.immediate !== 0);
    }
  }), { numRuns: 300 });
  expect(some).toBeGreaterThan(100);
});

it('incremental is full over a thousand steps', () => {
  const { position: _, ...reads } = readerOf(new Map());
  const delta = fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('W1', 'W2', 'W3'), fc.constantFrom('onHand', 'unavailable', 'committed', 'incoming'), fc.integer({ min: -9, max: 12 }));
  // Half the positions have neither holds nor open orders: the index keeps those as numbers in columns, in another way than the rest.
  const positions = fc.tuple(worlds(), fc.boolean()).map(([world, plain]) => (plain ? new Map([...world].map(([sku, position]): [Sku, Position] => [sku, { ...position, holds: [], unrouted: new Map() }])) : world));
  const step = fc.oneof({ arbitrary: delta, weight: 12 }, { arbitrary: positions, weight: 1 }, { arbitrary: fc.integer({ min: 0, max: 2 }), weight: 2 });
  const incoming: Rule = { ...who, id: 'incoming', kind: 'preorderLimit', limit: 'incoming' };
  // What is incoming matters to few policies, and sums without any steps are kept where it does not.
  const ruled = fc.tuple(fc.oneof(policies(), policies({ kinds: ['buffer', 'hideAtOrBelow', 'pin', 'cap'], publish: 'total' })), fc.boolean()).map(([policy, waits]) => (waits ? withRules(policy, () => true, [incoming]) : policy));
  fc.assert(fc.property(catalogs(), ruled, fc.array(step, { minLength: 1000, maxLength: 1200, size: 'max' }), (catalog, policy, history) => {
    expect(history.length).toBeGreaterThanOrEqual(1000);
    const index = createAvailabilityIndex({ catalog, policy, asOf: NOON, reads });
    const world = new Map<Sku, Position>();
    const keys = keysOf(catalog, policy);
    let asOf: Instant = NOON;
    history.forEach((event, count) => {
      if (typeof event === 'number') index.advanceTo((asOf = addMs(asOf, event * 60_000)));
      else if (event instanceof Map) {
        for (const [sku, position] of event) { world.set(sku, position); index.apply({ kind: 'position', position }); }
      } else {
        const [sku, location, measure, by] = event as [Sku, LocationId, 'onHand', number];
        const known = world.get(sku) ?? { sku, scale: catalog.items.get(sku)?.scale ?? 0, locations: new Map(), unrouted: new Map(), holds: [] };
        const stock = known.locations.get(location) ?? { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
        world.set(sku, { ...known, locations: new Map([...known.locations, [location, { ...stock, [measure]: Number(stock[measure]) + by }]]) });
        index.apply({ kind: 'delta', sku, location, measure, delta: formatQuantity(by, catalog.items.get(sku)?.scale ?? 0) });
      }
      const full = index.calculator;
      // After every step one key, in turn; all of them now and then, and at the end.
      const asked = count % 100 === 99 || count === history.length - 1 ? keys : keys.slice(count % keys.length, (count % keys.length) + 1);
      for (const key of asked) expect(index.compute(key)).toEqual(full.compute(key, readerOf(world), { asOf }));
    });
  }), { numRuns: 16 });
});
