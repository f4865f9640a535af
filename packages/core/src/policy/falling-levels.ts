import { inSteps } from '../availability/stages/rule-quantity.ts';
import { compareQuantities, maxQuantity, parseQuantity, PERCENT_SCALE, scaleQuantity, subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';
import type { ByLevel } from './policy.ts';

/** In what stock is counted. */
export interface Counted {
  /** Decimal digits of what is calculated with. */
  readonly scale: number;
  /** What stock changes by at least; of that scale. */
  readonly step: number;
  /** What is shown is a multiple of this; of that scale. */
  readonly shown: number;
}

/** The numbers of the levels at which one step more in stock shows less. Between two of them more never shows less. */
export function fallingLevels({ levels }: ByLevel, counted: Counted): readonly number[] {
  return levels.flatMap(({ from }, index) => {
    const there = inSteps(from, counted.scale, 'up');
    const before = shownOf(levels, subtractQuantities(there, counted.step), counted);
    return compareQuantities(shownOf(levels, there, counted), before) < 0 ? [index] : [];
  });
}

/** What the levels leave of what there is, as stages 8 and 9 round it. */
function shownOf(levels: ByLevel['levels'], there: Quantity, { scale, shown }: Counted): Quantity {
  if (compareQuantities(there, 0) <= 0) return ZERO;
  const level = levels.findLast(({ from }) => compareQuantities(inSteps(from, scale, 'up'), there) <= 0);
  if (level === undefined) return scaleQuantity(there, 1, shown, 'down');
  const held = 'fixed' in level ? inSteps(level.fixed, scale, 'up') : scaleQuantity(there, parseQuantity(level.percent, { scale: PERCENT_SCALE }), 1_000_000, 'up');
  return scaleQuantity(maxQuantity(subtractQuantities(there, held), ZERO), 1, shown, 'down');
}
