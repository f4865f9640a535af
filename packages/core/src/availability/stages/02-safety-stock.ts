import type { LocationId } from '../../identity/ids.ts';
import { ruleFor } from '../../policy/compile.ts';
import type { Stocked, StageContext } from '../context.ts';
import { withhold } from './withhold.ts';

/**
 * Stage 2: what is held back at a location, by the most specific rule. A percentage is of what is there, rounded up
 * (10 % of 15 is 2), and never more is held back than is there: a shortage is not made deeper by the wish to keep some.
 *
 * @see design.md section 6, stage 2
 */
export function afterSafetyStock<N>(context: StageContext<N>, stocked: Stocked, { location, supply }: { location: LocationId; supply: N }): N {
  const { compiled, asOf, boundaries } = context;
  if (!compiled.rules.has('safetyStock')) return supply;
  const rule = ruleFor(compiled, 'safetyStock', { item: stocked.item, location, asOf, boundaries });
  if (rule === undefined) return supply;
  const note = { stage: 'safetyStock' as const, sku: stocked.item.sku, location };
  return withhold(context, supply, { rule, withheld: rule.withhold, scale: stocked.item.scale, note, words: { name: 'safety stock', rest: 'after safety stock' }, reasonCode: 'SAFETY_STOCK' });
}
