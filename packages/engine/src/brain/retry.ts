/** The first wait after a failure. */
const FIRST_WAIT_MS = 1_000;
/** No wait is longer, so that a vendor that came back is noticed. */
const LONGEST_WAIT_MS = 5 * 60_000;

/** Nobody is believed to want a longer wait: daily quotas are the slowest there are. */
const LONGEST_ASKED_MS = 24 * 60 * 60_000;

/** A wait that somebody asked for, in whole milliseconds and of a day at most; absent where it is none. */
export function soundWaitMs(askedMs: unknown): number | undefined {
  return typeof askedMs === 'number' && askedMs >= 0 ? Math.ceil(Math.min(askedMs, LONGEST_ASKED_MS)) : undefined;
}

/** When to try again after so many failures: doubling, with up to half taken off at random so that callers spread. */
export function nextTryMs(nowMs: number, { attempts, random, askedMs }: { attempts: number; random: number; askedMs?: number | undefined }): number {
  const soundMs = soundWaitMs(askedMs);
  if (soundMs !== undefined) return nowMs + soundMs;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 20));
  return nowMs + Math.ceil(wait * (1 - random / 2));
}
