import type { DatabaseSync } from 'node:sqlite';

interface Kept {
  readonly startedAtMs: number;
  readonly renewals: number;
  readonly isClean: number;
}

/**
 * Names the history that a file continues. With durability `full` nothing that was committed is ever lost, and the name
 * stays. With `normal` a power cut may take the last commits with it, and nobody can tell it from a killed process
 * afterwards: so a file that was not closed in order continues under another name.
 */
export class History {
  private readonly database: DatabaseSync;
  private readonly durability: 'full' | 'normal';
  /** What it was found to be called last. Only an operator's hand renames it while it goes on. */
  private known: string | undefined;

  constructor(database: DatabaseSync, durability: 'full' | 'normal') {
    this.database = database;
    this.durability = durability;
  }

  /** Before the first commit; what it writes is on the disk before anything else is written. */
  begin(): void {
    this.database.exec('PRAGMA synchronous = FULL');
    this.database.prepare('UPDATE "_history" SET "renewals" = "renewals" + 1 - "isClean", "isClean" = ?').run(this.durability === 'full' ? 1 : 0);
    if (this.durability === 'normal') this.database.exec('PRAGMA synchronous = NORMAL');
  }

  /** After the last commit, which is on the disk with what this writes. */
  end(): void {
    if (this.durability === 'full') return;
    this.database.exec('PRAGMA synchronous = FULL');
    this.database.exec('UPDATE "_history" SET "isClean" = 1');
  }

  name(): string {
    const { startedAtMs, renewals } = this.database.prepare('SELECT "startedAtMs", "renewals", "isClean" FROM "_history"').get() as unknown as Kept;
    this.known = `sqlite-${String(startedAtMs)}-${String(renewals)}`;
    return this.known;
  }

  /** Whether it goes by this name, as far as it was last asked: for every commit that would be a statement more. */
  isNamed(name: string): boolean {
    return name === (this.known ?? this.name());
  }
}
