import type { Violations } from './violations.ts';

/** So many writes of one number in so short a time are writes without end: with patience they are some nine. */
const WRITES_MAX = 20;
const WITHIN_MS = 120_000;

/** I8 for writes that fail: a channel that never says yes is asked again and again, and each time later. */
export class PatienceWatch {
  private readonly violations: Violations;
  private readonly now: () => number;
  private readonly sent = new Map<string, { readonly quantity: string; readonly atMs: number[] }>();

  constructor(violations: Violations, now: () => number) {
    this.violations = violations;
    this.now = now;
  }

  /** One line leaves. */
  line(channel: string, { sku, location = '', quantity }: { readonly sku: string; readonly location?: string; readonly quantity: string }): void {
    const key = `${channel} ${location} ${sku}`;
    const known = this.sent.get(key);
    const nowMs = this.now();
    const atMs = known?.quantity === quantity ? known.atMs.filter((each) => nowMs - each < WITHIN_MS) : [];
    atMs.push(nowMs);
    this.sent.set(key, { quantity, atMs });
    if (atMs.length > WRITES_MAX) this.violations.add('I8', sku, `${quantity} was written to ${channel} ${String(atMs.length)} times in two minutes`);
  }
}
