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
  const pin = pinOf(context, item, subject);
  shown = withinCap(context, item, { subject, shown: pin ?? shown });
  return { shown, pinned: pin !== undefined };
}

/**
 * Stage 8 for a sku that nothing limits: only a pin or a cap gives it a number.
 *
 * @returns The number, or nothing where no such rule is in effect.
 */
export function listedWithoutLimit<N>(context: StageContext<N>, item: CatalogItem): N | undefined {
  const { compiled, channel, asOf, boundaries } = context;
  const subject: RuleSubject = { item, channel: channel.id, asOf, boundaries };
  const pin = pinOf(context, item, subject);
  if (pin !== undefined) return withinCap(context, item, { subject, shown: pin });
  const cap = ruleFor(compiled, 'cap', subject);
  if (cap === undefined) return undefined;
  return context.ops.input(inSteps(cap.most, item.scale, 'down'), { stage: 'listing', sku: item.sku, label: 'at most', rule: cap, reasonCode: 'CAPPED' });
}

function pinOf<N>({ ops, compiled }: StageContext<N>, item: CatalogItem, subject: RuleSubject): N | undefined {
  const pin = ruleFor(compiled, 'pin', subject);
  if (pin === undefined) return undefined;
  return ops.input(inSteps(pin.quantity, item.scale, 'down'), { stage: 'listing', sku: item.sku, label: 'pinned', rule: pin, reasonCode: 'PINNED' });
}

function withinCap<N>({ ops, compiled }: StageContext<N>, item: CatalogItem, { subject, shown }: { subject: RuleSubject; shown: N }): N {
  const cap = ruleFor(compiled, 'cap', subject);
  if (cap === undefined) return shown;
  const note = { stage: 'listing' as const, sku: item.sku };
  const most = ops.input(inSteps(cap.most, item.scale, 'down'), { ...note, label: 'at most', rule: cap });
  return ops.min([shown, most], { ...note, label: 'within the cap', rule: cap, reasonCode: 'CAPPED' });
}
