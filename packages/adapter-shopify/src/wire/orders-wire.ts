import { z } from 'zod';
import { connectionSchema, type ConnectionWire } from './graphql-wire.ts';

/** One line of an order. */
export interface OrderLineWire {
  readonly id: string;
  readonly sku?: string | null | undefined;
  /** Units ordered, removed and refunded ones included. */
  readonly quantity: number;
  /** Units ordered less removed and refunded ones. */
  readonly currentQuantity: number;
  /** Units that are still to be shipped. */
  readonly unfulfilledQuantity: number;
  /** Units that will never be shipped, because they were taken back first. */
  readonly nonFulfillableQuantity?: number | null | undefined;
  /** Null once the variant was deleted, and for lines that were typed in by hand. */
  readonly variant?: { readonly inventoryItem?: { readonly id: string } | null | undefined } | null | undefined;
}

const lineSchema: z.ZodType<OrderLineWire> = z.object({
  id: z.string(),
  sku: z.string().nullish(),
  quantity: z.number().int(),
  currentQuantity: z.number().int(),
  unfulfilledQuantity: z.number().int(),
  nonFulfillableQuantity: z.number().int().nullish(),
  variant: z.object({ inventoryItem: z.object({ id: z.string() }).nullish() }).nullish(),
});

interface AssignedLocationWire {
  readonly location?: { readonly id: string } | null | undefined;
}

const assignedLocationSchema: z.ZodType<AssignedLocationWire> = z.object({ location: z.object({ id: z.string() }).nullish() });

/** Where a part of an order ships from; `status` may be one that this adapter does not know. */
export interface FulfillmentOrderWire {
  readonly status: string;
  readonly assignedLocation: AssignedLocationWire;
}

/** An order with the first page of each of its lists. */
export interface OrderWire {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lineItems: ConnectionWire<OrderLineWire>;
  readonly fulfillmentOrders: ConnectionWire<FulfillmentOrderWire>;
}

const orderShape = {
  id: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lineItems: connectionSchema(lineSchema),
  fulfillmentOrders: connectionSchema<FulfillmentOrderWire>(z.object({ status: z.string(), assignedLocation: assignedLocationSchema })),
};

const orderSchema: z.ZodType<OrderWire> = z.object(orderShape);

export const ordersChangedSchema: z.ZodType<{ readonly orders: ConnectionWire<OrderWire> }> = z.object({
  orders: connectionSchema(orderSchema),
});

/** Orders by id: null where there is none (any more), `{}` where the id is of something else. */
export const ordersByIdSchema: z.ZodType<{ readonly nodes: readonly (OrderWire | Record<string, never> | null)[] }> = z.object({
  nodes: z.array(z.union([orderSchema, z.strictObject({}) as z.ZodType<Record<string, never>>]).nullable()),
});

/** Null where the order is gone. */
export interface OrderLinesWire {
  readonly order?: { readonly updatedAt: string; readonly lineItems: ConnectionWire<OrderLineWire> } | null | undefined;
}

export const orderLinesSchema: z.ZodType<OrderLinesWire> = z.object({
  order: z.object({ updatedAt: z.string(), lineItems: connectionSchema(lineSchema) }).nullish(),
});

/** Some units of a line that were refunded; `restockType` says what became of them. */
export interface RefundLineWire {
  readonly quantity: number;
  readonly restockType: string;
  readonly lineItem: { readonly id: string };
}

const refundLinesSchema: z.ZodType<ConnectionWire<RefundLineWire>> = connectionSchema(
  z.object({ quantity: z.number().int(), restockType: z.string(), lineItem: z.object({ id: z.string() }) }),
);

/** One refund with the first page of its lines. */
export interface RefundWire {
  readonly id: string;
  readonly refundLineItems: ConnectionWire<RefundLineWire>;
}

/** Null where the order is gone. */
export interface OrderRefundsWire {
  readonly order?: { readonly updatedAt: string; readonly refunds: readonly RefundWire[] } | null | undefined;
}

export const orderRefundsSchema: z.ZodType<OrderRefundsWire> = z.object({
  order: z.object({ updatedAt: z.string(), refunds: z.array(z.object({ id: z.string(), refundLineItems: refundLinesSchema })) }).nullish(),
});

export const refundLinesOfNodesSchema: z.ZodType<{
  readonly nodes: readonly ({ readonly refundLineItems?: ConnectionWire<RefundLineWire> | undefined } | null)[];
}> = z.object({ nodes: z.array(z.object({ refundLineItems: refundLinesSchema.optional() }).nullable()) });

/** Which units of a line a fulfillment order holds. */
export interface FulfillmentLineWire {
  readonly totalQuantity: number;
  readonly lineItem: { readonly id: string };
}

const fulfillmentLinesSchema: z.ZodType<ConnectionWire<FulfillmentLineWire>> = connectionSchema(
  z.object({ totalQuantity: z.number().int(), lineItem: z.object({ id: z.string() }) }),
);

/** A fulfillment order with the first page of its lines. */
export interface FulfillmentOrderLinesWire extends FulfillmentOrderWire {
  readonly id: string;
  readonly lineItems: ConnectionWire<FulfillmentLineWire>;
}

/** Null where the order is gone. */
export interface OrderFulfillmentWire {
  readonly order?: { readonly updatedAt: string; readonly fulfillmentOrders: ConnectionWire<FulfillmentOrderLinesWire> } | null | undefined;
}

export const orderFulfillmentSchema: z.ZodType<OrderFulfillmentWire> = z.object({
  order: z
    .object({
      updatedAt: z.string(),
      fulfillmentOrders: connectionSchema<FulfillmentOrderLinesWire>(
        z.object({ id: z.string(), status: z.string(), assignedLocation: assignedLocationSchema, lineItems: fulfillmentLinesSchema }),
      ),
    })
    .nullish(),
});

export const fulfillmentLinesOfNodesSchema: z.ZodType<{
  readonly nodes: readonly ({ readonly lineItems?: ConnectionWire<FulfillmentLineWire> | undefined } | null)[];
}> = z.object({ nodes: z.array(z.object({ lineItems: fulfillmentLinesSchema.optional() }).nullable()) });
