import type { CallFacts } from '@stockwright/adapter-kit';
import {
  addQuantities,
  formatQuantity,
  maxQuantity,
  subtractQuantities,
  ZERO,
  type Instant,
  type LineCounters,
  type OrderAcknowledgement,
  type Quantity,
  type Sku,
} from '@stockwright/core';
import type { ResolvedSettings } from '../netsuite-settings.ts';
import type { OrderLineWire, OrderWire } from '../wire/suiteql-wire.ts';
import { identifyItem } from './item-identity.ts';
import { readMoment, revisionOf } from './moment.ts';
import { magnitude, readQuantity } from './netsuite-quantity.ts';

/** What mapping needs of the settings. */
export type OrderMapSettings = Pick<ResolvedSettings, 'id' | 'mappings' | 'scale' | 'lineColumns' | 'orderReference'>;

/** Some sales orders and all the lines of all sales orders that share their references. */
export interface OrderRows {
  readonly orders: readonly Pick<OrderWire, 'reference' | 'modifiedat'>[];
  readonly lines: readonly OrderLineWire[];
}

/** What a page of sales orders says. */
export interface Acknowledgements {
  readonly items: readonly OrderAcknowledgement[];
  readonly unmapped: readonly string[];
}

type Counters = Readonly<Record<keyof LineCounters, Quantity>>;

interface Draft {
  readonly order: NonNullable<ReturnType<OrderMapSettings['orderReference']['parse']>>;
  revision: Instant;
  readonly contained: Map<Sku, Counters>;
}

const NOTHING: Counters = { ordered: ZERO, fulfilled: ZERO, cancelled: ZERO, returned: ZERO };

/**
 * Translates sales orders: one acknowledgement per order of a channel, its counters summed per sku, its revision the last
 * change of any sales order that it consists of. An order whose lines are gone is still acknowledged, with nothing in it:
 * what it contained before has left NetSuite's figures.
 */
export function mapAcknowledgements({ orders, lines }: OrderRows, settings: OrderMapSettings, facts: CallFacts): Acknowledgements {
  const drafts = new Map<string, Draft>();
  const unmapped = new Set<string>();
  const draftOf = ({ reference, modifiedat }: Pick<OrderWire, 'reference' | 'modifiedat'>): Draft | undefined => {
    const order = settings.orderReference.parse(reference);
    if (order === undefined) return undefined;
    const revision = revisionOf(readMoment(modifiedat, facts));
    const key = JSON.stringify([order.channel, order.orderId]);
    const draft = drafts.get(key) ?? { order, revision, contained: new Map<Sku, Counters>() };
    if (revision > draft.revision) draft.revision = revision;
    drafts.set(key, draft);
    return draft;
  };

  for (const order of orders) draftOf(order);
  for (const line of lines) {
    const draft = draftOf(line);
    if (draft === undefined) continue;
    const identity = identifyItem(line, settings.mappings.skus);
    if ('unmapped' in identity) unmapped.add(identity.unmapped);
    else draft.contained.set(identity.sku, sum(draft.contained.get(identity.sku) ?? NOTHING, countersOf(line, settings, facts)));
  }
  return { items: [...drafts.values()].map((draft) => toAcknowledgement(draft, settings)), unmapped: [...unmapped] };
}

function toAcknowledgement({ order, revision, contained }: Draft, { id, scale }: OrderMapSettings): OrderAcknowledgement {
  const text = (quantity: Quantity) => formatQuantity(quantity, scale);
  return {
    kind: 'acknowledgement',
    source: id,
    channel: order.channel,
    orderId: order.orderId,
    revision,
    contained: [...contained].map(([sku, { ordered, fulfilled, cancelled, returned }]) => ({
      sku, ordered: text(ordered), fulfilled: text(fulfilled), cancelled: text(cancelled), returned: text(returned),
    })),
  };
}

/** NetSuite lowers a line when something is cancelled, or closes it; only own columns remember what was ordered first. */
function countersOf(line: OrderLineWire, { scale, lineColumns }: OrderMapSettings, facts: CallFacts): Counters {
  const read = (column: 'quantity' | 'fulfilled' | 'ordered' | 'cancelled' | 'returned'): Quantity | undefined => {
    const text = line[column];
    return text === undefined || text === null ? undefined : magnitude(readQuantity(text, { column, scale, facts }));
  };
  const ordered = read('ordered') ?? read('quantity') ?? ZERO;
  const fulfilled = read('fulfilled') ?? ZERO;
  const open = line.closed === 'T' && lineColumns.cancelled === undefined ? subtractQuantities(ordered, fulfilled) : ZERO;
  return { ordered, fulfilled, cancelled: read('cancelled') ?? maxQuantity(ZERO, open), returned: read('returned') ?? ZERO };
}

function sum(a: Counters, b: Counters): Counters {
  return {
    ordered: addQuantities(a.ordered, b.ordered),
    fulfilled: addQuantities(a.fulfilled, b.fulfilled),
    cancelled: addQuantities(a.cancelled, b.cancelled),
    returned: addQuantities(a.returned, b.returned),
  };
}
