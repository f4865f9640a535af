/** The clock of a vendor: the true time, and no two things at one moment, so that every order of events shows in it. */
export class Stamps {
  private readonly now: () => number;
  private last = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  next(): number {
    this.last = Math.max(this.now(), this.last + 1);
    return this.last;
  }
}
