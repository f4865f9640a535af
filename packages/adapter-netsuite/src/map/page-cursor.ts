import { invalidInput } from '@stockwright/core';
import { z } from 'zod';

/** Where the next page of stock begins. */
export interface StockCursor {
  /** The last item and location that were read, by internal id. */
  readonly after?: readonly [item: string, location: string] | undefined;
  /** With named skus: which of the lists they were cut into. */
  readonly list?: number | undefined;
  /** With changed rows: the oldest change, on the wall clock of the session. Fixed by the first page. */
  readonly bound?: string | undefined;
  /** The first page's own moment, from which a later read resumes. */
  readonly resume?: string | undefined;
}

/** Where the next page of sales orders begins. */
export interface OrderCursor {
  /** The internal id of the last order that was read. */
  readonly after?: string | undefined;
  readonly bound?: string | undefined;
  readonly resume?: string | undefined;
}

const id = z.string().regex(/^-?\d{1,18}$/);
const bound = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/).optional();
const resume = z.string().max(40).optional();

export const stockCursor: z.ZodType<StockCursor> = z.strictObject({
  after: z.tuple([id, id]).optional(),
  list: z.number().int().min(0).optional(),
  bound,
  resume,
});

export const orderCursor: z.ZodType<OrderCursor> = z.strictObject({ after: id.optional(), bound, resume });

/** Writes a cursor as the text that callers hand back. */
export function formatCursor(cursor: StockCursor | OrderCursor): string {
  return JSON.stringify(cursor);
}

/** @throws `INVALID_INPUT` where the text is not a cursor of this read. */
export function parseCursor<Cursor>(schema: z.ZodType<Cursor>, page: string): Cursor {
  const { success, data } = schema.safeParse(parse(page));
  if (success) return data;
  throw invalidInput('cursor', [{ path: ['page'], message: 'the page is not one that the last call named as the next' }]);
}

function parse(page: string): unknown {
  try {
    return JSON.parse(page);
  } catch {
    return undefined;
  }
}
