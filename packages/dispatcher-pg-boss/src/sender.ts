/**
 * Sends wakes, one at a time for each shard. What is woken while a send is under way is sent once more: the one under
 * way may conflate with a job that a worker takes before this wake's work was committed.
 */
export class Sender {
  private readonly sending = new Map<string, { again: boolean; readonly ended: Promise<void> }>();
  private readonly send: (shard: string) => Promise<void>;

  /** @param send - Never rejects. */
  constructor(send: (shard: string) => Promise<void>) {
    this.send = send;
  }

  soon(shard: string): void {
    const known = this.sending.get(shard);
    if (known === undefined) this.sending.set(shard, { again: false, ended: this.run(shard) });
    else known.again = true;
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    while (this.sending.size > 0) await Promise.all([...this.sending.values()].map(({ ended }) => ended));
  }

  private async run(shard: string): Promise<void> {
    // Begins after `soon` has made the entry.
    await Promise.resolve();
    for (;;) {
      const state = this.sending.get(shard);
      if (state === undefined) return;
      state.again = false;
      await this.send(shard);
      if (state.again) continue;
      this.sending.delete(shard);
      return;
    }
  }
}
