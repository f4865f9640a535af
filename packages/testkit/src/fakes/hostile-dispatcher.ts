import type { Clock, Random } from '@stockwright/adapter';
import type { Dispatcher, Drain } from '@stockwright/engine/ports';

/** How often a hostile dispatcher does what the port allows; shares between 0 and 1. @public */
export interface HostileDispatcherOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Wakes that never come; 0.3 where absent. */
  readonly loses?: number;
  /** Wakes that come twice, each at a moment of its own; 0.3 where absent. */
  readonly doubles?: number;
  /** Wakes for later that come at once; 0.2 where absent. */
  readonly hurries?: number;
  /** Wakes that run two drains at the same time; 0.2 where absent. */
  readonly overlaps?: number;
  /** How late a wake may be, which also reorders them, in milliseconds; 5,000 where absent. */
  readonly delayMsMax?: number;
}

/** Wakes of a shard that are under way at most; each drain asks for more, and without a bound they would multiply. */
const PENDING_MAX = 3;

/** A hostile dispatcher, and what it has done so far. @public */
export interface HostileDispatcher extends Dispatcher {
  readonly done: { readonly woken: number; readonly lost: number; readonly doubled: number; readonly hurried: number; readonly overlapped: number };
}

/**
 * A dispatcher that does everything the port allows: it loses, doubles, delays, reorders and hurries wakes, and runs
 * drains of one shard at the same time. What is right under it depends on no dispatcher.
 *
 * @public
 */
export function createHostileDispatcher(options: HostileDispatcherOptions): HostileDispatcher {
  const { clock, random, loses = 0.3, doubles = 0.3, hurries = 0.2, overlaps = 0.2, delayMsMax = 5_000 } = options;
  const done = { woken: 0, lost: 0, doubled: 0, hurried: 0, overlapped: 0 };
  const running = new Set<Promise<void>>();
  const pending = new Map<string, number>();
  const stopping = new AbortController();
  let work: Drain | undefined;

  const happens = (share: number, name: keyof typeof done): boolean => {
    const does = random.next() < share;
    if (does) done[name] += 1;
    return does;
  };
  const keep = (started: Promise<void>): void => {
    running.add(started);
    void started.finally(() => running.delete(started));
  };
  const drain = async (shard: string, drainShard: Drain): Promise<void> => {
    try {
      const { againAtMs } = await drainShard(shard, stopping.signal);
      if (againAtMs !== undefined) wake(shard, againAtMs);
    } catch {
      // No drain should reject; one that does keeps nobody from going on.
    }
  };
  const bring = async (shard: string, notBeforeMs: number): Promise<void> => {
    const dueMs = happens(hurries, 'hurried') ? clock.now() : Math.max(clock.now(), notBeforeMs);
    const waitMs = dueMs - clock.now() + Math.floor(random.next() * delayMsMax);
    await clock.sleep(waitMs, stopping.signal);
    pending.set(shard, (pending.get(shard) ?? 1) - 1);
    if (work === undefined || stopping.signal.aborted) return;
    keep(drain(shard, work));
    if (happens(overlaps, 'overlapped')) keep(drain(shard, work));
  };
  const wake = (shard: string, notBeforeMs: number = clock.now()): void => {
    if (stopping.signal.aborted) return;
    done.woken += 1;
    if (happens(loses, 'lost')) return;
    const times = happens(doubles, 'doubled') ? 2 : 1;
    for (let time = 0; time < times && (pending.get(shard) ?? 0) < PENDING_MAX; time += 1) {
      pending.set(shard, (pending.get(shard) ?? 0) + 1);
      bring(shard, notBeforeMs).catch(() => undefined);
    }
  };

  return {
    done,
    wake,
    start: async (drainShard) => { work = drainShard; },
    stop: async () => {
      stopping.abort();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
