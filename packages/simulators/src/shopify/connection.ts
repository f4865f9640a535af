import { GraphQLError } from 'graphql';

/** The arguments of every connection, as GraphQL hands them over. */
export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly reverse?: boolean | null;
}

/** Where a row stands: by value, then by id, so that the order is total. */
export interface RowKey {
  readonly value: number | string;
  readonly id: number;
}

/** A page as GraphQL reads it. */
export interface Connection<View> {
  readonly nodes: readonly View[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** The most rows of one page. */
export const PAGE_SIZE_MAX = 250;

/**
 * One page of rows. A cursor names a key, not a position: rows that change their key while somebody pages are met again,
 * or passed by, as with the vendor.
 */
export function toConnection<Row, View>(
  rows: readonly Row[],
  page: PageArguments,
  read: { readonly key: (row: Row) => RowKey; readonly view: (row: Row) => View },
): Connection<View> {
  const direction = page.reverse === true ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: read.key(row) })).sort((a, b) => direction * compareKeys(a.key, b.key));
  const size = pageSize(page);
  const after = typeof page.after === 'string' ? decodeCursor(page.after) : undefined;
  const before = typeof page.before === 'string' ? decodeCursor(page.before) : undefined;
  const from = after === undefined ? 0 : keyed.filter(({ key }) => direction * compareKeys(key, after) <= 0).length;
  const to = before === undefined ? keyed.length : keyed.filter(({ key }) => direction * compareKeys(key, before) < 0).length;
  const isForward = typeof page.first === 'number';
  const start = isForward ? from : Math.max(from, to - size);
  const end = isForward ? Math.min(to, from + size) : to;
  const window = keyed.slice(start, end);
  const cursorOf = (entry: { readonly key: RowKey } | undefined): string | null => (entry === undefined ? null : encodeCursor(entry.key));
  return {
    nodes: window.map(({ row }) => read.view(row)),
    pageInfo: {
      hasNextPage: end < keyed.length, hasPreviousPage: start > 0,
      startCursor: cursorOf(window[0]), endCursor: cursorOf(window.at(-1)),
    },
  };
}

function pageSize(page: PageArguments): number {
  const size = page.first ?? page.last;
  if (typeof size !== 'number') throw badPage('you must provide one of first or last');
  if (size < 0 || size > PAGE_SIZE_MAX) throw badPage(`The page size must lie between 0 and ${String(PAGE_SIZE_MAX)}, not ${String(size)}.`);
  return size;
}

function compareKeys(a: RowKey, b: RowKey): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return a.id - b.id;
}

function encodeCursor({ id, value }: RowKey): string {
  return Buffer.from(JSON.stringify({ last_id: id, last_value: value })).toString('base64');
}

function decodeCursor(text: string): RowKey {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    if (typeof parsed === 'object' && parsed !== null && 'last_id' in parsed && 'last_value' in parsed) {
      const { last_id: id, last_value: value } = parsed;
      if (typeof id === 'number' && (typeof value === 'number' || typeof value === 'string')) return { id, value };
    }
  } catch {
    // Falls through to the one sentence about cursors.
  }
  throw badPage('Invalid cursor for current pagination sort.');
}

function badPage(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}
