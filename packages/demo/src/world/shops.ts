import type { AmazonSimulator } from '@stockwright/simulators/amazon';
import type { NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import type { ShopifySimulator } from '@stockwright/simulators/shopify';
import { orderReference, type ErpShop } from './erp.ts';
import type { Market, Placed, Units } from './market.ts';

/** One vendor's shop: what customers do there, and what the ERP's connector reads and writes there. */
export interface Shop extends ErpShop {
  place(lines: readonly { readonly sku: string; readonly quantity: number }[]): Placed;
  open(orderId: string, sku: string): number;
  cancel(orderId: string, taken: Units): void;
  /** Pays the customer back; the goods go to the warehouse. */
  refund(orderId: string, taken: Units): void;
  /** What it shows at one of its places, as text; nothing where it lists no such thing. */
  shows(sku: string, location: string): string | undefined;
}

/** The Shopify shop. `changed` is called after anything that may have made something due. */
export function shopifyShop(shop: ShopifySimulator, { channel, locationNumber, changed }: { channel: string; locationNumber(location: string): number; changed(): void }): Shop {
  return {
    channel,
    orders: () => shop.orders(),
    shipped: (orderId, lines) => { shop.fulfilOrder(orderId, [...lines]); changed(); },
    place: (lines) => { const placed = shop.placeOrder({ lines: [...lines] }); changed(); return placed; },
    open: (orderId, sku) => openUnits(shop.orders().find((order) => order.orderId === orderId)?.lines, sku),
    cancel: (orderId, { sku, units }) => { shop.cancelOrder(orderId, { lines: [{ sku, quantity: units }] }); changed(); },
    refund: (orderId, { sku, units }) => { shop.refundOrder(orderId, { lines: [{ sku, quantity: units }], restock: false }); changed(); },
    shows: (sku, location) => shop.level(sku, locationNumber(location))?.available.toString(),
  };
}

/** The Amazon account. Goods that come back are the warehouse's and the ERP's business: Amazon's orders do not tell of them. */
export function amazonShop(amazon: AmazonSimulator, { channel, changed }: { channel: string; changed(): void }): Shop {
  return {
    channel,
    orders: () => amazon.orders(),
    shipped: (orderId, lines) => { amazon.shipOrder(orderId, { lines: [...lines] }); changed(); },
    place: (lines) => { const placed = amazon.placeOrder({ lines: [...lines] }); changed(); return placed; },
    open: (orderId, sku) => openUnits(amazon.orders().find((order) => order.orderId === orderId)?.lines, sku),
    cancel: (orderId, { sku, units }) => { amazon.cancelOrder(orderId, { lines: [{ sku, quantity: units }] }); changed(); },
    refund: () => undefined,
    shows: (sku) => amazon.listing(sku)?.effective?.toString(),
  };
}

function openUnits(lines: readonly { readonly sku: string; readonly unfulfilledQuantity: number }[] | undefined, sku: string): number {
  return (lines ?? []).filter((line) => line.sku === sku).reduce((sum, { unfulfilledQuantity }) => sum + unfulfilledQuantity, 0);
}

/** The market of the real line: customers in the vendors' shops, goods in the ERP's warehouse. */
export function realMarket({ shops, netsuite, goodsInNumber }: { shops: ReadonlyMap<string, Shop>; netsuite: NetSuiteSimulator; goodsInNumber: number }): Market {
  const at = (channel: string): Shop => {
    const shop = shops.get(channel);
    if (shop === undefined) throw new RangeError(`There is no shop ${channel}.`);
    return shop;
  };
  return {
    place: (channel, lines) => at(channel).place(lines),
    open: (channel, orderId, sku) => at(channel).open(orderId, sku),
    cancel: (channel, orderId, taken) => { at(channel).cancel(orderId, taken); },
    giveBack: (channel, orderId, taken) => {
      at(channel).refund(orderId, taken);
      netsuite.receiveReturn({ externalId: orderReference(channel, orderId), lines: [{ itemid: taken.sku, quantity: taken.units }] });
    },
    correct: ({ sku, units, memo }) => { netsuite.adjustInventory({ itemid: sku, locationId: goodsInNumber, quantity: units, memo }); },
  };
}
