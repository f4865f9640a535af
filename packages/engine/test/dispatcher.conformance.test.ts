import { createInProcessDispatcher } from '@stockwright/engine';
import type { Dispatcher } from '@stockwright/engine/ports';
import { createHostileDispatcher, DISPATCHER_CASES, registerConformance, seededRandom, VirtualClock, type DispatcherSubject } from '@stockwright/testkit';
import { describe, it } from 'vitest';

/** How much virtual time a case has for what it waits for. */
const PATIENCE_TICKS = 1_000;
const TICK_MS = 100;

function subjectOf(make: (clock: VirtualClock) => Dispatcher): { subject: DispatcherSubject; teardown: () => Promise<void> } {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const dispatcher = make(clock);
  const pass = async (ms: number): Promise<void> => {
    let over = false;
    void clock.sleep(ms).then(() => { over = true; });
    await clock.runUntil(() => over);
  };
  const idle = (): Promise<void> => clock.runUntil(() => true);
  const until = async (holds: () => boolean, what: string): Promise<void> => {
    for (let tick = 0; tick < PATIENCE_TICKS; tick += 1) {
      await idle();
      if (holds()) return;
      await pass(TICK_MS);
    }
    throw new Error(what);
  };
  return { subject: { dispatcher, clock, until, idle }, teardown: () => dispatcher.stop() };
}

registerConformance({ describe, it }, DISPATCHER_CASES, {
  name: 'in-process dispatcher',
  capabilities: { faithful: true, exclusive: true, conflating: true, shared: false },
  setup: async () => subjectOf((clock) => createInProcessDispatcher({ clock })),
});

registerConformance({ describe, it }, DISPATCHER_CASES, {
  name: 'hostile dispatcher',
  capabilities: { faithful: false, exclusive: false, conflating: false, shared: false },
  setup: async () => subjectOf((clock) => createHostileDispatcher({ clock, random: seededRandom('7') })),
});
