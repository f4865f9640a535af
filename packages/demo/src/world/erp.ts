import type { NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import type { VirtualClock } from '@stockwright/testkit';

const MINUTE_MS = 60_000;
/** How often the ERP's own job imports what changed in the shops. */
export const IMPORT_EVERY_MS: number = 10 * MINUTE_MS;
/** How long after its import an order is shipped. */
export const SHIP_AFTER_MS: number = 4 * 60 * MINUTE_MS;
/** How often the warehouse hands parcels over. */
export const SHIP_EVERY_MS: number = 30 * MINUTE_MS;

/** A shop, as the ERP's own connector sees it. */
export interface ErpShop {
  readonly channel: string;
  orders(): readonly { readonly orderId: string; readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly cancelled: number }[] }[];
  /** Tells the shop that units have left. */
  shipped(orderId: string, lines: readonly { readonly sku: string; readonly quantity: number }[]): void;
}

/** The reference by which the ERP knows a shop's order. */
export function orderReference(channel: string, orderId: string): string {
  return `${channel}:${orderId}`;
}

/** The channel and its order of a reference. */
export function fromOrderReference(reference: string): { readonly channel: string; readonly orderId: string } | undefined {
  const colon = reference.indexOf(':');
  return colon < 1 ? undefined : { channel: reference.slice(0, colon), orderId: reference.slice(colon + 1) };
}

/** What the ERP knows of an order of a shop. */
interface Imported {
  readonly shop: ErpShop;
  readonly orderId: string;
  seen: string;
  readonly firstMs: number;
}

/**
 * What the ERP does by itself: it imports the shops' orders every ten minutes, ships them four hours later, and tells the
 * shops. Nobody of ours asks it to; that is the overlap that an integration has to live with.
 */
export function startErp(clock: VirtualClock, netsuite: NetSuiteSimulator, { shops, kits = new Map(), signal }: { shops: readonly ErpShop[]; kits?: ReadonlyMap<string, readonly { readonly sku: string; readonly quantity: number }[]>; signal: AbortSignal }): { importNow(): void; shipNow(): void; pending(): number } {
  const imported = new Map<string, Imported>();

  const importNow = (): void => {
    for (const shop of shops) {
      for (const { orderId, lines: ordered } of shop.orders()) {
        const reference = orderReference(shop.channel, orderId);
        const lines = ordered.flatMap(({ sku, quantity, cancelled }) =>
          (kits.get(sku) ?? [{ sku, quantity: 1 }]).map((part) => ({ itemid: part.sku, quantity: (quantity - cancelled) * part.quantity })));
        const seen = JSON.stringify(lines);
        const known = imported.get(reference);
        if (known?.seen === seen) continue;
        netsuite.importSalesOrder({ externalId: reference, lines });
        if (known === undefined) imported.set(reference, { shop, orderId, seen, firstMs: clock.now() });
        else known.seen = seen;
      }
    }
  };

  const shipNow = (): void => {
    // Whoever packs looks at the shops once more: what was taken back since the last import stays here.
    importNow();
    for (const [reference, { shop, orderId, firstMs }] of imported) {
      if (clock.now() - firstMs < SHIP_AFTER_MS) continue;
      const before = netsuite.salesOrder(reference);
      if (before === undefined || before.lines.every(({ committed }) => committed === 0)) continue;
      const after = netsuite.fulfilSalesOrder(reference);
      const shipped = after.lines.flatMap(({ itemid, shipped: total }, index) => {
        const quantity = total - (before.lines[index]?.shipped ?? 0);
        return quantity > 0 ? [{ sku: itemid, quantity }] : [];
      });
      if (shipped.length > 0) shop.shipped(orderId, shipped);
    }
  };

  const every = async (ms: number, work: () => void): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(ms, signal);
      work();
    }
  };
  // Called off at the end of a run; anything else is a mistake of this world and must not pass unseen.
  const calledOff = (error: unknown): void => { if (!signal.aborted) throw error; };
  every(IMPORT_EVERY_MS, importNow).catch(calledOff);
  every(SHIP_EVERY_MS, shipNow).catch(calledOff);
  return {
    importNow, shipNow,
    pending: () => shops.reduce((sum, shop) => sum + shop.orders().filter(({ orderId }) => !imported.has(orderReference(shop.channel, orderId))).length, 0),
  };
}
