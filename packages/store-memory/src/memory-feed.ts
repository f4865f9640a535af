import { checkLimit, FEED_COLUMNS, storable, type FeedEntry, type FeedPage, type PlacedEntry } from '@stockwright/engine/ports';

const PLACE = /^\d{1,15}$/;

/** The feed: entries by their numbers, of which the first may be forgotten. */
export class MemoryFeed {
  private readonly entries: PlacedEntry[] = [];
  /** How many entries have been forgotten, which is the number of the last of them. */
  private forgotten = 0;

  tell(entries: readonly FeedEntry[]): void {
    for (const entry of entries) {
      const full = Object.fromEntries(Object.keys(FEED_COLUMNS).map((column) => [column, storable(entry[column as keyof FeedEntry] ?? null)]));
      this.entries.push(Object.freeze({ place: String(this.end + 1), entry: Object.freeze(full) as PlacedEntry['entry'] }));
    }
  }

  page(after: string | undefined, limit: number): FeedPage {
    checkLimit(limit);
    const end = String(this.end);
    if (after === undefined) return { entries: [], end, isGap: false };
    const from = PLACE.test(after) ? Number(after) : Number.POSITIVE_INFINITY;
    if (from < this.forgotten || from > this.end) return { entries: [], end, isGap: true };
    return { entries: this.entries.slice(from - this.forgotten, from - this.forgotten + limit), end, isGap: false };
  }

  /** Forgets entries of up to a moment, as far as no younger one stands before them. @returns How many. */
  forget(untilMs: number, limit: number): number {
    const young = this.entries.findIndex(({ entry: { atMs } }) => (atMs ?? 0) > untilMs);
    const gone = this.entries.splice(0, Math.min(limit, young === -1 ? this.entries.length : young)).length;
    this.forgotten += gone;
    return gone;
  }

  private get end(): number {
    return this.forgotten + this.entries.length;
  }
}
