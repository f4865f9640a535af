import type { Clock } from '@stockwright/adapter';
import type { Dispatcher, Drain, DrainResult } from '../ports/index.ts';

/** A timer of 32 bits that is asked for more than 24.8 days is over at once, so a longer wait is made of several. */
const LONGEST_SLEEP_MS = 24 * 60 * 60_000;

/** Why a timer is called off. Made once: without a reason each would have an error of its own. */
const SOONER = new Error('The shard is due sooner.');

interface ShardState {
  running: Promise<void> | undefined;
  /** Woken while it ran: it runs once more. */
  again: boolean;
  dueAtMs: number;
  timer: AbortController | undefined;
}

/**
 * Wakes inside one process: a shard runs once at a time, and a wake while it runs makes it run once more.
 *
 * @public
 */
export function createInProcessDispatcher({ clock }: { readonly clock: Clock }): Dispatcher {
  const shards = new Map<string, ShardState>();
  const stopping = new AbortController();
  let work: Drain | undefined;

  const stateOf = (shard: string): ShardState => {
    const known = shards.get(shard);
    if (known !== undefined) return known;
    const fresh: ShardState = { running: undefined, again: false, dueAtMs: Number.POSITIVE_INFINITY, timer: undefined };
    shards.set(shard, fresh);
    return fresh;
  };

  const run = async (shard: string, state: ShardState, drain: Drain): Promise<void> => {
    do {
      state.again = false;
      // No drain should reject; one that does leaves its shard to the sweep instead of to nobody.
      const { againAtMs } = await drain(shard, stopping.signal).catch((): DrainResult => ({}));
      if (againAtMs !== undefined) schedule(shard, state, againAtMs);
    } while (state.again && !stopping.signal.aborted);
    state.running = undefined;
  };

  const begin = (shard: string, state: ShardState): void => {
    if (work === undefined || stopping.signal.aborted) return;
    if (state.running === undefined) state.running = run(shard, state, work);
    else state.again = true;
  };

  const schedule = (shard: string, state: ShardState, atMs: number): void => {
    if (atMs <= clock.now()) {
      begin(shard, state);
      return;
    }
    if (atMs >= state.dueAtMs) return;
    state.timer?.abort(SOONER);
    const timer = new AbortController();
    state.timer = timer;
    state.dueAtMs = atMs;
    const waitMs = atMs - clock.now();
    clock.sleep(Math.min(waitMs, LONGEST_SLEEP_MS), timer.signal).then(() => {
      if (state.timer !== timer) return;
      state.timer = undefined;
      state.dueAtMs = Number.POSITIVE_INFINITY;
      if (waitMs > LONGEST_SLEEP_MS) schedule(shard, state, atMs);
      else begin(shard, state);
    }, () => undefined);
  };

  return {
    wake: (shard, notBeforeMs = clock.now()) => {
      if (!stopping.signal.aborted) schedule(shard, stateOf(shard), notBeforeMs);
    },
    start: async (drain) => {
      work = drain;
    },
    stop: async () => {
      stopping.abort();
      for (const state of shards.values()) state.timer?.abort();
      await Promise.all([...shards.values()].map(({ running }) => running));
    },
  };
}
