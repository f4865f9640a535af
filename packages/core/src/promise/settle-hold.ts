import type { AvailabilityCalculator } from '../availability/availability.ts';
import { convertHold, NEVER, type HoldRecord } from '../ledger/hold.ts';
import { decideHold, type HoldDecision, type HoldRequestLine, type HoldWorld } from './decide-hold.ts';

/** What becomes of a hold that was paid for. @public */
export type HoldSettlement =
  /** The hold is the order now. */
  | { readonly status: 'converted'; readonly hold: HoldRecord }
  /** The hold had expired, and its units were there still: it is the order now, with the lines of this record. */
  | { readonly status: 'convertedLate'; readonly hold: HoldRecord }
  /** The hold had expired and not all of it is there any more: refund, or take the order as a backorder. */
  | { readonly status: 'short'; readonly decision: HoldDecision }
  /** The hold was released, or became another order. */
  | { readonly status: 'refused'; readonly reason: 'CONVERTED' | 'RELEASED' };

/**
 * Turns a paid hold into an order, also where the payment arrives after the hold has expired: its units are then asked
 * for again, all or nothing, so a late payment never sells what somebody else has bought meanwhile.
 *
 * @param hold - The hold that was paid for.
 * @param order - The order that it becomes, and the lines that were held, as they were asked for.
 * @param world - Positions and the moment of the payment.
 * @throws `INVALID_INPUT` as `decideHold`, and where the end of the hold or the moment is no instant.
 * @example
 * ```ts
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku: 'MUG' }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * const stock = { onHand: 5, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
 * const position = { sku: parseSku('MUG'), scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] };
 * const reader = { position: () => position };
 * const lines = [{ sku: parseSku('MUG'), quantity: 2 }];
 * const { hold } = decideHold(calculator, { id: 'cart-1', channel: shop, expiresAt: addMs(asOf, 600_000), grant: 'all', lines }, { positions: reader, asOf });
 * if (hold === undefined) throw new Error('nothing was granted');
 * settleHold(hold, { orderId: '#1001', lines }, { calculator, positions: reader, asOf: addMs(asOf, 60_000) }).status // => 'converted'
 * settleHold(hold, { orderId: '#1001', lines }, { calculator, positions: reader, asOf: addMs(asOf, 3_600_000) }).status // => 'convertedLate'
 * ```
 * @public
 */
export function settleHold(
  hold: HoldRecord,
  { orderId, lines }: { readonly orderId: string; readonly lines: readonly HoldRequestLine[] },
  { calculator, ...world }: HoldWorld & { readonly calculator: AvailabilityCalculator },
): HoldSettlement {
  const change = convertHold(hold, { orderId, asOf: world.asOf });
  if (change.status !== 'refused') return { status: 'converted', hold: change.hold };
  if (change.reason !== 'EXPIRED') return { status: 'refused', reason: change.reason };
  // What is over claims nothing, so while it is decided what one line takes must not be: the next would be given it too.
  const decision = decideHold(calculator, { id: hold.id, channel: hold.channel, lines, expiresAt: NEVER, grant: 'all' }, world);
  if (decision.hold === undefined) return { status: 'short', decision };
  return { status: 'convertedLate', hold: { ...decision.hold, expiresAt: hold.expiresAt, state: 'converted', orderId } };
}
