import { retryAdvice, retryAfterMs } from '@stockwright/adapter';
import type { ChannelId, OrderObservation } from '@stockwright/core';
import { nextTryMs } from '../brain/retry.ts';
import { integer } from '../brain/rows.ts';
import type { Claim } from '../ports/index.ts';
import { ingestRead } from './ingest.ts';
import { cursorWrite, eachPage, loadCursors } from './pages.ts';
import { callContext, commitSafely, limitName, messageOf, type ChannelSettings, type Runtime } from './runtime.ts';

/** Reads the orders that changed since the last time, whatever webhooks said of them. */
export async function readChangedOrders(runtime: Runtime, adapter: ChannelSettings['adapter']): Promise<void> {
  if (!adapter.capabilities.readOrders) return;
  const since = (await loadCursors(runtime, adapter.id)).get('orders')?.value;
  const from = await eachPage(runtime, { origin: adapter.id, take: (items: readonly OrderObservation[]) => ingestRead(runtime, items) }, (page) =>
    adapter.readOrders({ scope: 'changed', since }, page, callContext(runtime, adapter.account)));
  const write = [cursorWrite(adapter.id, 'orders', { value: from ?? since ?? null, lastSuccessMs: await runtime.store.now() })];
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write, marks: [] });
}

/** Keeps a failed read in its rows; a vendor that asks for patience gets it for everything that draws on the same limit. */
export async function failReads(runtime: Runtime, { origin, what, claims, error }: { origin: ChannelId; what: 'orders' | 'levels'; claims: readonly Claim[]; error: unknown }): Promise<void> {
  const nowMs = await runtime.store.now();
  const asked = retryAfterMs(error);
  const adapter = runtime.channels.get(origin)?.adapter;
  if (asked !== undefined && adapter !== undefined) {
    const limit = adapter.capabilities.limits[what === 'orders' ? 'readOrders' : 'readLevels'];
    await runtime.store.pauseBucket(limitName(adapter.account, limit), nowMs + asked, messageOf(error));
  }
  const attempts = Math.max(...claims.map((each) => each.attempts));
  const atMs = nextTryMs(nowMs, { attempts, random: runtime.random.next(), askedMs: asked });
  const [cursors = []] = await runtime.store.load([{ table: 'cursor', where: { origin, name: what } }]);
  const failingSinceMs = integer(cursors[0], 'failingSinceMs') || nowMs;
  await runtime.store.settle(claims.map((each, index) => ({
    claim: each,
    outcome: { status: 'retry', atMs, reason: messageOf(error) },
    write: index === 0 ? [{ table: 'cursor', key: { origin, name: what }, set: { failingSinceMs, lastError: messageOf(error) } }] : [],
  })));
  runtime.logger.warn({ channel: origin, what, error: messageOf(error), advice: retryAdvice(error) }, 'channel could not be read');
  runtime.emit('read-failed', { origin, what, error: messageOf(error), atMs: nowMs });
}
