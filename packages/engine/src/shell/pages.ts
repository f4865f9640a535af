import type { Page } from '@stockwright/adapter';
import { StockwrightError } from '@stockwright/core';
import { keyText } from '../brain/observation-edge.ts';
import { integer, textOrNull } from '../brain/rows.ts';
import type { RowWrite } from '../ports/index.ts';
import type { Lease } from './lease.ts';
import { commitSafely, type Runtime } from './runtime.ts';

/** Where a read of orders that was broken off goes on. */
export const PAGE_CURSOR = 'orders page';
/** The row that says which history of the store was seen last. */
export const EPOCH_KEY = { name: 'engine' } as const;
/** No read has more pages; a source that says so is broken. */
export const PAGES_MAX = 10_000;
/** Where reads of an origin stand. */
export async function loadCursors({ store }: Runtime, origin: string): Promise<ReadonlyMap<string, { readonly value: string | undefined; readonly lastSuccessMs: number; readonly failingSinceMs: number | undefined; readonly lastError: string | undefined }>> {
  const [rows = []] = await store.load([{ table: 'cursor', where: { origin } }]);
  return new Map(rows.map((row) => [String(row['name']), { value: textOrNull(row, 'value') ?? undefined, lastSuccessMs: integer(row, 'lastSuccessMs'), failingSinceMs: integer(row, 'failingSinceMs') || undefined, lastError: textOrNull(row, 'lastError') ?? undefined }]));
}

/** Keeps how far a read came; a success ends what was failing. */
export function cursorWrite(origin: string, name: string, { value, lastSuccessMs }: { value: string | null; lastSuccessMs: number }): RowWrite {
  return { table: 'cursor', key: { origin, name }, set: { value, lastSuccessMs, failingSinceMs: null, lastError: null } };
}

/**
 * How far a read came is kept only in the history in which it began: after a failover what it took in may be gone, and
 * a cursor beyond that would hide it for good. What slips in before anybody has noticed is forgotten with the notice.
 *
 * @returns What keeps cursors; it rejects with `STORE_UNAVAILABLE` where the store continues another history.
 */
export async function cursorKeeper(runtime: Runtime): Promise<(write: readonly RowWrite[]) => Promise<void>> {
  const [rows = []] = await runtime.store.load([{ table: 'epoch', where: { ...EPOCH_KEY } }]);
  const expect = [{ table: 'epoch' as const, key: EPOCH_KEY, version: integer(rows[0], 'version') }];
  return async (write) => {
    const { status } = await commitSafely(runtime, { commitId: runtime.random.uuid(), expect, write, marks: [] });
    if (status === 'conflict') throw new StockwrightError('The store continues another history than the one in which this read began; it is read again.', { code: 'STORE_UNAVAILABLE' });
  };
}

/** Forgets how far every read came, so that all is read again. Written blindly: whoever writes a cursor meanwhile is overwritten too. */
export function forgetCursors({ sources, channels }: Runtime): readonly RowWrite[] {
  const forget = (origins: Iterable<string>, names: readonly string[]): RowWrite[] =>
    [...origins].flatMap((origin) => names.map((name) => ({ table: 'cursor' as const, key: { origin, name }, set: { value: null } })));
  return [...forget(sources.keys(), ['acknowledgements', 'stock']), ...forget(channels.keys(), ['orders', PAGE_CURSOR])];
}

/** Takes every page of a read, from the first or from one where an earlier read broke off, keeps what nobody could map and the lease alive, and returns where the next read may start. */
export async function eachPage<Item>(
  runtime: Runtime,
  { origin, take, from, lease }: { origin: string; from?: string | undefined; lease?: Lease | undefined; take: (items: readonly Item[]) => Promise<void> },
  read: (page: string | undefined) => Promise<Page<Item>>,
): Promise<string | undefined> {
  let page = from;
  for (let count = 0; count < PAGES_MAX; count += 1) {
    if (runtime.signal.aborted) throw new StockwrightError('The engine stops.', { code: 'ABORTED' });
    await lease?.keep();
    const { items, unmapped, next, resumeFrom } = await read(page);
    // What is taken in may take its time as well.
    await lease?.keep();
    if (unmapped.length > 0) await keepUnmapped(runtime, origin, unmapped);
    await take(items);
    if (next === undefined) return resumeFrom;
    page = next;
  }
  throw new Error(`${origin} gave more than ${String(PAGES_MAX)} pages; the read was given up.`);
}

async function keepUnmapped(runtime: Runtime, origin: string, unmapped: readonly string[]): Promise<void> {
  const nowMs = await runtime.store.now();
  const write: RowWrite[] = [...new Set(unmapped.map(keyText))].map((external) => ({ table: 'unmapped', key: { origin, external }, set: { lastSeenMs: nowMs } }));
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write, marks: [] });
}
