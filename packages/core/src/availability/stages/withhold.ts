import type { About } from '../../explanation/arithmetic.ts';
import type { ReasonCode } from '../../explanation/trace.ts';
import type { PolicyRule, Withheld } from '../../policy/policy.ts';
import { parseQuantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { inSteps } from './rule-quantity.ts';

/** What is to be held back, and how to tell it. */
export interface Withholding {
  readonly withheld: Withheld;
  readonly scale: number;
  readonly about: About;
  readonly words: { readonly name: string; readonly rest: string };
  readonly reasonCode: ReasonCode;
}

/** What is left after a rule held back a fixed or percentual part, which is at most what is there. */
export function withhold<N>(context: StageContext<N>, from: N, { rule, ...withholding }: Withholding & { readonly rule: PolicyRule }): N {
  return withheldFrom(context, from, { ...withholding, ruled: context.ops.because(withholding.about, rule) });
}

/** The same where no rule is the reason; `ruled` is what the steps of the withholding are about. */
export function withheldFrom<N>({ ops }: StageContext<N>, from: N, { withheld, scale, about, ruled, words, reasonCode }: Withholding & { readonly ruled: About }): N {
  const there = ops.notNegative(from, ops.note(about, 'there to hold back from'));
  const wish = 'fixed' in withheld
    ? ops.input(inSteps(withheld.fixed, scale, 'up'), ops.note(ruled, words.name))
    : ops.percentUp(there, parseQuantity(withheld.percent, { scale: 4 }), ops.note(ruled, words.name));
  const held = ops.min([wish, there], ops.note(ruled, `${words.name} held back`, reasonCode));
  return ops.subtract(from, held, ops.note(ruled, words.rest, reasonCode));
}
