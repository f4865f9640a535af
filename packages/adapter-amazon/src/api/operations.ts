/** The operations of the Selling Partner API that this adapter calls. */
export type AmazonOperation = 'patchListingsItem' | 'getListingsItem' | 'searchListingsItems' | 'searchOrders' | 'getOrder';

/** What is known of an operation beforehand. */
export interface OperationFacts {
  /** Requests per second of the default usage plan (models of 2026-08-05); Amazon may grant an account more. */
  readonly ratePerSecond: number;
  /** The role that an application needs for it, as far as Amazon says. */
  readonly role: string;
}

const LISTINGS = 'Product Listing';
const ORDERS = 'Inventory and Order Tracking';

export const OPERATIONS: Readonly<Record<AmazonOperation, OperationFacts>> = {
  patchListingsItem: { ratePerSecond: 5, role: LISTINGS },
  getListingsItem: { ratePerSecond: 5, role: LISTINGS },
  searchListingsItems: { ratePerSecond: 5, role: LISTINGS },
  searchOrders: { ratePerSecond: 0.0056, role: ORDERS },
  getOrder: { ratePerSecond: 0.5, role: ORDERS },
};
