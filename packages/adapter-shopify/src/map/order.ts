import type { Mappings } from '@stockwright/adapter';
import { parseInstant, type ChannelId, type OrderLineObservation, type OrderObservation } from '@stockwright/core';
import type { OrderLineWire, OrderWire, RefundLineWire } from '../wire/orders-wire.ts';
import { lineCounters, sumRefunds } from './line-counters.ts';
import type { LineLocations } from './line-locations.ts';

/** An order with every page of its lists. */
export interface CompleteOrder {
  readonly head: Pick<OrderWire, 'id' | 'createdAt' | 'updatedAt'>;
  readonly lines: readonly OrderLineWire[];
  readonly refunds: readonly RefundLineWire[];
  readonly locations: LineLocations;
}

/** For whom an order is read. */
export interface OrderReader {
  readonly channel: ChannelId;
  readonly mappings: Mappings;
}

/** An order as a state, and the external identifiers in it that nobody mapped. */
export interface MappedOrder {
  readonly order: OrderObservation;
  readonly unmapped: readonly string[];
}

/**
 * Reads an order as a state. A line without an inventory item moves no stock and is left out; where it still names a sku,
 * its item was deleted, and the line is reported as unmapped.
 */
export function mapOrder({ head, lines, refunds, locations }: CompleteOrder, { channel, mappings }: OrderReader): MappedOrder {
  const refunded = sumRefunds(refunds);
  const unmapped = new Set<string>();
  const mapped: OrderLineObservation[] = [];
  for (const line of lines) {
    const item = itemOf(line);
    if (item === undefined) continue;
    const sku = mappings.skus.toInternal(item);
    if (sku === undefined) {
      unmapped.add(item);
      continue;
    }
    const place = 'everyLine' in locations ? locations.everyLine : locations.byLine.get(line.id);
    const location = place === undefined ? undefined : mappings.locations.toInternal(place);
    if (place !== undefined && location === undefined) unmapped.add(place);
    mapped.push({ id: line.id, sku, ...lineCounters(line, refunded.get(line.id)), ...(location === undefined ? {} : { location }) });
  }
  const order: OrderObservation = {
    kind: 'order',
    channel,
    orderId: head.id,
    revision: parseInstant(head.updatedAt),
    placedAt: parseInstant(head.createdAt),
    lines: mapped,
  };
  return { order, unmapped: [...unmapped] };
}

/** What a line takes from stock: its item, or the line itself where the item is gone, which no mapping can know. */
function itemOf({ id, sku, variant }: OrderLineWire): string | undefined {
  const item = variant?.inventoryItem?.id;
  const isTypedIn = (sku ?? '') === '';
  return item ?? (isTypedIn ? undefined : id);
}
