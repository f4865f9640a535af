import { retryAfterMs } from '@stockwright/adapter';
import type { Observation, OrderAcknowledgement, Sku, SourceId, StockObservation } from '@stockwright/core';
import { nextTryMs } from '../brain/retry.ts';
import { integer } from '../brain/rows.ts';
import { readSourceMark, sourceShard } from '../brain/work.ts';
import type { Claim, RowWrite } from '../ports/index.ts';
import { ingestRead } from './ingest.ts';
import { Lease, LeaseLost } from './lease.ts';
import { cursorKeeper, cursorWrite, eachPage, loadCursors } from './pages.ts';
import { called, messageOf, STOPPED, wakeFor, type Runtime, type SourceSettings } from './runtime.ts';

/** How many skus one read by sku asks for. */
const SKUS_PER_READ = 500;

/** Works off the reads of one source that are due. */
export async function drainSource(runtime: Runtime, source: SourceId): Promise<void> {
  const settings = runtime.sources.get(source);
  if (settings === undefined) return;
  while (!runtime.signal.aborted) {
    const [claim] = await runtime.store.claim({ shard: sourceShard(source), kinds: ['readSource'], limit: 1, leaseMs: runtime.times.leaseMs, worker: 'source reader' });
    if (claim === undefined) return;
    await readSource(runtime, settings, claim);
  }
}

async function readSource(runtime: Runtime, settings: SourceSettings, claim: Claim): Promise<void> {
  const { adapter, pollMs } = settings;
  try {
    await readOnce(runtime, settings, new Lease(runtime, [claim]));
    const mark = readSourceMark(adapter.id, (await runtime.store.now()) + pollMs, 'poll');
    await runtime.store.settle([{ claim, outcome: { status: 'done' }, marks: [mark] }]);
    wakeFor(runtime, [mark]);
  } catch (error) {
    if (error instanceof LeaseLost) {
      runtime.logger.warn({ source: adapter.id }, 'a read was left to another worker, who took it over');
      return;
    }
    const nowMs = await runtime.store.now();
    if (runtime.signal.aborted) {
      await runtime.store.settle([{ claim, outcome: { status: 'release', atMs: nowMs, reason: STOPPED } }]);
      return;
    }
    const atMs = Math.min(nowMs + pollMs, nextTryMs(nowMs, { attempts: claim.attempts, random: runtime.random.next(), askedMs: retryAfterMs(error) }));
    const [cursor] = (await runtime.store.load([{ table: 'cursor', where: { origin: adapter.id, name: 'stock' } }]))[0] ?? [];
    const failingSinceMs = integer(cursor, 'failingSinceMs') || nowMs;
    await runtime.store.settle([{
      claim, outcome: { status: 'retry', atMs, reason: messageOf(error) },
      write: [{ table: 'cursor', key: { origin: adapter.id, name: 'stock' }, set: { failingSinceMs, lastError: messageOf(error) } }],
    }]);
    runtime.logger.warn({ source: adapter.id, error: messageOf(error) }, 'source could not be read');
    runtime.emit('read-failed', { origin: adapter.id, what: 'stock', error: messageOf(error), atMs: nowMs });
  }
}

/** What an acknowledgement is about, as far as it can be read. */
function skusOf(item: Partial<OrderAcknowledgement> | null): readonly Sku[] {
  const contained: unknown = item?.contained;
  return Array.isArray(contained) ? contained.flatMap((one: { readonly sku?: unknown } | null) => (typeof one?.sku === 'string' ? [one.sku as Sku] : [])) : [];
}

/** One read: acknowledgements before stock, since the reverse order oversells; then the skus that were acknowledged, wherever they lie. */
async function readOnce(runtime: Runtime, { adapter, fullReadMs }: SourceSettings, lease: Lease): Promise<void> {
  const { store } = runtime;
  const keep = await cursorKeeper(runtime);
  const cursors = await loadCursors(runtime, adapter.id);
  const nowMs = await store.now();
  const acknowledged = new Set<Sku>();
  let acknowledgements = 0;
  let acknowledgeFrom: string | undefined;
  if (adapter.capabilities.acknowledgements) {
    const since = cursors.get('acknowledgements')?.value;
    acknowledgeFrom = await eachPage(runtime, { origin: adapter.id, lease, take: async (items: readonly OrderAcknowledgement[]) => {
      // What cannot be read is nobody's: it is refused where it is taken in, and stands in no other's way.
      const ours = items.filter((item: Partial<OrderAcknowledgement> | null) => item?.channel === undefined || runtime.channels.has(item.channel));
      acknowledgements += ours.length;
      for (const sku of ours.flatMap(skusOf)) for (const stocked of stockedOf(runtime, sku)) acknowledged.add(stocked);
      await ingestRead(runtime, ours);
    } }, (page) => called(runtime, adapter, { writes: false, call: (context) => adapter.readAcknowledgements(since, page, context) }));
  }
  const stock = cursors.get('stock');
  const full = stock?.value === undefined || !adapter.capabilities.changedRows || nowMs - (cursors.get('full')?.lastSuccessMs ?? 0) >= fullReadMs;
  let rows = 0;
  const take = async (items: readonly StockObservation[]): Promise<void> => {
    rows += items.length;
    await ingestRead(runtime, items as readonly Observation[]);
  };
  const request = full || stock?.value === undefined ? ({ scope: 'all' } as const) : ({ scope: 'changed', since: stock.value } as const);
  const stockFrom = await eachPage(runtime, { origin: adapter.id, lease, take }, (page) => called(runtime, adapter, { writes: false, call: (context) => adapter.readStock(request, page, context) }));
  const skus = full ? [] : [...acknowledged].sort();
  for (let from = 0; from < skus.length; from += SKUS_PER_READ) {
    const chunk = skus.slice(from, from + SKUS_PER_READ);
    await eachPage(runtime, { origin: adapter.id, lease, take }, (page) => called(runtime, adapter, { writes: false, call: (context) => adapter.readStock({ scope: 'skus', skus: chunk }, page, context) }));
  }
  const write: RowWrite[] = [
    cursorWrite(adapter.id, 'stock', { value: stockFrom ?? stock?.value ?? null, lastSuccessMs: nowMs }),
    ...(acknowledgeFrom === undefined ? [] : [cursorWrite(adapter.id, 'acknowledgements', { value: acknowledgeFrom, lastSuccessMs: nowMs })]),
    ...(full ? [cursorWrite(adapter.id, 'full', { value: null, lastSuccessMs: nowMs })] : []),
  ];
  await lease.keep();
  await keep(write);
  runtime.emit('source-read', { source: adapter.id, scope: request.scope, rows, acknowledgements, atMs: await store.now() });
}

/** The owner keeps what a kit is made of, not the kit. */
function stockedOf({ settings: { catalog, calculator } }: Runtime, sku: Sku): readonly Sku[] {
  return catalog.items.has(sku) ? calculator.readsOf(sku) : [sku];
}
