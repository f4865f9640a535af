import type { Statements } from './rows.ts';

/** For how long a commit is known by its id. A commit of unknown outcome is repeated within minutes. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000;
/** Every so many commits the oldest are looked at, twice as many at once, so that the log shrinks faster than it grows. */
const TIDIED_EVERY = 256;

/** The ids of commits. Callers provide the transaction and the moment. */
export class CommitLog {
  private readonly statements: Statements;
  private readonly namespace: string;
  private added = 0;

  constructor(statements: Statements, namespace: string) {
    this.statements = statements;
    this.namespace = namespace;
  }

  has(commitId: string): boolean {
    return this.statements.get('SELECT 1 FROM "commitLog" WHERE "namespace" = ? AND "commitId" = ?').get(this.namespace, commitId) !== undefined;
  }

  /** When the last commit was made; 0 where there was none. */
  newestMs(): number {
    return Number(this.statements.get('SELECT "atMs" FROM "commitLog" ORDER BY "number" DESC LIMIT 1').get()?.['atMs'] ?? 0);
  }

  add(commitId: string, nowMs: number): void {
    this.statements.get('INSERT INTO "commitLog" ("namespace", "commitId", "atMs") VALUES (?, ?, ?)').run(this.namespace, commitId, nowMs);
    this.added += 1;
    if (this.added % TIDIED_EVERY !== 0) return;
    this.statements.get(`DELETE FROM "commitLog" WHERE "number" IN (SELECT "number" FROM "commitLog" ORDER BY "number" LIMIT ${String(2 * TIDIED_EVERY)}) AND "atMs" < ?`).run(nowMs - KEPT_MS);
  }
}
