import type { ChannelId } from '@stockwright/core';
import { integer } from '../brain/rows.ts';
import { channelShard } from '../brain/work.ts';
import { loadCursors, PAGE_CURSOR } from './pages.ts';
import { limitName, type ChannelSettings, type Runtime } from './runtime.ts';

/** How one channel is doing, for probes and dashboards. @public */
export interface ChannelHealth {
  readonly channel: ChannelId;
  /**
   * `ok`; `behind`: numbers have differed for longer than a few sweeps; `waiting`: the vendor asked for patience;
   * `failing`: it cannot be read; `paused`: by an operator. A channel that is not `ok` is degraded, not dead.
   */
  readonly state: 'ok' | 'behind' | 'waiting' | 'failing' | 'paused';
  readonly reason: string | undefined;
  /** Since when the oldest number differs, in milliseconds of the store's clock; absent where none does. */
  readonly oldestDirtySinceMs: number | undefined;
  readonly waitMs: number;
  /** When its orders or levels were last read to the end. */
  readonly lastReadMs: number | undefined;
}

/** Whether the process is alive and whether it does its work. @public */
export interface EngineHealth {
  /** The engine's loop turns: restart the process where this stays false. */
  readonly live: boolean;
  /** It has started, the store answers, and nothing stops it from working. */
  readonly ready: boolean;
  /** What the last sweep failed of; absent where it did not. */
  readonly trouble: string | undefined;
  /** The store's clock less this process's, as last seen. Leases and limits go by the store's. */
  readonly clockSkewMs: number;
  readonly channels: readonly ChannelHealth[];
}

/** Sweeps that may pass until a number that differs, or a sweep that does not come, is worth a word. */
const SWEEPS = 3;

/** How long the store is waited for: a probe that is not answered in time takes the process for dead. */
const PATIENCE_MS = 2_000;
/** Why the watch over the store ends. */
const ANSWERED = new Error('The store has answered.');

/** Looks at everything once. Never rejects: a store that does not answer makes it not ready. */
export async function readHealth(runtime: Runtime): Promise<EngineHealth> {
  const { pulse, clock, times, signal } = runtime;
  const over = new AbortController();
  const late = clock.sleep(PATIENCE_MS, over.signal).then(() => { throw new Error(`The store has not answered within ${String(PATIENCE_MS)} ms.`); });
  late.catch(() => undefined);
  const live = pulse.sweptAtMs !== undefined && !signal.aborted && Math.abs(clock.now() - pulse.sweptAtMs) <= SWEEPS * (times.sweepMs + times.callTimeoutMs);
  try {
    const channels = await Promise.race([channelsHealth(runtime), late]);
    return { live, ready: live && pulse.trouble === undefined, trouble: pulse.trouble, clockSkewMs: pulse.skewMs, channels };
  } catch (error) {
    return { live, ready: false, trouble: error instanceof Error ? error.message : String(error), clockSkewMs: pulse.skewMs, channels: [] };
  } finally {
    over.abort(ANSWERED);
  }
}

async function channelsHealth(runtime: Runtime): Promise<readonly ChannelHealth[]> {
  const nowMs = await runtime.store.now();
  const channels: ChannelHealth[] = [];
  for (const settings of runtime.channels.values()) channels.push(await channelHealth(runtime, settings, nowMs));
  return channels;
}

async function channelHealth(runtime: Runtime, { adapter }: ChannelSettings, nowMs: number): Promise<ChannelHealth> {
  const { store, times, paused } = runtime;
  const { id: channel, account, capabilities: { limits, publishRate } } = adapter;
  const [differing = []] = await store.load([{ table: 'target', where: { channel, differs: 1 } }]);
  const since = differing.reduce((oldest, row) => Math.min(oldest, integer(row, 'dirtySinceMs') || nowMs), Number.POSITIVE_INFINITY);
  const oldestDirtySinceMs = since === Number.POSITIVE_INFINITY ? undefined : since;
  const budget = await store.takeBudget(limitName(account, limits.publish), 0, publishRate ?? { capacity: 1, refillPerSecond: 1 });
  const cursors = [...(await loadCursors(runtime, channel))].flatMap(([name, cursor]) => (name === PAGE_CURSOR ? [] : [cursor]));
  const failing = cursors.find(({ failingSinceMs }) => failingSinceMs !== undefined);
  const lastReadMs = cursors.length === 0 ? undefined : Math.max(...cursors.map(({ lastSuccessMs }) => lastSuccessMs)) || undefined;
  const pausedFor = paused.get(channelShard(channel));
  const behind = oldestDirtySinceMs !== undefined && nowMs - oldestDirtySinceMs > SWEEPS * times.sweepMs;
  const [state, reason] = pausedFor !== undefined ? (['paused', pausedFor] as const)
    : failing !== undefined ? (['failing', failing.lastError] as const)
    : !budget.ok ? (['waiting', budget.reason] as const)
    : behind ? (['behind', `${String(differing.length)} numbers differ`] as const) : (['ok', undefined] as const);
  return { channel, state, reason, oldestDirtySinceMs, waitMs: budget.ok ? 0 : budget.waitMs, lastReadMs };
}
