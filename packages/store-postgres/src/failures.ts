import { isStockwrightError, StockwrightError } from '@stockwright/core';
import { LOST_RACE } from './code/row-routines.ts';

/** Of an attempt that came to nothing because somebody else was in its way; nothing of it is left, so it may be made again. */
const PASSING: ReadonlySet<string> = new Set([LOST_RACE, '40001', '40P01']);

/** SQLSTATEs, or their first two characters, that a person can do something about. */
const ADVICE: Readonly<Record<string, string>> = {
  '08': 'was lost. What it was doing may have happened; it is safe to repeat.',
  '25006': 'only reads: it is a standby. Connect to the primary.',
  '25P02': 'was asked inside a transaction of the host that has failed already. Roll it back and begin it again.',
  '28': 'refuses this user. Check the user and its password.',
  '3D000': 'does not exist. Create it, or check the name in the connection string.',
  '3F000': 'has no layout yet. Call migrate() first.',
  '42501': 'refuses this to the user of the store. Let it own the schema, or create tables and functions in it.',
  '42883': 'has no layout of this version. Call migrate() first; where it was called, two later versions have been started since, and this program must be updated.',
  '42P01': 'has no layout yet. Call migrate() first.',
  '40001': 'could not decide who comes first, often in a row. Try again.',
  '40P01': 'could not decide who comes first, often in a row. Try again.',
  '53100': 'could not grow: the disk is full. Make room.',
  '53300': 'has no connection left. Raise max_connections, or lower the size of the pools.',
  '55P03': 'was waited for in vain: somebody else holds the rows. Look at pg_stat_activity for who does.',
  '57014': 'did not answer in time, or an operator cancelled the statement. It is safe to repeat.',
  '57P': 'is shutting down or starting up. It is safe to repeat.',
};

/** Whether the same may simply be tried again. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(stateOf(error) ?? '');
}

/** The SQLSTATE of an error of the driver; undefined for what is not from the server. */
export function stateOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/u.test(code) ? code : undefined;
}

/** A database that cannot be the store, or not now. */
export function unavailable(message: string, cause?: unknown): StockwrightError {
  return new StockwrightError(message, { code: 'STORE_UNAVAILABLE', ...(cause === undefined ? {} : { cause }) });
}

/** What stopped a call inside the host's transaction. Where somebody else was in its way, the host alone can begin anew. */
export function explainedInside(error: unknown): unknown {
  if (!isPassing(error)) return explained(error);
  const message = `The host's transaction could not be ordered with others (SQLSTATE ${stateOf(error) ?? 'unknown'}). Roll it back and begin it again.`;
  return new StockwrightError(message, { code: 'VERSION_CONFLICT', cause: error });
}

/** What stopped a call, in the words of an operator. Errors of ours stay as they are. */
export function explained(error: unknown): unknown {
  if (isStockwrightError(error)) return error;
  const state = stateOf(error);
  const advice = state === undefined ? undefined : (ADVICE[state] ?? ADVICE[state.slice(0, 3)] ?? ADVICE[state.slice(0, 2)]);
  if (advice !== undefined) return unavailable(`The PostgreSQL database ${advice}`, error);
  const said = error instanceof Error ? error.message : String(error);
  if (state === undefined) return unavailable(`The PostgreSQL database cannot be reached: ${said}. What was under way may have happened; it is safe to repeat.`, error);
  return unavailable(`The PostgreSQL database failed with SQLSTATE ${state}: ${said}.`, error);
}
