import type { VirtualClock } from '@stockwright/testkit';

/** Something that has things to do at known moments: webhooks to send, late requests to apply. */
export interface DueWork {
  nextDueAtMs(): number | undefined;
  deliverDue(): Promise<number>;
}

/** Does what is due when it is due. Call what this returns after anything that may have made something due earlier. */
export function dueRunner(work: DueWork, clock: VirtualClock, signal: AbortSignal): () => void {
  let armedFor = Number.POSITIVE_INFINITY;
  const arm = (): void => {
    const due = work.nextDueAtMs();
    if (due === undefined || due >= armedFor || signal.aborted) return;
    armedFor = due;
    clock.sleep(Math.max(0, due - clock.now()), signal).then(async () => {
      // Another one, armed for an earlier moment, has been here.
      if (armedFor !== due) return;
      armedFor = Number.POSITIVE_INFINITY;
      const release = clock.hold();
      try {
        await work.deliverDue();
      } finally {
        release();
      }
      arm();
    }).catch(() => undefined);
  };
  return arm;
}
