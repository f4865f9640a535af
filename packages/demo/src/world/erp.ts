import type { NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import type { ShopifySimulator } from '@stockwright/simulators/shopify';
import type { VirtualClock } from '@stockwright/testkit';

const MINUTE_MS = 60_000;
/** How often the ERP's own job imports what changed in the shop. */
const IMPORT_EVERY_MS = 10 * MINUTE_MS;
/** How long after its import an order is shipped. */
const SHIP_AFTER_MS = 4 * 60 * MINUTE_MS;
/** How often the warehouse hands parcels over. */
const SHIP_EVERY_MS = 30 * MINUTE_MS;

/** The reference by which the ERP knows a shop's order. */
export function orderReference(orderId: string): string {
  return `shopify:${orderId}`;
}

/** The shop's order of a reference, where it is one of the shop's. */
export function fromOrderReference(reference: string): string | undefined {
  return reference.startsWith('shopify:') ? reference.slice('shopify:'.length) : undefined;
}

/**
 * What the ERP does by itself: it imports the shop's orders every ten minutes, ships them four hours later, and tells the
 * shop. Nobody of ours asks it to; that is the overlap that an integration has to live with.
 */
export function startErp(clock: VirtualClock, netsuite: NetSuiteSimulator, { shop, signal }: { shop: ShopifySimulator; signal: AbortSignal }): { importNow(): void; shipNow(): void; pending(): number } {
  const imported = new Map<string, { readonly seen: string; readonly firstMs: number }>();

  const importNow = (): void => {
    for (const order of shop.orders()) {
      const lines = order.lines.map(({ sku, quantity, cancelled }) => ({ itemid: sku, quantity: quantity - cancelled }));
      const seen = JSON.stringify(lines);
      const known = imported.get(order.orderId);
      if (known?.seen === seen) continue;
      netsuite.importSalesOrder({ externalId: orderReference(order.orderId), lines });
      imported.set(order.orderId, { seen, firstMs: known?.firstMs ?? clock.now() });
    }
  };

  const shipNow = (): void => {
    for (const [orderId, { firstMs }] of imported) {
      if (clock.now() - firstMs < SHIP_AFTER_MS) continue;
      const before = netsuite.salesOrder(orderReference(orderId));
      if (before === undefined || before.lines.every(({ committed }) => committed === 0)) continue;
      const after = netsuite.fulfilSalesOrder(orderReference(orderId));
      const shipped = after.lines.flatMap(({ itemid, shipped: total }, index) => {
        const quantity = total - (before.lines[index]?.shipped ?? 0);
        return quantity > 0 ? [{ sku: itemid, quantity }] : [];
      });
      if (shipped.length > 0) shop.fulfilOrder(orderId, shipped);
    }
  };

  const every = async (ms: number, work: () => void): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(ms, signal);
      work();
    }
  };
  every(IMPORT_EVERY_MS, importNow).catch(() => undefined);
  every(SHIP_EVERY_MS, shipNow).catch(() => undefined);
  return { importNow, shipNow, pending: () => shop.orders().filter(({ orderId }) => !imported.has(orderId)).length };
}
