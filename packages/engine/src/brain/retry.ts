/** The first wait after a failure. */
const FIRST_WAIT_MS = 1_000;
/** No wait is longer, so that a vendor that came back is noticed. */
const LONGEST_WAIT_MS = 5 * 60_000;

/** When to try again after so many failures: doubling, with up to half taken off at random so that callers spread. */
export function nextTryMs(nowMs: number, { attempts, random, askedMs }: { attempts: number; random: number; askedMs?: number | undefined }): number {
  if (askedMs !== undefined) return nowMs + askedMs;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 20));
  return nowMs + Math.ceil(wait * (1 - random / 2));
}
