import type { Hold } from '../ledger/position.ts';
import type { StageContext } from './context.ts';

/** Whether a hold stands in the way of the question: it is live, and not the caller's own. */
export function isOpen({ id, expiresAt }: Hold, { asOf, ownHolds }: Pick<StageContext<unknown>, 'asOf' | 'ownHolds'>): boolean {
  return expiresAt > asOf && !ownHolds.has(id);
}
