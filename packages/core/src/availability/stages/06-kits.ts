import type { StageContext } from '../context.ts';
import { kitsBeside } from './06-contested.ts';
import type { ComponentSupply, Kit } from './06-components.ts';

/**
 * Stage 6: whole kits: the least, over the stocked components, of what is left of each divided by what one kit takes,
 * rounded down. Counted per location, never more than all locations together can each build by themselves, when what other
 * channels ask of some of them is still served from there as far as it can be.
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
  const built = new Map(channel.places.map((place, order) => [channel.locations[order], kitsAt(context, kit, { supply, place })]));
  let contested: 'SHARED_POOL' | undefined;
  const beside: N[] = [];
  for (const group of channel.contested) {
    const kits = kitsBeside(context, kit, { group, supply, built });
    if (kits === undefined) continue;
    contested = 'SHARED_POOL';
    beside.push(kits);
    for (const location of group.rivalsAt.keys()) built.delete(location);
  }
  const buildable = ops.sum([...built.values(), ...beside], ops.note?.(about, 'kits that the locations can build', contested));
  return ops.min([pooledCount, buildable], ops.note?.(about, 'kits that can be built and shipped', 'COMPONENT'));
}

/** Whole kits that one location can build from what it has. */
export function kitsAt<N>({ ops, compiled }: StageContext<N>, kit: Kit, { supply, place }: { supply: Pick<ComponentSupply<N>, 'at'>; place: number }): N {
  const location = compiled.locationAt[place];
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.at(sku, place), quantityPer, ops.note?.(ops.about?.('kits', sku, location), `kits that ${sku} allows here`)));
  const about = ops.about?.('kits', kit.sku, location);
  return ops.notNegative(ops.min(counts, ops.note?.(about, 'kits from the components here')), ops.note?.(about, 'kits that can be built here'));
}

/** Whole kits that what is expected of the components, and promised to nobody yet, would make. */
export function expectedKits<N>({ ops }: StageContext<N>, { sku, components }: Kit, supply: ComponentSupply<N>): N {
  const counts = components.map((component) =>
    ops.floorDivide(supply.unpromised(component.sku), component.quantityPer, ops.note?.(ops.about?.('beyondStock', component.sku), `kits that incoming ${component.sku} allows`)));
  return ops.min(counts, ops.note?.(ops.about?.('beyondStock', sku), 'kits that incoming components allow'));
}
