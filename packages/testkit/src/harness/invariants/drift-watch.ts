import type { ChannelId, Sku } from '@stockwright/core';
import type { Violations } from './violations.ts';

/** What the engine keeps of a number on the channel's own word. */
export interface Ground {
  /** When the read began in which it was found, or when the write left that was accepted. */
  readonly sinceMs: number;
  /** What was read; absent where it was written. */
  readonly observed?: string;
}

/** Which number of a channel. */
export interface ShownKey {
  readonly channel: string;
  readonly location: string;
  readonly sku: string;
}

/**
 * I8 for read-backs: what they put right was put wrong by somebody, and was not a write, a sale or a suspicion of ours under way.
 *
 * What went wrong with a number explains that it is found different for as long as the engine has nothing newer of it, however long that
 * takes: processes die and stand still, vendors refuse, and no number of seconds follows from that. It explains it no longer once the engine
 * keeps what a read found that began later, or a write that was accepted and left later: from then on it has to know.
 */
export class DriftWatch {
  private readonly violations: Violations;
  private readonly now: () => number;
  private readonly causes = new Map<string, number>();
  private readonly grounds = new Map<string, (Ground & { readonly whileUnderWay: boolean })[]>();
  /** By number, who has sent a write of it that is not settled, and when. */
  private readonly underWay = new Map<string, Map<string, number>>();
  private everythingAtMs = Number.NEGATIVE_INFINITY;
  /** How many numbers were put right. */
  corrections = 0;

  /** @param now - The clock of the store, by which the engine dates what it keeps. */
  constructor(violations: Violations, now: () => number) {
    this.violations = violations;
    this.now = now;
  }

  /** From now on a number may differ from what the engine believes: edited by hand, or written late or without an answer, and then it may show so much later. */
  disturbed(channel: ChannelId, sku: Sku, laterMs = 0): void {
    this.causes.set(`${channel} ${sku}`, this.now() + laterMs);
  }

  /** A write leaves. Until its outcome is in the store, nobody else can know of it. */
  sent(channel: ChannelId, sku: Sku, { place, worker }: { readonly place: string; readonly worker: string }): void {
    const key = `${channel} ${place} ${sku}`;
    const senders = this.underWay.get(key) ?? new Map<string, number>();
    this.underWay.set(key, senders.set(worker, this.now()));
  }

  /**
   * The outcome of a write is in the store: whatever may still come of it is a suspicion there, and so is what others had sent before it was
   * claimed. What a process sends that stood still meanwhile is not.
   */
  settled(channel: string, sku: string, { place, worker, claimedMs }: { readonly place: string; readonly worker: string; readonly claimedMs: number }): void {
    const senders = this.underWay.get(`${channel} ${place} ${sku}`);
    for (const [sender, sentMs] of senders ?? []) if (sender === worker || sentMs <= claimedMs) senders?.delete(sender);
  }

  private isUnderWay(key: string): boolean {
    return (this.underWay.get(key)?.size ?? 0) > 0;
  }

  /** Nothing that the engine believes has to be so. */
  everythingDisturbed(): void {
    this.everythingAtMs = this.now();
  }

  /** The engine keeps what it was told of a number. */
  grounded({ channel, location, sku }: ShownKey, ground: Ground): void {
    const key = `${channel} ${location} ${sku}`;
    const known = this.grounds.get(key) ?? [];
    this.grounds.set(key, known);
    known.push({ ...ground, whileUnderWay: this.isUnderWay(key) });
  }

  /** A read-back found a difference that nothing of the engine's own explains. Also where the correction was right: then what was believed was not. */
  found({ channel, sku, location, believed, observed }: ShownKey & { readonly believed: string | null; readonly observed: string }): void {
    this.corrections += 1;
    const key = `${channel} ${location} ${sku}`;
    const sinceMs = Math.max(this.everythingAtMs, this.causes.get(`${channel} ${sku}`) ?? Number.NEGATIVE_INFINITY);
    const { knownMs, whileUnderWay } = this.kept(key, observed);
    const wasTouched = sinceMs > Number.NEGATIVE_INFINITY && sinceMs >= knownMs;
    if (wasTouched || whileUnderWay || this.isUnderWay(key)) return;
    this.violations.add('I8', sku, `a read-back corrected ${sku} on ${channel}, believed ${String(believed)} and read as ${observed}, and nobody had touched it`);
  }

  /**
   * How new what the engine had been told of a number was when it kept what a read-back had found, and whether a write was under way then. It
   * says so some time later, so that there may be newer by now, and the write may be over.
   */
  private kept(key: string, observed: string): { readonly knownMs: number; readonly whileUnderWay: boolean } {
    const known = this.grounds.get(key) ?? [];
    const correction = known.findLastIndex((ground) => ground.observed === observed);
    return {
      knownMs: Math.max(...known.slice(0, Math.max(0, correction)).map((ground) => ground.sinceMs), Number.NEGATIVE_INFINITY),
      whileUnderWay: known[correction]?.whileUnderWay === true,
    };
  }
}
