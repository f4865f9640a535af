import type { KeyObject } from 'node:crypto';

/** One location of the simulated account. @public */
export interface NetSuiteLocation {
  /** The internal id. */
  readonly id: number;
  readonly name: string;
  /** False: nothing here counts as available and no order line is committed here. Default true. */
  readonly makeInventoryAvailable?: boolean;
}

/** What an item is; only `InvtPart` and `Assembly` keep stock. @public */
export type NetSuiteItemType = 'InvtPart' | 'Assembly' | 'Kit' | 'NonInvtPart';

/** One item of the simulated account. @public */
export interface NetSuiteItem {
  /** The internal id; the next free number where absent. */
  readonly id?: number;
  /** What people call the SKU. Unique. */
  readonly itemid: string;
  /** Default `InvtPart`. */
  readonly itemtype?: NetSuiteItemType;
  readonly isinactive?: boolean;
}

/** The recipe of one kit. @public */
export interface NetSuiteKit {
  readonly itemid: string;
  readonly members: readonly ItemQuantity[];
}

/** So many units of one item. @public */
export interface ItemQuantity {
  readonly itemid: string;
  /**
   * Units, `>= 0` unless a method says otherwise. Whole numbers are exact up to 2^53; fractions are rounded to eight
   * digits after the point at every movement, since the account keeps binary floating point.
   */
  readonly quantity: number;
}

/** Opening stock of one item at one location. @public */
export interface NetSuiteOpeningStock {
  readonly itemid: string;
  readonly locationId: number;
  readonly onHand: number;
}

/** What a request is for. @public */
export type NetSuiteOperation = 'token' | 'suiteql' | 'inventoryAdjustment' | 'governanceLimits' | 'other';

/** What goes wrong with one request. @public */
export type NetSuiteFault =
  /** Answered with this status and the vendor's body for it; nothing is applied. */
  | { readonly kind: 'status'; readonly status: 401 | 429 | 500 | 503 }
  /** The connection breaks before the account saw the request: `fetch` rejects with a `TypeError`. */
  | { readonly kind: 'timeoutBeforeApply' }
  /** The account does what was asked, and then the connection breaks: `fetch` rejects with a `TypeError`. */
  | { readonly kind: 'timeoutAfterApply' };

/** What {@link createNetSuiteSimulator} is made from. @public */
export interface NetSuiteSimulatorOptions {
  /** Milliseconds since 1970; token lifetimes and every timestamp follow it. */
  readonly clock: { now(): number };
  /** Numbers in [0, 1): decides the order of rows that no statement ordered, and ids of tokens. */
  readonly random: { next(): number };
  /** The account id as people see it, such as `TSTDRV123`. */
  readonly account: string;
  /** The `iss` that an assertion must carry. */
  readonly clientId: string;
  /** The `kid` that an assertion must carry. */
  readonly certificateId: string;
  /** Verifies assertions: an RSA key for PS256, an EC key for ES256; a key object or PEM. */
  readonly publicKey: KeyObject | string;
  /** Requests in flight at once, over the whole account. Default 5. */
  readonly concurrencyLimit?: number;
  /** The session's offset from UTC in minutes, east positive. Default 0. */
  readonly timeZone?: number;
  readonly locations: readonly NetSuiteLocation[];
  readonly items: readonly NetSuiteItem[];
  /** One row per item and location that the account knows; others appear with their first movement. */
  readonly stock: readonly NetSuiteOpeningStock[];
  readonly kits?: readonly NetSuiteKit[];
  /** Where an order line without a location should be committed; nothing leaves the choice to the account. */
  readonly commit?: (itemid: string, quantity: number) => number | undefined;
  /**
   * What moves `lastquantityavailablechange`. The vendor's column tells changes of *available* alone (`availableOnly`):
   * a shipment that lowers on hand and committed together does not move it. Default `everyChange`.
   */
  readonly availableChangeSignal?: 'everyChange' | 'availableOnly';
  /** Asked once a request, before anything else happens. */
  readonly requestFaults?: (operation: NetSuiteOperation, method: string) => NetSuiteFault | undefined;
  /** Awaited before the account looks at a request, while the request counts as in flight. */
  readonly latency?: (operation: NetSuiteOperation) => Promise<void>;
}

/** One item at one location, as `aggregateitemlocation` shows it. @public */
export interface NetSuiteStock {
  readonly itemid: string;
  readonly locationId: number;
  /** May be negative. */
  readonly onHand: number;
  /** What open orders hold of the stock: never more than `max(0, onHand)`. */
  readonly committed: number;
  /** What open orders wait for: never above zero while stock is free. */
  readonly backordered: number;
  /** `max(0, onHand - committed)`; zero where the location makes no inventory available. */
  readonly available: number;
  /** Milliseconds since 1970. */
  readonly lastModifiedMs: number;
}

/** One line of a sales order: one per item. @public */
export interface NetSuiteSalesOrderLine {
  readonly itemid: string;
  /** Absent where the item keeps no stock. */
  readonly locationId?: number;
  /** What is wanted now, positive; the table shows it negative. */
  readonly quantity: number;
  readonly shipped: number;
  readonly committed: number;
  readonly backordered: number;
  /** The most that was ever wanted (`custcol_ordered`). */
  readonly ordered: number;
  /** `ordered - quantity` (`custcol_cancelled`). */
  readonly cancelled: number;
  /** What came back (`custcol_returned`). */
  readonly returned: number;
}

/** One sales order. @public */
export interface NetSuiteSalesOrder {
  readonly id: number;
  readonly externalId: string;
  /** `B` pending fulfilment, `D` partially fulfilled, `F` pending billing, `C` cancelled. */
  readonly status: 'B' | 'C' | 'D' | 'F';
  /** Milliseconds since 1970. */
  readonly lastModifiedMs: number;
  /** In the order in which the lines were added. */
  readonly lines: readonly NetSuiteSalesOrderLine[];
}

/** A sales order as an import job brings it. @public */
export interface SalesOrderImport {
  /** The reference that both `externalid` and `otherrefnum` show, such as `shopify:5001`. */
  readonly externalId: string;
  /** The whole order as it is now. Lines of one item accumulate; an item that is missing was cancelled. */
  readonly lines: readonly ItemQuantity[];
  /** Where new lines are committed; chosen line by line where absent. */
  readonly locationId?: number;
}

/** A change of on hand that a person books. @public */
export interface StockAdjustment {
  readonly itemid: string;
  readonly locationId: number;
  /** Added to on hand; negative takes away. */
  readonly quantity: number;
  readonly memo?: string;
}

/** A simulated NetSuite account: its REST surface, its users, and a look inside. @public */
export interface NetSuiteSimulator {
  /** Answers like the account's REST web services, on any origin. */
  fetch(request: Request): Promise<Response>;

  /**
   * Creates a sales order or brings it to the state given, and commits what can be committed.
   *
   * @remarks A quantity below what was already shipped becomes what was shipped.
   * @throws RangeError where an item or location is unknown, an item is a kit, or a quantity is negative.
   */
  importSalesOrder(order: SalesOrderImport): NetSuiteSalesOrder;
  /**
   * Sets the quantities of the lines named, others stay, and releases what is no longer wanted.
   *
   * @throws RangeError where the order does not exist or does not have such a line.
   */
  updateSalesOrder(externalId: string, lines: readonly ItemQuantity[]): NetSuiteSalesOrder;
  /**
   * Ships lines: on hand and committed fall. Without `lines` ships all that is committed; with `lines` also what is
   * backordered, and on hand may become negative.
   *
   * @throws RangeError where the order does not exist or more would ship than is open.
   */
  fulfilSalesOrder(externalId: string, lines?: readonly ItemQuantity[]): NetSuiteSalesOrder;
  /**
   * Takes goods back into stock where they left it.
   *
   * @throws RangeError where the order does not exist or more would come back than was shipped.
   */
  receiveReturn(goods: { readonly externalId: string; readonly lines: readonly ItemQuantity[] }): NetSuiteSalesOrder;
  /** Books a difference on hand, such as a cycle count or damage. */
  adjustInventory(adjustment: StockAdjustment): NetSuiteStock;

  /**
   * From now on every statement reads zero for all stock, as after an import that went wrong; `false` puts it right. Each
   * time every row counts as changed. What jobs and people do in between is kept.
   */
  reportZeroStock(isOn: boolean): void;

  /** One item at one location, or nothing where the account has no such row. */
  stock(itemid: string, locationId: number): NetSuiteStock | undefined;
  /** All rows, by internal id of the item, then of the location. */
  allStock(): readonly NetSuiteStock[];
  salesOrder(externalId: string): NetSuiteSalesOrder | undefined;
  /** All sales orders, oldest first. */
  salesOrders(): readonly NetSuiteSalesOrder[];
  /** Requests received so far, refused and failed ones included. */
  calls(): Readonly<Record<NetSuiteOperation, number>>;
  /** Frees the database; nothing works afterwards. */
  close(): void;
}
