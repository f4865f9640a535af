import type { Sku } from '../../identity/ids.ts';
import { isAlways, ruleAt, type RuleOf, type RulesByPlace } from '../../policy/item-rules.ts';
import type { DaysOfCover } from '../../policy/policy.ts';
import type { Stocked, StageContext } from '../context.ts';
import { missingRead } from './missing-read.ts';
import { inSteps } from './rule-quantity.ts';
import { heldBack, withhold, type Withholding } from './withhold.ts';

const WORDS = { name: 'safety stock', held: 'safety stock held back', rest: 'after safety stock' };

/**
 * Stage 2: what is held back at a location, by the most specific rule. A percentage is of what is there, rounded up
 * (10 % of 15 is 2), so many days' sales are rounded up as well, and never more is held back than is there: a shortage
 * is not made deeper by the wish to keep some.
 *
 * @param place - The number of the location.
 * @see stage 2 of the README
 */
export function afterSafetyStock<N>(context: StageContext<N>, stocked: Stocked, { place, supply }: { place: number; supply: N }): N {
  const { item, rules } = stocked;
  const rule = ruleAt(rules.safetyStock, place, context);
  if (rule === undefined) return supply;
  const about = context.ops.about?.('safetyStock', item.sku, context.compiled.locationAt[place]);
  const withholding: Withholding = { scale: item.scale, about, words: WORDS, reasonCode: 'SAFETY_STOCK' };
  if ('daysOfCover' in rule.withhold) return afterCover(context, supply, { withholding, rule, cover: rule.withhold, place, sku: item.sku });
  return withhold(context, supply, { withholding, rule, withheld: rule.withhold });
}

/**
 * What is held back at each location by number, where that is so many at every moment; absent where it is not so at some.
 *
 * @param rules - Of one item; items that share them share the answer.
 * @param scale - Decimal digits of the item's step.
 */
export function heldAlways(rules: SafetyStocks, scale: number): readonly number[] | undefined {
  let byScale = known.get(rules);
  if (byScale === undefined) known.set(rules, (byScale = []));
  return (byScale[scale] ??= heldOf(rules, scale)) || undefined;
}

type SafetyStocks = RulesByPlace<RuleOf<'safetyStock'>>;

/** By scale. */
const known = new WeakMap<SafetyStocks, (readonly number[] | false)[]>();

function heldOf(rules: SafetyStocks, scale: number): readonly number[] | false {
  const held = rules.map(([rule]) => (rule === undefined ? 0 : 'fixed' in rule.withhold && isAlways(rule) && inSteps(rule.withhold.fixed, scale, 'up')));
  return held.every((wish) => typeof wish === 'number') && held;
}

function afterCover<N>(context: StageContext<N>, supply: N, { rule, cover, place, sku, withholding }: { withholding: Withholding; rule: RuleOf<'safetyStock'>; cover: DaysOfCover; place: number; sku: Sku }): N {
  const { ops, positions, compiled } = context;
  const { about } = withholding;
  const location = compiled.locationAt[place];
  if (positions.velocity === undefined || location === undefined) {
    throw missingRead('velocity', `Rule ${rule.id} keeps days of cover of ${sku}, so how fast it sells must be known`);
  }
  const velocity = positions.velocity({ sku, location });
  if (velocity === undefined) return supply;
  const ruled = ops.because?.(about, rule);
  const there = ops.notNegative(supply, ops.note?.(about, 'there to hold back from'));
  const sold = ops.input(velocity.units, ops.note?.(ruled, `sold here in ${String(velocity.days)} days`));
  const wish = ops.ratioUp(sold, cover.daysOfCover, { denominator: velocity.days, note: ops.note?.(ruled, `safety stock for ${String(cover.daysOfCover)} days`) });
  return heldBack(context, supply, { withholding, there, wish, ruled });
}
