import { z } from 'zod';

/** One page of a statement's rows. Columns come in the case that NetSuite likes, so callers lower it. */
export interface SuiteQlWire {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly hasMore?: boolean | null | undefined;
}

export const suiteQlWire: z.ZodType<SuiteQlWire> = z.object({
  items: z.array(z.record(z.string(), z.unknown())),
  hasMore: z.boolean().nullish(),
});

/** NetSuite gives every value as text; a number is taken as well, since JSON has them. */
const value = z.union([z.string(), z.number().transform(String)]);
const given = value.pipe(z.string().min(1));
/** A column without a value may be null or left out. */
const optional = value.nullish();

/** The database's own time at which the statement ran, with the offset of the session. */
export interface MomentWire {
  readonly moment: string;
}

export const momentWire: z.ZodType<MomentWire> = z.object({ moment: given });

/** One item at one location. Quantities are there in every row: the statement turns a missing one into zero itself. */
export interface StockWire extends MomentWire {
  readonly item: string;
  readonly sku?: string | null | undefined;
  /** How many active items show this sku; read only where the column need not be unique. */
  readonly namesakes?: string | null | undefined;
  readonly location: string;
  readonly onhand: string;
  readonly committed: string;
  readonly backordered: string;
  readonly onorder: string;
  readonly intransit: string;
}

export const stockWire: z.ZodType<StockWire> = z.object({
  moment: given,
  item: given,
  sku: optional,
  namesakes: optional,
  location: given,
  onhand: given,
  committed: given,
  backordered: given,
  onorder: given,
  intransit: given,
});

/** One sales order that has a reference. */
export interface OrderWire extends MomentWire {
  readonly id: string;
  readonly reference: string;
  readonly modifiedat: string;
}

export const orderWire: z.ZodType<OrderWire> = z.object({ moment: given, id: given, reference: given, modifiedat: given });

/** One line of a sales order. */
export interface OrderLineWire {
  readonly orderid: string;
  readonly reference: string;
  readonly modifiedat: string;
  readonly line: string;
  readonly item: string;
  readonly sku?: string | null | undefined;
  readonly namesakes?: string | null | undefined;
  /** NetSuite: negative on sales orders. */
  readonly quantity: string;
  readonly fulfilled: string;
  /** `T` where nothing more will be shipped. */
  readonly closed?: string | null | undefined;
  readonly ordered?: string | null | undefined;
  readonly cancelled?: string | null | undefined;
  readonly returned?: string | null | undefined;
}

export const orderLineWire: z.ZodType<OrderLineWire> = z.object({
  orderid: given,
  reference: given,
  modifiedat: given,
  line: given,
  item: given,
  sku: optional,
  namesakes: optional,
  quantity: given,
  fulfilled: given,
  closed: optional,
  ordered: optional,
  cancelled: optional,
  returned: optional,
});
