/** How many turns of Node's event loop without a hold mean that nothing is under way. */
const QUIET_TURNS = 3;

/** Knows whether anything is under way in this process. */
export class Stillness {
  private holds = 0;
  private released: (() => void) | undefined;

  hold(): () => void {
    this.holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.holds -= 1;
      if (this.holds === 0) this.released?.();
    };
  }

  /** Resolves once nothing is under way. */
  async reached(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.holds === 0) continue;
      await new Promise<void>((resolve) => { this.released = resolve; });
      this.released = undefined;
      turns = -1;
    }
  }
}
