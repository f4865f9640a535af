import type { About } from '../../explanation/arithmetic.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import type { ContestedGroup, ContestedUnion } from '../../policy/contested.ts';
import { isFraction, kitsFrom, type PerKit } from '../../quantity/per-kit.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, scaleQuantity, subtractQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { countedAt, demandOn, lessDemands, unservedIn, type Pool } from './04-pools.ts';
import type { ComponentSupply, Kit } from './06-components.ts';

/** A group of locations, and what each could build if nobody else asked for anything. */
interface Asked<N> {
  readonly group: ContestedGroup;
  readonly supply: Pick<ComponentSupply<N>, 'at' | 'pool'>;
  readonly built: ReadonlyMap<LocationId | undefined, N>;
}

/**
 * How many kits the locations of a group can build when what other channels ask of some of them is served from those: a
 * kit takes its parts from one place, so that its count can be less than what is left of each part in sum.
 *
 * @remarks
 * What only a set of locations can serve leaves them so much of a component, and so many kits; the kits of the parts of
 * the group are at most that for every set of parts. The answer is the most kits that keep to all of these, which for up
 * to three parts is the least over the ways to cover them. With more parts, what may be served from a location is taken
 * off each, which is safe.
 *
 * @returns Absent where nothing that is asked takes anything: then each location can build what it could.
 * @see stages 4 and 6 of the README
 */
export function kitsBeside<N>(context: StageContext<N>, kit: Kit, asked: Asked<N>): N | undefined {
  return asked.group.unions === undefined ? besideAllDemand(context, kit, asked) : besideServed(context, kit, { ...asked, unions: asked.group.unions });
}

/** What a union of sets has of a component beyond what is asked of it. */
export interface Room {
  readonly sku: Sku;
  readonly quantityPer: PerKit;
  readonly set: ContestedUnion;
  readonly asks: boolean;
  readonly left: Quantity;
  /** What several locations may take more than one would, where each rounds a fraction up: as much is left alone, which is safe. */
  readonly lost: Quantity;
}

function besideServed<N>(context: StageContext<N>, kit: Kit, { group, unions, supply, built }: Asked<N> & { readonly unions: readonly ContestedUnion[] }): N | undefined {
  const { ops } = context;
  const about = ops.about?.('kits', kit.sku);
  const rooms = kit.components.map(({ sku, quantityPer }) => roomsOf(context, supply.pool(sku), { sku, quantityPer, unions }));
  if (!rooms.flat().some(({ asks }) => asks)) return undefined;
  const whole = group.parts.map((locations) => {
    const kits = locations.flatMap((location) => built.get(location) ?? []);
    const [only] = kits;
    return kits.length === 1 && only !== undefined ? only : ops.sum(kits, ops.note?.(about, `kits that ${locations.join(', ')} can build`));
  });
  const most = new Map(whole.map((kits, number) => [1 << number, kits]));
  let bound = false;
  for (let parts = 1; parts < 1 << whole.length; parts += 1) {
    const least = leastOf(rooms, parts);
    const free = whole.reduce<Quantity>((sum, kits, number) => ((parts & (1 << number)) === 0 ? sum : addQuantities(sum, ops.value(kits))), 0);
    if (least === undefined || compareQuantities(least.kits, free) >= 0) continue;
    bound = true;
    most.set(parts, roomStep(context, supply.pool(least.room.sku), { room: least.room, rooms: rooms[least.component] ?? [] }));
  }
  return bound ? ops.min(coversOf(context, kit, most), ops.note?.(about, 'kits beside what other channels ask of these locations', 'SHARED_POOL')) : undefined;
}

/** What each union of the other channels' sets has beyond what they ask of it. */
export function roomsOf<N>(context: StageContext<N>, pool: Pool<N>, { sku, quantityPer, unions }: { readonly sku: Sku; readonly quantityPer: PerKit; readonly unions: readonly ContestedUnion[] }): readonly Room[] {
  return unions.map((set) => {
    const demand = demandOn(context, pool, set.channels);
    let left: Quantity = subtractQuantities(0, demand);
    for (const place of set.places) left = addQuantities(left, maxQuantity(context.ops.value(pool.at(place)), 0));
    return { sku, quantityPer, set, asks: compareQuantities(demand, 0) > 0, left, lost: isFraction(quantityPer) ? lostIn(context.channel, { set, denominator: quantityPer.denominator }) : 0 };
  });
}

function lostIn({ places }: StageContext<unknown>['channel'], { set, denominator }: { readonly set: ContestedUnion; readonly denominator: Quantity }): Quantity {
  const own = places.filter((place) => set.has.has(place)).length;
  return own < 2 ? 0 : scaleQuantity(subtractQuantities(denominator, 1), own, denominator, 'up');
}

/** How many kits a union of the other channels' sets leaves at nobody's cost, when that much of what they ask cannot be served anyway. */
export function kitsBesideIn({ left, lost, quantityPer }: Room, unserved: Quantity): Quantity {
  const units = subtractQuantities(left, unserved);
  return kitsFrom(quantityPer, lost === 0 ? units : maxQuantity(subtractQuantities(units, lost), 0));
}

/** The union that lacks the most of what is asked of it; absent where none lacks anything. */
export function worstOf(rooms: readonly Room[]): Room | undefined {
  let worst: Room | undefined;
  for (const room of rooms) if (compareQuantities(room.left, worst?.left ?? 0) < 0) worst = room;
  return worst;
}

/** The component and the set of locations that leave some parts of the group the fewest kits. */
function leastOf(rooms: readonly (readonly Room[])[], parts: number): { readonly component: number; readonly room: Room; readonly kits: Quantity } | undefined {
  let least: { readonly component: number; readonly room: Room; readonly kits: Quantity } | undefined;
  for (const [component, all] of rooms.entries()) {
    const unserved = worstOf(all)?.left ?? 0;
    for (const room of all) {
      if (room.set.parts !== parts || !room.asks) continue;
      const kits = kitsBesideIn(room, unserved);
      if (least === undefined || compareQuantities(kits, least.kits) < 0) least = { component, room, kits };
    }
  }
  return least;
}

/** The same number in arithmetic. */
function roomStep<N>(context: StageContext<N>, pool: Pool<N>, { room, rooms }: { readonly room: Room; readonly rooms: readonly Room[] }): N {
  const { ops } = context;
  const { sku, quantityPer, set } = room;
  const about = ops.about?.('kits', sku);
  return ops.floorDivide(unitsStep(context, pool, { room, rooms, about }), quantityPer, ops.note?.(about, `kits that ${sku} allows beside what other channels ask of ${set.name}`, 'SHARED_POOL'));
}

/** How many units may be taken from a union of the other channels' sets at nobody's cost. */
export function unitsStep<N>(context: StageContext<N>, pool: Pool<N>, { room: { set, lost }, rooms, about }: { readonly room: Room; readonly rooms: readonly Room[]; readonly about: About | undefined }): N {
  const { ops } = context;
  const supply = ops.total(set.places, { read: (place) => countedAt(context, pool, { place, about }), net: undefined }, ops.note?.(about, `supply of ${set.name}`));
  const left = lessDemands(context, pool, { from: supply, channels: set.channels, about });
  const worst = worstOf(rooms)?.set;
  const free = worst === undefined ? left : ops.add(left, unservedIn(context, pool, { set: worst, about }).beyond, ops.note?.(about, 'left, since demand that nothing can serve takes nothing', 'CLAIMS'));
  if (lost === 0) return free;
  const rest = ops.subtract(free, ops.input(lost, ops.note?.(about, 'may be cut open at several locations')), ops.note?.(about, 'left whole'));
  return ops.notNegative(rest, ops.note?.(about, 'left whole'));
}

/** The ways to cover up to three parts by sets of them, each part by bit; two covers of all by pairs count each part twice. */
const COVERS: readonly (readonly number[])[] = [[1], [1, 2], [3], [1, 2, 4], [1, 6], [2, 5], [4, 3], [3, 5], [3, 6], [5, 6], [7]];
const PAIRS: readonly number[] = [3, 5, 6];
/** The covers by all parts that they cover and no others: one, two or three. */
const COVERS_OF: ReadonlyMap<number, readonly (readonly number[])[]> = new Map([1, 3, 7].map((all) => [all, COVERS.filter((cover) => cover.reduce((bits, parts) => bits | parts, 0) === all)]));

/** The most that up to three parts can have together, where any of them together have at most so much. */
export function mostTogether(most: ReadonlyMap<number, Quantity>, half: (sum: Quantity) => Quantity): Quantity {
  const sumOf = (cover: readonly number[]): Quantity => cover.reduce<Quantity>((sum, parts) => addQuantities(sum, most.get(parts) ?? 0), 0);
  const all = [...most.keys()].reduce((bits, parts) => bits | parts, 0);
  let least = most.get(all) ?? 0;
  for (const cover of COVERS_OF.get(all) ?? []) least = minQuantity(least, sumOf(cover));
  return most.has(6) ? minQuantity(least, half(sumOf(PAIRS))) : least;
}

function coversOf<N>({ ops }: StageContext<N>, { sku }: Kit, most: ReadonlyMap<number, N>): readonly N[] {
  const about = ops.about?.('kits', sku);
  const all = [...most.keys()].reduce((bits, parts) => bits | parts, 0);
  const known = (cover: readonly number[]): readonly N[] | undefined => {
    const kits = cover.flatMap((parts) => most.get(parts) ?? []);
    return kits.length === cover.length ? kits : undefined;
  };
  const sums = (COVERS_OF.get(all) ?? []).flatMap((cover) => {
    const kits = known(cover);
    const [only] = kits ?? [];
    if (kits === undefined || only === undefined) return [];
    return kits.length === 1 ? [only] : [ops.sum(kits, ops.note?.(about, 'kits that these can build together'))];
  });
  const pairs = known(PAIRS);
  return pairs === undefined ? sums : [...sums, ops.floorDivide(ops.sum(pairs, ops.note?.(about, 'kits of each two parts together')), 2, ops.note?.(about, 'half of that, since each part counts twice'))];
}

/** Takes off each location all that may be asked of it. */
function besideAllDemand<N>(context: StageContext<N>, { sku: kit, components }: Kit, { group, supply, built }: Asked<N>): N | undefined {
  const { ops, channel } = context;
  let bound = false;
  const kits = channel.locations.flatMap((location, order) => {
    const channels = group.rivalsAt.get(location);
    const whole = built.get(location);
    const place = channel.places[order];
    if (channels === undefined || whole === undefined || place === undefined) return [];
    if (!components.some(({ sku }) => compareQuantities(demandOn(context, supply.pool(sku), channels), 0) > 0)) return [whole];
    bound = true;
    const counts = components.map(({ sku, quantityPer }) => {
      const about = ops.about?.('kits', sku, location);
      return ops.floorDivide(lessDemands(context, supply.pool(sku), { from: supply.at(sku, place), channels, about }), quantityPer, ops.note?.(about, `kits that ${sku} allows here beside all that others may ask`));
    });
    const about = ops.about?.('kits', kit, location);
    return [ops.notNegative(ops.min([whole, ...counts], ops.note?.(about, 'kits from the components here')), ops.note?.(about, 'kits that can be built here'))];
  });
  return bound ? ops.sum(kits, ops.note?.(ops.about?.('kits', kit), 'kits beside all that other channels may ask of these locations', 'SHARED_POOL')) : undefined;
}
