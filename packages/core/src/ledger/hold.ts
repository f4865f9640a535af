import { iterable, moment, oneOf } from '../errors/common-looks.ts';
import { invalidInput } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { list, parts } from '../errors/looks.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Quantity } from '../quantity/quantity.ts';
import type { HeldBeyondStock, Hold } from './position.ts';

/** What a hold claims of one stocked sku. @public */
export interface HoldLine {
  readonly sku: Sku;
  /** Empty where any location of the channel may serve it. */
  readonly location: LocationId | '';
  /** In steps of the sku, greater than zero. */
  readonly quantity: Quantity;
  /** What of it no stock was there for, as `decideHold` says. Keep it: the limits beyond stock count it while the hold claims. */
  readonly beyond?: readonly HeldBeyondStock[] | undefined;
}

/**
 * A hold through its life. It is `held` until it is converted into an order or released; that it has expired is judged
 * whenever somebody asks, by the moment they name, and nothing needs to be written for it.
 *
 * @public
 */
export interface HoldRecord {
  readonly id: string;
  readonly channel: ChannelId;
  /** Live while this is later than the moment that is asked about. */
  readonly expiresAt: Instant;
  readonly state: 'held' | 'converted' | 'released';
  /** The order that it became; empty unless converted. */
  readonly orderId: string;
  readonly lines: readonly HoldLine[];
}

/** What came of a change to a hold. Asking again changes nothing. @public */
export type HoldChange =
  | { readonly status: 'changed' | 'unchanged'; readonly hold: HoldRecord }
  /** The hold is as it was, and the reason says why it cannot be changed so. */
  | { readonly status: 'refused'; readonly reason: 'EXPIRED' | 'CONVERTED' | 'RELEASED'; readonly hold: HoldRecord };

/**
 * Whether a hold claims its lines at a moment.
 *
 * @throws `INVALID_INPUT` where it is no hold, or its end or the moment is no instant, since it would not compare.
 * @example
 * ```ts
 * const lines = [{ sku: parseSku('MUG'), location: parseLocationId('W1'), quantity: 2 }];
 * const hold = { id: 'cart-1', channel: shop, expiresAt: addMs(asOf, 600_000), state: 'held', orderId: '', lines } as const;
 * isLiveHold(hold, asOf) // => true
 * isLiveHold(hold, hold.expiresAt) // => false
 * ```
 * @public
 */
export function isLiveHold(hold: HoldRecord, asOf: Instant): boolean {
  HOLD(hold, []);
  moment(asOf, ['asOf']);
  const { state, expiresAt } = hold;
  return state === 'held' && expiresAt > asOf;
}

/**
 * Lets a live hold last longer. It is never made shorter: an earlier end than it has changes nothing.
 *
 * @throws `INVALID_INPUT` where it is no hold, or an end or a moment is no instant, since it would not compare.
 * @example
 * ```ts
 * const lines = [{ sku: parseSku('MUG'), location: parseLocationId('W1'), quantity: 2 }];
 * const hold = { id: 'cart-1', channel: shop, expiresAt: addMs(asOf, 600_000), state: 'held', orderId: '', lines } as const;
 * extendHold(hold, { until: addMs(asOf, 900_000), asOf }).hold.expiresAt // => '2026-11-23T10:15:00.000Z'
 * extendHold(hold, { until: addMs(asOf, 60_000), asOf }).status // => 'unchanged'
 * ```
 * @public
 */
export function extendHold(hold: HoldRecord, { until, asOf }: { readonly until: Instant; readonly asOf: Instant }): HoldChange {
  HOLD(hold, []);
  moment(until, ['until']);
  moment(asOf, ['asOf']);
  const refused = refusal(hold, asOf);
  if (refused !== undefined) return refused;
  return until > hold.expiresAt ? { status: 'changed', hold: { ...hold, expiresAt: until } } : { status: 'unchanged', hold };
}

/**
 * Turns a live hold into an order. A hold that has expired is refused: its units may have been sold since, so a payment
 * that arrives late must ask for them again (see `settleHold`).
 *
 * @throws `INVALID_INPUT` where it is no hold, or its end or the moment is no instant, since it would not compare.
 * @example
 * ```ts
 * const lines = [{ sku: parseSku('MUG'), location: parseLocationId('W1'), quantity: 2 }];
 * const hold = { id: 'cart-1', channel: shop, expiresAt: addMs(asOf, 600_000), state: 'held', orderId: '', lines } as const;
 * convertHold(hold, { orderId: '#1001', asOf }).hold.state // => 'converted'
 * convertHold(hold, { orderId: '#1001', asOf: hold.expiresAt }) // => { status: 'refused', reason: 'EXPIRED', hold }
 * ```
 * @public
 */
export function convertHold(hold: HoldRecord, { orderId, asOf }: { readonly orderId: string; readonly asOf: Instant }): HoldChange {
  HOLD(hold, []);
  moment(asOf, ['asOf']);
  if (hold.state === 'converted' && hold.orderId === orderId) return { status: 'unchanged', hold };
  return refusal(hold, asOf) ?? { status: 'changed', hold: { ...hold, state: 'converted', orderId } };
}

/**
 * Gives a hold up, expired or not. One that became an order stays one: cancel the order.
 *
 * @throws `INVALID_INPUT` where it is no hold.
 * @example
 * ```ts
 * const lines = [{ sku: parseSku('MUG'), location: parseLocationId('W1'), quantity: 2 }];
 * const hold = { id: 'cart-1', channel: shop, expiresAt: addMs(asOf, 600_000), state: 'held', orderId: '', lines } as const;
 * releaseHold(hold).hold.state // => 'released'
 * releaseHold({ ...hold, state: 'converted', orderId: '#1001' }).status // => 'refused'
 * ```
 * @public
 */
export function releaseHold(hold: HoldRecord): HoldChange {
  HOLD(hold, []);
  if (hold.state === 'released') return { status: 'unchanged', hold };
  return hold.state === 'converted' ? { status: 'refused', reason: 'CONVERTED', hold } : { status: 'changed', hold: { ...hold, state: 'released' } };
}

/**
 * One hold from two accounts of it, whatever the order in which they were heard: what has ended stays ended, a
 * conversion counts before a release, and of two ends the later one counts. The lines are those of the account that counts:
 * a hold that was paid for late is converted with what it was given then (see `settleHold`), which may lie elsewhere.
 *
 * @param a - An account of the hold.
 * @param b - Another of the same id and channel.
 * @throws `INVALID_INPUT` where one is no hold or its end no instant, since it would not compare, and at `id` or `channel` where the two are not of one hold.
 * @example
 * ```ts
 * const lines = [{ sku: parseSku('MUG'), location: parseLocationId('W1'), quantity: 2 }];
 * const hold = { id: 'cart-1', channel: shop, expiresAt: addMs(asOf, 600_000), state: 'held', orderId: '', lines } as const;
 * mergeHolds(hold, { ...hold, state: 'converted', orderId: '#1001' }).state // => 'converted'
 * ```
 * @public
 */
export function mergeHolds(a: HoldRecord, b: HoldRecord): HoldRecord {
  HOLD(a, []);
  HOLD(b, []);
  const differing = (['id', 'channel'] as const).filter((name) => a[name] !== b[name]);
  if (differing.length > 0) throw invalidInput('hold', differing.map((name) => ({ path: [name], message: `${shown(a[name])} and ${shown(b[name])} are not one hold` })));
  const expiresAt = a.expiresAt > b.expiresAt ? a.expiresAt : b.expiresAt;
  const rank = { held: 0, released: 1, converted: 2 } as const;
  const further = rank[a.state] - rank[b.state];
  // Of one state it must not depend on which was heard first.
  const told = further === 0 ? linesText(a) <= linesText(b) : further > 0;
  const orderId = a.orderId >= b.orderId ? a.orderId : b.orderId;
  return { ...(told ? a : b), expiresAt, orderId };
}

function linesText({ lines }: HoldRecord): string {
  return JSON.stringify(lines, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Of a hold what is read of it. */
const HOLD = parts({ state: oneOf('held', 'converted', 'released'), expiresAt: moment, lines: list(parts({})) });

/** The same of one that is only carried over: whoever asks about its end looks at that. */
const CLAIMED = parts({ lines: list(parts({})) });

/** Later than every moment that can be asked about. */
export const NEVER: Instant = '9999-12-31T23:59:59.999Z' as Instant;

/**
 * The claims of holds on one sku, as a position carries them. A converted hold goes on claiming until its order is in the
 * books, so that in between nobody is offered its units.
 *
 * @param isBooked - Whether the books have an order.
 * @throws `INVALID_INPUT` with a path where that is no list of holds.
 * @example
 * ```ts
 * const lines = [{ sku: parseSku('MUG'), location: parseLocationId('W1'), quantity: 2 }];
 * const hold = { id: 'cart-1', channel: shop, expiresAt: addMs(asOf, 600_000), state: 'held', orderId: '', lines } as const;
 * holdsOf(parseSku('MUG'), [hold], () => false).map(({ id, quantity }) => [id, quantity]) // => [['cart-1', 2]]
 * ```
 * @public
 */
export function holdsOf(
  sku: Sku,
  holds: Iterable<HoldRecord>,
  isBooked: (order: { readonly channel: ChannelId; readonly orderId: string }) => boolean,
): readonly Hold[] {
  iterable(holds, []);
  const claims: Hold[] = [];
  let index = 0;
  for (const hold of holds) {
    CLAIMED(hold, [index]);
    index += 1;
    const { id, channel, state, orderId, expiresAt, lines } = hold;
    if (state === 'released' || (state === 'converted' && isBooked({ channel, orderId }))) continue;
    for (const { sku: held, location, quantity, beyond } of lines) {
      if (held === sku) claims.push({ id, channel, location, quantity, expiresAt: state === 'held' ? expiresAt : NEVER, ...(beyond === undefined ? {} : { beyond }) });
    }
  }
  return claims;
}

function refusal(hold: HoldRecord, asOf: Instant): HoldChange | undefined {
  if (hold.state === 'converted') return { status: 'refused', reason: 'CONVERTED', hold };
  if (hold.state === 'released') return { status: 'refused', reason: 'RELEASED', hold };
  return hold.expiresAt > asOf ? undefined : { status: 'refused', reason: 'EXPIRED', hold };
}
