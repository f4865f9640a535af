import { KEPT_FOR_NOBODY } from '../../explanation/trace.ts';
import { ruleAt } from '../../policy/item-rules.ts';
import { addQuantities, compareQuantities, MAX_SCALE, parseQuantity, PERCENT_SCALE, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext, Stocked } from '../context.ts';
import { allottedTo, type Guard, type Guards } from './05-guards.ts';

/** What stage 4 leaves the channels of a set, and what is kept for each. */
export interface Divisible<N> {
  readonly pool: N;
  readonly guards: Guards<N> | undefined;
}

/**
 * Stage 5: what a channel may draw of what stage 4 leaves the channels of its eligible set. What is kept for others, of
 * the same rank or above, is not its own; where more is kept than is there, what is there is divided by D'Hondt's method
 * with the protections as weights. A share then divides what nobody keeps; a ringfence, a percentage of the pool and a
 * cap on drawing bound the result. Ties go to the smaller channel id.
 *
 * @see stage 5 of the README
 */
export function divided<N>(context: StageContext<N>, stocked: Stocked, { pool, guards }: Divisible<N>): N {
  const { rules } = stocked;
  if (guards === undefined && rules.share === undefined && rules.percentOfPool === undefined && rules.drawCap === undefined) return pool;
  if (compareQuantities(context.ops.value(pool), 0) <= 0) return pool;
  const drawn = shared(context, stocked, withoutOthers(context, stocked, { pool, guards }));
  return withinCap(context, stocked, withinPercentage(context, stocked, { pool, drawn }));
}

/** What a channel may draw, and what of it is kept for it alone. */
interface Drawn<N> {
  readonly left: N;
  /** Its own guard, cut to what is there; absent where nothing is kept for it. */
  readonly own: N | undefined;
  readonly guard: Guard<N> | undefined;
  /** What is kept for channels of lower rank, which only a share respects. */
  readonly below: readonly Kept<N>[];
}

interface Kept<N> {
  readonly number: number;
  readonly guard: Guard<N>;
}

function withoutOthers<N>(context: StageContext<N>, stocked: Stocked, { pool, guards }: Divisible<N>): Drawn<N> {
  const { ops, channel } = context;
  const kept = channel.peers.flatMap((number): Kept<N>[] => {
    const guard = guards?.(number);
    return guard === undefined || (number !== channel.index && ops.value(guard.kept) === 0) ? [] : [{ number, guard }];
  });
  const ranks = ruleAt(stocked.rules.priority, channel.index, context)?.order;
  const rankOf = (number: number): number => {
    const rank = ranks?.indexOf(context.compiled.channelAt[number]?.id ?? '') ?? -1;
    return rank < 0 ? Number.POSITIVE_INFINITY : rank;
  };
  const own = rankOf(channel.index);
  const above = kept.filter(({ number }) => rankOf(number) < own);
  const equal = kept.filter(({ number }) => rankOf(number) === own);
  const below = kept.filter(({ number }) => rankOf(number) > own);
  return { ...amongEquals(context, stocked, { pool: less(context, stocked, { from: pool, kept: above }), equal }), below };
}

/** Channels of one rank respect each other's guards, cut to what is there. */
function amongEquals<N>(context: StageContext<N>, stocked: Stocked, { pool, equal }: { pool: N; equal: readonly Kept<N>[] }): Omit<Drawn<N>, 'below'> {
  const { ops, channel } = context;
  const index = equal.findIndex(({ number }) => number === channel.index);
  const guard = equal[index]?.guard;
  const all = equal.reduce<Quantity>((sum, { guard: { kept } }) => addQuantities(sum, ops.value(kept)), 0);
  if (guard !== undefined && compareQuantities(all, ops.value(pool)) > 0) {
    const about = ops.because?.(ops.about?.('division', stocked.item.sku), guard.rule);
    const part = ops.apportion(pool, equal.map(({ guard: { kept } }) => kept), { index, note: ops.note?.(about, `part of ${channel.id} where more is kept than is there`, 'PROTECTED') });
    return { left: part, own: part, guard };
  }
  return { left: less(context, stocked, { from: pool, kept: equal.filter(({ number }) => number !== channel.index) }), own: guard?.kept, guard };
}

/** What is left after guards, never below zero. */
function less<N>({ ops, channel, compiled }: StageContext<N>, { item }: Stocked, { from, kept }: { from: N; kept: readonly Kept<N>[] }): N {
  let left = from;
  for (const { number, guard } of kept) {
    left = ops.subtract(left, guard.kept, ops.note?.(ops.because?.(ops.about?.('division', item.sku), guard.rule), `after what is kept for ${compiled.channelAt[number]?.id ?? ''}`, 'PROTECTED'));
  }
  return compareQuantities(ops.value(left), 0) < 0 ? ops.notNegative(left, ops.note?.(ops.about?.('division', item.sku), `left for ${channel.id}`)) : left;
}

/** Divides what nobody keeps between the channels of a share; a ringfenced channel has its own segment and nothing else. */
function shared<N>(context: StageContext<N>, stocked: Stocked, { left, own, guard, below }: Drawn<N>): N {
  const { ops, channel, compiled } = context;
  const { sku } = stocked.item;
  if (guard?.only === true && own !== undefined) {
    return left === own ? left : ops.min([left, own], ops.note?.(ops.because?.(ops.about?.('division', sku), guard.rule), `own segment of ${channel.id} and nothing else`, 'RINGFENCE'));
  }
  const rule = ruleAt(stocked.rules.share, channel.index, context);
  if (rule === undefined) return left;
  const about = ops.about?.('division', sku);
  const ruled = ops.because?.(about, rule);
  const unkept = own === undefined ? left : ops.subtract(left, own, ops.note?.(about, KEPT_FOR_NOBODY));
  const free = less(context, stocked, { from: unkept, kept: below });
  const members = channel.peers.map((number) => compiled.channelAt[number]?.id ?? '').filter((id) => Object.hasOwn(rule.between, id));
  const index = members.indexOf(channel.id);
  const part = index < 0
    ? ops.input(0, ops.note?.(ruled, `${channel.id} has no share`, 'SHARE'))
    : ops.apportion(free, members.map((id) => ops.input(parseQuantity(rule.between[id] ?? 0, { scale: digitsOf(rule.between) }), ops.note?.(ruled, `weight of ${id}`))), { index, note: ops.note?.(ruled, `share of ${channel.id}`, 'SHARE') });
  return own === undefined ? part : ops.sum([own, part], ops.note?.(ruled, `share of ${channel.id}, and what is kept for it`, 'SHARE'));
}

/** The most decimal digits of any weight: weights count in steps of their own. */
function digitsOf(weights: Readonly<Record<string, string | number>>): number {
  const most = Object.values(weights).reduce<number>((digits, weight) => Math.max(digits, String(weight).split('.')[1]?.length ?? 0), 0);
  return Object.values(weights).some((weight) => String(weight).includes('e')) ? MAX_SCALE : most;
}

function withinPercentage<N>(context: StageContext<N>, stocked: Stocked, { pool, drawn }: { pool: N; drawn: N }): N {
  const { ops, channel } = context;
  const rule = ruleAt(stocked.rules.percentOfPool, channel.index, context);
  if (rule === undefined) return drawn;
  const about = ops.because?.(ops.about?.('division', stocked.item.sku), rule);
  const most = ops.percentDown(pool, parseQuantity(rule.percent, { scale: PERCENT_SCALE }), ops.note?.(about, `percentage of the pool for ${channel.id}`));
  return ops.min([drawn, most], ops.note?.(about, `within its percentage of the pool`, 'PERCENT_OF_POOL'));
}

function withinCap<N>(context: StageContext<N>, stocked: Stocked, drawn: N): N {
  const { ops, channel } = context;
  const rule = ruleAt(stocked.rules.drawCap, channel.index, context);
  if (rule === undefined) return drawn;
  const most = allottedTo(context, stocked, { channel: channel.index, rule, allotted: rule.most });
  return ops.min([drawn, most], ops.note?.(ops.because?.(ops.about?.('division', stocked.item.sku), rule), 'within what may be drawn', 'DRAW_CAP'));
}
