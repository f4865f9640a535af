import { retryAdvice, retryAfterMs, type CallKind } from '@stockwright/adapter';
import type { ChannelId, OrderObservation } from '@stockwright/core';
import { nextTryMs, soundWaitMs } from '../brain/retry.ts';
import { integer } from '../brain/rows.ts';
import type { Claim } from '../ports/index.ts';
import { ingestRead } from './ingest.ts';
import { cursorKeeper, cursorWrite, eachPage, loadCursors, PAGE_CURSOR } from './pages.ts';
import { LeaseLost, type Lease } from './lease.ts';
import { called, limitName, messageOf, STOPPED, type ChannelSettings, type Runtime } from './runtime.ts';

/**
 * Reads the orders that changed since the last time, whatever webhooks said of them. A read that breaks off goes on where
 * it stopped: a vendor that allows few pages at a time would otherwise never come to the end of a long one.
 */
export async function readChangedOrders(runtime: Runtime, adapter: ChannelSettings['adapter'], lease?: Lease): Promise<void> {
  if (!adapter.capabilities.readOrders) return;
  const keep = await cursorKeeper(runtime);
  const cursors = await loadCursors(runtime, adapter.id);
  const since = cursors.get('orders')?.value;
  let page = cursors.get(PAGE_CURSOR)?.value;
  let from: string | undefined;
  try {
    from = await eachPage(runtime, { origin: adapter.id, from: page, lease, take: (items: readonly OrderObservation[]) => ingestRead(runtime, items) }, (next) => {
      page = next;
      return called(runtime, adapter, { writes: false, call: (context) => adapter.readOrders({ scope: 'changed', since }, next, context) });
    });
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    // A page that the vendor no longer knows must not stand in the way: then the read begins anew.
    const goesOn = retryAfterMs(error) !== undefined;
    await keep([{ table: 'cursor', key: { origin: adapter.id, name: PAGE_CURSOR }, set: { value: goesOn ? (page ?? null) : null } }]);
    throw error;
  }
  const lastSuccessMs = await runtime.store.now();
  await keep([
    cursorWrite(adapter.id, 'orders', { value: from ?? since ?? null, lastSuccessMs }),
    ...(cursors.has(PAGE_CURSOR) ? [cursorWrite(adapter.id, PAGE_CURSOR, { value: null, lastSuccessMs })] : []),
  ]);
}

/** Keeps a failed read in its rows; a vendor that asks for patience gets it for everything that draws on the same limit. */
export async function failReads(runtime: Runtime, { origin, what, claims, error }: { origin: ChannelId; what: Exclude<CallKind, 'publish'>; claims: readonly Claim[]; error: unknown }): Promise<void> {
  if (error instanceof LeaseLost) {
    runtime.logger.warn({ channel: origin, what }, 'a read was left to another worker, who took it over');
    return;
  }
  const nowMs = await runtime.store.now();
  if (runtime.signal.aborted) {
    await runtime.store.settle(claims.map((each) => ({ claim: each, outcome: { status: 'release', atMs: nowMs, reason: STOPPED } })));
    return;
  }
  const asked = soundWaitMs(retryAfterMs(error));
  const adapter = runtime.channels.get(origin)?.adapter;
  if (asked !== undefined && adapter !== undefined) {
    await runtime.store.pauseBucket(limitName(adapter.account, adapter.capabilities.limits[what]), nowMs + asked, messageOf(error));
  }
  const attempts = Math.max(0, ...claims.map((each) => each.attempts));
  const atMs = nextTryMs(nowMs, { attempts, random: runtime.random.next(), askedMs: asked });
  const name = what === 'readLevels' ? 'levels' : 'orders';
  const [cursors = []] = await runtime.store.load([{ table: 'cursor', where: { origin, name } }]);
  const failingSinceMs = integer(cursors[0], 'failingSinceMs') || nowMs;
  await runtime.store.settle(claims.map((each, index) => ({
    claim: each,
    outcome: { status: 'retry', atMs, reason: messageOf(error) },
    write: index === 0 ? [{ table: 'cursor', key: { origin, name }, set: { failingSinceMs, lastError: messageOf(error) } }] : [],
  })));
  runtime.logger.warn({ channel: origin, what: name, error: messageOf(error), advice: retryAdvice(error) }, 'channel could not be read');
  runtime.emit('read-failed', { origin, what: name, error: messageOf(error), atMs: nowMs });
}
