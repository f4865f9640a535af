import {
  createAvailabilityIndex, formatQuantity, parseCatalog, parseInstant, parseLocationId, parsePolicy, parseSku, type AvailabilityKey, type IndexEvent, type LocationId, type Sku,
} from '@stockwright/core';
import { Decimal } from 'decimal.js';
import { randomNumbers, type Comparison } from './compare.ts';

const LEAVES = 9_000;
const KITS = 1_000;
const SKUS = LEAVES + KITS;
const PLACES = 20;
const CHANNELS = 5;
const EVENTS = 5_000;
const SCALE = 3;

const next = randomNumbers(77);
const below = (most: number): number => Math.floor(next() * most);
const names = Array.from({ length: SKUS }, (_, index) => parseSku(`SKU-${String(index)}`));
const locations = Array.from({ length: PLACES }, (_, index) => parseLocationId(`warehouse-${String(index)}`));
const draws = Array.from({ length: CHANNELS }, () => { const places = locations.map((_, place) => place).filter(() => next() < 0.6); return places.length === 0 ? [0] : places; });
const recipes = Array.from({ length: KITS }, (_, kit) => {
  const parts = new Map<number, number>();
  const count = 2 + below(5);
  while (parts.size < count) parts.set(kit % 8 === 7 && parts.size === 1 ? 0 : 1 + below(LEAVES - 1), 1 + below(3));
  return [...parts];
});
const levels = Array.from({ length: LEAVES * PLACES }, () => ({ onHand: below(100_000), unavailable: below(20_000), committed: below(10_000) }));
const buffers = Array.from({ length: CHANNELS }, (_, channel) => channel);
const events = Array.from({ length: EVENTS }, () => ({ sku: below(LEAVES), place: below(PLACES), unavailable: next() < 0.7, by: (next() < 0.5 ? 1 : -1) * 1_000 * (1 + below(3)) }));

function ourIndex() {
  const catalog = parseCatalog(names.map((sku, index) => (index < LEAVES
    ? { sku, scale: SCALE } : { sku, components: (recipes[index - LEAVES] ?? []).map(([part, quantityPer]) => ({ sku: names[part] ?? '', quantityPer })) })));
  const policy = parsePolicy({
    version: '1', channels: draws.map((places, channel) => ({ id: `C${String(channel)}`, locations: places.map((place) => locations[place] ?? '') })),
    rules: buffers.map((buffer, channel) => ({ id: `b${String(channel)}`, owner: 'ops', reason: 'lag', kind: 'buffer' as const, scope: { channel: `C${String(channel)}` }, withhold: { fixed: buffer } })),
  });
  const index = createAvailabilityIndex({ catalog, policy, asOf: parseInstant('2026-11-23T10:00:00Z') });
  for (let leaf = 0; leaf < LEAVES; leaf += 1) {
    const stocks = locations.map((location, place): [LocationId, { onHand: number; unavailable: number; committed: number; incoming: number; inTransit: number }] =>
      [location, { ...(levels[leaf * PLACES + place] ?? { onHand: 0, unavailable: 0, committed: 0 }), incoming: 0, inTransit: 0 }]);
    index.apply({ kind: 'position', position: { sku: names[leaf] ?? ('' as Sku), scale: SCALE, locations: new Map(stocks), unrouted: new Map(), holds: [] } });
  }
  index.drainChanges();
  return index;
}

interface Rival {
  apply(event: (typeof events)[number], sign: number): void;
  shown(sku: number, channel: number): number;
}

/** By hand, for this one policy: arrays of numbers, running sums, integer ids. */
function limit(): Rival {
  const onHand = Float64Array.from(levels, (level) => level.onHand);
  const rest = Float64Array.from(levels, (level) => level.unavailable + level.committed);
  const pool = new Float64Array(SKUS * CHANNELS);
  const shown = new Float64Array(SKUS * CHANNELS);
  const channelsAt = locations.map((_, place) => Int32Array.from(draws.flatMap((places, channel) => (places.includes(place) ? [channel] : []))));
  const users = Array.from({ length: LEAVES }, (): number[] => []);
  recipes.forEach((recipe, kit) => { for (const [part] of recipe) users[part]?.push(kit); });
  const parts = recipes.map((recipe) => Int32Array.from(recipe.flat()));
  const publish = (key: number, channel: number, unit: number): void => { shown[key] = Math.max(0, (pool[key] ?? 0) - Math.min((buffers[channel] ?? 0) * unit, Math.max(0, pool[key] ?? 0))); };
  const build = (kit: number, channel: number): void => {
    const recipe = parts[kit] ?? new Int32Array(0);
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < recipe.length; at += 2) {
      const kits = Math.floor((pool[(recipe[at] ?? 0) * CHANNELS + channel] ?? 0) / ((recipe[at + 1] ?? 1) * 1_000));
      if (kits < least) least = kits;
    }
    pool[(LEAVES + kit) * CHANNELS + channel] = least;
    publish((LEAVES + kit) * CHANNELS + channel, channel, 1);
  };
  for (let sku = 0; sku < LEAVES; sku += 1) draws.forEach((places, channel) => {
    let sum = 0;
    for (const place of places) sum += (onHand[sku * PLACES + place] ?? 0) - (rest[sku * PLACES + place] ?? 0);
    pool[sku * CHANNELS + channel] = sum;
    publish(sku * CHANNELS + channel, channel, 1_000);
  });
  for (let kit = 0; kit < KITS; kit += 1) for (let channel = 0; channel < CHANNELS; channel += 1) build(kit, channel);
  return {
    apply: ({ sku, place, unavailable, by }, sign) => {
      const at = sku * PLACES + place;
      const column = unavailable ? rest : onHand;
      const sum = (column[at] ?? 0) + sign * by;
      if (!Number.isSafeInteger(sum)) throw new RangeError('overflow');
      column[at] = sum;
      for (const channel of channelsAt[place] ?? []) {
        const key = sku * CHANNELS + channel;
        pool[key] = (pool[key] ?? 0) + (unavailable ? -sign * by : sign * by);
        publish(key, channel, 1_000);
        for (const kit of users[sku] ?? []) build(kit, channel);
      }
    },
    shown: (sku, channel) => shown[sku * CHANNELS + channel] ?? 0,
  };
}

interface Numbers<N> {
  readonly of: (steps: number) => N;
  readonly add: (a: N, b: N) => N;
  readonly subtract: (a: N, b: N) => N;
  readonly less: (a: N, b: N) => boolean;
  readonly kits: (a: N, per: number) => N;
  readonly steps: (a: N, unit: number) => number;
}

/** As most would write it: maps by text, every sum anew. */
function idiomatic<N>({ of, add, subtract, less, kits, steps }: Numbers<N>): Rival {
  const stock = new Map(names.slice(0, LEAVES).map((sku, leaf) => [sku as string, new Map(locations.map((location, place) => {
    const level = levels[leaf * PLACES + place] ?? { onHand: 0, unavailable: 0, committed: 0 };
    return [location as string, { onHand: of(level.onHand), unavailable: of(level.unavailable), committed: of(level.committed) }];
  }))]));
  const channels = draws.map((places, channel) => ({ id: `C${String(channel)}`, places: places.map((place) => locations[place] as string), set: new Set(places.map((place) => locations[place] as string)) }));
  const parts = new Map(recipes.map((recipe, kit) => [names[LEAVES + kit] as string, recipe.map(([part, per]) => ({ sku: names[part] as string, per }))]));
  const users = new Map<string, string[]>();
  for (const [kit, recipe] of parts) for (const { sku } of recipe) users.set(sku, [...(users.get(sku) ?? []), kit]);
  const pools = new Map<string, N>();
  const shown = new Map<string, N>();
  const zero = of(0);
  const publish = (sku: string, channel: number, unit: number): void => {
    const key = `${sku}|C${String(channel)}`;
    const pool = pools.get(key) ?? zero;
    const held = unit === 1 ? of(channel) : of(channel * 1_000);
    const there = less(pool, zero) ? zero : pool;
    const left = subtract(pool, less(there, held) ? there : held);
    shown.set(key, less(left, zero) ? zero : left);
  };
  const leaf = (sku: string, channel: number): void => {
    let sum = zero;
    for (const place of channels[channel]?.places ?? []) {
      const level = stock.get(sku)?.get(place);
      if (level !== undefined) sum = add(sum, subtract(subtract(level.onHand, level.unavailable), level.committed));
    }
    pools.set(`${sku}|C${String(channel)}`, sum);
    publish(sku, channel, 1_000);
  };
  const build = (kit: string, channel: number): void => {
    let least: N | undefined;
    for (const { sku, per } of parts.get(kit) ?? []) {
      const count = kits(pools.get(`${sku}|C${String(channel)}`) ?? zero, per);
      if (least === undefined || less(count, least)) least = count;
    }
    pools.set(`${kit}|C${String(channel)}`, least ?? zero);
    publish(kit, channel, 1);
  };
  for (const sku of stock.keys()) channels.forEach((_, channel) => { leaf(sku, channel); });
  for (const kit of parts.keys()) channels.forEach((_, channel) => { build(kit, channel); });
  return {
    apply: ({ sku, place, unavailable, by }, sign) => {
      const name = names[sku] as string;
      const location = locations[place] as string;
      const level = stock.get(name)?.get(location);
      if (level === undefined) return;
      if (unavailable) level.unavailable = add(level.unavailable, of(sign * by));
      else level.onHand = add(level.onHand, of(sign * by));
      channels.forEach(({ set }, channel) => {
        if (!set.has(location)) return;
        leaf(name, channel);
        for (const kit of users.get(name) ?? []) build(kit, channel);
      });
    },
    shown: (sku, channel) => steps(shown.get(`${names[sku] as string}|C${String(channel)}`) ?? zero, sku < LEAVES ? 1_000 : 1),
  };
}

const plain: Numbers<number> = { of: (steps) => steps, add: (a, b) => a + b, subtract: (a, b) => a - b, less: (a, b) => a < b, kits: (a, per) => Math.floor(a / (per * 1_000)), steps: (a) => a };
const decimals: Numbers<Decimal> = {
  of: (steps) => new Decimal(steps), add: (a, b) => a.plus(b), subtract: (a, b) => a.minus(b), less: (a, b) => a.lt(b), kits: (a, per) => a.div(per * 1_000).floor(), steps: (a) => a.toNumber(),
};

const index = ourIndex();
const channelIds = index.calculator.policy.channels.map(({ id }) => id);
const texts = [1, -1].map((sign) => events.map(({ sku, place, unavailable, by }): IndexEvent =>
  ({ kind: 'delta', sku: names[sku] ?? ('' as Sku), location: locations[place] ?? ('' as LocationId), measure: unavailable ? 'unavailable' : 'onHand', delta: formatQuantity(sign * by, SCALE) })));

/** All events and then their reversals, so that every run begins with the same stock. */
function ours(): string {
  for (const list of texts) for (const event of list) index.apply(event);
  index.drainChanges();
  return checksum((sku, channel) => Number(index.compute({ sku: names[sku], channel: channelIds[channel] } as AvailabilityKey).immediate));
}

function rival(other: Rival): () => string {
  return () => {
    for (const sign of [1, -1]) for (const event of events) other.apply(event, sign);
    return checksum((sku, channel) => other.shown(sku, channel));
  };
}

function checksum(shown: (sku: number, channel: number) => number): string {
  let sum = 0;
  for (let sku = 0; sku < SKUS; sku += 97) for (let channel = 0; channel < CHANNELS; channel += 1) sum = (sum * 31 + shown(sku, channel)) % 1_000_000_007;
  return String(sum);
}

export const comparisons: readonly Comparison[] = [{
  name: 'index, text events, 10,000 skus', per: 2 * EVENTS, ours: { name: 'apply', run: ours },
  against: [
    { name: 'arrays by hand, integer events', ratio: 'speed', run: rival(limit()), goal: { floor: 0.12, aim: 0.35 } },
    { name: 'maps of numbers', ratio: 'speed', run: rival(idiomatic(plain)), goal: { floor: 4, aim: 13 } },
    { name: 'maps of decimal.js', ratio: 'speed', run: rival(idiomatic(decimals)), goal: { floor: 30, aim: 95 } },
  ],
}];
