import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Row } from '@stockwright/engine/ports';
import { guarded } from './failures.ts';
import { BUSY_TIMEOUT_MS, openForReading } from './open.ts';
import { Rows, Statements } from './rows.ts';
import { transaction } from './transaction.ts';

/** What an operator asks of the engine that works on a file. @public */
export interface SqliteCommand {
  readonly verb: string;
  readonly argument?: string;
  /** Who asks, for the audit. */
  readonly requestedBy: string;
}

/** Where a command stands; `result` says what came of it. @public */
export interface SqliteCommandState {
  readonly state: string;
  readonly result: string | undefined;
  readonly finishedAtMs: number | undefined;
}

/**
 * Asks the engine that works on a file, in whatever process, to do something. The command waits in the file: the engine
 * does it at its next look, or as soon as one is started.
 *
 * @param path - The file of the store.
 * @param namespace - The installation in it; `main` where absent.
 * @returns The command's id, for {@link readSqliteCommand}.
 * @throws `STORE_UNAVAILABLE` where there is no such store, or the file stays locked.
 * @public
 */
export function sendSqliteCommand(path: string, { verb, argument, requestedBy }: SqliteCommand, namespace = 'main'): string {
  // Refuses what is not a store of this layout, in words, before anything is written.
  openForReading(path).close();
  const commandId = randomUUID();
  return guarded(path, () => {
    const database = new DatabaseSync(path);
    try {
      database.exec(`PRAGMA busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
      const rows = new Rows(new Statements(database), namespace);
      transaction(database, 'BEGIN IMMEDIATE', () => {
        rows.write({ table: 'operatorCommand', key: { commandId }, set: { state: 'open', verb, argument: argument ?? null, requestedBy, requestedAtMs: Date.now() } });
      });
      return commandId;
    } finally {
      database.close();
    }
  });
}

/**
 * What became of a command.
 *
 * @returns Nothing where there is no such command.
 * @throws `STORE_UNAVAILABLE` where there is no such store.
 * @public
 */
export function readSqliteCommand(path: string, commandId: string, namespace = 'main'): SqliteCommandState | undefined {
  const database = openForReading(path);
  try {
    const [row]: readonly Row[] = guarded(path, () => new Rows(new Statements(database), namespace).find({ table: 'operatorCommand', where: { commandId } }));
    if (row === undefined) return undefined;
    const { state, result, finishedAtMs } = row;
    return { state: String(state), result: typeof result === 'string' ? result : undefined, finishedAtMs: typeof finishedAtMs === 'number' ? finishedAtMs : undefined };
  } finally {
    database.close();
  }
}
