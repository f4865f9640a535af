import { adapterError, type CallContext, type Page } from '@stockwright/adapter';
import type { OrderAcknowledgement } from '@stockwright/core';
import { mapAcknowledgements } from '../map/acknowledgements.ts';
import { formatCursor, orderCursor, parseCursor } from '../map/page-cursor.ts';
import type { ResolvedSettings } from '../netsuite-settings.ts';
import type { OrderLineWire, OrderWire } from '../wire/suiteql-wire.ts';
import { readFirstPage, type FirstPage } from './first-page.ts';
import { lineStatement, orderStatement, type OrderSelection } from './order-statements.ts';
import { factsOf, type QueryResult, type SuiteQl } from './suiteql.ts';

/** What a read of acknowledgements works with. */
export interface AcknowledgementReader {
  readonly settings: ResolvedSettings;
  readonly suiteQl: SuiteQl;
}

/** One page of the sales orders changed since a cursor. */
interface AcknowledgementRead {
  readonly since: string | undefined;
  readonly page: string | undefined;
}

/** Reads one page: some sales orders first, then all their lines, so that no order is ever half read. */
export async function readAcknowledgements(
  reader: AcknowledgementReader,
  read: AcknowledgementRead,
  context: CallContext,
): Promise<Page<OrderAcknowledgement>> {
  const { result, bound, resume } = await readOrders(reader, read, context);
  const orders = result.rows.filter(({ reference }) => reader.settings.orderReference.parse(reference) !== undefined);
  const lines = await readLines(reader, [...new Set(orders.map(({ reference }) => reference))], context);
  const { items, unmapped } = mapAcknowledgements({ orders, lines }, reader.settings, factsOf('suiteql order lines'));
  const last = result.rows.at(-1);
  if (result.hasMore && last !== undefined) return { items, unmapped, next: formatCursor({ bound, resume, after: last.id }) };
  return { items, unmapped, ...(resume === undefined ? {} : { resumeFrom: resume }) };
}

async function readOrders(reader: AcknowledgementReader, { since, page }: AcknowledgementRead, context: CallContext): Promise<FirstPage<OrderWire>> {
  const { settings, suiteQl } = reader;
  const query = (selection: OrderSelection): Promise<QueryResult<OrderWire>> => suiteQl.query(orderStatement(selection, settings), context);
  if (page !== undefined) {
    const { after, bound, resume } = parseCursor(orderCursor, page);
    return { result: await query({ after, bound }), bound, resume };
  }
  return readFirstPage({ since, overlapMs: settings.overlapMs, operation: 'suiteql orders', query: (bound) => query({ bound }) }, suiteQl, context);
}

async function readLines({ settings, suiteQl }: AcknowledgementReader, references: readonly string[], context: CallContext): Promise<readonly OrderLineWire[]> {
  const lines: OrderLineWire[] = [];
  let after: readonly [order: string, line: string] | undefined;
  let isMore = references.length > 0;
  while (isMore) {
    const { rows, hasMore } = await suiteQl.query(lineStatement({ references, after }, settings), context);
    const last = rows.at(-1);
    if (last?.orderid === after?.[0] && last?.line === after?.[1] && hasMore) throw notAdvancing();
    lines.push(...rows);
    after = last === undefined ? after : [last.orderid, last.line];
    isMore = hasMore;
  }
  return lines;
}

/** A vendor that never ends must not keep a caller for ever. */
function notAdvancing(): Error {
  return adapterError('MALFORMED_RESPONSE', 'NetSuite answered suiteql order lines with the same last row twice', factsOf('suiteql order lines'));
}
