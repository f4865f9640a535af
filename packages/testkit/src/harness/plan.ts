import { Prng } from './prng.ts';

/** One fault that struck. Its id says which draw of which stream it was, so that it can be left out when the seed is played again. @public */
export interface Fault {
  readonly id: string;
  readonly kind: string;
}

/** Which faults may strike: all that are drawn, or only some of them, so that a history can be made shorter. */
export class FaultPlan {
  readonly struck: Fault[] = [];
  readonly counts: Map<string, number> = new Map();
  private readonly only: ReadonlySet<string> | undefined;
  private readonly seed: bigint;
  /** Nothing strikes any more; what is drawn is drawn all the same. */
  calm = false;
  /** Told of each fault as it strikes. */
  onStrike: (fault: Fault) => void = () => undefined;

  constructor(seed: bigint, only?: ReadonlySet<string>) {
    this.seed = seed;
    this.only = only;
  }

  stream(name: string): FaultStream {
    return new FaultStream(this, name, new Prng(this.seed, name));
  }

  /** Whether this fault, which was drawn, strikes. */
  admits(id: string, kind: string): boolean {
    if (this.calm || (this.only !== undefined && !this.only.has(id))) return false;
    const fault = { id, kind };
    this.struck.push(fault);
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.onStrike(fault);
    return true;
  }
}

/** What one part of a world draws. */
export class FaultStream {
  readonly prng: Prng;
  private readonly plan: FaultPlan;
  private readonly name: string;
  private drawn = 0;

  constructor(plan: FaultPlan, name: string, prng: Prng) {
    this.plan = plan;
    this.name = name;
    this.prng = prng;
  }

  /** Draws one fault with these odds. */
  strikes(kind: string, odds: number): boolean {
    this.drawn += 1;
    return this.prng.chance(odds) && this.plan.admits(`${this.name}#${String(this.drawn)}`, kind);
  }

  /** A fault that was drawn elsewhere. */
  admits(kind: string): boolean {
    this.drawn += 1;
    return this.plan.admits(`${this.name}#${String(this.drawn)}`, kind);
  }

  between(least: number, most: number): number {
    return this.prng.between(least, most);
  }
}
