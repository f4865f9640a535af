import type { ChannelId, Sku } from '@stockwright/core';
import type { Violations } from './violations.ts';

/** For so long what went wrong with a number explains that a read-back finds it different: longer than read-backs that fail in a row take. */
const EXPLAINS_MS = 400_000;

/** I8 for read-backs: what they put right was put wrong by somebody, and was not a write, a sale or a suspicion of ours under way. */
export class DriftWatch {
  private readonly violations: Violations;
  private readonly now: () => number;
  private readonly causes = new Map<string, number>();
  private readonly underWay = new Set<string>();
  private everythingAtMs = Number.NEGATIVE_INFINITY;
  /** How many numbers were put right. */
  corrections = 0;

  constructor(violations: Violations, now: () => number) {
    this.violations = violations;
    this.now = now;
  }

  /** From now on a number may differ from what the engine believes: edited by hand, or written late or without an answer. */
  disturbed(channel: ChannelId, sku: Sku): void {
    this.causes.set(`${channel} ${sku}`, this.now());
  }

  /** A write leaves. Until its outcome is in the store, nobody else can know of it. */
  sent(channel: ChannelId, sku: Sku, place: string): void {
    this.underWay.add(`${channel} ${place} ${sku}`);
  }

  /** The outcome of a write is in the store: whatever may still come of it is a suspicion there. */
  settled(channel: string, sku: string, place: string): void {
    this.underWay.delete(`${channel} ${place} ${sku}`);
  }

  /** Nothing that the engine believes has to be so. */
  everythingDisturbed(): void {
    this.everythingAtMs = this.now();
  }

  /** A read-back found a difference that nothing of the engine's own explains. Also where the correction was right: then what was believed was not. */
  found({ channel, sku, location, believed, observed }: { readonly channel: ChannelId; readonly sku: Sku; readonly location: string; readonly believed: string | null; readonly observed: string }): void {
    this.corrections += 1;
    const sinceMs = Math.max(this.everythingAtMs, this.causes.get(`${channel} ${sku}`) ?? Number.NEGATIVE_INFINITY);
    if (this.underWay.has(`${channel} ${location} ${sku}`) || this.now() - sinceMs <= EXPLAINS_MS) return;
    this.violations.add('I8', sku, `a read-back corrected ${sku} on ${channel}, believed ${String(believed)} and read as ${observed}, and nobody had touched it`);
  }
}
