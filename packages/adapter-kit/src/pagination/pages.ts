import { adapterError } from '@stockwright/adapter';
import type { CallFacts } from '../response/http-error.ts';

/** One page as a remote call returns it. @public */
export interface RemotePage<Item> {
  readonly items: readonly Item[];
  /** Hand this to the next call; absent on the last page. */
  readonly next?: string | undefined;
}

/** How far paging may go. @public */
export interface PagingOptions {
  readonly facts: CallFacts;
  /** The most pages that are read; one more is an error, so a vendor that never ends cannot keep a caller for ever. */
  readonly pagesMax: number;
}

/**
 * Reads page after page.
 *
 * @param readPage - Reads one page; the first call gets `undefined`.
 * @throws `MALFORMED_RESPONSE` where the vendor repeats a cursor or does not end within `pagesMax` pages.
 * @public
 */
export async function* eachPage<Item>(
  readPage: (cursor: string | undefined) => Promise<RemotePage<Item>>,
  { facts, pagesMax }: PagingOptions,
): AsyncGenerator<readonly Item[], void, undefined> {
  let cursor: string | undefined;
  for (let count = 1; count <= pagesMax; count += 1) {
    const page = await readPage(cursor);
    yield page.items;
    if (page.next === undefined) return;
    if (page.next === cursor) throw pagingError(facts, 'the same cursor twice in a row');
    cursor = page.next;
  }
  throw pagingError(facts, `more than ${String(pagesMax)} pages`);
}

/**
 * Reads every page and returns all items in order.
 *
 * @throws As {@link eachPage}.
 * @public
 */
export async function collectPages<Item>(
  readPage: (cursor: string | undefined) => Promise<RemotePage<Item>>,
  options: PagingOptions,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of eachPage(readPage, options)) items.push(...page);
  return items;
}

function pagingError(facts: CallFacts, found: string): Error {
  return adapterError('MALFORMED_RESPONSE', `${facts.adapter} answered ${facts.operation} with ${found}`, facts);
}
