/** A clock for the times that a store keeps. @public */
export interface ForwardClock {
  /** In whole milliseconds since 1970-01-01T00:00:00Z; never less than it said before. */
  now(): number;
  /** Lets it go on from a moment, where it stands before it: the newest that is known to have been. */
  goOnFrom(ms: number): void;
}

/** How much slower it goes until the clock beneath has caught up: it must not stand, and it must not stay ahead for ever. */
const SLOWED = 0.5;

/**
 * A clock that never runs backwards over one that may be set back, such as the host's: leases, waits and limits that are
 * kept as moments would otherwise last longer by so much. Set back, it goes on from where it was at half the speed until
 * the other has caught up. For stores that have no clock of their own.
 *
 * @public
 */
export function forwardClock(clock: { now(): number }): ForwardClock {
  let shownMs = Number.NEGATIVE_INFINITY;
  let readMs = Number.POSITIVE_INFINITY;
  return {
    now: () => {
      const nowMs = clock.now();
      const passedMs = Math.max(0, nowMs - readMs);
      readMs = nowMs;
      shownMs = Math.max(nowMs, shownMs + passedMs * SLOWED);
      return Math.floor(shownMs);
    },
    goOnFrom: (ms) => { shownMs = Math.max(shownMs, ms); },
  };
}
