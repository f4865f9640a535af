import type { CallContext, InventorySource, Page, StockRequest } from '@stockwright/adapter';
import { instantFromMs, type ChannelId, type LocationId, type OrderAcknowledgement, type QuantityText, type Sku, type SourceId, type StockObservation } from '@stockwright/core';

/** A source in memory, whose users count, import and ship. @public */
export interface ModelSource extends InventorySource {
  /** Somebody counts. */
  count(sku: Sku, location: LocationId, onHand: number): void;
  /** The owner's own job books an order: its figures contain it from now on. */
  importOrder(order: { readonly channel: ChannelId; readonly orderId: string; readonly sku: Sku; readonly location: LocationId; readonly quantity: number; readonly atMs: number }): void;
  /** The owner ships what it had booked. */
  ship(order: { readonly channel: ChannelId; readonly orderId: string; readonly sku: Sku; readonly location: LocationId; readonly quantity: number; readonly atMs: number }): void;
  readonly calls: { readStock: number; readAcknowledgements: number };
}

/**
 * A source in memory for tests of engines.
 *
 * @param fails - Asked before each read; a true answer makes it fail.
 * @public
 */
export function createModelSource({ id, latencyMs = 100, fails = () => false }: { readonly id: SourceId; readonly latencyMs?: number; readonly fails?: () => boolean }): ModelSource {
  const stock = new Map<string, { sku: Sku; location: LocationId; onHand: number; committed: number }>();
  const acknowledgements = new Map<string, OrderAcknowledgement>();
  const calls = { readStock: 0, readAcknowledgements: 0 };
  const at = (sku: Sku, location: LocationId): { sku: Sku; location: LocationId; onHand: number; committed: number } => {
    const key = `${location}\u001f${sku}`;
    const known = stock.get(key) ?? { sku, location, onHand: 0, committed: 0 };
    stock.set(key, known);
    return known;
  };
  const acknowledge = ({ channel, orderId, sku, atMs, ordered, fulfilled }: { channel: ChannelId; orderId: string; sku: Sku; atMs: number; ordered: number; fulfilled: number }): void => {
    const text = (value: number): QuantityText => String(value) as QuantityText;
    acknowledgements.set(`${channel} ${orderId}`, {
      kind: 'acknowledgement', source: id, channel, orderId, revision: instantFromMs(atMs),
      contained: [{ sku, ordered: text(ordered), fulfilled: text(fulfilled), cancelled: text(0), returned: text(0) }],
    });
  };
  const check = (): void => {
    if (fails()) throw new Error('The source does not answer.');
  };
  return {
    kind: 'source', contractVersion: 'v1', id, account: `model:${id}`, calls,
    capabilities: { changedRows: false, acknowledgements: true, measures: ['onHand', 'committed'] },
    readStock: async (request: StockRequest, _page: string | undefined, { clock, signal }: CallContext): Promise<Page<StockObservation>> => {
      calls.readStock += 1;
      check();
      const asOf = instantFromMs(clock.now());
      const rows = [...stock.values()].filter(({ sku }) => request.scope !== 'skus' || request.skus.includes(sku));
      const items = rows.map(({ sku, location, onHand, committed }): StockObservation => ({
        kind: 'stock', source: id, sku, location, asOf, measures: { onHand: String(onHand) as QuantityText, committed: String(committed) as QuantityText },
      }));
      await clock.sleep(latencyMs, signal);
      return { items, unmapped: [], resumeFrom: asOf };
    },
    readAcknowledgements: async (since: string | undefined, _page: string | undefined, { clock, signal }: CallContext): Promise<Page<OrderAcknowledgement>> => {
      calls.readAcknowledgements += 1;
      check();
      const resumeFrom = instantFromMs(clock.now() - 1);
      const items = [...acknowledgements.values()].filter(({ revision }) => since === undefined || revision >= since);
      await clock.sleep(latencyMs, signal);
      return { items, unmapped: [], resumeFrom };
    },
    count: (sku, location, onHand) => { at(sku, location).onHand = onHand; },
    importOrder: ({ channel, orderId, sku, location, quantity, atMs }) => {
      at(sku, location).committed += quantity;
      acknowledge({ channel, orderId, sku, atMs, ordered: quantity, fulfilled: 0 });
    },
    ship: ({ channel, orderId, sku, location, quantity, atMs }) => {
      const row = at(sku, location);
      row.committed -= quantity;
      row.onHand -= quantity;
      acknowledge({ channel, orderId, sku, atMs, ordered: quantity, fulfilled: quantity });
    },
  };
}
