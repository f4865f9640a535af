import { describe, expect, it } from 'vitest';
import type { LocationId, Sku } from '../identity/ids.ts';
import { accountFromKey, accountKey, type AccountRef } from './accounts.ts';
import { foldMovements, verifyLedger, type Movement } from './ledger.ts';
import { positionFromBalances } from './position.ts';

const account = (name: AccountRef['account'], location = ''): AccountRef => ({ account: name, location: location as LocationId, channel: '' });
const move = (from: AccountRef, to: AccountRef, quantity: number): Movement => ({ from, to, quantity });
const committed = account('committed', 'W1');
const onHand = account('onHand', 'W1');
const sold = move(account('demand'), committed, 3);
const received = move(account('supplier'), onHand, 10);
const shipped = [move(committed, account('demand'), 3), move(onHand, account('customer'), 3)];

describe('the fold', () => {
  it('books both sides of each movement and drops what is empty', () => {
    expect(Object.fromEntries(foldMovements([received, sold]))).toEqual({
      [accountKey(account('supplier'))]: -10, [accountKey(onHand)]: 10, [accountKey(account('demand'))]: -3, [accountKey(committed)]: 3,
    });
    expect(Object.fromEntries(foldMovements([sold, ...shipped], foldMovements([received])))).toEqual({
      [accountKey(account('supplier'))]: -10, [accountKey(onHand)]: 7, [accountKey(account('customer'))]: 3,
    });
  });

  it('refuses a movement of nothing or of less, which would be one the other way round that nobody booked', () => {
    for (const quantity of [0, -3]) {
      for (const fold of [foldMovements, (all: readonly Movement[]) => verifyLedger(all, new Map())]) {
        expect(() => fold([received, move(account('demand'), committed, quantity)])).toThrow(`movements[1].quantity: must be greater than zero, not ${String(quantity)}`);
      }
    }
  });

  it('makes a position', () => {
    expect(positionFromBalances({ sku: 'MUG' as Sku }, foldMovements([received, sold])).locations.get('W1' as LocationId)).toMatchObject({ onHand: 10, committed: 3, unavailable: 0 });
  });
});

describe('verifyLedger', () => {
  const movements = [received, sold, ...shipped];

  it('agrees where contra accounts are not kept', () => {
    expect(verifyLedger(movements, new Map([[accountKey(onHand), 7]]))).toEqual({ status: 'agrees' });
  });

  it('names the first account that differs, one that is missing or too many included', () => {
    expect(verifyLedger(movements, new Map([[accountKey(onHand), 8]]))).toEqual({ status: 'differs', account: onHand, kept: 8, folded: 7 });
    expect(verifyLedger(movements, new Map())).toEqual({ status: 'differs', account: onHand, kept: 0, folded: 7 });
    expect(verifyLedger(movements, new Map([[accountKey(onHand), 7], [accountKey(committed), 1]]))).toEqual({ status: 'differs', account: committed, kept: 1, folded: 0 });
  });
});

it('names accounts by a text and back', () => {
  for (const ref of [onHand, account('demand'), { account: 'committed', location: '', channel: 'shop' } as AccountRef]) expect(accountFromKey(accountKey(ref))).toEqual(ref);
});
