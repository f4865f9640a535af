/**
 * What happened, as a hash that every machine computes alike (FNV-1a in two lanes of 32 bits), and as lines where somebody wants to read it.
 */
export class Trace {
  private low = 0x811c9dc5;
  private high = 0xcbf29ce4;
  readonly lines: string[] = [];
  /** Whether lines are kept. */
  readonly told: boolean;
  /** Whether every argument and result is hashed whole, not only what tells it from others. */
  readonly deep: boolean;
  private readonly startMs: number;

  constructor({ told = false, deep = false, startMs }: { readonly told?: boolean; readonly deep?: boolean; readonly startMs: number }) {
    this.told = told;
    this.deep = deep;
    this.startMs = startMs;
  }

  text(value: string): void {
    let { low, high } = this;
    for (let index = 0; index < value.length; index += 1) {
      const unit = value.charCodeAt(index);
      low = Math.imul(low ^ unit, 0x01000193);
      high = Math.imul(high ^ (unit + 0x9e37), 0x01000193);
    }
    this.low = Math.imul(low ^ 0x1f, 0x01000193);
    this.high = Math.imul(high ^ 0x2f, 0x01000193) ^ (low >>> 7);
  }

  number(value: number): void {
    this.low = Math.imul(Math.imul(this.low ^ (value | 0), 0x01000193) ^ (value / 0x1_0000_0000 | 0), 0x01000193);
    this.high = Math.imul(this.high ^ (value | 0) ^ (this.low >>> 9), 0x01000193);
  }

  /** One line for whoever reads the history. */
  line(nowMs: number, who: string, what: () => string): void {
    if (this.told) this.lines.push(`${((nowMs - this.startMs) / 1000).toFixed(3).padStart(8)} ${who.padEnd(6)} ${what()}`);
  }

  get hash(): string {
    return (this.high >>> 0).toString(16).padStart(8, '0') + (this.low >>> 0).toString(16).padStart(8, '0');
  }
}
