import { MOMENT_FORMAT, WALL_CLOCK_FORMAT } from '../map/moment.ts';
import type { NetSuiteLineColumns, ResolvedSettings } from '../netsuite-settings.ts';
import { orderLineWire, orderWire, type OrderLineWire, type OrderWire } from '../wire/suiteql-wire.ts';
import { itemColumns, placeholders } from './item-columns.ts';
import { MOMENT_COLUMN, type Statement } from './suiteql.ts';

/** Orders of one page: their lines usually fit into one answer, and their references into one list. */
const ORDERS_MAX = 250;
const MODIFIED = `TO_CHAR(t.lastmodifieddate, '${MOMENT_FORMAT}') AS modifiedat`;

/** Which sales orders are read. */
export interface OrderSelection {
  /** Only orders with a larger internal id. */
  readonly after?: string | undefined;
  /** Only orders that changed at or after this time of the session's wall clock. */
  readonly bound?: string | undefined;
}

/** The statement of one page of sales orders with a reference, by internal id. */
export function orderStatement({ after, bound }: OrderSelection, { orderReference: { column }, pageSize }: ResolvedSettings): Statement<OrderWire> {
  const conditions = [
    "t.type = 'SalesOrd'",
    `t.${column} IS NOT NULL`,
    ...(bound === undefined ? [] : [`t.lastmodifieddate >= TO_TIMESTAMP(?, '${WALL_CLOCK_FORMAT}')`]),
    ...(after === undefined ? [] : ['t.id > ?']),
  ];
  const sql = `SELECT t.id AS id, t.${column} AS reference, ${MODIFIED}, ${MOMENT_COLUMN}
FROM transaction t
WHERE ${conditions.join(' AND ')}
ORDER BY t.id`;
  const parameters = [bound, after].filter((value) => value !== undefined);
  return { operation: 'suiteql orders', sql, parameters, row: orderWire, limit: Math.min(pageSize, ORDERS_MAX) };
}

/** Which lines are read. */
export interface LineSelection {
  readonly references: readonly string[];
  /** Only lines after this order and line. */
  readonly after?: readonly [order: string, line: string] | undefined;
}

/**
 * The statement of the lines of all sales orders with these references, changed or not: an order of a channel that was
 * split into two sales orders is acknowledged as a whole. Only items that are stocked or made of stocked ones count;
 * discounts, shipping and descriptions are lines too.
 */
export function lineStatement({ references, after }: LineSelection, settings: ResolvedSettings): Statement<OrderLineWire> {
  const { column } = settings.orderReference;
  const sql = `SELECT t.id AS orderid, t.${column} AS reference, ${MODIFIED}, tl.id AS line, tl.item AS item, ${itemColumns(settings.skuColumn)},
  NVL(tl.quantity, 0) AS quantity, NVL(tl.quantityshiprecv, 0) AS fulfilled, tl.isclosed AS closed${ownColumns(settings.lineColumns)}
FROM transaction t JOIN transactionline tl ON tl.transaction = t.id JOIN item i ON i.id = tl.item
WHERE t.type = 'SalesOrd' AND t.${column} IN (${placeholders(references.length)})
  AND tl.mainline = 'F' AND i.itemtype IN ('InvtPart', 'Assembly', 'Kit')${after === undefined ? '' : ' AND (t.id > ? OR (t.id = ? AND tl.id > ?))'}
ORDER BY t.id, tl.id`;
  const parameters = [...references, ...(after === undefined ? [] : [after[0], after[0], after[1]])];
  return { operation: 'suiteql order lines', sql, parameters, row: orderLineWire, limit: settings.pageSize };
}

function ownColumns({ ordered, cancelled, returned }: NetSuiteLineColumns): string {
  const named = Object.entries({ ordered, cancelled, returned });
  return named.map(([name, column]) => (column === undefined ? '' : `, tl.${column} AS ${name}`)).join('');
}
