import type { About } from '../../explanation/arithmetic.ts';
import type { ReasonCode } from '../../explanation/trace.ts';
import type { ByLevel, PolicyRule, Withheld } from '../../policy/policy.ts';
import { compareQuantities, parseQuantity, PERCENT_SCALE } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { inSteps } from './rule-quantity.ts';

/** What is to be held back, and how to tell it. */
export interface Withholding {
  readonly scale: number;
  readonly about: About | undefined;
  readonly words: { readonly name: string; readonly held: string; readonly rest: string };
  readonly reasonCode: ReasonCode;
}

/** What is left after a rule held back a fixed or percentual part, which is at most what is there. */
export function withhold<N>(context: StageContext<N>, from: N, { rule, withheld, withholding }: { readonly rule: PolicyRule; readonly withheld: Withheld | ByLevel; readonly withholding: Withholding }): N {
  const fitting = 'levels' in withheld ? levelFor(context, from, { levels: withheld.levels, scale: withholding.scale }) : withheld;
  return fitting === undefined ? from : withheldFrom(context, from, { withheld: fitting, withholding, ruled: context.ops.because?.(withholding.about, rule) });
}

/** The last level that does not begin above what there is. */
function levelFor<N>({ ops }: StageContext<N>, from: N, { levels, scale }: { readonly levels: ByLevel['levels']; readonly scale: number }): Withheld | undefined {
  return levels.findLast((level) => compareQuantities(inSteps(level.from, scale, 'up'), ops.value(from)) <= 0);
}

/** The same where no rule is the reason; `ruled` is what the steps of the withholding are about. */
export function withheldFrom<N>(context: StageContext<N>, from: N, { withheld, withholding, ruled }: { readonly withheld: Withheld; readonly withholding: Withholding; readonly ruled: About | undefined }): N {
  const { ops } = context;
  const { about, words, scale } = withholding;
  const there = ops.notNegative(from, ops.note?.(about, 'there to hold back from'));
  const wish = 'fixed' in withheld
    ? ops.input(inSteps(withheld.fixed, scale, 'up'), ops.note?.(ruled, words.name))
    : ops.percentUp(there, parseQuantity(withheld.percent, { scale: PERCENT_SCALE }), ops.note?.(ruled, words.name));
  return heldBack(context, from, { there, wish, ruled, withholding });
}

/** Holds back what is wished, at most what is there. */
export function heldBack<N>({ ops }: StageContext<N>, from: N, { there, wish, ruled, withholding: { words, reasonCode } }: { readonly there: N; readonly wish: N; readonly ruled: About | undefined; readonly withholding: Withholding }): N {
  const held = ops.lesser(wish, there, ops.note?.(ruled, words.held, reasonCode));
  return ops.subtract(from, held, ops.note?.(ruled, words.rest, reasonCode));
}
