import type { Claim } from '../ports/index.ts';
import type { Runtime } from './runtime.ts';

/** Somebody else was given the work meanwhile: what is under way ends here, and what came of it is not for its former holder to say. */
export class LeaseLost extends Error {
  constructor() {
    super('The lease ran out and somebody else has the work.');
  }
}

/** Of a lease that was given or renewed so short a part ago, the next renewal can wait. */
const FRESH_SHARE = 0.1;

/** The lease on claims whose work takes longer than a lease lasts: whoever goes on says so, and whoever stood still too long learns it. */
export class Lease {
  private readonly runtime: Runtime;
  private readonly claims: readonly Claim[];
  private keptAtMs: number;

  constructor(runtime: Runtime, claims: readonly Claim[]) {
    this.runtime = runtime;
    this.claims = claims;
    this.keptAtMs = runtime.clock.now();
  }

  /** Before each further step. A host whose clock jumps renews too early, or as late as its next step. @throws LeaseLost where none of the claims is held any more. */
  async keep(): Promise<void> {
    const { clock, store, times: { leaseMs } } = this.runtime;
    const atMs = clock.now();
    if (Math.abs(atMs - this.keptAtMs) < leaseMs * FRESH_SHARE) return;
    const held = await store.renew(this.claims, leaseMs);
    if (held.every((untilMs) => untilMs === undefined)) throw new LeaseLost();
    this.keptAtMs = atMs;
  }
}
