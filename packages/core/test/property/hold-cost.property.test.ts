import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addMs, createAvailability, decideHold, holdsOf, parseCatalog, parseChannelId, parseHoldRequest, parseInstant, parseLocationId, parsePolicy, parseSku,
  type HoldRecord, type Instant, type LocationStock, type Position, type PositionReader, type Quantity, type Sku,
} from '../../src/index.ts';

/*
 * A hold takes from nobody what is owed: whatever could be served before it was granted, from stock or once all that is
 * expected has come, can be served after it. What can be served is found here by looking at every set of channels.
 */
const NOON = parseInstant('2026-11-23T12:00:00Z');
const PLACES = ['W1', 'W2', 'W3'].map((id) => parseLocationId(id));
const CHANNELS = ['a', 'b', 'c'].map((id) => parseChannelId(id));
const STOCKED = ['A', 'B'].map((name) => parseSku(name)) as [Sku, Sku];
const who = { owner: 'ops', reason: 'law' };

const places = fc.shuffledSubarray(PLACES, { minLength: 1 });
const perSku = <Value>(one: fc.Arbitrary<Value>): fc.Arbitrary<readonly [Value, Value]> => fc.tuple(one, one);
const sometimes = <Value>(one: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(one, { nil: undefined });
const withhold = fc.oneof(fc.nat(2).map((fixed) => ({ fixed })), fc.integer({ min: 1, max: 5 }).map((tenths) => ({ percent: tenths * 10 })));

const worlds = fc.record({
  channels: fc.array(places, { minLength: 1, maxLength: 3 }).map((all) => all.map((locations, index) => ({ id: CHANNELS[index] ?? 'a', locations }))),
  kits: fc.constantFrom('pooled' as const, 'perLocation' as const),
  quantityPer: fc.constantFrom<number | string>(1, 2, '1/2', '2/3', '3/2', '1/3'),
  preorders: sometimes(fc.constantFrom('incoming' as const)),
  backorders: sometimes(fc.nat(3)),
  safety: sometimes(fc.record({ withhold, location: sometimes(fc.constantFrom(...PLACES)) })),
  kept: sometimes(fc.record({ level: fc.nat(3), channel: fc.constantFrom(...CHANNELS) })),
  stock: perSku(fc.tuple(...PLACES.map(() => fc.record({ onHand: fc.integer({ min: -1, max: 6 }), committed: fc.constantFrom(0, 0, 0, 1, 2), incoming: fc.constantFrom(0, 0, 1, 4) })))),
  unrouted: perSku(fc.tuple(...CHANNELS.map(() => fc.constantFrom(0, 0, 1, 3)))),
  requests: fc.array(fc.record({
    channel: fc.constantFrom(...CHANNELS), minutes: fc.constantFrom(2, 60), grant: fc.constantFrom('part' as const, 'part' as const, 'all' as const), sku: fc.constantFrom('A', 'KIT', 'KIT', 'SET'),
    lines: fc.array(fc.record({ isOther: fc.constantFrom(false, false, true), quantity: fc.integer({ min: 1, max: 8 }), promise: fc.constantFrom('stock' as const, 'stock' as const, 'backorder' as const, 'preorder' as const) }), { minLength: 1, maxLength: 3 }),
  }), { minLength: 1, maxLength: 4 }),
});
type World = typeof worlds extends fc.Arbitrary<infer Drawn> ? Drawn : never;

it('takes nothing that another is owed', () => {
  fc.assert(fc.property(worlds, (world) => {
    const policy = parsePolicy({ version: '1', clamp: 'perLocation', kits: world.kits, channels: world.channels, rules: rulesOf(world) });
    const catalog = parseCatalog([...STOCKED.map((sku) => ({ sku })), { sku: 'KIT', components: [{ sku: 'A', quantityPer: world.quantityPer }, { sku: 'B', quantityPer: 1 }] }, { sku: 'SET', components: [{ sku: 'KIT', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }]);
    const calculator = createAvailability({ catalog, policy });
    const held: HoldRecord[] = [];
    const positionOf = (sku: Sku): Position => stockOf(world, sku, held);
    const positions: PositionReader = { position: (sku) => (STOCKED.includes(sku) ? positionOf(sku) : undefined), promised: () => ({ backordered: new Map(), preordered: new Map() }) };
    world.requests.forEach(({ channel, minutes, grant, sku, lines }, index) => {
      if (!world.channels.some(({ id }) => id === channel)) return;
      const asOf = addMs(NOON, index * 60_000);
      const before = STOCKED.map((one) => owedInVain(world, positionOf(one), asOf));
      const request = parseHoldRequest({ id: `h${String(index)}`, channel, expiresAt: addMs(asOf, minutes * 60_000), grant, lines: lines.map(({ isOther, quantity, promise }) => ({ sku: isOther ? 'B' : sku, quantity, promise })) }, catalog);
      const { hold } = decideHold(calculator, request, { positions, asOf });
      if (hold !== undefined) held.push(hold);
      STOCKED.forEach((one, at) => {
        const after = owedInVain(world, positionOf(one), asOf);
        for (const when of ['now', 'inTheEnd', 'missing'] as const) expect(after[when], `${one} ${when}`).toBeLessThanOrEqual(before[at]?.[when] ?? 0);
      });
    });
  }), { numRuns: 1_500 });
});

function rulesOf({ preorders, backorders, safety, kept, channels }: World): readonly object[] {
  return [
    ...(preorders === undefined ? [] : [{ ...who, id: 'preorders', kind: 'preorderLimit', limit: preorders }]),
    ...(backorders === undefined ? [] : [{ ...who, id: 'backorders', kind: 'backorderLimit', limit: backorders }]),
    ...(safety === undefined ? [] : [{ ...who, id: 'safety', kind: 'safetyStock', withhold: safety.withhold, ...(safety.location === undefined ? {} : { scope: { location: safety.location } }) }]),
    ...(kept === undefined || !channels.some(({ id }) => id === kept.channel) ? [] : [{ ...who, id: 'kept', kind: 'protection', scope: { channel: kept.channel }, keep: { level: kept.level } }]),
  ];
}

function stockOf({ stock, unrouted, channels }: World, sku: Sku, held: readonly HoldRecord[]): Position {
  const at = STOCKED.indexOf(sku);
  const locations = new Map(PLACES.map((place, index): [typeof place, LocationStock] => [place, { onHand: 0, committed: 0, incoming: 0, ...stock[at]?.[index], unavailable: 0, inTransit: 0 }]));
  const asked = CHANNELS.flatMap((channel, index): [typeof channel, Quantity][] => (channels.some(({ id }) => id === channel) ? [[channel, unrouted[at]?.[index] ?? 0]] : []));
  return { sku, scale: 0, locations, unrouted: new Map(asked), holds: holdsOf(sku, held, () => false) };
}

/** How much of what is owed nothing could serve: from stock, once what is expected has come, and at places that owe more than they have. */
function owedInVain({ channels }: World, { locations, unrouted, holds }: Position, asOf: Instant): Readonly<Record<'now' | 'inTheEnd' | 'missing', number>> {
  const there = new Map(PLACES.map((place) => [place, Number(locations.get(place)?.onHand) - Number(locations.get(place)?.committed)]));
  const asked = new Map(channels.map(({ id }) => [id, { now: Number(unrouted.get(id as never) ?? 0), later: 0 }]));
  for (const { channel, location, quantity, expiresAt, beyond = [] } of holds) {
    if (expiresAt <= asOf) continue;
    const waiting = (promise: string): number => beyond.reduce((sum, part) => (part.promise === promise ? sum + Number(part.units) : sum), 0);
    const fromStock = Number(quantity) - waiting('backorder') - waiting('preorder');
    const of = asked.get(channel);
    if (location !== '') there.set(location, (there.get(location) ?? 0) - fromStock);
    else if (of !== undefined) of.now += fromStock;
    if (of !== undefined) of.later += waiting('preorder');
  }
  const inVain = (demand: (of: { readonly now: number; readonly later: number }) => number, supply: (place: (typeof PLACES)[number]) => number): number => {
    let most = 0;
    for (let set = 1; set < 2 ** channels.length; set += 1) {
      const those = channels.filter((_, index) => (set & (1 << index)) !== 0);
      const drawn = new Set(those.flatMap((one) => one.locations));
      const asks = those.reduce((sum, { id }) => sum + demand(asked.get(id) ?? { now: 0, later: 0 }), 0);
      most = Math.max(most, asks - [...drawn].reduce((sum, place) => sum + supply(place), 0));
    }
    return most;
  };
  const has = (place: (typeof PLACES)[number]): number => Math.max(0, there.get(place) ?? 0);
  return {
    now: inVain(({ now }) => now, has),
    inTheEnd: inVain(({ now, later }) => now + later, (place) => has(place) + Number(locations.get(place)?.incoming)),
    missing: PLACES.reduce((sum, place) => sum + Math.max(0, -(there.get(place) ?? 0)), 0),
  };
}
