import { assertCount } from './account.ts';
import type { Account, Listing } from './account.ts';
import type { AmazonFbaStock } from './options.ts';

/** Quantities whose changes the query by time does not notice. */
const UNNOTICED = new Set<string>(['inboundWorking', 'inboundShipped', 'inboundReceiving']);

/** Adds to the stock in the vendor's warehouses. */
export function moveFbaStock(account: Account, listing: Listing, deltas: AmazonFbaStock): void {
  setFbaStock(account, listing, Object.fromEntries(
    Object.entries(deltas).map(([name, delta]) => [name, listing.fba[name as keyof AmazonFbaStock] + delta]),
  ));
}

/** Sets some of the quantities in the vendor's warehouses, and tells the subscribers. */
export function setFbaStock(account: Account, listing: Listing, stock: AmazonFbaStock): void {
  const changed = Object.entries(stock).filter(([name, quantity]) => listing.fba[name as keyof AmazonFbaStock] !== quantity);
  if (changed.length === 0) return;
  for (const [name, quantity] of changed) assertCount(quantity, 0, `${listing.sku}, ${name}`);
  listing.fba = { ...listing.fba, ...stock };
  listing.fbaUpdatedAtMs = account.now();
  if (changed.some(([name]) => !UNNOTICED.has(name))) listing.fbaNoticedAtMs = account.now();
  announceFbaStock(account, listing);
}

function announceFbaStock(account: Account, listing: Listing): void {
  const { sellerId, marketplaceId } = account.options;
  account.notify({
    notificationType: 'FBA_INVENTORY_AVAILABILITY_CHANGES',
    subject: listing.sku,
    payload: () => ({
      SellerId: sellerId, FNSKU: listing.fnSku, ASIN: listing.asin, SKU: listing.sku,
      FulfillmentInventoryByMarketplace: [{
        MarketplaceId: marketplaceId,
        ItemName: `Item ${listing.sku}`,
        FulfillmentInventory: {
          InboundQuantityBreakdown: { Working: listing.fba.inboundWorking, Shipped: listing.fba.inboundShipped, Receiving: listing.fba.inboundReceiving },
          Fulfillable: listing.fba.fulfillable,
          Unfulfillable: listing.fba.unfulfillable,
          Researching: listing.fba.researching,
          ReservedQuantityBreakdown: {
            WarehouseProcessing: listing.fba.fcProcessing, WarehouseTransfer: listing.fba.pendingTransshipment, PendingCustomerOrder: listing.fba.pendingCustomerOrder,
          },
          FutureSupplyBuyable: 0,
          PendingCustomerOrderInTransit: 0,
        },
        Stores: [],
      }],
    }),
  });
}
