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
  private readonly underWay = new Set<string>();
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

  /** The engine keeps what it was told of a number. */
  grounded({ channel, location, sku }: ShownKey, ground: Ground): void {
    const key = `${channel} ${location} ${sku}`;
    const known = this.grounds.get(key) ?? [];
    this.grounds.set(key, known);
    known.push({ ...ground, whileUnderWay: this.underWay.has(key) });
  }

  /** A read-back found a difference that nothing of the engine's own explains. Also where the correction was right: then what was believed was not. */
  found({ channel, sku, location, believed, observed }: ShownKey & { readonly believed: string | null; readonly observed: string }): void {
    this.corrections += 1;
    const key = `${channel} ${location} ${sku}`;
    const sinceMs = Math.max(this.everythingAtMs, this.causes.get(`${channel} ${sku}`) ?? Number.NEGATIVE_INFINITY);
    const { knownMs, whileUnderWay } = this.kept(key, observed);
    const wasTouched = sinceMs > Number.NEGATIVE_INFINITY && sinceMs >= knownMs;
    // A process that stood still may have sent while another's write was settled: until that write is met again, it shows as one that has just left.
    if (wasTouched || whileUnderWay || this.underWay.has(key)) return;
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
