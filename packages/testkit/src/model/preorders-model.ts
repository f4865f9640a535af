import type { CatalogItem, Hold, Instant, Policy, Position, PositionReader } from '@stockwright/core';
import { positive, sumOf } from './arithmetic.ts';
import { takenBy } from './kits-model.ts';
import { rulesFor } from './rules.ts';

/** Something that sells a stocked sku, and how many units of it one takes. */
export interface Seller {
  readonly item: CatalogItem;
  readonly units: number;
}

/** What preorders of one stocked sku are worked out from. */
export interface Expecting {
  readonly policy: Policy;
  readonly reader: PositionReader;
  readonly asOf: Instant;
  readonly sellers: readonly Seller[];
  readonly position: Position | undefined;
  readonly holds: readonly Hold[];
  /** Whether nothing is sold from a location, whatever is there. */
  isEmptied(location: string): boolean;
}

/** Preorders by channel where they are not routed, and by location where they are. */
export interface ByPlace {
  readonly of: ReadonlyMap<string, number>;
  readonly at: ReadonlyMap<string, number>;
}

/** What live preorders take of what is incoming, one unit at a time; `wished` is what they would take of enough. */
export function waiting({ policy, reader, asOf, sellers, position, holds, isEmptied }: Expecting): ByPlace & { readonly wished: ByPlace } {
  const known = [...new Set(policy.channels.flatMap(({ locations }) => locations as readonly string[]))];
  const left = new Map(known.map((location) => [location, isEmptied(location) ? 0 : positive(Number(position?.locations.get(location as never)?.incoming ?? 0))]));
  const take = (places: readonly string[], wish: number): number => {
    let taken = 0;
    for (const place of places) {
      while (taken < wish && (left.get(place) ?? 0) > 0) {
        left.set(place, (left.get(place) ?? 0) - 1);
        taken += 1;
      }
    }
    return taken;
  };
  const allowed = (sku: string, channel: string): boolean => sellers.some(({ item }) => item.sku === sku)
    && policy.channels.some(({ id }) => id === channel) && rulesFor(policy, 'preorderLimit', { asOf, where: { item: (sellers.find(({ item }) => item.sku === sku) as Seller).item, channel } }).length > 0;
  const told = (channel: string): { readonly all: number; readonly at: readonly (readonly [string, number])[] } => {
    const mine = sellers.filter(({ item }) => allowed(item.sku, channel)).map(({ item, units }) => {
      const open = reader.promised?.(item.sku);
      const routed = [...(open?.preorderedAt?.get(channel as never) ?? [])].map(([location, quantity]): [string, number] => [location, Number(quantity)]);
      const unrouted = positive(Number(open?.preordered.get(channel as never) ?? 0) - sumOf(routed.map(([, quantity]) => quantity)));
      return { all: takenBy(units, unrouted), at: routed.map(([location, quantity]): [string, number] => [location, takenBy(units, quantity)]) };
    });
    return { all: sumOf(mine.map(({ all }) => all)), at: mine.flatMap((one) => one.at) };
  };
  const held = (channel: string, location: string): number => sumOf(holds.filter((hold) => hold.channel === channel && hold.location === location)
    .map(({ quantity, beyond = [] }) => Math.min(Number(quantity), sumOf(beyond.filter(({ promise, sku }) => promise === 'preorder' && allowed(sku, channel)).map(({ units }) => Number(units))))));
  const channels = policy.channels.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const routed = (location: string): number => {
    const ordered = sumOf(channels.flatMap(({ id }) => told(id).at.filter(([place]) => place === location).map(([, quantity]) => quantity)));
    return Math.min(ordered, positive(Number(position?.locations.get(location as never)?.committed ?? 0))) + sumOf(channels.map(({ id }) => held(id, location)));
  };
  const unrouted = (id: string): readonly number[] => [Math.min(told(id).all, Number(position?.unrouted.get(id as never) ?? 0)), held(id, '')];
  const wished = { at: new Map(known.map((location) => [location, routed(location)])), of: new Map(channels.map(({ id }) => [id as string, sumOf(unrouted(id))])) };
  const at = new Map(known.map((location) => [location, take([location], routed(location))]));
  const of = new Map(channels.map(({ id, locations }) => [id as string, sumOf(unrouted(id).map((wish) => take(locations, wish)))]));
  return { of, at, wished };
}

/** All that is told of as preordered of a stocked sku, as itself or in kits, whatever rules say: by channel what is not routed, by location what is. */
export function toldOf({ reader, sellers }: Expecting): ByPlace {
  const [of, at] = [new Map<string, number>(), new Map<string, number>()];
  for (const { item, units } of sellers) {
    const told = reader.promised?.(item.sku);
    for (const [channel, quantity] of told?.preordered ?? []) {
      const routed = [...(told?.preorderedAt?.get(channel) ?? [])];
      for (const [location, there] of routed) at.set(location, (at.get(location) ?? 0) + takenBy(units, Number(there)));
      of.set(channel, (of.get(channel) ?? 0) + takenBy(units, positive(Number(quantity) - sumOf(routed.map(([, there]) => Number(there))))));
    }
  }
  return { of, at };
}
