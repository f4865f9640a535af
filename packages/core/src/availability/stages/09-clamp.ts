import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId } from '../../identity/ids.ts';
import { greatestCommonDivisor, multiplyQuantity, scaleQuantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import type { Multiple } from './08-listing.ts';
import { inSteps } from './rule-quantity.ts';

/**
 * Stage 9: a channel is never told less than nothing, nor what it cannot express: of one that shows one number that number,
 * of one that shows parts each part, in {@link expressed}.
 *
 * @param multiple - The step in which the channel is told, in {@link expressible}.
 * @see stage 9 of the README
 */
export function clamped<N>(context: StageContext<N>, item: CatalogItem, { shown, multiple }: { readonly shown: N; readonly multiple: Multiple | undefined }): N {
  const { ops, channel } = context;
  const number = ops.notNegative(shown, ops.note?.(ops.about?.('clamp', item.sku), 'available to sell', 'NOT_NEGATIVE'));
  return expressed(context, item, { number, multiple, inParts: channel.publish === 'perLocation' });
}

/** The step in which a channel is told: that of the listing, and whole units where it can express nothing else. */
export function expressible({ channel }: StageContext<unknown>, { scale }: CatalogItem, multiple: Multiple | undefined): Multiple | undefined {
  if (channel.wholeUnits !== true || scale === 0) return multiple;
  const unit = 10 ** scale;
  if (multiple === undefined) return { of: unit, rule: undefined };
  return { ...multiple, of: multiplyQuantity(unit, scaleQuantity(multiple.of, 1, greatestCommonDivisor(multiple.of, unit), 'down')) };
}

/** A number that the channel is told, or one that its parts sum to. */
interface Expressed<N> {
  readonly number: N;
  readonly multiple: Multiple | undefined;
  readonly location?: LocationId;
  /** It is shown in parts, and what the channel can express bounds each of these. */
  readonly inParts?: boolean;
}

/** The most of a number that the channel can express. */
export function expressed<N>({ ops, channel }: StageContext<N>, { sku, scale }: CatalogItem, { number, multiple, location, inParts = false }: Expressed<N>): N {
  const maximum = inParts ? undefined : channel.maximum;
  if (maximum === undefined && (channel.wholeUnits !== true || scale === 0)) return number;
  const about = ops.about?.('clamp', sku, location);
  const bounded = maximum === undefined ? number
    : ops.lesser(number, ops.input(inSteps(maximum, scale, 'down'), ops.note?.(about, `the most that ${channel.id} can express`)), ops.note?.(about, `what ${channel.id} can express`, 'CHANNEL_MAXIMUM'));
  return multiple === undefined ? bounded : ops.multipleDown(bounded, multiple.of, ops.note?.(about, `what ${channel.id} can express in whole multiples`, 'CHANNEL_MAXIMUM'));
}
