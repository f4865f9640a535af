/** What a customer wants. @public */
export interface ShopifyOrderRequest {
  /** Lines of one sku accumulate: the second sees what the first took. Quantities are whole and at least 1. */
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  /** The number in `gid://shopify/Order/<id>`; made up when absent. */
  readonly id?: number;
  /** True: a line takes what there is. False (default): a line is accepted whole or refused whole. */
  readonly allowPartial?: boolean;
}

/** What became of one line, in the order asked. @public */
export interface ShopifyOrderLineResult {
  readonly sku: string;
  readonly accepted: number;
  readonly refused: number;
  /** Present exactly where something was refused. */
  readonly reason?: 'soldOut';
}

/** What became of an order. @public */
export interface ShopifyOrderResult {
  /** The order's global id; absent where no line was accepted, for then there is no order. */
  readonly orderId?: string;
  readonly lines: readonly ShopifyOrderLineResult[];
}

/** Units of an order: of a sku over all its lines in turn, or of one line. @public */
export type ShopifyOrderUnits =
  | { readonly sku: string; readonly quantity: number }
  | { readonly lineItemId: string; readonly quantity: number };

/** One line of an order as it stands. @public */
export interface ShopifyOrderLineState {
  readonly lineItemId: string;
  readonly sku: string;
  /** As ordered; never changes. */
  readonly quantity: number;
  /** `quantity - cancelled - returned`. */
  readonly currentQuantity: number;
  /** `quantity - cancelled - fulfilled`. */
  readonly unfulfilledQuantity: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  readonly returned: number;
  /** Which location serves how much of it. */
  readonly portions: readonly { readonly locationId: number; readonly quantity: number; readonly remaining: number }[];
}

/** An order as it stands. @public */
export interface ShopifyOrderState {
  readonly orderId: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly cancelledAt: string | undefined;
  readonly lines: readonly ShopifyOrderLineState[];
}

/** One level as it stands. @public */
export interface ShopifyLevelState {
  readonly sku: string;
  readonly inventoryItemId: number;
  readonly locationId: number;
  readonly isActive: boolean;
  readonly available: number;
  readonly onHand: number;
  readonly committed: number;
  readonly incoming: number;
  readonly reserved: number;
  readonly damaged: number;
  readonly safetyStock: number;
  readonly qualityControl: number;
  readonly updatedAt: string;
}
