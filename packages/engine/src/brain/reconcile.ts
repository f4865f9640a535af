import type { ObservedLevel } from '@stockwright/adapter';
import type { TargetKey, TargetRows } from './project.ts';
import { believedOf, ownMoves, type OwnMoves } from './project.ts';
import { integer } from './rows.ts';

/** How a channel's number came to differ from what we believe. */
export type Drift =
  | { readonly kind: 'none' }
  /** A write, a sale or a suspicion is under way: nobody can judge now, the next read-back will. */
  | { readonly kind: 'inFlight' }
  /** Nothing of ours explains it: edited by hand, or a message that never came. Healed by policy. */
  | { readonly kind: 'unexplained'; readonly believed: string | null; readonly observed: string };

/**
 * Judges one number that was read back.
 *
 * @param readAtMs - When the read began, by the store's clock.
 * @param movesBefore - What the channel had done by itself when the read began, as far as known then.
 * @param effectiveWithinMs - How long an accepted write may take until a read shows it.
 */
export function judgeLevel(
  { quantity }: Pick<ObservedLevel, 'quantity'>,
  rows: TargetRows,
  { readAtMs, movesBefore, effectiveWithinMs, scale }: { readAtMs: number; movesBefore: OwnMoves; effectiveWithinMs: number; scale: number },
): Drift {
  const { target, sale } = rows;
  if (target === undefined) return { kind: 'none' };
  const { sold, givenBack } = ownMoves(sale);
  // Somebody may have read later and written it down sooner.
  const movedSince = integer(target, 'ackedAtMs') + effectiveWithinMs >= readAtMs || integer(target, 'readAtMs') > readAtMs || sold !== movesBefore.sold || givenBack !== movesBefore.givenBack;
  const suspect = integer(target, 'suspectUntilMs') > 0;
  // A number that differs has a push under way or due; what it shows is judged once that has ended.
  if (movedSince || suspect || integer(target, 'differs') === 1) return { kind: 'inFlight' };
  const believed = believedOf(rows, scale);
  return believed === null ? { kind: 'inFlight' } : believed === quantity ? { kind: 'none' } : { kind: 'unexplained', believed, observed: quantity };
}

/** Which targets a read-back spoke of. */
export function levelKey(channel: TargetKey['channel'], level: Pick<ObservedLevel, 'sku' | 'location'>): TargetKey {
  return { channel, location: level.location ?? '', sku: level.sku };
}
