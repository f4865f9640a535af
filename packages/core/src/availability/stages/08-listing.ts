import type { CatalogItem } from '../../catalog/catalog.ts';
import { ruleAt, type ItemRules } from '../../policy/item-rules.ts';
import type { StageContext } from '../context.ts';
import { inSteps } from './rule-quantity.ts';
import { withhold } from './withhold.ts';

/**
 * Stage 8: what the listing makes of the number: buffer, then hiding at or below a threshold, then a pin, then a cap.
 *
 * @returns The number, and whether a pin decided it.
 * @see design.md section 6, stage 8
 */
export function listed<N>(context: StageContext<N>, { item, rules }: Listing, supply: N): { readonly shown: N; readonly pinned: boolean } {
  const { ops, channel: { index } } = context;
  const about = ops.about('listing', item.sku);
  let shown = supply;
  const buffer = ruleAt(rules.buffer, index, context);
  if (buffer !== undefined) {
    shown = withhold(context, shown, { rule: buffer, withheld: buffer.withhold, scale: item.scale, about, words: { name: 'buffer', rest: 'after the buffer' }, reasonCode: 'BUFFER' });
  }
  const hide = ruleAt(rules.hideAtOrBelow, index, context);
  if (hide !== undefined) {
    const ruled = ops.because(about, hide);
    const threshold = ops.input(inSteps(hide.threshold, item.scale, 'up'), ops.note(ruled, 'hide at or below'));
    shown = ops.zeroAtOrBelow(shown, threshold, ops.note(ruled, 'shown unless too few', 'HIDDEN'));
  }
  const pin = pinOf(context, { item, rules });
  shown = withinCap(context, { item, rules }, pin ?? shown);
  return { shown, pinned: pin !== undefined };
}

/** What is listed, and the rules that fit it. */
export interface Listing {
  readonly item: CatalogItem;
  readonly rules: ItemRules;
}

/**
 * Stage 8 for a sku that nothing limits: only a pin or a cap gives it a number.
 *
 * @returns The number, or nothing where no such rule is in effect.
 */
export function listedWithoutLimit<N>(context: StageContext<N>, { item, rules }: Listing): N | undefined {
  const { ops, channel } = context;
  const pin = pinOf(context, { item, rules });
  if (pin !== undefined) return withinCap(context, { item, rules }, pin);
  const cap = ruleAt(rules.cap, channel.index, context);
  if (cap === undefined) return undefined;
  return ops.input(inSteps(cap.most, item.scale, 'down'), ops.note(ops.because(ops.about('listing', item.sku), cap), 'at most', 'CAPPED'));
}

function pinOf<N>(context: StageContext<N>, { item, rules }: Listing): N | undefined {
  const { ops, channel } = context;
  const pin = ruleAt(rules.pin, channel.index, context);
  if (pin === undefined) return undefined;
  return ops.input(inSteps(pin.quantity, item.scale, 'down'), ops.note(ops.because(ops.about('listing', item.sku), pin), 'pinned', 'PINNED'));
}

function withinCap<N>(context: StageContext<N>, { item, rules }: Listing, shown: N): N {
  const { ops, channel } = context;
  const cap = ruleAt(rules.cap, channel.index, context);
  if (cap === undefined) return shown;
  const ruled = ops.because(ops.about('listing', item.sku), cap);
  const most = ops.input(inSteps(cap.most, item.scale, 'down'), ops.note(ruled, 'at most'));
  return ops.min([shown, most], ops.note(ruled, 'within the cap', 'CAPPED'));
}
