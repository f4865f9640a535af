import type { CatalogItem } from '../../catalog/catalog.ts';
import { ruleAt, type ItemRules } from '../../policy/item-rules.ts';
import type { PolicyRule } from '../../policy/policy.ts';
import type { Quantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { customised } from './custom.ts';
import { inSteps, multipleInSteps } from './rule-quantity.ts';
import { withhold } from './withhold.ts';

const WORDS = { name: 'buffer', held: 'buffer held back', rest: 'after the buffer' };

/** What stage 8 makes of a number. */
export interface Listed<N> {
  readonly shown: N;
  /** The same before it is cut to whole multiples. */
  readonly counted: N;
  /** Nothing may be shown or promised. */
  readonly forcedOut: boolean;
  /** The step in which a listing counts, where a rule says so. */
  readonly multiple: Multiple | undefined;
  /** The most that may be shown, where a rule says so. */
  readonly most: N | undefined;
}

/** The step in which a listing counts, and the rule that says so; a channel that can express nothing else needs none. */
export interface Multiple {
  readonly of: Quantity;
  readonly rule: PolicyRule | undefined;
}

/** What is listed, and the rules that fit it. */
export interface Listing {
  readonly item: CatalogItem;
  readonly rules: ItemRules;
}

/**
 * Stage 8: what the listing makes of the number: buffer, then hiding at or below a threshold, then a pin, then a cap, in
 * whole multiples of what it sells. What is forced out shows nothing, whatever else is said.
 *
 * @see stage 8 of the README
 */
export function listed<N>(context: StageContext<N>, { item, rules }: Listing, supply: N): Listed<N> {
  const { ops, channel: { index } } = context;
  const forced = forcedOut(context, { item, rules });
  if (forced !== undefined) return forced;
  let shown = supply;
  const buffer = ruleAt(rules.buffer, index, context);
  if (buffer !== undefined) {
    shown = withhold(context, shown, { rule: buffer, withheld: buffer.withhold, withholding: { scale: item.scale, about: ops.about?.('listing', item.sku), words: WORDS, reasonCode: 'BUFFER' } });
  }
  const hide = ruleAt(rules.hideAtOrBelow, index, context);
  if (hide !== undefined) {
    const ruled = ops.because?.(ops.about?.('listing', item.sku), hide);
    const threshold = ops.input(inSteps(hide.threshold, item.scale, 'down'), ops.note?.(ruled, 'hide at or below'));
    shown = ops.zeroAtOrBelow(shown, threshold, ops.note?.(ruled, 'shown unless too few', 'HIDDEN'));
  }
  shown = customised(context, shown, { item, stage: 'listing', rules: rules.customListing, place: index });
  return bounded(context, { item, rules }, { pin: pinOf(context, { item, rules }), shown });
}

/**
 * Stage 8 for a sku that nothing limits: only a pin, a cap or being forced out gives it a number.
 *
 * @returns The number, or nothing where no such rule is in effect.
 */
export function listedWithoutLimit<N>(context: StageContext<N>, listing: Listing): Listed<N> | undefined {
  const { ops, channel } = context;
  const { item, rules } = listing;
  const forced = forcedOut(context, listing);
  if (forced !== undefined) return forced;
  const pin = pinOf(context, listing);
  if (pin !== undefined) return bounded(context, listing, { pin, shown: pin });
  const cap = ruleAt(rules.cap, channel.index, context);
  if (cap === undefined) return undefined;
  const most = ops.input(inSteps(cap.most, item.scale, 'down'), ops.note?.(ops.because?.(ops.about?.('listing', item.sku), cap), 'at most', 'CAPPED'));
  return inMultiples(context, listing, { shown: most, most });
}

function forcedOut<N>(context: StageContext<N>, { item, rules }: Listing): Listed<N> | undefined {
  const { ops, channel } = context;
  const rule = ruleAt(rules.forceOut, channel.index, context);
  if (rule === undefined) return undefined;
  const shown = ops.input(0, ops.note?.(ops.because?.(ops.about?.('listing', item.sku), rule), 'forced out of stock', 'FORCED_OUT'));
  return { shown, counted: shown, forcedOut: true, multiple: undefined, most: undefined };
}

function pinOf<N>(context: StageContext<N>, { item, rules }: Listing): N | undefined {
  const { ops, channel } = context;
  const pin = ruleAt(rules.pin, channel.index, context);
  if (pin === undefined) return undefined;
  return ops.input(inSteps(pin.quantity, item.scale, 'down'), ops.note?.(ops.because?.(ops.about?.('listing', item.sku), pin), 'pinned', 'PINNED'));
}

function bounded<N>(context: StageContext<N>, { item, rules }: Listing, { pin, shown }: { pin: N | undefined; shown: N }): Listed<N> {
  const { ops, channel } = context;
  const wished = pin ?? shown;
  const cap = ruleAt(rules.cap, channel.index, context);
  if (cap === undefined) return inMultiples(context, { item, rules }, { shown: wished, most: undefined });
  const ruled = ops.because?.(ops.about?.('listing', item.sku), cap);
  const most = ops.input(inSteps(cap.most, item.scale, 'down'), ops.note?.(ruled, 'at most'));
  return inMultiples(context, { item, rules }, { shown: ops.lesser(wished, most, ops.note?.(ruled, 'within the cap', 'CAPPED')), most });
}

/** The step in which a listing counts, where a rule says so. */
export function multipleOf<N>(context: StageContext<N>, { item, rules }: Listing): Multiple | undefined {
  const rule = ruleAt(rules.sellMultiple, context.channel.index, context);
  return rule === undefined ? undefined : { of: multipleInSteps(rule.of, item.scale), rule };
}

function inMultiples<N>(context: StageContext<N>, { item, rules }: Listing, { shown, most }: Pick<Listed<N>, 'shown' | 'most'>): Listed<N> {
  const { ops, channel } = context;
  const rule = ruleAt(rules.sellMultiple, channel.index, context);
  const multiple = multipleOf(context, { item, rules });
  if (rule === undefined || multiple === undefined) return { shown, counted: shown, forcedOut: false, multiple: undefined, most };
  const note = ops.note?.(ops.because?.(ops.about?.('listing', item.sku), rule), 'in whole multiples', 'SELL_MULTIPLE');
  return { shown: ops.multipleDown(shown, multiple.of, note), counted: shown, forcedOut: false, multiple, most };
}
