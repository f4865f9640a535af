/** A timer of Node fires at once where it is asked to wait longer than this. */
const TIMER_MS_MAX = 2_147_483_647;

/** Shards that are due at a later moment; of several moments of one shard the earliest counts. */
export class Later {
  private readonly waiting = new Map<string, { readonly atMs: number; readonly timer: NodeJS.Timeout }>();
  private readonly due: (shard: string) => void;

  constructor(due: (shard: string) => void) {
    this.due = due;
  }

  at(shard: string, atMs: number): void {
    const known = this.waiting.get(shard);
    if (known !== undefined && known.atMs <= atMs) return;
    if (known !== undefined) clearTimeout(known.timer);
    this.arm(shard, atMs);
  }

  clear(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  private arm(shard: string, atMs: number): void {
    const timer = setTimeout(() => {
      if (Date.now() < atMs) {
        this.arm(shard, atMs);
        return;
      }
      this.waiting.delete(shard);
      this.due(shard);
    }, Math.min(TIMER_MS_MAX, Math.max(0, Math.ceil(atMs - Date.now()))));
    this.waiting.set(shard, { atMs, timer });
  }
}
