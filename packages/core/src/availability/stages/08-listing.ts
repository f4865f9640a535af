import type { CatalogItem } from '../../catalog/catalog.ts';
import { ruleFor, type RuleSubject } from '../../policy/compile.ts';
import type { StageContext } from '../context.ts';
import { inSteps } from './rule-quantity.ts';
import { withhold } from './withhold.ts';

/**
 * Stage 8: what the listing makes of the number: buffer, then hiding at or below a threshold, then a pin, then a cap.
 *
 * @returns The number, and whether a pin decided it.
 * @see design.md section 6, stage 8
 */
export function listed<N>(context: StageContext<N>, item: CatalogItem, supply: N): { readonly shown: N; readonly pinned: boolean } {
  const { ops, compiled, channel, asOf, boundaries } = context;
  const subject: RuleSubject = { item, channel: channel.id, asOf, boundaries };
  const note = { stage: 'listing' as const, sku: item.sku };
  let shown = supply;
  const buffer = ruleFor(compiled, 'buffer', subject);
  if (buffer !== undefined) {
    shown = withhold(context, shown, { rule: buffer, withheld: buffer.withhold, scale: item.scale, note, words: { name: 'buffer', rest: 'after the buffer' }, reasonCode: 'BUFFER' });
  }
  const hide = ruleFor(compiled, 'hideAtOrBelow', subject);
  if (hide !== undefined) {
    const threshold = ops.input(inSteps(hide.threshold, item.scale, 'up'), { ...note, label: 'hide at or below', rule: hide });
    shown = ops.zeroAtOrBelow(shown, threshold, { ...note, label: 'shown unless too few', rule: hide, reasonCode: 'HIDDEN' });
  }
  const pin = ruleFor(compiled, 'pin', subject);
  if (pin !== undefined) shown = ops.input(inSteps(pin.quantity, item.scale, 'down'), { ...note, label: 'pinned', rule: pin, reasonCode: 'PINNED' });
  const cap = ruleFor(compiled, 'cap', subject);
  if (cap !== undefined) {
    const most = ops.input(inSteps(cap.most, item.scale, 'down'), { ...note, label: 'at most', rule: cap });
    shown = ops.min([shown, most], { ...note, label: 'within the cap', rule: cap, reasonCode: 'CAPPED' });
  }
  return { shown, pinned: pin !== undefined };
}
