import type { Account, Order, OrderLine } from './account.ts';
import type { AmazonFulfillmentStatus } from './host-shapes.ts';
import { toEventTime } from './times.ts';

/** How an order went from one state to the next. */
export interface OrderTransition {
  /** Nothing for an order that is new. */
  readonly before: AmazonFulfillmentStatus | undefined;
  readonly after: AmazonFulfillmentStatus;
  readonly reason: string;
}

/** Notifications still spell statuses as the older interface does. */
const NOTIFIED_STATUS: Readonly<Record<AmazonFulfillmentStatus, string>> = {
  PENDING: 'Pending', UNSHIPPED: 'Unshipped', PARTIALLY_SHIPPED: 'PartiallyShipped', SHIPPED: 'Shipped', CANCELLED: 'Canceled',
};

/** Tells the subscribers of ORDER_CHANGE what an order looks like now. */
export function announceOrder(account: Account, order: Order, transition: OrderTransition): void {
  const { sellerId } = account.options;
  const isByStatus = transition.before !== transition.after || transition.reason !== 'Order cancelled';
  const orderChangeType = isByStatus ? 'OrderStatusChange' : 'BuyerRequestedChange';
  account.notify({
    notificationType: 'ORDER_CHANGE',
    subject: order.id,
    orderChangeType,
    payload: () => ({ OrderChangeNotification: {
      NotificationLevel: 'OrderLevel',
      SellerId: sellerId,
      AmazonOrderId: order.id,
      OrderChangeType: orderChangeType,
      OrderChangeTrigger: { TimeOfOrderChange: toEventTime(order.updatedAtMs), ChangeReason: transition.reason },
      Summary: summaryOf(account, order, transition.after),
    } }),
  });
}

function summaryOf(account: Account, order: Order, status: AmazonFulfillmentStatus): Readonly<Record<string, unknown>> {
  const sum = (count: (line: OrderLine) => number): number => order.lines.reduce((total, line) => total + count(line), 0);
  return {
    MarketplaceId: account.options.marketplaceId,
    OrderStatus: NOTIFIED_STATUS[status],
    PurchaseDate: toEventTime(order.createdAtMs),
    DestinationPostalCode: null,
    FulfillmentType: order.fulfilledBy === 'MERCHANT' ? 'MFN' : 'AFN',
    OrderType: 'StandardOrder',
    NumberOfItemsShipped: sum(({ shipped }) => shipped),
    NumberOfItemsUnshipped: sum(({ quantity, shipped, cancelled }) => quantity - shipped - cancelled),
    OrderItems: order.lines.map((line) => ({
      OrderItemId: line.id,
      SellerSKU: line.listing.sku,
      SupplySourceId: null,
      Quantity: line.quantity,
      QuantityShipped: line.shipped,
      IsBuyerRequestedCancel: line.cancellation?.cancelledBy === 'BUYER',
    })),
  };
}
