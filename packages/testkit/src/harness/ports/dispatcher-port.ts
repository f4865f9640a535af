import { createInProcessDispatcher } from '@stockwright/engine';
import type { Dispatcher, Drain } from '@stockwright/engine/ports';
import type { FaultStream } from '../plan.ts';
import type { Life } from '../life.ts';

/** Wakes that are lost, doubled and early, and drains that overlap. What it carries is a hint, so nothing may hang on it. */
export function hostileDispatcher(life: Life): Dispatcher {
  const inner = createInProcessDispatcher({ clock: life });
  const { plan, weather, trace, time } = life.world;
  const faults: FaultStream = plan.stream(`${life.name} wakes`);
  let work: Drain | undefined;
  return {
    wake: (shard, notBeforeMs) => {
      if (!life.alive) return;
      trace.text(shard);
      trace.number(time.now());
      if (faults.strikes('wake lost', weather.wake.lost)) return;
      if (faults.strikes('wake early', weather.wake.early)) inner.wake(shard);
      inner.wake(shard, notBeforeMs);
      if (faults.strikes('wake doubled', weather.wake.doubled)) inner.wake(shard, notBeforeMs);
      if (work !== undefined && faults.strikes('drain concurrent', weather.wake.concurrent)) void work(shard, new AbortController().signal);
    },
    start: (drain) => {
      work = drain;
      return inner.start(drain);
    },
    stop: () => {
      work = undefined;
      return inner.stop();
    },
  };
}
