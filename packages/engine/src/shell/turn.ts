import type { Clock } from '@stockwright/adapter';

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
