import type { Observation, Sku } from '@stockwright/core';
import type { Unit } from './batch.ts';
import { sortObservations, type Sorted } from './observe.ts';
import type { Readings } from './readings.ts';
import type { BrainSettings } from './settings.ts';
import { skuQueries, type Kept } from './world.ts';

/**
 * Asks for the rows that observations are nearly always about, at a fraction of what a plan costs. What a plan needs
 * beyond them it asks for itself, so that nothing hangs on this being complete.
 *
 * @returns False where only a plan can tell.
 */
export function foresee(units: readonly Unit[], { settings, reads, kept }: { settings: BrainSettings; reads: Readings; kept: Kept | undefined }): boolean {
  const skus = new Set<Sku>();
  for (const unit of units) {
    if (unit.kind !== 'observations') return false;
    const sorted = sortedOrNothing(unit.observations, settings);
    // It cannot be taken in; the plan says why.
    if (sorted === undefined) continue;
    const { bySku, orders } = sorted;
    for (const { channel, orderId, lines } of orders) {
      for (const table of ['channelOrder', 'claim', 'hold'] as const) reads.rows({ table, where: { channel, orderId } });
      for (const { sku, location = '' } of lines) if (settings.catalog.items.has(sku)) reads.rows({ table: 'channelSale', where: { channel, location, sku } });
    }
    for (const sku of bySku.keys()) skus.add(sku);
  }
  for (const sku of skus) if (kept?.(sku) === undefined) for (const query of Object.values(skuQueries(sku))) reads.rows(query);
  return true;
}

function sortedOrNothing(observations: readonly Observation[], settings: BrainSettings): Sorted | undefined {
  try {
    return sortObservations(observations, settings);
  } catch {
    return undefined;
  }
}
