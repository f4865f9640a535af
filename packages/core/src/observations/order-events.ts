import { identifier, moment, oneOf } from '../errors/common-looks.ts';
import { list, maybe, parts } from '../errors/looks.ts';
import { invalidInput, type Issue } from '../errors/error.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { addQuantities, compareQuantities, formatQuantity, MAX_SCALE, parseQuantity, quantityProblem, subtractQuantities, ZERO, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { repeatedIds } from './line-ids.ts';
import type { LinePromise, OrderObservation } from './observations.ts';

/** Something that happened to one line of an order. @public */
export interface OrderEvent {
  /** Unique within the order: the same event again changes nothing. */
  readonly id: string;
  /** The id of the line. */
  readonly line: string;
  readonly at: Instant;
  /**
   * `ordered` also where a line grows later; `cancelled` before shipment; `fulfilmentUndone` where a shipment was called
   * off, so that its goods are there and owed again; `returned` where they came back from the customer.
   */
  readonly kind: 'ordered' | 'cancelled' | 'fulfilled' | 'fulfilmentUndone' | 'returned';
  /** In units of the sku, greater than zero. */
  readonly quantity: QuantityText;
}

/** An order of a system that tells what happened, and not how the order stands. @public */
export interface OrderHistory {
  readonly channel: ChannelId;
  readonly orderId: string;
  /** Each with an id of its own. */
  readonly lines: readonly { readonly id: string; readonly sku: Sku; readonly location?: LocationId | undefined; readonly promise?: LinePromise | undefined }[];
  /** At least one, all that is known, in any order. */
  readonly events: readonly OrderEvent[];
}

/**
 * The order as it stands after what happened to it, for a system that tells events: the books take whole orders only, so
 * that nothing is counted twice and a later word replaces an earlier one.
 *
 * @remarks
 * Events count in the order of their times; of those of one moment in the order given. Its revision is the last of them,
 * and it was placed at the first.
 *
 * @param history - Keep all events of an order for as long as more may come: each time the whole order is made of them.
 * @throws `INVALID_INPUT` where a part of the history is none, and naming every line under the id of an earlier one and every event that cannot have happened: of a line that
 *   the order does not have, of no or a negative quantity, of more than there was to cancel, ship, call off or return, or under the id of another event.
 * @example
 * ```ts
 * const order = orderFromEvents({
 *   channel: shop, orderId: '#1', lines: [{ id: '1', sku: parseSku('MUG') }],
 *   events: [{ id: 'a', line: '1', at: asOf, kind: 'ordered', quantity: formatQuantity(5) }, { id: 'b', line: '1', at: addMs(asOf, 60_000), kind: 'fulfilled', quantity: formatQuantity(3) }],
 * });
 * order.lines.map(({ fulfilled }) => fulfilled) // => ['3']
 * order.revision // => '2026-11-23T10:01:00.000Z'
 * ```
 * @public
 */
export function orderFromEvents(history: OrderHistory): OrderObservation {
  HISTORY(history, []);
  const { channel, orderId, lines, events } = history;
  const issues: Issue[] = [...repeatedIds(lines, ['lines'])];
  const standing = new Map(lines.map(({ id }) => [id, NOTHING]));
  const told = new Map<string, string>();
  const inOrder = events.map((event, index) => ({ event, index })).sort((a, b) => (a.event.at < b.event.at ? -1 : a.event.at > b.event.at ? 1 : a.index - b.index));
  for (const { event, index } of inOrder) {
    const [known, content] = [told.get(event.id), contentOf(event)];
    if (known !== undefined) {
      if (known !== content) issues.push({ path: ['events', index, 'id'], message: `${event.id} is the id of another event` });
      continue;
    }
    told.set(event.id, content);
    const next = after(standing.get(event.line), event, { issues, path: ['events', index] });
    if (next !== undefined) standing.set(event.line, next);
  }
  const [first, last] = [inOrder[0]?.event, inOrder.at(-1)?.event];
  if (first === undefined || last === undefined) throw invalidInput('order', [...issues, { path: ['events'], message: 'nothing happened to it; there must be one event at least' }]);
  if (issues.length > 0) throw invalidInput('order', issues);
  return {
    kind: 'order', channel, orderId, revision: last.at, placedAt: first.at,
    lines: lines.map(({ id, sku, location, promise }) => {
      const { ordered, fulfilled, cancelled, returned } = standing.get(id) ?? NOTHING;
      return {
        id, sku, ...(location === undefined ? {} : { location }), ...(promise === undefined ? {} : { promise }),
        ordered: written(ordered), fulfilled: written(fulfilled), cancelled: written(cancelled), returned: written(returned),
      };
    }),
  };
}

/** How a line stands, in steps of the finest scale: which one its sku has is known when the books take it in. */
interface Standing {
  readonly ordered: Quantity;
  readonly fulfilled: Quantity;
  readonly cancelled: Quantity;
  readonly returned: Quantity;
}

const NOTHING: Standing = { ordered: ZERO, fulfilled: ZERO, cancelled: ZERO, returned: ZERO };
const written = (quantity: Quantity): QuantityText => formatQuantity(quantity, MAX_SCALE);

/** What an event says, the same however its quantity is written. */
function contentOf({ line, at, kind, quantity }: OrderEvent): string {
  return JSON.stringify([line, at, kind, quantityProblem(quantity, MAX_SCALE) === undefined ? written(parseQuantity(quantity, { scale: MAX_SCALE })) : '']);
}

/** The line after an event, or nothing where that cannot have happened. */
function after(line: Standing | undefined, { line: id, kind, quantity: text }: OrderEvent, { issues, path }: { readonly issues: Issue[]; readonly path: readonly (string | number)[] }): Standing | undefined {
  if (line === undefined) {
    issues.push({ path: [...path, 'line'], message: `the order has no line ${id}` });
    return undefined;
  }
  const problem = quantityProblem(text, MAX_SCALE);
  if (problem !== undefined) {
    issues.push({ path: [...path, 'quantity'], message: problem });
    return undefined;
  }
  const quantity = parseQuantity(text, { scale: MAX_SCALE });
  const most = mostOf(line, kind);
  const tooMany = most !== undefined && compareQuantities(quantity, most) > 0;
  if (tooMany || compareQuantities(quantity, 0) <= 0) {
    issues.push({ path: [...path, 'quantity'], message: tooMany ? `${text} of line ${id} cannot be ${WORDS[kind]}: ${written(most)} can` : `${text} must be greater than 0` });
    return undefined;
  }
  if (kind === 'fulfilmentUndone') return { ...line, fulfilled: subtractQuantities(line.fulfilled, quantity) };
  return { ...line, [kind]: addQuantities(line[kind], quantity) };
}

const HISTORY = parts({
  channel: identifier, orderId: identifier, lines: list(parts({ id: identifier, sku: identifier, location: maybe(identifier), promise: maybe(oneOf('stock', 'backorder', 'preorder')) })),
  events: list(parts({ id: identifier, line: identifier, at: moment, kind: oneOf('ordered', 'cancelled', 'fulfilled', 'fulfilmentUndone', 'returned') })),
});
const WORDS = { ordered: 'ordered', cancelled: 'cancelled', fulfilled: 'fulfilled', fulfilmentUndone: 'called off', returned: 'returned' } as const;

/** How much of a line an event can be about; anything may be ordered. */
function mostOf({ ordered, fulfilled, cancelled, returned }: Standing, kind: OrderEvent['kind']): Quantity | undefined {
  if (kind === 'ordered') return undefined;
  if (kind === 'cancelled' || kind === 'fulfilled') return subtractQuantities(subtractQuantities(ordered, fulfilled), cancelled);
  return subtractQuantities(fulfilled, returned);
}
