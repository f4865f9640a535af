import type { Clock } from '@stockwright/adapter';
import { createInProcessDispatcher } from '@stockwright/engine';
import { VirtualClock } from '@stockwright/testkit';
import { describe, expect, it } from 'vitest';

const DAY_MS = 86_400_000;
/** The longest wait of a timer of 32 bits; a longer one is over at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** A clock on timers of the host, which wait no longer than a number of 32 bits says. */
function onTimers(clock: VirtualClock): { readonly timers: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  const timers: Clock = {
    now: () => clock.now(),
    sleep: (ms, signal) => {
      waits.push(ms);
      return clock.sleep(ms > LONGEST_MS ? 1 : ms, signal);
    },
  };
  return { timers, waits };
}

async function pass(clock: VirtualClock, ms: number): Promise<void> {
  let over = false;
  void clock.sleep(ms).then(() => { over = true; });
  await clock.runUntil(() => over);
}

describe('a wake for a moment further away than a timer can wait', () => {
  it('comes at that moment and not before', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const { timers, waits } = onTimers(clock);
    const dispatcher = createInProcessDispatcher({ clock: timers });
    const drains: number[] = [];
    const dueMs = clock.now() + 40 * DAY_MS;
    await dispatcher.start(async () => {
      drains.push(clock.now());
      // What is not due yet is waited for again, as a worker says it.
      return clock.now() < dueMs ? { againAtMs: dueMs } : {};
    });
    dispatcher.wake('project', dueMs);
    await pass(clock, 39 * DAY_MS);
    expect(drains).toEqual([]);
    expect(waits.length).toBeLessThan(50);
    await pass(clock, 2 * DAY_MS);
    expect(drains).toEqual([dueMs]);
    await dispatcher.stop();
  });

  it('gives way to a sooner one, and is called off by a stop', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const { timers, waits } = onTimers(clock);
    const dispatcher = createInProcessDispatcher({ clock: timers });
    const drains: number[] = [];
    await dispatcher.start(async () => {
      drains.push(clock.now());
      return {};
    });
    const soonMs = clock.now() + 3 * DAY_MS;
    dispatcher.wake('project', clock.now() + 40 * DAY_MS);
    await pass(clock, 2 * DAY_MS + 1);
    dispatcher.wake('project', soonMs);
    await pass(clock, DAY_MS);
    expect(drains).toEqual([soonMs]);
    dispatcher.wake('project', clock.now() + 40 * DAY_MS);
    await dispatcher.stop();
    const asked = waits.length;
    await pass(clock, 50 * DAY_MS);
    expect([waits.length, drains.length]).toEqual([asked, 1]);
  });
});
