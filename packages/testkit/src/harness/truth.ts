import type { LocationId, Sku } from '@stockwright/core';
import type { Erp } from './model/erp.ts';
import type { Shop } from './model/shop.ts';
import { partsOf, type Shape } from './shape.ts';

/** Whoever's number is asked for: what a channel must show of a sku, at a place where it shows one for each. */
export type Truth = (shop: Shop, sku: Sku, place: LocationId | '') => number;

/** What each channel must show, worked out from the vendors' own books at rest and by nothing that the engine uses. */
export function expectedOf({ erp, shops, cap, shape }: { readonly erp: Erp; readonly shops: readonly Shop[]; readonly cap: number | undefined; readonly shape: Shape }): Truth {
  const { places, stocked } = shape;
  const supply = new Map<string, number>();
  const unrouted = new Map<Sku, number>();
  for (const sku of stocked) for (const place of places) supply.set(`${sku} ${place}`, erp.onHand(sku, place) - erp.committed(sku, place));
  for (const shop of shops) {
    for (const { orderId, lines } of shop.orders.values()) {
      // What the owner has booked is among its committed, and at rest it has heard of all that became of it.
      if (erp.acknowledgements.has(`${shop.id} ${orderId}`)) continue;
      for (const { sku, location, ordered, fulfilled, cancelled } of lines) {
        const open = Number(ordered) - Number(fulfilled) - Number(cancelled);
        for (const part of partsOf(sku)) {
          if (location === undefined) unrouted.set(part.sku, (unrouted.get(part.sku) ?? 0) + open * part.per);
          else supply.set(`${part.sku} ${location}`, (supply.get(`${part.sku} ${location}`) ?? 0) - open * part.per);
        }
      }
    }
  }
  const at = (sku: Sku, place: LocationId): number => supply.get(`${sku} ${place}`) ?? 0;
  const inAll = (sku: Sku): number => Math.max(0, places.reduce((sum, place) => sum + at(sku, place), 0) - (unrouted.get(sku) ?? 0));
  const room = (sku: Sku, place: LocationId): number => Math.max(0, Math.min(...partsOf(sku).map((part) => Math.floor(at(part.sku, place) / part.per))));
  return (shop, sku, place) => {
    const pooled = Math.min(...partsOf(sku).map((part) => Math.floor(inAll(part.sku) / part.per)));
    const whole = shop === shops[1] && cap !== undefined ? Math.min(cap, pooled) : pooled;
    if (place === '') return whole;
    // The first place shows as much as it has, and the next what is left.
    let left = whole;
    for (const each of places) {
      const part = Math.min(left, room(sku, each));
      if (each === place) return part;
      left -= part;
    }
    return 0;
  };
}
