import type { Sku } from '@stockwright/core';
import type { Erp } from './model/erp.ts';
import type { Shop } from './model/shop.ts';
import { partsOf, SHAPE } from './shape.ts';

/** What each channel must show, worked out from the vendors' own books and by nothing that the engine uses. */
export function expectedOf({ erp, shops, cap }: { readonly erp: Erp; readonly shops: readonly Shop[]; readonly cap: number | undefined }): (shop: Shop, sku: Sku) => number {
  const left = new Map(SHAPE.stocked.map((sku) => [sku, erp.onHand(sku)]));
  for (const shop of shops) {
    for (const { lines } of shop.orders.values()) {
      for (const { sku, ordered, fulfilled, cancelled } of lines) {
        const open = Number(ordered) - Number(fulfilled) - Number(cancelled);
        for (const part of partsOf(sku)) left.set(part.sku, (left.get(part.sku) ?? 0) - open * part.per);
      }
    }
  }
  return (shop, sku) => {
    const whole = Math.min(...partsOf(sku).map((part) => Math.floor(Math.max(0, left.get(part.sku) ?? 0) / part.per)));
    return shop === shops[1] && cap !== undefined ? Math.min(cap, whole) : whole;
  };
}
