import { isStockwrightError, StockwrightError } from '@stockwright/core';

/** Result codes of SQLite that a person can do something about. */
export const SQLITE = { busy: 5, locked: 6, readOnly: 8, inputOutput: 10, corrupt: 11, full: 13, cannotOpen: 14, constraint: 19, notADatabase: 26 } as const;

const ADVICE: Readonly<Record<number, string>> = {
  [SQLITE.busy]: 'is locked by another program. Close that program and start again.',
  [SQLITE.locked]: 'is locked by another program. Close that program and start again.',
  [SQLITE.readOnly]: 'may not be written to. Check the permissions of the file and its folder.',
  [SQLITE.inputOutput]: 'could not be read or written. Check the disk.',
  [SQLITE.corrupt]: 'is damaged. Restore it from a backup, or move it away and start anew.',
  [SQLITE.full]: 'could not grow: the disk is full. Make room and start again.',
  [SQLITE.cannotOpen]: 'cannot be opened. Check the path and its permissions.',
  [SQLITE.notADatabase]: 'is damaged or no SQLite database. Restore it from a backup, or choose another path.',
};

/** One sentence or two about a file that cannot be the store. */
export function refuseFile(path: string, message: string, cause?: unknown): StockwrightError {
  return new StockwrightError(`SQLite file ${path} ${message}`, { code: 'STORE_UNAVAILABLE', details: { path }, ...(cause === undefined ? {} : { cause }) });
}

/** The primary result code of SQLite, of an error that the driver threw. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** What a reader says of a file on which an engine of an earlier version works. */
function missingIn(said: string): string | undefined {
  const [, what, name] = /^no such (table|column|index): "?([^"\s]+)/u.exec(said) ?? [];
  return what === undefined ? undefined : `was made by an earlier version, which did not have the ${what} ${name ?? ''}. Start an engine of this version on it once.`;
}

/** Runs a body and says what stopped it in the words of an operator. */
export function guarded<Value>(path: string, body: () => Value): Value {
  try {
    return body();
  } catch (error) {
    const code = sqliteCode(error);
    if (isStockwrightError(error) || code === undefined) throw error;
    throw refuseFile(path, ADVICE[code] ?? missingIn((error as Error).message) ?? `failed: ${(error as Error).message}.`, error);
  }
}
