import type { Instant } from '../../identity/instant.ts';
import type { CompiledChannel, CompiledPolicy } from '../../policy/compile.ts';
import { ruleAt, type ItemRules, type When } from '../../policy/item-rules.ts';
import { parseQuantity, PERCENT_SCALE, scaleQuantity, type Quantity } from '../../quantity/quantity.ts';
import { inSteps } from '../stages/rule-quantity.ts';

/** What stage 8 does to one listing until a moment, in numbers alone. */
export interface ListingPlan {
  readonly buffer: number;
  /** In ten-thousandths of a percent; 0 where there is none. */
  readonly bufferPercent: number;
  readonly hide: number;
  readonly pin: number;
  readonly cap: number;
  readonly validUntil: Instant | undefined;
}

const NONE = -1;

/** Whether a stocked sku is nothing but on hand less what is not sellable and committed, as far as rules go. */
export function isPlainStock({ plainPlaces }: CompiledPolicy, rules: ItemRules): boolean {
  return plainPlaces && rules.safetyStock === undefined && rules.protection === undefined && rules.ringfence === undefined && rules.share === undefined
    && rules.percentOfPool === undefined && rules.drawCap === undefined && rules.preorderLimit === undefined && rules.customSupply === undefined && rules.customDraw === undefined;
}

/** What a listing does to its number, and the channel's largest one, or nothing where that takes more than numbers. */
export function listingPlan(rules: ItemRules, { index: channel, maximum, wholeUnits }: CompiledChannel, { scale, asOf }: { readonly scale: number; readonly asOf: Instant }): ListingPlan | undefined {
  if (rules.backorderLimit !== undefined || rules.preorderLimit !== undefined || rules.sellMultiple !== undefined || rules.forceOut !== undefined || rules.customListing !== undefined || (wholeUnits === true && scale > 0)) return undefined;
  let validUntil: Instant | undefined;
  const when: When = { asOf, boundaries: (instant) => { if (instant > asOf && (validUntil === undefined || instant < validUntil)) validUntil = instant; } };
  const withhold = ruleAt(rules.buffer, channel, when)?.withhold;
  const [hide, pin, cap] = [ruleAt(rules.hideAtOrBelow, channel, when), ruleAt(rules.pin, channel, when), ruleAt(rules.cap, channel, when)];
  if (withhold !== undefined && 'levels' in withhold) return undefined;
  const numbers: Quantity[] = [
    withhold !== undefined && 'fixed' in withhold ? inSteps(withhold.fixed, scale, 'up') : 0, withhold !== undefined && 'percent' in withhold ? parseQuantity(withhold.percent, { scale: PERCENT_SCALE }) : 0,
    hide === undefined ? NONE : inSteps(hide.threshold, scale, 'down'), pin === undefined ? NONE : inSteps(pin.quantity, scale, 'down'), cap === undefined ? NONE : inSteps(cap.most, scale, 'down'),
    maximum === undefined ? NONE : inSteps(maximum, scale, 'down'),
  ];
  const [buffer, bufferPercent, hideAt, pinned, most, largest] = numbers;
  if (typeof buffer !== 'number' || typeof bufferPercent !== 'number' || typeof hideAt !== 'number' || typeof pinned !== 'number' || typeof most !== 'number' || typeof largest !== 'number') return undefined;
  return { buffer, bufferPercent, hide: hideAt, pin: pinned, cap: most === NONE || largest === NONE ? Math.max(most, largest) : Math.min(most, largest), validUntil };
}

/** Stages 8 and 9 in numbers. */
export function listedNumber({ buffer, bufferPercent, hide, pin, cap }: ListingPlan, supply: number): number {
  let shown = supply;
  if (pin === NONE) {
    const there = supply > 0 ? supply : 0;
    if (bufferPercent > 0) shown -= Number(scaleQuantity(there, bufferPercent, 1_000_000, 'up'));
    else if (buffer > 0) shown -= buffer < there ? buffer : there;
    if (shown <= hide) shown = 0;
  } else {
    shown = pin;
  }
  if (cap !== NONE && shown > cap) shown = cap;
  return shown > 0 ? shown : 0;
}
