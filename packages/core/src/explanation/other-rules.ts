import { SERVES, type Described, type OtherRule } from './described-change.ts';
import type { Steps } from './merged-steps.ts';
import type { TraceStep } from './trace.ts';

/** The steps of two explanations, and to which difference a step of either belongs. */
interface Compared<Difference> {
  readonly before: Steps;
  readonly after: Steps;
  readonly differenceOf: (step: TraceStep) => Difference | undefined;
}

/** Names the rules that are in one explanation alone and that no difference names, each with the difference through which it acts. */
export function withOtherRules<Difference extends Described>(differences: readonly Difference[], { before, after, differenceOf }: Compared<Difference>): readonly Difference[] {
  const named = new Set(differences.flatMap(({ rule, ruleBefore }) => [rule, ruleBefore]));
  const ruled = firstRuled(differences);
  const others = new Map<Difference, OtherRule[]>();
  for (const [kind, own, other] of [['removed', before, after], ['added', after, before]] as const) {
    const known = other.rules;
    for (const step of own.all) {
      const { rule } = step;
      if (rule === undefined || named.has(rule.id) || known.has(rule.id)) continue;
      // A rule that keeps nothing is not on the way of the number.
      const difference = differenceOf(step) ?? ruled.get(placeOf(step));
      // What only applies since a setting is another, or a location serves, has not come by itself.
      if (difference === undefined || difference.measure === 'setting' || difference.label === SERVES) continue;
      const told = others.get(difference) ?? [];
      told.push({ kind, rule: rule.id, owner: rule.owner, reason: rule.reason });
      others.set(difference, told);
      named.add(rule.id);
    }
  }
  return differences.map((one) => (others.has(one) ? { ...one, otherRules: others.get(one) } : one));
}

/** The first difference of each stage and sku that a rule is the reason of. */
function firstRuled<Difference extends Described>(differences: readonly Difference[]): ReadonlyMap<string, Difference> {
  const first = new Map<string, Difference>();
  for (const one of differences) if (one.rule !== undefined && !first.has(placeOf(one))) first.set(placeOf(one), one);
  return first;
}

function placeOf({ stage, sku }: Pick<Described, 'stage' | 'sku'>): string {
  return `${stage}\u001f${sku ?? ''}`;
}
