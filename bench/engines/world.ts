import {
  createAvailability, parseCatalog, parseInstant, parseLocationId, parsePolicy, parseSku,
  type AvailabilityKey, type LocationId, type LocationStock, type Position, type Sku,
} from '@stockwright/core';
import { randomNumbers } from '../compare.ts';

/** One key of the policy as a document, the form that rules engines read. The shape of `b/engines.mjs` in the shared folder. */
export interface Document {
  readonly channel: { readonly id: string; readonly buffer: number; readonly cap: number; readonly threshold: number };
  readonly components: readonly {
    readonly qty: number;
    readonly locations: readonly { readonly id: string; readonly onHand: number; readonly reserved: number; readonly safety: number; readonly eligible: boolean }[];
  }[];
}

const LOCATIONS = 10;
const CHANNELS = 3;
const SOLD = 333;

const next = randomNumbers(11);
const below = (most: number): number => Math.floor(next() * most);
const locations = Array.from({ length: LOCATIONS }, (_, place) => parseLocationId(`l${String(place)}`));
const channels = Array.from({ length: CHANNELS }, (_, index) => ({
  id: `c${String(index)}`, buffer: below(10), cap: 50 + below(500), threshold: 1 + below(20), eligible: locations.map((_location, place) => place === 0 || next() < 0.6),
}));

/** What is sold: nine of ten as they are, the tenth a kit of two to six parts. */
const sold = Array.from({ length: SOLD }, (_, number) => ({
  sku: `s${String(number)}`, kit: number % 10 === 0,
  parts: Array.from({ length: number % 10 === 0 ? 2 + below(5) : 1 }, () => ({ qty: number % 10 === 0 ? 1 + below(4) : 1, stock: locations.map(() => ({ onHand: below(200), reserved: below(40), safety: below(20) })) })),
}));

export const documents: readonly Document[] = sold.flatMap(({ parts }) => channels.map(({ eligible, ...channel }) => ({
  channel, components: parts.map(({ qty, stock }) => ({ qty, locations: stock.map((row, place) => ({ id: locations[place] ?? '', ...row, eligible: eligible[place] === true })) })),
})));

const stocked = sold.flatMap(({ sku, kit, parts }) => parts.map(({ qty, stock }, part) => ({ of: sku, sku: kit ? `${sku}-${String(part)}` : sku, qty, stock })));
const base = { owner: 'ops', reason: 'bench' };

export const calculator = createAvailability({
  catalog: parseCatalog([
    ...stocked.map(({ sku }) => ({ sku })),
    ...sold.filter(({ kit }) => kit).map(({ sku }) => ({ sku, components: stocked.filter(({ of }) => of === sku).map((part) => ({ sku: part.sku, quantityPer: part.qty })) })),
  ]),
  policy: parsePolicy({
    version: '1', clamp: 'perLocation', channels: channels.map(({ id, eligible }) => ({ id, locations: locations.filter((_, place) => eligible[place] === true) })),
    rules: channels.flatMap(({ id, buffer, cap, threshold }) => [
      { ...base, id: `buffer-${id}`, kind: 'buffer' as const, scope: { channel: id }, withhold: { fixed: buffer } },
      { ...base, id: `hide-${id}`, kind: 'hideAtOrBelow' as const, scope: { channel: id }, threshold: threshold - 1 },
      { ...base, id: `cap-${id}`, kind: 'cap' as const, scope: { channel: id }, most: cap },
    ]),
  }),
});

const positions = new Map(stocked.map(({ sku, stock }): [Sku, Position] => [parseSku(sku), {
  sku: parseSku(sku), scale: 0, unrouted: new Map(), holds: [],
  locations: new Map(stock.map(({ onHand, reserved, safety }, place): [LocationId, LocationStock] => [locations[place] ?? ('' as LocationId), { onHand, unavailable: reserved, committed: safety, incoming: 0, inTransit: 0 }])),
}]));
export const reader = { position: (sku: Sku): Position | undefined => positions.get(sku) };
export const moment = { asOf: parseInstant('2026-11-23T10:00:00Z') };
export const keys: readonly AvailabilityKey[] = sold.flatMap(({ sku }) => calculator.policy.channels.map(({ id }) => ({ sku: parseSku(sku), channel: id })));

/** What the components make, by hand. */
export function made({ components }: Document): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { qty, locations: rows } of components) {
    let sum = 0;
    for (const row of rows) {
      if (!row.eligible) continue;
      const net = row.onHand - row.reserved - row.safety;
      if (net > 0) sum += net;
    }
    const kits = Math.floor(sum / qty);
    if (kits < least) least = kits;
  }
  return least;
}

/** The whole policy by hand. */
export function byHand(document: Document): number {
  return listed(made(document), document.channel);
}

function listed(supply: number, { buffer, threshold, cap }: Document['channel']): number {
  const left = supply - buffer;
  if (left < threshold) return 0;
  return left > cap ? cap : left;
}

const byChannel = new Map(channels.map(({ eligible, ...channel }) => [channel.id as string, { channel, eligible: locations.filter((_, place) => eligible[place] === true) }]));
const kits = new Map(sold.filter(({ kit }) => kit).map(({ sku }) => [parseSku(sku), stocked.filter(({ of }) => of === sku).map((part) => ({ sku: parseSku(part.sku), qty: part.qty }))]));

/** The same over the positions that ours reads, in plain numbers. */
export function byHandOverPositions({ channel: id, sku }: AvailabilityKey): number {
  const of = byChannel.get(id);
  if (of === undefined) throw new RangeError(`There is no channel ${id}.`);
  let least = Number.POSITIVE_INFINITY;
  for (const part of kits.get(sku) ?? [{ sku, qty: 1 }]) {
    const rows = positions.get(part.sku)?.locations;
    let sum = 0;
    for (const location of of.eligible) {
      const row = rows?.get(location);
      if (row === undefined) continue;
      const net = (row.onHand as number) - (row.unavailable as number) - (row.committed as number);
      if (net > 0) sum += net;
    }
    const made = Math.floor(sum / part.qty);
    if (made < least) least = made;
  }
  return listed(least, of.channel);
}
