import { checkLimit, FEED_COLUMNS, storable, type FeedEntry, type FeedPage, type PlacedEntry } from '@stockwright/engine/ports';
import type { Statements } from './rows.ts';
import { listed } from './schema.ts';

const COLUMNS = Object.keys(FEED_COLUMNS) as (keyof FeedEntry)[];
const PLACE = /^\d{1,15}$/;

/** The feed: entries by numbers that rise with every commit, of which the first may be forgotten. Callers provide the transaction. */
export class Feed {
  private readonly statements: Statements;
  private readonly namespace: string;

  constructor(statements: Statements, namespace: string) {
    this.statements = statements;
    this.namespace = namespace;
  }

  tell(entries: readonly FeedEntry[]): void {
    for (const entry of entries) {
      this.statements.get(`INSERT INTO "change" ("namespace", ${listed(COLUMNS)}) VALUES (?${', ?'.repeat(COLUMNS.length)})`).run(this.namespace, ...COLUMNS.map((column) => storable(entry[column] ?? null)));
    }
  }

  page(after: string | undefined, limit: number): FeedPage {
    checkLimit(limit);
    const endNumber = Number(this.statements.get(`SELECT "seq" FROM "sqlite_sequence" WHERE "name" = 'change'`).get()?.['seq'] ?? 0);
    const end = String(endNumber);
    if (after === undefined) return { entries: [], end, isGap: false };
    const from = PLACE.test(after) ? Number(after) : Number.POSITIVE_INFINITY;
    const forgotten = Number(this.statements.get('SELECT "forgotten" FROM "feed" WHERE "namespace" = ?').get(this.namespace)?.['forgotten'] ?? 0);
    if (from < forgotten || from > endNumber) return { entries: [], end, isGap: true };
    const rows = this.statements.get(`SELECT "number", ${listed(COLUMNS)} FROM "change" WHERE "namespace" = ? AND "number" > ? ORDER BY "number" LIMIT ?`).all(this.namespace, from, limit);
    return { entries: rows.map(({ number, ...entry }) => ({ place: String(number), entry: entry as unknown as PlacedEntry['entry'] })), end, isGap: false };
  }

  /** Forgets entries of up to a moment, as far as no younger one stands before them. @returns How many. */
  forget(untilMs: number, limit: number): number {
    const head = this.statements.get('SELECT "number", "atMs" FROM "change" WHERE "namespace" = ? ORDER BY "number" LIMIT ?').all(this.namespace, limit) as unknown as { readonly number: number; readonly atMs: number | null }[];
    const young = head.findIndex(({ atMs }) => (atMs ?? 0) > untilMs);
    const last = head[(young === -1 ? head.length : young) - 1];
    if (last === undefined) return 0;
    this.statements.get('INSERT INTO "feed" ("namespace", "forgotten") VALUES (?, ?) ON CONFLICT ("namespace") DO UPDATE SET "forgotten" = excluded."forgotten"').run(this.namespace, last.number);
    return Number(this.statements.get('DELETE FROM "change" WHERE "namespace" = ? AND "number" <= ?').run(this.namespace, last.number).changes);
  }
}
