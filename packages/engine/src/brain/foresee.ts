import type { Observation, OrderObservation, Sku } from '@stockwright/core';
import type { Unit } from './batch.ts';
import { sortObservations, type Sorted } from './observe.ts';
import type { Readings } from './readings.ts';
import { saleId } from './sales.ts';
import type { BrainSettings } from './settings.ts';
import { skuQueries, type Kept } from './world.ts';

/** What a process remembers. */
export interface Remembered {
  readonly kept: Kept;
  /** Whether this process took an order in lately. */
  readonly knowsOrder: (order: Pick<OrderObservation, 'channel' | 'orderId'>) => boolean;
}

/**
 * Asks for the rows that observations are nearly always about, at a fraction of what a plan costs. What a plan needs
 * beyond them it asks for itself, so that nothing hangs on this being complete. Where everything else is remembered, an
 * order that looks new is supposed to be new instead of being asked for.
 *
 * @returns False where only a plan can tell.
 */
export function foresee(units: readonly Unit[], { settings, reads, remembered }: { settings: BrainSettings; reads: Readings; remembered: Remembered | undefined }): boolean {
  const skus = new Set<Sku>();
  const orders: OrderObservation[] = [];
  for (const unit of units) {
    if (unit.kind !== 'observations') return false;
    const sorted = sortedOrNothing(unit.observations, settings);
    // It cannot be taken in; the plan says why.
    if (sorted === undefined) continue;
    for (const order of sorted.orders) orders.push(order);
    for (const sku of sorted.bySku.keys()) skus.add(sku);
  }
  const unread = [...skus].filter((sku) => remembered?.kept(sku) === undefined);
  const sales = orders.flatMap(({ channel, lines }) => lines.flatMap(({ sku, location = '' }) => {
    const key = { channel, location, sku };
    return !settings.catalog.items.has(sku) || remembered?.kept(sku)?.sales.has(saleId(key)) === true ? [] : [key];
  }));
  const isRemembered = unread.length === 0 && sales.length === 0;
  for (const order of orders) {
    const where = { channel: order.channel, orderId: order.orderId };
    const isSupposed = isRemembered && remembered?.knowsOrder(order) === false && looksNew(order);
    for (const table of ['channelOrder', 'claim', 'hold'] as const) {
      // The version of an order that is taken in is expected in any case.
      if (isSupposed) reads.suppose({ table, where }, table === 'channelOrder' ? 'version' : 'query');
      else reads.rows({ table, where });
    }
  }
  for (const where of sales) reads.rows({ table: 'channelSale', where });
  for (const sku of unread) for (const query of Object.values(skuQueries(sku))) reads.rows(query);
  return true;
}

/** Nothing of it has happened yet. Told again, such an order costs a commit that comes to nothing. */
function looksNew({ lines }: OrderObservation): boolean {
  return lines.every(({ fulfilled, cancelled, returned }) => Number(fulfilled) === 0 && Number(cancelled) === 0 && Number(returned) === 0);
}

function sortedOrNothing(observations: readonly Observation[], settings: BrainSettings): Sorted | undefined {
  try {
    return sortObservations(observations, settings);
  } catch {
    return undefined;
  }
}
