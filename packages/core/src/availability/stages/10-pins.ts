import type { CatalogItem } from '../../catalog/catalog.ts';
import type { LocationId } from '../../identity/ids.ts';
import { ruleWhere, type RuleOf } from '../../policy/item-rules.ts';
import type { StageContext } from '../context.ts';
import type { Listed, Listing, Multiple } from './08-listing.ts';
import { expressed } from './09-clamp.ts';
import type { Beside } from './10-beside.ts';
import { inSteps } from './rule-quantity.ts';
import { inMultiples } from './10-multiples.ts';

/** A part that a pin says. */
interface Pin<N> {
  readonly part: N;
  readonly rule: RuleOf<'pin'>;
}

/** Parts that pins of single locations say. */
export type Pins<N> = ReadonlyMap<LocationId, Pin<N>>;

/**
 * The parts that are pinned, whatever their locations have: a pin of a location is an override. A cap binds their sum, the
 * channel's first location first, and a multiple and what the channel can express bind each.
 *
 * @param multiple - The step in which the channel is told.
 */
export function pinnedParts<N>(context: StageContext<N>, { item, rules }: Listing, { forcedOut, most, multiple }: Pick<Listed<N>, 'forcedOut' | 'most'> & { readonly multiple: Multiple | undefined }): Pins<N> {
  const parts = new Map<LocationId, Pin<N>>();
  if (rules.pinAt === undefined || forcedOut) return parts;
  const { ops, channel } = context;
  let left = most;
  for (const location of channel.locations) {
    const rule = ruleWhere(rules.pinAt, channel.index, { when: context, fits: ({ scope }) => scope?.location === location });
    if (rule === undefined) continue;
    const about = ops.because?.(ops.about?.('spread', item.sku, location), rule);
    const pin = ops.input(inSteps(rule.quantity, item.scale, 'down'), ops.note?.(about, 'pinned here', 'PINNED'));
    const within = left === undefined ? pin : ops.lesser(pin, left, ops.note?.(about, 'pinned here, within the cap', 'CAPPED'));
    const whole = multiple === undefined ? within : inMultiples(context, within, { multiple, about: ops.about?.('spread', item.sku, location), label: 'pinned here in whole multiples' });
    const part = expressed(context, item, { number: whole, multiple, location });
    parts.set(location, { part, rule });
    if (left !== undefined) left = ops.subtract(left, part, ops.note?.(about, 'left within the cap'));
  }
  return parts;
}

/** What is divided beside pinned parts. */
interface Divided<N> {
  readonly number: N;
  readonly pins: Pins<N>;
  readonly most: N | undefined;
  /** What a location has; absent where nothing limits it. */
  readonly there: (location: LocationId) => N | undefined;
  /** What keeps parts from being at somebody else's cost; nothing where absent. */
  readonly beside?: Beside<N> | undefined;
}

/**
 * What the other locations show of a number together: what the pinned parts leave of it, as far as their locations have what
 * they say at no other channel's cost, and of a cap.
 *
 * @returns That, and what each pinned part takes of what is there.
 */
export function besidePins<N>({ ops }: StageContext<N>, { sku }: CatalogItem, { number, pins, most, there, beside }: Divided<N>): { readonly left: N; readonly takenAt: Map<LocationId, N> } {
  const takenAt = new Map<LocationId, N>();
  if (pins.size === 0) return { left: number, takenAt };
  const about = ops.about?.('spread', sku);
  let [after, left] = [number, most];
  for (const [location, { part, rule }] of pins) {
    const ruled = ops.because?.(about, rule);
    const wish = ops.lesser(part, there(location) ?? part, ops.note?.(ruled, `pinned at ${location}, of what is there`));
    // What is shown there beyond that is another channel's, and leaves the other locations what they have.
    const taken = beside === undefined ? wish : beside.atMost(location, wish, takenAt);
    beside?.show(location, ops.value(taken));
    takenAt.set(location, taken);
    after = ops.subtract(after, taken, ops.note?.(ruled, `left beside what is pinned at ${location}`));
    if (left !== undefined) left = ops.subtract(left, part, ops.note?.(ruled, `left within the cap beside ${location}`));
  }
  const rest = ops.notNegative(after, ops.note?.(about, 'left beside what is pinned'));
  return { left: left === undefined ? rest : ops.lesser(rest, left, ops.note?.(about, 'left beside what is pinned, within the cap', 'CAPPED')), takenAt };
}

/** All that is shown: each pin comes on top of what the others show, by its own rule. */
export function withPins<N>({ ops }: StageContext<N>, { sku }: CatalogItem, { rest, pins }: { readonly rest: N; readonly pins: Pins<N> }): N {
  const about = ops.about?.('spread', sku);
  let all = rest;
  for (const [location, { part, rule }] of pins) all = ops.add(all, part, ops.note?.(ops.because?.(about, rule), `shown with what is pinned at ${location}`));
  return all;
}
