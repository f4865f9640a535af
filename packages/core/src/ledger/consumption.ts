import type { ChannelId, LocationId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { addQuantities, compareQuantities, isZeroQuantity, maxQuantity, negateQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { contraRef, type AccountRef } from './accounts.ts';
import type { Books, Claim } from './books.ts';
import type { Movement } from './ledger.ts';

/** A movement with the moment it happened and what it belongs to. @public */
export interface LedgerEntry extends Movement {
  readonly occurredAt: Instant;
  /** The order, document or read that caused it. */
  readonly reference: string;
}

/**
 * The entries by which the ledger remembers how much each channel sold, order by order: what was ordered less what was
 * taken back before it left. They move demand from the account of everybody to the one of the channel, so they touch no
 * position and go on telling who sold what after the owner's figures have taken the orders in. Returns give nothing back.
 *
 * @param before - The books before some observations, with the claims that those speak of.
 * @param after - The same books after them.
 * @returns Balanced, by channel and order; every quantity is greater than zero.
 * @example
 * ```ts
 * const lines = [{ id: '1', sku: 'MUG', ordered: 3, fulfilled: 0, cancelled: 0, returned: 0 }];
 * const before = emptyBooks(parseSku('MUG'));
 * const after = acceptObservation(before, parseObservation({ kind: 'order', channel: 'shop', orderId: '#1001', revision: asOf, placedAt: asOf, lines }));
 * bookConsumption(before, after).map(({ to, quantity, reference }) => [to.channel, quantity, reference]) // => [['shop', 3, '#1001']]
 * ```
 * @public
 */
export function bookConsumption(before: Books, after: Books): readonly LedgerEntry[] {
  const known = new Map(before.claims.map((claim) => [`${claim.channel}\u001f${claim.orderId}`, claim]));
  const entries: LedgerEntry[] = [];
  for (const claim of after.claims) {
    const was = known.get(`${claim.channel}\u001f${claim.orderId}`);
    if (was === claim || claim.revision === '') continue;
    const change = subtractQuantities(soldOf(claim), was === undefined ? 0 : soldOf(was));
    if (isZeroQuantity(change)) continue;
    const taken = { ...contraRef('demand'), channel: claim.channel };
    const [from, to] = compareQuantities(change, 0) > 0 ? [contraRef('demand'), taken] : [taken, contraRef('demand')];
    entries.push({ from, to, quantity: maxQuantity(change, negateQuantity(change)), occurredAt: claim.revision, reference: claim.orderId });
  }
  return entries;
}

/**
 * How much each channel sold in a window, as a quota counts it.
 *
 * @remarks
 * An order that was taken before and cut since gives nothing back to the window: each order counts at least zero.
 *
 * @param entries - Entries of one sku, in any order; only those of {@link bookConsumption} are read.
 * @param window - From `from` on, that moment included, and before `until`; open where absent.
 * @returns In steps of the sku, greater than zero; channels that sold nothing are left out.
 * @example
 * ```ts
 * const lines = [{ id: '1', sku: 'MUG', ordered: 3, fulfilled: 0, cancelled: 0, returned: 0 }];
 * const before = emptyBooks(parseSku('MUG'));
 * const after = acceptObservation(before, parseObservation({ kind: 'order', channel: 'shop', orderId: '#1001', revision: asOf, placedAt: asOf, lines }));
 * const entries = bookConsumption(before, after);
 * consumedByChannel(entries, { from: asOf }).get(shop) // => 3
 * consumedByChannel(entries, { until: asOf }).get(shop) // => undefined
 * ```
 * @public
 */
export function consumedByChannel(
  entries: Iterable<LedgerEntry>,
  window: { readonly from?: Instant | undefined; readonly until?: Instant | undefined } = {},
): ReadonlyMap<ChannelId, Quantity> {
  const byOrder = new Map<string, { readonly channel: ChannelId; readonly sold: Quantity }>();
  for (const { from, to, quantity, occurredAt, reference } of entries) {
    const channel = channelOf(to) ?? channelOf(from);
    if (channel === undefined || (window.from ?? occurredAt) > occurredAt || (window.until !== undefined && occurredAt >= window.until)) continue;
    const key = `${channel}\u001f${reference}`;
    const change = channelOf(to) === undefined ? negateQuantity(quantity) : quantity;
    byOrder.set(key, { channel, sold: addQuantities(byOrder.get(key)?.sold ?? 0, change) });
  }
  const consumed = new Map<ChannelId, Quantity>();
  for (const { channel, sold } of byOrder.values()) {
    if (compareQuantities(sold, 0) > 0) consumed.set(channel, addQuantities(consumed.get(channel) ?? 0, sold));
  }
  return consumed;
}

function channelOf({ account, channel }: AccountRef): ChannelId | undefined {
  return account === 'demand' && channel !== '' ? channel : undefined;
}

/** Goods that left stay sold, even where the order was cancelled afterwards. */
function soldOf({ parts }: Claim): Quantity {
  return parts.reduce<Quantity>((sum, { ordered, cancelled, fulfilled }) => addQuantities(sum, maxQuantity(subtractQuantities(ordered, cancelled), fulfilled)), 0);
}

/** What is open of a sku that was promised beyond stock, by the channel that took it. In steps, greater than zero. @public */
export interface PromisedByChannel {
  readonly backordered: ReadonlyMap<ChannelId, Quantity>;
  readonly preordered: ReadonlyMap<ChannelId, Quantity>;
  /** Of what is preordered, what is routed, by channel and location; absent where nothing is. */
  readonly preorderedAt?: ReadonlyMap<ChannelId, ReadonlyMap<LocationId, Quantity>>;
}

/**
 * What is open of orders whose lines were promised beyond stock. It is a part of the demand in the sku's position,
 * whoever's figures contain that.
 *
 * @returns In steps of the sku, greater than zero; channels of which nothing is open are left out.
 * @example
 * ```ts
 * const lines = [{ id: '1', sku: 'MUG', promise: 'backorder', ordered: 3, fulfilled: 0, cancelled: 0, returned: 0 }];
 * const order = parseObservation({ kind: 'order', channel: 'shop', orderId: '#1001', revision: asOf, placedAt: asOf, lines });
 * promisedBeyondStock(acceptObservation(emptyBooks(parseSku('MUG')), order)).backordered.get(shop) // => 3
 * ```
 * @public
 */
export function promisedBeyondStock({ claims }: Pick<Books, 'claims'>): PromisedByChannel {
  const backordered = new Map<ChannelId, Quantity>();
  const preordered = new Map<ChannelId, Quantity>();
  const preorderedAt = new Map<ChannelId, Map<LocationId, Quantity>>();
  for (const { channel, parts } of claims) {
    for (const { location, promise, ordered, cancelled, fulfilled } of parts) {
      if (promise === undefined) continue;
      const open = subtractQuantities(subtractQuantities(ordered, cancelled), fulfilled);
      const into = promise === 'backorder' ? backordered : preordered;
      if (compareQuantities(open, 0) <= 0) continue;
      into.set(channel, addQuantities(into.get(channel) ?? 0, open));
      if (promise !== 'preorder' || location === '') continue;
      const routed = preorderedAt.get(channel) ?? new Map<LocationId, Quantity>();
      preorderedAt.set(channel, routed.set(location, addQuantities(routed.get(location) ?? 0, open)));
    }
  }
  return { backordered, preordered, ...(preorderedAt.size === 0 ? {} : { preorderedAt }) };
}
