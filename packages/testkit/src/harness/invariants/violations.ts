/** The invariants that a world is held against. @public */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'feed' | 'spins' | 'broken';

/** Something that must never be. @public */
export interface Violation {
  readonly invariant: Invariant;
  /** Which sku or key it is about. */
  readonly about: string;
  readonly message: string;
  readonly atMs: number;
}

/** What went wrong in a world; it ends at the first. */
export class Violations {
  readonly list: Violation[] = [];
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  add(invariant: Invariant, about: string, message: string): void {
    this.list.push({ invariant, about, message, atMs: this.now() });
  }
}
