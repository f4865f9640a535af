/** What a scenario found. */
export interface Finding {
  readonly name: string;
  /** Counts and times, in words for people. */
  readonly figures: Readonly<Record<string, string | number>>;
  /** Everything that is lost, doubled or wrong; empty where all is well. */
  readonly wrong: readonly string[];
}

/** A real fault, brought about again and again for so long, with the check at its end. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** What it needs of the machine that is not there; undefined where it can run. */
  missing?(): Promise<string | undefined>;
  /** @param isWhole - Whether as many faults as the scenario names are brought about, however long that takes. */
  run(budgetMs: number, isWhole?: boolean): Promise<Finding>;
}

/** The median and the largest of some times. */
export function times(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = [...values].sort((a, b) => a - b);
  return `median ${String(Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0))} ms, longest ${String(Math.round(sorted[sorted.length - 1] ?? 0))} ms (${String(sorted.length)})`;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

/** Resolves with how long it took until the condition held, or with undefined where it did not in good time. */
export async function until(holds: () => boolean | Promise<boolean>, patienceMs: number): Promise<number | undefined> {
  const startMs = Date.now();
  while (Date.now() - startMs < patienceMs) {
    if (await holds()) return Date.now() - startMs;
    await pause(10);
  }
  return undefined;
}

/** Rejections that nobody handled while a body ran. */
export async function unhandledDuring<Value>(body: () => Promise<Value>): Promise<{ readonly value: Value; readonly unhandled: readonly string[] }> {
  const unhandled: string[] = [];
  const hear = (reason: unknown): void => { unhandled.push(`nobody handled: ${reason instanceof Error ? (reason.stack ?? reason.message).split('\n').slice(0, 3).join(' ') : String(reason)}`); };
  process.on('unhandledRejection', hear);
  process.on('uncaughtException', hear);
  try {
    return { value: await body(), unhandled };
  } finally {
    process.off('unhandledRejection', hear);
    process.off('uncaughtException', hear);
  }
}
