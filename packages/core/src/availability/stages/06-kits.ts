import type { Component } from '../../catalog/catalog.ts';
import type { Sku } from '../../identity/ids.ts';
import type { StageContext } from '../context.ts';

/** What stage 6 asks of the components. */
export interface ComponentSupply<N> {
  /** What the earlier stages leave the channel of a stocked sku. */
  left(sku: Sku): N;
  /** What one location could give of it. */
  at(sku: Sku, place: number): N;
  /** What is expected of it. */
  incoming(sku: Sku): N;
}

/**
 * Stage 6: whole kits: the least, over the stocked components, of what is left of each divided by what one kit takes,
 * rounded down. Counted per location, never more than all locations together can each build by themselves.
 *
 * @see design.md section 6, stage 6
 */
export function kitCount<N>(context: StageContext<N>, kit: Kit, supply: ComponentSupply<N>): N {
  const { ops, channel, compiled } = context;
  const about = ops.about?.('kits', kit.sku);
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.left(sku), quantityPer, ops.note?.(ops.about?.('kits', sku), `kits that ${sku} allows`, 'COMPONENT')));
  const pooledCount = ops.min(counts, ops.note?.(about, 'kits from all components', 'COMPONENT'));
  if (compiled.policy.kits === 'pooled' && channel.publish === 'total') return pooledCount;
  const built = channel.places.map((place) => kitsAt(context, kit, { supply, place }));
  const buildable = ops.sum(built, ops.note?.(about, 'kits that the locations can build'));
  return ops.min([pooledCount, buildable], ops.note?.(about, 'kits that can be built and shipped', 'COMPONENT'));
}

/** A kit and its stocked parts. */
export interface Kit {
  readonly sku: Sku;
  readonly components: readonly Component[];
}

/** Whole kits that one location can build from what it has. */
export function kitsAt<N>({ ops, compiled }: StageContext<N>, kit: Kit, { supply, place }: { supply: ComponentSupply<N>; place: number }): N {
  const location = compiled.locationAt[place];
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.at(sku, place), quantityPer, ops.note?.(ops.about?.('kits', sku, location), `kits that ${sku} allows here`)));
  const about = ops.about?.('kits', kit.sku, location);
  return ops.notNegative(ops.min(counts, ops.note?.(about, 'kits from the components here')), ops.note?.(about, 'kits that can be built here'));
}

/** Whole kits that what is expected of the components would make. */
export function expectedKits<N>({ ops }: StageContext<N>, { sku, components }: Kit, supply: ComponentSupply<N>): N {
  const counts = components.map((component) =>
    ops.floorDivide(supply.incoming(component.sku), component.quantityPer, ops.note?.(ops.about?.('beyondStock', component.sku), `kits that incoming ${component.sku} allows`)));
  return ops.min(counts, ops.note?.(ops.about?.('beyondStock', sku), 'kits that incoming components allow'));
}
