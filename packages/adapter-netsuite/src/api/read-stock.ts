import type { CallContext, Page, StockRequest } from '@stockwright/adapter';
import type { Sku, StockObservation } from '@stockwright/core';
import { readMoment, stockAsOf } from '../map/moment.ts';
import { formatCursor, parseCursor, stockCursor, type StockCursor } from '../map/page-cursor.ts';
import { mapStockRows } from '../map/stock-rows.ts';
import type { ResolvedSettings } from '../netsuite-settings.ts';
import type { StockWire } from '../wire/suiteql-wire.ts';
import { readFirstPage } from './first-page.ts';
import { stockStatement, type StockSelection } from './stock-statement.ts';
import { factsOf, type QueryResult, type SuiteQl } from './suiteql.ts';

/** Skus named in one statement: NetSuite takes 1000 values in a list, and the address of the next row needs a few. */
const SKUS_MAX = 500;
const EMPTY: Page<StockObservation> = { items: [], unmapped: [] };

/** What a read of stock works with. */
export interface StockReader {
  readonly settings: ResolvedSettings;
  readonly suiteQl: SuiteQl;
}

/** One page of the answer to a request. */
interface StockRead {
  readonly request: StockRequest;
  readonly page: string | undefined;
}

/** Reads one page of stock. Every page names the moment that it shows. */
export async function readStock(reader: StockReader, { request, page }: StockRead, context: CallContext): Promise<Page<StockObservation>> {
  const cursor = page === undefined ? undefined : parseCursor(stockCursor, page);
  if (request.scope === 'skus') return readNamed(reader, { skus: request.skus, cursor: cursor ?? {} }, context);
  if (cursor !== undefined) {
    const result = await query(reader, cursor, context);
    return toPage(reader, result, cursor);
  }
  const since = request.scope === 'changed' ? request.since : undefined;
  const { result, bound, resume } = await readFirstPage(
    {
      since,
      overlapMs: reader.settings.overlapMs,
      operation: 'suiteql stock',
      query: (from) => query(reader, { bound: from }, context),
    },
    reader.suiteQl,
    context,
  );
  return toPage(reader, result, { bound, resume });
}

/** Named skus are no cut through the account, so the last page names no place from which changes could be read. */
async function readNamed(
  reader: StockReader,
  { skus, cursor }: { readonly skus: readonly Sku[]; readonly cursor: StockCursor },
  context: CallContext,
): Promise<Page<StockObservation>> {
  const named = [...new Set(skus)].map((sku) => ({ sku, external: reader.settings.mappings.skus.toExternal(sku) }));
  const externals = named.flatMap(({ external }) => (external === undefined ? [] : [external]));
  const { list = 0, after } = cursor;
  const isStart = list === 0 && after === undefined;
  const unknown = isStart ? named.flatMap(({ sku, external }) => (external === undefined ? [`sku:${sku}`] : [])) : [];
  const listed = externals.slice(list * SKUS_MAX, (list + 1) * SKUS_MAX);
  if (listed.length === 0) return { ...EMPTY, unmapped: unknown };
  const page = toPage(reader, await query(reader, { after, skus: listed }, context), { list });
  const isLastList = externals.length <= (list + 1) * SKUS_MAX;
  const unmapped = [...unknown, ...page.unmapped];
  return page.next === undefined && !isLastList ? { ...page, unmapped, next: formatCursor({ list: list + 1 }) } : { ...page, unmapped };
}

function query({ suiteQl, settings }: StockReader, selection: StockSelection, context: CallContext): Promise<QueryResult<StockWire>> {
  return suiteQl.query(stockStatement(selection, settings), context);
}

/** @param kept - What the cursor of the next page keeps of this one's. */
function toPage({ settings }: StockReader, { rows, hasMore }: QueryResult<StockWire>, kept: StockCursor): Page<StockObservation> {
  const [first, last] = [rows[0], rows.at(-1)];
  const facts = factsOf('suiteql stock');
  const { items, unmapped } = first === undefined
    ? EMPTY
    : mapStockRows(rows, settings, { asOf: stockAsOf(readMoment(first.moment, facts), settings.commitLagMs), facts });
  if (hasMore && last !== undefined) return { items, unmapped, next: formatCursor({ ...kept, after: [last.item, last.location] }) };
  return { items, unmapped, ...(kept.resume === undefined ? {} : { resumeFrom: kept.resume }) };
}
