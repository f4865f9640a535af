import type { About } from '../../explanation/arithmetic.ts';
import type { StageContext } from '../context.ts';
import type { Multiple } from './08-listing.ts';

/** A part in whole multiples, by the rule that says so or, where none does, since the channel shows whole units. */
export function inMultiples<N>({ ops }: StageContext<N>, number: N, { multiple: { of, rule }, about, label }: { readonly multiple: Multiple; readonly about: About | undefined; readonly label: string }): N {
  return ops.multipleDown(number, of, ops.note?.(rule === undefined ? about : ops.because?.(about, rule), label, rule === undefined ? 'CHANNEL_MAXIMUM' : 'SELL_MULTIPLE'));
}
