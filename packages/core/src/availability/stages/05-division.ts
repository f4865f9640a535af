import { StockwrightError } from '../../errors/error.ts';
import { ruleAt } from '../../policy/item-rules.ts';
import type { Allotted, PolicyRule } from '../../policy/policy.ts';
import { addQuantities, compareQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext, Stocked } from '../context.ts';
import { inSteps } from './rule-quantity.ts';

/** What is kept for a channel, and the rule that says so. */
export interface Guard<N> {
  readonly rule: PolicyRule;
  readonly kept: N;
}

/** What is kept for the channel of a number, absent where nothing is. */
export type Guards<N> = (channel: number) => Guard<N> | undefined;

/** Reads what is kept of a stocked sku, each channel once; absent where no rule keeps any of it for anybody. */
export function guardsOf<N>(context: StageContext<N>, stocked: Stocked): Guards<N> | undefined {
  const { protection } = stocked.rules;
  if (protection === undefined) return undefined;
  const known = new Map<number, Guard<N> | undefined>();
  return (channel) => {
    if (known.has(channel)) return known.get(channel);
    const rule = ruleAt(protection, channel, context);
    const guard = rule === undefined ? undefined : keptBy(context, stocked, { channel, rule, allotted: rule.keep });
    known.set(channel, guard);
    return guard;
  };
}

/** A level stands; a quota is what the channel has not taken of it in the rule's window. */
function keptBy<N>(context: StageContext<N>, { item }: Stocked, { channel, rule, allotted }: { channel: number; rule: PolicyRule; allotted: Allotted }): Guard<N> {
  const { ops, compiled, positions } = context;
  const id = compiled.channelAt[channel]?.id;
  const about = ops.because(ops.about('division', item.sku), rule);
  if ('level' in allotted) return { rule, kept: ops.input(inSteps(allotted.level, item.scale, 'up'), ops.note(about, `kept for ${id ?? ''}`, 'PROTECTED')) };
  if (positions.consumed === undefined || id === undefined) {
    throw new StockwrightError(`Rule ${rule.id} is a quota, so what ${id ?? 'its channel'} took of ${item.sku} must be known: pass positions with a method consumed.`, { code: 'INVALID_INPUT' });
  }
  const taken = positions.consumed({ sku: item.sku, channel: id, from: rule.from, until: rule.until });
  const quota = ops.input(inSteps(allotted.quota, item.scale, 'up'), ops.note(about, `quota of ${id}`));
  const rest = ops.subtract(quota, ops.input(taken, ops.note(about, `taken by ${id} in the window`)), ops.note(about, `rest of the quota of ${id}`));
  return { rule, kept: ops.notNegative(rest, ops.note(about, `kept for ${id}`, 'PROTECTED')) };
}

/**
 * Stage 5: what a channel may draw of what stage 4 leaves the channels of its eligible set. What is kept for the others
 * is not its own; where more is kept than is there, what is there is divided by D'Hondt's method with the protections
 * as weights, ties going to the smaller channel id.
 *
 * @see design.md section 6, stage 5
 */
export function divided<N>(context: StageContext<N>, stocked: Stocked, { pool, guards }: { readonly pool: N; readonly guards: Guards<N> | undefined }): N {
  const { ops, channel, compiled } = context;
  if (guards === undefined || channel.peers.length === 1 || compareQuantities(ops.value(pool), 0) <= 0) return pool;
  const kept = channel.peers.flatMap((number) => {
    const guard = guards(number);
    return guard === undefined || ops.value(guard.kept) === 0 ? [] : [{ number, guard }];
  });
  const index = kept.findIndex(({ number }) => number === channel.index);
  const own = kept[index]?.guard;
  const about = ops.about('division', stocked.item.sku);
  const all = kept.reduce<Quantity>((sum, { guard }) => addQuantities(sum, ops.value(guard.kept)), 0);
  const tooMuch = compareQuantities(all, ops.value(pool)) > 0;
  if (own !== undefined && tooMuch) {
    return ops.apportion(pool, kept.map(({ guard }) => guard.kept), { index, note: ops.note(ops.because(about, own.rule), `part of ${channel.id} where more is kept than is there`, 'PROTECTED') });
  }
  let left = pool;
  for (const { number, guard } of kept) {
    if (number === channel.index) continue;
    left = ops.subtract(left, guard.kept, ops.note(ops.because(about, guard.rule), `after what is kept for ${compiled.channelAt[number]?.id ?? ''}`, 'PROTECTED'));
  }
  return tooMuch ? ops.notNegative(left, ops.note(about, `left for ${channel.id}`)) : left;
}
