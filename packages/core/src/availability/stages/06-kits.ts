import type { Sku } from '../../identity/ids.ts';
import type { StageContext } from '../context.ts';
import { kitsBeside } from './06-contested.ts';
import type { ComponentSupply, ExpectedSupply, Kit } from './06-components.ts';
import { besideWholeSteps, inWholeSteps, type Site } from './06-whole-steps.ts';

/**
 * Stage 6: whole kits: the least, over the stocked components, of what is left of each divided by what one kit takes,
 * rounded down. Counted per location, never more than all locations together can each build by themselves, when what other
 * channels ask of some of them is still served from there as far as it can be.
 *
 * @see stage 6 of the README
 */
export function kitCount<N>(context: StageContext<N>, kit: Kit, supply: ComponentSupply<N>): N {
  const { ops } = context;
  const about = ops.about?.('kits', kit.sku);
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.left(sku), quantityPer, ops.note?.(ops.about?.('kits', sku), `kits that ${sku} allows`, 'COMPONENT')));
  return buildable(context, kit, { supply, left: (sku) => supply.left(sku), most: ops.min(counts, ops.note?.(about, 'kits from all components', 'COMPONENT')) });
}

/** Counted per location, no more than the locations can each build. */
function buildable<N>(context: StageContext<N>, kit: Kit, { supply, left, most }: { readonly supply: Pick<ComponentSupply<N>, 'at' | 'pool'>; readonly left: (sku: Sku) => N; readonly most: N }): N {
  const { ops, channel } = context;
  const about = ops.about?.('kits', kit.sku);
  if (isPooled(context)) return most;
  const built = new Map(channel.places.map((place, order) => [channel.locations[order], kitsAt(context, kit, { supply, place })]));
  let contested: 'SHARED_POOL' | undefined;
  const beside: Site<N>[] = [];
  for (const group of channel.contested) {
    const kits = kitsBeside(context, kit, { group, supply, built });
    if (kits === undefined) continue;
    contested = 'SHARED_POOL';
    beside.push({ kits, places: group.rivalsAt.size });
    for (const location of group.rivalsAt.keys()) built.delete(location);
  }
  const sites: readonly Site<N>[] = [...[...built].map(([location, kits]) => ({ kits, places: 1, location })), ...beside];
  const whole = inWholeSteps(context, kit, { left, sites });
  const all = ops.sum(sites.map(({ kits }) => kits), ops.note?.(about, 'kits that the locations can build', contested));
  return ops.min([most, ...whole, all], ops.note?.(about, 'kits that can be built and shipped', 'COMPONENT'));
}

/** Whole kits that one location can build from what it has. */
export function kitsAt<N>({ ops, compiled }: StageContext<N>, kit: Kit, { supply, place }: { supply: Pick<ComponentSupply<N>, 'at'>; place: number }): N {
  const location = compiled.locationAt[place];
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.at(sku, place), quantityPer, ops.note?.(ops.about?.('kits', sku, location), `kits that ${sku} allows here`)));
  const about = ops.about?.('kits', kit.sku, location);
  return ops.notNegative(ops.min(counts, ops.note?.(about, 'kits from the components here')), ops.note?.(about, 'kits that can be built here'));
}

/** What kits may be built of once what is expected has come. */
interface Expecting<N> {
  readonly left: ComponentSupply<N>['left'];
  readonly expected: ExpectedSupply<N>;
}

/**
 * Whole kits that could be sold once what is expected has come and all that is owed is served: of the parts that are there and
 * of those that are expected and promised to nobody yet.
 *
 * @see stages 6 and 7 of the README
 */
export function kitsToCome<N>(context: StageContext<N>, kit: Kit, { left, expected }: Expecting<N>): KitsToCome<N> {
  const { ops } = context;
  const about = ops.about?.('beyondStock', kit.sku);
  const both = new Map(kit.components.map(({ sku }) => {
    const ofPart = ops.about?.('beyondStock', sku);
    const there = ops.notNegative(left(sku), ops.note?.(ofPart, 'left now'));
    return [sku, ops.add(there, expected.unpromised(sku), ops.note?.(ofPart, 'left now, and incoming and promised to nobody'))];
  }));
  const withIncoming = (sku: Sku): N => both.get(sku) ?? left(sku);
  const counts = kit.components.map(({ sku, quantityPer }) => ops.floorDivide(withIncoming(sku), quantityPer, ops.note?.(ops.about?.('beyondStock', sku), `kits that ${sku} allows with what is incoming`, 'COMPONENT')));
  return { kits: buildable(context, kit, { supply: expected, left: withIncoming, most: ops.min(counts, ops.note?.(about, 'kits from all components with what is incoming', 'COMPONENT')) }), withIncoming };
}

/** Kits once what is expected has come. */
export interface KitsToCome<N> {
  readonly kits: N;
  /** What there is of a part then. */
  readonly withIncoming: (sku: Sku) => N;
}

/** Those of them that cannot be sold now, which is what can be promised of what is expected. */
export function expectedKits<N>(context: StageContext<N>, kit: Kit, { now, toCome: { kits, withIncoming } }: { readonly now: N; readonly toCome: KitsToCome<N> }): N {
  const { ops } = context;
  const about = ops.about?.('beyondStock', kit.sku);
  const sold = ops.notNegative(now, ops.note?.(about, 'kits that can be sold now'));
  const more = ops.subtract(kits, sold, ops.note?.(about, 'kits that incoming components allow besides'));
  const whole = isPooled(context) ? [] : besideWholeSteps(context, kit, { now: sold, left: withIncoming });
  return whole.length === 0 ? more : ops.min([more, ...whole], ops.note?.(about, 'kits that incoming components allow besides, in whole steps', 'COMPONENT'));
}

/** Whether kits are counted over all locations at once. */
export function isPooled({ compiled, channel }: StageContext<unknown>): boolean {
  return compiled.policy.kits === 'pooled' && channel.publish === 'total';
}
