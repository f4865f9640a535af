import type { About, Arithmetic } from '../../explanation/arithmetic.ts';
import type { LocationId, Sku } from '../../identity/ids.ts';
import { isFraction, unitsTaken, type Fraction } from '../../quantity/per-kit.ts';
import { subtractQuantities } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import type { Kit } from './06-components.ts';

/*
 * A kit that takes a fraction of something takes whole steps of it wherever it is built: each location rounds up what its
 * kits take together, so that kits at several locations may take a step more than as many at one. Of which step is whose
 * nobody knows before kits are built, so that everything here holds in whatever way they are. What a step falls into by
 * the fraction is counted in parts of it: of 2/3 a step has three.
 */

/** Where kits can be built: one location, or several that were counted together. */
export interface Site<N> {
  readonly kits: N;
  /** How many locations it is. */
  readonly places: number;
  /** Where it is one. */
  readonly location?: LocationId | undefined;
}

/** A component of which kits take a fraction, and whom its steps are about. */
interface Cut<N> {
  readonly ops: Arithmetic<N>;
  readonly sku: Sku;
  readonly quantityPer: Fraction;
  readonly about: About | undefined;
  readonly ofKit: About | undefined;
}

/**
 * How many kits each component of which they take a fraction allows, wherever they are built: together they may take a
 * step more than one location would, which is somebody else's. Nothing is lost where all that can be built takes no more
 * than is left.
 */
export function inWholeSteps<N>({ ops, channel }: StageContext<N>, kit: Kit, { left, sites }: { readonly left: (sku: Sku) => N; readonly sites: readonly Site<N>[] }): readonly N[] {
  if (channel.places.length < 2) return [];
  return kit.components.flatMap(({ sku, quantityPer }) => {
    if (!isFraction(quantityPer)) return [];
    const { numerator, denominator } = quantityPer;
    const cut: Cut<N> = { ops, sku, quantityPer, about: ops.about?.('kits', sku), ofKit: ops.about?.('kits', kit.sku) };
    const { about, ofKit } = cut;
    const there = left(sku);
    const taken = ops.sum(sites.map((site) => mostTaken(cut, site)), ops.note?.(about, `${sku} that all kits take`));
    const missing = ops.notNegative(ops.subtract(taken, there, ops.note?.(about, 'taken beyond what is left')), ops.note?.(about, 'taken beyond what is left, at least nothing'));
    const building = ops.sum(sites.map(({ kits, places }) => ops.lesser(kits, ops.input(places, ops.note?.(ofKit, 'locations')), ops.note?.(ofKit, 'locations that can build'))), ops.note?.(ofKit, 'locations that can build'));
    const one = ops.input(1, ops.note?.(ofKit, 'one'));
    const further = ops.notNegative(ops.subtract(building, one, ops.note?.(ofKit, 'further locations')), ops.note?.(ofKit, 'further locations, at least none'));
    const most = ops.ratioUp(further, subtractQuantities(denominator, 1), { denominator: 1, note: ops.note?.(ofKit, `parts of a step of ${sku} that they may round up`) });
    const lost = ops.lesser(most, ops.proportionDown(most, missing, { denominator: one, note: ops.note?.(ofKit, 'lost for each step that is missing') }), ops.note?.(ofKit, 'lost where something is missing'));
    const parts = ops.floorDivide(there, { numerator: 1, denominator }, ops.note?.(ofKit, `left, in parts of a step of ${sku}`));
    const rest = ops.notNegative(ops.subtract(parts, lost, ops.note?.(ofKit, 'left for whole steps')), ops.note?.(ofKit, 'left for whole steps, at least nothing'));
    const spread = ops.floorDivide(rest, numerator, ops.note?.(about, `kits that ${sku} allows in whole steps`, 'COMPONENT'));
    const apart = ops.floorDivide(there, unitsTaken(quantityPer, 1), ops.note?.(about, `kits that ${sku} allows one by one`, 'COMPONENT'));
    // Kits are counted in whole units, whatever the steps of what they are made of.
    const counted = about && { ...about, scale: undefined };
    return [ops.max([spread, apart], ops.note?.(counted, `kits that ${sku} allows wherever they are built`, 'COMPONENT'))];
  });
}

/** How many kits may wait for what is expected beside those that can be sold now: they round up apart. */
export function besideWholeSteps<N>({ ops, channel }: StageContext<N>, kit: Kit, { now, left }: { readonly now: N; readonly left: (sku: Sku) => N }): readonly N[] {
  return kit.components.flatMap(({ sku, quantityPer }) => {
    if (!isFraction(quantityPer)) return [];
    const cut: Cut<N> = { ops, sku, quantityPer, about: ops.about?.('beyondStock', sku), ofKit: ops.about?.('beyondStock', kit.sku) };
    const { about } = cut;
    const rest = ops.subtract(left(sku), mostTaken(cut, { kits: now, places: channel.places.length }), ops.note?.(about, 'left for kits that wait'));
    return [ops.floorDivide(ops.notNegative(rest, ops.note?.(about, 'left for kits that wait, at least nothing')), quantityPer, ops.note?.(about, `kits that ${sku} allows to wait`, 'COMPONENT'))];
  });
}

/** The most steps that so many kits take, in whatever way they are built. */
function mostTaken<N>({ ops, sku, quantityPer, about, ofKit }: Cut<N>, { kits, places, location }: Site<N>): N {
  const { numerator, denominator } = quantityPer;
  const where = location === undefined || about === undefined ? about : { ...about, location };
  if (places === 1) return ops.ratioUp(kits, numerator, { denominator, note: ops.note?.(where, `${sku} that all kits here take`) });
  const exactly = ops.ratioUp(kits, numerator, { denominator: 1, note: ops.note?.(ofKit, `parts of a step of ${sku} that kits take`) });
  const building = ops.lesser(kits, ops.input(places, ops.note?.(ofKit, 'locations')), ops.note?.(ofKit, 'locations that may build them'));
  const rounded = ops.ratioUp(building, subtractQuantities(denominator, 1), { denominator: 1, note: ops.note?.(ofKit, 'parts that they may round up') });
  const parts = ops.add(exactly, rounded, ops.note?.(ofKit, 'parts that kits may take'));
  const [one, step] = [1, denominator].map((count) => ops.input(count, ops.note?.(ofKit, count === 1 ? 'one' : `parts of a step of ${sku}`))) as [N, N];
  const together = ops.proportionDown(parts, one, { denominator: step, note: ops.note?.(about, `${sku} that kits may take in whole steps`) });
  const apart = ops.ratioUp(kits, unitsTaken(quantityPer, 1), { denominator: 1, note: ops.note?.(about, `${sku} that kits take one by one`) });
  return ops.lesser(together, apart, ops.note?.(about, `${sku} that kits take at most`));
}
