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

/** Sets some of the quantities in the vendor's warehouses. */
export function setFbaStock(account: Account, listing: Listing, stock: AmazonFbaStock): void {
  const changed = Object.entries(stock).filter(([name, quantity]) => listing.fba[name as keyof AmazonFbaStock] !== quantity);
  if (changed.length === 0) return;
  listing.fba = { ...listing.fba, ...stock };
  if (changed.some(([name]) => !UNNOTICED.has(name))) listing.fbaChangedAtMs = account.now();
}
