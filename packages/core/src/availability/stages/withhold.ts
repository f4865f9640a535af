import type { Note } from '../../explanation/arithmetic.ts';
import type { ReasonCode } from '../../explanation/trace.ts';
import type { PolicyRule, Withheld } from '../../policy/policy.ts';
import { parseQuantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { inSteps } from './rule-quantity.ts';

/** What a withholding rule says, and how to tell it. */
export interface Withholding {
  readonly rule: PolicyRule;
  readonly withheld: Withheld;
  readonly scale: number;
  readonly note: Omit<Note, 'label'>;
  readonly words: { readonly name: string; readonly rest: string };
  readonly reasonCode: ReasonCode;
}

/** What is left after a fixed or percentual part was held back, which is at most what is there. */
export function withhold<N>({ ops }: StageContext<N>, from: N, { rule, withheld, scale, note, words, reasonCode }: Withholding): N {
  const there = ops.max([from, ops.input(0, { ...note, label: 'nothing' })], { ...note, label: 'there to hold back from' });
  const wish = 'fixed' in withheld
    ? ops.input(inSteps(withheld.fixed, scale, 'up'), { ...note, label: words.name, rule })
    : ops.percentUp(there, parseQuantity(withheld.percent, { scale: 4 }), { ...note, label: words.name, rule });
  const held = ops.min([wish, there], { ...note, label: `${words.name} held back`, rule, reasonCode });
  return ops.subtract(from, held, { ...note, label: words.rest, rule, reasonCode });
}
