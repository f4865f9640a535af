import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import { DATE_COLUMNS, DAY_MS, type AccountDatabase } from '../account-database.ts';
import { invalidQuery, ProblemError } from '../problems.ts';
import { compileDateFormat, renderUserDate, type DateFormat } from './dates.ts';
import { translate, type Translated } from './translate.ts';

/** The most rows that the account gives for one statement, however it is paged. */
export const ROWS_MAX = 100_000;
const STATEMENTS_KEPT = 200;

/** One page of a statement's rows. */
export interface QueryPage {
  /** Text by lower-case column name; a column without a value is left out. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** Over all pages. */
  readonly total: number;
}

/** What the engine takes from its surroundings. */
export interface EngineSettings {
  readonly clock: { now(): number };
  readonly random: { next(): number };
  readonly zoneMinutes: number;
}

interface Column {
  readonly name: string;
  readonly isDate: boolean;
}

interface Prepared {
  readonly translated: Translated;
  readonly page: StatementSync;
  readonly count: StatementSync | undefined;
  readonly columns: readonly Column[];
}

/** Runs SuiteQL over the account's tables. */
export interface SuiteQlEngine {
  /** @throws ProblemError where the vendor would refuse the statement. */
  run(query: { readonly statement: string; readonly parameters: readonly (string | number)[]; readonly limit: number; readonly offset: number }): QueryPage;
}

/** Adds the vendor's functions to the database and runs statements with them. */
export function createSuiteQlEngine(database: AccountDatabase, settings: EngineSettings): SuiteQlEngine {
  const moment = { nowMs: settings.clock.now(), nextTie: createTieBreaker(0) };
  defineFunctions(database, settings.zoneMinutes, moment);
  const kept = new Map<string, Prepared>();

  function prepared(statement: string): Prepared {
    const known = kept.get(statement);
    if (known !== undefined) return known;
    if (kept.size >= STATEMENTS_KEPT) kept.clear();
    const fresh = prepare(database, translate(statement));
    kept.set(statement, fresh);
    return fresh;
  }

  return {
    run: ({ statement, parameters, limit, offset }) => {
      // One number of the caller's randomness a request, however many rows are shuffled.
      moment.nextTie = createTieBreaker(settings.random.next());
      moment.nowMs = settings.clock.now();
      try {
        const { translated, page, count, columns } = prepared(statement);
        if (translated.placeholders !== parameters.length) {
          throw invalidQuery(`${translated.placeholders} parameters are expected, ${parameters.length} were given.`);
        }
        const values = parameters.map(bindable);
        const { rows, total } = count === undefined
          ? shuffledPage(page.all(...values) as unknown as SQLOutputValue[][], moment.nextTie, [offset, offset + limit])
          : { rows: page.all(...values, limit, offset) as unknown as SQLOutputValue[][], total: Number(count.get(...values)?.['n']) };
        return { rows: rows.map((row) => toTexts(row, columns, settings.zoneMinutes)), total: Math.min(total, ROWS_MAX) };
      } catch (error) {
        throw toProblem(error);
      }
    },
  };
}

function prepare(database: AccountDatabase, translated: Translated): Prepared {
  const { sql, order } = translated;
  const paged = { unordered: sql, ordered: `${sql}, tie() LIMIT ? OFFSET ?`, compound: `${sql} LIMIT ? OFFSET ?` }[order];
  const page = database.sqlite.prepare(paged);
  page.setReturnArrays(true);
  const columns = page.columns().map(({ name, column }, index) => ({
    name: /^\w+$/.test(name) ? name.toLowerCase() : `expr${index + 1}`,
    isDate: column !== null && DATE_COLUMNS.has(column),
  }));
  const count = order === 'unordered' ? undefined : database.sqlite.prepare(`SELECT count(*) AS n FROM (${sql})`);
  return { translated, page, count, columns };
}

function defineFunctions(database: AccountDatabase, zoneMinutes: number, moment: { readonly nowMs: number; readonly nextTie: () => number }): void {
  const formats = new Map<string, DateFormat>();
  const formatOf = (text: SQLOutputValue | undefined): DateFormat => {
    const key = String(text);
    let format = formats.get(key);
    if (format === undefined) formats.set(key, (format = compileDateFormat(key, zoneMinutes)));
    return format;
  };
  const define = database.sqlite.function.bind(database.sqlite);
  define('sysdate', () => moment.nowMs / DAY_MS);
  define('tie', () => moment.nextTie());
  define('to_char', { varargs: true, deterministic: true }, (value, format) => {
    if (value === null || value === undefined) return null;
    if (format === undefined) return String(value);
    return formatOf(format).render(Math.round(Number(value) * DAY_MS));
  });
  define('to_timestamp', { deterministic: true }, (value, format) => {
    if (value === null || value === undefined) return null;
    const ms = formatOf(format).read(String(value));
    if (ms === undefined) throw invalidQuery(`"${String(value)}" does not have the date format "${String(format)}".`);
    return ms / DAY_MS;
  });
  define('to_number', { deterministic: true }, (value) => {
    if (value === null || value === undefined) return null;
    if (!Number.isFinite(Number(value))) throw invalidQuery(`"${String(value)}" is no number.`);
    return Number(value);
  });
}

function shuffledPage(rows: SQLOutputValue[][], nextTie: () => number, window: readonly [number, number]): { rows: SQLOutputValue[][]; total: number } {
  for (let last = rows.length - 1; last > 0; last -= 1) {
    const other = Math.floor(nextTie() * (last + 1));
    const [a, b] = [rows[last], rows[other]];
    if (a !== undefined && b !== undefined) [rows[last], rows[other]] = [b, a];
  }
  return { rows: rows.slice(...window), total: rows.length };
}

function toTexts(row: readonly SQLOutputValue[], columns: readonly Column[], zoneMinutes: number): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [index, { name, isDate }] of columns.entries()) {
    const value = row[index];
    if (value === null || value === undefined) continue;
    texts[name] = isDate ? renderUserDate(Number(value) * DAY_MS, zoneMinutes) : String(value);
  }
  return texts;
}

/** A whole number is bound as an integer, so that comparing it with a text column does not add a decimal point. */
function bindable(parameter: string | number): string | number | bigint {
  return Number.isSafeInteger(parameter) ? BigInt(parameter) : parameter;
}

function toProblem(error: unknown): unknown {
  if (error instanceof ProblemError || !(error instanceof Error)) return error;
  const isSql = 'code' in error && error.code === 'ERR_SQLITE_ERROR';
  return isSql ? invalidQuery(error.message) : error;
}

/** A xorshift generator: the same start gives the same order of rows. */
function createTieBreaker(start: number): () => number {
  let state = Math.floor(start * 0x7fffffff) + 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
