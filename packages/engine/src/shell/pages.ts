import type { Page } from '@stockwright/adapter';
import { StockwrightError } from '@stockwright/core';
import { integer, textOrNull } from '../brain/rows.ts';
import type { RowWrite } from '../ports/index.ts';
import { commitSafely, type Runtime } from './runtime.ts';

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
 * a cursor beyond that would hide it for good.
 *
 * @returns What keeps cursors; it rejects with `STORE_UNAVAILABLE` where the store continues another history.
 */
export async function cursorKeeper(runtime: Runtime): Promise<(write: readonly RowWrite[]) => Promise<void>> {
  const { store, random } = runtime;
  const began = await store.epoch();
  return async (write) => {
    if ((await store.epoch()) !== began) throw new StockwrightError('The store continues another history than the one in which this read began; it is read again.', { code: 'STORE_UNAVAILABLE' });
    await commitSafely(runtime, { commitId: random.uuid(), expect: [], write, marks: [] });
  };
}

/** Takes every page of a read, from the first or from one where an earlier read broke off, keeps what nobody could map, and returns where the next read may start. */
export async function eachPage<Item>(
  runtime: Runtime,
  { origin, take, from }: { origin: string; from?: string | undefined; take: (items: readonly Item[]) => Promise<void> },
  read: (page: string | undefined) => Promise<Page<Item>>,
): Promise<string | undefined> {
  let page = from;
  for (let count = 0; count < PAGES_MAX; count += 1) {
    if (runtime.signal.aborted) throw new StockwrightError('The engine stops.', { code: 'ABORTED' });
    const { items, unmapped, next, resumeFrom } = await read(page);
    if (unmapped.length > 0) await keepUnmapped(runtime, origin, unmapped);
    await take(items);
    if (next === undefined) return resumeFrom;
    page = next;
  }
  throw new Error(`${origin} gave more than ${String(PAGES_MAX)} pages; the read was given up.`);
}

async function keepUnmapped(runtime: Runtime, origin: string, unmapped: readonly string[]): Promise<void> {
  const nowMs = await runtime.store.now();
  const write: RowWrite[] = unmapped.map((external) => ({ table: 'unmapped', key: { origin, external }, set: { lastSeenMs: nowMs } }));
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write, marks: [] });
}
