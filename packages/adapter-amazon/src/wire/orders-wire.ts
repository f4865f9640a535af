import type { Instant } from '@stockwright/core';
import { z } from 'zod';
import { instantSchema } from './instant-wire.ts';

/** One item of an order. */
export interface OrderItemWire {
  readonly orderItemId: string;
  readonly quantityOrdered: number;
  readonly product: { readonly sellerSku?: string | undefined; readonly asin?: string | undefined };
  /** Only there where the request asked for it. */
  readonly fulfillment?: { readonly quantityFulfilled?: number | undefined; readonly quantityUnfulfilled?: number | undefined } | undefined;
  readonly cancellation?: { readonly cancellationExecution?: object | undefined } | undefined;
}

/** An order, without anything about the buyer. */
export interface OrderWire {
  readonly orderId: string;
  readonly createdTime: Instant;
  readonly lastUpdatedTime: Instant;
  readonly salesChannel: { readonly marketplaceId?: string | undefined };
  /** `fulfillmentStatus` may be one that this adapter does not know; `fulfilledBy` is `MERCHANT` or `AMAZON`. */
  readonly fulfillment?: { readonly fulfillmentStatus: string; readonly fulfilledBy?: string | undefined } | undefined;
  readonly orderItems: readonly OrderItemWire[];
}

const count = z.number().int().min(0);

const orderSchema: z.ZodType<OrderWire> = z.object({
  orderId: z.string().min(1),
  createdTime: instantSchema,
  lastUpdatedTime: instantSchema,
  salesChannel: z.object({ marketplaceId: z.string().optional() }),
  fulfillment: z.object({ fulfillmentStatus: z.string(), fulfilledBy: z.string().optional() }).optional(),
  orderItems: z.array(
    z.object({
      orderItemId: z.string().min(1),
      quantityOrdered: count,
      product: z.object({ sellerSku: z.string().optional(), asin: z.string().optional() }),
      fulfillment: z.object({ quantityFulfilled: count.optional(), quantityUnfulfilled: count.optional() }).optional(),
      cancellation: z.object({ cancellationExecution: z.object({}).optional() }).optional(),
    }),
  ),
});

/** One order. */
export const orderAnswerSchema: z.ZodType<{ readonly order: OrderWire }> = z.object({ order: orderSchema });

/** A page of a search for orders. */
export interface OrdersWire {
  readonly orders: readonly OrderWire[];
  readonly pagination?: { readonly nextToken?: string | undefined } | undefined;
  /** Only orders that changed before it are there, by Amazon's clock. */
  readonly lastUpdatedBefore?: Instant | undefined;
}

export const ordersSchema: z.ZodType<OrdersWire> = z.object({
  orders: z.array(orderSchema),
  pagination: z.object({ nextToken: z.string().optional() }).optional(),
  lastUpdatedBefore: instantSchema.optional(),
});
