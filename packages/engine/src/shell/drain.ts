import { channelShard, PROJECT_SHARD, sourceShard } from '../brain/work.ts';
import type { DrainResult } from '../ports/index.ts';
import { drainChannel } from './channel-worker.ts';
import { drainProjector } from './projector.ts';
import { hostMs, messageOf, noteSkew, type Runtime } from './runtime.ts';
import { drainSource } from './source-worker.ts';

/** Works off a shard and says when it has work again, by the host's clock. A failure is logged and the sweep finds the work. */
export async function drainShard(runtime: Runtime, shard: string): Promise<DrainResult> {
  if (runtime.signal.aborted) return {};
  try {
    if (shard === PROJECT_SHARD) await drainProjector(runtime);
    else {
      for (const source of runtime.sources.keys()) {
        if (shard !== sourceShard(source)) continue;
        if (runtime.paused.has(shard)) return {};
        await drainSource(runtime, source);
      }
      for (const channel of runtime.channels.keys()) if (shard === channelShard(channel)) return await withNext(runtime, shard, await drainChannel(runtime, channel));
    }
    return await withNext(runtime, shard, {});
  } catch (error) {
    if (runtime.signal.aborted) return {};
    runtime.logger.error({ shard, error: messageOf(error) }, 'a shard could not be worked off; the sweep tries again');
    runtime.emit('shard-failed', { shard, error: messageOf(error), atMs: runtime.clock.now() });
    return { againAtMs: runtime.clock.now() + runtime.times.sweepMs };
  }
}

/** How soon a shard that was worked off runs again unasked: what came meanwhile has a wake of its own, and what nobody can claim must not make it run without end. */
const AGAIN_MS = 1_000;

/** When a shard has work again: at the moment that its worker named, or when the next of its work is due. */
async function withNext(runtime: Runtime, shard: string, { againAtMs }: DrainResult): Promise<DrainResult> {
  if (runtime.signal.aborted) return {};
  const { nextDueMs, nowMs } = await runtime.store.dueWork(shard);
  noteSkew(runtime, nowMs);
  const named = againAtMs === undefined ? {} : { againAtMs: hostMs(runtime, againAtMs) };
  // Work that is due now waits for what keeps it; work that comes due before that does not.
  if (nextDueMs === undefined || (againAtMs !== undefined && (nextDueMs <= nowMs || nextDueMs >= againAtMs))) return named;
  return { againAtMs: hostMs(runtime, Math.max(nextDueMs, nowMs + AGAIN_MS)) };
}
