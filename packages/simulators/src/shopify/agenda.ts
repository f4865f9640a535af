/** Work that waits for a moment of the clock. */
export interface Agenda {
  add(dueAtMs: number, work: () => Promise<void>): void;
  nextDueAtMs(): number | undefined;
  /** Does what was due when it was called, in order, and tells how much that was. */
  runDue(): Promise<number>;
}

interface Entry {
  readonly dueAtMs: number;
  readonly ordinal: number;
  readonly work: () => Promise<void>;
}

/** An agenda without timers: whoever owns the clock asks for the next moment and runs what is due. */
export function createAgenda(now: () => number): Agenda {
  let entries: Entry[] = [];
  let ordinal = 0;
  return {
    add: (dueAtMs, work) => {
      ordinal += 1;
      entries.push({ dueAtMs, ordinal, work });
    },
    nextDueAtMs: () => (entries.length === 0 ? undefined : entries.reduce((least, { dueAtMs }) => Math.min(least, dueAtMs), Infinity)),
    runDue: async () => {
      const nowMs = now();
      const due = entries.filter(({ dueAtMs }) => dueAtMs <= nowMs).sort((a, b) => a.dueAtMs - b.dueAtMs || a.ordinal - b.ordinal);
      // What is added meanwhile waits for the next call, or a shop that answers each echo with a write would never end.
      entries = entries.filter(({ dueAtMs }) => dueAtMs > nowMs);
      for (const { work } of due) await work();
      return due.length;
    },
  };
}
