import type { Clock } from '@stockwright/adapter';

/**
 * Waits until then or until the signal fires. A clock that a host wrote may hear only of what fires while it sleeps, and may
 * never stop listening: so it is not asked where the signal has fired, and listens to one that is of this wait alone. Never rejects.
 */
export async function rest(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const over = new AbortController();
  const ring = (): void => { over.abort(signal.reason); };
  signal.addEventListener('abort', ring, { once: true });
  await clock.sleep(ms, over.signal).catch(() => undefined);
  signal.removeEventListener('abort', ring);
}

/** How long a loop may go on before timers, requests and whatever else the host has to do get a turn. */
const TURN_MS = 50;
/** The shortest wait that every timer honours. */
const GIVE_WAY_MS = 1;

/**
 * The turn of one loop. Some stores answer without ever leaving the process, and a loop over them would keep its host's
 * event loop standing still until there is nothing left to do.
 */
export class Turn {
  private readonly clock: Clock;
  private sinceMs: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.sinceMs = clock.now();
  }

  /** Whether the host has waited long enough; also where its clock was set back meanwhile. */
  get isOver(): boolean {
    return Math.abs(this.clock.now() - this.sinceMs) >= TURN_MS;
  }

  /** Lets the host do what it has to, and begins the next turn. Never rejects. */
  async giveWay(): Promise<void> {
    await this.clock.sleep(GIVE_WAY_MS).catch(() => undefined);
    this.sinceMs = this.clock.now();
  }
}
