import type { ChannelId, LocationId, Sku, SourceId } from '@stockwright/core';
import { integer, text, textOrNull } from '../brain/rows.ts';
import { loadCursors, PAGE_CURSOR } from './pages.ts';
import type { Runtime } from './runtime.ts';

/** A number that a channel does not show yet. @public */
export interface OutOfSync {
  readonly channel: ChannelId;
  readonly location: LocationId | '';
  readonly sku: Sku;
  readonly want: string;
  /** What the channel is believed to show; absent where nobody knows. */
  readonly believed: string | undefined;
  readonly sinceMs: number;
  readonly why: string;
}

/** How reads of one kind are doing. @public */
export interface ReadStatus {
  /** `orders` or `levels`. */
  readonly what: string;
  readonly lastReadMs: number | undefined;
  /** Since when it fails; absent while it works. */
  readonly failingSinceMs: number | undefined;
  readonly lastError: string | undefined;
}

/** How the installation is doing. @public */
export interface EngineStatus {
  readonly atMs: number;
  readonly channels: readonly { readonly channel: ChannelId; readonly outOfSync: readonly OutOfSync[]; readonly reads: readonly ReadStatus[] }[];
  readonly sources: readonly { readonly source: SourceId; readonly lastReadMs: number | undefined; readonly failingSinceMs: number | undefined; readonly lastError: string | undefined }[];
  readonly quarantined: readonly { readonly kind: string; readonly key: string; readonly shard: string; readonly reason: string; readonly sinceMs: number }[];
  readonly unmapped: readonly { readonly origin: string; readonly external: string }[];
  /** What systems said and the ledger could not take. */
  readonly refused: readonly { readonly origin: string; readonly reference: string; readonly reason: string }[];
  /** Holds that were paid for and whose order has not been read: their units are withheld until it comes, or an operator forgets the hold. */
  readonly awaitingOrders: readonly { readonly holdId: string; readonly channel: string; readonly orderId: string; readonly sku: string; readonly quantity: string }[];
  readonly variances: readonly { readonly source: string; readonly sku: string; readonly location: string; readonly measure: string; readonly expected: string; readonly observed: string }[];
}

/** Reads how the installation is doing. */
export async function readStatus(runtime: Runtime): Promise<EngineStatus> {
  const { store } = runtime;
  const atMs = await store.now();
  const channels: EngineStatus['channels'][number][] = [];
  for (const channel of runtime.channels.keys()) {
    const outOfSync: OutOfSync[] = [];
    for await (const row of store.scan({ table: 'target', where: { channel, differs: 1 } })) {
      outOfSync.push({
        channel, location: text(row, 'location') as LocationId | '', sku: text(row, 'sku') as Sku, want: text(row, 'want'),
        believed: textOrNull(row, 'believed') ?? undefined, sinceMs: integer(row, 'dirtySinceMs'), why: textOrNull(row, 'problem') ?? text(row, 'cause'),
      });
    }
    const cursors = await loadCursors(runtime, channel);
    const reads = [...cursors].filter(([what]) => what !== PAGE_CURSOR).map(([what, { lastSuccessMs, failingSinceMs, lastError }]): ReadStatus => ({ what, lastReadMs: lastSuccessMs || undefined, failingSinceMs, lastError }));
    channels.push({ channel, outOfSync, reads });
  }
  const sources: EngineStatus['sources'][number][] = [];
  for (const source of runtime.sources.keys()) {
    const [rows = []] = await store.load([{ table: 'cursor', where: { origin: source, name: 'stock' } }]);
    const [row] = rows;
    sources.push({
      source, lastReadMs: row && (integer(row, 'lastSuccessMs') || undefined),
      failingSinceMs: row && (integer(row, 'failingSinceMs') || undefined), lastError: row && (textOrNull(row, 'lastError') ?? undefined),
    });
  }
  const quarantined: EngineStatus['quarantined'][number][] = [];
  for await (const { state, kind, key, shard, reason, dirtySinceMs } of store.scanWork()) {
    if (state === 'quarantined') quarantined.push({ kind, key, shard, reason: reason ?? '', sinceMs: dirtySinceMs });
  }
  const unmapped: EngineStatus['unmapped'][number][] = [];
  for await (const row of store.scan({ table: 'unmapped', where: {} })) unmapped.push({ origin: text(row, 'origin'), external: text(row, 'external') });
  const refused: EngineStatus['refused'][number][] = [];
  for await (const row of store.scan({ table: 'refused', where: {} })) refused.push({ origin: text(row, 'origin'), reference: text(row, 'reference'), reason: text(row, 'reason') });
  const variances: EngineStatus['variances'][number][] = [];
  for await (const row of store.scan({ table: 'variance', where: {} })) {
    variances.push({ source: text(row, 'source'), sku: text(row, 'sku'), location: text(row, 'location'), measure: text(row, 'measure'), expected: text(row, 'expected'), observed: text(row, 'observed') });
  }
  const awaitingOrders: EngineStatus['awaitingOrders'][number][] = [];
  for await (const row of store.scan({ table: 'holdLine', where: { state: 'converted' } })) {
    awaitingOrders.push({ holdId: text(row, 'holdId'), channel: text(row, 'channel'), orderId: text(row, 'orderId'), sku: text(row, 'sku'), quantity: text(row, 'quantity') });
  }
  return { atMs, channels, sources, quarantined, unmapped, refused, awaitingOrders, variances };
}
