import type { About, Arithmetic } from '../../explanation/arithmetic.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import { isFraction, unitsTaken } from '../../quantity/per-kit.ts';
import { subtractQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { kitsBeside } from './06-contested.ts';
import type { ComponentSupply, ExpectedSupply, Kit } from './06-components.ts';

/**
 * Stage 6: whole kits: the least, over the stocked components, of what is left of each divided by what one kit takes,
 * rounded down. Counted per location, never more than all locations together can each build by themselves, when what other
 * channels ask of some of them is still served from there as far as it can be.
 *
 * @see design.md section 6, stage 6
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
  const whole = inWholeSteps(context, kit, { left, built });
  let contested: 'SHARED_POOL' | undefined;
  const beside: N[] = [];
  for (const group of channel.contested) {
    const kits = kitsBeside(context, kit, { group, supply, built });
    if (kits === undefined) continue;
    contested = 'SHARED_POOL';
    beside.push(kits);
    for (const location of group.rivalsAt.keys()) built.delete(location);
  }
  const all = ops.sum([...built.values(), ...beside], ops.note?.(about, 'kits that the locations can build', contested));
  return ops.min([most, ...whole, all], ops.note?.(about, 'kits that can be built and shipped', 'COMPONENT'));
}

/**
 * How many kits each component of which they take a fraction allows, since every location rounds up what it takes of it: wherever
 * they are then built, together they may take a step more than one would, which is somebody else's. Nothing is lost where all
 * that can be built takes no more than is left.
 */
function inWholeSteps<N>({ ops, channel }: StageContext<N>, kit: Kit, { left, built }: { readonly left: (sku: Sku) => N; readonly built: ReadonlyMap<LocationId | undefined, N> }): readonly N[] {
  if (channel.places.length < 2) return [];
  return kit.components.flatMap(({ sku, quantityPer }) => {
    if (!isFraction(quantityPer)) return [];
    const { numerator, denominator } = quantityPer;
    const [about, ofKit] = [ops.about?.('kits', sku), ops.about?.('kits', kit.sku)];
    const there = left(sku);
    const one = ops.input(1, ops.note?.(ofKit, 'one kit'));
    const taken = ops.sum([...built].map(([location, kits]) => ops.ratioUp(kits, numerator, { denominator, note: ops.note?.(ops.about?.('kits', sku, location), `${sku} that all kits here take`) })), ops.note?.(about, `${sku} that all kits take`));
    const missing = ops.notNegative(ops.subtract(taken, there, ops.note?.(about, 'taken beyond what is left')), ops.note?.(about, 'taken beyond what is left, at least nothing'));
    const building = ops.sum([...built.values()].map((kits) => ops.lesser(kits, one, ops.note?.(ofKit, 'one where kits can be built'))), ops.note?.(ofKit, 'locations that can build'));
    const most = lostBetween(ops, { locations: building, one, denominator, about, ofKit });
    const lost = ops.lesser(most, ops.proportionDown(most, missing, { denominator: one, note: ops.note?.(about, 'lost for each step that is missing') }), ops.note?.(about, 'lost where something is missing'));
    const rest = ops.notNegative(ops.subtract(there, lost, ops.note?.(about, 'left for whole steps')), ops.note?.(about, 'left for whole steps, at least nothing'));
    const spread = ops.floorDivide(rest, quantityPer, ops.note?.(about, `kits that ${sku} allows in whole steps`, 'COMPONENT'));
    const apart = ops.floorDivide(there, unitsTaken(quantityPer, 1), ops.note?.(about, `kits that ${sku} allows one by one`, 'COMPONENT'));
    return [ops.max([spread, apart], ops.note?.(ofKit, `kits that ${sku} allows wherever they are built`, 'COMPONENT'))];
  });
}

/** Whole kits that one location can build from what it has. */
export function kitsAt<N>({ ops, compiled }: StageContext<N>, kit: Kit, { supply, place }: { supply: Pick<ComponentSupply<N>, 'at'>; place: number }): N {
  const location = compiled.locationAt[place];
  const counts = kit.components.map(({ sku, quantityPer }) =>
    ops.floorDivide(supply.at(sku, place), quantityPer, ops.note?.(ops.about?.('kits', sku, location), `kits that ${sku} allows here`)));
  const about = ops.about?.('kits', kit.sku, location);
  return ops.notNegative(ops.min(counts, ops.note?.(about, 'kits from the components here')), ops.note?.(about, 'kits that can be built here'));
}

/** What more kits may be built of. */
interface Expecting<N> {
  /** As many as can be built now. */
  readonly now: N;
  readonly left: ComponentSupply<N>['left'];
  readonly expected: ExpectedSupply<N>;
}

/**
 * Whole kits that can be promised of what is expected: those of the parts that are there and of those that are expected and
 * promised to nobody yet, less those of what is there alone.
 *
 * @see design.md section 6, stages 6 and 7
 */
export function expectedKits<N>(context: StageContext<N>, kit: Kit, { now, left, expected }: Expecting<N>): N {
  const { ops } = context;
  const about = ops.about?.('beyondStock', kit.sku);
  const both = new Map(kit.components.map(({ sku }) => {
    const ofPart = ops.about?.('beyondStock', sku);
    const there = ops.notNegative(left(sku), ops.note?.(ofPart, 'left now'));
    return [sku, ops.add(there, expected.unpromised(sku), ops.note?.(ofPart, 'left now, and incoming and promised to nobody'))];
  }));
  const withIncoming = (sku: Sku): N => both.get(sku) ?? now;
  const counts = kit.components.map(({ sku, quantityPer }) => ops.floorDivide(withIncoming(sku), quantityPer, ops.note?.(ops.about?.('beyondStock', sku), `kits that ${sku} allows with what is incoming`, 'COMPONENT')));
  const then = buildable(context, kit, { supply: expected, left: withIncoming, most: ops.min(counts, ops.note?.(about, 'kits from all components with what is incoming', 'COMPONENT')) });
  const sold = ops.notNegative(now, ops.note?.(about, 'kits that can be sold now'));
  const more = ops.subtract(then, sold, ops.note?.(about, 'kits that incoming components allow besides'));
  const whole = besideWholeSteps(context, kit, { now: sold, left: withIncoming });
  return whole.length === 0 ? more : ops.min([more, ...whole], ops.note?.(about, 'kits that incoming components allow besides, in whole steps', 'COMPONENT'));
}

/** Where kits are placed per location, those that can be sold now and those that wait round up apart what they take a fraction of. */
function besideWholeSteps<N>(context: StageContext<N>, kit: Kit, { now, left }: { readonly now: N; readonly left: (sku: Sku) => N }): readonly N[] {
  const { ops, channel } = context;
  if (isPooled(context)) return [];
  return kit.components.flatMap(({ sku, quantityPer }) => {
    if (!isFraction(quantityPer)) return [];
    const { numerator, denominator } = quantityPer;
    const [about, ofKit] = [ops.about?.('beyondStock', sku), ops.about?.('beyondStock', kit.sku)];
    const units = ops.ratioUp(now, numerator, { denominator, note: ops.note?.(about, `${sku} that kits take that can be sold now`) });
    const locations = ops.lesser(now, ops.input(channel.places.length, ops.note?.(ofKit, 'locations')), ops.note?.(ofKit, 'locations that may build them'));
    const lost = lostBetween(ops, { locations, one: ops.input(1, ops.note?.(ofKit, 'one location')), denominator, about, ofKit });
    const spread = ops.add(units, lost, ops.note?.(about, 'taken by kits that can be sold now, in whole steps'));
    const apart = ops.ratioUp(now, unitsTaken(quantityPer, 1), { denominator: 1, note: ops.note?.(about, 'taken by kits that can be sold now, one by one') });
    const taken = ops.lesser(spread, apart, ops.note?.(about, 'taken by kits that can be sold now, wherever they are built'));
    const rest = ops.subtract(left(sku), taken, ops.note?.(about, 'left for kits that wait'));
    return [ops.floorDivide(ops.notNegative(rest, ops.note?.(about, 'left for kits that wait, at least nothing')), quantityPer, ops.note?.(about, `kits that ${sku} allows to wait`, 'COMPONENT'))];
  });
}

/** Whether kits are counted over all locations at once. */
function isPooled({ compiled, channel }: StageContext<unknown>): boolean {
  return compiled.policy.kits === 'pooled' && channel.publish === 'total';
}

/** What so many locations may take more than one would, where each rounds a fraction up. */
function lostBetween<N>(ops: Arithmetic<N>, { locations, one, denominator, about, ofKit }: { readonly locations: N; readonly one: N; readonly denominator: Quantity } & { readonly [Of in 'about' | 'ofKit']: About | undefined }): N {
  const further = ops.notNegative(ops.subtract(locations, one, ops.note?.(ofKit, 'further locations')), ops.note?.(ofKit, 'further locations, at least none'));
  return ops.ratioUp(further, subtractQuantities(denominator, 1), { denominator, note: ops.note?.(about, 'lost where each location rounds up what it takes') });
}
