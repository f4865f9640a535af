import type { Component } from '../../catalog/catalog.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import type { StageContext } from '../context.ts';

/** What stage 6 asks of the components. */
export interface ComponentSupply<N> {
  /** What the earlier stages leave the channel of a stocked sku. */
  left(sku: Sku): N;
  /** What one location could give of it. */
  at(sku: Sku, location: LocationId): N;
}

/**
 * Stage 6: whole kits: the least, over the stocked components, of what is left of each divided by what one kit takes,
 * rounded down. Counted per location, never more than all locations together can each build by themselves.
 *
 * @see design.md section 6, stage 6
 */
export function kitCount<N>(context: StageContext<N>, kit: { readonly sku: Sku; readonly components: readonly Component[] }, supply: ComponentSupply<N>): N {
  const { ops, channel, compiled } = context;
  const note = { stage: 'kits' as const, sku: kit.sku };
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.left(sku), quantityPer, { stage: 'kits', sku, label: `kits that ${sku} allows`, reasonCode: 'COMPONENT' }));
  const pooledCount = ops.min(counts, { ...note, label: 'kits from all components', reasonCode: 'COMPONENT' });
  if (compiled.policy.kits === 'pooled' && channel.publish === 'total') return pooledCount;
  const built = channel.locations.map((location) => kitsAt(context, kit, { supply, location }));
  const buildable = ops.sum(built, { ...note, label: 'kits that the locations can build' });
  return ops.min([pooledCount, buildable], { ...note, label: 'kits that can be built and shipped', reasonCode: 'COMPONENT' });
}

/** Whole kits that one location can build from what it has. */
export function kitsAt<N>(
  { ops }: StageContext<N>,
  kit: { readonly sku: Sku; readonly components: readonly Component[] },
  { supply, location }: { supply: ComponentSupply<N>; location: LocationId },
): N {
  const note = { stage: 'kits' as const, sku: kit.sku, location };
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.at(sku, location), quantityPer, { stage: 'kits', sku, location, label: `kits that ${sku} allows here` }));
  const least = ops.min(counts, { ...note, label: 'kits from the components here' });
  return ops.max([least, ops.input(0, { ...note, label: 'nothing' })], { ...note, label: 'kits that can be built here' });
}
