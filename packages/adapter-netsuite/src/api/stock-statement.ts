import { WALL_CLOCK_FORMAT } from '../map/moment.ts';
import type { ResolvedSettings } from '../netsuite-settings.ts';
import { stockWire, type StockWire } from '../wire/suiteql-wire.ts';
import { itemColumns, placeholders } from './item-columns.ts';
import { MOMENT_COLUMN, type Statement } from './suiteql.ts';

/** Which rows of stock are read. */
export interface StockSelection {
  /** Only rows after this item and location. */
  readonly after?: readonly [item: string, location: string] | undefined;
  /** Only rows that changed at or after this time of the session's wall clock. */
  readonly bound?: string | undefined;
  /** Only items with one of these values in the sku column; at least one. */
  readonly skus?: readonly string[] | undefined;
}

const TIME = `TO_TIMESTAMP(?, '${WALL_CLOCK_FORMAT}')`;

/**
 * Rows that may have changed. `lastquantityavailablechange` alone is not enough: available stops at zero and does not move
 * when a shipment takes on hand and committed together, so every row that a transaction touched is read again as well.
 * Orders do not affect inventory by NetSuite's flag, and yet change what is committed, backordered and on order.
 */
const CHANGED = `JOIN (
  SELECT item, location FROM aggregateitemlocation WHERE lastquantityavailablechange >= ${TIME}
  UNION
  SELECT tl.item, tl.location FROM transaction t JOIN transactionline tl ON tl.transaction = t.id
  WHERE t.lastmodifieddate >= ${TIME}
    AND (tl.isinventoryaffecting = 'T' OR t.type IN ('SalesOrd', 'PurchOrd', 'TrnfrOrd'))
) changed ON changed.item = ail.item AND changed.location = ail.location`;

/**
 * The statement of one page of stock: a row per item and location, the only table that has all kinds of items. Rows come
 * by a unique key and continue after the last one. A quantity that NetSuite has not set is zero there, and becomes one in
 * the statement: a column that is missing from the answer is then always an error.
 */
export function stockStatement(selection: StockSelection, { skuColumn, pageSize }: ResolvedSettings): Statement<StockWire> {
  const { after, bound, skus } = selection;
  const conditions = [
    "i.isinactive = 'F'",
    ...(skus === undefined ? [] : [`i.${skuColumn} IN (${placeholders(skus.length)})`]),
    ...(after === undefined ? [] : ['(ail.item > ? OR (ail.item = ? AND ail.location > ?))']),
  ];
  const sql = `SELECT ail.item AS item, ${itemColumns(skuColumn)}, ail.location AS location,
  NVL(ail.quantityonhand, 0) AS onhand, NVL(ail.quantitycommitted, 0) AS committed, NVL(ail.quantitybackordered, 0) AS backordered,
  NVL(ail.quantityonorder, 0) AS onorder, NVL(ail.quantityintransit, 0) AS intransit, ${MOMENT_COLUMN}
FROM aggregateitemlocation ail JOIN item i ON i.id = ail.item${bound === undefined ? '' : ` ${CHANGED}`}
WHERE ${conditions.join(' AND ')}
ORDER BY ail.item, ail.location`;
  const parameters = [
    ...(bound === undefined ? [] : [bound, bound]),
    ...(skus ?? []),
    ...(after === undefined ? [] : [after[0], after[0], after[1]]),
  ];
  return { operation: 'suiteql stock', sql, parameters, row: stockWire, limit: pageSize };
}
