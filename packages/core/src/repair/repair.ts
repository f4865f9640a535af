import { iterable } from '../errors/common-looks.ts';
import { maybe, parts } from '../errors/looks.ts';
import { accountFromKey, contraRef, OWN_CONTRA, type AccountRef } from '../ledger/accounts.ts';
import { BALANCES, foldMovements, verifyLedger, type Balances, type LedgerVerification, type Movement } from '../ledger/ledger.ts';
import type { Measure } from '../observations/observations.ts';
import { compareQuantities, isZeroQuantity, negateQuantity, quantitiesEqual, subtractQuantities, type Quantity } from '../quantity/quantity.ts';

/** One account in which not all say the same. @public */
export interface AccountDifference {
  readonly account: AccountRef;
  /** What was kept beside the ledger. */
  readonly kept: Quantity;
  /** What the ledger's movements come to. */
  readonly folded: Quantity;
  /** What the books say should be there; as `folded` where nobody asked them. */
  readonly expected: Quantity;
}

/** What would set a ledger right. Nothing of it has been done. @public */
export interface RepairProposal {
  /** The kept balances against the ledger as it is. */
  readonly verification: LedgerVerification;
  /** Every measure at a place in which kept, folded and expected are not one, in the order of their keys. Contra accounts follow from these. */
  readonly differences: readonly AccountDifference[];
  /** Movements to append, so that the ledger comes to what is expected. What was booked stays as it is. */
  readonly compensations: readonly Movement[];
  /** What to keep once the compensations are booked. */
  readonly balances: Balances;
}

/**
 * Proposes how to set a ledger and what is kept beside it right. Kept balances are only ever derived, so they follow the
 * ledger; the ledger is never edited, so what it lacks is compensated against the account's own counterpart. No movement mends
 * an `opening` that does not sum to zero, of which `verification` says `unbalanced`: take an older checkpoint and the movements since.
 *
 * @param ledger - `movements`: all of one sku, or those since a checkpoint with its balances as `opening`. `kept`: the
 *   balances beside it; contra accounts may be left out. `expected`: what the books say, as `balancesOf` tells it; without
 *   it the ledger is taken as right.
 * @throws `INVALID_INPUT` with a path where a movement is none, or a balance no count of steps.
 * @see a mistake is compensated, never edited; as Magento's `create-compensations` does it: https://experienceleague.adobe.com/en/docs/commerce-admin/inventory/cli
 * @example
 * ```ts
 * const movement = { from: { account: 'supplier', location: '', channel: '' }, to: { account: 'onHand', location: parseLocationId('W1'), channel: '' }, quantity: 3 } as const;
 * const { differences, compensations } = proposeRepair({ movements: [movement], kept: new Map([[accountKey(movement.to), 2]]) });
 * [differences.length, compensations] // => [1, []]
 * ```
 * @public
 */
export function proposeRepair(ledger: {
  readonly movements: readonly Movement[];
  readonly opening?: Balances | undefined;
  readonly kept: Balances;
  readonly expected?: Balances | undefined;
}): RepairProposal {
  LEDGER(ledger, []);
  const { movements, opening, kept, expected } = ledger;
  const folded = foldMovements(movements, opening);
  const compensations: Movement[] = [];
  const differences: AccountDifference[] = [];
  for (const key of [...new Set([...folded.keys(), ...kept.keys(), ...(expected?.keys() ?? [])])].sort()) {
    const account = accountFromKey(key);
    if (!isMeasured(account)) continue;
    const is = folded.get(key) ?? 0;
    const should = expected === undefined ? is : (expected.get(key) ?? 0);
    const was = kept.get(key) ?? 0;
    if (quantitiesEqual(is, should) && quantitiesEqual(was, is)) continue;
    differences.push({ account, kept: was, folded: is, expected: should });
    compensate(compensations, account, subtractQuantities(should, is));
  }
  return { verification: verifyLedger(movements, kept, opening), differences, compensations, balances: foldMovements(compensations, folded) };
}

const LEDGER = parts({ movements: iterable, kept: BALANCES, opening: maybe(BALANCES), expected: maybe(BALANCES) });

/** Contra accounts are what is left of the others; they are neither kept nor expected. */
function isMeasured({ account, location, channel }: AccountRef): boolean {
  return Object.hasOwn(OWN_CONTRA, account) && (location !== '' || channel !== '');
}

function compensate(into: Movement[], account: AccountRef, change: Quantity): void {
  if (isZeroQuantity(change)) return;
  const contra = contraRef(OWN_CONTRA[account.account as Measure]);
  into.push(compareQuantities(change, 0) > 0 ? { from: contra, to: account, quantity: change } : { from: account, to: contra, quantity: negateQuantity(change) });
}
