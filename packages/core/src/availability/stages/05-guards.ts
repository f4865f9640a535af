import { ruleAt } from '../../policy/item-rules.ts';
import type { Allotted, PolicyRule } from '../../policy/policy.ts';
import type { StageContext, Stocked } from '../context.ts';
import { missingRead } from './missing-read.ts';
import { inSteps } from './rule-quantity.ts';

/** What is kept for a channel, and the rule that says so. */
export interface Guard<N> {
  readonly rule: PolicyRule;
  readonly kept: N;
  /** Whether the channel may draw this and nothing else. */
  readonly only: boolean;
}

/** What is kept for the channel of a number, absent where nothing is. */
export type Guards<N> = (channel: number) => Guard<N> | undefined;

/** Reads what is kept of a stocked sku, each channel once; absent where no rule keeps any of it for anybody. */
export function guardsOf<N>(context: StageContext<N>, stocked: Stocked): Guards<N> | undefined {
  const { protection, ringfence } = stocked.rules;
  if (protection === undefined && ringfence === undefined) return undefined;
  const known = new Map<number, Guard<N> | undefined>();
  return (channel) => {
    if (!known.has(channel)) known.set(channel, guardOf(context, stocked, channel));
    return known.get(channel);
  };
}

function guardOf<N>(context: StageContext<N>, stocked: Stocked, channel: number): Guard<N> | undefined {
  const { ops, compiled } = context;
  const protection = ruleAt(stocked.rules.protection, channel, context);
  const ringfence = ruleAt(stocked.rules.ringfence, channel, context);
  const kept: N[] = [];
  if (protection !== undefined) kept.push(allottedTo(context, stocked, { channel, rule: protection, allotted: protection.keep }));
  if (ringfence !== undefined) kept.push(allottedTo(context, stocked, { channel, rule: ringfence, allotted: { quota: ringfence.segment } }));
  const [first] = kept;
  const rule = ringfence ?? protection;
  if (first === undefined || rule === undefined) return undefined;
  const all = kept.length === 1 ? first : ops.sum(kept, ops.note?.(ops.because?.(ops.about?.('division', stocked.item.sku), rule), `kept for ${compiled.channelAt[channel]?.id ?? ''}`, 'PROTECTED'));
  return { rule, kept: all, only: ringfence !== undefined && !ringfence.shared };
}

/** An allotment of a channel by a rule. */
export interface Allotment {
  readonly channel: number;
  readonly rule: PolicyRule;
  readonly allotted: Allotted;
}

/** A level stands; a quota is what the channel has not taken of it in the rule's window. */
export function allottedTo<N>(context: StageContext<N>, { item }: Stocked, { channel, rule, allotted }: Allotment): N {
  const { ops, compiled, positions } = context;
  const id = compiled.channelAt[channel]?.id;
  const about = ops.because?.(ops.about?.('division', item.sku), rule);
  const rounding = rule.kind === 'drawCap' ? 'down' : 'up';
  if ('level' in allotted) return ops.input(inSteps(allotted.level, item.scale, rounding), ops.note?.(about, nameOf(rule, id), 'PROTECTED'));
  if (positions.consumed === undefined || id === undefined) {
    throw missingRead('consumed', `Rule ${rule.id} counts what ${id ?? 'its channel'} took of ${item.sku}`);
  }
  const taken = positions.consumed({ sku: item.sku, channel: id, from: rule.from, until: rule.until });
  const quota = ops.input(inSteps(allotted.quota, item.scale, rounding), ops.note?.(about, `quota of ${id}`));
  const rest = ops.subtract(quota, ops.input(taken, ops.note?.(about, `taken by ${id} in the window`)), ops.note?.(about, `rest of the quota of ${id}`));
  return ops.notNegative(rest, ops.note?.(about, nameOf(rule, id), 'PROTECTED'));
}

/** What a rule allots to a channel, in words. */
function nameOf({ kind }: PolicyRule, channel = ''): string {
  if (kind === 'drawCap') return `most that ${channel} may draw`;
  return kind === 'ringfence' ? `own segment of ${channel}` : `kept for ${channel}`;
}
