import { adapterError } from '@stockwright/adapter';
import type { Life } from '../life.ts';
import type { FaultStream } from '../plan.ts';

/** A vendor that refuses for a while whoever asks. */
export interface Storms {
  /** Until when everything is refused. */
  untilMs(): number;
}

/** The way to a vendor and back. */
export class Network {
  readonly faults: FaultStream;
  readonly life: Life;
  private readonly adapter: string;
  private readonly storms: Storms;

  constructor(life: Life, adapter: string, storms: Storms) {
    this.life = life;
    this.adapter = adapter;
    this.storms = storms;
    this.faults = life.world.plan.stream(`${life.name} ${adapter}`);
  }

  /** Never nothing: between a decision and its effect others act. */
  travel(): Promise<void> {
    return this.life.world.time.after(this.faults.between(1, 400));
  }

  /** What a vendor tells besides, while it is in disorder. */
  oddities(untilMs: number): { readonly refused: boolean; readonly unmapped: readonly string[] } {
    const { time } = this.life.world;
    if (untilMs <= time.now()) return { refused: false, unmapped: [] };
    return { refused: this.faults.strikes('told what cannot be', 0.5), unmapped: this.faults.strikes('told what nobody can map', 0.5) ? [`${this.adapter}/who-is-that`] : [] };
  }

  /** How long the vendor asks to wait, where it refuses. */
  throttled(odds: number): number | undefined {
    const { time } = this.life.world;
    if (this.storms.untilMs() > time.now() && this.faults.admits('refused in a storm')) return Math.min(20_000, this.storms.untilMs() - time.now());
    return this.faults.strikes('throttled', odds) ? this.faults.between(200, 5_000) : undefined;
  }

  /** One read, asked and answered. */
  async read<Value>(operation: string, answer: () => Value): Promise<Value> {
    const { read } = this.life.world.weather;
    await this.travel();
    const retryAfterMs = this.throttled(read.throttled);
    if (retryAfterMs !== undefined) throw adapterError('RATE_LIMITED', 'Too many requests.', { adapter: this.adapter, operation, retryAfterMs });
    const fails = this.faults.strikes('read failed', read.failed);
    const value = answer();
    await this.travel();
    if (fails) throw adapterError('UNAVAILABLE', 'The connection broke.', { adapter: this.adapter, operation });
    return value;
  }
}
