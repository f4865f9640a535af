import { ruleAt } from '../../policy/item-rules.ts';
import type { Stocked, StageContext } from '../context.ts';
import { withhold } from './withhold.ts';

/**
 * Stage 2: what is held back at a location, by the most specific rule. A percentage is of what is there, rounded up
 * (10 % of 15 is 2), and never more is held back than is there: a shortage is not made deeper by the wish to keep some.
 *
 * @param place - The number of the location.
 * @see design.md section 6, stage 2
 */
export function afterSafetyStock<N>(context: StageContext<N>, { item, rules }: Stocked, { place, supply }: { place: number; supply: N }): N {
  if (rules.safetyStock === undefined) return supply;
  const rule = ruleAt(rules.safetyStock, place, context);
  if (rule === undefined) return supply;
  const about = context.ops.about('safetyStock', item.sku, context.compiled.locationAt[place]);
  return withhold(context, supply, { rule, withheld: rule.withhold, scale: item.scale, about, words: { name: 'safety stock', rest: 'after safety stock' }, reasonCode: 'SAFETY_STOCK' });
}
