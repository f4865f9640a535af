import type { Stage } from '../../explanation/trace.ts';
import { customAt, type RuleOf, type RulesByPlace } from '../../policy/item-rules.ts';
import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId } from '../../identity/ids.ts';
import type { StageContext } from '../context.ts';

/** Where rules of one's own apply. */
export interface Customised {
  readonly item: CatalogItem;
  readonly stage: Stage;
  readonly rules: RulesByPlace<RuleOf<'custom'>> | undefined;
  /** The number of the location or channel. */
  readonly place: number;
  readonly location?: LocationId | undefined;
}

/** Lets rules of one's own change a number, each in turn. */
export function customised<N>(context: StageContext<N>, from: N, { item, stage, rules, place, location }: Customised): N {
  if (rules === undefined) return from;
  const { ops, compiled, channel } = context;
  let number = from;
  for (const rule of customAt(rules, place, context)) {
    const bound = compiled.custom.get(rule.id);
    if (bound === undefined) continue;
    const result = bound.apply({ quantity: ops.value(number), sku: item.sku, scale: item.scale, category: item.category, channel: channel.id, location });
    number = ops.custom(number, result, ops.note?.(ops.because?.(ops.about?.(stage, item.sku, location), rule), bound.label, 'CUSTOM'));
  }
  return number;
}
