import { refuse } from '../errors/looks.ts';
import type { ChannelId, LocationId } from '../identity/ids.ts';
import type { Measure } from '../observations/observations.ts';

/** Where quantities come from and go to when they leave our locations. @public */
export type ContraAccount = 'supplier' | 'customer' | 'demand' | 'adjustment' | 'transit' | 'condition';

/** A measure at a place, or its counterpart. @public */
export type Account = Measure | ContraAccount;

/**
 * One account. Measures sit at a location, or, for demand that is not routed yet, at the channel that took it.
 * Contra accounts have neither, but for the part of `demand` that tells what a channel sold.
 *
 * @public
 */
export interface AccountRef {
  readonly account: Account;
  readonly location: LocationId | '';
  readonly channel: ChannelId | '';
}

/** The counterpart of each measure where its owner's own figure moved and nobody said why. */
export const OWN_CONTRA: Readonly<Record<Measure, ContraAccount>> = {
  onHand: 'adjustment',
  unavailable: 'condition',
  committed: 'demand',
  incoming: 'supplier',
  inTransit: 'transit',
};

/** The contra account of a kind; it has no place. */
export function contraRef(account: ContraAccount): AccountRef {
  return { account, location: '', channel: '' };
}

/**
 * A text that tells one account of a sku from every other, and back with {@link accountFromKey}.
 *
 * @example
 * ```ts
 * const key = accountKey({ account: 'onHand', location: parseLocationId('W1'), channel: '' });
 * accountFromKey(key).account // => 'onHand'
 * ```
 * @public
 */
export function accountKey({ account, location, channel }: AccountRef): string {
  return `${account}\u001f${location}\u001f${channel}`;
}

/**
 * The account that a key of {@link accountKey} names.
 *
 * @param key - As {@link accountKey} gave it; of another text nothing is promised.
 * @throws `INVALID_INPUT` where the key is no text.
 * @example
 * ```ts
 * const till = { account: 'committed', location: '', channel: parseChannelId('till') } as const;
 * accountFromKey(accountKey(till)) // => till
 * ```
 * @public
 */
export function accountFromKey(key: string): AccountRef {
  if (typeof key !== 'string') refuse('the key of an account, as accountKey makes it', key, []);
  const first = key.indexOf('\u001f');
  const second = key.indexOf('\u001f', first + 1);
  return { account: key.slice(0, first) as Account, location: key.slice(first + 1, second) as LocationId | '', channel: key.slice(second + 1) as ChannelId | '' };
}
