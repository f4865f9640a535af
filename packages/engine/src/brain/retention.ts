import { StockwrightError } from '@stockwright/core';
import type { ForgettableName } from '../ports/index.ts';

/**
 * For how many days the engine keeps what it does not need any more; `Infinity` keeps it for ever. The ledger and the audit
 * are never touched.
 *
 * @public
 */
export interface EngineRetention {
  /** Messages that were taken in, counted from when they came; 30 where absent, and no fewer than 15: the longest for which a vendor delivers one again is 14. */
  readonly inbox: number;
  /** Writes to channels, counted from when they were sent; 90 where absent, no fewer than 1. */
  readonly attempt: number;
  /** What a channel was to show, counted from when another number took its place; 400 where absent, no fewer than 1. The newest of each number is kept. */
  readonly targetChange: number;
  /**
   * Holds with their lines, counted from when they expired, were given up, or came to be orders in the books; 90 where
   * absent, no fewer than 7. For as long an expired hold can be paid for late, and its id stays taken.
   */
  readonly hold: number;
  /** Work that is done, counted from when somebody last took it up; 30 where absent, no fewer than 1. */
  readonly work: number;
  /** What the ledger could not take, counted from when it was last said; 90 where absent, and no fewer than 7. */
  readonly refused: number;
  /** Entries of the feed of changes; 14 where absent, and no fewer than 1. Who follows with an older cursor is told to read everything anew. */
  readonly change: number;
  /** Identifiers that no mapping knows, counted from when they were last seen; 90 where absent, and no fewer than 7. */
  readonly unmapped: number;
  /** What a system said otherwise than the owner, counted from when it last did so; 90 where absent, and no fewer than 7. */
  readonly variance: number;
  /** Commands of the table that were done or refused, counted from then; 90 where absent, and no fewer than 1. The audit keeps what was done. */
  readonly operatorCommand: number;
}

/** How long everything is kept where nobody says otherwise, and how long at least; in days. */
const BOUNDS: Readonly<Record<keyof EngineRetention, { readonly usual: number; readonly least: number }>> = {
  inbox: { usual: 30, least: 15 }, attempt: { usual: 90, least: 1 }, targetChange: { usual: 400, least: 1 }, hold: { usual: 90, least: 7 },
  work: { usual: 30, least: 1 }, refused: { usual: 90, least: 7 }, unmapped: { usual: 90, least: 7 },
  variance: { usual: 90, least: 7 }, operatorCommand: { usual: 90, least: 1 }, change: { usual: 14, least: 1 },
};
const DAY_MS = 86_400_000;
/** Longer than anybody's books; what is kept for longer is kept for ever. */
const MOST_DAYS = 36_500;

/** What is forgotten, and for how long it has been over by then. */
export interface Forgetting {
  readonly table: ForgettableName;
  readonly overForMs: number;
}

/**
 * Reads for how long everything is kept; what is kept for ever is not among it.
 *
 * @param openMs - For how long a write may be under way, and for how long after that a twin of it may land: until then its attempt says what may.
 * @throws `INVALID_CONFIGURATION` with the path of what is not a table that can be forgotten, or no number of days within its bounds.
 */
export function forgettings(days: Partial<EngineRetention>, openMs: number): readonly Forgetting[] {
  const names = Object.keys(BOUNDS) as (keyof EngineRetention)[];
  const unknown = Object.keys(days).find((name) => !Object.hasOwn(BOUNDS, name));
  if (unknown !== undefined) throw refusal(unknown, `is no table that can be forgotten; those are ${names.join(', ')}`);
  return names.flatMap((table): Forgetting[] => {
    const { usual, least } = BOUNDS[table];
    const asked: unknown = days[table] ?? usual;
    if (typeof asked !== 'number' || !(asked >= least) || (asked > MOST_DAYS && asked !== Number.POSITIVE_INFINITY)) {
      throw refusal(table, `is ${String(asked)}; give ${String(least)} to ${String(MOST_DAYS)} days, or Infinity to keep all`);
    }
    if (table === 'attempt' && asked * DAY_MS < openMs) throw refusal(table, `is ${String(asked)} days, and a write may land as late as ${String(Math.ceil(openMs / DAY_MS))} days after it was sent`);
    return asked === Number.POSITIVE_INFINITY ? [] : [{ table, overForMs: Math.ceil(asked * DAY_MS) }];
  });
}

function refusal(name: string, why: string): StockwrightError {
  return new StockwrightError(`retention.${name} ${why}.`, { code: 'INVALID_CONFIGURATION', details: { path: ['retention', name] } });
}
